"""Intake, with an API key: metrics, distributions, checks, events and logs. Answered once committed."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from latchstring.sample_host.answers import Answer, Refused, invalid, ok
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.bodies import decode_json, json_media_type
from latchstring.sample_host.checks import Checks, check_rows
from latchstring.sample_host.event_store import StoredEvent
from latchstring.sample_host.events import event_v1_of
from latchstring.sample_host.host import Host
from latchstring.sample_host.log_lines import LogLine, LogPayload, lines_of_items, lines_of_text
from latchstring.sample_host.log_store import LogBatch
from latchstring.sample_host.metric_store import Submission
from latchstring.sample_host.points import (
    LATEST,
    DistributionPayload,
    Measured,
    PayloadV1,
    PayloadV2,
    measured_distributions,
    measured_v1,
    measured_v2,
)
from latchstring.sample_host.tags import HostName, Tags, tags_as_kept
from latchstring.sample_host.times import milliseconds

_STATUS_OK = ok({"status": "ok"}, 202)
_NO_ERRORS = ok({"errors": []}, 202)
_NOTHING = ok({}, 202)
_VALID = ok({"valid": True})
_LINES = ("text/plain", "application/logplex-1")


async def validate(_: Host, __: Asked) -> Answer:
    """`GET /api/v1/validate`: the key was accepted before this was called."""
    return _VALID


async def submit_series_v1(host: Host, asked: Asked) -> Answer:
    """`POST /api/v1/series`."""
    await _keep(host, asked, measured_v1(asked.json_as(PayloadV1)))
    return _STATUS_OK


async def submit_series_v2(host: Host, asked: Asked) -> Answer:
    """`POST /api/v2/series`."""
    await _keep(host, asked, measured_v2(asked.json_as(PayloadV2)))
    return _NO_ERRORS


async def submit_distributions(host: Host, asked: Asked) -> Answer:
    """`POST /api/v1/distribution_points`."""
    await _keep(host, asked, measured_distributions(asked.json_as(DistributionPayload)))
    return _STATUS_OK


async def _keep(host: Host, asked: Asked, measured: Measured) -> None:
    if measured.series:
        now_s = int(asked.now.timestamp())
        await host.submit_metrics(Submission(asked.organization_id, measured, now_s))


async def submit_checks(host: Host, asked: Asked) -> Answer:
    """`POST /api/v1/check_run`: one check or a list."""
    now_s = int(asked.now.timestamp())
    rows = check_rows(asked.json_as(Checks), now_s)  # type: ignore[arg-type]
    if rows:
        await host.submit_checks(asked.organization_id, rows, now_s)
    return _STATUS_OK


async def submit_logs(host: Host, asked: Asked) -> Answer:
    """`POST /api/v2/logs` and `POST /v1/input`: one object, an array, or lines of text."""
    now_ms = milliseconds(asked.now)
    await host.submit_logs(LogBatch(asked.organization_id, _lines(asked, now_ms), now_ms // 1000))
    return _NOTHING


def _lines(asked: Asked, now_ms: int) -> list[LogLine]:
    if asked.content_type.partition(";")[0].strip().lower() in _LINES:
        return lines_of_text(_text(asked.body), asked.query, now_ms)
    json_media_type(asked.content_type)
    return lines_of_items(decode_json(asked.body, LogPayload), asked.query, now_ms)  # type: ignore[arg-type]


def _text(body: bytes) -> str:
    if b"\x00" in body:
        raise invalid("NUL characters are not accepted")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise invalid("The payload is not text in UTF-8") from None


class EventV1(msgspec.Struct):
    """The body of `POST /api/v1/events`."""

    title: Annotated[str, Meta(min_length=1, max_length=500)]
    text: Annotated[str, Meta(max_length=4_000)]
    date_happened: Annotated[int, Meta(ge=0, le=LATEST)] | None = None
    priority: Literal["normal", "low"] | None = None
    host: HostName | None = None
    tags: Tags | None = None
    alert_type: (
        Literal["error", "warning", "info", "success", "user_update", "recommendation", "snapshot"] | None
    ) = None
    aggregation_key: Annotated[str, Meta(max_length=100)] | None = None
    source_type_name: Annotated[str, Meta(max_length=200)] | None = None
    related_event_id: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    device_name: Annotated[str, Meta(max_length=255)] | None = None


async def submit_event(host: Host, asked: Asked) -> Answer:
    """`POST /api/v1/events`: the answer holds the event as it can be read from now on."""
    now_s = int(asked.now.timestamp())
    event = _event(host, asked, asked.json_as(EventV1), now_s)
    await host.submit_event(event, now_s)
    return ok({"status": "ok", "event": event_v1_of(event)}, 202)


def _event(host: Host, asked: Asked, given: EventV1, now_s: int) -> StoredEvent:
    at_s = now_s if given.date_happened is None else given.date_happened
    if at_s > now_s + 86_400:
        raise Refused(400, "Invalid value for 'date_happened': more than a day in the future")
    return StoredEvent(
        organization_id=asked.organization_id,
        id=int.from_bytes(host.entropy.bytes(8), "big") >> 1,
        at_s=at_s,
        title=given.title,
        body=given.text,
        priority=given.priority or "normal",
        alert_type=given.alert_type or "info",
        host=given.host or "",
        source=given.source_type_name or "",
        device=given.device_name or "",
        aggregation_key=given.aggregation_key or "",
        related_event_id=given.related_event_id,
        tags=tags_as_kept(given.tags or ()),
    )
