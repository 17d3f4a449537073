"""Which of a client's requested scopes its calls have exercised: a pure function of contract and counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from latchstring.contract.model import Contract, Operation, Satisfied, Scope

#: Why a scope may be too much: `unused`, nothing called it; `needless`, everything that was called works without it;
#: `reads_only`, it allows changes and nothing but reads were called; `no_operation`, no operation of the host needs it.
Flag = Literal["unused", "needless", "reads_only", "no_operation"]
_READS = frozenset({"GET", "HEAD"})
_RISKS = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Exercised:
    """An operation that was called with success in the sandbox; `by_key`: with the client's API key."""

    operation: str
    calls: int
    first_at: datetime
    last_at: datetime
    by_key: bool = False


@dataclass(frozen=True, slots=True)
class ScopeCoverage:
    """What is known of one requested scope. `instead`: the scopes that would do in its place, if it is needless or
    its reads need less."""

    scope: str
    exercised: tuple[Exercised, ...]
    flag: Flag | None
    instead: tuple[str, ...] = ()

    @property
    def calls(self) -> int:
        """How many calls it was needed for."""
        return sum(one.calls for one in self.exercised)

    @property
    def first_at(self) -> datetime | None:
        """When it was first exercised."""
        return min((one.first_at for one in self.exercised), default=None)

    @property
    def last_at(self) -> datetime | None:
        """When it was last exercised."""
        return max((one.last_at for one in self.exercised), default=None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The requested scopes in their order; calls that any token may make; and what was sent in by the API key."""

    scopes: tuple[ScopeCoverage, ...]
    any_token: tuple[Exercised, ...]
    by_key: tuple[Exercised, ...]

    @property
    def covered(self) -> int:
        """How many of the scopes were exercised."""
        return sum(1 for one in self.scopes if one.exercised)


def coverage(contract: Contract, requested: Sequence[str], counts: Iterable[Exercised]) -> Coverage:
    """The coverage of requested scopes by what was called.

    A call exercises every requested scope of each alternative of its operation that the request holds whole.
    Whatever is flagged `needless` may be given up all at once: each call that was counted by a token works without.
    """
    counted = list(counts)
    by_token = [one for one in counted if not one.by_key and one.operation in contract.operations]
    needless = _needless(contract, requested, by_token)
    return Coverage(
        tuple(_covered(contract, name, requested, by_token, needless) for name in dict.fromkeys(requested)),
        tuple(one for one in by_token if frozenset() in contract.operations[one.operation].any_of),
        tuple(one for one in counted if one.by_key),
    )


def _covered(
    contract: Contract,
    name: str,
    requested: Sequence[str],
    counted: Sequence[Exercised],
    needless: Mapping[str, tuple[str, ...]],
) -> ScopeCoverage:
    mine = tuple(
        one for one in counted if name in scopes_used_by(contract.operations[one.operation], requested)
    )
    if not mine:
        flag: Flag = "unused" if contract.operations_unlocked_by(name) else "no_operation"
        return ScopeCoverage(name, (), flag)
    if name in needless:
        return ScopeCoverage(name, mine, "needless", needless[name])
    reads = [contract.operations[one.operation] for one in mine]
    if _changes(contract.scopes.get(name)) and all(operation.method in _READS for operation in reads):
        return ScopeCoverage(name, mine, "reads_only", _narrower(contract, name, reads))
    return ScopeCoverage(name, mine, None)


def scopes_used_by(operation: Operation, requested: Sequence[str]) -> frozenset[str]:
    """The scopes that a call of the operation makes use of, of those that are held."""
    held = frozenset(requested)
    return frozenset().union(*(alternative for alternative in operation.any_of if alternative <= held))


def _needless(
    contract: Contract, requested: Sequence[str], counted: Sequence[Exercised]
) -> Mapping[str, tuple[str, ...]]:
    """Scopes that were exercised but can go, broadest first, each with the others that stand in for it."""
    kept = frozenset(requested)
    called = [contract.operations[one.operation] for one in counted]
    allowed = [operation for operation in called if isinstance(operation.judge(kept), Satisfied)]
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(kept, key=lambda name: _breadth(contract, name), reverse=True):
        mine = [operation for operation in allowed if name in scopes_used_by(operation, requested)]
        without = kept - {name}
        if mine and all(isinstance(operation.judge(without), Satisfied) for operation in allowed):
            kept = without
            standing_in = (scopes_used_by(operation, tuple(without)) for operation in mine)
            found[name] = tuple(sorted(frozenset().union(*standing_in)))
    return found


def _narrower(contract: Contract, name: str, reads: Sequence[Operation]) -> tuple[str, ...]:
    """Scopes for reading that would allow these operations too; none when there is no such way."""
    found: set[str] = set()
    for operation in reads:
        others = [
            alternative
            for alternative in operation.any_of
            if name not in alternative and not any(_changes(contract.scopes.get(one)) for one in alternative)
        ]
        if not others:
            return ()
        found |= min(others, key=lambda alternative: (len(alternative), sorted(alternative)))
    return tuple(sorted(found))


def _changes(scope: Scope | None) -> bool:
    return scope is not None and scope.access == "write"


def _breadth(contract: Contract, name: str) -> tuple[bool, int, int, str]:
    scope = contract.scopes.get(name)
    risk = _RISKS[scope.risk] if scope is not None else 0
    return _changes(scope), risk, len(contract.operations_unlocked_by(name)), name
