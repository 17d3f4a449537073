"""The scope picker's search understands tasks, in English and Korean (T1)."""

import pytest

from latchstring.contract.model import Contract


def _search(shipped: Contract, text: str, locale: str = "en") -> list[str]:
    return [scope.name for scope in shipped.search_scopes(text, locale)]


@pytest.mark.row("T1")
@pytest.mark.parametrize(
    "text",
    [
        "send logs",
        "Send Metrics",
        "sending events",
        "submit metrics",
        "push events",
        "post an event",
        "ship logs",
        "post event",
        "custom metrics",
        "forward logs",
        "how do I send metrics?",
        "send metrics, events and logs",
        "service checks",
        "ingest",
    ],
)
def test_sending_data_leads_to_api_keys_write(shipped: Contract, text: str) -> None:
    """There is no scope for sending metrics, events and logs; the search answers with `api_keys_write`."""
    assert _search(shipped, text)[0] == "api_keys_write"


@pytest.mark.row("T1")
@pytest.mark.parametrize(
    "text",
    [
        "로그 보내기",
        "로그를 전송하고 싶습니다",
        "메트릭 제출",
        "이벤트를 보내려면",
        "데이터 전송",
        "로그 전송",
        "커스텀 메트릭",
        "이벤트 게시",
        "send logs",
    ],
)
def test_sending_data_leads_to_api_keys_write_in_korean(shipped: Contract, text: str) -> None:
    """The same in Korean, with particles and verb endings as people type them."""
    assert _search(shipped, text, "ko")[0] == "api_keys_write"


@pytest.mark.row("S13")
@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("query metrics", "en", ["timeseries_query", "metrics_read"]),
        ("메트릭 조회", "ko", ["metrics_read", "timeseries_query"]),
        ("monitors_read", "en", ["monitors_read"]),
        ("MONITORS_READ", "en", ["monitors_read"]),
        ("read monitors", "en", ["monitors_read"]),
        ("mute", "en", ["monitors_downtime"]),
        ("search logs", "en", ["logs_read_data"]),
        ("역할을 변경", "ko", ["user_access_manage"]),
        ("ListHosts", "en", ["hosts_read"]),
        ("invite users", "en", ["user_access_invite"]),
        ("다운타임", "ko-KR", ["monitors_downtime"]),
    ],
)
def test_tasks_names_and_operations_find_their_scopes(
    shipped: Contract, text: str, locale: str, expected: list[str]
) -> None:
    """A search by name, task or operation puts the scope that is meant first."""
    assert set(_search(shipped, text, locale)[: len(expected)]) == set(expected)


def test_a_blank_search_lists_every_scope_in_order(shipped: Contract) -> None:
    """An empty search field shows all there is."""
    assert _search(shipped, "  ") == list(shipped.scopes)


@pytest.mark.parametrize("text", ["zzzz", "?!", "\x00", "드래곤", "the of"])
def test_a_search_for_nothing_finds_nothing(shipped: Contract, text: str) -> None:
    """What means nothing here is answered with an empty list, not with everything."""
    assert _search(shipped, text) == []
