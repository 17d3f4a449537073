"""Users, roles and permissions (v2), read with a token."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from latchstring.sample_host.answers import Answer, invalid, missing, ok
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.host import Host
from latchstring.sample_host.people_store import (
    count_roles,
    count_users,
    list_roles,
    list_users,
    permissions_of,
    roles_by_id,
    user_by_id,
)
from latchstring.sample_host.points import identity
from latchstring.storage.database import Row

_USUAL_PAGE = 10
_MOST = 1_000
Json = dict[str, Any]


async def users(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/users`."""
    rows = await _users(host, asked, None)
    roles = await roles_by_id(host.database, asked.organization_id, _roles_named(rows))
    total = await count_users(host.database, asked.organization_id)
    return ok(
        _page([_user(row, asked) for row in rows], rows, total) | {"included": [_role(r) for r in roles]}
    )


async def role_users(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/roles/{role_id}/users`."""
    role = await _found_role(host, asked)
    rows = await _users(host, asked, role["id"])
    return ok(_page([_user(row, asked) for row in rows], rows, role["user_count"]))


async def user(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/users/{user_id}`."""
    row = await _found_user(host, asked)
    roles = await roles_by_id(host.database, asked.organization_id, row["roles"])
    return ok({"data": _user(row, asked), "included": [_role(role) for role in roles]})


async def user_permissions(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/users/{user_id}/permissions`."""
    row = await _found_user(host, asked)
    roles = await roles_by_id(host.database, asked.organization_id, row["roles"])
    return _permissions({name for role in roles for name in role["permissions"]})


async def roles(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/roles`."""
    sort, descending = _sorted(asked, ("name", "modified_at", "user_count"))
    rows = await list_roles(
        host.database,
        asked.organization_id,
        like=asked.query.get("filter", ""),
        sort=sort,
        descending=descending,
        **_paged(asked),
    )
    total = await count_roles(host.database, asked.organization_id)
    return ok(_page([_role(row) for row in rows], rows, total))


async def role(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/roles/{role_id}`."""
    return ok({"data": _role(await _found_role(host, asked))})


async def role_permissions(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/roles/{role_id}/permissions`."""
    return _permissions((await _found_role(host, asked))["permissions"])


async def permissions(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/permissions`: those that some role of the organization holds."""
    return _permissions(await permissions_of(host.database, asked.organization_id))


async def _users(host: Host, asked: Asked, role_id: UUID | None) -> list[Row]:
    sort, descending = _sorted(asked, ("name", "email", "modified_at"))
    return await list_users(
        host.database,
        asked.organization_id,
        like=asked.query.get("filter", ""),
        disabled=_disabled(asked),
        role_id=role_id,
        sort=sort,
        descending=descending,
        **_paged(asked),
    )


def _disabled(asked: Asked) -> bool | None:
    """Which users `filter[status]` takes: words of Active, Pending and Disabled, separated by commas."""
    wanted = {word.lower() for word in asked.words("filter[status]")}
    if not wanted <= {"active", "pending", "disabled"}:
        raise invalid("Parameter 'filter[status]' takes Active, Pending and Disabled")
    if not wanted or wanted >= {"active", "disabled"}:
        return None
    return "disabled" in wanted


def _paged(asked: Asked) -> dict[str, int]:
    size = asked.integer("page[size]", _USUAL_PAGE, least=1, most=_MOST)
    return {"offset": size * asked.integer("page[number]", 0, most=1_000_000), "limit": size}


def _sorted(asked: Asked, columns: tuple[str, ...]) -> tuple[str, bool]:
    choices = (*columns, *(f"-{column}" for column in columns))
    sort = asked.one_of("sort", choices, "name")
    descending = sort.startswith("-") or asked.one_of("sort_dir", ("asc", "desc"), "asc") == "desc"
    return sort.removeprefix("-"), descending


async def _found_user(host: Host, asked: Asked) -> Row:
    id_ = asked.path_uuid("user_id")
    row = None if id_ is None else await user_by_id(host.database, asked.organization_id, id_)
    if row is None:
        raise missing("User")
    return row


async def _found_role(host: Host, asked: Asked) -> Row:
    id_ = asked.path_uuid("role_id")
    rows = [] if id_ is None else await roles_by_id(host.database, asked.organization_id, [id_])
    if not rows:
        raise missing("Role")
    return rows[0]


def _roles_named(rows: Iterable[Row]) -> list[UUID]:
    return sorted({role_id for row in rows for role_id in row["roles"]})


def _page(data: list[Json], rows: Sequence[Row], total: int) -> Json:
    filtered = rows[0]["matching"] if rows else 0
    return {"data": data, "meta": {"page": {"total_count": total, "total_filtered_count": filtered}}}


def _user(row: Row, asked: Asked) -> Json:
    return {
        "type": "users",
        "id": str(row["id"]),
        "attributes": {
            "name": row["name"],
            "handle": row["email"],
            "email": row["email"],
            "created_at": row["created_at"],
            "modified_at": row["modified_at"],
            "disabled": row["disabled"],
            "status": "Disabled" if row["disabled"] else "Active",
            "verified": True,
            "service_account": False,
            "title": None,
            "icon": "",
        },
        "relationships": {
            "roles": {"data": [{"type": "roles", "id": str(role_id)} for role_id in row["roles"]]},
            "org": {"data": {"type": "orgs", "id": str(asked.organization_id)}},
        },
    }


def _role(row: Row) -> Json:
    return {
        "type": "roles",
        "id": str(row["id"]),
        "attributes": {
            "name": row["name"],
            "created_at": row["created_at"],
            "modified_at": row["created_at"],
            "user_count": row["user_count"],
        },
        "relationships": {
            "permissions": {
                "data": [{"type": "permissions", "id": _permission_id(name)} for name in row["permissions"]]
            }
        },
    }


def _permissions(names: Iterable[str]) -> Answer:
    return ok({"data": [_permission(name) for name in sorted(names)]})


def _permission(name: str) -> Json:
    title = name.replace("_", " ").capitalize()
    shown = {
        "name": name,
        "display_name": title,
        "display_type": "other",
        "group_name": "",
        "restricted": False,
    }
    return {"type": "permissions", "id": _permission_id(name), "attributes": {**shown, "description": title}}


def _permission_id(name: str) -> str:
    return str(identity("permission", name))
