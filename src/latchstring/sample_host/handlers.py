"""Every operation that the sample host implements, by method and path, and how it is treated."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from latchstring.sample_host import (
    dashboards,
    events,
    hosts,
    intake,
    logs,
    metrics,
    monitors,
    people,
)
from latchstring.sample_host.answers import Answer, ErrorShape
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.host import Host

Handler = Callable[[Host, Asked], Awaitable[Answer]]
_PARAMETER = re.compile(r"\{[^{}]*\}")
_DOCUMENT_LIMIT = 1024 * 1024
_MONITOR_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Served:
    """A handler. `intake`: its body may be as large as intake allows; `counted`: the rate of its calls is
    bounded and told.
    """

    handler: Handler
    has_body: bool = False
    intake: bool = False
    counted: bool = False
    errors: ErrorShape = ErrorShape.STRINGS
    body_limit: int = _DOCUMENT_LIMIT


def _taken(handler: Handler, errors: ErrorShape = ErrorShape.STRINGS) -> Served:
    return Served(handler, has_body=True, intake=True, errors=errors)


def _read(handler: Handler, errors: ErrorShape = ErrorShape.STRINGS) -> Served:
    return Served(handler, counted=True, errors=errors)


def _searched(handler: Handler) -> Served:
    return Served(handler, has_body=True, counted=True, body_limit=64 * 1024)


def _written(handler: Handler, body_limit: int = _DOCUMENT_LIMIT) -> Served:
    return Served(handler, has_body=True, body_limit=body_limit)


def handler_key(method: str, path: str) -> tuple[str, str]:
    """What an operation is known by: parameters in the path whatever they are called."""
    return method.upper(), _PARAMETER.sub("{}", path)


_SERVED = {
    # Intake, with an API key
    ("GET", "/api/v1/validate"): Served(intake.validate),
    ("POST", "/api/v1/series"): _taken(intake.submit_series_v1),
    ("POST", "/api/v2/series"): _taken(intake.submit_series_v2),
    ("POST", "/api/v1/distribution_points"): _taken(intake.submit_distributions),
    ("POST", "/api/v1/check_run"): _taken(intake.submit_checks),
    ("POST", "/api/v1/events"): _taken(intake.submit_event),
    ("POST", "/api/v2/logs"): _taken(intake.submit_logs, ErrorShape.OBJECTS),
    ("POST", "/v1/input"): _taken(intake.submit_logs, ErrorShape.CODE),
    # Monitors
    ("GET", "/api/v1/monitor"): _read(monitors.list_v1),
    ("POST", "/api/v1/monitor"): _written(monitors.create, _MONITOR_LIMIT),
    ("GET", "/api/v1/monitor/search"): _read(monitors.search),
    ("GET", "/api/v1/monitor/can_delete"): _read(monitors.can_delete),
    ("POST", "/api/v1/monitor/validate"): _written(monitors.validate, _MONITOR_LIMIT),
    ("GET", "/api/v1/monitor/{monitor_id}"): _read(monitors.get),
    ("PUT", "/api/v1/monitor/{monitor_id}"): _written(monitors.update, _MONITOR_LIMIT),
    ("DELETE", "/api/v1/monitor/{monitor_id}"): Served(monitors.delete),
    ("POST", "/api/v1/monitor/{monitor_id}/validate"): _written(monitors.validate_existing, _MONITOR_LIMIT),
    # Dashboards
    ("GET", "/api/v1/dashboard"): _read(dashboards.list_v1),
    ("POST", "/api/v1/dashboard"): _written(dashboards.create),
    ("DELETE", "/api/v1/dashboard"): _written(dashboards.delete_many),
    ("PATCH", "/api/v1/dashboard"): _written(dashboards.restore_many),
    ("GET", "/api/v1/dashboard/{dashboard_id}"): _read(dashboards.get),
    ("PUT", "/api/v1/dashboard/{dashboard_id}"): _written(dashboards.update),
    ("DELETE", "/api/v1/dashboard/{dashboard_id}"): Served(dashboards.delete),
    # Events
    ("GET", "/api/v1/events"): _read(events.list_v1),
    ("GET", "/api/v1/events/{event_id}"): _read(events.get_v1),
    ("GET", "/api/v2/events"): _read(events.list_v2),
    ("POST", "/api/v2/events/search"): _searched(events.search_v2),
    ("GET", "/api/v2/events/{event_id}"): _read(events.get_v2, ErrorShape.OBJECTS),
    # Metrics
    ("GET", "/api/v1/metrics"): _read(metrics.list_active),
    ("GET", "/api/v1/metrics/{metric_name}"): _read(metrics.metadata),
    ("GET", "/api/v1/search"): _read(metrics.search),
    ("GET", "/api/v1/query"): _read(metrics.query),
    ("GET", "/api/v2/metrics"): _read(metrics.list_v2),
    ("GET", "/api/v2/metrics/{metric_name}/all-tags"): _read(metrics.all_tags),
    # Logs
    ("GET", "/api/v2/logs/events"): _read(logs.list_v2),
    ("POST", "/api/v2/logs/events/search"): _searched(logs.search_v2),
    # Hosts
    ("GET", "/api/v1/hosts"): _read(hosts.list_v1),
    ("GET", "/api/v1/hosts/totals"): _read(hosts.totals_v1),
    # People
    ("GET", "/api/v2/users"): _read(people.users),
    ("GET", "/api/v2/users/{user_id}"): _read(people.user),
    ("GET", "/api/v2/users/{user_id}/permissions"): _read(people.user_permissions),
    ("GET", "/api/v2/roles"): _read(people.roles),
    ("GET", "/api/v2/roles/{role_id}"): _read(people.role),
    ("GET", "/api/v2/roles/{role_id}/permissions"): _read(people.role_permissions),
    ("GET", "/api/v2/roles/{role_id}/users"): _read(people.role_users),
    ("GET", "/api/v2/permissions"): _read(people.permissions),
}
HANDLERS = {handler_key(*key): served for key, served in _SERVED.items()}
