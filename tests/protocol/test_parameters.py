"""Parameters of queries, forms and JSON objects: one meaning."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol.parameters import Malformed, Parameters, read_form, read_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
FIELDS = st.dictionaries(TEXTS, TEXTS, max_size=20)


@pytest.mark.row("A067")
@given(FIELDS)
def test_a_form_and_json_mean_the_same(fields: dict[str, str]) -> None:
    """Which of the two a client sends makes no difference."""
    form, content = read_form(urlencode(fields).encode()), read_json(json.dumps(fields).encode())
    assert form == content == Parameters(fields)


@given(FIELDS, TEXTS, TEXTS)
def test_a_repeated_parameter_is_known_as_such(fields: dict[str, str], name: str, value: str) -> None:
    """The first value stands, and the name is remembered as repeated, in both forms."""
    pairs = [(name, "first"), *fields.items(), (name, value)]
    form = read_form(urlencode(pairs).encode())
    text = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in pairs)
    assert form == read_json(f"{{{text}}}".encode())
    assert isinstance(form, Parameters)
    assert form.values[name] == "first"
    assert name in form.repeated


@pytest.mark.row("R30")
def test_empty_is_omitted() -> None:
    """`state=` is as good as no state."""
    parameters = read_form(b"state=&scope")
    assert isinstance(parameters, Parameters)
    assert parameters.get("state") is None
    assert parameters.get("scope") is None


@pytest.mark.row("B023", "B024")
@pytest.mark.parametrize("body", [b"a=%FF%FE", b"a=\xff", b"a=%00", b"%00=a", "a=é".encode(), b"a=%ED%A0%80"])
def test_a_form_that_is_no_text_is_malformed(body: bytes) -> None:
    """Broken UTF-8, NUL and surrogates never reach the database."""
    assert isinstance(read_form(body), Malformed)


@pytest.mark.row("B023", "B024")
@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe{}", b"[", b'"text"', b"1", b"[[1]]", b'{"a":1}', b'{"a":["b"]}', b'{"a":{"b":"c"}}', b'{"a":true}',
     b'{"a":"\\u0000"}', b'{"a":"\\ud800"}', b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5_000, b'{"a":NaN}', b""],
)  # fmt: skip
def test_json_that_is_no_object_of_texts_is_malformed(body: bytes) -> None:
    """Arrays, numbers, nesting without end: one answer, no failure."""
    assert isinstance(read_json(body), Malformed)


def test_an_empty_array_is_no_object() -> None:
    """`[]` is not `{}`."""
    assert isinstance(read_json(b"[]"), Malformed)


def test_null_in_json_is_omitted() -> None:
    """Clients that serialise absent values as null mean that they are absent."""
    assert read_json(b'{"scope":null,"a":"b"}') == Parameters({"a": "b"})


@pytest.mark.row("B027")
@pytest.mark.parametrize(
    "body", [b"&".join(b"a%d=1" % n for n in range(101)), b"&" * 20_000, b"a=1&" * 100_000]
)
def test_fields_are_counted_before_they_are_kept(body: bytes) -> None:
    """A hundred fields are enough for everybody; blanks between ampersands are nothing at all."""
    parameters = read_form(body)
    assert isinstance(parameters, Malformed) or not parameters.values


@given(st.binary(max_size=300))
def test_any_bytes_can_be_sent(body: bytes) -> None:
    """Parameters or malformed: never an exception."""
    for read in (read_form, read_json):
        assert isinstance(read(body), Parameters | Malformed)
