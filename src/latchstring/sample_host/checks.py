"""Service checks as clients send them, and what is kept of them. Pure."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from latchstring.sample_host.points import LATEST, identity
from latchstring.sample_host.tags import HostName, Tags, tags_as_kept

MOST_CHECKS = 1_000


class ServiceCheck(msgspec.Struct):
    """One check of `POST /api/v1/check_run`; 0 OK, 1 warning, 2 critical, 3 unknown."""

    check: Annotated[str, Meta(min_length=1, max_length=200)]
    status: Literal[0, 1, 2, 3]
    host_name: HostName = ""
    tags: Tags | None = None
    message: Annotated[str, Meta(max_length=10_000)] | None = None
    timestamp: Annotated[int, Meta(ge=0, le=LATEST)] | None = None


Checks = Annotated[list[ServiceCheck], Meta(max_length=MOST_CHECKS)] | ServiceCheck
#: id, name, host, tags, status, message, second
CheckRow = tuple[UUID, str, str, tuple[str, ...], int, str, int]


def check_rows(checks: list[ServiceCheck] | ServiceCheck, now_s: int) -> list[CheckRow]:
    """The rows to keep, in the order of their ids; of several words on the same check the latest."""
    rows: dict[UUID, CheckRow] = {}
    for check in checks if isinstance(checks, list) else [checks]:
        row = _row(check, now_s)
        if row[0] not in rows or rows[row[0]][6] <= row[6]:
            rows[row[0]] = row
    return [rows[id_] for id_ in sorted(rows)]


def _row(check: ServiceCheck, now_s: int) -> CheckRow:
    tags = tags_as_kept(check.tags or ())
    at = now_s if check.timestamp is None else check.timestamp
    id_ = identity(check.check, check.host_name, *tags)
    return id_, check.check, check.host_name, tags, check.status, check.message or "", at
