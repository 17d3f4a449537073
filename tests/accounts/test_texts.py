"""What people may type as names, addresses and subdomains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.accounts.refused import Refused
from latchstring.accounts.texts import (
    RESERVED_SUBDOMAINS,
    checked_email,
    checked_name,
    checked_subdomain,
    checked_text,
)


@pytest.mark.parametrize(
    "name", ["Acme", "  Acme  ", "당직 알리미", "A" * 200, "<script>alert(1)</script>", "👩‍🚒"]
)
def test_a_name_is_kept_as_it_was_typed_but_for_spaces_around_it(name: str) -> None:
    """Names are text in any script; making them inert is the page's task."""
    assert checked_name(name) == name.strip()


@pytest.mark.row("B024")
@pytest.mark.parametrize(
    "name", ["", "   ", "A" * 201, "a\x00b", "a\nb", "a\u202eb", "a\ud800b", "a\u200fb", "a\x85b"]
)
def test_a_name_is_one_visible_line_of_1_to_200_characters(name: str) -> None:
    """NUL, line breaks, surrogates and direction marks are refused, naming the field."""
    with pytest.raises(Refused) as refused:
        checked_name(name, field="title")
    assert refused.value.field == "title"


def test_a_description_may_have_lines() -> None:
    """Line breaks and tabs are fine, other control characters are not."""
    assert checked_text("one\ntwo\tthree", field="description") == "one\ntwo\tthree"
    with pytest.raises(Refused):
        checked_text("one\x1btwo", field="description")


@pytest.mark.parametrize(
    "email", ["ada@example.com", " Ada.L+x@Example.co.kr ", "a@localhost", "이름@예시.한국"]
)
def test_an_email_address_is_trimmed_and_kept(email: str) -> None:
    """Sane shapes are accepted as typed."""
    assert checked_email(email) == email.strip()


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.com", "a b@example.com", "a@b@c", "a..b@example.com", "a\x00@example.com",
     "a@example..com", "a@.com", "x" * 65 + "@example.com", "a@" + "x" * 253, '"a"@example.com', "<a@example.com>"],
)  # fmt: skip
def test_what_is_no_email_address_is_refused(email: str) -> None:
    """At most 254 characters, one @, nothing that mail programs read differently."""
    with pytest.raises(Refused) as refused:
        checked_email(email)
    assert refused.value.field == "email"


def test_the_sites_own_host_names_are_nobodys_subdomain() -> None:
    """app, api, www and their like are reserved; other labels are taken in lower case."""
    assert checked_subdomain(" Acme-2 ") == "acme-2"
    assert {"app", "api", "www"} <= RESERVED_SUBDOMAINS
    for label in ("app", "API", "www", "xn--acme", "-a", "a-", "a.b", "a_b", "", "a" * 64, "아크메"):
        with pytest.raises(Refused):
            checked_subdomain(label)


@given(st.text(max_size=300))
def test_whatever_is_accepted_can_be_stored(text: str) -> None:
    """An accepted name has no NUL and no surrogate, and fits its column."""
    try:
        name = checked_name(text)
    except Refused:
        return
    assert 1 <= len(name) <= 200
    assert "\x00" not in name
    name.encode()
