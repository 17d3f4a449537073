"""The matcher finds what regular expressions find, and no path trick finds anything else."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from latchstring.contract.matcher import PathMatcher
from latchstring.contract.model import Contract

METHODS = ("GET", "POST", "DELETE")
_words = st.sampled_from(["a", "b", "c", "search"])
_parameters = st.sampled_from(["{x}", "{y}", "{z}"])


def _named_by_place(segments: list[str]) -> str:
    """Name parameters by where they stand, so that templates of the same shape are the same template."""
    named = (f"{{p{at}}}" if part.startswith("{") else part for at, part in enumerate(segments))
    return "/" + "/".join(named)


_templates = st.lists(st.one_of(_words, _parameters), min_size=1, max_size=5).map(_named_by_place)
_declared = st.lists(st.tuples(st.sampled_from(METHODS), _templates), max_size=25, unique=True)
_sent = st.lists(
    st.sampled_from(
        ["a", "b", "c", "search", "42", "x%20y", "%61", "", ".", "..", "a%2Fb", "%2e%2e", "%", "é"]
    ),
    max_size=6,
).map(lambda segments: "/" + "/".join(segments))
_LIKELY = ["a", "b", "c", "search", "42"]
_likely_sent = st.lists(st.sampled_from(_LIKELY), min_size=1, max_size=5).map(
    lambda parts: "/" + "/".join(parts)
)


class NaiveMatcher:
    """The same promise without cleverness: every template in order of precedence, as a regular expression."""

    def __init__(self, declared: list[tuple[str, str]]) -> None:
        self.templates: dict[str, dict[str, str]] = {}
        for method, template in declared:
            self.templates.setdefault(template, {})[method] = f"{method} {template}"

    def find(self, path: str) -> tuple[dict[str, str], dict[str, str]] | None:
        for template in sorted(self.templates, key=self._precedence):
            parts = (self._expression(part) for part in template.split("/"))
            found = re.fullmatch("/".join(parts), path)
            if found and self._harmless(template, path):
                values = {name: value.replace("%20", " ") for name, value in found.groupdict().items()}
                return self.templates[template], values
        return None

    @staticmethod
    def _precedence(template: str) -> list[tuple[bool, str]]:
        return [(part.startswith("{"), part) for part in template.split("/")]

    @staticmethod
    def _expression(part: str) -> str:
        plain = r"(?!\.{1,2}(?:/|$))(?:[a-z0-9.]|%20|%61)+"
        return f"(?P<{part[1:-1]}>{plain})" if part.startswith("{") else re.escape(part)

    def _harmless(self, template: str, path: str) -> bool:
        """An encoded value must not hide a literal that stands in the same place of another template."""
        declared = [other.split("/") for other in self.templates]
        parts = template.split("/")
        for at, sent in enumerate(path.split("/")):
            beside = [other[at] for other in declared if other[:at] == parts[:at] and len(other) > at]
            if sent == "%61" and "a" in beside:
                return False
        return True


@given(_declared, st.sampled_from(METHODS), st.one_of(_sent, _likely_sent))
@example([("GET", "/a/{p1}"), ("POST", "/a/search")], "GET", "/a/search")
@example([("GET", "/a/b/{p2}/c"), ("GET", "/a/{p1}/d/{p3}")], "GET", "/a/b/d/e")
@example([("GET", "/a/{p1}"), ("GET", "/a/a")], "GET", "/a/%61")
def test_the_trie_agrees_with_a_naive_matcher(
    declared: list[tuple[str, str]], method: str, path: str
) -> None:
    """For any set of paths and any request, the quick matcher and the obvious one say the same."""
    quick = PathMatcher((method, template, f"{method} {template}") for method, template in declared)
    expected = NaiveMatcher(declared).find(path)
    found = quick.match(method, path)
    assert quick.methods_of(path) == (frozenset() if expected is None else frozenset(expected[0]))
    if expected is None or method not in expected[0]:
        assert found is None
    else:
        assert found is not None
        assert (found.operation, found.parameters) == (expected[0][method], expected[1])


@given(st.text(max_size=40))
def test_any_text_as_a_path_is_answered(text: str) -> None:
    """Whatever is sent as a path, matching it raises nothing."""
    matcher = PathMatcher([("GET", "/a/{x}", 1), ("GET", "/{x}/b", 2)])
    for path in (text, f"/a/{text}", f"/{text}/b"):
        matcher.match("GET", path)
        matcher.methods_of(path)


def test_a_literal_wins_over_a_parameter_and_the_search_comes_back() -> None:
    """The more specific path is taken where it leads on, and left again where it does not."""
    matcher = PathMatcher([("GET", "/m/{id}", 1), ("GET", "/m/search", 2), ("GET", "/m/{id}/x", 3)])
    assert [_found(matcher, path) for path in ("/m/search", "/m/7", "/m/search/x")] == [2, 1, 3]


def test_a_method_that_the_specific_path_lacks_is_not_borrowed() -> None:
    """`GET /m/validate` is no monitor called "validate" when that path is declared for POST: it is 405."""
    matcher = PathMatcher([("GET", "/m/{id}", 1), ("POST", "/m/validate", 2)])
    assert matcher.match("GET", "/m/validate") is None
    assert matcher.methods_of("/m/validate") == {"POST"}


def test_values_are_decoded_and_only_values() -> None:
    """Percent-encoding is undone inside a parameter's value; an encoded literal is another path."""
    matcher = PathMatcher([("GET", "/m/{id}", 1)])
    found = matcher.match("GET", "/m/a%20b%3Ac%EA%B0%80")
    assert found is not None
    assert found.parameters == {"id": "a b:c가"}
    assert matcher.match("GET", "/%6D/a") is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        "m/7",
        "/m",
        "/m/",
        "//m/7",
        "/m//7",
        "/m/7/",
        "/m/.",
        "/m/..",
        "/m/%2e",
        "/m/%2e%2E",
        "/m/.%2e",
        "/m/..%2fadmin",
        "/m/a%2Fb",
        "/m/a%5Cb",
        "/m/a\\b",
        "/m/%252e%252e",
        "/m/%252F",
        "/m/%00",
        "/m/a%0d%0ab",
        "/m/a%7f",
        "/m/a b",
        "/m/%20a",
        "/m/a%20",
        "/m/%",
        "/m/%zz",
        "/m/%ff",
        "/m/%c0%af",
        "/m/%ed%a0%80",
        "/m/7?x=1",
        "/m/7#x",
        "/m/7;x=1",
        "/m/é",
        "/m/admin;x",
        "/m/%61dmin",
        "/m/adm%69n",
        "/M/7",
        "http://host/m/7",
    ],
)
def test_path_tricks_match_nothing(path: str) -> None:
    """A path that is not exactly a declared one never reaches an operation that needs less."""
    matcher = PathMatcher([("GET", "/m/{id}", "weak"), ("POST", "/m/admin", "strong")])
    assert matcher.match("GET", path) is None
    assert matcher.methods_of(path) == frozenset()


def test_methods_are_compared_exactly(shipped: Contract) -> None:
    """Methods are case-sensitive, and the list of them is what Allow needs."""
    assert shipped.match("get", "/api/v1/monitor") is None
    assert shipped.match("PUT", "/api/v1/monitor") is None
    assert shipped.methods_of("/api/v1/monitor") == {"GET", "POST"}
    assert shipped.methods_of("/api/v1/monitor/7") == {"GET", "PUT", "DELETE"}
    assert shipped.methods_of("/api/v9/monitor") == frozenset()


def _found(matcher: PathMatcher[int], path: str) -> int | None:
    found = matcher.match("GET", path)
    return None if found is None else found.operation
