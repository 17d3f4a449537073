"""Administration on the command line: on the database, with clear errors, exit codes and JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from latchstring.cli import app
from latchstring.protocol.credentials import is_well_formed

MANIFEST = {
    "manifest_version": 1,
    "app": {"name": "On-call Notifier"},
    "clients": [
        {
            "name": "On-call Notifier",
            "redirect_uris": ["http://localhost:500/cb"],
            "scopes": ["monitors_read"],
        }
    ],
}


class Shell:
    """A shell on one site's machine."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def run(self, *words: str, **environment: str) -> Result:
        """Run `latchstring …`."""
        return CliRunner().invoke(app, words, env={**self.environment, **environment})

    def json(self, *words: str, **environment: str) -> Any:
        """Run a command that succeeds, and read its JSON."""
        done = self.run(*words, "--json", **environment)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture
def shell(dsn: str, tmp_path: Path) -> Shell:
    """A shell on a fresh database."""
    return Shell(
        {"LATCHSTRING_DATABASE_URL": dsn, "LATCHSTRING_DATA_DIR": str(tmp_path), "LATCHSTRING_LEASE_MS": "0"}
    )


def test_the_first_operator_credential_is_made_on_an_empty_database_only(shell: Shell) -> None:
    """The value is printed once; a second one takes --another."""
    first = shell.json("operator", "create")
    assert is_well_formed(first["value"], "lspt")
    refused = shell.run("operator", "create")
    assert refused.exit_code == 1
    assert "--another" in refused.stderr
    assert "lspt_" not in refused.output
    assert shell.json("operator", "create", "--another", "--name", "ci")["value"] != first["value"]


def test_an_organization_is_set_up_and_shut_by_its_name(shell: Shell) -> None:
    """Organizations are named by id, subdomain or name; people by e-mail; roles by name."""
    acme = shell.json("organization", "create", "Acme", "--subdomain", "acme")
    secret = {"LATCHSTRING_PASSWORD": "correct horse battery staple"}
    shell.json("user", "create", "mina@acme.example", "Mina", "--language", "ko", **secret)
    member = shell.json("member", "put", "acme", "mina@acme.example", "--role", "Admin", "--role", "Standard")
    assert [role["name"] for role in member["roles"]] == ["Admin", "Standard"]
    shell.json("role", "create", "Acme", "Responders", "--permission", "monitors_write")
    names = [role["name"] for role in shell.json("role", "list", acme["id"])]
    assert names == ["Admin", "Read Only", "Standard", "Responders"]
    assert shell.json("organization", "disable", "acme")["disabled_at"]
    assert shell.json("organization", "enable", "acme")["disabled_at"] is None
    assert shell.json("user", "disable", "MINA@acme.example")["disabled_at"]
    shell.json("user", "enable", "mina@acme.example")
    minted = shell.json("credential", "create", "mina@acme.example", "--organization", "acme")
    assert is_well_formed(minted["value"], "lspt")
    shell.json("member", "end", "acme", "mina@acme.example")
    assert shell.json("member", "list", "acme") == []


@pytest.mark.row("B6", "A192")
def test_an_app_is_applied_from_its_manifest_and_exported_again(shell: Shell, tmp_path: Path) -> None:
    """The secret is printed when the client is made, and never again."""
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(MANIFEST))
    shell.json("organization", "create", "Pagewell", "--sandbox")
    applied = shell.json("app", "apply", str(file), "--organization", "Pagewell")
    assert is_well_formed(applied["clients"][0]["client_secret"], "lscs")
    again = shell.json("app", "apply", str(file), "--organization", "Pagewell")
    assert (again["clients"][0]["client_secret"], again["plan"]["differs"]) == (None, False)
    (client,) = shell.json("app", "list", "--organization", "Pagewell")
    exported = shell.run("app", "export", client["app_id"], "--organization", "Pagewell")
    assert json.loads(exported.stdout)["clients"][0]["scopes"] == ["monitors_read"]
    assert "lscs_" not in exported.output


def test_private_scopes_and_partners_are_approved(shell: Shell, tmp_path: Path) -> None:
    """Before the approval a manifest that asks for it is refused, naming the field; after it, not."""
    file = tmp_path / "manifest.json"
    client = {**MANIFEST["clients"][0], "scopes": ["api_keys_write"]}  # type: ignore[index]
    file.write_text(json.dumps({**MANIFEST, "clients": [client]}))
    shell.json("organization", "create", "Pagewell", "--sandbox")
    refused = shell.run("app", "apply", str(file), "--organization", "Pagewell")
    assert refused.exit_code == 1
    assert "scopes/0" in refused.stderr
    shell.json("scope", "approve", "Pagewell", "api_keys_write")
    shell.json("partner", "approve", "Pagewell")
    assert shell.json("app", "apply", str(file), "--organization", "Pagewell")["clients"][0]["client_secret"]
    assert shell.json("scope", "withdraw", "Pagewell", "api_keys_write") == []
    (client_now,) = shell.json("app", "list", "--organization", "Pagewell")
    assert client_now["scopes"] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["organization", "disable", "nobody"], "there is no such organization as 'nobody'"),
        (["organization", "create", ""], "name: must not be empty"),
        (["organization", "create", "Acme", "--subdomain", "www"], "subdomain: is reserved"),
        (["user", "create", "mina", "Mina", "--without-password"], "email: must be"),
        (
            ["user", "create", "a@b.example", "A", "--without-password", "--language", "de"],
            "language: must be",
        ),
        (["member", "list", "00000000-0000-0000-0000-000000000000"], "there is no such organization"),
        (["app", "apply", "/nonexistent.json", "--organization", "x"], "No such file"),
        (["app", "export", "x", "--organization", "x"], "there is no such organization"),
    ],
)
def test_what_can_be_mended_is_said_in_one_line(shell: Shell, words: list[str], told: str) -> None:
    """Exit code 1, the reason on stderr, no traceback."""
    done = shell.run(*words)
    assert done.exit_code == 1
    assert done.stderr.startswith("latchstring: ")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_json_people_read_lines_and_tables(shell: Shell) -> None:
    """Plain output names the fields; lists are tables; nothing there is said as none."""
    assert shell.run("organization", "list").stdout.strip() == "none"
    assert "name: Acme [Co]" in shell.run("organization", "create", "Acme [Co]").stdout
    listed = shell.run("organization", "list").stdout
    assert "subdomain" in listed
    assert "Acme [Co]" in listed
    assert "LATCHSTRING_PASSWORD" in shell.run("user", "create", "--help").stdout
    server = shell.json("resource-server", "create", "gateway")
    assert is_well_formed(server["client_secret"], "lsrs")
