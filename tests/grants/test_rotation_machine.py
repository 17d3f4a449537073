"""Refresh rotation as a machine: an honest partner, a thief who holds everything, crashes and backups.

What must hold whatever happens in whatever order:

* who retries is never locked out, unless somebody else has used the tokens;
* all tokens are one chain: a generation is one string and has one successor, so there are never two families;
* once theft is proven, or the authorization is revoked, nothing works again.

The same rules drive the pure functions and, with fewer examples, the real `refresh` on PostgreSQL.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.settled import Settled, database_of_its_own, settle, world_on
from tests.world import MovableClock

from latchstring.apps.lookup import Client, read_clients
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Granted
from latchstring.grants.origin import Origin
from latchstring.grants.refresh import refresh
from latchstring.grants.revoke import revoke
from latchstring.protocol import tokens
from latchstring.protocol.rotation import Advance, Counter, Policy, Repeat, Theft, judge
from latchstring.protocol.token_request import Refresh

OVERLAP = timedelta(seconds=30)
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY, ROW = b"k" * 32, tokens.Row(1, bytes(32))


class Server(Protocol):
    """What the machine does to a server."""

    def refresh(self, token: str) -> str | None:
        """The successor, or None when it was refused."""

    def revoke(self, token: str) -> None:
        """Give the authorization up."""

    def is_dead(self) -> bool:
        """Whether the authorization is revoked."""

    def pass_time(self, by: timedelta) -> None:
        """Let time pass."""

    def keep(self) -> object:
        """What is on disk now."""

    def put_back(self, kept: object) -> None:
        """A crash or a restored backup: this is on disk, and what came after is forgotten."""


class PureServer:
    """The protocol's functions and a counter."""

    def __init__(self) -> None:
        self.counter = Counter(0, START)
        self.now = START
        self.dead = False

    def first(self) -> str:
        """The refresh token that the code was redeemed for."""
        return tokens.refresh_token("us1", ROW, KEY, 1)

    def refresh(self, token: str) -> str | None:
        """See `Server`."""
        parsed = tokens.parse(token)
        if self.dead or parsed is None or not parsed.is_signed_by(KEY):
            return None
        generation = tokens.read_generation(parsed)
        match judge(self.counter, generation, self.now, Policy(OVERLAP)):
            case Advance(successor):
                self.counter = Counter(generation, self.now)
                return tokens.refresh_token("us1", ROW, KEY, successor)
            case Repeat(successor):
                return tokens.refresh_token("us1", ROW, KEY, successor)
            case Theft():
                self.dead = True
        return None

    def revoke(self, token: str) -> None:
        """See `Server`."""
        self.dead = True

    def is_dead(self) -> bool:
        """See `Server`."""
        return self.dead

    def pass_time(self, by: timedelta) -> None:
        """See `Server`."""
        self.now += by

    def keep(self) -> object:
        """See `Server`."""
        return self.counter

    def put_back(self, kept: object) -> None:
        """See `Server`."""
        assert isinstance(kept, Counter)
        self.counter = kept


class RotationMachine(RuleBasedStateMachine):
    """The rules, over any server."""

    def __init__(self) -> None:
        super().__init__()
        self.server: Server
        self.mine = ""
        self.past: list[str] = []
        self.stolen: list[str] = []
        self.stolen_was_used = False
        self.over = False
        self.forgot = False
        self.successors: dict[str, str] = {}
        self.disk: object = None
        self.backups: list[object] = []

    def make_server(self) -> tuple[Server, str]:
        """A server with a fresh authorization, and its first refresh token."""
        server = PureServer()
        return server, server.first()

    @initialize()
    def begin(self) -> None:
        """The code was redeemed."""
        self.server, self.mine = self.make_server()
        self.disk = self.server.keep()
        self.backups = [self.disk]

    def present(self, token: str) -> str | None:
        """Somebody presents a token; whatever comes back must fit the chain."""
        answer = self.server.refresh(token)
        if answer is not None:
            assert not self.over, "what was over works again"
            assert self.successors.setdefault(token, answer) == answer, "a generation has two successors"
        elif self.server.is_dead():
            self.over = True
        return answer

    @rule()
    def partner_refreshes(self) -> None:
        """The answer arrives."""
        answer = self.present(self.mine)
        if answer is None:
            assert self.over, "refused although the authorization lives"
            return
        self.past.append(self.mine)
        self.mine = answer
        self.forgot = False

    @rule(times=st.integers(1, 3))
    def answers_get_lost(self, times: int) -> None:
        """The partner does not see the successor and keeps what it has."""
        for _ in range(times):
            assert self.present(self.mine) is not None or self.over

    @rule(seconds=st.sampled_from([1, 29, 30, 31, 3600, 10**7]))
    def time_passes(self, seconds: int) -> None:
        """Less or more than the overlap."""
        self.server.pass_time(timedelta(seconds=seconds))

    @rule()
    def somebody_steals_what_the_partner_has(self) -> None:
        """The thief holds the client's secret too."""
        self.stolen.append(self.mine)

    @precondition(lambda self: self.stolen)
    @rule(data=st.data())
    def the_thief_refreshes(self, data: st.DataObject) -> None:
        """With any token stolen so far."""
        token = data.draw(st.sampled_from(self.stolen))
        self.stolen_was_used = True
        if (answer := self.present(token)) is not None:
            self.stolen.append(answer)

    @precondition(lambda self: len(self.past) > 1)
    @rule(data=st.data())
    def something_old_is_replayed(self, data: st.DataObject) -> None:
        """Two or more generations back: never answered with anything new."""
        token = data.draw(st.sampled_from(self.past[:-1]))
        self.stolen_was_used = True
        answer = self.present(token)
        assert answer is None or answer == self.successors[token]

    @precondition(lambda self: len(self.past) > 2 and not self.forgot)
    @rule(data=st.data())
    def something_much_older_is_theft(self, data: st.DataObject) -> None:
        """Older than the one before the last that was used: it ends everything, at once."""
        token = data.draw(st.sampled_from(self.past[:-2]))
        self.stolen_was_used = True
        assert self.present(token) is None
        assert self.over

    @precondition(lambda self: len(self.past) > 1 and not self.forgot)
    @rule()
    def the_one_before_is_theft_after_the_overlap(self) -> None:
        """Its successor was used, and no race explains it any more."""
        self.server.pass_time(timedelta(seconds=31))
        self.stolen_was_used = True
        assert self.present(self.past[-2]) is None
        assert self.over

    @rule()
    def what_was_written_reaches_the_disk(self) -> None:
        """Asynchronous commits become durable sooner or later."""
        self.disk = self.server.keep()

    @rule()
    def a_backup_is_made(self) -> None:
        """Of what is on disk."""
        self.backups.append(self.disk)

    @precondition(lambda self: not self.over)
    @rule()
    def the_server_crashes(self) -> None:
        """Counter moves that were not on disk are forgotten."""
        self.server.put_back(self.disk)
        self.forgot = True

    @precondition(lambda self: not self.over)
    @rule(data=st.data())
    def a_backup_is_restored(self, data: st.DataObject) -> None:
        """An older row than the partner knows."""
        self.disk = data.draw(st.sampled_from(self.backups))
        self.server.put_back(self.disk)
        self.forgot = True

    @precondition(lambda self: not self.over)
    @rule(chance=st.integers(0, 5))
    def the_partner_revokes(self, chance: int) -> None:
        """Now and then."""
        if chance == 0:
            self.server.revoke(self.mine)
            self.over = self.stolen_was_used = True

    @rule()
    def a_forger_guesses(self) -> None:
        """With a dump of the database, or with the server's key, but not both."""
        for key in (
            tokens.signing_key(KEY, b"another row"),
            tokens.signing_key(b"another key", KEY),
            bytes(32),
        ):
            parsed = tokens.parse(self.mine)
            assert parsed is not None
            forged = tokens.refresh_token("us1", parsed.row, key, tokens.read_generation(parsed) + 1)
            assert self.server.refresh(forged) is None

    @invariant()
    def the_honest_partner_is_not_locked_out(self) -> None:
        """Only somebody else's use of the tokens, or revocation, ends an authorization."""
        assert not self.over or self.stolen_was_used


@dataclass
class Stage:
    """Where the machine with the database plays: one event loop, one platform."""

    runner: asyncio.Runner
    settled: Settled
    client: Client


class RealServer:
    """`grants.refresh` on PostgreSQL."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.platform = stage.settled.world.platform
        self.clock = stage.settled.world.clock
        flow = self.run(stage.settled.flow())
        self.first = flow.refresh
        parsed = tokens.parse(flow.refresh)
        assert parsed is not None
        self.name = parsed.row.name
        self.id = UUID(bytes=self.name[16:])

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do it now."""
        return self.stage.runner.run(work)

    @property
    def ledger(self) -> Ledger:
        """The platform's."""
        return self.platform.ledger

    def refresh(self, token: str) -> str | None:
        """See `Server`."""
        origin = Origin("request", "127.0.0.1", "machine")
        work = refresh(
            self.ledger, self.platform.mint, Refresh(token, None), self.stage.client, self.clock.now(), origin
        )
        outcome = self.run(work)
        return outcome.refresh_token if isinstance(outcome, Granted) else None

    def revoke(self, token: str) -> None:
        """See `Server`."""
        origin = Origin("request", "127.0.0.1", "machine")
        self.run(revoke(self.ledger, self.platform.mint, token, self.stage.client, self.clock.now(), origin))

    def is_dead(self) -> bool:
        """See `Server`."""
        return bool(self._fetch("SELECT state FROM authorizations WHERE id = $1")["state"] == "revoked")

    def pass_time(self, by: timedelta) -> None:
        """See `Server`."""
        self.clock.time += min(by, timedelta(minutes=2))

    def keep(self) -> object:
        """See `Server`."""
        return self._fetch("SELECT generation, moved_at, presented_by FROM authorizations WHERE id = $1")

    def put_back(self, kept: Any) -> None:
        """See `Server`."""
        self._fetch(
            "UPDATE authorizations SET generation = $2, moved_at = $3, presented_by = $4 WHERE id = $1 RETURNING id",
            *kept.values(),
        )

    def _fetch(self, sql: str, *arguments: object) -> Any:
        return self.run(self.platform.database.fetch(sql, self.id, *arguments))[0]


class RealRotationMachine(RotationMachine):
    """The same rules, on PostgreSQL."""

    stage: ClassVar[Stage]

    def make_server(self) -> tuple[Server, str]:
        """A fresh authorization in the same database."""
        server = RealServer(self.stage)
        return server, server.first


RotationMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestRotationOfThePureCore = pytest.mark.row("R9", "A124", "A125")(RotationMachine.TestCase)


@pytest.mark.row("R9", "A124", "A125")
def test_rotation_on_postgresql(
    postgres: str, template: str, hashed_password: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The real refresh, its batched reads and its asynchronous moves keep the same promises."""
    from contextlib import AsyncExitStack

    from hypothesis.stateful import run_state_machine_as_test

    from latchstring.settings import Settings

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def open_stage() -> Stage:
            dsn = await stack.enter_async_context(database_of_its_own(postgres, template))
            chosen = Settings(data_dir=str(tmp_path_factory.mktemp("machine")), lease_ms=0, pool_size=2)
            clock = MovableClock()
            world = await stack.enter_async_context(world_on(dsn, chosen, hashed_password, clock))
            settled = await settle(world)
            found = await read_clients(world.platform.database, [UUID(settled.partner.client_id)])
            assert found[0] is not None
            return Stage(runner, settled, replace(found[0]))

        RealRotationMachine.stage = runner.run(open_stage())
        try:
            run_state_machine_as_test(
                RealRotationMachine,
                settings=settings(
                    max_examples=25,
                    stateful_step_count=25,
                    deadline=None,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
        finally:
            runner.run(stack.aclose())
