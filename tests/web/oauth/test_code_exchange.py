"""POST /oauth2/v1/token with a code."""

import pytest
from httpx import BasicAuth
from tests.settled import Settled
from tests.world import REDIRECT, VERIFIER, Partner

from latchstring.apps import clients
from latchstring.apps.clients import Smithy
from latchstring.apps.model import ClientFields
from latchstring.protocol.pkce import challenge_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
BAD_CODE = {"error": "invalid_grant", "error_description": "Invalid code or code verifier"}


@pytest.mark.row("A066", "A069", "A101")
async def test_a_form_with_credentials_is_answered_with_a_pair(settled: Settled) -> None:
    """Exactly 200, all members, nothing stored on the way."""
    answer = await settled.post("token", settled.exchange(await settled.code()))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert set(told) == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 3600)
    assert isinstance(told["expires_in"], int)
    assert set(told["scope"].split()) == set(settled.partner.scopes)


@pytest.mark.row("A067")
async def test_a_json_body_means_the_same_as_a_form(settled: Settled) -> None:
    """Same members, same answer."""
    body = settled.exchange(await settled.code())
    answer = await settled.world.machine.post("/oauth2/v1/token", json=body)
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"


@pytest.mark.row("A068")
async def test_basic_credentials_work(settled: Settled) -> None:
    """`client_secret_basic`."""
    body = settled.exchange(await settled.code(), client_id=None, client_secret=None)
    auth = BasicAuth(settled.partner.client_id, settled.partner.client_secret)
    assert (await settled.post("token", body, auth=auth)).status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*;q=0.1", ""])
async def test_answers_are_json_whatever_accept_says(settled: Settled, accept: str) -> None:
    """Success and refusal alike."""
    headers = {"accept": accept}
    good = await settled.post("token", settled.exchange(await settled.code()), headers=headers)
    bad = await settled.post("token", settled.exchange("nonsense"), headers=headers)
    assert (good.status_code, good.headers["content-type"]) == (200, "application/json")
    assert (bad.status_code, bad.headers["content-type"]) == (400, "application/json")


@pytest.mark.parametrize("charset", [";charset=UTF-8", "; charset=utf-8", ";charset=utf-8;x=y"])
async def test_a_charset_on_the_form_is_fine(settled: Settled, charset: str) -> None:
    """Java clients send one."""
    headers = {"content-type": "application/x-www-form-urlencoded" + charset}
    answer = await settled.post("token", settled.exchange(await settled.code()), headers=headers)
    assert answer.status_code == 200


@pytest.mark.row("T9", "A085")
@pytest.mark.parametrize(
    "media_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml", ""]
)
async def test_another_content_type_is_an_invalid_code(settled: Settled, media_type: str) -> None:
    """As documented: also when the content type is neither JSON nor a form."""
    answer = await settled.world.machine.post(
        "/oauth2/v1/token", content=b"code=x", headers={"content-type": media_type}
    )
    assert (answer.status_code, answer.json()) == (400, BAD_CODE)


@pytest.mark.row("A071", "A072", "A073", "A099")
@pytest.mark.parametrize("secret", [None, "", "wrong", "lscs_us1_" + "0" * 56])
async def test_a_missing_or_wrong_secret_leaves_the_code_whole(settled: Settled, secret: str | None) -> None:
    """401 `invalid_client` with a challenge, and the code still works."""
    code = await settled.code()
    refused = await settled.post("token", settled.exchange(code, client_secret=secret))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"] == 'Basic realm="oauth2"'
    assert refused.headers["cache-control"] == "no-store"
    assert (await settled.post("token", settled.exchange(code))).status_code == 200


@pytest.mark.row("A072")
async def test_a_wrong_basic_secret_is_answered_with_a_basic_challenge(settled: Settled) -> None:
    """So that an HTTP library knows what to send."""
    body = settled.exchange("x", client_id=None, client_secret=None)
    refused = await settled.post("token", body, auth=BasicAuth(settled.partner.client_id, "wrong"))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.row("A073")
async def test_an_unknown_client_and_a_wrong_secret_are_told_alike(settled: Settled) -> None:
    """Byte for byte: nobody learns which clients exist."""
    wrong = await settled.post("token", settled.exchange("x", client_secret="wrong"))
    unknown = [
        await settled.post("token", settled.exchange("x", client_id=client_id))
        for client_id in ("0189dc5e-0000-7000-8000-000000000001", "nobody", "' OR 1=1 --")
    ]
    assert {answer.content for answer in unknown} == {wrong.content}
    assert {answer.status_code for answer in unknown} == {wrong.status_code} == {401}


@pytest.mark.row("A075")
async def test_basic_and_body_credentials_together_are_refused(settled: Settled) -> None:
    """Exactly one way; the code is not consumed."""
    code = await settled.code()
    auth = BasicAuth(settled.partner.client_id, settled.partner.client_secret)
    refused = await settled.post("token", settled.exchange(code), auth=auth)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert (await settled.post("token", settled.exchange(code))).status_code == 200


async def test_a_client_that_tries_basic_first_may_try_the_body_with_the_same_code(settled: Settled) -> None:
    """After any refusal of the Basic request, the same code is still whole."""
    code = await settled.code()
    bare = settled.exchange(code, client_id=None, client_secret=None)
    refused = await settled.post("token", bare, auth=BasicAuth(settled.partner.client_id, "wrong"))
    assert refused.status_code == 401
    assert (await settled.post("token", settled.exchange(code))).status_code == 200


@pytest.mark.row("A079", "B030")
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("endpoint", ["token", "revoke", "introspect"])
async def test_only_post_is_allowed(settled: Settled, endpoint: str, method: str) -> None:
    """405 names what is; an override header changes nothing."""
    query = settled.exchange("x")
    headers = {"x-http-method-override": "POST"}
    answer = await settled.world.machine.request(
        method, f"/oauth2/v1/{endpoint}", params=query, headers=headers
    )
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "access_token" not in answer.text


@pytest.mark.row("A080")
async def test_credentials_in_the_query_authenticate_nobody(settled: Settled) -> None:
    """Parameters come in the body only."""
    code = await settled.code()
    body = settled.exchange(code, client_id=None, client_secret=None)
    answer = await settled.post("token", body, params=settled.credentials())
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.row("A082", "A083", "A084")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "frobnicate"}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange"}, "unsupported_grant_type"),
        ({"code": None}, "invalid_request"),
        ({"code": ""}, "invalid_request"),
    ],
)
async def test_what_is_missing_or_not_offered_is_named(
    settled: Settled, changes: dict[str, str | None], error: str
) -> None:
    """RFC 6749's codes."""
    answer = await settled.post("token", settled.exchange("x", **changes))
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.row("A085", "A086", "A108", "A109", "A063", "B007")
@pytest.mark.parametrize(
    "changes",
    [
        {"code": "nonsense"},
        {"code": "lsac_us1_00"},
        {"code_verifier": None},
        {"code_verifier": "short"},
        {"code_verifier": "w" * 64},
        {"code_verifier": challenge_of(VERIFIER)},
        {"redirect_uri": None},
        {"redirect_uri": REDIRECT + "/"},
        {"redirect_uri": "https://notifier.example/other"},
    ],
)
async def test_whatever_is_wrong_with_the_code_is_told_alike(
    settled: Settled, changes: dict[str, str | None]
) -> None:
    """One answer for all, and a refused request consumes nothing."""
    code = await settled.code()
    refused = await settled.post("token", settled.exchange(code, **changes))
    assert (refused.status_code, refused.json()) == (400, BAD_CODE)
    assert (await settled.post("token", settled.exchange(code))).status_code == 200


@pytest.mark.row("A063", "T7")
async def test_a_code_is_bound_to_the_one_of_two_addresses_it_was_sent_to(settled: Settled) -> None:
    """Both are registered; the code went to the first."""
    second = "https://notifier.example/second"
    partner = await settled.world.publish(
        await settled.world.partner("Two", redirect_uris=(REDIRECT, second))
    )
    code = await settled.world.code(settled.mina, partner)
    refused = await settled.world.redeem(partner, code, redirect_uri=second)
    assert (refused.status_code, refused.json()) == (400, BAD_CODE)
    assert (await settled.world.redeem(partner, code)).status_code == 200


@pytest.mark.row("A087")
async def test_a_code_lives_sixty_seconds(settled: Settled) -> None:
    """One second before it works, at sixty it does not."""
    young, old = await settled.code(), await settled.code()
    settled.world.clock.move(seconds=59)
    assert (await settled.post("token", settled.exchange(young))).status_code == 200
    settled.world.clock.move(seconds=1)
    refused = await settled.post("token", settled.exchange(old))
    assert (refused.status_code, refused.json()) == (400, BAD_CODE)


@pytest.mark.row("A088", "B001", "R5")
async def test_a_replayed_code_kills_what_it_created(settled: Settled) -> None:
    """Access and refresh token of the first redemption are dead at once."""
    code = await settled.code()
    first = (await settled.post("token", settled.exchange(code))).json()
    other = await settled.flow()
    settled.world.clock.move(seconds=1)
    replay = await settled.post("token", settled.exchange(code))
    assert (replay.status_code, replay.json()) == (400, BAD_CODE)
    assert (await settled.world.call(first["access_token"])).status_code == 401
    refresh = await settled.world.refresh(settled.partner, first["refresh_token"])
    assert refresh.json()["error"] == "invalid_grant"
    for token in (first["access_token"], first["refresh_token"]):
        assert await settled.world.introspect(settled.partner, token) == {"active": False}
    assert (await settled.world.call(other.access)).status_code == 200


async def test_a_code_replayed_by_a_stranger_kills_nothing(settled: Settled) -> None:
    """Only the code's own client, authenticated, can end an authorization that way."""
    code = await settled.code()
    tokens = (await settled.post("token", settled.exchange(code))).json()
    foreign = settled.exchange(code, **settled.credentials(settled.rival))
    assert (await settled.post("token", foreign)).status_code == 400
    assert (await settled.post("token", settled.exchange(code, client_secret="x"))).status_code == 401
    assert (await settled.world.call(tokens["access_token"])).status_code == 200


@pytest.mark.row("A089")
async def test_another_client_can_t_redeem_a_code(settled: Settled) -> None:
    """With its own valid secret it is refused, and the code stays its owner's."""
    code = await settled.code()
    refused = await settled.post("token", settled.exchange(code, **settled.credentials(settled.rival)))
    assert (refused.status_code, refused.json()) == (400, BAD_CODE)
    assert (await settled.post("token", settled.exchange(code))).status_code == 200


@pytest.mark.row("A091")
@pytest.mark.parametrize(
    "name", ["code", "client_id", "grant_type", "redirect_uri", "client_secret", "code_verifier"]
)
async def test_a_repeated_parameter_is_refused(settled: Settled, name: str) -> None:
    """In a form and in JSON."""
    body = settled.exchange("x")
    form = [*body.items(), (name, body[name])]
    members = ",".join(f'"{key}":"{value}"' for key, value in form)
    for answer in (
        await settled.world.machine.post(
            "/oauth2/v1/token",
            content="&".join(f"{key}={value}" for key, value in form),
            headers={"content-type": "application/x-www-form-urlencoded"},
        ),
        await settled.world.machine.post(
            "/oauth2/v1/token", content="{" + members + "}", headers={"content-type": "application/json"}
        ),
    ):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.row("R30")
async def test_an_unknown_parameter_is_ignored(settled: Settled) -> None:
    """Even when it is repeated."""
    body = settled.exchange(await settled.code())
    content = "&".join([f"{name}={value}" for name, value in body.items()] + ["foo=1", "foo=2"])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await settled.world.machine.post("/oauth2/v1/token", content=content, headers=headers)
    assert answer.status_code == 200


@pytest.mark.row("A110")
@pytest.mark.parametrize(
    "verifier", ["a" * 43, "Z" * 128, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "-._~" * 20]
)
async def test_every_verifier_of_the_rfc_s_form_works(settled: Settled, verifier: str) -> None:
    """The shortest, the longest, the published example."""
    code = await settled.code(code_challenge=challenge_of(verifier))
    answer = await settled.post("token", settled.exchange(code, code_verifier=verifier))
    assert answer.status_code == 200


@pytest.mark.row("A033", "A070")
async def test_codes_and_tokens_are_distinct_and_long(settled: Settled) -> None:
    """Two hundred codes, none like another; each with its own 128 bits."""
    world = settled.world
    page = await settled.authorize()
    from tests.world import consent_fields, parameters_of

    fields = {**consent_fields(page), "decision": "allow"}
    answers = [await settled.mina.browser.post("/oauth2/v1/authorize", data=fields) for _ in range(200)]
    codes = {parameters_of(answer)["code"] for answer in answers}
    assert len(codes) == 200
    assert len({code[-40:-8] for code in codes}) == 200
    flow = await settled.flow()
    pairs = [(await world.refresh(settled.partner, flow.refresh)).json() for _ in range(100)]
    assert len({pair["access_token"] for pair in pairs}) == 100


async def _without(settled: Settled, sql: str, undo: str, *arguments: object) -> None:
    code = await settled.code()
    database = settled.world.platform.database
    await database.fetch(sql, *arguments)
    try:
        refused = await settled.post("token", settled.exchange(code))
    finally:
        await database.fetch(undo, *arguments)
    assert (refused.status_code, refused.json()) == (400, BAD_CODE)


@pytest.mark.row("A098")
async def test_no_tokens_for_a_user_disabled_meanwhile(settled: Settled) -> None:
    """Between consent and redemption."""
    await _without(
        settled,
        "UPDATE users SET disabled_at = now() WHERE id = $1",
        "UPDATE users SET disabled_at = NULL WHERE id = $1",
        settled.mina.id,
    )


@pytest.mark.row("A098")
async def test_no_tokens_for_an_organization_disabled_meanwhile(settled: Settled) -> None:
    """Between consent and redemption."""
    await _without(
        settled,
        "UPDATE organizations SET disabled_at = now() WHERE id = $1",
        "UPDATE organizations SET disabled_at = NULL WHERE id = $1",
        settled.acme,
    )


async def _edited(settled: Settled, partner: Partner, scopes: tuple[str, ...]) -> None:
    from uuid import UUID

    world = settled.world
    fields = ClientFields("On-call Notifier", "Tells", (REDIRECT,), "https://notifier.example/start", scopes)
    async with world.platform.database.transaction() as tx:
        await clients.update(
            tx, world.platform.contract, world.act, partner.organization_id, UUID(partner.client_id), fields
        )


async def test_no_tokens_when_none_of_the_scopes_is_the_client_s_any_more(settled: Settled) -> None:
    """What was consented to and is still asked for: nothing."""
    world = settled.world
    partner = await world.partner("Changing", ("monitors_read",))
    await world.sign_in(partner.developer)
    code = await world.code(partner.developer, partner)
    await _edited(settled, partner, ("events_read",))
    assert (await world.redeem(partner, code)).json() == BAD_CODE


@pytest.mark.row("A099", "A127", "A187", "S11", "T10", "R17")
async def test_a_new_secret_replaces_the_old_and_leaves_authorizations_alone(settled: Settled) -> None:
    """Old secret 401 at once; with the new one the same code, refresh token and access token work."""
    from uuid import UUID

    world = settled.world
    partner = await world.partner("Regenerating")
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    code = await world.code(partner.developer, partner)
    platform = world.platform
    async with platform.database.transaction() as tx:
        smithy = Smithy(platform.shared_keys, platform.entropy, platform.site.key)
        made = await clients.regenerate_secret(
            tx, smithy, world.act, partner.organization_id, UUID(partner.client_id)
        )
    assert (await world.redeem(partner, code)).status_code == 401
    assert (await world.refresh(partner, flow.refresh)).status_code == 401
    partner.client_secret = made.client_secret
    assert (await world.redeem(partner, code)).status_code == 200
    assert (await world.refresh(partner, flow.refresh)).status_code == 200
    assert (await world.call(flow.access)).status_code == 200


@pytest.mark.row("R17")
async def test_every_character_of_the_secret_counts(settled: Settled) -> None:
    """A secret cut by one, or with one more, is a wrong one."""
    right = settled.partner.client_secret
    for wrong in (right[:-1], right + "0", right[:-1] + ("0" if right[-1] != "0" else "1"), right.upper()):
        refused = await settled.post("token", settled.exchange("x", client_secret=wrong))
        assert refused.status_code in (401, 429)


@pytest.mark.row("B022", "B023", "B024", "B027", "B028", "R8", "R25")
@pytest.mark.parametrize("endpoint", ["token", "revoke", "introspect"])
@pytest.mark.parametrize(
    ("content", "media_type", "statuses"),
    [
        (b"code=%FF%FE&client_id=x", "application/x-www-form-urlencoded", {400}),
        (b"\xff\xfe", "application/json", {400}),
        (b"client_id=%00&client_secret=a", "application/x-www-form-urlencoded", {400}),
        (b'{"client_id":"\\u0000"}', "application/json", {400}),
        (b"a=1&" * 15_000, "application/x-www-form-urlencoded", {400, 413}),
        (b"x" * 8_000_000, "application/x-www-form-urlencoded", {400, 413}),
        (b"[" * 60_000, "application/json", {400}),
        (b"", "application/json", {400}),
        (b"null", "application/json", {400}),
    ],
)
async def test_what_can_t_be_read_is_refused_quickly(
    settled: Settled, endpoint: str, content: bytes, media_type: str, statuses: set[int]
) -> None:
    """Broken text, endless forms, nesting: `invalid_request` in JSON, never a failure."""
    answer = await settled.world.machine.post(
        f"/oauth2/v1/{endpoint}", content=content, headers={"content-type": media_type}
    )
    assert answer.status_code in statuses
    assert answer.json()["error"] == "invalid_request"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.row("B028")
async def test_compressed_bodies_are_not_inflated(settled: Settled) -> None:
    """415: no bomb to defuse."""
    answer = await settled.post("token", {"a": "b"}, headers={"content-encoding": "gzip"})
    assert answer.status_code == 415


@pytest.mark.row("B033", "R8")
@pytest.mark.parametrize(
    "probe", ["'; SELECT pg_sleep(9); --", "{$ne:null}", "*)(uid=*", "%s%n", "../../etc/passwd", "x" * 20_000]
)
@pytest.mark.parametrize(
    "name", ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret"]
)
async def test_probes_in_any_parameter_are_refused_like_anything_wrong(
    settled: Settled, name: str, probe: str
) -> None:
    """Registered errors only, whatever is injected."""
    settled.world.clock.move(seconds=10)
    answer = await settled.post("token", settled.exchange("x", **{name: probe}))
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] in {
        "invalid_request", "invalid_client", "invalid_grant", "unsupported_grant_type",
    }  # fmt: skip


@pytest.mark.row("A198")
async def test_protocols_that_are_not_advertised_are_inert(settled: Settled) -> None:
    """No pushed requests; a DPoP header and a resource parameter change nothing."""
    assert (await settled.post("par", settled.exchange("x"))).status_code == 404
    code = await settled.code(resource="https://api.example/")
    body = settled.exchange(code, resource="https://api.example/")
    answer = await settled.post("token", body, headers={"dpop": "eyJhbGciOiJub25lIn0.e30."})
    assert (answer.status_code, answer.json()["token_type"]) == (200, "Bearer")
