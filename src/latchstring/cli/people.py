"""People, members and roles on the command line."""

import os
import sys
from typing import Annotated, Any

import typer

from latchstring.accounts import passwords, people, roles
from latchstring.accounts.model import Locale
from latchstring.accounts.refused import Refused
from latchstring.accounts.sign_in import set_password
from latchstring.accounts.store import people as people_store
from latchstring.accounts.store import roles as role_store
from latchstring.cli import finding
from latchstring.cli.finding import Named, Person
from latchstring.cli.running import AsJson, Desk, run

PASSWORD_VARIABLE = "LATCHSTRING_PASSWORD"

user = typer.Typer(no_args_is_help=True, help="People.")
member = typer.Typer(no_args_is_help=True, help="Who belongs to an organization, with which roles.")
role = typer.Typer(no_args_is_help=True, help="Roles of an organization.")


def register(app: typer.Typer) -> None:
    """Add the commands for people, members and roles."""
    app.add_typer(user, name="user")
    app.add_typer(member, name="member")
    app.add_typer(role, name="role")


@user.command("create")
def create_user(
    email: str,
    name: str,
    language: Annotated[str | None, typer.Option(help="en or ko.")] = None,
    without_password: Annotated[bool, typer.Option("--without-password", help="Set none yet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create a user. The password comes from LATCHSTRING_PASSWORD, or is asked for."""
    password = None if without_password else _password()

    async def work(desk: Desk) -> Any:
        hashed = await passwords.hash_password(passwords.checked_password(password)) if password else None
        return await people.create(
            desk.tx,
            desk.platform.entropy,
            desk.act,
            email=email,
            name=name,
            password_hash=hashed,
            locale=_locale(language),
        )

    run(work, as_json=as_json)


@user.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List all users."""
    run(lambda desk: people_store.page(desk.tx, None, 100_000, None), as_json=as_json)


@user.command("password")
def put_password(user: Person, as_json: AsJson = False) -> None:
    """Set a user's password, from LATCHSTRING_PASSWORD or asked for; their browser sessions end."""
    password = _password()

    async def work(desk: Desk) -> None:
        await set_password(desk.tx, desk.act, (await finding.user(desk, user)).id, password)

    run(work, as_json=as_json)


@user.command("disable")
def disable_user(user: Person, as_json: AsJson = False) -> None:
    """Disable a user: neither they nor their tokens can do anything."""

    async def work(desk: Desk) -> Any:
        found = await finding.user(desk, user)
        await people.disable(desk.tx, desk.act, found.id)
        return await people.get(desk.tx, found.id)

    run(work, as_json=as_json)


@user.command("enable")
def enable_user(user: Person, as_json: AsJson = False) -> None:
    """Enable a user again."""

    async def work(desk: Desk) -> Any:
        found = await finding.user(desk, user)
        await people.enable(desk.tx, desk.act, found.id)
        return await people.get(desk.tx, found.id)

    run(work, as_json=as_json)


@member.command("put")
def put_member(
    organization: Named,
    user: Person,
    role: Annotated[list[str], typer.Option(help="Name of a role; give it again for several.")],
    as_json: AsJson = False,
) -> None:
    """Make somebody a member with exactly these roles."""

    async def work(desk: Desk) -> Any:
        found, person = await finding.organization(desk, organization), await finding.user(desk, user)
        role_ids = await roles.named(desk.tx, found.id, role)
        return await people.put_member(desk.tx, desk.act, found.id, person.id, role_ids)

    run(work, as_json=as_json)


@member.command("list")
def list_members(organization: Named, as_json: AsJson = False) -> None:
    """List an organization's members with their roles."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        return await people_store.members(desk.tx, found.id, None, 100_000)

    run(work, as_json=as_json)


@member.command("end")
def end_membership(organization: Named, user: Person, as_json: AsJson = False) -> None:
    """Take somebody out of an organization; what they authorized there is revoked."""

    async def work(desk: Desk) -> None:
        found, person = await finding.organization(desk, organization), await finding.user(desk, user)
        await people.end_membership(desk.tx, desk.act, found.id, person.id)

    run(work, as_json=as_json)


@role.command("list")
def list_roles(organization: Named, as_json: AsJson = False) -> None:
    """List an organization's roles."""

    async def work(desk: Desk) -> Any:
        return await role_store.roles(desk.tx, (await finding.organization(desk, organization)).id)

    run(work, as_json=as_json)


@role.command("create")
def create_role(
    organization: Named,
    name: str,
    permission: Annotated[list[str] | None, typer.Option(help="Give it again for several.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create a custom role."""

    async def work(desk: Desk) -> Any:
        return await roles.create(
            desk.tx,
            desk.platform.contract,
            desk.platform.entropy,
            desk.act,
            (await finding.organization(desk, organization)).id,
            name=name,
            permissions=permission or [],
            ceiling=None,
        )

    run(work, as_json=as_json)


@role.command("delete")
def delete_role(organization: Named, name: str, as_json: AsJson = False) -> None:
    """Delete a custom role."""

    async def work(desk: Desk) -> None:
        found = await finding.organization(desk, organization)
        (role_id,) = await roles.named(desk.tx, found.id, [name])
        await roles.delete(desk.tx, desk.act, found.id, role_id)

    run(work, as_json=as_json)


def _password() -> str:
    """A password from the environment or the terminal, never from the command line, which others can see."""
    if given := os.environ.get(PASSWORD_VARIABLE):
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


def _locale(language: str | None) -> Locale | None:
    match language:
        case None | "en" | "ko":
            return language
        case _:
            raise Refused("must be en or ko", field="language")
