"""Roles and permissions, over JSON."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from starlette.responses import Response

from latchstring.accounts import roles
from latchstring.accounts.model import Role
from latchstring.accounts.permissions import PLATFORM_PERMISSIONS
from latchstring.accounts.store import roles as store
from latchstring.web.api.answers import Many, One, many, nothing, one
from latchstring.web.api.asking import act_of, ceiling_of, id_of, organization_of
from latchstring.web.api.rows import OWN, holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route

Permissions = Annotated[list[str], Meta(max_length=1000)]


class NewRole(Struct, forbid_unknown_fields=True):
    """A custom role."""

    name: str
    permissions: Permissions


class ChangedRole(Struct, forbid_unknown_fields=True):
    """What is null or left out stays."""

    name: str | None = None
    permissions: Permissions | None = None


class Title(Struct):
    """A text in both languages."""

    en: str
    ko: str


class PermissionLine(Struct):
    """Something that a role may hold: a scope of the host's API, or a permission of the platform itself."""

    name: str
    kind: Literal["scope", "platform"]
    title: Title


async def list_permissions(request: Request) -> Response:
    scopes = [
        PermissionLine(name, "scope", Title(scope.title["en"], scope.title["ko"]))
        for name, scope in request.platform.contract.scopes.items()
    ]
    own = [
        PermissionLine(name, "platform", Title(permission.title_en, permission.title_ko))
        for name, permission in PLATFORM_PERMISSIONS.items()
    ]
    return many(scopes + own, len(scopes) + len(own), lambda permission: permission.name)


async def list_roles(request: Request) -> Response:
    found = await store.roles(request.tx, await organization_of(request))
    return many(found, len(found), lambda role: role.id)


async def create_role(request: Request) -> Response:
    asked = await request.json_as(NewRole)
    made = await roles.create(
        request.tx,
        request.platform.contract,
        request.platform.entropy,
        act_of(request),
        await organization_of(request),
        name=asked.name,
        permissions=asked.permissions,
        ceiling=ceiling_of(request),
    )
    return one(made, 201)


async def read_role(request: Request) -> Response:
    organization_id = await organization_of(request)
    return one(await roles.get(request.tx, organization_id, id_of(request, "role_id")))


async def change_role(request: Request) -> Response:
    asked = await request.json_as(ChangedRole)
    changed = await roles.update(
        request.tx,
        request.platform.contract,
        act_of(request),
        await organization_of(request),
        id_of(request, "role_id"),
        name=asked.name,
        permissions=asked.permissions,
        ceiling=ceiling_of(request),
    )
    return one(changed)


async def delete_role(request: Request) -> Response:
    organization_id = await organization_of(request)
    await roles.delete(request.tx, act_of(request), organization_id, id_of(request, "role_id"))
    return nothing()


_ROLES = "/organizations/{organization_id}/roles"
_ROLE = _ROLES + "/{role_id}"
_MANAGE = holding("members_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", "/permissions", list_permissions, OWN,
        "List what a role may hold", gives=Many[PermissionLine]),
    row("GET", _ROLES, list_roles, _MANAGE, "List an organization's roles", gives=Many[Role]),
    row("POST", _ROLES, create_role, _MANAGE,
        "Create a custom role", takes=NewRole, gives=One[Role], status=201),
    row("GET", _ROLE, read_role, _MANAGE, "Read a role", gives=One[Role]),
    row("PATCH", _ROLE, change_role, _MANAGE, "Change a custom role, at once for all who hold it",
        takes=ChangedRole, gives=One[Role]),
    row("DELETE", _ROLE, delete_role, _MANAGE, "Delete a custom role", status=204),
)  # fmt: skip
