"""A monitor's content as clients send it: what is required, and what each field may be. Pure."""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from latchstring.sample_host.answers import invalid
from latchstring.sample_host.bodies import refuse_deeper_than
from latchstring.sample_host.tags import Tag

_DEEPEST = 20
Seconds = Annotated[int, Meta(ge=0, le=2**31 - 1)] | None
Threshold = Annotated[float, Meta(ge=-1e290, le=1e290)] | None
MonitorType = Literal[
    "audit alert",
    "ci-pipelines alert",
    "ci-tests alert",
    "composite",
    "cost alert",
    "data-jobs alert",
    "data-quality alert",
    "database-monitoring alert",
    "error-tracking alert",
    "event alert",
    "event-v2 alert",
    "llm-observability alert",
    "log alert",
    "metric alert",
    "network-path alert",
    "network-performance alert",
    "process alert",
    "query alert",
    "rum alert",
    "service check",
    "slo alert",
    "synthetics alert",
    "trace-analytics alert",
]
_METRIC_ALERT = re.compile(
    r"\s*(?:avg|sum|min|max|change|pct_change|percentile)\([^()]{1,200}\)\s*:.{1,3900}?"
    r"\s(?:>=|<=|>|<|==|!=)\s*-?[0-9]{1,20}(?:\.[0-9]{1,20})?\s*",
    re.DOTALL,
)


class Thresholds(msgspec.Struct, omit_defaults=True):
    """`options.thresholds`."""

    ok: Threshold = None
    warning: Threshold = None
    critical: Threshold = None
    unknown: Threshold = None
    warning_recovery: Threshold = None
    critical_recovery: Threshold = None


class Options(msgspec.Struct):
    """The fields of `options` whose type is checked; others are kept as they are."""

    thresholds: Thresholds | None = None
    notify_no_data: bool | None = None
    no_data_timeframe: Seconds = None
    notify_audit: bool | None = None
    include_tags: bool | None = None
    require_full_window: bool | None = None
    evaluation_delay: Seconds = None
    new_group_delay: Seconds = None
    new_host_delay: Seconds = None
    renotify_interval: Seconds = None
    renotify_occurrences: Seconds = None
    renotify_statuses: list[Literal["alert", "warn", "no data"]] | None = None
    min_failure_duration: Annotated[int, Meta(ge=0, le=7200)] | None = None
    timeout_h: Annotated[int, Meta(ge=0, le=24)] | None = None
    escalation_message: Annotated[str, Meta(max_length=20_000)] | None = None
    on_missing_data: Literal["default", "show_no_data", "show_and_notify_no_data", "resolve"] | None = None
    locked: bool | None = None
    silenced: dict[str, int | None] | None = None


class Changed(msgspec.Struct):
    """The fields of a monitor that may be sent, all optional."""

    name: Annotated[str, Meta(min_length=1, max_length=1_000)] | msgspec.UnsetType = msgspec.UNSET
    type: MonitorType | msgspec.UnsetType = msgspec.UNSET
    query: Annotated[str, Meta(min_length=1, max_length=10_000)] | msgspec.UnsetType = msgspec.UNSET
    message: Annotated[str, Meta(max_length=20_000)] | msgspec.UnsetType = msgspec.UNSET
    tags: Annotated[list[Tag], Meta(max_length=100)] | msgspec.UnsetType | None = msgspec.UNSET
    options: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    priority: Annotated[int, Meta(ge=1, le=5)] | msgspec.UnsetType | None = msgspec.UNSET
    restricted_roles: (
        Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=100)] | msgspec.UnsetType | None
    ) = msgspec.UNSET
    draft_status: Literal["draft", "published"] | msgspec.UnsetType = msgspec.UNSET


_EMPTY: dict[str, Any] = {
    "name": "",
    "message": "",
    "tags": [],
    "options": {},
    "priority": None,
    "restricted_roles": None,
    "draft_status": "published",
}


def new_document(sent: Changed) -> dict[str, Any]:
    """The content of a new monitor; refuses when the type or the query is missing."""
    for name in ("type", "query"):
        if getattr(sent, name) is msgspec.UNSET:
            raise invalid(f"Missing required field '{name}'")
    document = changed_document(_EMPTY, sent)
    document["name"] = document["name"] or document["query"][:200]
    return document


def changed_document(before: dict[str, Any], sent: Changed) -> dict[str, Any]:
    """The content with the sent fields in place of the former ones; checked as a whole."""
    document = before | {
        name: value
        for name in Changed.__struct_fields__
        if (value := getattr(sent, name)) is not msgspec.UNSET
    }
    document["tags"] = document["tags"] or []
    _check_options(document["options"])
    _check_query(document["type"], document["query"])
    return document


def _check_options(options: dict[str, Any]) -> None:
    refuse_deeper_than(_DEEPEST, options)
    try:
        msgspec.convert(options, Options)
    except msgspec.ValidationError as problem:
        reason, _, where = str(problem).partition(" - at `")
        place = "options" + where.rstrip("`").removeprefix("$")
        raise invalid(f"Invalid value for '{place}': {reason}") from None


def _check_query(type_: str, query: str) -> None:
    if type_ in ("metric alert", "query alert") and not _METRIC_ALERT.fullmatch(query):
        raise invalid(
            "Invalid value for 'query': expected aggregation(window):metric query comparator threshold, "
            "such as avg(last_5m):avg:cpu.user{*} > 90"
        )
