"""What verify reads, what it shows, and how it waits for a person; without a server."""

import json
import threading
from pathlib import Path

import httpx
import pytest
from tests.ports import free_port

from latchstring.verify.listener import wait_for_answer
from latchstring.verify.operations import Operation, beyond, showing
from latchstring.verify.report import as_junit, as_text, held, write
from latchstring.verify.scenario import ScenarioInvalid, read_scenario
from latchstring.verify.verdicts import Result, Skipped
from latchstring.verify.wire import Vault

SECRET = {"LATCHSTRING_VERIFY_US1_CLIENT_SECRET": "lscs_secret"}
RIGHT = '[sites.us1]\nissuer = "https://app.example.com"\nclient_id = "c"\n'


def scenario(folder: Path, text: str, manifest: object = None) -> Path:
    given = {
        "integration": {"name": "N", "redirect_uris": ["https://n.example/cb"], "scopes": ["monitors_read"]}
    }
    (folder / "manifest.json").write_text(json.dumps(manifest or given))
    file = folder / "verify.toml"
    file.write_text('manifest = "manifest.json"\n' + text)
    return file


@pytest.mark.row("B11")
def test_either_form_of_a_manifest_is_read(tmp_path: Path) -> None:
    """A loopback redirect URI is taken before others; secrets come from variables and are not shown."""
    [site] = read_scenario(scenario(tmp_path, RIGHT), SECRET)
    assert (site.redirect_uri, site.scopes) == ("https://n.example/cb", ("monitors_read",))
    assert "lscs_secret" not in repr(site)
    uris = ["https://n.example/cb", "http://localhost:8/cb"]
    ours = {"manifest_version": 1, "clients": [{"name": "N", "redirect_uris": uris}]}
    [site] = read_scenario(scenario(tmp_path, RIGHT, ours), SECRET)
    assert site.redirect_uri == "http://localhost:8/cb"


@pytest.mark.row("B11")
@pytest.mark.parametrize(
    ("text", "secret", "said"),
    [
        ("", SECRET, "no [sites"),
        (RIGHT, {}, "LATCHSTRING_VERIFY_US1_CLIENT_SECRET"),
        (RIGHT + 'client_secret = "x"\n', SECRET, "secrets go into variables"),
        (RIGHT.replace("https", "http"), SECRET, "must be an https address"),
        (RIGHT.replace("us1", "US"), SECRET, "lower-case"),
        ('client = "Other"\n' + RIGHT, SECRET, "it has N"),
        (RIGHT.replace('client_id = "c"', ""), SECRET, "sites.us1.client_id"),
        ("= ", SECRET, "verify.toml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, secret: dict[str, str], said: str) -> None:
    """One line says which."""
    with pytest.raises(ScenarioInvalid, match=said.replace("[", r"\[")):
        read_scenario(scenario(tmp_path, text), secret)


@pytest.mark.row("B11", "B085")
def test_no_secret_is_shown() -> None:
    """Neither one that we hold, nor one that only looks like it."""
    vault = Vault(("hunter22hunter22",))
    told = vault.scrub("hunter22hunter22 lsat_us1_0abc 0123456789abcdef0123456789abcdef")
    assert "hunter" not in told
    assert "0abc" not in told
    assert told.endswith("(secret)cdef")


@pytest.mark.row("B11")
def test_the_listener_takes_the_answer_and_nothing_else() -> None:
    """Other paths are not there; a taken port and a person who stays away are said."""
    uri = f"http://127.0.0.1:{free_port()}/callback"
    seen: list[int] = []

    def come() -> None:
        seen.append(httpx.get(uri.replace("/callback", "/favicon.ico")).status_code)
        seen.append(httpx.get(uri + "?code=c&state=s").status_code)

    visitor = threading.Thread(target=come)
    assert wait_for_answer(uri, visitor.start, 30) == uri + "?code=c&state=s"
    visitor.join()
    assert seen == [404, 200]
    with pytest.raises(Skipped, match="nobody came"):
        wait_for_answer(uri, lambda: None, 1)


@pytest.mark.row("B11", "S24")
def test_a_scope_is_shown_by_what_does_least_harm() -> None:
    """Lists before single things, questions before changes of nothing, creation last."""

    def one(method: str, path: str, *scopes: str) -> Operation:
        return Operation(method, path, (frozenset(scopes),), False)

    offered = (
        one("POST", "/a", "a"),
        one("PUT", "/a/{id}", "a"),
        one("POST", "/a/search", "a"),
        one("GET", "/a/{id}", "a"),
        one("GET", "/a", "a", "b"),
        one("GET", "/b", "b"),
    )
    found = [f"{op.method} {op.target}" for op in showing("a", frozenset({"a"}), offered)]
    assert found == ["GET /a/999999999", "POST /a/search", "PUT /a/999999999", "POST /a"]
    assert beyond(frozenset({"a"}), offered) == offered[4]


@pytest.mark.row("B11")
def test_reports_say_the_same_in_every_form(tmp_path: Path) -> None:
    """Text, JSON and JUnit by the file's name; nothing that was only skipped is a success."""
    good = Result("us1", "a", "A", ("T1",), "passed", "200", 0.1)
    bad = Result("us1", "b", "B", ("T2",), "failed", "x", 0.1, "200", "500 \x00<&", "id")
    passed_over = Result("eu1", "c", "C", ("T3",), "skipped", "why", 0.0)
    assert (held([good, passed_over]), held([bad, good]), held([passed_over])) == (True, False, False)
    for name in ("r.txt", "r.json", "r.xml"):
        write([good, bad, passed_over], tmp_path / name)
    assert "1 passed, 1 failed, 1 skipped" in as_text([good, bad, passed_over])
    assert json.loads((tmp_path / "r.json").read_text())["verified"] is False
    junit = as_junit([good, bad, passed_over])
    assert (tmp_path / "r.xml").read_text() == junit
    assert 'failures="1"' in junit
    assert "request id" in junit
