"""PKCE, S256 only."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol import pkce

UNRESERVED = string.ascii_letters + string.digits + "-._~"
VERIFIERS = st.text(UNRESERVED, min_size=43, max_size=128)


@pytest.mark.row("A110")
def test_the_example_of_rfc_7636_appendix_b_holds() -> None:
    """The published vector."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert pkce.challenge_of(verifier) == challenge
    assert pkce.proves(verifier, challenge)


@given(VERIFIERS)
def test_a_verifier_proves_its_own_challenge(verifier: str) -> None:
    """Every verifier of the RFC's form works."""
    challenge = pkce.challenge_of(verifier)
    assert pkce.is_challenge(challenge)
    assert pkce.proves(verifier, challenge)


@given(VERIFIERS, VERIFIERS)
def test_no_other_verifier_proves_it(verifier: str, other: str) -> None:
    """What proves a challenge is what it was made from."""
    assert pkce.proves(other, pkce.challenge_of(verifier)) == (other == verifier)


@pytest.mark.row("A107", "B012")
@pytest.mark.parametrize(
    "challenge",
    ["12345", "a" * 42, "a" * 44, "a" * 129, "a" * 42 + "=", "a" * 43 + "=", "a" * 42 + "+", "a" * 42 + "/",
     "a" * 42 + "\n", "a" * 43 + "\n", "", "é" * 43, " " * 43],
)  # fmt: skip
def test_what_is_not_43_characters_of_base64url_is_no_challenge(challenge: str) -> None:
    """SHA-256 in unpadded base64url has one form."""
    assert not pkce.is_challenge(challenge)


@pytest.mark.parametrize(
    "verifier", ["a" * 42, "a" * 129, "a" * 42 + "+", "a" * 43 + "\n", "a" * 42 + " ", "é" * 43, ""]
)
def test_what_is_not_of_the_verifier_s_form_proves_nothing(verifier: str) -> None:
    """Too short, too long or of other characters: refused before any hashing."""
    assert not pkce.is_verifier(verifier)
    assert not pkce.proves(verifier, "a" * 43)


@pytest.mark.row("A104")
@given(VERIFIERS.filter(lambda verifier: len(verifier) == 43))
def test_a_challenge_does_not_prove_itself(verifier: str) -> None:
    """The plain method does not exist."""
    assert not pkce.proves(verifier, verifier)
