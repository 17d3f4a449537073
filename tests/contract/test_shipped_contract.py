"""The contract that comes with the product says what the published facts say, in two languages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from latchstring.contract.load import shipped_contract_path
from latchstring.contract.model import LANGUAGES, Contract, Lacks, Satisfied

Reference = Callable[[str], dict[str, Any]]

STRICTER_THAN_THE_FACTS = {("POST", "/api/v1/logs-queries/list"): (frozenset({"logs_read_data"}),)}
"""Searching logs takes a scope, although the facts would let any access token do it here."""

HANGUL = re.compile(r"[가-힣]|^AI$")


@pytest.mark.row("B9", "A171")
def test_every_published_operation_is_there_with_its_alternatives(
    shipped: Contract, reference: Reference
) -> None:
    """Every method and path of the facts asks for exactly the alternatives of scopes that they give."""
    declared = {(op.method, op.path): op for op in shipped.operations.values()}
    published = reference("operations.json")["operations"]
    assert len(published) == 624
    for fact in published:
        place = (fact["method"], fact["path"])
        operation = declared[place]
        expected = tuple(frozenset(alternative) for alternative in fact.get("any_of", []))
        assert operation.any_of == STRICTER_THAN_THE_FACTS.get(place, expected), place
        assert operation.api_key is fact.get("api_key", False), place
        assert operation.group == fact["group"]
        assert re.fullmatch(re.escape(fact["operation"]) + "(V[12])?", operation.id)


@pytest.mark.row("S13", "B9")
def test_every_published_scope_is_there_and_no_other(shipped: Contract, reference: Reference) -> None:
    """The scope picker offers exactly the 87 published scopes."""
    published = reference("scopes.json")["scopes"]
    assert set(shipped.scopes) == set(published)
    assert len(published) == 87


@pytest.mark.row("S14")
def test_only_api_keys_write_is_private(shipped: Contract) -> None:
    """`api_keys_write` is the one private scope: only approved partners can request it."""
    assert [scope.name for scope in shipped.scopes.values() if scope.private] == ["api_keys_write"]


@pytest.mark.row("S20", "A174")
def test_an_integration_creates_its_key_with_api_keys_write(shipped: Contract) -> None:
    """The key endpoint takes a token with `api_keys_write` and no other scope helps."""
    found = shipped.match("POST", "/api/v2/api_keys/marketplace")
    assert found is not None
    assert found.operation.judge(frozenset({"api_keys_write"})) == Satisfied()
    everything_else = frozenset(shipped.scopes) - {"api_keys_write"}
    assert isinstance(found.operation.judge(everything_else), Lacks)


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/api/v1/logs-queries/list", "logs_read_data"),
        ("POST", "/api/v2/logs/events/search", "logs_read_data"),
        ("GET", "/api/v2/logs/events", "logs_read_data"),
        ("POST", "/api/v2/logs/analytics/aggregate", "logs_read_data"),
        ("GET", "/api/v1/events", "events_read"),
        ("GET", "/api/v2/events", "events_read"),
        ("POST", "/api/v2/events/search", "events_read"),
    ],
)
def test_searching_takes_a_token_with_the_reading_scope(
    shipped: Contract, method: str, path: str, scope: str
) -> None:
    """Logs are searched with `logs_read_data`, events with `events_read`."""
    found = shipped.match(method, path)
    assert found is not None
    assert found.operation.any_of == (frozenset({scope}),)
    assert not found.operation.api_key
    assert found.operation.judge(frozenset({"hosts_read"})) == Lacks(frozenset({scope}), frozenset({scope}))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/series"),
        ("POST", "/api/v2/series"),
        ("POST", "/api/v1/distribution_points"),
        ("POST", "/api/v1/check_run"),
        ("POST", "/api/v1/events"),
        ("POST", "/api/v2/events"),
        ("POST", "/api/v2/logs"),
        ("POST", "/v1/input"),
        ("GET", "/api/v1/validate"),
    ],
)
def test_data_is_sent_with_an_api_key_alone(shipped: Contract, method: str, path: str) -> None:
    """Sending metrics, events, logs and service checks takes an API key; no access token does it."""
    found = shipped.match(method, path)
    assert found is not None
    assert found.operation.api_key
    assert found.operation.judge(frozenset(shipped.scopes)) == Lacks(frozenset(), frozenset())


@pytest.mark.row("B12")
def test_every_text_is_there_in_english_and_korean(shipped: Contract) -> None:
    """Titles, consent texts and search words are written in both languages, Korean in Korean and formally."""
    for area in shipped.areas.values():
        assert set(area.title) == set(LANGUAGES)
        assert HANGUL.search(area.title["ko"])
    for scope in shipped.scopes.values():
        assert scope.area in shipped.areas
        for texts in (scope.title, scope.consent):
            assert set(texts) == set(LANGUAGES), scope.name
            assert HANGUL.search(texts["ko"]), scope.name
            assert texts["en"].isascii(), scope.name
        assert scope.consent["ko"].endswith("니다."), scope.name
        assert not scope.title["ko"].endswith("."), scope.name
        assert all(scope.tasks[language] for language in LANGUAGES), scope.name


def test_texts_of_different_scopes_can_be_told_apart(shipped: Contract) -> None:
    """No two scopes read the same on the consent page."""
    for language in LANGUAGES:
        for field in ("title", "consent"):
            texts = [getattr(scope, field)[language] for scope in shipped.scopes.values()]
            assert len(texts) == len(set(texts))


def test_a_scope_marked_as_reading_unlocks_no_removal(shipped: Contract) -> None:
    """A scope shown as read-only on the consent page is never enough, alone, to change or delete anything."""
    for scope in shipped.scopes.values():
        if scope.access == "read":
            alone = [
                op
                for op in shipped.operations_unlocked_by(scope.name)
                if frozenset({scope.name}) in op.any_of
            ]
            assert {op.method for op in alone} <= {"GET", "POST"}, scope.name
            assert not [op.id for op in alone if op.id.startswith(("Delete", "Update", "Add", "Remove"))]


def test_the_document_lists_each_scope_under_its_english_title() -> None:
    """OpenAPI tools show the same words for a scope as our pages do."""
    written = yaml.load(shipped_contract_path().read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    flow = written["components"]["securitySchemes"]["OAuth"]["flows"]["authorizationCode"]
    titles = {name: scope["title"]["en"] for name, scope in written["x-latchstring-scopes"].items()}
    assert flow["scopes"] == titles
    used = {
        tag
        for item in written["paths"].values()
        for op in item.values()
        if "tags" in op
        for tag in op["tags"]
    }
    assert used == {tag["name"] for tag in written["tags"]}


def test_every_declared_path_is_found_again(shipped: Contract) -> None:
    """Each operation is what its own path matches, with the values given for its parameters."""
    for operation in shipped.operations.values():
        path = re.sub(r"\{([^}]+)\}", r"value-of-\1", operation.path)
        found = shipped.match(operation.method, path)
        assert found is not None
        assert found.operation is operation
        names = re.findall(r"\{([^}]+)\}", operation.path)
        assert found.parameters == {name: f"value-of-{name}" for name in names}
        assert operation.method in shipped.methods_of(path)


def test_operations_for_any_token_are_known(shipped: Contract) -> None:
    """What every valid token may call, whatever its scopes, can be listed and shown."""
    ids = {operation.id for operation in shipped.operations_for_any_token}
    assert "GetGraphSnapshot" in ids
    assert "ListMonitors" not in ids
    assert all(shipped.operations[id_].judge(frozenset()) == Satisfied() for id_ in ids)
