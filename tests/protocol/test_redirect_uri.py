"""Which addresses can be registered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol.redirect_uri import problem_with, problem_with_onboarding_url

GOOD = [
    "https://c.example/cb",
    "https://c.example",
    "https://c.example:8443/cb?a=1&b=2",
    "https://127.0.0.1/cb",
    "https://[2001:db8::1]:8443/cb",
    "https://c.example/a%20b",
]
LOOPBACK = [
    "http://localhost:500/cb",
    "http://127.0.0.1/cb",
    "http://[::1]:8080/cb",
    "http://app.localhost/cb",
]
BAD = [
    "", "/cb", "//c.example/cb", "c.example/cb", "https:c.example", "https:/c.example/cb", "https://", "https:///cb",
    "https://c.example/cb#x", "https://c.example/cb#", "javascript:alert(1)", "javascript://c.example/%0aalert(1)",
    "data:text/html,x", "file:///etc/passwd", "ftp://c.example/cb", "myapp://cb",
    "https://*.c.example/cb", "https://c.example/*", "https://user@c.example/cb", "https://user:pw@c.example/cb",
    "https://c.example\\@evil.example/cb", "https://c.example /cb", " https://c.example/cb", "https://c.example/cb\n",
    "https://c.example/\r\nSet-Cookie:a", "https://c.example/\x00", "https://é.example/cb", "https://c.example:0x50/",
    "https://c.example:99999/cb", "https://c.example:/cb", "https://-c.example/", "https://c..example/",
    "https://c.example/%zz", "https://c.example/" + "a" * 2_000, "http://c.example/cb", "http://localhost.evil.example/",
    "http://127.0.0.1.evil.example/", "http://[::ffff:8.8.8.8]/", "https://1.2.3/", "https://0x7f000001/",
]  # fmt: skip


@pytest.mark.row("A060")
@pytest.mark.parametrize("uri", GOOD)
def test_https_addresses_can_be_registered(uri: str) -> None:
    """By test clients and published ones, and as onboarding URLs."""
    for test_client in (True, False):
        assert problem_with(uri, test_client=test_client) is None
        assert problem_with_onboarding_url(uri, test_client=test_client) is None


@pytest.mark.row("A060")
@pytest.mark.parametrize("uri", LOOPBACK)
def test_http_is_for_loopback_hosts_on_test_clients(uri: str) -> None:
    """A developer's machine is where a test client lives; a published one is not there."""
    assert problem_with(uri, test_client=True) is None
    assert problem_with(uri, test_client=False) is not None


@pytest.mark.row("A058", "A059", "A060", "B051")
@pytest.mark.parametrize("uri", BAD)
def test_dangerous_addresses_can_t_be_registered(uri: str) -> None:
    """Relative, with fragment, user info, wildcard, another scheme, control characters, endless."""
    assert problem_with(uri, test_client=True)
    assert problem_with_onboarding_url(uri, test_client=True)


@given(st.text(max_size=100))
def test_what_can_be_registered_is_a_plain_absolute_address(text: str) -> None:
    """No surprise gets through, however it is written."""
    for uri in (text, f"https://{text}", f"https://c.example/{text}"):
        if problem_with(uri, test_client=True) is None:
            assert uri.isascii()
            assert uri.isprintable()
            assert " " not in uri
            assert not set(uri) & set('#*\\<>"{}|^`')
            assert uri.lower().startswith(("https://", "http://"))
