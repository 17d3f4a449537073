"""What strangers send: too much, too slowly, malformed, misleading. Answered with 4xx, others undisturbed."""

import asyncio
import gzip
import time
import zlib
from contextlib import suppress

import pytest
from tests.processes.servers import Cluster, memory_kb
from tests.processes.test_races import of, someone
from tests.processes.wire import FORM, Answer, Line, form, read_answer, request, send, together
from tests.soak import SOAKING
from tests.world import World

pytestmark = pytest.mark.processes
OAUTH = ("/oauth2/v1/token", "/oauth2/v1/revoke", "/oauth2/v1/introspect")
KEY = "/api/v2/api_keys/marketplace"
MEGABYTE = 1_000_000


async def pour(port: int, head: bytes, size: int) -> Answer:
    """Send a head and then up to `size` bytes, until the server answers or hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head)
        answer = asyncio.create_task(read_answer(reader))
        chunk, sent = b"a" * 65_536, 0
        with suppress(ConnectionError):
            while sent < size and not answer.done():
                writer.write(chunk)
                sent += len(chunk)
                await writer.drain()
                await asyncio.sleep(0)
        return await asyncio.wait_for(answer, 30)
    finally:
        writer.close()


def head(target: str, size: int | None, content_type: str = FORM) -> bytes:
    """The head of a POST; without a size, the body is chunked and one chunk is announced."""
    length = {"content_length": str(size)} if size else {"transfer_encoding": "chunked", "content_length": ""}
    raw = request("POST", target, content_type=content_type, **length)
    return raw if size else raw + b"7000000\r\n"


@pytest.mark.row("B022")
async def test_large_bodies_are_refused_before_they_are_read(shared: Cluster, live: World) -> None:
    """10 MB and 100 MB, announced or not, cost us next to nothing."""
    port = shared.ports[0]
    workers = shared.instances[0].workers()
    before = {pid: memory_kb(pid) for pid in workers}
    for target in (*OAUTH, "/sign-in", KEY, "/api/v1/series"):
        for size in (10 * MEGABYTE, 100 * MEGABYTE, None):
            answer = await pour(port, head(target, size), 20 * MEGABYTE)
            assert answer.status in (0, 400, 401, 403, 413), (target, size, answer)
    for target in OAUTH:
        assert (await send(port, head(target, 100 * MEGABYTE) + b"a")).status == 413
    person, partner = await someone(live)
    flow = await live.flow(person, partner)
    bearer = request("POST", KEY, authorization=f"Bearer {flow.access}", content_length=str(100 * MEGABYTE))
    assert (await send(port, bearer + b"a")).status in (201, 413)
    assert (await pour(port, bearer, 20 * MEGABYTE)).status in (0, 409, 413)
    after = {pid: memory_kb(pid) for pid in shared.instances[0].workers()}
    assert all(after[pid] - before[pid] < 50_000 for pid in workers), (before, after)


@pytest.mark.row("B022", "B1")
@pytest.mark.parametrize("target", ["/oauth2/v1/token", "/api/v1/series", "/sign-in"])
async def test_a_refusal_is_heard_by_who_still_sends(shared: Cluster, target: str) -> None:
    """The head alone is refused; the answer waits for the body, which would make the sender's system forget it."""
    body = b"a" * 400_000
    raw = request("POST", target, body, content_type="text/plain", content_encoding="gzip")
    reader, writer = await asyncio.open_connection("127.0.0.1", shared.ports[0])
    try:
        writer.write(raw[: -len(body)])
        await asyncio.sleep(0.3)
        for start in range(0, len(body), 100_000):
            writer.write(body[start : start + 100_000])
            await writer.drain()
            await asyncio.sleep(0.05)
        answer = await asyncio.wait_for(read_answer(reader), 30)
    finally:
        writer.close()
    assert answer.status in (400, 403, 413, 415), answer


@pytest.mark.row("B023", "B024")
async def test_bytes_that_are_no_text_are_refused(shared: Cluster, live: World) -> None:
    """Bad UTF-8, NUL and lone surrogates, in every place that a stranger can fill."""
    person, partner = await someone(live)
    flow = await live.flow(person, partner)
    names = (
        "client_id",
        "client_secret",
        "code",
        "token",
        "refresh_token",
        "redirect_uri",
        "code_verifier",
        "scope",
    )
    raws = []
    for target in OAUTH:
        for bad in (b"%FF%FE", b"%00", b"%ED%A0%80", b"\xff"):
            for name in (*names, "grant_type"):
                given = of(partner, grant_type="authorization_code", code="x", token="x", redirect_uri="x")
                given.pop(name, None)
                rest = "&".join(f"{k}={v}" for k, v in given.items()).encode()
                raws.append(
                    request("POST", target, rest + b"&" + name.encode() + b"=" + bad, content_type=FORM)
                )
        for text in (
            b'{"client_id":"\\u0000"}',
            b'{"code":"\\ud800"}',
            b'{"token":"\xff"}',
            b"\xff",
            b"{" * 9000,
        ):
            raws.append(request("POST", target, text, content_type="application/json"))
    for odd in ("%00", "%FF%FE", "%ED%A0%80", "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")):
        for target in (
            "/oauth2/v1/authorize?client_id=",
            "/sign-in?next=",
            "/nowhere/",
            "/static/",
            "/api/v1/monitor/",
        ):
            raws.append(
                request("GET", target + odd, authorization=f"Bearer {flow.access}", accept="text/html")
            )
        raws.append(request("GET", "/api/v1/monitor?name=" + odd, authorization=f"Bearer {flow.access}"))
        raws.append(request("GET", "/api/v1/validate", dd_api_key=odd, cookie=f"latchstring_session={odd}"))
    for start in range(0, len(raws), 50):
        batch = raws[start : start + 50]
        for raw, answer in zip(batch, await together(shared.ports, batch), strict=True):
            assert answer.status in (0, *range(200, 500)), (raw, answer)
            if raw.startswith(b"POST"):
                assert answer.status in (400, 401), (raw, answer)


@pytest.mark.row("B027")
async def test_forms_with_too_many_or_too_long_fields_are_refused(shared: Cluster) -> None:
    """100 000 fields, one name of 8 MB, 20 000 ampersands."""
    bodies = ("&".join(f"a{n}=" for n in range(100_000)), "n" * 8_000_000 + "=1", "&" * 20_000)
    for target in OAUTH:
        for body in bodies:
            raw = request("POST", target, body.encode(), content_type=FORM)
            assert (await pour(shared.ports[0], raw[: len(raw) // 2], 1)).status in (0, 400, 401, 413)
            small = request("POST", target, body[:60_000].encode(), content_type=FORM)
            assert (await send(shared.ports[0], small)).status in (400, 401, 413)


def compressed(megabytes: int) -> bytes:
    """So many megabytes of the same, in a thousandth of the room."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b"0" * MEGABYTE) for _ in range(megabytes)) + packer.flush()


@pytest.mark.row("B028")
async def test_bombs_are_not_inflated(shared: Cluster, live: World) -> None:
    """Compressed bodies are refused where none are expected, and bounded where they are (intake)."""
    person, partner = await someone(live)
    flow = await live.flow(person, partner)
    made = await live.call(flow.access, KEY, "POST")
    key = made.json()["data"]["attributes"]["key"]
    bomb = compressed(4_000 if SOAKING else 200)  # just below what intake takes before it inflates
    nested = gzip.compress(bomb, 9)
    workers = shared.instances[0].workers()
    before = {pid: memory_kb(pid) for pid in workers}
    for target in OAUTH:
        raw = request("POST", target, bomb[:60_000], content_type=FORM, content_encoding="gzip")
        assert (await send(shared.ports[0], raw)).status in (400, 401, 415)
    for body, encoding in (
        (bomb, "gzip"),
        (nested, "gzip"),
        (zlib.compress(b"0" * 50 * MEGABYTE, 9), "deflate"),
    ):
        for target in ("/api/v2/logs", "/api/v2/series", "/api/v1/series"):
            raw = request(
                "POST",
                target,
                body,
                content_type="application/json",
                content_encoding=encoding,
                dd_api_key=key,
            )
            assert (await send(shared.ports[0], raw)).status in (400, 413), (target, encoding)
    assert all(memory_kb(pid) - before[pid] < 50_000 for pid in workers)


async def drip(port: int, rest: bytes, patience_s: float, start: bytes = b"") -> float:
    """Send `start` at once and then a byte every two seconds; how long the server bears it."""
    started = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ended = asyncio.create_task(reader.read())
    try:
        writer.write(start)
        for place in range(int(patience_s / 2)):
            if ended.done():
                break
            with suppress(ConnectionError):
                writer.write(rest[place : place + 1])
                await writer.drain()
            await asyncio.wait([ended], timeout=2)
        assert ended.done(), "still connected"
        with suppress(ConnectionError):
            await ended
        return time.monotonic() - started
    finally:
        ended.cancel()
        writer.close()


@pytest.mark.row("B029")
async def test_who_sends_a_byte_now_and_then_is_hung_up_on_and_others_are_served(
    shared: Cluster, live: World
) -> None:
    """300 slow connections, in their heads and in their bodies: closed within a minute, nobody else notices."""
    port = shared.ports[1]
    started = form("/oauth2/v1/token", {"grant_type": "authorization_code", "code": "c" * 500})
    cut = started.index(b"\r\n\r\n") + 6
    slow = [asyncio.create_task(drip(port, started, 60)) for _ in range(150)]
    slow += [asyncio.create_task(drip(port, started[cut:], 56, started[:cut])) for _ in range(150)]
    line, worst = Line(port), 0.0
    raw = request("GET", "/healthz", connection="keep-alive")
    while not all(task.done() for task in slow):
        before = time.monotonic()
        assert (await line.ask(raw)).status == 200
        worst = max(worst, time.monotonic() - before)
        await asyncio.sleep(0.2)
    await line.close()
    assert max(await asyncio.gather(*slow)) <= 60
    assert worst < 5


@pytest.mark.row("B030")
async def test_other_methods_are_refused_and_cannot_be_smuggled(shared: Cluster) -> None:
    """405 with Allow; an override header changes nothing."""
    for target in OAUTH:
        for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD", "FROB"):
            answer = await send(shared.ports[0], request(method, target, x_http_method_override="POST"))
            assert answer.status == 405, (method, answer)
            assert answer.headers["allow"] == "POST"
            assert b"x-http-method-override" not in answer.body.lower()
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        answer = await send(
            shared.ports[0], request(method, "/oauth2/v1/authorize", x_http_method_override="GET")
        )
        assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.row("B032")
async def test_messages_that_can_be_read_two_ways_are_refused(shared: Cluster) -> None:
    """Length and chunks together, two lengths, folded headers, bare line feeds: 400 or the connection closed, and
    never a second answer to what was hidden in the first."""
    hidden = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    line, mark = b"POST /oauth2/v1/token HTTP/1.1\r\nhost: localhost:8100\r\n", b"\r\n\r\n"
    for raw in (
        line + b"content-length: 5\r\ncontent-length: 40" + mark + hidden,
        line + b"content-length: 4\r\ntransfer-encoding: chunked" + mark + b"0\r\n\r\n" + hidden,
        line + b"transfer-encoding: chunked\r\ntransfer-encoding: identity" + mark + b"0\r\n\r\n" + hidden,
        line + b"transfer-encoding: xchunked" + mark + b"0\r\n\r\n" + hidden,
        line + b"content-length: +5" + mark + b"aaaaa" + hidden,
        line + b"content-length: 5, 5" + mark + b"aaaaa" + hidden,
        line + b"x-folded: a\r\n b\r\ncontent-length: 0" + mark + hidden,
        line + b"x space : a\r\ncontent-length: 0" + mark + hidden,
        (line + b"x: y\ncontent-length: 0" + mark).replace(b"\r\n", b"\n") + hidden,
        line + b"x: a\rb\r\ncontent-length: 0" + mark + hidden,
        line + b"x: a\x00b\r\ncontent-length: 0" + mark + hidden,
        b"POST /oauth2/v1/token HTTP/1.1 extra\r\nhost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\nhost: a\r\n\r\n",
    ):
        said = await talk(shared.ports[0], raw)
        statuses = [int(part[:3]) for part in said.split(b"HTTP/1.1 ")[1:]]
        assert all(status < 500 for status in statuses), (raw, said)
        ambiguous = raw.count(b"content-length") + raw.count(b"transfer-encoding") == 2
        assert not (ambiguous and 200 in statuses), (raw, said)


async def talk(port: int, raw: bytes) -> bytes:
    """All that the server says to some bytes within a second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""
    try:
        writer.write(raw)
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(1):
                while part := await reader.read(65_536):
                    said += part
        return said
    finally:
        writer.close()


@pytest.mark.row("B033")
async def test_probes_find_nothing(shared: Cluster, live: World) -> None:
    """SQL, LDAP, template and path probes in parameters: refused or empty, nothing changes, nobody waits."""
    person, partner = await someone(live)
    flow = await live.flow(person, partner)
    probes = (
        "' OR '1'='1", "1; SELECT pg_sleep(9)--", "'; DROP TABLE users;--", "*)(uid=*", '{"$ne":null}', "{{7*7}}",
        "${7*7}", "../../etc/passwd", "%' ESCAPE '!", "\\", "$1", "%s%n", "a" * 5000, "<script>alert(1)</script>",
    )  # fmt: skip
    count = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM authorizations)"
    before = await live.platform.database.fetch(count)
    bearer = {"authorization": f"Bearer {flow.access}"}
    for probe in probes:
        for name in (
            "name",
            "tags",
            "page",
            "page_size",
            "monitor_tags",
            "sort",
            "query",
            "filter",
            "start",
            "id",
        ):
            answer = await live.machine.get("/api/v1/monitor", params={name: probe}, headers=bearer)
            assert answer.status_code < 500
        answer = await live.machine.get(
            "/api/v2/events", params={"filter[query]": probe, "sort": probe}, headers=bearer
        )
        assert answer.status_code < 500
        for name in ("code", "code_verifier", "redirect_uri", "refresh_token", "grant_type", "scope"):
            answer = await live.token(
                partner, **{"grant_type": "authorization_code", "code": "x", name: probe}
            )
            assert answer.status_code == 400
        for name in ("client_id", "scope", "state", "redirect_uri", "response_type"):
            page = await live.machine.get(live.authorize_url(partner, **{name: probe}))
            assert page.status_code in (302, 303, 400)
            assert "<script>alert" not in page.text
        for target in ("/organization-settings/oauth-apps", "/organization-settings/api-keys"):
            page = await person.browser.get(
                target, params={"search": probe, "q": probe, "sort": probe, "page": probe}
            )
            assert page.status_code < 500
            assert "<script>alert" not in page.text
    assert await live.platform.database.fetch(count) == before


@pytest.mark.row("B030", "B032", "A166")
async def test_paths_and_headers_lead_nowhere_else(shared: Cluster, live: World) -> None:
    """Encoded slashes, dot segments, absolute forms and forwarding headers change neither the law nor the site."""
    person, partner = await someone(live)
    flow = await live.flow(person, partner)
    paths = (
        "/api/v1/../v1/monitor", "/api/v1/%2e%2e/v1/monitor", "/api%2Fv1%2Fmonitor", "/api/v1%2Fmonitor",
        "//api/v1/monitor", "/api//v1/monitor", "/api/v1/monitor/", "/api/v1/monitor%00", "/API/v1/monitor",
        "/api/v1/%6donitor%2F..%2Fdashboard", "/api/v1/monitor;x=1", "/./api/v1/monitor", "/api/v1/%252e%252e/monitor",
        "/oauth2/v1/../v1/token", "/.git/config", "/.env", "/admin", "/debug", "/static/../settings.py",
        "/static/%2e%2e/%2e%2e/settings.py", "/static/..%2f..%2fsettings.py",
    )  # fmt: skip
    for path in paths:
        answer = await send(shared.ports[0], request("GET", path))
        assert answer.status in (400, 401, 404, 405), (path, answer)
        assert b"class Settings" not in answer.body
    for origin in ("http://evil.example", "http://localhost:8100", "https://api.eu1.example"):
        raw = request("GET", f"{origin}/api/v1/monitor", authorization=f"Bearer {flow.access}")
        assert (await send(shared.ports[0], raw)).status in (200, 400, 421)
        assert (await send(shared.ports[0], request("GET", f"{origin}/api/v1/monitor"))).status in (
            400,
            401,
            421,
        )
    honest = await send(shared.ports[0], request("GET", "/.well-known/oauth-authorization-server"))
    tricks = {
        "host": "evil.example", "x_forwarded_host": "evil.example", "x_forwarded_proto": "https",
        "forwarded": "host=evil",
        "x_original_url": "/healthz", "x_rewrite_url": "/healthz", "x_host": "evil.example", "x_forwarded_prefix": "/x",
    }  # fmt: skip
    for name, value in tricks.items():
        told = await send(
            shared.ports[0], request("GET", "/.well-known/oauth-authorization-server", **{name: value})
        )
        assert (told.status, told.body) == (200, honest.body), name
        page = await send(shared.ports[0], request("GET", "/", accept="text/html", **{name: value}))
        assert b"evil" not in page.body and "evil" not in str(page.headers)
        unauthorized = await send(shared.ports[0], request("GET", "/api/v1/monitor", **{name: value}))
        assert unauthorized.status in (401, 421)


async def test_long_and_repeated_headers_are_answered(shared: Cluster, live: World) -> None:
    """Very long targets and headers, hundreds of headers, two of what must be one: refused, never misread."""
    person, partner = await someone(live)
    flow = await live.flow(person, partner)
    port, good = shared.ports[0], f"Bearer {flow.access}"
    for size in (8_000, 60_000, 1_000_000):
        assert (await pour(port, request("GET", "/healthz?" + "a" * size), 0)).status in (
            0,
            200,
            400,
            414,
            431,
        )
        assert (await pour(port, request("GET", "/healthz", x_long="a" * size), 0)).status in (
            0,
            200,
            400,
            431,
        )
        assert (await pour(port, request("GET", "/api/v1/monitor", authorization="Bearer " + "a" * size), 0)).status in (
            0, 400, 401, 431,
        )  # fmt: skip
    many = "".join(f"x-{n}: y\r\n" for n in range(2_000))
    raw = b"GET /healthz HTTP/1.1\r\nhost: a\r\n" + many.encode() + b"\r\n"
    assert (await pour(port, raw, 0)).status in (0, 200, 400, 431)
    query = "&".join(f"a{n}=1" for n in range(10_000))
    assert (await send(port, request("GET", f"/api/v1/monitor?{query}", authorization=good))).status in (
        200,
        400,
        414,
    )
    for first, second in ((good, "Bearer x"), ("Bearer x", good), (good, "Basic eDp5")):
        raw = request("GET", "/api/v1/monitor", authorization=first)
        raw = raw.replace(b"\r\n\r\n", f"\r\nauthorization: {second}\r\n\r\n".encode())
        assert (await send(port, raw)).status in (400, 401), (first, second)
    raw = request("GET", "/api/v1/monitor", authorization=good).replace(
        b"\r\n\r\n", b"\r\nhost: evil.example\r\n\r\n"
    )
    assert (await send(port, raw)).status in (200, 400)
