"""`latchstring verify` against real sites over HTTP: ones that are right, and one that lies."""

import json
import xml.etree.ElementTree as Xml
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from tests.ports import free_port
from tests.verify.liar import ALSO, LIES, Lie, Told, liar, to
from tests.verify.sites import Place, database, run_command, site, write_scenario
from tests.world import PASSWORD

from latchstring.contract.load import load_contract, shipped_contract_path
from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.verify import ending
from latchstring.verify.browser import Browser
from latchstring.verify.operations import Operation
from latchstring.verify.report import held, line
from latchstring.verify.run import Check, _each, between, verify
from latchstring.verify.scenario import read_scenario
from latchstring.verify.scene import Scene
from latchstring.verify.verdicts import Result
from latchstring.verify.window import Driven
from latchstring.verify.wire import Vault, Wire

pytestmark = [pytest.mark.processes, pytest.mark.long]
DOCUMENT = ("S16", "S19", "S20", "S21", "S23", "S24", "T1", "T2", "T3", "T4", "T6", "T7", "T8", "T9", "T10")


def read(report: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(report.read_text())["results"]
    return found


@pytest.mark.row("B11", *DOCUMENT)
async def test_an_integration_is_played_on_both_sites_and_everything_holds(
    postgres: str, template: str, tmp_path: Path, hashed_password: str
) -> None:
    """Every check passes on each site; the reports agree, and hold no secret."""
    async with (
        database(postgres, template, "verify_us") as us_dsn,
        database(postgres, template, "verify_eu") as eu_dsn,
        site("us1", tmp_path / "us1", us_dsn, hashed_password) as us1,
        site("eu1", tmp_path / "eu1", eu_dsn, hashed_password) as eu1,
    ):
        file = write_scenario(tmp_path, us1, eu1)
        reports = [tmp_path / name for name in ("report.json", "report.xml", "report.txt")]
        asked = [argument for report in reports for argument in ("--report", str(report))]
        secrets = us1.secrets | eu1.secrets
        status, said = await run_command("verify", str(file), "--drive", *asked, **secrets)
        assert status == 0, said
    results = read(reports[0])
    assert {one["state"] for one in results} == {"passed"}
    assert {one["site"] for one in results} == {"us1", "eu1"}
    assert set(DOCUMENT) <= {str(row) for one in results for row in one["rows"]}  # type: ignore[attr-defined]
    suites = Xml.fromstring(reports[1].read_text()).findall("testsuite")
    assert [suite.get("failures") for suite in suites] == ["0", "0"]
    assert sum(len(suite.findall("testcase")) for suite in suites) == len(results)
    assert f"{len(results)} passed" in reports[2].read_text()
    everything = said + "".join(report.read_text() for report in reports)
    for secret in (*secrets.values(), "lsat_us1_0", "lsrt_eu1_0"):
        assert secret not in everything
    assert set(LIES) | set(ALSO) >= {str(one["check"]) for one in results} - UNTOLD


#: Checks for which one liar in front of one server has no lie.
UNTOLD = {
    "refreshed-site",
    "not-at-us1",
    "not-at-eu1",
    *(f"scope-{scope}" for scope in ("monitors_read", "monitors_write", "events_read", "logs_read_data")),
    *(f"scope-{scope}" for scope in ("timeseries_query", "metrics_read")),
}


@contextmanager
def scene_at(place: Place, folder: Path) -> Iterator[Scene]:
    """What verify works with, without its command."""
    scenario = read_scenario(write_scenario(folder, place), place.secrets)[0]
    contract = load_contract(shipped_contract_path())
    offered = tuple(
        Operation(one.method, one.path, one.any_of, one.api_key) for one in contract.operations.values()
    )
    window = Driven(scenario, Browser(place.user.email, PASSWORD, place.origin))
    wire = Wire(Vault(scenario.secrets))
    made = Scene(scenario, wire, window, offered, SystemClock(), SystemEntropy(), lambda _: None)
    try:
        yield made
    finally:
        made.close()


def failed(results: list[Result]) -> set[str]:
    return {one.check for one in results if one.state == "failed"}


#: What need not be there.
MISSING = [
    Lie(to("/.well-known/oauth-authorization-server"), instead=Told(404)),
    Lie(to("/.well-known/oauth-protected-resource"), instead=Told(404)),
    Lie(to("/oauth2/v1/introspect"), instead=Told(404)),
]


def all_of(scene: Scene) -> list[Result]:
    return list(verify([scene], lambda *_: None))


@pytest.mark.row("B11", "S21", "S23")
async def test_every_lie_is_found_and_only_lies_are(
    postgres: str, template: str, tmp_path: Path, hashed_password: str
) -> None:
    """A server that violates the contract in thirty places; in one on which the others stand; by being two sites
    at once; and one that only lacks what it need not have."""
    front = free_port()
    async with (
        database(postgres, template, "verify_lies") as dsn,
        site("us1", tmp_path, dsn, hashed_password, front) as place,
    ):
        truth = place.instance.origin
        with liar(front, truth, list(LIES.values())), scene_at(place, tmp_path) as scene:
            results = all_of(scene)
        report = "\n".join(line(one) for one in results)
        assert failed(results) == set(LIES) | set(ALSO), report
        assert not held(results)
        assert place.partner.client_secret not in report
        await revoke_keys(dsn)
        stored = Lie(to("/oauth2/v1/token"), twist=lambda told: told.without("cache-control"))
        with liar(front, truth, [stored]), scene_at(place, tmp_path) as scene:
            results = all_of(scene)
        assert failed(results) == {"redeemed", "again", "stolen"}, results
        assert next(one for one in results if one.check == "metric").state == "skipped"
        with (
            liar(front, truth, MISSING),
            scene_at(place, tmp_path) as scene,
            scene_at(replace(place, key="eu1"), tmp_path) as twin,
        ):
            results = all_of(scene)
            assert failed(results) == set(), results
            absent = {one.check for one in results if one.state == "not offered"}
            assert absent == {"metadata", "resource", "introspected"}
            allowed = Check("allowed", "", (), ending.authorized_again)
            crossed = list(_each(scene, [allowed, *between(scene, [scene, twin])], lambda *_: None))
            assert failed(crossed) == {"not-at-eu1"}, crossed


async def revoke_keys(dsn: str) -> None:
    """The key whose revocation was swallowed would be in the way."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("DELETE FROM api_keys")
    await connection.close()
