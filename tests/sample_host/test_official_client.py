"""Everything that the sample host implements, called with the official client and read into its models."""

import time
from typing import Any

import pytest
from datadog_api_client import ApiClient
from datadog_api_client.exceptions import ApiException, NotFoundException
from datadog_api_client.model_utils import UnparsedObject
from datadog_api_client.v1.api.authentication_api import AuthenticationApi
from datadog_api_client.v1.api.dashboards_api import DashboardsApi
from datadog_api_client.v1.api.events_api import EventsApi as EventsApiV1
from datadog_api_client.v1.api.hosts_api import HostsApi
from datadog_api_client.v1.api.logs_api import LogsApi as LogsApiV1
from datadog_api_client.v1.api.metrics_api import MetricsApi as MetricsApiV1
from datadog_api_client.v1.api.monitors_api import MonitorsApi
from datadog_api_client.v1.api.service_checks_api import ServiceChecksApi
from datadog_api_client.v1.model.content_encoding import ContentEncoding as LogEncodingV1
from datadog_api_client.v1.model.dashboard import Dashboard
from datadog_api_client.v1.model.dashboard_bulk_action_data import DashboardBulkActionData
from datadog_api_client.v1.model.dashboard_bulk_action_data_list import DashboardBulkActionDataList
from datadog_api_client.v1.model.dashboard_bulk_delete_request import DashboardBulkDeleteRequest
from datadog_api_client.v1.model.dashboard_layout_type import DashboardLayoutType
from datadog_api_client.v1.model.dashboard_resource_type import DashboardResourceType
from datadog_api_client.v1.model.dashboard_restore_request import DashboardRestoreRequest
from datadog_api_client.v1.model.dashboard_template_variable import DashboardTemplateVariable
from datadog_api_client.v1.model.distribution_point import DistributionPoint
from datadog_api_client.v1.model.distribution_points_payload import DistributionPointsPayload
from datadog_api_client.v1.model.distribution_points_series import DistributionPointsSeries
from datadog_api_client.v1.model.event_create_request import EventCreateRequest
from datadog_api_client.v1.model.http_log import HTTPLog as HTTPLogV1
from datadog_api_client.v1.model.http_log_item import HTTPLogItem as HTTPLogItemV1
from datadog_api_client.v1.model.metrics_payload import MetricsPayload
from datadog_api_client.v1.model.monitor import Monitor
from datadog_api_client.v1.model.monitor_options import MonitorOptions
from datadog_api_client.v1.model.monitor_thresholds import MonitorThresholds
from datadog_api_client.v1.model.monitor_type import MonitorType
from datadog_api_client.v1.model.monitor_update_request import MonitorUpdateRequest
from datadog_api_client.v1.model.note_widget_definition import NoteWidgetDefinition
from datadog_api_client.v1.model.note_widget_definition_type import NoteWidgetDefinitionType
from datadog_api_client.v1.model.point import Point
from datadog_api_client.v1.model.series import Series
from datadog_api_client.v1.model.service_check import ServiceCheck
from datadog_api_client.v1.model.service_check_status import ServiceCheckStatus
from datadog_api_client.v1.model.service_checks import ServiceChecks
from datadog_api_client.v1.model.widget import Widget
from datadog_api_client.v2.api.events_api import EventsApi as EventsApiV2
from datadog_api_client.v2.api.logs_api import LogsApi as LogsApiV2
from datadog_api_client.v2.api.metrics_api import MetricsApi as MetricsApiV2
from datadog_api_client.v2.api.roles_api import RolesApi
from datadog_api_client.v2.api.users_api import UsersApi
from datadog_api_client.v2.model.content_encoding import ContentEncoding as LogEncoding
from datadog_api_client.v2.model.events_list_request import EventsListRequest
from datadog_api_client.v2.model.events_query_filter import EventsQueryFilter
from datadog_api_client.v2.model.events_request_page import EventsRequestPage
from datadog_api_client.v2.model.http_log import HTTPLog
from datadog_api_client.v2.model.http_log_item import HTTPLogItem
from datadog_api_client.v2.model.logs_list_request import LogsListRequest
from datadog_api_client.v2.model.logs_list_request_page import LogsListRequestPage
from datadog_api_client.v2.model.logs_query_filter import LogsQueryFilter
from datadog_api_client.v2.model.logs_sort import LogsSort
from datadog_api_client.v2.model.metric_content_encoding import MetricContentEncoding
from datadog_api_client.v2.model.metric_intake_type import MetricIntakeType
from datadog_api_client.v2.model.metric_payload import MetricPayload
from datadog_api_client.v2.model.metric_point import MetricPoint
from datadog_api_client.v2.model.metric_resource import MetricResource
from datadog_api_client.v2.model.metric_series import MetricSeries

#: The client still offers a few older operations, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")


def typed(value: Any, path: str = "answer") -> Any:
    """The value, once nothing in it is something that the client couldn't read into a model."""
    assert not isinstance(value, UnparsedObject), path
    if isinstance(value, list):
        for index, item in enumerate(value):
            typed(item, f"{path}[{index}]")
    elif hasattr(value, "_data_store"):
        assert not value._unparsed, path
        for name, item in value._data_store.items():
            typed(item, f"{path}.{name}")
    return value


def metric_alert(name: str = "CPU is high", **fields: Any) -> Monitor:
    return Monitor(
        name=name,
        type=MonitorType.METRIC_ALERT,
        query="avg(last_5m):avg:cpu.user{env:prod} by {host} > 90",
        message="Look at {{host.name}} @oncall",
        tags=["team:core"],
        priority=2,
        options=MonitorOptions(
            thresholds=MonitorThresholds(critical=90.0, warning=75.5), notify_no_data=True
        ),
        **fields,
    )


async def test_monitors_are_made_read_changed_and_deleted(official: Any, organizations: Any) -> None:
    """A partner keeps monitors in a customer's organization."""

    def work(client: ApiClient) -> None:
        monitors = MonitorsApi(client)
        assert monitors.validate_monitor(metric_alert()) == {}
        made = typed(monitors.create_monitor(metric_alert()))
        assert made.options.thresholds.critical == 90.0
        assert made.creator.email == organizations["first"].email
        assert str(made.overall_state) == "No Data"
        assert typed(monitors.get_monitor(made.id, group_states="all")).name == "CPU is high"
        changed = typed(monitors.update_monitor(made.id, MonitorUpdateRequest(name="CPU is very high")))
        assert (changed.name, changed.query) == ("CPU is very high", made.query)
        assert monitors.validate_existing_monitor(made.id, metric_alert()) == {}
        assert [one.id for one in typed(monitors.list_monitors(monitor_tags="team:core", name="very"))] == [
            made.id
        ]
        assert monitors.list_monitors(monitor_tags="team:other") == []
        assert typed(monitors.check_can_delete_monitor([made.id])).data.ok == [made.id]
        found = typed(monitors.search_monitors(query='type:"metric alert" team:core very'))
        assert (found.metadata.total_count, found.monitors[0].id) == (1, made.id)
        assert typed(monitors.delete_monitor(made.id)).deleted_monitor_id == made.id
        with pytest.raises(NotFoundException):
            monitors.get_monitor(made.id)

    await official(work)


async def test_monitors_are_listed_in_pages(official: Any) -> None:
    """Pages of monitors hold each once."""

    def work(client: ApiClient) -> None:
        monitors = MonitorsApi(client)
        made = [monitors.create_monitor(metric_alert(f"m{index}")).id for index in range(5)]
        paged = [one.id for one in monitors.list_monitors_with_pagination(page_size=2)]
        assert paged == made
        assert [one.id for one in monitors.list_monitors(id_offset=made[2], page_size=10)] == made[3:]

    await official(work)


async def test_a_refused_monitor_names_the_field(official: Any) -> None:
    """Bad input gets a clear error naming the field."""

    def work(client: ApiClient) -> None:
        with pytest.raises(ApiException) as caught:
            MonitorsApi(client).create_monitor(Monitor(type=MonitorType.METRIC_ALERT, query="nonsense"))
        assert caught.value.status == 400
        assert "query" in caught.value.body["errors"][0]

    await official(work)


async def test_dashboards_are_made_read_changed_deleted_and_restored(
    official: Any, organizations: Any
) -> None:
    """A partner keeps dashboards in a customer's organization."""
    note = Widget(definition=NoteWidgetDefinition(type=NoteWidgetDefinitionType.NOTE, content="Hello"))
    wanted = Dashboard(
        title="Overview",
        layout_type=DashboardLayoutType.ORDERED,
        widgets=[note],
        template_variables=[DashboardTemplateVariable(name="env", prefix="env", defaults=["prod"])],
    )

    def work(client: ApiClient) -> None:
        dashboards = DashboardsApi(client)
        made = typed(dashboards.create_dashboard(wanted))
        assert made.author_handle == organizations["first"].email
        assert made.widgets[0].definition.content == "Hello"
        assert typed(dashboards.get_dashboard(made.id)).template_variables[0].defaults == ["prod"]
        changed = Dashboard(title="Changed", layout_type=DashboardLayoutType.ORDERED, widgets=[])
        assert typed(dashboards.update_dashboard(made.id, changed)).title == "Changed"
        assert typed(dashboards.list_dashboards()).dashboards[0].title == "Changed"
        assert typed(dashboards.delete_dashboard(made.id)).deleted_dashboard_id == made.id
        assert dashboards.list_dashboards().dashboards == []
        assert dashboards.list_dashboards(filter_deleted=True).dashboards[0].id == made.id
        data = DashboardBulkActionDataList(
            [DashboardBulkActionData(id=made.id, type=DashboardResourceType.DASHBOARD)]
        )
        dashboards.restore_dashboards(DashboardRestoreRequest(data=data))
        assert dashboards.get_dashboard(made.id).id == made.id
        dashboards.delete_dashboards(DashboardBulkDeleteRequest(data=data))
        with pytest.raises(NotFoundException):
            dashboards.get_dashboard(made.id)

    await official(work)


async def test_events_that_were_sent_can_be_read(official: Any) -> None:
    """What is sent with the key can be read with a token."""

    def work(client: ApiClient) -> None:
        now = int(time.time())
        sent = EventCreateRequest(
            title="Deployed", text="Version 7 of web", host="web-1", tags=["env:prod"], source_type_name="ci"
        )
        made = typed(EventsApiV1(client).create_event(sent))
        assert made.status == "ok"
        assert typed(EventsApiV1(client).get_event(made.event.id)).event.title == "Deployed"
        listed = typed(EventsApiV1(client).list_events(now - 60, now + 60, tags="env:prod", sources="ci"))
        assert [one.id for one in listed.events] == [made.event.id]
        assert typed(EventsApiV2(client).get_event(str(made.event.id))).data.id == str(made.event.id)
        found = typed(
            EventsApiV2(client).list_events(filter_query="source:ci env:prod version", filter_to="now+1m")
        )
        assert found.data[0].attributes.attributes.title == "Deployed"
        for index in range(4):
            EventsApiV1(client).create_event(
                EventCreateRequest(title=f"e{index}", text="", tags=["page:yes"])
            )
        body = EventsListRequest(
            filter=EventsQueryFilter(query="page:yes", _from="now-5m", to="now+5m"),
            page=EventsRequestPage(limit=3),
        )
        found_ids = [one.id for one in EventsApiV2(client).search_events_with_pagination(body=body)]
        assert len(set(found_ids)) == len(found_ids) == 4

    await official(work)


def v2_series(metric: str, host: str, value: float, at: int, **fields: Any) -> MetricSeries:
    return MetricSeries(
        metric=metric,
        type=MetricIntakeType.GAUGE,
        points=[MetricPoint(timestamp=at, value=value)],
        resources=[MetricResource(name=host, type="host")],
        tags=["env:prod"],
        **fields,
    )


@pytest.mark.parametrize(
    "encoding", [None, MetricContentEncoding.GZIP, MetricContentEncoding.DEFLATE, MetricContentEncoding.ZSTD1]
)
async def test_metrics_that_were_sent_can_be_queried(official: Any, encoding: Any) -> None:
    """Metrics are there when queried, whichever way they were compressed."""

    def work(client: ApiClient) -> None:
        now = int(time.time()) // 60 * 60
        series = [v2_series("cpu.user", "a", 10.0, now - 60), v2_series("cpu.user", "b", 30.0, now - 60)]
        options = {"content_encoding": encoding} if encoding else {}
        assert (
            typed(MetricsApiV2(client).submit_metrics(MetricPayload(series=series), **options)).errors == []
        )
        query = "avg:cpu.user{env:prod} by {host}.rollup(avg, 60)"
        answer = typed(MetricsApiV1(client).query_metrics(now - 600, now, query))
        assert [(one.scope, one.pointlist[0].value[1]) for one in answer.series] == [
            ("host:a,env:prod", 10.0),
            ("host:b,env:prod", 30.0),
        ]
        totals = [
            MetricsApiV1(client)
            .query_metrics(now - 600, now, f"{how}:cpu.user{{*}}")
            .series[0]
            .pointlist[0]
            .value[1]
            for how in ("avg", "sum", "min", "max")
        ]
        assert totals == [20.0, 40.0, 10.0, 30.0]

    await official(work)


async def test_metrics_of_version_1_and_distributions(official: Any) -> None:
    """Both versions of the metrics intake end in the same place."""

    def work(client: ApiClient) -> None:
        now = int(time.time())
        metrics = MetricsApiV1(client)
        one = Series(metric="jobs.done", type="count", points=[Point([now, 3.0])], host="w1", tags=["q:fast"])
        assert typed(metrics.submit_metrics(MetricsPayload(series=[one]))).status == "ok"
        spread = DistributionPointsSeries(
            metric="latency", points=[DistributionPoint([float(now), [1.0, 2.0, 6.0]])], host="w1"
        )
        assert (
            typed(metrics.submit_distribution_points(DistributionPointsPayload(series=[spread]))).status
            == "ok"
        )
        assert typed(metrics.list_active_metrics(now - 60, host="w1")).metrics == ["jobs.done", "latency"]
        assert typed(metrics.list_metrics("metrics:late")).results.metrics == ["latency"]
        assert typed(metrics.get_metric_metadata("jobs.done")).type == "count"
        answer = typed(
            metrics.query_metrics(now - 60, now + 60, "avg:latency{*},max:latency{*},sum:jobs.done{q:fast}")
        )
        assert [line.pointlist[0].value[1] for line in answer.series] == [3.0, 6.0, 3.0]
        listed = typed(MetricsApiV2(client).list_tag_configurations())
        assert [item.id for item in listed.data] == ["jobs.done", "latency"]
        paged = MetricsApiV2(client).list_tag_configurations_with_pagination(page_size=1)
        assert [item.id for item in paged] == ["jobs.done", "latency"]
        tags = typed(MetricsApiV2(client).list_tags_by_metric_name("jobs.done"))
        assert tags.data.attributes.tags == ["host:w1", "q:fast"]

    await official(work)


@pytest.mark.parametrize("encoding", [None, "gzip", "deflate"])
async def test_logs_that_were_sent_can_be_searched(official: Any, encoding: str | None) -> None:
    """Logs are there when searched, whichever way they were compressed."""

    def work(client: ApiClient) -> None:
        logs = LogsApiV2(client)
        items = [
            HTTPLogItem(
                message=f"payment {index} failed", service="pay", hostname="p1", ddsource="python",
                ddtags="env:prod", status="error" if index % 2 else "info", code=str(index),
            )
            for index in range(5)
        ]  # fmt: skip
        options = {"content_encoding": LogEncoding(encoding)} if encoding else {}
        assert logs.submit_log(HTTPLog(items), ddtags="via:client", **options) == {}
        options = {"content_encoding": LogEncodingV1(encoding)} if encoding == "gzip" else {}
        LogsApiV1(client).submit_log(HTTPLogV1([HTTPLogItemV1(message="old way", service="pay")]), **options)
        found = typed(
            logs.list_logs(body=LogsListRequest(filter=LogsQueryFilter(query="service:pay status:error")))
        )
        assert [one.attributes.message for one in found.data] == ["payment 1 failed", "payment 3 failed"]
        assert found.data[0].attributes.host == "p1"
        assert "via:client" in found.data[0].attributes.tags
        body = LogsListRequest(
            filter=LogsQueryFilter(query="service:pay env:prod", _from="now-15m", to="now+1m"),
            sort=LogsSort.TIMESTAMP_DESCENDING,
            page=LogsListRequestPage(limit=2),
        )
        messages = [one.attributes.message for one in logs.list_logs_with_pagination(body=body)]
        assert messages == [f"payment {index} failed" for index in (4, 3, 2, 1, 0)]
        read = [one.attributes.message for one in logs.list_logs_get_with_pagination(filter_query="old way")]
        assert read == ["old way"]

    await official(work)


async def test_hosts_are_known_from_what_was_sent(official: Any) -> None:
    """Hosts come from metrics, logs, events and checks."""

    def work(client: ApiClient) -> None:
        now = int(time.time())
        MetricsApiV2(client).submit_metrics(MetricPayload(series=[v2_series("up", "db-1", 1.0, now)]))
        LogsApiV2(client).submit_log(HTTPLog([HTTPLogItem(message="hi", hostname="web-1")]))
        EventsApiV1(client).create_event(EventCreateRequest(title="t", text="", host="web-1"))
        checks = ServiceChecks(
            [ServiceCheck(check="app.ok", host_name="web-2", status=ServiceCheckStatus.OK, tags=["env:prod"])]
        )
        assert typed(ServiceChecksApi(client).submit_service_check(checks)).status == "ok"
        hosts = typed(HostsApi(client).list_hosts())
        assert [(one.name, one.sources, one.up) for one in hosts.host_list] == [
            ("db-1", ["metrics"], True),
            ("web-1", ["events", "logs"], True),
            ("web-2", ["checks"], True),
        ]
        page = HostsApi(client).list_hosts(filter="web", count=1, start=1, sort_field="name")
        assert (page.total_matching, page.total_returned, page.host_list[0].name) == (2, 1, "web-2")
        assert typed(HostsApi(client).get_host_totals()).total_up == 3

    await official(work)


async def test_people_of_the_organization_can_be_read(official: Any, organizations: Any) -> None:
    """Users and roles are those of the organization, and no one else's."""

    def work(client: ApiClient) -> None:
        one = organizations["first"]
        users = typed(UsersApi(client).list_users())
        assert users.data[0].attributes.email.startswith("another-")
        assert users.data[1].attributes.email == one.email
        assert users.meta.page.total_count == 2
        assert len(list(UsersApi(client).list_users_with_pagination(page_size=1))) == 2
        user = typed(UsersApi(client).get_user(str(one.user_id)))
        assert user.data.relationships.roles.data[0].id == str(one.role_id)
        granted = typed(UsersApi(client).list_user_permissions(str(one.user_id)))
        assert [item.attributes.name for item in granted.data] == ["monitors_read", "monitors_write"]
        assert [role.attributes.name for role in typed(RolesApi(client).list_roles()).data] == ["Admin"]
        role = typed(RolesApi(client).get_role(str(one.role_id)))
        assert role.data.attributes.user_count == 1
        assert len(typed(RolesApi(client).list_role_permissions(str(one.role_id))).data) == 2
        assert len(typed(RolesApi(client).list_role_users(str(one.role_id))).data) == 1
        assert len(typed(RolesApi(client).list_permissions()).data) == 2
        with pytest.raises(NotFoundException):
            UsersApi(client).get_user(str(organizations["second"].user_id))

    await official(work)


async def test_an_accepted_key_is_valid(official: Any) -> None:
    """The key can be tried."""
    answer = await official(lambda client: AuthenticationApi(client).validate())
    assert typed(answer).valid is True
