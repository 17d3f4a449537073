"""Administration on the command line: what the JSON API does, on the database, in the host's name."""

from typing import Annotated, Any

import typer

from latchstring.accounts import credentials, organizations, resource_servers
from latchstring.accounts.model import OrganizationKind
from latchstring.accounts.refused import Conflict, Missing
from latchstring.accounts.store import organizations as organization_store
from latchstring.accounts.store import people as people_store
from latchstring.cli import finding
from latchstring.cli.finding import Named, Person
from latchstring.cli.running import AsJson, Desk, run

operator = typer.Typer(no_args_is_help=True, help="Credentials of the host's operators.")
organization = typer.Typer(no_args_is_help=True, help="Organizations: customers, and partners' sandboxes.")
partner = typer.Typer(no_args_is_help=True, help="Partners, who build apps.")
scope = typer.Typer(no_args_is_help=True, help="Private scopes, which partners may request when approved.")
resource_server = typer.Typer(
    no_args_is_help=True, help="Programs of the host that may introspect any token."
)
credential = typer.Typer(no_args_is_help=True, help="Personal credentials for the JSON API.")


def register(app: typer.Typer) -> None:
    """Add the administration commands to the command line."""
    groups = {
        "operator": operator,
        "organization": organization,
        "partner": partner,
        "scope": scope,
        "resource-server": resource_server,
        "credential": credential,
    }
    for name, group in groups.items():
        app.add_typer(group, name=name)


@operator.command("create")
def create_operator(
    name: Annotated[str, typer.Option(help="What the credential is for.")] = "operator",
    another: Annotated[bool, typer.Option("--another", help="Even though there is one already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Mint an operator credential; its value is printed once. Without --another only the first one."""

    async def work(desk: Desk) -> Any:
        platform = desk.platform
        mint = credentials.mint if another else credentials.mint_first_operator
        minted = await mint(
            desk.tx, platform.keys, platform.entropy, desk.act, site=platform.site.key, name=name
        )
        if minted is None:
            raise Conflict("there is an operator credential already; --another makes one more")
        return minted

    run(work, as_json=as_json)


@credential.command("create")
def create_credential(
    user: Person,
    organization: Annotated[str, typer.Option(help="Where it acts: id, subdomain or name.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    as_json: AsJson = False,
) -> None:
    """Mint a member's personal credential; its value is printed once."""

    async def work(desk: Desk) -> Any:
        found, person = await finding.organization(desk, organization), await finding.user(desk, user)
        if not await people_store.is_member(desk.tx, found.id, person.id):
            raise Missing("member")
        return await credentials.mint(
            desk.tx,
            desk.platform.keys,
            desk.platform.entropy,
            desk.act,
            site=desk.platform.site.key,
            name=name,
            holder=credentials.Holder(found.id, person.id),
        )

    run(work, as_json=as_json)


@organization.command("create")
def create_organization(
    name: str,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="A partner's sandbox.")] = False,
    subdomain: Annotated[str | None, typer.Option(help="A host name label of its own.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create an organization with its managed roles."""
    kind: OrganizationKind = "sandbox" if sandbox else "customer"

    async def work(desk: Desk) -> Any:
        platform = desk.platform
        return await organizations.create(
            desk.tx,
            platform.contract,
            platform.entropy,
            desk.act,
            name=name,
            kind=kind,
            subdomain=subdomain,
        )

    run(work, as_json=as_json)


@organization.command("list")
def list_organizations(as_json: AsJson = False) -> None:
    """List all organizations."""
    run(lambda desk: organization_store.page(desk.tx, None, 100_000), as_json=as_json)


@organization.command("disable")
def disable_organization(organization: Named, as_json: AsJson = False) -> None:
    """Disable an organization: nobody acts in it, and none of its tokens works."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        await organizations.disable(desk.tx, desk.act, found.id)
        return await organizations.get(desk.tx, found.id)

    run(work, as_json=as_json)


@organization.command("enable")
def enable_organization(organization: Named, as_json: AsJson = False) -> None:
    """Enable an organization again."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        await organizations.enable(desk.tx, desk.act, found.id)
        return await organizations.get(desk.tx, found.id)

    run(work, as_json=as_json)


@partner.command("name")
def name_partner(organization: Named, name: str, as_json: AsJson = False) -> None:
    """Name the partner of a sandbox organization."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        return await organizations.name_partner(desk.tx, desk.act, found.id, name)

    run(work, as_json=as_json)


@partner.command("approve")
def approve_partner(organization: Named, as_json: AsJson = False) -> None:
    """Approve a partner: its clients are shown as verified."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        return await organizations.approve_partner(desk.tx, desk.act, found.id)

    run(work, as_json=as_json)


@partner.command("unapprove")
def unapprove_partner(organization: Named, as_json: AsJson = False) -> None:
    """Withdraw a partner's approval."""

    async def work(desk: Desk) -> None:
        found = await finding.organization(desk, organization)
        await organizations.unapprove_partner(desk.tx, desk.act, found.id)

    run(work, as_json=as_json)


@scope.command("approve")
def approve_scope(organization: Named, scope: str, as_json: AsJson = False) -> None:
    """Let a partner's clients request a private scope."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        await organizations.approve_private_scope(desk.tx, desk.platform.contract, desk.act, found.id, scope)
        return await organization_store.approvals(desk.tx, found.id)

    run(work, as_json=as_json)


@scope.command("withdraw")
def withdraw_scope(organization: Named, scope: str, as_json: AsJson = False) -> None:
    """Withdraw that; the scope leaves the partner's test clients at once."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        await organizations.withdraw_private_scope(desk.tx, desk.act, found.id, scope)
        return await organization_store.approvals(desk.tx, found.id)

    run(work, as_json=as_json)


@resource_server.command("create")
def create_resource_server(name: str, as_json: AsJson = False) -> None:
    """Register a resource server; its secret is printed once."""

    async def work(desk: Desk) -> Any:
        platform = desk.platform
        return await resource_servers.create(
            desk.tx,
            platform.shared_keys,
            platform.entropy,
            desk.act,
            site=platform.site.key,
            name=name,
        )

    run(work, as_json=as_json)
