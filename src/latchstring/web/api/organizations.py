"""Organizations, partners and approvals of private scopes, over JSON."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType
from starlette.responses import Response

from latchstring.accounts import organizations
from latchstring.accounts.model import Organization, Partner, PrivateScopeApproval
from latchstring.accounts.store import organizations as store
from latchstring.web.api.answers import Many, One, many, nothing, one
from latchstring.web.api.asking import act_of, organization_of, paging_of
from latchstring.web.api.rows import OPERATOR, OWN, PAGE, holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route


class NewOrganization(Struct, forbid_unknown_fields=True):
    """A sandbox is a partner's; a customer is everybody else."""

    name: str
    kind: Literal["customer", "sandbox"] = "customer"
    subdomain: str | None = None


class ChangedOrganization(Struct, forbid_unknown_fields=True):
    """What is left out stays."""

    name: str | UnsetType = UNSET
    subdomain: str | UnsetType | None = UNSET


class PartnerName(Struct, forbid_unknown_fields=True):
    """The name under which the organization's apps appear."""

    name: str


async def list_organizations(request: Request) -> Response:
    page = paging_of(request)
    found = await store.page(request.tx, page.after_id, page.size + 1)
    return many(found, page.size, lambda organization: organization.id)


async def create_organization(request: Request) -> Response:
    asked = await request.json_as(NewOrganization)
    made = await organizations.create(
        request.tx,
        request.platform.contract,
        request.platform.entropy,
        act_of(request),
        name=asked.name,
        kind=asked.kind,
        subdomain=asked.subdomain,
    )
    return one(made, 201)


async def read_organization(request: Request) -> Response:
    return one(await organizations.get(request.tx, await organization_of(request)))


async def change_organization(request: Request) -> Response:
    asked = await request.json_as(ChangedOrganization)
    before = await organizations.get(request.tx, await organization_of(request))
    name = before.name if asked.name is UNSET else asked.name
    subdomain = before.subdomain if asked.subdomain is UNSET else asked.subdomain
    return one(
        await organizations.rename(request.tx, act_of(request), before.id, name=name, subdomain=subdomain)
    )


async def disable_organization(request: Request) -> Response:
    organization_id = await organization_of(request)
    await organizations.disable(request.tx, act_of(request), organization_id)
    return one(await organizations.get(request.tx, organization_id))


async def enable_organization(request: Request) -> Response:
    await organizations.enable(request.tx, act_of(request), await organization_of(request))
    return nothing()


async def list_partners(request: Request) -> Response:
    page = paging_of(request)
    found = await store.partners_page(request.tx, page.after_id, page.size + 1)
    return many(found, page.size, lambda partner: partner.organization_id)


async def read_partner(request: Request) -> Response:
    return one(await organizations.partner(request.tx, await organization_of(request)))


async def name_partner(request: Request) -> Response:
    asked = await request.json_as(PartnerName)
    organization_id = await organization_of(request)
    return one(await organizations.name_partner(request.tx, act_of(request), organization_id, asked.name))


async def approve_partner(request: Request) -> Response:
    organization_id = await organization_of(request)
    return one(await organizations.approve_partner(request.tx, act_of(request), organization_id))


async def unapprove_partner(request: Request) -> Response:
    await organizations.unapprove_partner(request.tx, act_of(request), await organization_of(request))
    return nothing()


async def list_approvals(request: Request) -> Response:
    found = await store.approvals(request.tx, await organization_of(request))
    return many(found, len(found), lambda approval: approval.scope)


async def approve_scope(request: Request) -> Response:
    organization_id = await organization_of(request)
    await organizations.approve_private_scope(
        request.tx,
        request.platform.contract,
        act_of(request),
        organization_id,
        request.path_params["scope"],
    )
    return await list_approvals(request)


async def withdraw_scope(request: Request) -> Response:
    organization_id = await organization_of(request)
    await organizations.withdraw_private_scope(
        request.tx, act_of(request), organization_id, request.path_params["scope"]
    )
    return nothing()


_ONE = "/organizations/{organization_id}"
_PARTNER = "/partners/{organization_id}"
_APPROVALS = _PARTNER + "/private_scope_approvals"
_APPS = holding("apps_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", "/organizations", list_organizations, OPERATOR, "List organizations",
        gives=Many[Organization], query=PAGE),
    row("POST", "/organizations", create_organization, OPERATOR,
        "Create an organization with its managed roles",
        takes=NewOrganization, gives=One[Organization], status=201),
    row("GET", _ONE, read_organization, OWN, "Read an organization", gives=One[Organization]),
    row("PATCH", _ONE, change_organization, holding("organization_manage"), "Change an organization",
        takes=ChangedOrganization, gives=One[Organization]),
    row("PUT", _ONE + "/disablement", disable_organization, OPERATOR,
        "Disable an organization: nobody acts in it, none of its tokens works", gives=One[Organization]),
    row("DELETE", _ONE + "/disablement", enable_organization, OPERATOR,
        "Enable an organization again", status=204),
    row("GET", "/partners", list_partners, OPERATOR, "List partners", gives=Many[Partner], query=PAGE),
    row("GET", _PARTNER, read_partner, _APPS, "Read a partner", gives=One[Partner]),
    row("PUT", _PARTNER, name_partner, OPERATOR, "Name a sandbox organization's partner",
        takes=PartnerName, gives=One[Partner]),
    row("PUT", _PARTNER + "/approval", approve_partner, OPERATOR, "Approve a partner", gives=One[Partner]),
    row("DELETE", _PARTNER + "/approval", unapprove_partner, OPERATOR,
        "Withdraw a partner's approval", status=204),
    row("GET", _APPROVALS, list_approvals, _APPS, "List the private scopes that a partner may request",
        gives=Many[PrivateScopeApproval]),
    row("PUT", _APPROVALS + "/{scope}", approve_scope, OPERATOR, "Approve a private scope for a partner",
        gives=Many[PrivateScopeApproval]),
    row("DELETE", _APPROVALS + "/{scope}", withdraw_scope, OPERATOR,
        "Withdraw an approval; the scope leaves the partner's test clients at once", status=204),
)  # fmt: skip
