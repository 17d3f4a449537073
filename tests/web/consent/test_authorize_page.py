"""GET /oauth2/v1/authorize: what is shown, what is sent, and what is put before the person."""

import html
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.settled import Settled
from tests.world import CHALLENGE, REDIRECT, Partner, consent_fields, parameters_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
BAD_CLIENT = "invalid_request - Invalid client_id parameter value"
BAD_URI = "invalid_request - Mismatching redirect URI"


def is_shown(answer: httpx.Response, text: str) -> bool:
    """Whether this is an error page with the text, and leads nowhere."""
    assert answer.status_code == 400, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    assert "location" not in answer.headers
    assert "refresh" not in answer.headers
    assert 'http-equiv="refresh"' not in answer.text.lower()
    assert answer.headers["cache-control"] == "no-store"
    return text in answer.text


def is_named(settled: Settled, page: httpx.Response, scope: str) -> bool:
    """Whether the consent page names a scope, in words."""
    sentence = settled.world.platform.contract.scopes[scope].consent["en"]
    return f'data-scope="{scope}"' in page.text and sentence in html.unescape(page.text)


def sent(settled: Settled, answer: httpx.Response, error: str) -> dict[str, str]:
    """The parameters of an error that was sent to the client."""
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.startswith(REDIRECT + "?")
    assert not urlsplit(location).fragment
    told = parameters_of(answer)
    assert told["error"] == error
    assert told["iss"] == settled.world.platform.site.issuer
    assert "code" not in told
    return told


@pytest.mark.row("A001", "A051", "S22", "R1")
async def test_the_person_is_asked(settled: Settled) -> None:
    """Who asks, for which organization, for which scopes; no code yet; never stored."""
    page = await settled.authorize()
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-store"
    assert "On-call Notifier" in page.text
    assert "Acme" in page.text
    for scope in settled.partner.scopes:
        assert is_named(settled, page, scope)
    assert "lsac_" not in page.text


@pytest.mark.row("A005", "A006", "R1")
@pytest.mark.parametrize(
    "client_id", [None, "", "nobody", "0189dc5e-0000-7000-8000-000000000001", "x" * 500, "a\x00b", "é", "<b>"]
)
@pytest.mark.parametrize("known", [True, False])
async def test_an_unknown_client_is_shown_to_anybody(
    settled: Settled, client_id: str | None, known: bool
) -> None:
    """One page, signed in or not, whatever else is wrong."""
    browser = settled.mina.browser if known else settled.world.browser()
    url = settled.world.authorize_url(
        settled.partner, client_id=client_id, redirect_uri="https://evil.example"
    )
    page = await browser.get(url)
    if client_id == "a\x00b":
        assert page.status_code == 400
    else:
        assert is_shown(page, BAD_CLIENT)
    assert "evil.example" not in page.text


CORPUS = [
    None, "", REDIRECT + "/", REDIRECT + "?x=1", REDIRECT + "#", REDIRECT + "#x", REDIRECT + "123",
    "https://notifier.example/x/../callback", "https://notifier.example/./callback",
    "https://notifier.example//callback", "https://notifier.example/callback/extra",
    "https://notifier.example/callback%2f..", "https://notifier.example/%63allback",
    "http://notifier.example/callback", "https://notifier.example:443/callback",
    "https://notifier.example:8443/callback", "https://evil.notifier.example/callback",
    "https://notifier.example.evil.example/callback", "https://notifier.example@evil.example/callback",
    "https://user@notifier.example/callback", "https://evil.example/callback",
    "https://evil.example\\@notifier.example/callback", "HTTPS://notifier.example/callback",
    "https://NOTIFIER.example/callback", "https://notifier.example./callback", "https://*.example/callback",
    "//notifier.example/callback", "/callback", "javascript:alert(1)", "data:text/html,x", " " + REDIRECT,
    REDIRECT + " ", REDIRECT + "\n", REDIRECT + "%0d%0aSet-Cookie:a=b", REDIRECT + "\r\nSet-Cookie: a=b",
    REDIRECT + "&code=x", REDIRECT + "%00", "https://notifier.example/callback;x", "https://nоtifier.example/callback",
]  # fmt: skip


@pytest.mark.row("A007", "A008", "A054", "A055", "A056", "B014", "R2", "T8")
@pytest.mark.parametrize("redirect_uri", CORPUS)
async def test_another_redirect_uri_is_shown_and_never_followed(
    settled: Settled, redirect_uri: str | None
) -> None:
    """Exact strings: whatever a parser might make equal is not."""
    page = await settled.authorize(redirect_uri=redirect_uri)
    assert is_shown(page, BAD_URI)
    assert "set-cookie" not in page.headers or "a=b" not in page.headers["set-cookie"]
    assert "evil.example" not in page.text


@pytest.mark.row("A055", "A031")
async def test_a_registered_query_belongs_to_the_string(settled: Settled) -> None:
    """Another value is another address; the right one is kept and ours is appended."""
    uri = "https://notifier.example/cb?a=1&b=2"
    partner = await settled.world.publish(await settled.world.partner("Query", redirect_uris=(uri,)))
    for other in ("https://notifier.example/cb", uri[:-1] + "3", "https://notifier.example/cb?b=2&a=1"):
        url = settled.world.authorize_url(partner, redirect_uri=other)
        assert is_shown(await settled.mina.browser.get(url), BAD_URI)
    answer = await settled.world.consent(settled.mina, partner, redirect_uri=uri)
    assert answer.headers["location"].startswith(uri + "&code=")


@pytest.mark.row("A008")
async def test_the_redirect_uri_must_be_named_also_when_there_are_two(settled: Settled) -> None:
    """Contract choice: always required."""
    uris = (REDIRECT, "https://notifier.example/two")
    partner = await settled.world.publish(await settled.world.partner("Two URIs", redirect_uris=uris))
    url = settled.world.authorize_url(partner, redirect_uri=None)
    assert is_shown(await settled.mina.browser.get(url), BAD_URI)


@pytest.mark.row("A028", "B017", "R30")
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
@pytest.mark.parametrize("first", [True, False])
async def test_a_repeated_client_id_or_redirect_uri_is_shown(
    settled: Settled, name: str, first: bool
) -> None:
    """Good then evil, evil then good: neither is followed."""
    url = settled.world.authorize_url(settled.partner)
    more = f"{name}=https%3A%2F%2Fevil.example"
    url = url.replace("?", f"?{more}&") if first else f"{url}&{more}"
    page = await settled.mina.browser.get(url)
    assert is_shown(page, "invalid_request - ")


@pytest.mark.row("A009", "A010", "A016", "A103", "A104", "A107", "A193", "B012", "B072", "R3", "R6")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "S512"}, "invalid_request"),
        ({"code_challenge": "12345"}, "invalid_request"),
        ({"code_challenge": "a" * 42}, "invalid_request"),
        ({"code_challenge": "a" * 129}, "invalid_request"),
        ({"code_challenge": "a" * 42 + "="}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1] + "+"}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1] + "/"}, "invalid_request"),
        ({"scope": "bogus"}, "invalid_scope"),
        ({"scope": "dashboards_read"}, "invalid_scope"),
        ({"scope": "monitors_read bogus"}, "invalid_scope"),
        ({"scope": 'a"b'}, "invalid_scope"),
    ],
)
async def test_everything_else_is_sent_to_the_client(
    settled: Settled, changes: dict[str, str | None], error: str
) -> None:
    """In the query, with state and iss."""
    told = sent(settled, await settled.authorize(**changes), error)
    assert told["state"] == "opaque"


@pytest.mark.row("A015", "R1")
async def test_an_anonymous_browser_signs_in_before_any_error_is_sent(settled: Settled) -> None:
    """The platform is no open redirector for whoever registers a client."""
    world = settled.world
    person = await world.person(settled.acme)
    url = world.authorize_url(settled.partner, scope="bogus")
    first = await person.browser.get(url)
    assert first.headers["location"].startswith("/sign-in?")
    signed_in = await world.sign_in(person, url)
    assert signed_in.headers["location"] == url
    sent(settled, await person.browser.get(url), "invalid_scope")


@pytest.mark.row("A002", "A038")
async def test_sign_in_resumes_the_very_same_request(settled: Settled) -> None:
    """State, challenge and scope byte by byte; 303, never 307."""
    world = settled.world
    person = await world.person(settled.acme)
    url = world.authorize_url(settled.partner, state="a b&c=+%\"<>'", scope="events_read monitors_read")
    first = await person.browser.get(url)
    assert first.status_code == 303
    target = parse_qs(urlsplit(first.headers["location"]).query)["next"][0]
    assert parse_qs(urlsplit(target).query) == parse_qs(urlsplit(url).query)
    answer = await world.sign_in(person, target)
    assert (answer.status_code, answer.headers["location"]) == (303, target)
    page = await person.browser.get(answer.headers["location"])
    assert consent_fields(page)["state"] == "a b&c=+%\"<>'"


@pytest.mark.row("A017", "A101")
async def test_without_scope_everything_is_asked_and_granted(settled: Settled) -> None:
    """Omitted or empty: all scopes of the client."""
    for scope in (None, ""):
        flow = await settled.flow(scope=scope)
        assert set(flow.tokens["scope"].split()) == set(settled.partner.scopes)


@pytest.mark.row("A018")
async def test_the_order_of_scopes_does_not_matter(settled: Settled) -> None:
    """Reversed is the same set."""
    flow = await settled.flow(scope=" ".join(reversed(settled.partner.scopes)))
    assert set(flow.tokens["scope"].split()) == set(settled.partner.scopes)


@pytest.mark.row("A101", "S13")
async def test_a_subset_is_shown_and_granted_alone(settled: Settled) -> None:
    """What was not asked for is neither on the page nor in the token."""
    page = await settled.authorize(scope="events_read")
    assert is_named(settled, page, "events_read")
    assert not is_named(settled, page, "api_keys_write")
    assert (await settled.flow(scope="events_read")).tokens["scope"] == "events_read"


@pytest.mark.row("A027", "R30")
async def test_unknown_parameters_are_ignored(settled: Settled) -> None:
    """Even repeated ones."""
    url = settled.world.authorize_url(settled.partner) + "&foo=bar&foo=baz&nonce=x&ui_locales=de"
    assert (await settled.mina.browser.get(url)).status_code == 200


@pytest.mark.row("A029", "R30")
@pytest.mark.parametrize(
    "name", ["response_type", "scope", "code_challenge", "code_challenge_method", "state"]
)
async def test_another_repeated_parameter_is_sent(settled: Settled, name: str) -> None:
    """`invalid_request`, in the query."""
    url = settled.world.authorize_url(settled.partner, scope="events_read") + f"&{name}=x"
    sent(settled, await settled.mina.browser.get(url), "invalid_request")


@pytest.mark.row("A039", "A040", "B043")
@pytest.mark.parametrize("changes", [{}, {"client_id": "nobody"}, {"redirect_uri": "https://evil.example"}])
async def test_pages_can_t_be_framed_and_tell_nobody(settled: Settled, changes: dict[str, str]) -> None:
    """No frames, no referrer to strangers, no third-party content, nothing stored."""
    page = await settled.authorize(**changes)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    for attribute in ('src="http', "src='http", 'src="//', "@import", "<iframe"):
        assert attribute not in page.text


@pytest.mark.row("A040")
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in?next=%2Foauth2%2Fv1%2Fauthorize", "/nowhere"])
async def test_the_other_pages_too(settled: Settled, path: str) -> None:
    """Sign-in and not-found pages carry the same headers."""
    page = await settled.world.browser().get(path)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.row("A050", "T2", "S11", "S17", "R16")
async def test_a_test_client_is_unknown_outside_its_organization(settled: Settled) -> None:
    """The page that an unknown client gets, but for the request's id; its own sandbox may authorize it."""
    world = settled.world
    partner = await world.partner("Sandboxed")
    foreign = await settled.mina.browser.get(world.authorize_url(partner))
    unknown = await settled.authorize(client_id="0189dc5e-0000-7000-8000-000000000001")
    assert is_shown(foreign, BAD_CLIENT)
    plain = [page.text.replace(page.headers["x-request-id"], "") for page in (foreign, unknown)]
    assert plain[0] == plain[1]
    await world.sign_in(partner.developer)
    assert (await partner.developer.browser.get(world.authorize_url(partner))).status_code == 200


async def _kept(settled: Settled, partner: Partner, answer: httpx.Response) -> str:
    rows = await settled.world.platform.database.fetch(
        "SELECT cause FROM refusals WHERE organization_id = $1 AND request_id = $2",
        partner.organization_id,
        answer.headers["x-request-id"],
    )
    return str(rows[0]["cause"])


@pytest.mark.row("T2", "T7")
async def test_the_owner_can_read_why(settled: Settled) -> None:
    """What the page does not tell a stranger is kept for the partner, by the request's id."""
    world = settled.world
    partner = await world.partner("Curious")
    outside = await settled.mina.browser.get(world.authorize_url(partner))
    assert await _kept(settled, partner, outside) == "test_client_outside_its_organization"
    mismatch = await settled.mina.browser.get(world.authorize_url(partner, redirect_uri="https://x.example/"))
    assert await _kept(settled, partner, mismatch) == "redirect_uri_mismatch"


PROBES = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "${7*7}", "{% raw %}",
    "</script><script>", "javascript:alert(1)", "\u2028alert(1)",
]  # fmt: skip


@pytest.mark.row("B052", "B053", "R23")
@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "error_description", "foo"])
async def test_what_is_reflected_is_inert(settled: Settled, name: str, probe: str) -> None:
    """Escaped or absent, and no template is run: 49 appears nowhere."""
    page = await settled.authorize(**{name: probe})
    assert page.status_code in (200, 303, 400)
    if page.status_code == 303:
        assert page.headers["location"].startswith(REDIRECT)
        assert not set(page.headers["location"]) & set("<>\"'{}\r\n")
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert ">49<" not in page.text


@pytest.mark.row("B018")
@pytest.mark.parametrize("name", ["state", "scope", "redirect_uri", "client_id", "response_type"])
async def test_line_breaks_split_no_header(settled: Settled, name: str) -> None:
    """CR and LF come back encoded or not at all."""
    page = await settled.authorize(**{name: "x\r\nSet-Cookie: evil=1\r\n\r\n<b>"})
    assert "evil" not in page.headers.get("set-cookie", "")
    assert "\n" not in page.headers.get("location", "")
    if name == "state":
        answer = await settled.world.consent(settled.mina, settled.partner, state="x\r\ny")
        assert parameters_of(answer)["state"] == "x\r\ny"


@pytest.mark.row("B023", "B024", "R8", "B033")
@pytest.mark.parametrize(
    "value", ["%FF%FE", "%00", "%ED%A0%80", "%", "%zz", "%27%3B+DROP+TABLE+users%3B--", "a" * 30_000]
)
@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "code_challenge", "foo"])
async def test_no_query_breaks_anything(settled: Settled, name: str, value: str) -> None:
    """A page, a redirect or an error page; never a failure."""
    url = settled.world.authorize_url(settled.partner, **{name: None}) + f"&{name}={value}"
    assert (await settled.mina.browser.get(url)).status_code in (200, 303, 400, 414)


@pytest.mark.row("B045", "R14")
async def test_looking_changes_nothing(settled: Settled) -> None:
    """Whoever follows every link as an administrator leaves the database as it was."""
    import re

    flow = await settled.flow()
    await settled.world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
    before = await _everything(settled)
    seen, waiting = set(), ["/", settled.world.authorize_url(settled.partner)]
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 150:
            continue
        seen.add(path)
        page = await settled.mina.browser.get(path)
        if page.headers.get("content-type", "").startswith("text/html"):
            waiting += [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', page.text)]
    assert len(seen) > 8
    assert await _everything(settled) == before


async def _everything(settled: Settled) -> list[object]:
    tables = (
        "authorizations",
        "api_keys",
        "clients",
        "apps",
        "memberships",
        "users",
        "roles",
        "audit_entries",
    )
    database = settled.world.platform.database
    return [
        [dict(row) for row in await database.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")]
        for table in tables
    ]
