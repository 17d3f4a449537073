"""Every operation of the contract against every single-scope token, and against permissions."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
import pytest_asyncio
from tests.settled import Settled
from tests.world import Flow

from latchstring.access.caller import Call
from latchstring.access.law import Law, Presented, Refused
from latchstring.contract.model import Operation
from latchstring.grants.mint import Lifetimes, Mint
from latchstring.grants.model import Active, Authorization
from latchstring.protocol import faults
from latchstring.protocol.rotation import Counter, Policy
from latchstring.settings import Settings
from latchstring.sites.configured import site_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Remembered:
    """A ledger of one authorization, without a database: what the law asks for is how it is found."""

    authorization: Authorization

    def held(self, name: bytes) -> Authorization | None:
        """It, when it is meant."""
        return self.authorization if name == self.authorization.row_name else None


class Bench:
    """The real law over one authorization that may do what it is told."""

    def __init__(self, settled: Settled) -> None:
        platform = settled.world.platform
        self.contract, self.now = platform.contract, settled.world.clock.now()
        lifetimes = Lifetimes(timedelta(seconds=60), 3600, Policy(timedelta(seconds=30)))
        self.mint = Mint("us1", platform.keys, platform.entropy, lifetimes)
        everything = frozenset(self.contract.scopes)
        self.authorization = Authorization(
            organization_id=uuid4(),
            id=uuid4(),
            client_id=uuid4(),
            user_id=uuid4(),
            state=Active(self.now, Counter(0, self.now), ""),
            scopes=tuple(self.contract.scopes),
            secret=platform.entropy.bytes(16),
            consented_at=self.now,
            client_scopes=everything,
            permissions=everything,
            withheld=frozenset(),
            owner_gone=None,
            denied=frozenset(),
            access_dead_until=0,
        )

    def token(self, *scopes: str) -> str:
        """An access token that carries these scopes."""
        return self.mint.pair(self.authorization, 1, frozenset(scopes), self.now).access_token

    def law(self, permissions: frozenset[str] | None = None) -> Law:
        """The law, with a user who may do this (or everything)."""
        found = self.authorization
        if permissions is not None:
            fields = {name: getattr(found, name) for name in (
                "organization_id", "id", "client_id", "user_id", "state", "scopes", "secret", "consented_at",
                "client_scopes", "withheld", "owner_gone", "denied", "access_dead_until",
            )}  # fmt: skip
            found = Authorization(**fields, permissions=permissions)
        return Law(
            self.contract, Remembered(found), self.mint, None,  # type: ignore[arg-type]
            site=site_of(Settings()),
        )  # fmt: skip

    async def verdict(self, law: Law, operation: Operation, token: str) -> object:
        """What the law says of a call."""
        presented = Presented(
            operation.method, path_of(operation), "localhost:8100", f"Bearer {token}", None, False
        )
        return await law.admit(presented, self.now)


def path_of(operation: Operation) -> str:
    """A path that the operation matches, with something for each parameter."""
    return "/".join("1" if part.startswith("{") else part for part in operation.path.split("/"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(settled: Settled) -> AsyncIterator[Bench]:
    """One bench for all."""
    yield Bench(settled)


def own_verdict(operation: Operation, scopes: frozenset[str]) -> bool:
    """Whether these scopes should do, from the contract's facts and nothing else."""
    return any(alternative <= scopes for alternative in operation.any_of)


@pytest.mark.row("A171", "R13", "R14", "S4")
async def test_a_single_scope_opens_exactly_the_operations_that_name_it_alone(bench: Bench) -> None:
    """Every operation times every scope; what is refused is refused for the scope and says which would do."""
    law = bench.law()
    operations = list(bench.contract.operations.values())
    assert len(operations) > 600
    for scope in bench.contract.scopes:
        token = bench.token(scope)
        for operation in operations:
            outcome = await bench.verdict(law, operation, token)
            if own_verdict(operation, frozenset({scope})):
                assert isinstance(outcome, Call), (scope, operation.id)
                assert outcome.operation.id == operation.id
            else:
                assert isinstance(outcome, Refused), (scope, operation.id)
                right = faults.SCOPE_MISSING if operation.any_of else faults.TOKEN_IN_PLACE_OF_API_KEY
                assert outcome.refusal.cause is right


@pytest.mark.row("A171", "R14", "S35")
async def test_all_scopes_open_nothing_that_the_user_may_not(bench: Bench) -> None:
    """With every scope granted, a user with one permission is held to it, for every operation."""
    token = bench.token(*bench.contract.scopes)
    for permission in list(bench.contract.scopes)[::6]:
        law = bench.law(frozenset({permission}))
        for operation in bench.contract.operations.values():
            outcome = await bench.verdict(law, operation, token)
            assert isinstance(outcome, Call) == own_verdict(operation, frozenset({permission})), operation.id


@pytest.mark.row("A171")
async def test_pairs_of_scopes_open_what_needs_both(bench: Bench) -> None:
    """Operations whose alternatives name several scopes: each alternative whole opens them, any part does not."""
    law = bench.law()
    several = [
        (operation, alternative)
        for operation in bench.contract.operations.values()
        for alternative in operation.any_of
        if len(alternative) > 1
    ]
    for operation, alternative in several:
        assert isinstance(await bench.verdict(law, operation, bench.token(*alternative)), Call)
        for left_out in alternative:
            held = alternative - {left_out}
            outcome = await bench.verdict(law, operation, bench.token(*held))
            assert isinstance(outcome, Call) == own_verdict(operation, held)


async def test_an_operation_without_alternatives_takes_no_token(bench: Bench) -> None:
    """Not even one that carries everything."""
    law, token = bench.law(), bench.token(*bench.contract.scopes)
    for operation in bench.contract.operations.values():
        if not operation.any_of:
            assert isinstance(await bench.verdict(law, operation, token), Refused)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def single_scopes(settled: Settled) -> dict[str, Flow]:
    """A real token per scope, for a dozen scopes, of a client that may have them all."""
    world = settled.world
    names = tuple(world.platform.contract.scopes)
    partner = await world.publish(await world.partner("Everything", names))
    chosen = [*Random(7).sample(names, 10), "monitors_read", "api_keys_write"]
    wide = await world.flow(settled.mina, partner)
    flows = {}
    for scope in chosen:
        answer = await world.refresh(partner, wide.refresh, scope=scope)
        assert answer.json()["scope"] == scope
        flows[scope] = Flow({}, answer.json())
    return flows


@pytest.mark.row("A171")
async def test_over_the_wire_the_same_holds(settled: Settled, single_scopes: dict[str, Flow]) -> None:
    """A sample of the matrix by HTTP: let through (whatever the host then says) or refused for the scope."""
    chance = Random(11)
    operations = list(settled.world.platform.contract.operations.values())
    for scope, flow in single_scopes.items():
        named = [one for one in operations if frozenset({scope}) in one.any_of]
        for operation in {*chance.sample(operations, 12), *named[:6]}:
            if operation.api_key and not operation.any_of:
                continue
            answer = await settled.world.call(flow.access, path_of(operation), operation.method)
            if own_verdict(operation, frozenset({scope})):
                assert answer.status_code not in (401, 403, 405), (scope, operation.id, answer.text)
                assert answer.status_code < 500 or answer.status_code == 501
            else:
                assert answer.status_code == 403, (scope, operation.id)
                assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


@pytest.mark.row("A163", "A169")
async def test_no_operation_is_open_to_strangers(settled: Settled) -> None:
    """Every operation of the contract without any credential: 401 or 403, never data."""
    for operation in settled.world.platform.contract.operations.values():
        answer = await settled.world.machine.request(operation.method, path_of(operation))
        assert answer.status_code in (401, 403), operation.id
        assert answer.json() == {"errors": ["Forbidden"]}
