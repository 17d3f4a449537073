"""A verdict that is remembered is the one that the law would give now, up to one lease: by chance, many times."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from tests.settled import Settled
from tests.world import MovableClock

from latchstring.access.caller import Call
from latchstring.access.law import Law, Presented, Refused, Unknown
from latchstring.grants.mint import Lifetimes, Mint
from latchstring.grants.model import Active, Authorization, Revoked
from latchstring.protocol import tokens
from latchstring.protocol.rotation import Counter, Policy
from latchstring.storage.leases import Leases

pytestmark = pytest.mark.asyncio(loop_scope="module")
LEASE_MS = 25
_LIFETIME_S = 60
_HOST = "localhost:8100"
Verdict = Call | Refused | Unknown


class Book:
    """Authorizations that change, read under leases; it knows what was true in the last lease."""

    def __init__(self, clock: MovableClock, authorization: Authorization) -> None:
        self.clock, self.now = clock, authorization
        self.until: list[tuple[int, Authorization]] = []
        self._leases: Leases[bytes, Authorization] = Leases(self._read, clock=clock, lease_s=LEASE_MS / 1000)
        self.held, self.find = self._leases.held, self._leases.get

    async def _read(self, names: list[bytes]) -> list[Authorization | None]:
        return [self.now if name == self.now.row_name else None for name in names]

    def change(self, **fields: object) -> None:
        """Something else is true from this moment on."""
        self.until.append((self.clock.monotonic_ns(), self.now))
        self.now = replace(self.now, **fields)  # type: ignore[arg-type]

    def still_believed(self) -> list[Authorization]:
        """What is true, and what was within one lease."""
        began = self.clock.monotonic_ns() - LEASE_MS * 1_000_000
        return [self.now, *(was for ended, was in self.until if ended > began)]


class Fixed:
    """A ledger of one value."""

    def __init__(self, authorization: Authorization) -> None:
        self._authorization = authorization

    def held(self, name: bytes) -> Authorization | None:
        """See `Ledger.held`."""
        return self._authorization if name == self._authorization.row_name else None

    async def find(self, name: bytes) -> Authorization | None:
        """See `Ledger.find`."""
        return self.held(name)


class Case:
    """The law with its memory, and the same law without one."""

    def __init__(self, settled: Settled, seed: int) -> None:
        self.chance, self.clock = random.Random(seed), MovableClock()
        self.platform = settled.world.platform
        lifetimes = Lifetimes(timedelta(seconds=60), _LIFETIME_S, Policy(timedelta(seconds=30)))
        self.mint = Mint("us1", self.platform.keys, self.platform.entropy, lifetimes)
        self.scopes = ("monitors_read", "events_read", "api_keys_write")
        self.book = Book(self.clock, self._authorization(self.clock.now()))
        self.law = self._law(self.book)
        self.tokens = [self._token()]

    def _authorization(self, now: datetime) -> Authorization:
        held = frozenset(self.scopes)
        return Authorization(
            organization_id=uuid4(), id=uuid4(), client_id=uuid4(), user_id=uuid4(),
            state=Active(now, Counter(0, now), ""), scopes=self.scopes, secret=b"s" * 16, consented_at=now,
            client_scopes=held, permissions=held, withheld=frozenset(), owner_gone=None, denied=frozenset(),
            access_dead_until=0,
        )  # fmt: skip

    def _law(self, ledger: object) -> Law:
        return Law(
            self.platform.contract, ledger, self.mint, None, site=self.platform.site  # type: ignore[arg-type]
        )  # fmt: skip

    def _token(self) -> str:
        scopes = self.chance.sample(self.scopes, self.chance.randint(1, 3))
        return self.mint.pair(self.book.now, 1, frozenset(scopes), self.clock.now()).access_token

    def step(self) -> None:
        """Something happens."""
        steps: list[Callable[[], object]] = [
            lambda: self.clock.move(milliseconds=self.chance.choice((1, 5, 13, 24, 25, 26))),
            lambda: self.clock.move(seconds=self.chance.choice((1, 20, _LIFETIME_S))),
            lambda: self.tokens.append(self._token()),
            lambda: self.book.change(permissions=self._some()),
            lambda: self.book.change(client_scopes=self._some()),
            lambda: self.book.change(withheld=self._some()),
            lambda: self.book.change(owner_gone=self.chance.choice((None, None, "user_disabled"))),
            lambda: self.book.change(denied=frozenset({self._nonce()})),
            lambda: self.book.change(access_dead_until=int(self.clock.now().timestamp()) - 5),
            lambda: self.book.change(secret=bytes([self.chance.randint(0, 1)]) * 16),
            self._end_or_begin,
            self._begin_anew,
        ]
        self.chance.choices(steps, [9, 2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 4])[0]()

    def _some(self) -> frozenset[str]:
        return frozenset(self.chance.sample(self.scopes, self.chance.randint(0, 3)))

    def _nonce(self) -> bytes:
        token = tokens.parse(self.chance.choice(self.tokens))
        assert token is not None
        return tokens.read_access(token).nonce

    def _end_or_begin(self) -> None:
        now = self.clock.now()
        ended = isinstance(self.book.now.state, Active)
        self.book.change(state=Revoked("x", True) if ended else Active(now, Counter(0, now), ""))

    def _begin_anew(self) -> None:
        held, now = frozenset(self.scopes), self.clock.now()
        self.book.change(
            state=Active(now, Counter(0, now), ""), permissions=held, client_scopes=held, withheld=frozenset(),
            owner_gone=None, denied=frozenset(), access_dead_until=0,
        )  # fmt: skip
        self.tokens.append(self._token())

    def questions(self) -> list[Presented]:
        """Calls with the newest token, and with an older one at some path and host."""
        path = self.chance.choice(
            ("/api/v1/monitor", "/api/v1/monitor/1", "/api/v1/events", "/api/v1/nothing")
        )
        host = self.chance.choice((_HOST, "acme." + self.platform.site.domain))
        older = self.chance.choice(self.tokens[-3:])
        return [
            Presented("GET", "/api/v1/monitor", _HOST, f"Bearer {self.tokens[-1]}", None, False),
            Presented("GET", path, host, f"Bearer {older}", None, False),
        ]

    async def without_memory(self, presented: Presented) -> list[Verdict]:
        """What a law that remembers nothing says: first of what is true, then of what was within a lease."""
        now = self.clock.now()
        believed = self.book.still_believed()
        return [await self._law(Fixed(one)).admit(presented, now) for one in believed]


@pytest.mark.row("R15", "B091")
async def test_a_remembered_verdict_is_what_the_law_would_say(settled: Settled) -> None:
    """Whatever is taken away, one lease later nothing is admitted that the law would refuse; and the reverse."""
    admitted = remembered = 0
    for seed in range(30):
        case = Case(settled, seed)
        calls: set[int] = set()
        for _ in range(80):
            case.step()
            for presented in case.questions():
                now = case.clock.now()
                verdict = case.law.readmit(presented, now) or await case.law.admit(presented, now)
                assert verdict in await case.without_memory(presented), (seed, presented)
                if isinstance(verdict, Call):
                    admitted += 1
                    remembered += id(verdict) in calls
                    calls.add(id(verdict))
    assert admitted > 500
    assert remembered > 100
