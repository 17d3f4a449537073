"""`latchstring site …` on two sites that share a folder, as an operator runs it; and the shared keys by themselves."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import _create, _drop
from tests.sites.conftest import SITES
from typer.testing import CliRunner, Result

from latchstring.cli import app
from latchstring.kit.entropy import SystemEntropy
from latchstring.storage.keys import KeyRing, KeysInvalid, export_shared, import_shared, make_keys, read_keys

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(postgres: str) -> Iterator[Run]:
    """Commands at two sites on one server; their databases are made by the first command of each."""
    folder = Path(tempfile.mkdtemp(prefix="latchstring-site-commands-"))
    folder.chmod(0o755)
    suffix = os.getpid()

    def of(site: str) -> str:
        return postgres.replace("/postgres?", f"/commands_{site}_{suffix}?")

    for site in SITES:
        asyncio.run(_create(postgres, f"commands_{site}_{suffix}"))

    def invoke(site: str, *words: str, peer: str | None = None) -> Result:
        env = {
            "LATCHSTRING_SITE": site,
            "LATCHSTRING_SITES": json.dumps(SITES),
            "LATCHSTRING_DATA_DIR": str(folder),
            "LATCHSTRING_DATABASE_URL": of(site),
            "LATCHSTRING_PEER_DATABASE_URL": of(peer) if peer else None,
        }
        return CliRunner().invoke(app, ["site", *words], env=env)

    yield invoke
    for site, peer in (("us1", "eu1"), ("eu1", "us1")):
        invoke(site, "remove", peer)
    for site in SITES:
        asyncio.run(_drop(postgres, f"commands_{site}_{suffix}"))
    shutil.rmtree(folder)


@pytest.mark.row("S22", "S23")
def test_an_operator_joins_two_sites_watches_them_and_repairs(run: Run) -> None:
    """What is missing is said; adding twice is harmless; the status tells both ways; repair finds what was broken."""
    early = run("us1", "add", "eu1", peer="eu1")
    assert early.exit_code == 1
    assert "run `latchstring migrate` there first" in str(early.exception or early.output)
    assert run("us1", "status").exit_code == 2
    other = run("us1", "add", "eu1", peer="us1")
    assert "belongs to the site us1, not to eu1" in str(other.exception or other.output)
    assert "no other site of the list" in str(run("us1", "add", "ap1", peer="eu1").exception)
    for site, peer in (("eu1", "us1"), ("us1", "eu1"), ("us1", "eu1")):
        added = run(site, "add", peer, peer=peer)
        assert added.exit_code == 0, (added.output, added.exception)
    assert "already receives from eu1" in added.output
    status = json.loads(run("us1", "status", "--json").output)
    assert [(one["site"], one["arriving"]["state"], one["problems"]) for one in status] == [("eu1", "ok", [])]
    assert status[0]["runs"]["shares_keys"] is True
    assert run("us1", "repair").output == "all is well\n"
    run("us1", "remove", "eu1")
    assert run("us1", "status").exit_code == 2
    found = run("us1", "repair", "eu1", "--dry-run", peer="eu1")
    assert (found.exit_code, "nothing is received from it" in found.output) == (2, True)
    assert ": mended" in run("us1", "repair", "eu1", peer="eu1").output
    assert run("us1", "status").exit_code == 0


@pytest.mark.row("S22", "R27")
def test_shared_keys_go_from_site_to_site_in_a_file_that_nobody_else_reads(tmp_path: Path) -> None:
    """What was made with either site's key is known to both then; what is there stays, and ids never mean two keys."""
    us, eu = tmp_path / "us" / "keys.json", tmp_path / "eu" / "keys.json"
    make_keys(us, SystemEntropy())
    make_keys(eu, SystemEntropy())
    while read_keys(us).shared[0].id == read_keys(eu).shared[0].id:
        eu.unlink()
        make_keys(eu, SystemEntropy())
    brought = tmp_path / "shared.json"
    export_shared(us, brought)
    assert brought.stat().st_mode & 0o777 == 0o600
    assert read_keys(us).site[0].secret not in brought.read_text()
    with pytest.raises(FileExistsError):
        export_shared(us, brought)
    made_at = [KeyRing(read_keys(file).shared).digest("client-secret", "lscs_x") for file in (us, eu)]
    own = KeyRing(read_keys(eu).shared).newest
    assert import_shared(eu, brought) == 1
    assert import_shared(eu, brought) == 0
    ring = KeyRing(read_keys(eu).shared)
    assert ring.newest == own
    assert all(ring.matches("client-secret", "lscs_x", digest) for digest in made_at)
    assert eu.stat().st_mode & 0o777 == 0o600
    brought.chmod(0o644)
    with pytest.raises(KeysInvalid, match="can be read by others"):
        import_shared(eu, brought)
    clash = json.loads(us.read_text())
    clash["shared"][0]["secret"] = "ab" * 32
    us.write_text(json.dumps(clash))
    export_shared(us, tmp_path / "clash.json")
    with pytest.raises(KeysInvalid, match="--replace"):
        import_shared(eu, tmp_path / "clash.json")
    assert import_shared(eu, tmp_path / "clash.json", replace=True) == 1
    assert read_keys(eu).shared == read_keys(us).shared
