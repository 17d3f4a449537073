"""Organization Settings → Audit: the log with its filters, and the log as a file."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

import msgspec
from starlette.responses import Response

from latchstring.audit.entries import Entry, Narrowed, entries
from latchstring.audit.naming import Names, choices, names
from latchstring.audit.verification import ChainState, state_of
from latchstring.protocol.client_authentication import uuid_of
from latchstring.protocol.parameters import is_text
from latchstring.web.audit_export import MOST, Form, export
from latchstring.web.http import Request
from latchstring.web.needs import SignedIn, permissions
from latchstring.web.pages.audit import Audit, AuditRow, Chain, Choice, Detail
from latchstring.web.pages.audit_words import FAULTS, sentence
from latchstring.web.pages.page import Person
from latchstring.web.pages.paths import PATHS
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.signed_in import organization_of
from latchstring.web.translations import Text, Words

_SIZE: Final = 50
_LONGEST: Final = 500
_FILTERS: Final = ("action", "actor", "client", "since")
_SINCE: Final = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


async def index(request: Request) -> Response:
    """A page of the log, newest first."""
    _, organization_id = organization_of(request)
    chosen, before = _chosen(request), _cursor(request.query_params.get("before", ""))
    found = await entries(
        request.tx, organization_id, _narrowed(request, chosen), before=before, limit=_SIZE + 1
    )
    offered = await choices(request.tx, organization_id)
    known = await names(request.tx, organization_id, found, offered.actors, offered.clients)
    shown = Audit(
        rows=tuple(_row(one, known) for one in found[:_SIZE]),
        chain=_chain(await state_of(request.tx, organization_id)),
        actions=_offered(chosen["action"], [(one, sentence(one) or one) for one in offered.actions]),
        actors=_offered(chosen["actor"], [(one, _actor_words(one, known)) for one in offered.actors]),
        apps=_offered(
            chosen["client"], [(str(one), known.client(one) or str(one)) for one in offered.clients]
        ),
        chosen=chosen,
        query="".join(f"&{urlencode({name: value})}" for name, value in chosen.items() if value),
        older=_onward(chosen, found[_SIZE - 1].id) if len(found) > _SIZE else None,
        first=_onward(chosen, None) if before else None,
        most_exported=MOST,
    )
    return show(request, shown)


async def download(request: Request) -> Response:
    """What the filters leave, as a file."""
    _, organization_id = organization_of(request)
    form: Form = "json" if request.query_params.get("format") == "json" else "csv"
    return export(request.platform.database, organization_id, _narrowed(request, _chosen(request)), form)


def _chosen(request: Request) -> dict[str, str]:
    asked = {name: request.query_params.get(name, "")[:200] for name in _FILTERS}
    return {name: value if is_text(value) else "" for name, value in asked.items()}


def _narrowed(request: Request, chosen: Mapping[str, str]) -> Narrowed:
    back = _SINCE.get(chosen["since"])
    return Narrowed(
        action=chosen["action"] or None,
        actor=chosen["actor"] or None,
        client_id=uuid_of(chosen["client"]),
        since=request.platform.clock.now() - back if back else None,
    )


def _row(entry: Entry, known: Names) -> AuditRow:
    human = known.actor(entry.actor)
    subject = uuid_of(entry.subject)
    about = known.people.get(subject) if subject else None
    return AuditRow(
        id=entry.id,
        at=entry.at,
        action=entry.action,
        actor=Person(human.name, human.email) if human else None,
        actor_words="" if human else _actor_words(entry.actor, known),
        app=known.client(entry.client_id),
        about=about.name if about else "" if subject else entry.subject[:_LONGEST],
        details=_details(entry),
    )


def _details(entry: Entry) -> tuple[Detail, ...]:
    """Everything the entry tells by its exact names; ids are what other systems know things by."""
    told = [
        Detail(name, _text(value)) for name, value in entry.details.items() if value not in (None, "", [])
    ]
    ids = {
        "subject": entry.subject,
        "client_id": entry.client_id,
        "actor": entry.actor,
        "request_id": entry.request_id,
    }
    return (*told, *(Detail(name, str(value)[:_LONGEST]) for name, value in ids.items() if value))


def _text(value: object) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)[:_LONGEST]
    return (value if isinstance(value, str) else msgspec.json.encode(value).decode())[:_LONGEST]


def _actor_words(actor: str, known: Names) -> Words:
    kind, _, number = actor.partition(":")
    human, found = known.actor(actor), uuid_of(number)
    if human:
        return human.name
    if kind == "client" and found in known.clients:
        return known.clients[found]
    if kind == "operator":
        return Text("An operator of the host")
    return Text("The host") if kind == "host" else actor


def _offered(chosen: str, found: list[tuple[str, Words]]) -> tuple[Choice, ...]:
    """The choices of a filter; what is chosen is among them however old it is."""
    missing = [(chosen, chosen)] if chosen and chosen not in dict(found) else []
    return tuple(Choice(value, label) for value, label in (*found, *missing))


def _chain(state: ChainState) -> Chain:
    return Chain(
        sealed=state.sequence,
        sealed_at=state.sealed_at,
        verified=state.verified,
        verified_at=state.verified_at,
        fault=FAULTS.get(state.broken, Text("The log is not what was sealed.")) if state.broken else None,
    )


def _cursor(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _onward(chosen: Mapping[str, str], before: int | None) -> str:
    query = {name: value for name, value in chosen.items() if value}
    if before is not None:
        query["before"] = str(before)
    return f"{PATHS.audit}?{urlencode(query)}" if query else PATHS.audit


_READ = SignedIn(permissions("audit_read"))

ROUTES: tuple[Route, ...] = (
    Route("GET", PATHS.audit, index, _READ),
    Route("GET", PATHS.audit + "/export", download, _READ),
)
