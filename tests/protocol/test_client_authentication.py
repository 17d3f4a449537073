"""How a client says who it is: one way, exactly."""

from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol import faults
from latchstring.protocol.client_authentication import Credentials, read_credentials, uuid_of
from latchstring.protocol.faults import Refusal
from latchstring.protocol.parameters import Parameters

ID = "0189dc5e-0000-7000-8000-000000000001"
SECRET = "lscs_us1_0123abcd"
NOTHING = Parameters({})
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60)


def basic(client_id: str, secret: str, scheme: str = "Basic") -> str:
    """An `Authorization` header as it stands in RFC 7617."""
    return f"{scheme} {b64encode(f'{client_id}:{secret}'.encode()).decode()}"


def percent(text: str) -> str:
    """Every character percent-encoded, as some clients do even to `-` and `_`."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.row("A068")
@pytest.mark.parametrize("encode", [str, quote_plus, quote, percent])
def test_basic_credentials_are_form_decoded(encode) -> None:
    """However much of it a client percent-encodes, the same client is meant."""
    expected = Credentials(ID, SECRET, "client_secret_basic")
    assert read_credentials(basic(encode(ID), encode(SECRET)), NOTHING) == expected


@given(TEXTS, TEXTS)
def test_encoded_basic_credentials_survive(client_id: str, secret: str) -> None:
    """Any id and secret, with colons, percent signs and all, come back as they were."""
    presented = read_credentials(basic(quote_plus(client_id), quote_plus(secret)), NOTHING)
    assert presented == Credentials(client_id, secret, "client_secret_basic")


@pytest.mark.parametrize("scheme", ["basic", "BASIC", "bAsIc"])
def test_the_case_of_the_scheme_does_not_matter(scheme: str) -> None:
    """`basic` is Basic."""
    assert isinstance(read_credentials(basic(ID, SECRET, scheme), NOTHING), Credentials)


@pytest.mark.row("A066")
def test_credentials_in_the_body_are_taken() -> None:
    """`client_secret_post`."""
    body = Parameters({"client_id": ID, "client_secret": SECRET})
    assert read_credentials(None, body) == Credentials(ID, SECRET, "client_secret_post")


@pytest.mark.row("A075")
@pytest.mark.parametrize("more", [{"client_secret": SECRET}, {"client_id": ID, "client_secret": SECRET}])
def test_both_ways_at_once_are_refused(more: dict[str, str]) -> None:
    """Exactly one way, even when both say the same."""
    refused = read_credentials(basic(ID, SECRET), Parameters(more))
    assert isinstance(refused, Refusal)
    assert refused.cause is faults.CREDENTIALS_TWICE


def test_the_client_id_may_stand_in_the_body_beside_basic() -> None:
    """Many clients send their id there too; the same id is no contradiction."""
    assert isinstance(read_credentials(basic(ID, SECRET), Parameters({"client_id": ID})), Credentials)


def test_another_client_id_beside_basic_is_refused() -> None:
    """Two ids are two clients."""
    refused = read_credentials(basic(ID, SECRET), Parameters({"client_id": "other"}))
    assert isinstance(refused, Refusal)
    assert refused.cause is faults.CREDENTIALS_TWICE


@pytest.mark.row("A140")
def test_a_bearer_header_is_no_client_authentication() -> None:
    """The documented call to revoke sends one beside its credentials."""
    body = Parameters({"client_id": ID, "client_secret": SECRET})
    assert isinstance(read_credentials("Bearer lsat_us1_x", body), Credentials)
    assert isinstance(read_credentials("Bearer lsat_us1_x", NOTHING), Refusal)


@pytest.mark.row("A071")
@pytest.mark.parametrize(
    "body", [{}, {"client_id": ID}, {"client_secret": SECRET}, {"client_id": ID, "client_secret": ""}]
)
def test_half_of_the_credentials_is_none(body: dict[str, str]) -> None:
    """An id without a secret authenticates nobody."""
    refused = read_credentials(None, Parameters(body))
    assert isinstance(refused, Refusal)
    assert (refused.cause.error, refused.cause.status) == ("invalid_client", 401)


@pytest.mark.parametrize(
    "value",
    ["", "!!!", "YQ", b64encode(b"nocolon").decode(), b64encode(b":secret").decode(), b64encode(b"id:").decode(),
     b64encode(b"\xff\xfe:a").decode(), b64encode(b"%ff:a").decode(), b64encode(b"a%00:b").decode()],
)  # fmt: skip
def test_basic_that_can_t_be_read_is_a_failed_authentication(value: str) -> None:
    """401, like any other wrong credential."""
    refused = read_credentials(f"Basic {value}", NOTHING)
    assert isinstance(refused, Refusal)
    assert refused.cause.status == 401


@given(st.text(max_size=100))
def test_any_header_can_be_sent(header: str) -> None:
    """Credentials or a refusal, never an exception."""
    for text in (header, f"Basic {header}"):
        assert isinstance(read_credentials(text, NOTHING), Credentials | Refusal)


@pytest.mark.parametrize(
    "text", ["", "0189dc5e00007000800000000000000a", f"{{{ID}}}", f"urn:uuid:{ID}", ID + " ", "x" * 36]
)
def test_an_id_has_one_form(text: str) -> None:
    """What is not a UUID in its usual form is nobody's id."""
    assert uuid_of(text) is None
    assert uuid_of(ID) is not None
