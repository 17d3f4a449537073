"""How commands name things: organizations by id, subdomain or name, people by id or e-mail, roles by name."""

from typing import Annotated
from uuid import UUID

import typer

from latchstring.accounts import organizations, people
from latchstring.accounts.model import Organization, User
from latchstring.accounts.refused import Missing, Refused
from latchstring.accounts.store import organizations as store
from latchstring.cli.running import Desk

Named = Annotated[str, typer.Argument(metavar="ORGANIZATION", help="Id, subdomain or name.")]
Person = Annotated[str, typer.Argument(metavar="USER", help="Id or e-mail address.")]


async def organization(desk: Desk, named: str) -> Organization:
    """The organization of this id, subdomain or name.

    Raises:
        Missing, Refused: there is none, or several have that name.
    """
    if (organization_id := _id(named)) is not None:
        return await organizations.get(desk.tx, organization_id)
    found = await store.named(desk.tx, named)
    if not found:
        raise Missing(f"organization as {named!r}")
    if len(found) > 1:
        raise Refused(f"several organizations are called {named!r}; give the id")
    return found[0]


async def user(desk: Desk, named: str) -> User:
    """The person of this id or e-mail address.

    Raises:
        Missing: there is none.
    """
    if (user_id := _id(named)) is not None:
        return await people.get(desk.tx, user_id)
    found = await people.find_by_email(desk.tx, named)
    if found is None:
        raise Missing(f"user as {named!r}")
    return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
