"""What a handler is given: who asks, for what, and the parameters, read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from latchstring.sample_host.answers import invalid
from latchstring.sample_host.bodies import decode_json, json_media_type

T = TypeVar("T")
#: Largest integer that PostgreSQL's bigint takes.
BIGINT = 2**63 - 1
_MOST_PARAMETERS = 100
_LONGEST_PARAMETER = 4_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One allowed call. `query` holds the last value of each parameter; `body` is inflated and bounded."""

    organization_id: UUID
    user_id: UUID | None
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    content_type: str
    body: bytes
    now: datetime

    def json_as(self, type_: type[T]) -> T:
        """The JSON body as `type_`; refuses other media types, and what does not fit, naming the field."""
        json_media_type(self.content_type)
        return decode_json(self.body, type_)

    def integer(self, name: str, default: int, *, least: int = 0, most: int = BIGINT) -> int:
        """An integer of the query string, within bounds."""
        value = self.optional_integer(name, least=least, most=most)
        return default if value is None else value

    def optional_integer(self, name: str, *, least: int = 0, most: int = BIGINT) -> int | None:
        """An integer of the query string, or None when it isn't there."""
        text = self.query.get(name, "")
        return whole_number(name, text, least=least, most=most) if text else None

    def required_integer(self, name: str, *, least: int = 0, most: int = BIGINT) -> int:
        """An integer that the query string must have."""
        return whole_number(name, self.required(name), least=least, most=most)

    def required(self, name: str) -> str:
        """A parameter that the query string must have."""
        if not (text := self.query.get(name, "")):
            raise invalid(f"Missing required parameter '{name}'")
        return text

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """One of a few words of the query string."""
        value = self.query.get(name) or default
        if value not in choices:
            raise invalid(f"Parameter '{name}' must be one of: {', '.join(choices)}")
        return value

    def words(self, name: str) -> list[str]:
        """The comma-separated words of a parameter."""
        return [word.strip() for word in self.query.get(name, "").split(",") if word.strip()]

    def path_integer(self, name: str) -> int | None:
        """The integer in the path, or None when it isn't one: then nothing has that id."""
        text = self.parameters[name]
        if not text.isascii() or not text.isdigit() or len(text) > 19:
            return None
        return value if (value := int(text)) <= BIGINT else None

    def path_uuid(self, name: str) -> UUID | None:
        """The UUID in the path, or None when it isn't one: then nothing has that id."""
        try:
            return UUID(self.parameters[name])
        except ValueError:
            return None


def whole_number(name: str, text: str, *, least: int, most: int) -> int:
    """`text` as an integer within bounds; refuses with the parameter's name."""
    digits = text[1:] if text[:1] == "-" else text
    if not digits.isascii() or not digits.isdigit() or len(digits) > 19:
        raise invalid(f"Parameter '{name}' must be an integer")
    if not least <= (value := int(text)) <= most:
        raise invalid(f"Parameter '{name}' must be between {least} and {most}")
    return value


def parse_query_string(raw: bytes) -> dict[str, str]:
    """The parameters of a query string, the last of each name; refuses what isn't UTF-8 or has NUL in it."""
    if not raw:
        return {}
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except (ValueError, UnicodeDecodeError):
        raise invalid(
            "The query string can't be read: it must be UTF-8, with at most 100 parameters"
        ) from None
    for name, value in pairs:
        if "\x00" in value or "\x00" in name or len(value) > _LONGEST_PARAMETER:
            raise invalid(f"Parameter '{name[:100]!r}' has a NUL character or is too long")
    return dict(pairs)
