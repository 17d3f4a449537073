"""What the notifier does with the host's API: the official client, told to talk to the customer's site."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException
from datadog_api_client.v1.api.dashboards_api import DashboardsApi
from datadog_api_client.v1.api.events_api import EventsApi
from datadog_api_client.v1.api.metrics_api import MetricsApi
from datadog_api_client.v1.api.monitors_api import MonitorsApi
from datadog_api_client.v1.model.event_create_request import EventCreateRequest
from datadog_api_client.v2.api.logs_api import LogsApi
from datadog_api_client.v2.api.metrics_api import MetricsApi as MetricsApiV2
from datadog_api_client.v2.model.http_log import HTTPLog
from datadog_api_client.v2.model.http_log_item import HTTPLogItem
from datadog_api_client.v2.model.logs_list_request import LogsListRequest
from datadog_api_client.v2.model.logs_query_filter import LogsQueryFilter
from datadog_api_client.v2.model.metric_intake_type import MetricIntakeType
from datadog_api_client.v2.model.metric_payload import MetricPayload
from datadog_api_client.v2.model.metric_point import MetricPoint
from datadog_api_client.v2.model.metric_resource import MetricResource
from datadog_api_client.v2.model.metric_series import MetricSeries

METRIC = "oncall.pages"
SERVICE = "oncall-notifier"


class Turned(Exception):
    """The host refused a call; `request_id` is what its explanation is found by."""

    def __init__(self, status: int, request_id: str) -> None:
        super().__init__(f"the host answered {status}")
        self.status = status
        self.request_id = request_id


def _client(api: str, *, token: str | None = None, api_key: str | None = None) -> ApiClient:
    """Reading goes with the access token, sending with the API key: never both in one request."""
    where = urlsplit(api)
    configuration = Configuration(host=api, access_token=token, enable_retry=True)
    if api_key is not None:
        configuration.api_key["apiKeyAuth"] = api_key
    # Log intake has a host name of its own in the client; this sends it where everything else goes.
    configuration.server_index = 1
    configuration.server_variables = {"protocol": where.scheme, "name": where.netloc}
    return ApiClient(configuration)


def monitors(api: str, token: str) -> list[dict[str, Any]]:
    """The monitors that the customer let us read."""
    with _client(api, token=token) as client:
        found = _asked(MonitorsApi(client).list_monitors)
    return [{"id": one.id, "name": one.name, "query": one.query, "tags": list(one.tags)} for one in found]


def dashboards(api: str, token: str) -> int:
    """How many dashboards there are; not one of our scopes, so this is refused."""
    with _client(api, token=token) as client:
        return len(_asked(DashboardsApi(client).list_dashboards).dashboards)


def create_key(api: str, token: str) -> str:
    """The API key with which we send. It is shown once: keep it where the tokens are."""
    answer = httpx.post(f"{api}/api/v2/api_keys/marketplace", headers={"authorization": f"Bearer {token}"})
    if answer.status_code != 201:
        raise Turned(answer.status_code, answer.headers.get("x-request-id", ""))
    return str(answer.json()["data"]["attributes"]["key"])


def send_page(api: str, api_key: str, page: str, monitor: str, person: str) -> None:
    """Tell the customer who was paged, and why: a metric, an event and two log lines, all with the tag `page`."""
    tags = [f"page:{page}", f"person:{person}"]
    series = MetricSeries(
        metric=METRIC,
        type=MetricIntakeType.COUNT,
        interval=60,
        points=[MetricPoint(timestamp=int(time.time()), value=1.0)],
        resources=[MetricResource(name="notifier-1", type="host")],
        tags=tags,
    )
    event = EventCreateRequest(title=f"{person} was paged", text=f"{monitor} needs a person.", tags=tags)
    lines = [
        HTTPLogItem(message=message, service=SERVICE, ddsource="oncall", ddtags=",".join(tags), status="info")
        for message in (f"Paging {person} for {monitor}", f"{person} acknowledged after 12 s")
    ]
    with _client(api, api_key=api_key) as client:
        _asked(lambda: MetricsApiV2(client).submit_metrics(MetricPayload(series=[series])))
        _asked(lambda: EventsApi(client).create_event(event))
        _asked(lambda: LogsApi(client).submit_log(HTTPLog(lines)))


def find_page(api: str, token: str, page: str) -> dict[str, Any]:
    """The same page as the customer sees it: the metric's sum, the event's title, the log lines."""
    now = int(time.time())
    tag = f"page:{page}"
    with _client(api, token=token) as client:
        series = _asked(
            lambda: MetricsApi(client).query_metrics(now - 900, now + 60, f"sum:{METRIC}{{{tag}}}.as_count()")
        ).series
        events = _asked(lambda: EventsApi(client).list_events(now - 900, now + 60, tags=tag)).events
        asked = LogsListRequest(filter=LogsQueryFilter(query=tag, _from="now-15m", to="now+1m"))
        lines = _asked(lambda: LogsApi(client).list_logs(body=asked)).data
    return {
        "pages": sum(point.value[1] or 0 for one in series for point in one.pointlist),
        "events": [one.title for one in events],
        "logs": [one.attributes.message for one in lines],
    }


def _asked(call: Callable[[], Any]) -> Any:
    """What the official client answers; a refusal becomes ours, with the id of the request."""
    try:
        return call()
    except ApiException as refused:
        raise Turned(refused.status, (refused.headers or {}).get("x-request-id", "")) from None
