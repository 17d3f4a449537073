"""What the host keeps: each organization its own, once, in the order of time; and what it tells about rates."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.kit.entropy import SystemEntropy
from latchstring.sample_host import SampleHost
from latchstring.sample_host.log_lines import lines_of_items
from latchstring.sample_host.rates import Rate
from latchstring.sample_host.tags import tags_as_kept
from latchstring.sample_host.times import instant, milliseconds, moment_of, wire_time
from latchstring.storage.database import Database


def series(value: float, at: int, **fields: Any) -> dict[str, Any]:
    return {"series": [{"metric": "m", "points": [[at, value]], **fields}]}


async def total(client: httpx.AsyncClient, at: int) -> float | None:
    answer = await client.get("/api/v1/query", params={"query": "sum:m{*}", "from": at - 60, "to": at + 60})
    assert answer.status_code == 200
    lines = answer.json()["series"]
    return lines[0]["pointlist"][0][1] if lines else None


async def test_an_organization_sees_nothing_of_another(
    first: httpx.AsyncClient, second: httpx.AsyncClient
) -> None:
    """What one organization keeps does not exist for another."""
    now = int(time.time())
    await first.post("/api/v1/series", json=series(1, now, host="h"))
    await first.post("/api/v2/logs", json={"message": "secret", "hostname": "h"})
    event = (await first.post("/api/v1/events", json={"title": "t", "text": "x"})).json()["event"]
    monitor = (await first.post("/api/v1/monitor", json={"type": "log alert", "query": "q"})).json()
    wanted = {"title": "t", "layout_type": "free", "widgets": []}
    dashboard = (await first.post("/api/v1/dashboard", json=wanted)).json()
    assert await total(second, now) is None
    for path in (
        f"/api/v1/events/{event['id']}",
        f"/api/v2/events/{event['id']}",
        f"/api/v1/monitor/{monitor['id']}",
        f"/api/v1/dashboard/{dashboard['id']}",
        "/api/v1/metrics/m",
        "/api/v2/metrics/m/all-tags",
    ):
        assert (await first.get(path)).status_code == 200
        assert (await second.get(path)).status_code == 404
    for path in (f"/api/v1/monitor/{monitor['id']}", f"/api/v1/dashboard/{dashboard['id']}"):
        assert (await second.put(path, json={**wanted, "name": "n"})).status_code == 404
        assert (await second.delete(path)).status_code == 404
    lists = {
        "/api/v1/monitor": [],
        "/api/v1/dashboard": {"dashboards": []},
        "/api/v1/hosts": {"host_list": [], "total_matching": 0, "total_returned": 0},
        "/api/v1/metrics?from=0": {"from": "0", "metrics": []},
    }
    for path, nothing in lists.items():
        assert (await second.get(path)).json() == nothing
        assert (await first.get(path)).json() != nothing
    for path in ("/api/v2/logs/events", "/api/v2/events"):
        assert (await second.get(path)).json()["data"] == []
        assert len((await first.get(path)).json()["data"]) == 1


async def test_a_point_that_is_sent_again_is_kept_once(first: httpx.AsyncClient) -> None:
    """A client may retry: nothing is doubled, and the last value stays."""
    now = int(time.time())
    for value in (5, 5, 7):
        assert (await first.post("/api/v1/series", json=series(value, now))).status_code == 202
    assert await total(first, now) == 7


async def test_many_posts_at_once_lose_nothing(first: httpx.AsyncClient, second: httpx.AsyncClient) -> None:
    """Posts that share a round trip are each kept, for the organization that sent them."""
    now = int(time.time()) // 60 * 60
    posts = [
        client.post("/api/v1/series", json=series(1, now, host=f"h{index}"))
        for index in range(100)
        for client in (first, second)
    ]
    posts += [first.post("/api/v2/logs", json={"message": f"m{index}"}) for index in range(100)]
    assert {answer.status_code for answer in await asyncio.gather(*posts)} == {202}
    assert (await total(first, now), await total(second, now)) == (100, 100)
    found = await first.get("/api/v2/logs/events", params={"page[limit]": 1000})
    assert len({one["attributes"]["message"] for one in found.json()["data"]}) == 100


async def test_cursors_reach_every_log_once(first: httpx.AsyncClient, clock: Any) -> None:
    """Logs of one moment are neither skipped nor repeated at the edge of a page."""
    await first.post("/api/v2/logs", json=[{"message": f"m{index}"} for index in range(25)])
    for sort in ("timestamp", "-timestamp"):
        path, seen = f"/api/v2/logs/events?sort={sort}&page%5Blimit%5D=7", []
        while path:
            answer = (await first.get(path)).json()
            seen += [one["attributes"]["message"] for one in answer["data"]]
            path = answer.get("links", {}).get("next")
        assert len(seen) == len(set(seen)) == 25


@pytest.mark.row("R25")
async def test_a_page_of_large_logs_ends_early_and_goes_on(first: httpx.AsyncClient) -> None:
    """However large logs are, an answer stays bounded, and the cursor leads to the rest."""
    for _ in range(3):
        large = [{"message": "x" * 900_000, "more": "y"} for _ in range(5)]
        assert (await first.post("/api/v2/logs", json=large)).status_code == 202
    path, sizes = "/api/v2/logs/events?page%5Blimit%5D=1000", []
    while path:
        answer = await first.get(path)
        assert len(answer.content) < 10_000_000
        sizes.append(len(answer.json()["data"]))
        path = answer.json().get("links", {}).get("next")
    assert (len(sizes), sum(sizes)) == (2, 15)


async def test_two_changes_of_a_monitor_at_once_both_hold(first: httpx.AsyncClient) -> None:
    """A change of one field never undoes a change of another."""
    made = (await first.post("/api/v1/monitor", json={"type": "log alert", "query": "q", "name": "n"})).json()
    path = f"/api/v1/monitor/{made['id']}"
    changes = [{"name": "changed"}, {"message": "changed"}, {"tags": ["a:b"]}, {"priority": 1}]
    await asyncio.gather(*(first.put(path, json=change) for change in changes))
    after = (await first.get(path)).json()
    assert [after[name] for name in ("name", "message", "tags", "priority")] == [
        "changed",
        "changed",
        ["a:b"],
        1,
    ]


async def test_lines_of_text_are_logs(first: httpx.AsyncClient) -> None:
    """Plain text is a log a line; the query string says what the lines don't."""
    answer = await first.post(
        "/api/v2/logs?ddtags=env:prod&service=web&hostname=h",
        content=b"one\r\n\n two\n",
        headers={"content-type": "text/plain"},
    )
    assert answer.status_code == 202
    data = (await first.get("/api/v2/logs/events", params={"filter[query]": "service:web env:prod"})).json()
    assert [one["attributes"]["message"] for one in data["data"]] == ["one", " two"]


async def test_a_log_keeps_its_own_time_when_that_is_near(first: httpx.AsyncClient, clock: Any) -> None:
    """A log says when it happened; a time that can't be is replaced by the time of arrival."""
    now_ms = int(clock.now().timestamp() * 1000)
    times = {"hour": now_ms - 3_600_000, "week": now_ms - 7 * 86_400_000, "never": "soon"}
    logs = [{"message": name, "timestamp": at} for name, at in times.items()]
    assert (await first.post("/api/v2/logs", json=logs)).status_code == 202
    data = (await first.get("/api/v2/logs/events", params={"filter[from]": "now-1d"})).json()["data"]
    assert {one["attributes"]["message"]: one["attributes"]["timestamp"] for one in data} == {
        "hour": wire_time(now_ms - 3_600_000),
        "week": wire_time(now_ms),
        "never": wire_time(now_ms),
    }


async def test_hosts_go_down_when_nothing_arrives(first: httpx.AsyncClient, clock: Any) -> None:
    """A host is up for a quarter of an hour after it was last heard of."""
    await first.post("/api/v1/check_run", json={"check": "c", "status": 0, "host_name": "h"})
    assert (await first.get("/api/v1/hosts/totals")).json() == {"total_active": 1, "total_up": 1}
    clock.move(minutes=20)
    assert (await first.get("/api/v1/hosts/totals")).json() == {"total_active": 1, "total_up": 0}
    await first.post("/api/v1/check_run", json={"check": "c", "status": 0, "host_name": "h"})
    assert (await first.get("/api/v1/hosts/totals")).json() == {"total_active": 1, "total_up": 1}


async def test_rates_are_told_in_whole_numbers_and_bounded(
    database: Database, clock: Any, app: Any, contract: Any, organizations: Any, first: httpx.AsyncClient
) -> None:
    """Each list and query says what is left of its organization's limit; beyond it there is a 429."""
    app._app = SampleHost(database, clock, SystemEntropy(), rate=Rate(limit=2, period_s=60))
    left = []
    for _ in range(2):
        answer = await first.get("/api/v1/monitor")
        assert answer.status_code == 200
        left.append(int(answer.headers["x-ratelimit-remaining"]))
    assert left == [1, 0]
    refused = await first.get("/api/v1/monitor")
    assert (refused.status_code, refused.json()) == (429, {"errors": ["Too many requests"]})
    assert 1 <= int(refused.headers["x-ratelimit-reset"]) <= int(refused.headers["x-ratelimit-period"])
    assert (await first.get("/api/v1/dashboard")).status_code == 200
    clock.move(seconds=60)
    assert (await first.get("/api/v1/monitor")).status_code == 200


async def test_without_its_database_the_host_says_unavailable(
    database: Database, first: httpx.AsyncClient
) -> None:
    """A database that is gone is a 503, never a loss that looks like success."""
    await database.close()
    answer = await first.post("/api/v2/logs", json={"message": "m"})
    assert answer.status_code == 503


async def test_a_monitor_is_changed_as_a_whole_or_not_at_all(first: httpx.AsyncClient) -> None:
    """A change that would leave an impossible monitor is refused and changes nothing."""
    made = (await first.post("/api/v1/monitor", json={"type": "log alert", "query": "q", "name": "n"})).json()
    path = f"/api/v1/monitor/{made['id']}"
    refused = await first.put(path, json={"name": "other", "type": "metric alert"})
    assert refused.status_code == 400
    assert (await first.get(path)).json()["name"] == "n"


@pytest.mark.parametrize(
    ("monitor", "field"),
    [
        ({"query": "q"}, "type"),
        ({"type": "log alert"}, "query"),
        ({"type": "strange", "query": "q"}, "type"),
        ({"type": "log alert", "query": "q", "priority": 9}, "priority"),
        ({"type": "log alert", "query": "q", "tags": "a"}, "tags"),
        (
            {"type": "log alert", "query": "q", "options": {"thresholds": {"critical": "x"}}},
            "options.thresholds",
        ),
        ({"type": "metric alert", "query": "avg:m{*} > 1"}, "query"),
    ],
)
async def test_a_refused_monitor_names_its_field(
    first: httpx.AsyncClient, monitor: dict[str, Any], field: str
) -> None:
    """Validation and creation refuse the same, naming the field."""
    for path in ("/api/v1/monitor", "/api/v1/monitor/validate"):
        answer = await first.post(path, json=monitor)
        assert answer.status_code == 400
        assert field in answer.json()["errors"][0]


@given(st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8) | st.none(), max_size=6))
def test_what_a_log_says_beyond_the_known_fields_is_kept(item: dict[str, Any]) -> None:
    """Nothing of a log is lost."""
    known = {"message", "status", "host", "hostname", "service", "ddsource", "ddtags"}
    extra = {name: value for name, value in item.items() if name not in known}
    (line,) = lines_of_items(dict(extra), {}, 1_700_000_000_000)
    assert set(extra) - set(line.attributes) <= {"timestamp", "@timestamp", "date"}


@given(st.lists(st.text(max_size=20), max_size=6))
def test_tags_are_kept_in_one_form(tags: list[str]) -> None:
    """Keeping tags twice changes nothing more."""
    kept = tags_as_kept(tags)
    assert tags_as_kept(kept) == kept
    assert tags_as_kept(reversed(tags)) == kept


@given(st.integers(0, 4_102_444_800_000))
def test_times_come_back_as_they_went(at: int) -> None:
    """A time that the host writes is one that it reads."""
    assert instant("t", wire_time(at), moment_of(0)) == at
    assert instant("t", str(at), moment_of(0)) == at
    assert milliseconds(moment_of(at)) == at
