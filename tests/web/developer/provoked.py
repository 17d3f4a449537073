"""How each cause of refusal comes about: requests as a partner's faulty code would send them, by the cause's name."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import format_datetime
from uuid import UUID

import httpx
from tests.settled import Settled
from tests.world import CHALLENGE, REDIRECT, VERIFIER, Flow, Partner, World

from latchstring.access.attempts import Attempts
from latchstring.apps import clients
from latchstring.apps.clients import Smithy
from latchstring.apps.model import ClientFields
from latchstring.protocol import credentials
from latchstring.protocol.pkce import challenge_of

OTHER_VERIFIER = "another-flow-" + "q" * 40
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}


@dataclass
class Scene:
    """A published app that Mina of Acme has let in, its test twin in the sandbox, and a rival."""

    settled: Settled
    twin: Partner

    @property
    def world(self) -> World:
        """The platform."""
        return self.settled.world

    @property
    def partner(self) -> Partner:
        """The published app."""
        return self.settled.partner

    async def token(self, code: str = "x", /, **changes: str | None) -> httpx.Response:
        """A code exchange with changes."""
        return await self.settled.post("token", self.settled.exchange(code, **changes))

    async def refreshed(self, token: str, /, **more: str) -> httpx.Response:
        """A refresh."""
        return await self.world.refresh(self.partner, token, **more)

    async def raw(self, body: bytes, headers: dict[str, str], path: str = "token") -> httpx.Response:
        """A body as it is."""
        return await self.world.machine.post(f"/oauth2/v1/{path}", content=body, headers=headers)

    async def call(
        self, path: str = "/api/v1/monitor", method: str = "GET", **headers: str
    ) -> httpx.Response:
        """A call with headers as they are (`_` for `-`)."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.world.machine.request(method, path, headers=sent)

    async def bearer(self, text: str, path: str = "/api/v1/monitor", **headers: str) -> httpx.Response:
        """A call with a token."""
        return await self.call(path, authorization=f"Bearer {text}", **headers)

    async def flow(self, **changes: str | None) -> Flow:
        """Mina allows."""
        return await self.settled.flow(**changes)

    async def authorize(self, **changes: str | None) -> httpx.Response:
        """Mina's browser comes to authorize."""
        return await self.settled.authorize(**changes)

    async def key(self, flow: Flow) -> str:
        """An API key of the app in Acme; what was there before is revoked."""
        await self.sql("UPDATE api_keys SET revoked_at = now() WHERE revoked_at IS NULL")
        made = await self.world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
        return str(made.json()["data"]["attributes"]["key"])

    async def sql(self, text: str, *arguments: object) -> None:
        """What somebody does elsewhere."""
        await self.world.platform.database.fetch(text, *arguments)


async def scene_of(settled: Settled) -> Scene:
    """The app's test client, beside its published one."""
    world, partner = settled.world, settled.partner
    platform = world.platform
    fields = ClientFields("Test twin", "", ("https://staging.example/callback",), "", ("monitors_read",))
    async with platform.database.transaction() as tx:
        made = await clients.create(
            tx, platform.contract, Smithy(platform.shared_keys, platform.entropy, platform.site.key), world.act,
            partner.organization_id, partner.app_id, fields,
        )  # fmt: skip
    twin = Partner(
        partner.organization_id,
        partner.app_id,
        str(made.client.id),
        made.client_secret,
        partner.developer,
        ("monitors_read",),
    )
    for person in (partner.developer, settled.rival.developer):
        await world.sign_in(person)
    return Scene(settled, twin)


def elsewhere(token: str) -> str:
    """The same credential as another site would have made it."""
    prefix, _, rest = token[:-8].split("_", 2)
    text = f"{prefix}_eu1_{rest}"
    return text + credentials.checksum(text)


def forged(token: str) -> str:
    """The same row, another signature."""
    text = token[:-40] + "0" * 32
    return text + credentials.checksum(text)


def body_of(scene: Scene, **changes: str | None) -> dict[str, str]:
    """The fields of a code exchange."""
    return scene.settled.exchange("x", **changes)


Provoke = Callable[[Scene], Awaitable[httpx.Response]]


# ---------------------------------------------------------------- the authorization request


async def client_id_repeated(s: Scene) -> httpx.Response:
    url = s.world.authorize_url(s.partner)
    return await s.settled.mina.browser.get(f"{url}&client_id={s.partner.client_id}")


async def redirect_uri_repeated(s: Scene) -> httpx.Response:
    return await s.settled.mina.browser.get(s.world.authorize_url(s.partner) + "&redirect_uri=x")


async def request_malformed(s: Scene) -> httpx.Response:
    return await s.settled.mina.browser.get(f"/oauth2/v1/authorize?client_id={s.partner.client_id}&state=%ff")


async def client_disabled(s: Scene) -> httpx.Response:
    await s.sql("UPDATE clients SET disabled_at = now() WHERE id = $1", UUID(s.twin.client_id))
    answer = await s.authorize(client_id=s.twin.client_id)
    await s.sql("UPDATE clients SET disabled_at = NULL WHERE id = $1", UUID(s.twin.client_id))
    return answer


async def client_not_published_yet(s: Scene) -> httpx.Response:
    await s.sql("UPDATE clients SET kind = 'published' WHERE id = $1", UUID(s.twin.client_id))
    answer = await s.authorize(client_id=s.twin.client_id)
    await s.sql("UPDATE clients SET kind = 'test' WHERE id = $1", UUID(s.twin.client_id))
    return answer


async def test_client_outside(s: Scene) -> httpx.Response:
    return await s.authorize(client_id=s.twin.client_id, redirect_uri="https://staging.example/callback")


async def sibling_uri(s: Scene) -> httpx.Response:
    return await s.authorize(redirect_uri="https://staging.example/callback")


async def sibling_uri_reverse(s: Scene) -> httpx.Response:
    return await s.authorize(client_id=s.twin.client_id, redirect_uri=REDIRECT)


async def parameter_repeated(s: Scene) -> httpx.Response:
    return await s.settled.mina.browser.get(s.world.authorize_url(s.partner) + "&state=twice")


async def access_denied(s: Scene) -> httpx.Response:
    return await s.world.consent(s.settled.mina, s.partner, "deny")


def asked(**changes: str | None) -> Provoke:
    """An authorization request with changes."""

    async def provoke(s: Scene) -> httpx.Response:
        return await s.authorize(**changes)

    return provoke


# ---------------------------------------------------------------- client authentication


def secret(change: Callable[[str], str]) -> Provoke:
    """A code exchange with something else in place of the secret."""

    async def provoke(s: Scene) -> httpx.Response:
        calm(s)
        return await s.token(client_secret=change(s.partner.client_secret))

    return provoke


def calm(s: Scene) -> None:
    """Guesses are forgotten."""
    attempts: Attempts = s.world.platform.attempts
    attempts._left.clear()


async def secret_regenerated(s: Scene) -> httpx.Response:
    platform, old = s.world.platform, s.twin.client_secret
    async with platform.database.transaction() as tx:
        made = await clients.regenerate_secret(
            tx, Smithy(platform.shared_keys, platform.entropy, platform.site.key), s.world.act,
            s.twin.organization_id, UUID(s.twin.client_id),
        )  # fmt: skip
    s.twin.client_secret = made.client_secret
    return await s.token(client_id=s.twin.client_id, client_secret=old)


async def secret_of_sibling(s: Scene) -> httpx.Response:
    calm(s)
    return await s.token(client_secret=s.twin.client_secret)


async def swapped(s: Scene) -> httpx.Response:
    calm(s)
    return await s.token(client_id=s.partner.client_secret, client_secret=s.partner.client_id)


async def credentials_missing(s: Scene) -> httpx.Response:
    return await s.token(client_secret=None)


async def credentials_twice(s: Scene) -> httpx.Response:
    auth = httpx.BasicAuth(s.partner.client_id, s.partner.client_secret)
    return await s.settled.post("token", body_of(s), auth=auth)


async def credentials_malformed(s: Scene) -> httpx.Response:
    basic = base64.b64encode(f"{s.partner.client_id}".encode()).decode()
    fields = body_of(s, client_id=None, client_secret=None)
    return await s.settled.post("token", fields, headers={"authorization": f"Basic {basic}"})


async def client_is_disabled(s: Scene) -> httpx.Response:
    await s.sql("UPDATE clients SET disabled_at = now() WHERE id = $1", UUID(s.twin.client_id))
    answer = await s.token(client_id=s.twin.client_id, client_secret=s.twin.client_secret)
    await s.sql("UPDATE clients SET disabled_at = NULL WHERE id = $1", UUID(s.twin.client_id))
    return answer


async def client_is_not_published_yet(s: Scene) -> httpx.Response:
    await s.sql("UPDATE clients SET kind = 'published' WHERE id = $1", UUID(s.twin.client_id))
    answer = await s.token(client_id=s.twin.client_id, client_secret=s.twin.client_secret)
    await s.sql("UPDATE clients SET kind = 'test' WHERE id = $1", UUID(s.twin.client_id))
    return answer


async def too_many_failures(s: Scene) -> httpx.Response:
    calm(s)
    for _ in range(21):
        answer = await s.token(client_secret="lscs_us1_wrong")
    calm(s)
    return answer


# ---------------------------------------------------------------- the token request


async def form_as_json(s: Scene) -> httpx.Response:
    return await s.raw(httpx.Request("POST", "http://x", data=body_of(s)).content, JSON)


async def json_as_form(s: Scene) -> httpx.Response:
    return await s.raw(json.dumps(body_of(s)).encode(), FORM)


async def wrong_type(s: Scene) -> httpx.Response:
    return await s.raw(json.dumps(body_of(s)).encode(), {"content-type": "text/plain"})


async def wrong_type_at_revoke(s: Scene) -> httpx.Response:
    return await s.raw(json.dumps(body_of(s)).encode(), {"content-type": "text/plain"}, "revoke")


async def body_malformed(s: Scene) -> httpx.Response:
    nested = {**body_of(s), "scope": ["a"]}
    basic = base64.b64encode(f"{s.partner.client_id}:{s.partner.client_secret}".encode()).decode()
    return await s.raw(json.dumps(nested).encode(), {**JSON, "authorization": f"Basic {basic}"})


async def body_repeated(s: Scene) -> httpx.Response:
    body = httpx.Request("POST", "http://x", data=body_of(s)).content
    return await s.raw(body + b"&code=y", FORM)


async def content_encoded(s: Scene) -> httpx.Response:
    basic = base64.b64encode(f"{s.partner.client_id}:{s.partner.client_secret}".encode()).decode()
    return await s.raw(b"x", {**FORM, "content-encoding": "gzip", "authorization": f"Basic {basic}"})


async def body_too_large(s: Scene) -> httpx.Response:
    basic = base64.b64encode(f"{s.partner.client_id}:{s.partner.client_secret}".encode()).decode()
    return await s.raw(b"x" * 70_000, {**FORM, "authorization": f"Basic {basic}"})


async def token_parameter_missing(s: Scene) -> httpx.Response:
    return await s.settled.post("revoke", s.settled.credentials())


def exchanged(change: Callable[[str], str] = str, **changes: str | None) -> Provoke:
    """A code exchange; the code and other parameters are changed."""

    async def provoke(s: Scene) -> httpx.Response:
        return await s.token(change(await s.settled.code()), **changes)

    return provoke


async def code_of_another_client(s: Scene) -> httpx.Response:
    code = await s.world.code(s.settled.mina, s.settled.rival)
    return await s.token(code)


async def code_expired(s: Scene) -> httpx.Response:
    code = await s.settled.code()
    s.world.clock.move(seconds=63)
    return await s.token(code)


async def code_used(s: Scene) -> httpx.Response:
    code = await s.settled.code()
    await s.token(code)
    s.world.clock.move(seconds=1)
    return await s.token(code)


async def code_revoked(s: Scene) -> httpx.Response:
    code = await s.settled.code()
    await s.sql("UPDATE authorizations SET state = 'revoked', revoked_at = now(), revoked_because = 'user',"
                " redirect_uri = NULL, code_challenge = NULL, code_expires_at = NULL WHERE state = 'pending'"
    )  # fmt: skip
    return await s.token(code)


async def code_owner_gone(s: Scene) -> httpx.Response:
    code = await s.settled.code()
    await s.sql("UPDATE users SET disabled_at = now() WHERE id = $1", s.settled.mina.id)
    answer = await s.token(code)
    await s.sql("UPDATE users SET disabled_at = NULL WHERE id = $1", s.settled.mina.id)
    return answer


async def verifier_of_another_flow(s: Scene) -> httpx.Response:
    """Two tabs: the second's verifier has taken the first one's place."""
    first = await s.settled.code()
    await s.settled.code(code_challenge=challenge_of(OTHER_VERIFIER))
    return await s.token(first, code_verifier=OTHER_VERIFIER)


async def verifier_of_the_flow_before(s: Scene) -> httpx.Response:
    """The verifier of the flow that was completed is sent again."""
    before = await s.settled.code(code_challenge=challenge_of(OTHER_VERIFIER))
    assert (await s.token(before, code_verifier=OTHER_VERIFIER)).status_code == 200
    return await s.token(await s.settled.code(), code_verifier=OTHER_VERIFIER)


def refresh(change: Callable[[Flow], str], **more: str) -> Provoke:
    """A refresh with something in place of the refresh token."""

    async def provoke(s: Scene) -> httpx.Response:
        return await s.refreshed(change(await s.flow()), **more)

    return provoke


async def refresh_of_another_client(s: Scene) -> httpx.Response:
    flow = await s.world.flow(s.settled.mina, s.settled.rival)
    return await s.refreshed(flow.refresh)


async def refresh_reused(s: Scene) -> httpx.Response:
    flow = await s.flow()
    second = (await s.refreshed(flow.refresh)).json()["refresh_token"]
    await s.refreshed(second)
    s.world.clock.move(seconds=40)
    return await s.refreshed(flow.refresh)


async def refresh_revoked(s: Scene) -> httpx.Response:
    flow = await s.flow()
    await s.world.revoke(s.partner, flow.refresh)
    return await s.refreshed(flow.refresh)


async def refresh_owner_gone(s: Scene) -> httpx.Response:
    flow = await s.flow()
    await s.sql("UPDATE memberships SET ended_at = now() WHERE user_id = $1", s.settled.mina.id)
    answer = await s.refreshed(flow.refresh)
    await s.sql("UPDATE memberships SET ended_at = NULL WHERE user_id = $1", s.settled.mina.id)
    return answer


async def refresh_scope_empty(s: Scene) -> httpx.Response:
    flow = await s.flow(scope="monitors_read")
    return await s.refreshed(flow.refresh, scope="events_read")


# ---------------------------------------------------------------- calls of the API


async def bearer_expired(s: Scene) -> httpx.Response:
    flow = await s.flow()
    s.world.clock.move(seconds=3_800)
    return await s.bearer(flow.access)


async def bearer_just_expired(s: Scene) -> httpx.Response:
    flow = await s.flow()
    s.world.clock.move(seconds=3_605)
    return await s.bearer(flow.access)


async def bearer_by_clock(s: Scene) -> httpx.Response:
    flow = await s.flow()
    s.world.clock.move(seconds=3_600 + 90)
    theirs = s.world.clock.now().replace(microsecond=0).timestamp() - 300
    from datetime import UTC, datetime

    return await s.bearer(flow.access, date=format_datetime(datetime.fromtimestamp(theirs, UTC), usegmt=True))


async def bearer_revoked(s: Scene) -> httpx.Response:
    flow = await s.flow()
    await s.world.revoke(s.partner, flow.access)
    return await s.bearer(flow.access)


async def bearer_owner_gone(s: Scene) -> httpx.Response:
    flow = await s.flow()
    await s.sql("UPDATE users SET disabled_at = now() WHERE id = $1", s.settled.mina.id)
    answer = await s.bearer(flow.access)
    await s.sql("UPDATE users SET disabled_at = NULL WHERE id = $1", s.settled.mina.id)
    return answer


def bearer(change: Callable[[Flow], str], path: str = "/api/v1/monitor") -> Provoke:
    """A call with something in place of the access token."""

    async def provoke(s: Scene) -> httpx.Response:
        return await s.bearer(change(await s.flow()), path)

    return provoke


async def bearer_is_secret(s: Scene) -> httpx.Response:
    return await s.bearer(s.partner.client_secret)


async def bearer_is_code(s: Scene) -> httpx.Response:
    return await s.bearer(await s.settled.code())


async def bearer_scheme(s: Scene) -> httpx.Response:
    return await s.call(authorization=(await s.flow()).access)


async def bearer_in_query(s: Scene) -> httpx.Response:
    return await s.call(f"/api/v1/monitor?access_token={(await s.flow()).access}")


async def permission_lost(s: Scene) -> httpx.Response:
    flow = await s.flow()
    nothing = "INSERT INTO permission_sets VALUES (md5('')::uuid, '{}') ON CONFLICT DO NOTHING"
    await s.sql(nothing)
    rows = await s.world.platform.database.fetch(
        "SELECT permission_set FROM memberships WHERE user_id = $1", s.settled.mina.id
    )
    await s.sql("UPDATE memberships SET permission_set = md5('')::uuid WHERE user_id = $1", s.settled.mina.id)
    answer = await s.bearer(flow.access)
    await s.sql(
        "UPDATE memberships SET permission_set = $2 WHERE user_id = $1", s.settled.mina.id, rows[0][0]
    )
    return answer


async def application_key(s: Scene) -> httpx.Response:
    return await s.bearer((await s.flow()).access, dd_application_key="a" * 40)


async def application_key_with_api_key(s: Scene) -> httpx.Response:
    return await s.call(dd_application_key="a" * 40, dd_api_key=await s.key(await s.flow()))


async def api_key_revoked(s: Scene) -> httpx.Response:
    key = await s.key(await s.flow())
    await s.sql("UPDATE api_keys SET revoked_at = now()")
    return await s.call("/api/v1/validate", dd_api_key=key)


async def api_key_in_place_of_token(s: Scene) -> httpx.Response:
    return await s.call(dd_api_key=await s.key(await s.flow()))


async def api_key_as_bearer(s: Scene) -> httpx.Response:
    return await s.bearer(await s.key(await s.flow()))


async def token_in_place_of_key(s: Scene) -> httpx.Response:
    flow = await s.flow()
    return await s.call("/api/v2/logs", "POST", authorization=f"Bearer {flow.access}")


async def token_as_key(s: Scene) -> httpx.Response:
    return await s.call("/api/v1/validate", dd_api_key=(await s.flow()).access)


async def subdomain(s: Scene) -> httpx.Response:
    return await s.bearer((await s.flow()).access, host="acme.localhost:8100")


async def key_exists(s: Scene) -> httpx.Response:
    flow = await s.flow()
    await s.key(flow)
    return await s.world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")


async def method_not_offered(s: Scene) -> httpx.Response:
    return await s.call("/api/v1/monitor", "PATCH", authorization=f"Bearer {(await s.flow()).access}")


async def rate_limited(s: Scene) -> httpx.Response:
    key = await s.key(await s.flow())
    for _ in range(2_000):
        answer = await s.call("/api/v1/validate", dd_api_key=key)
        if answer.status_code == 429:
            break
    return answer


def sha256(text: str) -> str:
    """In hexadecimal, as somebody stores passwords."""
    return hashlib.sha256(text.encode()).hexdigest()


#: Cause and how it is brought about; several ways may lead to one cause.
PROVOKED: tuple[tuple[str, Provoke], ...] = (
    ("client_id_repeated", client_id_repeated),
    ("client_disabled", client_disabled),
    ("client_not_published_yet", client_not_published_yet),
    ("test_client_outside_its_organization", test_client_outside),
    ("redirect_uri_missing", asked(redirect_uri=None)),
    ("redirect_uri_repeated", redirect_uri_repeated),
    ("redirect_uri_mismatch", asked(redirect_uri=REDIRECT + "/")),
    ("redirect_uri_of_the_other_client", sibling_uri),
    ("redirect_uri_of_the_other_client", sibling_uri_reverse),
    ("request_malformed", request_malformed),
    ("parameter_repeated", parameter_repeated),
    ("response_type_missing", asked(response_type=None)),
    ("response_type_unsupported", asked(response_type="token")),
    ("challenge_missing", asked(code_challenge=None)),
    ("challenge_method_unsupported", asked(code_challenge_method="plain")),
    ("challenge_malformed", asked(code_challenge=CHALLENGE + "=")),
    ("scope_malformed", asked(scope=" ")),
    ("scope_unknown", asked(scope="monitors_read nonsense_read")),
    ("scope_not_of_client", asked(scope="dashboards_read")),
    ("access_denied", access_denied),
    ("credentials_missing", credentials_missing),
    ("credentials_twice", credentials_twice),
    ("credentials_malformed", credentials_malformed),
    ("credentials_swapped", swapped),
    ("client_is_disabled", client_is_disabled),
    ("client_is_not_published_yet", client_is_not_published_yet),
    ("client_secret_wrong", secret(lambda text: credentials.compose("lscs", "us1", b"q" * 24))),
    ("client_secret_malformed", secret(lambda text: text[:-1])),
    ("client_secret_wrong_kind", secret(lambda text: "ab" * 16)),
    ("client_secret_hashed", secret(sha256)),
    ("client_secret_masked", secret(lambda text: text[:9] + "*" * 12 + text[-4:])),
    ("client_secret_padded", secret(lambda text: f'"{text}"\n')),
    ("client_secret_of_another_site", secret(elsewhere)),
    ("client_secret_regenerated", secret_regenerated),
    ("client_secret_of_the_other_client", secret_of_sibling),
    ("too_many_failures", too_many_failures),
    ("body_malformed", body_malformed),
    ("body_form_sent_as_json", form_as_json),
    ("body_json_sent_as_form", json_as_form),
    ("content_type_wrong", wrong_type),
    ("content_type_unsupported", wrong_type_at_revoke),
    ("content_encoded", content_encoded),
    ("body_too_large", body_too_large),
    ("body_parameter_repeated", body_repeated),
    ("token_parameter_missing", token_parameter_missing),
    ("grant_type_missing", exchanged(grant_type=None)),
    ("grant_type_unsupported", exchanged(grant_type="password")),
    ("code_missing", exchanged(lambda code: "")),
    ("code_malformed", exchanged(lambda code: "nonsense")),
    ("code_wrong_kind", exchanged(lambda code: code[:30])),
    ("code_unknown", exchanged(forged)),
    ("code_of_another_client", code_of_another_client),
    ("code_of_another_site", exchanged(elsewhere)),
    ("code_expired", code_expired),
    ("code_used", code_used),
    ("code_revoked", code_revoked),
    ("code_owner_gone", code_owner_gone),
    ("code_redirect_uri_mismatch", exchanged(redirect_uri=REDIRECT + "/")),
    ("verifier_missing", exchanged(code_verifier=None)),
    ("verifier_malformed", exchanged(code_verifier=VERIFIER + "=")),
    ("verifier_wrong", exchanged(code_verifier="w" * 64)),
    ("verifier_is_the_challenge", exchanged(code_verifier=CHALLENGE)),
    ("verifier_of_another_flow", verifier_of_another_flow),
    ("verifier_of_another_flow", verifier_of_the_flow_before),
    ("refresh_token_missing", refresh(lambda flow: "")),
    ("refresh_token_malformed", refresh(lambda flow: flow.refresh[:-9])),
    ("refresh_token_wrong_kind", refresh(lambda flow: flow.access)),
    ("refresh_token_unknown", refresh(lambda flow: forged(flow.refresh))),
    ("refresh_token_of_another_client", refresh_of_another_client),
    ("refresh_token_of_another_site", refresh(lambda flow: elsewhere(flow.refresh))),
    ("refresh_token_reused", refresh_reused),
    ("refresh_token_revoked", refresh_revoked),
    ("refresh_token_owner_gone", refresh_owner_gone),
    ("refresh_scope_not_of_client", refresh(lambda flow: flow.refresh, scope="dashboards_read")),
    ("refresh_scope_empty", refresh_scope_empty),
    ("bearer_malformed", bearer(lambda flow: flow.access[:-9])),
    ("bearer_unknown", bearer(lambda flow: forged(flow.access))),
    ("bearer_is_refresh_token", bearer(lambda flow: flow.refresh)),
    ("bearer_is_code", bearer_is_code),
    ("bearer_is_client_secret", bearer_is_secret),
    ("bearer_scheme_wrong", bearer_scheme),
    ("bearer_in_query", bearer_in_query),
    ("bearer_expired", bearer_expired),
    ("bearer_just_expired", bearer_just_expired),
    ("bearer_expired_by_clock_skew", bearer_by_clock),
    ("bearer_revoked", bearer_revoked),
    ("bearer_owner_gone", bearer_owner_gone),
    ("scope_missing", bearer(lambda flow: flow.access, "/api/v1/dashboard")),
    ("permission_lost", permission_lost),
    ("application_key_used", application_key),
    ("application_key_used", application_key_with_api_key),
    ("api_key_revoked", api_key_revoked),
    ("api_key_in_place_of_token", api_key_in_place_of_token),
    ("api_key_in_place_of_token", api_key_as_bearer),
    ("token_in_place_of_api_key", token_in_place_of_key),
    ("token_in_place_of_api_key", token_as_key),
    ("subdomain_in_api_host", subdomain),
    ("api_key_exists", key_exists),
    ("operation_unknown", bearer(lambda flow: flow.access, "/api/v1/monitors")),
    ("method_not_offered", method_not_offered),
)  # fmt: skip
