"""Processes die, stop and start while clients work: what was answered holds, and nothing is half done."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from tests.conftest import _create, _drop
from tests.processes.servers import Cluster, Instance, cluster_of, is_running, launch, until, world_at
from tests.processes.test_races import redemption, refreshing, someone
from tests.processes.wire import NOTHING, Answer, Line, form, read_answer, request, send
from tests.soak import SOAKING
from tests.world import CHALLENGE, REDIRECT, Partner, Person, World

from latchstring.grants.steps import Consent

pytestmark = [pytest.mark.processes, pytest.mark.long]
#: So many workers are killed, each while so many customers redeem, refresh twice and make a key.
KILLS, AT_EACH = (50, 6) if SOAKING else (8, 15)


async def persistently(ports: list[int], raw: bytes, patience_s: float = 120) -> tuple[Answer, int]:
    """Ask, at another instance each time, until there is an answer that is not about an outage; the tries."""
    ends, attempt = time.monotonic() + patience_s, 0
    while time.monotonic() < ends:
        attempt += 1
        try:
            answer = await asyncio.wait_for(send(ports[attempt % len(ports)], raw), 20)
        except (ConnectionError, TimeoutError):
            answer = NOTHING
        if answer.status not in (0, 503):
            return answer, attempt
        await asyncio.sleep(0.1)
    raise AssertionError("no answer")


@dataclass
class Work:
    """What clients were told."""

    tokens: list[dict[str, str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    lost: int = 0


async def kill_one(cluster: Cluster, chance: random.Random) -> None:
    """Kill a random worker, a moment from now or as soon as an instance has both of its workers again."""
    await asyncio.sleep(chance.uniform(0, 0.1))
    assert await until(lambda: bool(whole(cluster)))
    os.kill(chance.choice(chance.choice(whole(cluster))), signal.SIGKILL)


def whole(cluster: Cluster) -> list[list[int]]:
    """The workers of each instance that has two."""
    found = ([pid for pid in one.workers() if is_running(pid)] for one in cluster.instances)
    return [workers for workers in found if len(workers) == 2]


async def one_customer(
    cluster: Cluster, partner: Partner, code: str, work: Work, slots: asyncio.Semaphore
) -> None:
    """Redeem, refresh twice and make a key, trying again whenever no answer came."""
    async with slots:
        answer, tries = await persistently(cluster.ports, redemption(partner, code))
        if answer.status == 400:
            assert tries > 1, answer
            assert answer.json()["error"] == "invalid_grant"
            work.lost += 1
            return
        assert answer.status == 200, answer
        for _ in range(2):
            answer, _ = await persistently(cluster.ports, refreshing(partner, answer.json()["refresh_token"]))
            assert answer.status == 200, answer
        tokens = answer.json()
        raw = request(
            "POST", "/api/v2/api_keys/marketplace", authorization=f"Bearer {tokens['access_token']}"
        )
        made, tries = await persistently(cluster.ports, raw)
        assert made.status == 201 or (made.status == 409 and tries > 1), made
        work.tokens.append(tokens)
        if made.status == 201:
            work.keys.append(made.json()["data"]["attributes"]["key"])


@pytest.mark.row("B100")
async def test_killed_workers_lose_and_double_nothing(dsn: str, tmp_path: Path, hashed_password: str) -> None:
    """Random workers are killed during hundreds of redemptions, refreshes and key requests; every success holds."""
    async with cluster_of(tmp_path, dsn) as cluster, world_at(cluster, hashed_password) as world:
        partner = await world.publish(await world.partner())
        people = [
            await world.person(await world.organization(f"Customer {n}")) for n in range(KILLS * AT_EACH)
        ]
        work, slots, chance = Work(), asyncio.Semaphore(12), random.Random(2)
        for start in range(0, len(people), AT_EACH):
            batch = people[start : start + AT_EACH]
            codes = await asyncio.gather(*(consented(world, person, partner) for person in batch))
            killing = asyncio.create_task(kill_one(cluster, chance))
            await asyncio.gather(*(one_customer(cluster, partner, code, work, slots) for code in codes))
            await killing
        await asyncio.gather(*(instance.ready() for instance in cluster.instances))
        for tokens in work.tokens:
            assert (await world.call(tokens["access_token"])).status_code == 200
            assert (await world.refresh(partner, tokens["refresh_token"])).status_code == 200
        for key in work.keys:
            answer = await world.machine.get("/api/v1/validate", headers={"dd-api-key": key})
            assert answer.status_code == 200
        rows = await world.platform.database.fetch(
            "SELECT count(*), count(DISTINCT organization_id) FROM authorizations WHERE state = 'active'"
        )
        assert rows[0][0] == rows[0][1] >= len(work.tokens)
        assert len(work.tokens) + work.lost == len(people)
        cluster.assert_no_failure()


async def consented(world: World, person: Person, partner: Partner) -> str:
    """What consent leaves behind, without the pages: a code."""

    mint, now = world.platform.mint, world.clock.now()
    authorization_id, secret = mint.entropy.uuid(), mint.entropy.bytes(16)
    consent = Consent(
        person.organization_id, authorization_id, UUID(partner.client_id), person.id, " ".join(partner.scopes),
        secret, 1, "partner", REDIRECT, CHALLENGE, now + mint.lifetimes.code, now, "test",
    )  # fmt: skip
    await world.platform.ledger.consent(consent)
    return mint.code(person.organization_id, authorization_id, secret)


@pytest.mark.row("B108")
async def test_a_stop_under_load_finishes_what_is_under_way(
    dsn: str, tmp_path: Path, hashed_password: str
) -> None:
    """Asked to stop, a server answers every request it took; clients that try again elsewhere see no failure."""
    async with cluster_of(tmp_path, dsn) as cluster, world_at(cluster, hashed_password) as world:
        person, partner = await someone(world)
        flow = await world.flow(person, partner)
        stays, goes = cluster.instances
        world.machine.base_url = stays.origin
        answers: Counter[int] = Counter()
        done = asyncio.Event()

        async def client() -> None:
            line, other = Line(goes.port), Line(stays.port)
            raw = request(
                "GET", "/api/v1/monitor", authorization=f"Bearer {flow.access}", connection="keep-alive"
            )
            while not done.is_set():
                try:
                    answer = await line.ask(raw)
                except ConnectionError:
                    answer = NOTHING
                if answer is NOTHING:
                    line = other
                    answer = await line.ask(raw)
                answers[answer.status] += 1
            await asyncio.gather(line.close(), other.close())

        clients = [asyncio.create_task(client()) for _ in range(16)]
        slow = asyncio.create_task(slowly(goes, form("/oauth2/v1/introspect", {"token": flow.access})))
        await asyncio.sleep(0.5)
        assert await goes.stop() == 0
        await asyncio.sleep(0.3)
        done.set()
        await asyncio.gather(*clients)
        assert set(answers) == {200}
        assert (await slow).status == 401
        cluster.assert_no_failure()


async def slowly(instance: Instance, raw: bytes) -> Answer:
    """Send a request over some two seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", instance.port)

    try:
        for place in range(10):
            size = -(-len(raw) // 10)
            writer.write(raw[place * size : (place + 1) * size])
            await asyncio.sleep(0.2)
        return await read_answer(reader)
    finally:
        writer.close()


@pytest.mark.row("B107")
async def test_servers_that_start_at_once_migrate_once(postgres: str, tmp_path: Path) -> None:
    """Three processes start on an empty database together, one is killed half-way; the rest come up whole."""
    name = f"empty_{os.getpid()}"
    dsn = await _create(postgres, name)
    started = [launch(tmp_path, dsn, workers=1) for _ in range(3)]
    try:
        await until(lambda: (tmp_path / "keys.json").exists())
        started[0].end_by_force()
        await asyncio.gather(*(instance.ready() for instance in started[1:]))
        again = launch(tmp_path, dsn, workers=1)
        started.append(again)
        await again.ready()
        await asyncio.gather(*(instance.stop() for instance in started[1:]))
        for instance in started[1:]:
            assert "Traceback" not in instance.said
    finally:
        for instance in started:
            instance.end_by_force()
        await _drop(postgres, name)


async def test_workers_do_not_outlive_their_parent(dsn: str, tmp_path: Path) -> None:
    """When the parent is killed, its workers stop by themselves and free the port."""
    instance = launch(tmp_path, dsn)
    try:
        await instance.ready()
        os.kill(instance.process.pid, signal.SIGKILL)
        instance.process.wait(10)
        assert await until(lambda: not any(is_running(pid) for pid in instance.seen_workers))
    finally:
        instance.end_by_force()


async def test_a_second_server_on_a_port_is_refused(shared: Cluster, tmp_path: Path) -> None:
    """A port that is taken is said in one line."""
    second = launch(tmp_path, shared.dsn, port=str(shared.ports[0]))
    assert await until(lambda: second.process.poll() is not None)
    assert second.process.returncode == 1
    assert second.said.startswith("latchstring: can't listen on 127.0.0.1:")
    assert second.said.count("\n") == 1
