"""Where a list in order of a time and an id goes on: both, with `~` between, in the query parameter `after`."""

from datetime import UTC, datetime
from uuid import UUID

from latchstring.protocol.client_authentication import uuid_of
from latchstring.web.http import Request


def cursor(moment: datetime, row_id: UUID) -> str:
    """The cursor of a row."""
    return f"{moment.astimezone(UTC).isoformat()}~{row_id}"


def cursor_of(request: Request) -> tuple[datetime, UUID] | None:
    """The cursor that was asked with; what is none is the beginning."""
    moment, _, number = request.query_params.get("after", "")[:100].partition("~")
    row_id = uuid_of(number)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, row_id) if row_id and at.tzinfo else None
