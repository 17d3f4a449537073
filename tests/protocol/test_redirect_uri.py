"""Redirect URIs and onboarding URLs that can, and can't, be registered."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol.redirect_uri import problem_with, problem_with_onboarding_url

GOOD = [
    "https://notifier.example/callback",
    "https://notifier.example",
    "https://notifier.example/cb?a=1&b=2",
    "https://notifier.example:8443/cb%20x",
    "https://[2001:db8::1]/cb",
    "https://192.0.2.7/cb",
    "HTTPS://Notifier.Example/CB",
    "https://notifier.example/a/../b",
]
LOOPBACK = [
    "http://localhost:500/cb",
    "http://localhost/cb",
    "http://127.0.0.1:8080/cb",
    "http://127.9.9.9/cb",
    "http://[::1]:3000/cb",
    "http://app.localhost:3000/cb",
]
BAD = [
    "",
    "/cb",
    "cb",
    "//notifier.example/cb",
    "https:/notifier.example/cb",
    "https:notifier.example",
    "https://",
    "https:///cb",
    "https://?x=1",
    "https://:443/cb",
    "https://notifier.example/cb#x",
    "https://notifier.example/cb#",
    "https://user@notifier.example/cb",
    "https://user:word@notifier.example/cb",
    "https://@notifier.example/cb",
    "https://*.notifier.example/cb",
    "https://notifier.example/*",
    "https://notifier.example/c b",
    "https://notifier.example/cb\n",
    "https://notifier.example/cb\x00",
    " https://notifier.example/cb",
    "https://notifier.example\\@evil.example/cb",
    "https://notifier.example/cb%",
    "https://notifier.example/cb%zz",
    "https://nötifier.example/cb",
    "https://notifier.example:0/cb",
    "https://notifier.example:65536/cb",
    "https://notifier.example:port/cb",
    "https://-notifier.example/cb",
    "https://notifier..example/cb",
    "https://0x7f.1/cb",
    "https://127.1/cb",
    "https://999.999.999.999/cb",
    "https://[::1/cb",
    "https://[zz]/cb",
    "https://[fe80::1%25eth0]/cb",
    "http://notifier.example/cb",
    "http://localhost.evil.example/cb",
    "http://127.0.0.1.evil.example/cb",
    "http://10.0.0.1/cb",
    "javascript:alert(1)",
    "javascript://notifier.example/%0aalert(1)",
    "data:text/html,hi",
    "file:///etc/passwd",
    "ftp://notifier.example/cb",
    "com.example.app://callback",
    "https://notifier.example/" + "a" * 1_976,
]


@pytest.mark.parametrize("uri", GOOD)
def test_an_absolute_https_address_can_be_registered_on_any_client(uri: str) -> None:
    """https, absolute, exact: with port, query and address literals."""
    assert problem_with(uri, test_client=True) is None
    assert problem_with(uri, test_client=False) is None
    assert problem_with_onboarding_url(uri, test_client=False) is None


@pytest.mark.row("A060")
@pytest.mark.parametrize("uri", LOOPBACK)
def test_plain_http_is_for_loopback_hosts_of_test_clients(uri: str) -> None:
    """`http://localhost:500/cb` is accepted for a test client, and for it only."""
    assert problem_with(uri, test_client=True) is None
    assert problem_with(uri, test_client=False) is not None


@pytest.mark.row("A058", "A059", "A060")
@pytest.mark.parametrize("uri", BAD)
def test_a_dangerous_address_cannot_be_registered(uri: str) -> None:
    """Fragments, user info, wildcards, other schemes, relative and over-long addresses are refused with a reason."""
    assert problem_with(uri, test_client=True)


def test_the_longest_address_has_2000_characters() -> None:
    """2 000 characters are accepted, 2 001 are not."""
    longest = "https://notifier.example/".ljust(2_000, "a")
    assert problem_with(longest, test_client=False) is None
    assert problem_with(longest + "a", test_client=False) is not None


@given(st.text())
def test_any_text_is_judged_without_failing(uri: str) -> None:
    """Whatever is typed, there is a verdict."""
    problem_with(uri, test_client=True)


@given(st.text(alphabet="htps:/.@#*\\[]%?localhst127 \x00" + string.ascii_letters, max_size=60))
def test_what_is_accepted_has_none_of_the_dangerous_parts(rest: str) -> None:
    """An accepted address begins with https:// or loopback http://, and has no fragment, user, wildcard or space."""
    for uri in (rest, "https://" + rest, "http://" + rest):
        if problem_with(uri, test_client=True) is None:
            assert uri.lower().startswith(("https://", "http://"))
            assert not set(uri) & set("#*\\ \x00")
            assert "@" not in uri.split("/")[2]


@given(st.sampled_from(GOOD), st.integers(min_value=0), st.sampled_from("#*\\ \n\t\x00\x7fé\u202e"))
def test_one_dangerous_character_anywhere_spoils_an_address(uri: str, place: int, character: str) -> None:
    """There is no position in which such a character is let through."""
    place %= len(uri) + 1
    assert problem_with(uri[:place] + character + uri[place:], test_client=True) is not None
