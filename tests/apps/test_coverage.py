"""Scope coverage as a function of contract and counts: what was called decides, and what is flagged can really go."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.apps.coverage import Coverage, Exercised, coverage
from latchstring.contract.load import load_contract, shipped_contract_path
from latchstring.contract.model import Satisfied

CONTRACT = load_contract(shipped_contract_path())
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
SCOPES = st.lists(st.sampled_from(sorted(CONTRACT.scopes)), max_size=12, unique=True)
COUNTS = st.lists(
    st.builds(
        Exercised,
        st.sampled_from([*sorted(CONTRACT.operations), "NoLongerThere"]),
        st.integers(1, 10**9),
        st.just(AT),
        st.just(AT),
        st.booleans(),
    ),
    max_size=30,
    unique_by=lambda one: (one.operation, one.by_key),
)


def called(*operations: str, by_key: bool = False) -> list[Exercised]:
    """Each once."""
    return [Exercised(name, 1, AT, AT, by_key) for name in operations]


def operation(method: str, path: str) -> str:
    """The name of an operation."""
    return next(one.id for one in CONTRACT.operations.values() if (one.method, one.path) == (method, path))


def flags(found: Coverage) -> dict[str, str | None]:
    """Flags by scope."""
    return {one.scope: one.flag for one in found.scopes}


@pytest.mark.row("B2")
@given(SCOPES, COUNTS)
def test_every_requested_scope_is_told_once_in_its_order(
    requested: list[str], counts: list[Exercised]
) -> None:
    """Whatever was called, and whether or not the host still has the operation."""
    found = coverage(CONTRACT, requested, counts)
    assert [one.scope for one in found.scopes] == requested
    assert found.covered == sum(1 for one in found.scopes if one.exercised)
    for one in found.scopes:
        assert (one.flag in ("unused", "no_operation")) == (one.calls == 0)
        assert (one.first_at is None) == (one.calls == 0)


@pytest.mark.row("B2")
@given(SCOPES, COUNTS)
def test_whatever_is_flagged_as_needless_can_go_all_at_once(
    requested: list[str], counts: list[Exercised]
) -> None:
    """Every call that the requested scopes allow is allowed without the needless ones."""
    found = coverage(CONTRACT, requested, counts)
    without = frozenset(requested) - {one.scope for one in found.scopes if one.flag == "needless"}
    for one in counts:
        called_one = CONTRACT.operations.get(one.operation)
        if called_one and not one.by_key and isinstance(called_one.judge(frozenset(requested)), Satisfied):
            assert isinstance(called_one.judge(without), Satisfied)


@given(SCOPES, COUNTS, COUNTS)
def test_more_calls_never_make_a_scope_unused(
    requested: list[str], some: list[Exercised], more: list[Exercised]
) -> None:
    """Coverage only grows."""
    before = {one.scope: one.calls for one in coverage(CONTRACT, requested, some).scopes}
    after = {one.scope: one.calls for one in coverage(CONTRACT, requested, [*some, *more]).scopes}
    assert all(after[name] >= calls for name, calls in before.items())


@given(SCOPES, COUNTS)
def test_what_an_api_key_sends_exercises_no_scope(requested: list[str], counts: list[Exercised]) -> None:
    """It is told apart."""
    by_key = [one for one in counts if one.by_key]
    found = coverage(CONTRACT, requested, by_key)
    assert found.covered == 0
    assert list(found.by_key) == by_key


def test_a_scope_that_changes_things_of_which_only_reads_were_used_is_too_broad() -> None:
    """And the scope that is enough is named where there is one."""
    read = operation("GET", "/api/v2/domain_allowlist")
    found = coverage(CONTRACT, ["org_management"], called(read))
    assert flags(found) == {"org_management": "reads_only"}
    assert (
        coverage(CONTRACT, ["org_management"], called(read, operation("PATCH", "/api/v2/domain_allowlist")))
        .scopes[0]
        .flag
        is None
    )


def test_of_two_scopes_that_each_suffice_the_broader_one_is_needless() -> None:
    """Reading variables works with either; the one that opens more is flagged, and the other is named."""
    read = operation("GET", "/api/v1/synthetics/variables")
    requested = ["synthetics_global_variable_read", "apm_api_catalog_read"]
    found = coverage(CONTRACT, requested, called(read))
    assert flags(found) == {"synthetics_global_variable_read": None, "apm_api_catalog_read": "needless"}
    assert found.scopes[1].instead == ("synthetics_global_variable_read",)


def test_a_scope_that_no_operation_needs_is_told_apart_from_one_that_was_not_used() -> None:
    """Nothing can ever exercise it."""
    found = coverage(CONTRACT, ["monitors_read", "mcp_read"], [])
    assert flags(found) == {"monitors_read": "unused", "mcp_read": "no_operation"}


def test_making_a_key_exercises_the_scope_for_it() -> None:
    """`api_keys_write` is exercised by the marketplace operation."""
    made = operation("POST", "/api/v2/api_keys/marketplace")
    found = coverage(CONTRACT, ["api_keys_write"], called(made))
    assert flags(found) == {"api_keys_write": None}
    assert found.scopes[0].calls == 1
