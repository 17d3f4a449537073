"""Tokens that are computed: what comes out goes in again, and nothing else does."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol import tokens
from latchstring.protocol.credentials import checksum
from latchstring.protocol.tokens import Access, Kind, Row

KEY = b"k" * 32
ROWS = st.builds(Row, st.integers(1, 255), st.binary(min_size=32, max_size=32))
SITES = st.from_regex(r"[a-z][a-z0-9]{1,15}", fullmatch=True)
SECONDS = st.integers(0, 2**32 - 1)
SUBSETS = st.none() | st.integers(0, 2**90)
ACCESSES = st.builds(Access, SECONDS, SECONDS, st.binary(min_size=6, max_size=6), SUBSETS)
ONE = Row(1, bytes(range(32)))
SAMPLES = {
    Kind.CODE: tokens.code("us1", ONE, KEY),
    Kind.ACCESS: tokens.access_token("us1", ONE, KEY, Access(1_700_000_000, 3600, b"nonce!", 5)),
    Kind.REFRESH: tokens.refresh_token("us1", ONE, KEY, 7),
}
ALPHABET = string.ascii_letters + string.digits + "_"


def with_right_checksum(text: str) -> str:
    """What an attacker would make of a changed token: the checksum protects nothing."""
    return text[:-8] + checksum(text[:-8])


def is_accepted(text: str) -> bool:
    """Whether we would take this for a token that we made on us1."""
    token = tokens.parse(text)
    return token is not None and token.site == "us1" and token.is_signed_by(KEY)


@given(SITES, ROWS, ACCESSES)
def test_an_access_token_says_what_was_put_into_it(site: str, row: Row, access: Access) -> None:
    """Row, site, times, nonce and scope subset survive the wire."""
    token = tokens.parse(tokens.access_token(site, row, KEY, access))
    assert token is not None
    assert (token.kind, token.site, token.row) == (Kind.ACCESS, site, row)
    assert tokens.read_access(token) == access
    assert token.is_signed_by(KEY)


@given(SITES, ROWS, SECONDS)
def test_a_refresh_token_says_its_generation(site: str, row: Row, generation: int) -> None:
    """Row, site and generation survive the wire."""
    token = tokens.parse(tokens.refresh_token(site, row, KEY, generation))
    assert token is not None
    assert (token.kind, token.site, token.row) == (Kind.REFRESH, site, row)
    assert tokens.read_generation(token) == generation


@given(SITES, ROWS)
def test_a_code_names_its_row_and_no_more(site: str, row: Row) -> None:
    """A code is the row's name under the row's key."""
    token = tokens.parse(tokens.code(site, row, KEY))
    assert token is not None
    assert (token.kind, token.site, token.row, token.extra) == (Kind.CODE, site, row, b"")


@given(ROWS, SECONDS)
def test_the_same_generation_is_always_the_same_string(row: Row, generation: int) -> None:
    """A retried refresh gets the very same successor without anything being remembered."""
    assert tokens.refresh_token("us1", row, KEY, generation) == tokens.refresh_token(
        "us1", row, KEY, generation
    )


@given(ROWS, st.lists(SECONDS, min_size=2, max_size=2, unique=True))
def test_two_generations_are_two_strings(row: Row, generations: list[int]) -> None:
    """No generation can be taken for another."""
    first, second = (tokens.refresh_token("us1", row, KEY, one) for one in generations)
    assert first != second


@pytest.mark.row("B8")
@pytest.mark.parametrize("kind", Kind)
def test_every_change_of_one_character_is_noticed_by_the_checksum(kind: Kind) -> None:
    """A mistyped or cut credential is not even looked up."""
    text = SAMPLES[kind]
    for place, character in enumerate(text):
        for other in ("0", "f", "_", "Z", character.upper()):
            if other != character:
                assert tokens.parse(text[:place] + other + text[place + 1 :]) is None
        assert tokens.parse(text[:place] + text[place + 1 :]) is None


@pytest.mark.parametrize("kind", Kind)
def test_every_change_of_one_character_is_refused_even_with_a_right_checksum(kind: Kind) -> None:
    """Whoever changes one character and mends the checksum has nothing: prefix, site and payload are signed."""
    text = SAMPLES[kind]
    for place, character in enumerate(text[:-8]):
        for other in set(ALPHABET) - {character}:
            assert not is_accepted(with_right_checksum(text[:place] + other + text[place + 1 :]))


@pytest.mark.row("R20")
@pytest.mark.parametrize("kind", Kind)
def test_the_site_is_part_of_what_is_signed(kind: Kind) -> None:
    """A token that is relabelled for another site is not one, even where both sites had the same keys."""
    moved = tokens.parse(with_right_checksum(SAMPLES[kind].replace("_us1_", "_eu1_")))
    assert moved is not None
    assert moved.site == "eu1"
    assert not moved.is_signed_by(KEY)


@given(ROWS, st.sampled_from(Kind), st.sampled_from(Kind))
def test_a_kind_is_never_mistaken_for_another(row: Row, made: Kind, claimed: Kind) -> None:
    """A code is no token, an access token no refresh token: neither by form nor by signature."""
    text = {
        Kind.CODE: tokens.code("us1", row, KEY),
        Kind.ACCESS: tokens.access_token("us1", row, KEY, Access(1, 1, bytes(6), None)),
        Kind.REFRESH: tokens.refresh_token("us1", row, KEY, 1),
    }[made]
    relabelled = with_right_checksum(claimed.value + text[4:])
    assert is_accepted(relabelled) == (made is claimed)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
def test_neither_the_server_key_nor_a_dump_alone_forges(server_key: bytes, row_secret: bytes) -> None:
    """The signing key follows from both; with either one replaced, nothing verifies."""
    real = tokens.signing_key(server_key, row_secret)
    token = tokens.parse(tokens.refresh_token("us1", ONE, real, 1))
    assert token is not None
    for guess in (
        tokens.signing_key(server_key, bytes(15) + b"\x01"),
        tokens.signing_key(bytes(31) + b"\x01", row_secret),
        server_key,
        row_secret,
    ):
        assert token.is_signed_by(guess) == (guess == real)


@given(st.text(max_size=200))
def test_any_text_can_be_presented(text: str) -> None:
    """Whatever a stranger sends is a token or it is not; nothing breaks."""
    assert tokens.parse(text) is None
    for prefix in ("lsat_us1_", "lsrt_us1_", "lsac_us1_"):
        crafted = prefix + text
        if crafted.isascii():
            crafted += checksum(crafted)
        parsed = tokens.parse(crafted)
        assert parsed is None or not parsed.is_signed_by(KEY)


@pytest.mark.parametrize("kind", Kind)
def test_upper_case_and_blanks_in_the_hex_are_refused(kind: Kind) -> None:
    """There is one way of writing a token."""
    head, site, body = SAMPLES[kind].split("_")
    for other in (body[:-8].upper(), body[:10] + " " + body[10:-8]):
        assert not is_accepted(with_right_checksum(f"{head}_{site}_{other}00000000"))


@pytest.mark.row("A070")
@pytest.mark.parametrize("kind", Kind)
def test_tokens_are_safe_in_headers_urls_and_file_names(kind: Kind) -> None:
    """Letters, digits and underscores only."""
    assert set(SAMPLES[kind]) <= set(ALPHABET)


SCOPES = tuple(f"scope_{number}" for number in range(87))


@given(st.sets(st.sampled_from(SCOPES)))
def test_a_subset_of_scopes_survives_the_wire(wanted: set[str]) -> None:
    """A narrowed token carries exactly the scopes that it was narrowed to, in their order."""
    subset = tokens.subset_of(SCOPES, frozenset(wanted))
    access = Access(1, 1, bytes(6), subset)
    token = tokens.parse(tokens.access_token("us1", ONE, KEY, access))
    assert token is not None
    carried = tokens.scopes_in(SCOPES, tokens.read_access(token).subset)
    assert carried == tuple(scope for scope in SCOPES if scope in wanted)


@given(st.sets(st.sampled_from(SCOPES[:40]), min_size=1))
def test_scopes_that_are_appended_do_not_widen_a_narrowed_token(wanted: set[str]) -> None:
    """Bits keep their meaning when an authorization later gains scopes."""
    subset = tokens.subset_of(SCOPES[:40], frozenset(wanted) - {SCOPES[0]})
    assert subset is not None
    assert set(tokens.scopes_in(SCOPES, subset)) == wanted - {SCOPES[0]}
