"""Dashboards (v1), with a token: create, list, get, update, delete, and delete or restore many."""

import base64
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from latchstring.kit.entropy import Entropy
from latchstring.sample_host.answers import Answer, Refused, missing, ok
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.bodies import refuse_deeper_than
from latchstring.sample_host.dashboard_store import (
    dashboard_by_id,
    insert_dashboard,
    list_dashboards,
    mark_dashboards,
    replace_dashboard,
)
from latchstring.sample_host.host import Host
from latchstring.sample_host.people_store import handles_of
from latchstring.storage.database import Row

_MOST_DASHBOARDS = 5_000
_DEEPEST = 40
Json = dict[str, Any]
Handles = Mapping[UUID, tuple[str, str]]
Text = Annotated[str, Meta(max_length=1_000)]


class Widget(msgspec.Struct):
    """A widget: its definition has a type, and is otherwise kept as it is."""

    definition: dict[str, Any]
    id: Annotated[int, Meta(ge=0, le=2**63 - 1)] | msgspec.UnsetType = msgspec.UNSET
    layout: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET


class TemplateVariable(msgspec.Struct, omit_defaults=True):
    """A variable that the widgets' queries may use."""

    name: Text
    prefix: Text | msgspec.UnsetType | None = msgspec.UNSET
    default: Text | msgspec.UnsetType | None = msgspec.UNSET
    defaults: list[Text] | msgspec.UnsetType = msgspec.UNSET
    available_values: list[Text] | msgspec.UnsetType | None = msgspec.UNSET
    type: Text | msgspec.UnsetType | None = msgspec.UNSET


class Document(msgspec.Struct, omit_defaults=True):
    """A dashboard as clients send it."""

    title: Annotated[str, Meta(min_length=1, max_length=500)]
    layout_type: Literal["ordered", "free"]
    widgets: Annotated[list[Widget], Meta(max_length=1_000)]
    description: Annotated[str, Meta(max_length=20_000)] | None = None
    reflow_type: Literal["auto", "fixed"] | msgspec.UnsetType = msgspec.UNSET
    is_read_only: bool = False
    notify_list: Annotated[list[Text], Meta(max_length=100)] | None = None
    tags: Annotated[list[Text], Meta(max_length=5)] | None = None
    restricted_roles: Annotated[list[Text], Meta(max_length=100)] | msgspec.UnsetType = msgspec.UNSET
    template_variables: Annotated[list[TemplateVariable], Meta(max_length=100)] | None = None
    template_variable_presets: Annotated[list[dict[str, Any]], Meta(max_length=100)] | None = None


class Named(msgspec.Struct):
    """One dashboard of a bulk action."""

    id: Annotated[str, Meta(max_length=100)]
    type: Literal["dashboard"]


class Bulk(msgspec.Struct):
    """The body of a bulk action."""

    data: Annotated[list[Named], Meta(min_length=1, max_length=1_000)]


async def create(host: Host, asked: Asked) -> Answer:
    """`POST /api/v1/dashboard`."""
    row = await insert_dashboard(
        host.database,
        asked.organization_id,
        _new_id(host.entropy),
        _document(asked, host.entropy),
        author_id=asked.user_id,
        now=asked.now,
        most=_MOST_DASHBOARDS,
    )
    if row is None:
        raise Refused(400, f"An organization has at most {_MOST_DASHBOARDS} dashboards")
    return ok(await _shown(host, asked, row))


async def get(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/dashboard/{dashboard_id}`."""
    row = await dashboard_by_id(host.database, asked.organization_id, asked.parameters["dashboard_id"])
    if row is None:
        raise missing("Dashboard")
    return ok(await _shown(host, asked, row))


async def update(host: Host, asked: Asked) -> Answer:
    """`PUT /api/v1/dashboard/{dashboard_id}`: the whole dashboard is replaced."""
    document = _document(asked, host.entropy)
    id_ = asked.parameters["dashboard_id"]
    row = await replace_dashboard(host.database, asked.organization_id, id_, document, now=asked.now)
    if row is None:
        raise missing("Dashboard")
    return ok(await _shown(host, asked, row))


async def delete(host: Host, asked: Asked) -> Answer:
    """`DELETE /api/v1/dashboard/{dashboard_id}`: it can be restored."""
    id_ = asked.parameters["dashboard_id"]
    if not await mark_dashboards(host.database, asked.organization_id, [id_], deleted_at=asked.now):
        raise missing("Dashboard")
    return ok({"deleted_dashboard_id": id_})


async def delete_many(host: Host, asked: Asked) -> Answer:
    """`DELETE /api/v1/dashboard`: all that are named, or none."""
    return await _mark(host, asked, deleted=True)


async def restore_many(host: Host, asked: Asked) -> Answer:
    """`PATCH /api/v1/dashboard`: all that are named, or none."""
    return await _mark(host, asked, deleted=False)


async def _mark(host: Host, asked: Asked, *, deleted: bool) -> Answer:
    ids = sorted({named.id for named in asked.json_as(Bulk).data})
    deleted_at = asked.now if deleted else None
    if not await mark_dashboards(host.database, asked.organization_id, ids, deleted_at=deleted_at):
        raise missing("Dashboard")
    return Answer(204, b"")


async def list_v1(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/dashboard`: the last changed first; nothing is shared with the public here."""
    deleted = asked.one_of("filter[deleted]", ("true", "false"), "false") == "true"
    if asked.one_of("filter[shared]", ("true", "false"), "false") == "true":
        return ok({"dashboards": []})
    rows = await list_dashboards(
        host.database,
        asked.organization_id,
        deleted=deleted,
        offset=asked.integer("start", 0, most=1_000_000),
        limit=asked.integer("count", 100, least=1, most=1_000),
    )
    handles = await _handles(host, asked, rows)
    return ok({"dashboards": [_summary(row, handles) for row in rows]})


def _document(asked: Asked, entropy: Entropy) -> Json:
    sent = asked.json_as(Document)
    for index, widget in enumerate(sent.widgets):
        if not isinstance(widget.definition.get("type"), str):
            raise Refused(400, f"Invalid value for 'widgets[{index}].definition.type': Expected `str`")
        if widget.id is msgspec.UNSET:
            widget.id = int.from_bytes(entropy.bytes(6), "big")
    document: Json = msgspec.to_builtins(sent)
    refuse_deeper_than(_DEEPEST, document)
    return document


def _new_id(entropy: Entropy) -> str:
    """Three groups of three characters."""
    text = base64.b32encode(entropy.bytes(10)).decode().lower()
    return f"{text[:3]}-{text[3:6]}-{text[6:9]}"


async def _handles(host: Host, asked: Asked, rows: Sequence[Row]) -> Handles:
    authors = {row["author_id"] for row in rows if row["author_id"]}
    return await handles_of(host.database, asked.organization_id, sorted(authors)) if authors else {}


async def _shown(host: Host, asked: Asked, row: Row) -> Json:
    email, name = (await _handles(host, asked, [row])).get(row["author_id"], ("", None))
    absent = {"description": None, "is_read_only": False, "notify_list": None, "template_variables": None}
    return {
        "id": row["id"],
        **absent,
        **row["document"],
        "author_handle": email,
        "author_name": name,
        "url": f"/dashboard/{row['id']}",
        "created_at": row["created_at"],
        "modified_at": row["modified_at"],
    }


def _summary(row: Row, handles: Handles) -> Json:
    return {
        "id": row["id"],
        "title": row["title"],
        "description": row["description"],
        "layout_type": row["layout_type"],
        "is_read_only": False,
        "url": f"/dashboard/{row['id']}",
        "author_handle": handles.get(row["author_id"], ("", ""))[0],
        "created_at": row["created_at"],
        "modified_at": row["modified_at"],
    }
