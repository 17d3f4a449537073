"""From a search to the condition of a query; every value is a parameter, never part of the SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from latchstring.sample_host.search import AllOf, AnyOf, Anything, Compared, Field, Not, Search, Words


@dataclass(frozen=True, slots=True)
class Searched:
    """What a table offers to searches: its columns by field name, the column of free text, and whether rows
    have tags and attributes.
    """

    columns: Mapping[str, str]
    text: str
    tags: str
    attributes: str | None = None


@dataclass(slots=True)
class Condition:
    """SQL under construction: the parameters so far."""

    parameters: list[object] = field(default_factory=list)

    def parameter(self, value: object) -> str:
        """Add a parameter; its placeholder."""
        self.parameters.append(value)
        return f"${len(self.parameters)}"


def condition(search: Search, searched: Searched, into: Condition) -> str:
    """The SQL condition of `search`, its values added to the parameters of `into`."""
    match search:
        case Anything():
            return "true"
        case Words(parts):
            return f"{searched.text} ILIKE {into.parameter(_like(('', *parts, '')))}"
        case Field(name, parts):
            return _field(name, parts, searched, into)
        case Compared(name, operator, number):
            return _compared(name, operator, number, searched, into)
        case Not(part):
            return f"NOT ({condition(part, searched, into)})"
        case AllOf(many):
            return " AND ".join(f"({condition(part, searched, into)})" for part in many)
        case AnyOf(many):
            return " OR ".join(f"({condition(part, searched, into)})" for part in many)


def _field(name: str, parts: tuple[str, ...], searched: Searched, into: Condition) -> str:
    if (column := searched.columns.get(name.lower())) is not None:
        return f"{column} ILIKE {into.parameter(_like(parts))}"
    if name.startswith("@"):
        if searched.attributes is None:
            return "false"
        path = into.parameter(name[1:].split("."))
        return f"coalesce(({searched.attributes} #>> {path}) ILIKE {into.parameter(_like(parts))}, false)"
    tag = (f"{name.lower()}:{parts[0].lower()}", *(part.lower() for part in parts[1:]))
    if len(tag) == 1:
        return f"{searched.tags} @> ARRAY[{into.parameter(tag[0])}::text]"
    return f"EXISTS (SELECT FROM unnest({searched.tags}) tag WHERE tag ILIKE {into.parameter(_like(tag))})"


def _compared(name: str, operator: str, number: float, searched: Searched, into: Condition) -> str:
    """Numbers are compared with attributes only; what is not a number there is not found."""
    if searched.attributes is None or not name.startswith("@"):
        return "false"
    path = into.parameter(name[1:].split("."))
    value = f"({searched.attributes} #> {path})"
    compared = f"{value}::text::numeric {operator} {into.parameter(number)}::float8::numeric"
    return f"CASE WHEN jsonb_typeof({value}) = 'number' THEN {compared} ELSE false END"


def _like(parts: tuple[str, ...]) -> str:
    escaped = (part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in parts)
    return "%".join(escaped)
