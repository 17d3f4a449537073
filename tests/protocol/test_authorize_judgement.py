"""The authorization request is judged in a fixed order."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol import faults
from latchstring.protocol.authorize import (
    PARAMETERS,
    AuthorizationRequest,
    Offer,
    ReturnAddress,
    Sent,
    Shown,
    client_id_of,
    read_request,
    return_address,
    sent_again,
)
from latchstring.protocol.faults import Cause
from latchstring.protocol.parameters import Parameters

URI = "https://c.example/cb"
TO = ReturnAddress(URI, "s")
OFFER = Offer(frozenset({"a", "b", "c", "secret"}), frozenset({"secret"}))
RIGHT = {
    "client_id": "id",
    "redirect_uri": URI,
    "response_type": "code",
    "code_challenge": "x" * 43,
    "code_challenge_method": "S256",
    "scope": "b a",
    "state": "s",
}


@dataclass(frozen=True)
class Client:
    """A client with two addresses and three scopes."""

    redirect_uris: tuple[str, ...] = (URI, "https://c.example/other")
    scopes: tuple[str, ...] = ("a", "b", "c")


def asked(*repeated: str, **changes: str | None) -> Parameters:
    """A right request with changes; None leaves a parameter out."""
    values = {name: value for name, value in {**RIGHT, **changes}.items() if value is not None}
    return Parameters(values, frozenset(repeated))


def cause_of(outcome: AuthorizationRequest | Sent) -> Cause:
    """Why it was refused."""
    assert isinstance(outcome, Sent)
    assert outcome.to == TO
    return outcome.refusal.cause


@pytest.mark.row("A005", "A006", "A028")
@pytest.mark.parametrize("parameters", [asked(client_id=None), asked(client_id=""), asked("client_id")])
def test_a_client_id_that_is_missing_empty_or_repeated_is_shown(parameters: Parameters) -> None:
    """One text for all, and never a redirect: the type says so."""
    shown = client_id_of(parameters)
    assert isinstance(shown, Shown)
    assert shown.refusal.cause.description == "Invalid client_id parameter value"


@pytest.mark.row("A007", "A008", "B017", "B014")
@pytest.mark.parametrize(
    "parameters",
    [asked(redirect_uri=None), asked(redirect_uri=""), asked("redirect_uri"),
     *(asked(redirect_uri=uri) for uri in (URI + "/", URI + "?x=1", URI + "#", URI.upper(), URI + "123", " " + URI))],
)  # fmt: skip
def test_a_redirect_uri_that_is_not_the_client_s_is_shown(parameters: Parameters) -> None:
    """Exact strings; even a client with a single address must name it."""
    for client in (Client(), Client(redirect_uris=(URI,))):
        shown = return_address(parameters, client)
        assert isinstance(shown, Shown)
        assert shown.refusal.cause.description == "Mismatching redirect URI"


@given(st.text(max_size=60))
def test_no_text_but_the_registered_one_is_an_address(uri: str) -> None:
    """No normalisation makes two strings one."""
    found = return_address(asked(redirect_uri=uri), Client())
    assert isinstance(found, ReturnAddress) == (uri in Client().redirect_uris)


ORDER: list[tuple[Parameters, Cause]] = [
    (asked("response_type", response_type="token"), faults.PARAMETER_REPEATED),
    (asked("scope"), faults.PARAMETER_REPEATED),
    (asked("state"), faults.PARAMETER_REPEATED),
    (asked("code_challenge"), faults.PARAMETER_REPEATED),
    (asked("code_challenge_method"), faults.PARAMETER_REPEATED),
    (asked(response_type=None, code_challenge=None), faults.RESPONSE_TYPE_MISSING),
    (asked(response_type="token", code_challenge=None), faults.RESPONSE_TYPE_UNSUPPORTED),
    (asked(response_type="code id_token"), faults.RESPONSE_TYPE_UNSUPPORTED),
    (asked(response_type="CODE"), faults.RESPONSE_TYPE_UNSUPPORTED),
    (asked(code_challenge=None, code_challenge_method="plain"), faults.CHALLENGE_MISSING),
    (asked(code_challenge_method="plain", scope="bogus"), faults.CHALLENGE_METHOD),
    (asked(code_challenge_method=None), faults.CHALLENGE_METHOD),
    (asked(code_challenge_method="s256"), faults.CHALLENGE_METHOD),
    (asked(code_challenge="12345", scope="bogus"), faults.CHALLENGE_MALFORMED),
    (asked(scope='a"'), faults.SCOPE_MALFORMED),
    (asked(scope="bogus secret"), faults.SCOPE_UNKNOWN),
    (asked(scope="secret"), faults.SCOPE_PRIVATE),
]


@pytest.mark.row("A009", "A010", "A016", "A029", "A103", "A104", "A107", "A193")
@pytest.mark.parametrize(("parameters", "cause"), ORDER)
def test_the_first_check_that_fails_decides(parameters: Parameters, cause: Cause) -> None:
    """Repetition, response type, challenge, scope: in this order, each with its own cause."""
    assert cause_of(read_request(parameters, TO, Client(), OFFER)) is cause


def test_a_scope_that_the_client_does_not_have_is_refused() -> None:
    """Known and public is not enough: the client must be configured for it."""
    narrow = replace(Client(), scopes=("a",))
    assert cause_of(read_request(asked(scope="a b"), TO, narrow, OFFER)) is faults.SCOPE_NOT_OF_CLIENT


@pytest.mark.row("A017")
def test_without_scope_all_of_the_client_s_are_asked_for() -> None:
    """Omitted or empty means everything the client is configured for."""
    for scope in (None, ""):
        request = read_request(asked(scope=scope), TO, Client(), OFFER)
        assert isinstance(request, AuthorizationRequest)
        assert request.scopes == ("a", "b", "c")


@pytest.mark.row("A018")
@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_scopes_does_not_matter(names: list[str]) -> None:
    """Any order is the same set."""
    request = read_request(asked(scope=" ".join(names)), TO, Client(), OFFER)
    assert isinstance(request, AuthorizationRequest)
    assert request.scopes == ("a", "b", "c")


def test_a_client_without_scopes_can_ask_for_nothing() -> None:
    """An authorization for nothing is not an authorization."""
    nothing = replace(Client(), scopes=())
    assert cause_of(read_request(asked(scope=None), TO, nothing, OFFER)) is faults.SCOPE_MALFORMED


@pytest.mark.row("A027")
def test_unknown_parameters_are_not_sent_again() -> None:
    """The consent form carries what we look at, and nothing that a stranger added."""
    assert sent_again(asked(nonce="x", ui_locales="de")) == RIGHT
    assert set(sent_again(asked(state=None))) == set(PARAMETERS) - {"state"}


def test_a_repeated_state_is_not_returned() -> None:
    """Which of the two would it be?"""
    to = return_address(asked("state"), Client())
    assert isinstance(to, ReturnAddress)
    assert to.state is None
