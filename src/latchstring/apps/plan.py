"""What a manifest would change: worked out from the file and what is there, before anything acts. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET

from latchstring.apps.manifest import MOST_CLIENTS, AppPart, ClientPart, Manifest
from latchstring.apps.model import App, AppFields, ClientFields, OwnedClient
from latchstring.apps.wanted import Problem, Sieve, Value, problem
from latchstring.contract.model import Contract

Kind = Literal["create", "change", "unchanged"]


@dataclass(frozen=True, slots=True)
class Change:
    """A field, its value now (None when the thing is new), and its value afterwards."""

    field: str
    before: Value | None
    after: Value


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of the app or of one client. `id`: None when it is yet to be made."""

    kind: Kind
    name: str
    place: str
    id: UUID | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen, the problems left out. `app` None: nothing can. `others`: clients that the file does not
    mention and that stay. `fingerprint`: the same for the same plan."""

    app: Step | None
    clients: tuple[Step, ...]
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...]
    others: tuple[str, ...]
    differs: bool
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Current:
    """What is there. `app`: the one the manifest is for. `uuid_free`: a new one can have the file's app_uuid."""

    app: App | None
    clients: tuple[OwnedClient, ...] = ()
    approved: frozenset[str] = frozenset()
    uuid_free: bool = True


def plan_of(manifest: Manifest, current: Current, contract: Contract) -> Plan:
    """What applying the manifest would do here."""
    sieve, ignored = Sieve(contract, current.approved), [*manifest.ignored]
    app = _app_step(manifest, current, sieve, ignored)
    matched = _matched(manifest.clients, current.clients)
    steps = _client_steps(manifest, matched, sieve, MOST_CLIENTS - len(current.clients))
    steps = steps if app else ()
    found = {client.id for client in matched if client is not None}
    others = tuple(client.name for client in current.clients if client.id not in found)
    differs = any(step.kind != "unchanged" for step in (app, *steps) if step is not None)
    plan = Plan(app, steps, tuple(sieve.problems), tuple(ignored), others, differs)
    return replace(plan, fingerprint=hashlib.sha256(msgspec.json.encode(plan)).hexdigest())


def app_fields(step: Step, before: AppFields | None) -> AppFields:
    """An app's fields after its step."""
    return AppFields(**_after(step, asdict(before) if before else {}))


def client_fields(step: Step, before: ClientFields | None) -> ClientFields:
    """A client's fields after its step."""
    return ClientFields(**_after(step, asdict(before) if before else {}))


def app_uuid_of(step: Step) -> UUID | None:
    """The app_uuid that a new app is made with, or None for one of its own."""
    found = next((change.after for change in step.changes if change.field == "app_uuid"), None)
    return UUID(found) if isinstance(found, str) else None


def _after(step: Step, before: dict[str, Any]) -> dict[str, Any]:
    return {**before, **{change.field: change.after for change in step.changes if change.field != "app_uuid"}}


def _app_step(manifest: Manifest, current: Current, sieve: Sieve, ignored: list[str]) -> Step | None:
    known = current.app
    if manifest.app is None and known is not None:
        return Step("unchanged", known.name, "app", known.id, ())
    part, place = (manifest.app, "app") if manifest.app else (_app_like(manifest), manifest.places[0])
    wanted = (
        sieve.app(part, place) if manifest.app else Sieve(sieve.contract, sieve.approved).app(part, place)
    )
    if known is None and "name" not in wanted:
        return None
    before = _fields_now(known, wanted) if known else None
    changes = (*_changes(before, wanted), *_identity(part, current, sieve.problems, ignored))
    return Step(_kind(known, changes), str(wanted["name"] if known is None else known.name), "app",
                known.id if known else None, changes)  # fmt: skip


def _app_like(manifest: Manifest) -> AppPart:
    """The app of a file that describes none: it is called like its first client, whose problems are told there."""
    first = manifest.clients[0]
    return AppPart(first.name, description=first.description)


def _identity(
    part: AppPart, current: Current, problems: list[Problem], ignored: list[str]
) -> tuple[Change, ...]:
    """A new app takes the app_uuid of the file, where that is free; one that is there keeps its own."""
    asked = part.app_uuid
    if asked is UNSET or (current.app is not None and current.app.id == asked):
        return ()
    if current.app is not None or not current.uuid_free:
        ignored.append("app/app_uuid")
        return ()
    if asked.int >> 64 == 0:
        problems.append(problem("app/app_uuid", str(asked), "invalid", "is no app_uuid of an integration"))
        return ()
    return (Change("app_uuid", None, str(asked)),)


def _client_steps(
    manifest: Manifest, matched: Sequence[OwnedClient | None], sieve: Sieve, room: int
) -> tuple[Step, ...]:
    steps: list[Step] = []
    names: set[str] = set()
    for part, place, known in zip(manifest.clients, manifest.places, matched, strict=True):
        if part.name.strip() in names:
            reason = "another client of the file has this name"
            sieve.problems.append(problem(f"{place}/name", part.name, "same_name", reason))
            continue
        names.add(part.name.strip())
        step = _client_step(part, place, known, sieve)
        if step is not None and step.kind == "create" and room < 1:
            reason = f"an app can have at most {MOST_CLIENTS} clients"
            sieve.problems.append(problem(place, part.name, "too_many_clients", reason))
        elif step is not None:
            room -= step.kind == "create"
            steps.append(step)
    return tuple(steps)


def _client_step(part: ClientPart, place: str, known: OwnedClient | None, sieve: Sieve) -> Step | None:
    """None when nothing can become of it: it has no name, or is published and would change."""
    strainer = replace(sieve, problems=[])
    wanted = strainer.client(part, place)
    changes = _changes(_fields_now(known, wanted) if known else None, wanted)
    if known is not None and known.kind == "published" and (changes or strainer.problems):
        reason = "a published client can't be edited; send a new revision for review"
        sieve.problems.append(problem(place, part.name, "published", reason))
        return None
    sieve.problems.extend(strainer.problems)
    if "name" not in wanted and known is None:
        return None
    name = known.name if known is not None else str(wanted["name"])
    return Step(_kind(known, changes), name, place, known.id if known else None, changes)


def _fields_now(known: App | OwnedClient, wanted: dict[str, Value]) -> dict[str, Value]:
    values = {name: getattr(known, name) for name in wanted}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _changes(before: dict[str, Value] | None, wanted: dict[str, Value]) -> tuple[Change, ...]:
    """Fields that would be other than they are; of a new thing those that are not empty."""
    if before is None:
        return tuple(Change(field, None, value) for field, value in wanted.items() if value)
    return tuple(
        Change(field, before[field], value)
        for field, value in wanted.items()
        if _meaning(before[field]) != _meaning(value)
    )


def _matched(parts: Sequence[ClientPart], owned: Sequence[OwnedClient]) -> list[OwnedClient | None]:
    """For each client of the file the one it speaks of: of its name, a test client before a published one, the
    oldest first. A file's only client speaks of an app's only test client whatever it is called."""
    ordered = sorted(owned, key=lambda client: (client.kind != "test", client.created_at, client.id))
    found = [next((one for one in ordered if one.name == part.name.strip()), None) for part in parts]
    tests = [client for client in owned if client.kind == "test"]
    return [tests[0]] if found == [None] and len(tests) == 1 else found


def _kind(known: object, changes: Sequence[Change]) -> Kind:
    if known is None:
        return "create"
    return "change" if changes else "unchanged"


def _meaning(value: Value) -> object:
    return value if isinstance(value, str) else frozenset(value)
