"""What goes back to the client."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol import faults
from latchstring.protocol.authorize import ReturnAddress
from latchstring.protocol.credentials import (
    CLIENT_SECRET,
    PLATFORM_CREDENTIAL,
    RESOURCE_SERVER_SECRET,
    compose,
    is_well_formed,
)
from latchstring.protocol.faults import Cause
from latchstring.protocol.responses import (
    SiteWords,
    code_redirect,
    error_redirect,
    resource_metadata,
    server_metadata,
    token_answer,
)

SITE = SiteWords("https://app.us1.example", "us1.example", "acme.us1.example")
STATES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=80)
REGISTERED = {
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
    "invalid_scope", "access_denied", "unsupported_response_type", "server_error", "temporarily_unavailable",
    "invalid_token", "insufficient_scope", "",
}  # fmt: skip


def query_of(uri: str) -> list[tuple[str, str]]:
    """A redirect's query, pair by pair."""
    return parse_qsl(urlsplit(uri).query, keep_blank_values=True)


@pytest.mark.row("A003", "A023", "B018")
@given(STATES)
def test_state_comes_back_to_the_byte(state: str) -> None:
    """Whatever the client put into it; nothing in it can break out of the query."""
    uri = code_redirect(ReturnAddress("https://c.example/cb", state), "code", SITE)
    assert query_of(uri) == [
        ("code", "code"), ("state", state), ("iss", SITE.issuer), ("domain", SITE.domain), ("site", SITE.authority),
    ]  # fmt: skip
    assert uri.isascii()
    assert uri.isprintable()
    assert "#" not in uri


@pytest.mark.row("A024")
def test_without_state_there_is_none() -> None:
    """No key, not an empty one."""
    to = ReturnAddress("https://c.example/cb", None)
    assert "state" not in dict(query_of(code_redirect(to, "code", SITE)))
    assert "state" not in dict(query_of(error_redirect(to, faults.ACCESS_DENIED, SITE.issuer)))


@pytest.mark.row("A031")
def test_the_query_of_the_redirect_uri_is_kept() -> None:
    """Values and order as registered; ours follow."""
    uri = code_redirect(ReturnAddress("https://c/cb?a=1&b=2", None), "code", SITE)
    assert uri.startswith("https://c/cb?a=1&b=2&code=code&")


@pytest.mark.row("A035", "A010")
@given(STATES, st.sampled_from(sorted(faults.all_causes().values(), key=lambda cause: cause.name)))
def test_an_error_is_sent_in_the_query_with_state_and_iss(state: str, cause: Cause) -> None:
    """Never in a fragment."""
    uri = error_redirect(ReturnAddress("https://c.example/cb", state), cause, SITE.issuer)
    sent = dict(query_of(uri))
    assert (sent["error"], sent["state"], sent["iss"]) == (cause.error, state, SITE.issuer)
    assert "code" not in sent
    assert not urlsplit(uri).fragment


@pytest.mark.row("A066", "A101", "A069")
def test_a_token_answer_has_all_its_members() -> None:
    """The type is exactly `Bearer`, the lifetime an integer, the scope a string."""
    assert token_answer("at", "rt", ("a", "b"), 3600) == {
        "access_token": "at",
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": "rt",
        "scope": "a b",
    }


@pytest.mark.row("A096")
def test_every_cause_has_a_registered_error_and_a_description_of_allowed_characters() -> None:
    """RFC 6749's registry and its character set: no quotes, no backslashes."""
    for cause in faults.all_causes().values():
        assert cause.error in REGISTERED, cause
        assert all(" " <= character <= "~" and character not in '"\\' for character in cause.description), (
            cause
        )


@pytest.mark.row("A085", "A109")
def test_everything_that_is_wrong_with_a_code_is_told_alike() -> None:
    """No oracle between a bad code and a bad verifier."""
    told = {
        (cause.error, cause.description, cause.status)
        for name, cause in faults.all_causes().items()
        if name.startswith(("code_", "verifier_")) and name != "code_missing"
    }
    assert told == {("invalid_grant", "Invalid code or code verifier", 400)}


@pytest.mark.row("A157")
def test_metadata_names_what_there_is_and_nothing_else() -> None:
    """RFC 8414 and 9728, for a site with two origins."""
    told = server_metadata("https://app.us1.example", "https://api.us1.example", ["a"])
    assert told["issuer"] == "https://app.us1.example"
    assert told["authorization_endpoint"] == "https://app.us1.example/oauth2/v1/authorize"
    assert told["token_endpoint"] == "https://api.us1.example/oauth2/v1/token"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert not {name for name in told if "registration" in name or "pushed" in name or "jwks" in name}
    resource = resource_metadata("https://app.us1.example", "https://api.us1.example", ["a"])
    assert resource["bearer_methods_supported"] == ["header"]


@given(
    st.sampled_from([CLIENT_SECRET, PLATFORM_CREDENTIAL, RESOURCE_SERVER_SECRET]),
    st.binary(min_size=24, max_size=24),
)
def test_a_credential_is_recognised_by_its_form(prefix: str, random: bytes) -> None:
    """A scanner tells a real credential from a look-alike without asking anybody."""
    credential = compose(prefix, "us1", random)
    assert is_well_formed(credential, prefix)
    for other in {CLIENT_SECRET, PLATFORM_CREDENTIAL, RESOURCE_SERVER_SECRET} - {prefix}:
        assert not is_well_formed(credential, other)
    for place, character in enumerate(credential):
        changed = credential[:place] + ("1" if character != "1" else "0") + credential[place + 1 :]
        assert not is_well_formed(changed, prefix)
