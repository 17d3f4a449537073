"""Plans, worked out without a database: what they say, and that carrying one out leaves nothing to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from latchstring.accounts.texts import checked_name
from latchstring.apps import apps, clients
from latchstring.apps.manifest import AppPart, ClientPart, Manifest, read_manifest, write_manifest
from latchstring.apps.model import App, ClientKind, OwnedClient
from latchstring.apps.plan import Current, Plan, app_fields, app_uuid_of, client_fields, plan_of
from latchstring.contract.load import load_contract, shipped_contract_path

AT = datetime(2026, 11, 23, tzinfo=UTC)
CONTRACT = load_contract(shipped_contract_path())
PUBLIC = sorted(name for name, scope in CONTRACT.scopes.items() if not scope.private)
PRIVATE = sorted(name for name, scope in CONTRACT.scopes.items() if scope.private)
APP_ID = UUID("0d40439e-bd92-41ed-994c-da7ad0900002")


def app(**changes: Any) -> App:
    """An app that is there."""
    fresh = App(APP_ID, "Advisor", "", "", "", "", "", "blank", None, None, AT, AT)
    return replace(fresh, **changes)


def owned(number: int = 1, kind: ClientKind = "test", **changes: Any) -> OwnedClient:
    """A client that is there."""
    at = AT + timedelta(seconds=number)
    fresh = OwnedClient(UUID(int=number + (1 << 80)), kind, APP_ID, "Advisor", "", [], "", [], 1, at, at, at)
    return replace(fresh, **changes)


def manifest(*parts: ClientPart, described: AppPart | None = None) -> Manifest:
    """A manifest of clients, and of an app."""
    return Manifest(described, parts, tuple(f"clients/{number}" for number in range(len(parts))))


def carried_out(plan: Plan, current: Current) -> Current:
    """What is there after a plan was carried out."""
    if plan.app is None:
        return current
    fields = app_fields(plan.app, apps.fields_of(current.app) if current.app else None)
    known = current.app or app(id=app_uuid_of(plan.app) or APP_ID)
    after = {client.id: client for client in current.clients}
    for step in plan.clients:
        before = after.get(step.id) if step.id else None
        said = client_fields(step, clients.fields_of(before) if before else None)
        written = {"name": said.name, "description": said.description, "onboarding_url": said.onboarding_url,
                   "redirect_uris": list(said.redirect_uris), "scopes": list(said.scopes)}  # fmt: skip
        fresh = before or owned(len(after) + 1)
        after[fresh.id] = replace(fresh, **written)
    shown = {name: getattr(fields, name) for name in fields.__slots__}
    return replace(current, app=replace(known, **shown), clients=tuple(after.values()))


@pytest.mark.row("B6")
def test_what_is_missing_is_made_and_what_differs_is_changed_field_by_field() -> None:
    """Before and after of every field; what the file does not mention stays."""
    part = ClientPart("Advisor", scopes=("monitors_read",), redirect_uris=("https://a.example/cb",))
    fresh = plan_of(
        manifest(part, described=AppPart("Advisor", description="Advises")), Current(None), CONTRACT
    )
    assert fresh.app is not None
    assert [(step.kind, [(change.field, change.before) for change in step.changes])
            for step in (fresh.app, *fresh.clients)] == [
        ("create", [("name", None), ("description", None)]),
        ("create", [("name", None), ("redirect_uris", None), ("scopes", None)]),
    ]  # fmt: skip
    there = Current(app(author="Pagewell"), (owned(scopes=["events_read"]), owned(2, name="Another")))
    plan = plan_of(manifest(part), there, CONTRACT)
    assert plan.app is not None
    assert plan.app.kind == "unchanged"
    assert plan.others == ("Another",)
    (step,) = plan.clients
    assert (step.kind, step.id) == ("change", owned().id)
    assert {(change.field, change.before, change.after) for change in step.changes} == {
        ("redirect_uris", (), ("https://a.example/cb",)),
        ("scopes", ("events_read",), ("monitors_read",)),
    }


def test_the_order_of_scopes_and_addresses_means_nothing() -> None:
    """Nor does saying one twice."""
    there = owned(
        scopes=["events_read", "monitors_read"], redirect_uris=["https://a.example/", "https://b.example/"]
    )
    part = ClientPart("Advisor", scopes=("monitors_read", "events_read", "monitors_read"),
                      redirect_uris=("https://b.example/", "https://a.example/"))  # fmt: skip
    assert not plan_of(manifest(part), Current(app(), (there,)), CONTRACT).differs


@pytest.mark.row("S21", "B072", "A058")
def test_each_item_that_cannot_be_is_told_by_its_place() -> None:
    """Unknown and private scopes, addresses, names with invisible characters: the rest is planned."""
    part = ClientPart(
        "Advisor",
        description="a\u202eb",
        redirect_uris=("https://a.example/cb", "https://*.example/cb", "http://a.example/cb"),
        onboarding_url="https://a.example/#/start",
        scopes=("coffee_read", PRIVATE[0], "monitors_read"),
    )
    plan = plan_of(manifest(part), Current(app()), CONTRACT)
    assert [(problem.place, problem.cause) for problem in plan.problems] == [
        ("clients/0/description", "invalid"),
        ("clients/0/redirect_uris/1", "invalid"),
        ("clients/0/redirect_uris/2", "invalid"),
        ("clients/0/onboarding_url", "invalid"),
        ("clients/0/scopes/0", "unknown_scope"),
        ("clients/0/scopes/1", "private_scope"),
    ]
    fields = client_fields(plan.clients[0], None)
    assert (fields.redirect_uris, fields.scopes) == (("https://a.example/cb",), ("monitors_read",))
    approved = plan_of(manifest(part), Current(app(), approved=frozenset(PRIVATE)), CONTRACT)
    assert "private_scope" not in {problem.cause for problem in approved.problems}


@pytest.mark.row("B073")
def test_a_published_client_is_never_planned_to_change() -> None:
    """The same as it is: unchanged. Anything else: told, and no step. A test client of the name comes first."""
    there = Current(app(), (owned(kind="published", scopes=["events_read"]),))
    same = plan_of(manifest(ClientPart("Advisor", scopes=("events_read",))), there, CONTRACT)
    assert ([step.kind for step in same.clients], same.problems, same.differs) == (["unchanged"], (), False)
    for part in (
        ClientPart("Advisor", scopes=("monitors_read",)),
        ClientPart("Advisor", scopes=("coffee_read",)),
    ):
        other = plan_of(manifest(part), there, CONTRACT)
        assert (other.clients, [problem.cause for problem in other.problems]) == ((), ["published"])
    twin = owned(2)
    both = replace(there, clients=(*there.clients, twin))
    (step,) = plan_of(manifest(ClientPart("Advisor", scopes=("monitors_read",))), both, CONTRACT).clients
    assert step.id == twin.id


def test_an_only_client_can_be_renamed_and_several_are_told_by_their_names() -> None:
    """One in the file and one test client there: the same one."""
    one = Current(app(), (owned(name="Old"),))
    (step,) = plan_of(manifest(ClientPart("New")), one, CONTRACT).clients
    assert (step.kind, step.id) == ("change", owned().id)
    two = plan_of(manifest(ClientPart("New"), ClientPart("Newer")), one, CONTRACT)
    assert [step.kind for step in two.clients] == ["create", "create"]
    assert two.others == ("Old",)


def test_two_clients_of_one_name_are_one_too_many() -> None:
    """Names tell clients apart; the second of a name is told, and nothing becomes of it."""
    plan = plan_of(manifest(ClientPart("A"), ClientPart(" A ")), Current(app()), CONTRACT)
    assert [step.kind for step in plan.clients] == ["create"]
    assert [problem.place for problem in plan.problems] == ["clients/1/name"]


def test_an_app_has_room_for_twenty_clients() -> None:
    """The file's last ones are told to be too many."""
    there = Current(app(), tuple(owned(n, name=f"Client {n}") for n in range(19)))
    plan = plan_of(manifest(ClientPart("A"), ClientPart("B")), there, CONTRACT)
    assert [step.kind for step in plan.clients] == ["create"]
    assert [(problem.place, problem.cause) for problem in plan.problems] == [
        ("clients/1", "too_many_clients")
    ]


@pytest.mark.row("S5")
def test_a_new_app_takes_the_app_uuid_over_where_it_is_free() -> None:
    """One that is there keeps its own, and one that has it already hears nothing of it."""
    wanted = manifest(described=AppPart("Advisor", app_uuid=APP_ID))
    fresh = plan_of(wanted, Current(None), CONTRACT).app
    assert fresh is not None
    assert app_uuid_of(fresh) == APP_ID
    for current in (Current(None, uuid_free=False), Current(app(id=UUID(int=1 << 90)))):
        plan = plan_of(wanted, current, CONTRACT)
        assert plan.app is not None
        assert (app_uuid_of(plan.app), plan.ignored) == (None, ("app/app_uuid",))
    assert plan_of(wanted, Current(app()), CONTRACT).ignored == ()


def test_without_a_name_nothing_is_made() -> None:
    """The plan has no app then, whatever else is right."""
    plan = plan_of(manifest(ClientPart("x"), described=AppPart("  ")), Current(None), CONTRACT)
    assert (plan.app, plan.differs) == (None, False)
    assert plan.problems[0].place == "app/name"
    bare = plan_of(manifest(ClientPart("a\x1bb"), ClientPart("B")), Current(None), CONTRACT)
    assert (bare.app, bare.clients, [problem.place for problem in bare.problems]) == (
        None,
        (),
        ["clients/0/name"],
    )


def test_equal_plans_have_equal_fingerprints_and_others_not() -> None:
    """What was shown can be told from what has become of it."""
    wanted, there = manifest(ClientPart("Advisor", scopes=("events_read",))), Current(app(), (owned(),))
    first = plan_of(wanted, there, CONTRACT)
    assert first.fingerprint == plan_of(wanted, there, CONTRACT).fingerprint
    changed = replace(there, clients=(owned(scopes=["monitors_read"]),))
    assert first.fingerprint != plan_of(wanted, changed, CONTRACT).fingerprint


def standing(number: int, kind: ClientKind, scopes: list[str]) -> OwnedClient:
    """One of several clients, the later ones of one name."""
    return owned(number, kind, name="Advisor" if number else "Notifier", scopes=scopes)


NAMES = st.sampled_from(["Advisor", "Notifier", " Notifier ", "", "a\x00b", "n" * 201])
TEXTS = st.sampled_from(["", "Advises", " Advises\nmore ", "\u202e", "x" * 2001])
URIS = st.sampled_from(
    ["https://a.example/cb", "https://b.example/cb", "http://localhost:5/", "http://x/", "*", ""]
)
SCOPES = st.sampled_from([*PUBLIC[:3], *PRIVATE[:2], "coffee_read"])
PARTS = st.builds(
    ClientPart,
    NAMES,
    st.just(UNSET) | TEXTS,
    st.just(UNSET) | st.lists(URIS, max_size=22).map(tuple),
    st.just(UNSET) | URIS,
    st.just(UNSET) | st.lists(SCOPES, max_size=5).map(tuple),
)
APPS = st.none() | st.builds(AppPart, NAMES, st.just(UNSET) | st.just(APP_ID), st.just(UNSET) | TEXTS)
CURRENTS = st.builds(
    Current,
    st.none() | st.just(app()),
    st.just(()),
    st.sampled_from([frozenset(), frozenset(PRIVATE[:1])]),
    st.booleans(),
) | st.builds(
    lambda scopes, kinds: Current(app(), tuple(standing(n, kind, scopes) for n, kind in enumerate(kinds))),
    st.lists(st.sampled_from(PUBLIC[:3]), unique=True),
    st.lists(st.sampled_from(["test", "published"]), max_size=3),
)  # fmt: skip


@pytest.mark.row("B6")
@settings(deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=4), APPS, CURRENTS)
def test_carrying_a_plan_out_leaves_nothing_to_do(
    parts: list[ClientPart], described: AppPart | None, current: Current
) -> None:
    """The next plan has no difference; what can't be is told again, the same."""
    wanted = manifest(*parts, described=described)
    plan = plan_of(wanted, current, CONTRACT)
    again = plan_of(wanted, carried_out(plan, current), CONTRACT)
    assert not again.differs
    assert set(again.problems) == set(plan.problems)
    assert all(step.kind == "unchanged" for step in again.clients)


@pytest.mark.row("S21", "A192")
@settings(deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=4), APPS)
def test_what_is_exported_makes_the_same_elsewhere(
    parts: list[ClientPart], described: AppPart | None
) -> None:
    """Export, then import where there is nothing: the same fields, and nothing to do against the original."""
    wanted = manifest(*parts, described=described)
    here = carried_out(plan_of(wanted, Current(None), CONTRACT), Current(None))
    if here.app is None:
        return
    exported = read_manifest(write_manifest(here.app, list(here.clients), origin="https://app.example"))
    assert not plan_of(exported, here, CONTRACT).differs
    there = carried_out(plan_of(exported, Current(None), CONTRACT), Current(None))
    assert there.app is not None
    assert apps.fields_of(there.app) == apps.fields_of(here.app)
    assert [clients.fields_of(one) for one in there.clients] == [
        clients.fields_of(one) for one in here.clients
    ]


@given(NAMES)
def test_names_that_are_refused_are_the_ones_that_forms_refuse(name: str) -> None:
    """One rule for every way in."""
    plan = plan_of(manifest(ClientPart(name)), Current(app()), CONTRACT)
    try:
        checked_name(name)
    except Exception:
        assert plan.problems
    else:
        assert not plan.problems
