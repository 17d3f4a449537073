"""Nothing that a stranger sends makes the host fail, hang or keep too much."""

import gzip
import json
import zlib
from typing import Any

import httpx
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latchstring.contract.model import Contract
from latchstring.sample_host.bodies import inflate
from latchstring.sample_host.handlers import HANDLERS, handler_key

INTAKE = (
    "/api/v1/series",
    "/api/v2/series",
    "/api/v1/distribution_points",
    "/api/v1/check_run",
    "/api/v1/events",
    "/api/v2/logs",
    "/v1/input",
)
DOCUMENTS = ("/api/v1/monitor", "/api/v1/monitor/validate", "/api/v1/dashboard")
SEARCHES = ("/api/v2/events/search", "/api/v2/logs/events/search")
LISTS = tuple(
    path for method, path in HANDLERS if method == "GET" and "{" not in path and path != "/api/v1/validate"
)

NOT_ACCEPTED: list[bytes] = [
    b"",
    b"null",
    b"12",
    b'"text"',
    b"{",
    b"nonsense",
    b"\xff\xfe\x00",
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": 1e999}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b"[" * 100_000,
    b"[" * 50_000 + b"]" * 50_000,
    b'{"a":' * 50_000,
    b'{"message": "\\ud800"}',
    b'{"message": "\xed\xa0\x80"}',
    b'{"message": "\\u0000", "title": "\\u0000", "text": "", "name": "\\u0000"}',
    b'{"message": "\x00"}',
    b"[" + b"1," * 100_000 + b"1]",
]


@pytest.mark.row("R8", "B023", "B024", "B060")
@pytest.mark.parametrize("path", INTAKE + DOCUMENTS + SEARCHES)
async def test_what_is_not_a_payload_is_refused_with_a_reason(first: httpx.AsyncClient, path: str) -> None:
    """Broken, deep, huge, NUL and non-UTF-8 bodies get a 4xx that says why."""
    for body in NOT_ACCEPTED:
        answer = await first.post(path, content=body, headers={"content-type": "application/json"})
        if path in SEARCHES and (body == b"" or body[:6] in (b'{"a": ', b'{"mess')):
            # No body searches for everything, and of a field that nobody knows the value is not even read.
            assert answer.status_code < 500
            continue
        assert 400 <= answer.status_code < 500, (body[:60], answer.text)
        assert answer.json()


HOSTILE_FIELDS: list[Any] = [
    None,
    -1,
    2**63,
    2**70,
    -(2**70),
    1e308,
    -1e308,
    "",
    "x" * 300_000,
    "\u202e",
    [],
    [[]],
    {},
    True,
    ["x" * 5000] * 2000,
    "%s' OR 1=1; --",
]
GOOD: dict[str, Any] = {
    "/api/v1/series": {
        "series": [
            {"metric": "m", "points": [[1, 2]], "host": "h", "tags": ["a:b"], "type": "rate", "interval": 1}
        ]
    },
    "/api/v2/series": {
        "series": [
            {
                "metric": "m",
                "points": [{"timestamp": 1, "value": 2}],
                "resources": [{"name": "h", "type": "host"}],
                "tags": ["a:b"],
                "type": 1,
                "interval": 1,
                "unit": "s",
            }
        ]
    },
    "/api/v1/distribution_points": {
        "series": [{"metric": "m", "points": [[1, [2]]], "host": "h", "tags": ["a:b"]}]
    },
    "/api/v1/check_run": [
        {"check": "c", "status": 0, "host_name": "h", "tags": ["a:b"], "message": "m", "timestamp": 1}
    ],
    "/api/v1/events": {
        "title": "t", "text": "x", "date_happened": 1, "priority": "low", "host": "h", "tags": ["a:b"],
        "alert_type": "info", "aggregation_key": "k", "source_type_name": "s", "related_event_id": 1,
        "device_name": "d",
    },
    "/api/v2/logs": [
        {"message": "m", "ddsource": "s", "ddtags": "a:b", "hostname": "h", "service": "v", "status": "info",
         "timestamp": 1700000000000, "other": {"deep": [1]}}
    ],
    "/api/v1/monitor": {
        "name": "n", "type": "log alert", "query": "q", "message": "m", "tags": ["a:b"], "priority": 1,
        "options": {"thresholds": {"critical": 1}, "silenced": {"*": None}, "notify_no_data": True},
        "restricted_roles": ["r"], "draft_status": "draft",
    },
    "/api/v1/dashboard": {
        "title": "t", "layout_type": "free", "description": "d", "widgets": [
            {"id": 1, "definition": {"type": "note", "content": "c"}, "layout": {"x": 1}}
        ], "template_variables": [{"name": "n", "default": "d"}], "notify_list": ["a"], "tags": ["a:b"],
        "template_variable_presets": [{"name": "p"}], "reflow_type": "auto",
    },
    "/api/v2/logs/events/search": {
        "filter": {"query": "q", "from": "now-1h", "to": "now"}, "page": {"limit": 1, "cursor": ""},
        "sort": "timestamp",
    },
    "/api/v2/events/search": {
        "filter": {"query": "q", "from": "now-1h", "to": "now"}, "page": {"limit": 1, "cursor": ""},
        "sort": "timestamp",
    },
}  # fmt: skip


def variants(document: Any) -> list[Any]:
    """The document with each of its values in turn replaced by something hostile."""
    found = [*HOSTILE_FIELDS]
    if isinstance(document, dict):
        for name, value in document.items():
            found += [{**document, name: other} for other in variants(value)]
    if isinstance(document, list) and document:
        found += [[other, *document[1:]] for other in variants(document[0])]
    return found


@pytest.mark.row("R8", "R25")
@pytest.mark.parametrize("path", GOOD)
async def test_hostile_values_in_any_field_are_never_a_failure(first: httpx.AsyncClient, path: str) -> None:
    """Each field takes what it should and refuses the rest; nothing is a 5xx."""
    good = await first.post(path, json=GOOD[path])
    assert good.status_code < 300, good.text
    refused = 0
    for document in variants(GOOD[path]):
        body = json.dumps(document).encode()
        answer = await first.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code < 500, (body[:200], answer.text)
        refused += answer.status_code >= 400
    assert refused > 20


@pytest.mark.row("R8")
async def test_a_refusal_names_the_field(first: httpx.AsyncClient) -> None:
    """Bad input gets a clear error naming the field."""
    wrong = {"series": [{"metric": "m", "points": [[1, "x"]]}]}
    answer = await first.post("/api/v1/series", json=wrong)
    assert answer.json() == {
        "errors": ["Invalid value for 'series[0].points[0][1]': Expected `float`, got `str`"]
    }
    answer = await first.post("/api/v2/logs", json=[{"message": "m", "service": 7}])
    assert answer.json()["errors"][0]["detail"] == "Invalid value for 'service': Expected `str`"
    answer = await first.post("/v1/input", json=[1])
    assert answer.json()["code"] == 400


@pytest.mark.row("B028", "R25")
async def test_compressed_payloads_are_never_inflated_beyond_the_limit(first: httpx.AsyncClient) -> None:
    """A bomb is answered with 413 and not inflated."""
    bomb = b"[" + b" " * 200_000_000
    packed = {
        "gzip": gzip.compress(bomb, 9),
        "deflate": zlib.compress(bomb, 9),
        "zstd": zstandard.compress(bomb, 3),
    }
    for encoding, body in packed.items():
        for path in INTAKE:
            answer = await first.post(path, content=body, headers={"content-encoding": encoding})
            assert answer.status_code == 413, (path, encoding)


@pytest.mark.row("B028", "R8")
async def test_what_is_not_compressed_as_it_says_is_refused(first: httpx.AsyncClient) -> None:
    """Wrong, cut and unknown encodings get a 4xx."""
    whole = gzip.compress(b'[{"message": "m"}]')
    cases = [
        ("gzip", b"plain"),
        ("deflate", b"plain"),
        ("zstd", b"plain"),
        ("gzip", whole[:-4]),
        ("gzip", gzip.compress(b"") * 100_000),
        ("zstd", zstandard.compress(b'[{"message": "m"}]')[:-3]),
        ("br", b"x"),
        ("gzip, gzip", whole),
    ]
    for encoding, body in cases:
        answer = await first.post("/api/v2/logs", content=body, headers={"content-encoding": encoding})
        assert 400 <= answer.status_code < 500, (encoding, body[:20])


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate", "zstd", "zstd1", "identity", "GZIP"])
async def test_each_encoding_is_taken(first: httpx.AsyncClient, encoding: str) -> None:
    """Logs arrive whichever way they were compressed."""
    body = b'[{"message": "m"}]'
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "raw deflate": raw.compress(body) + raw.flush(),
        "zstd": zstandard.compress(body),
        "zstd1": zstandard.compress(body),
        "identity": body,
        "GZIP": gzip.compress(body[:5]) + gzip.compress(body[5:]),
    }[encoding]
    named = encoding.removeprefix("raw ")
    answer = await first.post("/api/v2/logs", content=packed, headers={"content-encoding": named})
    assert (answer.status_code, answer.json()) == (202, {})


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "zstd"]))
def test_inflating_what_was_packed_gives_it_back(body: bytes, encoding: str) -> None:
    """Inflating loses nothing within the limit."""
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.compress}[encoding]
    assert inflate(pack(body), encoding, 300) == body


@pytest.mark.row("R25", "B022")
async def test_bodies_that_are_too_large_are_refused_before_they_are_read(first: httpx.AsyncClient) -> None:
    """10 MB are answered with 413 whether the length is declared or not."""

    async def endless() -> Any:
        for _ in range(160):
            yield b" " * 65_536

    for path in INTAKE + DOCUMENTS + SEARCHES:
        declared = await first.post(path, content=b" " * 10_000_000)
        undeclared = await first.post(path, content=endless())
        assert (declared.status_code, undeclared.status_code) == (413, 413), path


@pytest.mark.row("R25")
async def test_counts_are_bounded(first: httpx.AsyncClient) -> None:
    """At most 1 000 logs and 20 000 points in a payload."""
    many = await first.post("/api/v2/logs", json=[{"message": "m"}] * 1001)
    lines = await first.post("/api/v2/logs", content=b"m\n" * 1001, headers={"content-type": "text/plain"})
    points = {"series": [{"metric": "m", "points": [[1, 1]] * 20_001}]}
    assert many.status_code == 400
    assert lines.status_code == 413
    assert (await first.post("/api/v1/series", json=points)).status_code == 413
    points["series"][0]["points"] = [[index, 1] for index in range(20_000)]
    assert (await first.post("/api/v1/series", json=points)).status_code == 202


@pytest.mark.row("R8")
@pytest.mark.parametrize("path", INTAKE + DOCUMENTS + SEARCHES)
async def test_other_media_types_are_refused(first: httpx.AsyncClient, path: str) -> None:
    """A form or XML is a 415, not a guess."""
    for media_type in (
        b"application/x-www-form-urlencoded",
        b"application/xml",
        b"multipart/form-data",
        b"\xff",
    ):
        answer = await first.post(path, content=b"a=b", headers=[(b"content-type", media_type)])
        assert answer.status_code == 415


HOSTILE_TEXTS = [
    "\x00",
    "a\x00b",
    "'; SELECT pg_sleep(10); --",
    "%",
    "_",
    "\\",
    '"',
    "(",
    "((((" * 100,
    "-" * 1000,
    "NOT " * 200,
    "a OR " * 300,
    "x" * 5000,
    "@a:>" + "9" * 400,
    "@" + "a." * 90 + "b:1",
    "*" * 500,
    "now-999999999y",
    "9" * 30,
    "-1",
    "1e5",
    "٣",
    "😀",
    "99999999999999999999",
    "2024-02-30T00:00:00",
    "0001-01-01T00:00:00-23:59",
    "avg:m{*}.rollup(avg,99999999999)",
    "avg:" + "m{*}," * 50,
    "avg:m{" + "!" * 600 + "a}",
    "avg:m{" + "a OR " * 300 + "b}",
    "avg:m{" + "(" * 300 + "}",
    "AAAAAAAAAAAAAAAAAAAAAA",
    "_____________________w",
]
SEARCHED = ("filter[query]", "filter[from]", "filter[to]", "page[cursor]", "page[limit]")
#: The parameters of each operation that are there to be read.
PARAMETERS = {
    "/api/v1/monitor": ("name", "tags", "monitor_tags", "group_states", "page", "page_size", "id_offset"),
    "/api/v1/monitor/search": ("query", "page", "per_page", "sort"),
    "/api/v1/monitor/can_delete": ("monitor_ids",),
    "/api/v1/dashboard": ("start", "count", "filter[deleted]", "filter[shared]"),
    "/api/v1/events": ("start", "end", "priority", "sources", "tags", "page"),
    "/api/v2/events": (*SEARCHED, "sort"),
    "/api/v1/metrics": ("from", "host", "tag_filter"),
    "/api/v1/search": ("q",),
    "/api/v1/query": ("from", "to", "query"),
    "/api/v2/metrics": ("window[seconds]", "filter[tags]", "page[size]", "page[cursor]"),
    "/api/v2/logs/events": (*SEARCHED, "sort"),
    "/api/v1/hosts": ("filter", "from", "sort_field", "sort_dir", "start", "count"),
    "/api/v1/hosts/totals": ("from",),
    "/api/v2/users": ("page[size]", "page[number]", "sort", "sort_dir", "filter", "filter[status]"),
    "/api/v2/roles": ("page[size]", "page[number]", "sort", "filter"),
    "/api/v2/permissions": ("include_scopes",),
}


@pytest.mark.row("R8", "B033", "B024")
@pytest.mark.parametrize("path", LISTS)
async def test_hostile_parameters_are_never_a_failure(first: httpx.AsyncClient, path: str) -> None:
    """Probes, NULs and huge numbers in any parameter give an answer or a 4xx."""
    await first.post("/api/v1/series", json={"series": [{"metric": "m", "points": [[1_700_000_000, 2]]}]})
    await first.post("/api/v2/logs", json=[{"message": "m", "a": 1}])
    needed = {
        "from": "1700000000",
        "to": "1700000600",
        "start": "0",
        "end": "10",
        "query": "avg:m{*}",
        "q": "m",
    }
    for name in PARAMETERS[path]:
        for text in HOSTILE_TEXTS:
            answer = await first.get(path, params={**needed, name: text})
            assert answer.status_code < 500, (name, text, answer.text)


@pytest.mark.row("R8", "B023")
@pytest.mark.parametrize("path", LISTS)
async def test_query_strings_that_cannot_be_read_are_refused(first: httpx.AsyncClient, path: str) -> None:
    """What is not UTF-8, or more than a hundred parameters, is a 400."""
    for raw in (b"a=%FF%FE", b"a=%00", b"&".join(b"a=1" for _ in range(200)), b"%ED%A0%80=1"):
        url = httpx.URL(f"http://host.test{path}").copy_with(query=raw)
        assert (await first.get(url)).status_code == 400


@pytest.mark.row("R8")
@pytest.mark.parametrize(("method", "path"), [key for key in HANDLERS if "{" in key[1]])
async def test_ids_that_nothing_has_are_not_found(first: httpx.AsyncClient, method: str, path: str) -> None:
    """Strange ids in the path are a 404."""
    body = {"title": "t", "layout_type": "free", "widgets": []} if "dashboard" in path else {"name": "n"}
    for id_ in ("0", "1", "99999999999999999999999", "-1", "x", "abc-def-ghi", "%F0%9F%98%80", "1.5", "0x10"):
        answer = await first.request(method, path.replace("{}", id_), json=body)
        assert answer.status_code == 404, (id_, answer.text)
        assert answer.json()["errors"]


@pytest.mark.row("R8")
async def test_operations_without_an_implementation_say_so(
    first: httpx.AsyncClient, contract: Contract
) -> None:
    """What the contract declares and the host lacks is a 501 in the documented error body."""
    lacking = [
        operation
        for operation in contract.operations.values()
        if handler_key(operation.method, operation.path) not in HANDLERS and "{" not in operation.path
    ]
    assert len(lacking) > 100
    for operation in lacking[::10]:
        answer = await first.request(operation.method, operation.path)
        assert answer.status_code == 501
        assert answer.json() == {"errors": ["Not implemented by the sample host"]}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.row("R8")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(INTAKE + DOCUMENTS), value=json_values)
async def test_any_json_gets_an_answer(first: httpx.AsyncClient, path: str, value: Any) -> None:
    """Whatever JSON is sent, the answer is no failure."""
    body = json.dumps(value).encode("utf-8", "surrogatepass")
    answer = await first.post(path, content=body)
    assert answer.status_code < 500
