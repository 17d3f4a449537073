"""Any of all-of sets: what suffices, and what is said to be missing when nothing does."""

from latchstring.contract.model import Contract, Lacks, Operation, Satisfied


def _operation(*any_of: set[str], api_key: bool = False) -> Operation:
    return Operation(
        "Do", "POST", "/do", "Doing", "Do it", tuple(frozenset(need) for need in any_of), api_key
    )


def test_one_alternative_held_whole_suffices() -> None:
    """A token needs one alternative, not all of them, and may carry more."""
    operation = _operation({"a", "b"}, {"c"})
    assert operation.judge(frozenset({"a", "b"})) == Satisfied()
    assert operation.judge(frozenset({"c", "z"})) == Satisfied()


def test_half_of_an_alternative_does_not_suffice() -> None:
    """Scopes of different alternatives do not add up."""
    operation = _operation({"a", "b"}, {"c", "d"})
    assert operation.judge(frozenset({"a", "c"})) == Lacks(frozenset({"a", "b"}), frozenset({"b"}))


def test_the_alternative_with_the_fewest_missing_is_named() -> None:
    """The explanation names the cheapest way to mend the request; the first declared one when several are."""
    operation = _operation({"a", "b", "c"}, {"d", "e"}, {"f"})
    assert operation.judge(frozenset({"a", "b"})) == Lacks(frozenset({"a", "b", "c"}), frozenset({"c"}))
    assert operation.judge(frozenset()) == Lacks(frozenset({"f"}), frozenset({"f"}))


def test_an_empty_alternative_is_any_token() -> None:
    """An operation for any valid access token is satisfied without a scope."""
    assert _operation(set()).judge(frozenset()) == Satisfied()


def test_no_alternative_is_no_token_at_all() -> None:
    """Nothing that a token carries opens an operation that takes an API key alone."""
    assert _operation(api_key=True).judge(frozenset({"a"})) == Lacks(frozenset(), frozenset())


def test_a_scope_leads_to_the_operations_that_name_it(shipped: Contract) -> None:
    """The scope picker says what a scope unlocks, also where it is needed beside another."""
    assert [op.id for op in shipped.operations_unlocked_by("create_webhooks")] == [
        "CreateWebhooksIntegration"
    ]
    assert "CreateTeam" in {op.id for op in shipped.operations_unlocked_by("teams_manage")}
    assert "CreateTeam" in {op.id for op in shipped.operations_unlocked_by("teams_read")}
    assert shipped.operations_unlocked_by("nothing_of_the_kind") == ()
