"""What a request of the administration API asks: as whom, in which organization, which page of a list."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from latchstring.accounts import organizations
from latchstring.accounts.refused import Missing
from latchstring.apps.clients import Smithy
from latchstring.audit.entries import Act
from latchstring.web.api.answers import BadQuery
from latchstring.web.http import Request, path_uuid

_MOST = 100


@dataclass(frozen=True, slots=True)
class Paging:
    """A page: what comes after the cursor, and how much."""

    after: str | None
    size: int

    @property
    def after_id(self) -> UUID | None:
        """The cursor of lists that are in order of ids.

        Raises:
            BadQuery: it is none.
        """
        try:
            return UUID(self.after) if self.after else None
        except ValueError:
            raise BadQuery("is not a cursor of this list", field="page[after]") from None

    @property
    def after_number(self) -> int | None:
        """The cursor of lists that are in order of numbers.

        Raises:
            BadQuery: it is none.
        """
        if not self.after:
            return None
        if not (self.after.isascii() and self.after.isdigit() and len(self.after) < 19):
            raise BadQuery("is not a cursor of this list", field="page[after]")
        return int(self.after)

    @property
    def after_moment(self) -> tuple[datetime, UUID] | None:
        """The cursor of lists that are in order of a time and an id: both, with `~` between.

        Raises:
            BadQuery: it is none.
        """
        if not self.after:
            return None
        moment, _, number = self.after.partition("~")
        try:
            at = datetime.fromisoformat(moment)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)), UUID(number)
        except ValueError:
            raise BadQuery("is not a cursor of this list", field="page[after]") from None


def act_of(request: Request) -> Act:
    """Who does it, now, in this request."""
    return Act(request.credential.actor, request.platform.clock.now(), request.id)


def smithy_of(request: Request) -> Smithy:
    """What new client secrets are made from."""
    platform = request.platform
    return Smithy(platform.shared_keys, platform.entropy, platform.site.key)


def query_of(request: Request, name: str) -> str | None:
    """A query parameter; empty is like none.

    Raises:
        BadQuery: it is there twice, or no text.
    """
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise BadQuery("is there twice", field=name)
    if values and not (values[0].isprintable() and len(values[0]) <= 300):
        raise BadQuery("is no text, or too long", field=name)
    return values[0] if values and values[0] else None


def moment_of(request: Request, name: str) -> datetime | None:
    """A time in the query, with its zone.

    Raises:
        BadQuery: it is none.
    """
    text = query_of(request, name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadQuery("must be a time with its zone, such as 2026-11-23T12:00:00Z", field=name)
    return moment


def paging_of(request: Request) -> Paging:
    """The page that is asked for: `page[after]` and `page[size]`, 50 unless it says 1 to 100."""
    size = query_of(request, "page[size]") or "50"
    if not (size.isascii() and size.isdigit() and 1 <= int(size[:9]) <= _MOST):
        raise BadQuery(f"must be a number from 1 to {_MOST}", field="page[size]")
    return Paging(query_of(request, "page[after]"), int(size))


async def organization_of(request: Request) -> UUID:
    """The organization in the path: any for an operator, only their own for everybody else.

    Raises:
        Missing: there is none of that id, or it is somebody else's.
    """
    asked = path_uuid(request, "organization_id")
    own = request.credential.organization_id
    if not request.credential.is_operator and asked != own:
        raise Missing("organization")
    return (await organizations.get(request.tx, asked)).id


def user_of(request: Request) -> UUID:
    """The user in the path: any for an operator, only themselves for everybody else.

    Raises:
        Missing: it is no id, or somebody else's.
    """
    asked = path_uuid(request, "user_id")
    if asked is None or not (request.credential.is_operator or asked == request.credential.user_id):
        raise Missing("user")
    return asked


def ceiling_of(request: Request) -> frozenset[str] | None:
    """What the caller may put into roles: what they hold, or anything for an operator."""
    return None if request.credential.is_operator else request.credential.permissions


def id_of(request: Request, name: str) -> UUID:
    """The id in the path.

    Raises:
        Missing: it is none, so nothing has it.
    """
    found = path_uuid(request, name)
    if found is None:
        raise Missing()
    return found
