"""Whatever is secret is seen by whom it is for, and is in no log and no dump."""

import asyncio
import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import asyncpg
import httpx
import pytest
from tests.processes.servers import Cluster, cluster_of, world_at
from tests.processes.test_database_away import name_of, run_program
from tests.processes.test_races import of, someone
from tests.processes.wire import form, request, send
from tests.world import PASSWORD, REDIRECT, VERIFIER, World, csrf_in

pytestmark = pytest.mark.processes


def forms_of(secret: str) -> set[bytes]:
    """A secret as it is, in hex, in base64 (whole, at each of three offsets) and percent-encoded."""
    raw = secret.encode()
    encoded = {base64.b64encode(b"\0" * pad + raw)[4 if pad else 0 : -4] for pad in range(3)}
    encoded |= {base64.urlsafe_b64encode(b"\0" * pad + raw)[4 if pad else 0 : -4] for pad in range(3)}
    return {raw, raw.hex().encode(), quote(secret, safe="").encode(), quote_plus(secret).encode(), *encoded}


async def a_full_life(cluster: Cluster, world: World) -> set[str]:
    """Everything happens once, well and badly, through the processes; the secrets that were seen."""
    person, partner = await someone(world)
    port = cluster.ports[0]
    person.browser = browser_at(world)
    page = await person.browser.get("/sign-in")
    seen = {csrf_in(page), PASSWORD, VERIFIER, partner.client_secret, *person.browser.cookies.values()}
    assert (await world.sign_in(person)).status_code == 303
    flow = await world.flow(person, partner)
    again = (await world.refresh(partner, flow.refresh)).json()
    made = await world.call(again["access_token"], "/api/v2/api_keys/marketplace", "POST")
    key = made.json()["data"]["attributes"]["key"]
    seen |= {*person.browser.cookies.values(), flow.parameters["code"], flow.access, flow.refresh, key}
    seen |= {again["access_token"], again["refresh_token"]}
    for secret in sorted(seen):
        await misplaced(port, secret)
        await world.token(partner, grant_type="authorization_code", code=secret, redirect_uri=REDIRECT)
        await world.token(partner, grant_type="refresh_token", refresh_token=secret)
        await world.machine.post(
            "/oauth2/v1/token", data={"client_id": partner.client_id, "client_secret": secret}
        )
        await world.introspect(partner, secret)
        await person.browser.post(
            "/sign-in", data={"email": person.email, "password": secret, "csrf": secret}
        )
    await send(
        port,
        form("/oauth2/v1/token", of(partner, grant_type="authorization_code", code=flow.parameters["code"])),
    )
    await world.revoke(partner, again["refresh_token"])
    await person.browser.post("/sign-out", data={"csrf": csrf_in(await person.browser.get("/"))})
    await person.browser.aclose()
    return seen


def browser_at(world: World) -> httpx.AsyncClient:
    """A browser that talks to the processes instead of to this one."""
    return httpx.AsyncClient(base_url=world.machine.base_url, headers={"accept": "text/html"}, timeout=30)


async def misplaced(port: int, secret: str) -> None:
    """Secrets where they do not belong: in paths, queries, headers and names of fields."""
    where = quote(secret, safe="")
    for raw in (
        request("GET", f"/nowhere/{where}?token={where}"),
        request("GET", f"/api/v1/monitor/{where}?access_token={where}&api_key={where}"),
        request("GET", f"/oauth2/v1/authorize?client_id={where}&code={where}", accept="text/html"),
        request(
            "GET", "/api/v1/monitor", authorization=f"Bearer {where}", dd_api_key=where, cookie=f"a={where}"
        ),
        request("GET", "/api/v1/validate", dd_api_key=where),
        form(
            "/oauth2/v1/token",
            {secret: secret, "grant_type": secret, "client_id": secret, "client_secret": secret},
        ),
    ):
        assert (await send(port, raw)).status < 500


@pytest.mark.row("B085", "B086", "R27")
async def test_no_secret_is_in_a_log_or_a_dump(dsn: str, tmp_path: Path, hashed_password: str) -> None:
    """After a full run, neither what the processes wrote nor a dump of the database holds a secret in any form."""
    dump = tmp_path / "dump.sql"
    async with cluster_of(tmp_path, dsn, 1) as cluster, world_at(cluster, hashed_password) as world:
        secrets = await a_full_life(cluster, world)
        cluster.assert_no_failure()
    keys = json.loads((tmp_path / "keys.json").read_text())
    secrets |= {key["secret"] for ring in keys.values() for key in ring}
    await asyncio.to_thread(run_program, dsn, "pg_dump", "-f", str(dump), name_of(dsn))
    said = b"".join(log.read_bytes() for log in tmp_path.glob("output-*.log"))
    dumped = dump.read_bytes()
    assert b"authorization.consented" in dumped
    assert len(secrets) >= 12
    for secret in secrets:
        for shape in forms_of(secret):
            assert shape not in said, f"{secret!r} in a log"
            assert shape not in dumped, (
                f"{secret!r} in a dump: {dumped[max(0, dumped.find(shape) - 200) :][:400]!r}"
            )
        if len(secret) in (32, 64):
            assert f"\\\\x{secret}".encode() not in dumped


@pytest.mark.row("R27")
async def test_what_goes_wrong_is_logged_with_its_request(dsn: str, tmp_path: Path) -> None:
    """Each line of the log is JSON, and a failure names the request whose answer named it."""
    async with cluster_of(tmp_path, dsn, 1, workers=1) as cluster:
        connection = await asyncpg.connect(dsn)
        await connection.execute("ALTER TABLE browser_sessions RENAME TO elsewhere")
        await connection.close()
        raw = request("GET", "/sign-in", accept="text/html", cookie="latchstring_us1_session=" + "a" * 64)
        answer = await send(cluster.ports[0], raw)
        lines = [json.loads(line) for line in cluster.said.splitlines()]
        failures = [line for line in lines if line["event"] == "failure"]
        assert answer.status == 500
        assert [line["request_id"] for line in failures] == [answer.headers["x-request-id"]]
        assert b"Traceback" not in answer.body
        assert b"browser_sessions" not in answer.body
