"""A whole platform in this process: real database, real routes, a clock that can be moved, people and apps.

Requests go through the ASGI application with httpx, as they would over the wire.
"""

import base64
import hashlib
import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import httpx
import pytest

from latchstring.accounts import organizations, people, roles
from latchstring.accounts.passwords import hash_password
from latchstring.apps import apps, clients
from latchstring.apps.clients import Smithy
from latchstring.apps.model import AppFields, ClientFields
from latchstring.audit.entries import Act
from latchstring.kit.entropy import SystemEntropy
from latchstring.publishing import reviewers, send
from latchstring.publishing.decide import Said, decide
from latchstring.publishing.model import Submission
from latchstring.publishing.proposal import Reach
from latchstring.settings import Settings
from latchstring.web.application import application
from latchstring.web.door import Door
from latchstring.web.platform import Platform
from latchstring.wiring import assemble

ORIGIN = "http://localhost:8100"
PASSWORD = "correct horse battery staple"
REDIRECT = "https://notifier.example/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = ("monitors_read", "events_read", "api_keys_write")


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self.time

    def monotonic_ns(self) -> int:
        """See `Clock.monotonic_ns`."""
        return int(self.time.timestamp() * 1e9)

    def move(self, **units: float) -> None:
        """Move on by a timedelta's units."""
        self.time += timedelta(**units)


@dataclass
class Person:
    """Somebody who can sign in, with a browser of their own."""

    id: UUID
    email: str
    name: str
    organization_id: UUID
    browser: httpx.AsyncClient


@dataclass
class Partner:
    """A partner's sandbox with an app and its test client."""

    organization_id: UUID
    app_id: UUID
    client_id: str
    client_secret: str
    developer: Person
    scopes: tuple[str, ...]


@dataclass
class Flow:
    """What came of a flow: the redirect's parameters, then the tokens."""

    parameters: dict[str, str]
    tokens: dict[str, Any] = field(default_factory=dict)

    @property
    def access(self) -> str:
        """The access token."""
        return str(self.tokens["access_token"])

    @property
    def refresh(self) -> str:
        """The refresh token."""
        return str(self.tokens["refresh_token"])


@dataclass
class World:
    """The platform, and short ways to do what users do."""

    platform: Platform
    door: Door
    clock: MovableClock
    machine: httpx.AsyncClient
    hashed: str
    _people: int = 0
    _reviewers: dict[str, Person] = field(default_factory=dict)
    _secrets: dict[UUID, str] = field(default_factory=dict)

    @property
    def act(self) -> Act:
        """The host acts."""
        return Act("host", self.clock.now(), "test")

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """A browser without cookies; redirects are not followed."""
        transport = httpx.ASGITransport(app=self.door)  # type: ignore[arg-type]
        return httpx.AsyncClient(
            transport=transport,
            base_url=self.platform.site.app_origin,
            headers={"accept": "text/html", **headers},
        )

    async def organization(
        self, name: str = "Acme", kind: str = "customer", subdomain: str | None = None
    ) -> UUID:
        """A new organization."""
        platform = self.platform
        async with platform.database.transaction() as tx:
            made = await organizations.create(
                tx,
                platform.contract,
                platform.entropy,
                self.act,
                name=name,
                kind=kind,
                subdomain=subdomain,  # type: ignore[arg-type]
            )
        return made.id

    async def person(self, organization_id: UUID, role: str = "Admin", name: str = "Mina Park") -> Person:
        """A new person with a role in an organization, signed in nowhere yet."""
        self._people += 1
        email = f"person{self._people}@example.com"
        platform = self.platform
        async with platform.database.transaction() as tx:
            user = await people.create(
                tx, platform.entropy, self.act, email=email, name=name, password_hash=self.hashed
            )
            await people.put_member(
                tx, self.act, organization_id, user.id, await roles.named(tx, organization_id, [role])
            )
        return Person(user.id, email, name, organization_id, self.browser())

    async def partner(
        self,
        name: str = "Pagewell",
        scopes: tuple[str, ...] = SCOPES,
        redirect_uris: tuple[str, ...] = (REDIRECT,),
    ) -> Partner:
        """A new partner, approved for the private scopes it asks for, with an app and a test client."""
        organization_id = await self.organization(name, "sandbox")
        developer = await self.person(organization_id, name="Dev Eloper")
        platform = self.platform
        smithy = Smithy(platform.shared_keys, platform.entropy, platform.site.key)
        private = [scope for scope in scopes if platform.contract.scopes[scope].private]
        fields = ClientFields(
            "On-call Notifier",
            "Tells whoever is on call",
            redirect_uris,
            "https://notifier.example/start",
            scopes,
        )
        async with platform.database.transaction() as tx:
            for scope in private:
                await organizations.approve_private_scope(
                    tx, platform.contract, self.act, organization_id, scope
                )
            app = await apps.create(
                tx, platform.entropy, self.act, organization_id, AppFields("On-call Notifier")
            )
            made = await clients.create(
                tx, platform.contract, smithy, self.act, organization_id, app.id, fields
            )
        return Partner(organization_id, app.id, str(made.client.id), made.client_secret, developer, scopes)

    async def publish(self, partner: Partner) -> Partner:
        """Make the partner's client one that any organization may authorize, as if it had been reviewed; `released`
        goes the whole way."""
        await self.platform.database.fetch(
            "UPDATE clients SET kind = 'published', published_at = now(), partner_verified = true WHERE id = $1",
            UUID(partner.client_id),
        )
        return partner

    async def reviewers(self) -> dict[str, UUID]:
        """One reviewer for each party that must approve."""
        return {party: person.id for party, person in (await self.review_people()).items()}

    async def review_people(self) -> dict[str, Person]:
        """The same as people, from an organization of the host's own."""
        if not self._reviewers:
            host = await self.organization("Host")
            for party in self.platform.house.parties:
                person = await self.person(host, name=f"Reviewer of {party}")
                async with self.platform.database.transaction() as tx:
                    await reviewers.appoint(tx, frozenset({party}), self.act, person.id, party)
                self._reviewers[party] = person
        return self._reviewers

    async def approve(self, submission: Submission) -> Submission:
        """Let every required party approve what was sent."""
        for party, user_id in (await self.reviewers()).items():
            act = Act(f"user:{user_id}", self.clock.now(), "test")
            said = Said(party, "approved", "", submission.submitted_at or self.clock.now())
            async with self.platform.database.transaction() as tx:
                submission = await decide(tx, self.platform.house, act, user_id, submission.id, said)
        return submission

    async def released(self, partner: Partner, reach: Reach | None = None) -> Partner:
        """The published client of the partner's app, submitted, reviewed and approved; with its tile, in the sandbox
        alone, or for whom `reach` says."""
        house, developer = self.platform.house, partner.developer.id
        ids = (partner.organization_id, developer)
        async with self.platform.database.transaction() as tx:
            begun = await send.begin(tx, house, self.act, *ids, partner.app_id, UUID(partner.client_id))
            sent = await send.finish(tx, house, self.act, *ids, begun.submission.id, ())
        await self.approve(sent)
        if reach is not None:
            async with self.platform.database.transaction() as tx:
                asked = await send.begin_integration(tx, house, self.act, *ids, partner.app_id, reach, "")
            await self.approve(asked)
        secret = begun.client_secret or self._secrets[begun.client_id]
        self._secrets[begun.client_id] = secret
        return replace(partner, client_id=str(begun.client_id), client_secret=secret)

    async def sign_in(self, person: Person, target: str = "/") -> httpx.Response:
        """Sign a person in with their browser."""
        form = await person.browser.get("/sign-in", params={"next": target})
        return await person.browser.post(
            "/sign-in",
            data={"email": person.email, "password": PASSWORD, "next": target, "csrf": csrf_in(form)},
        )

    def authorize_url(self, partner: Partner, **changes: str | None) -> str:
        """The path of a right authorization request, with changes; None leaves a parameter out."""
        asked: dict[str, str | None] = {
            "client_id": partner.client_id,
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "state": "opaque",
            **changes,
        }
        query = {name: value for name, value in asked.items() if value is not None}
        return "/oauth2/v1/authorize?" + urlencode(query)

    async def consent(
        self, person: Person, partner: Partner, decision: str = "allow", **changes: str | None
    ) -> httpx.Response:
        """See the consent page and decide; the redirect."""
        page = await person.browser.get(self.authorize_url(partner, **changes))
        assert page.status_code == 200, page.text
        return await person.browser.post(
            "/oauth2/v1/authorize", data={**consent_fields(page), "decision": decision}
        )

    async def code(self, person: Person, partner: Partner, **changes: str | None) -> str:
        """Allow; the code."""
        return parameters_of(await self.consent(person, partner, **changes))["code"]

    async def token(self, partner: Partner, **parameters: str) -> httpx.Response:
        """A token request with the partner's credentials in the body."""
        credentials = {"client_id": partner.client_id, "client_secret": partner.client_secret}
        return await self.machine.post("/oauth2/v1/token", data={**credentials, **parameters})

    async def redeem(self, partner: Partner, code: str, **changes: str) -> httpx.Response:
        """Redeem a code."""
        asked = {"redirect_uri": REDIRECT, "code_verifier": VERIFIER, **changes}
        return await self.token(partner, grant_type="authorization_code", code=code, **asked)

    async def refresh(self, partner: Partner, refresh_token: str, **more: str) -> httpx.Response:
        """Refresh."""
        return await self.token(partner, grant_type="refresh_token", refresh_token=refresh_token, **more)

    async def flow(self, person: Person, partner: Partner, **changes: str | None) -> Flow:
        """The whole flow of somebody who is signed in."""
        answer = parameters_of(await self.consent(person, partner, **changes))
        tokens = await self.redeem(partner, answer["code"])
        assert tokens.status_code == 200, tokens.text
        return Flow(answer, tokens.json())

    async def call(self, token: str, path: str = "/api/v1/monitor", method: str = "GET") -> httpx.Response:
        """A call of the host's API."""
        return await self.machine.request(method, path, headers={"authorization": f"Bearer {token}"})

    async def introspect(self, partner: Partner, token: str) -> dict[str, Any]:
        """What a token stands for, asked by its client."""
        credentials = {"client_id": partner.client_id, "client_secret": partner.client_secret}
        answer = await self.machine.post("/oauth2/v1/introspect", data={**credentials, "token": token})
        assert answer.status_code == 200, answer.text
        about: dict[str, Any] = answer.json()
        return about

    async def revoke(self, partner: Partner, token: str) -> httpx.Response:
        """Give a token up."""
        credentials = {"client_id": partner.client_id, "client_secret": partner.client_secret}
        return await self.machine.post("/oauth2/v1/revoke", data={**credentials, "token": token})


def csrf_in(page: httpx.Response) -> str:
    """The CSRF token of a page's first form that has one."""
    found = re.search(r'name="csrf" value="([^"]*)"', page.text)
    assert found is not None, page.text[:2000]
    return html.unescape(found.group(1))


def consent_fields(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the consent form."""
    form = page.text.partition('<form class="decision"')[2].partition("</form>")[0]
    assert form, page.text[:3000]
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {html.unescape(name): html.unescape(value) for name, value in pairs}


def parameters_of(response: httpx.Response) -> dict[str, str]:
    """The query of a redirect's target, each parameter once."""
    assert response.status_code in (302, 303), (response.status_code, response.text[:1000])
    query = parse_qs(urlsplit(response.headers["location"]).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in query.values())
    return {name: values[0] for name, values in query.items()}


@pytest.fixture(scope="session")
def hashed_password() -> str:
    """The hash of everybody's password, made once because it is slow on purpose."""
    import asyncio

    return asyncio.run(hash_password(PASSWORD))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of the test's platform; a test that needs others overrides this fixture."""
    return Settings(data_dir=str(tmp_path), lease_ms=0, pool_size=4)


@pytest.fixture
async def world(dsn: str, settings: Settings, hashed_password: str) -> AsyncIterator[World]:
    """A platform of this test's own."""
    clock = MovableClock()
    platform = await assemble(settings, dsn, clock=clock, entropy=SystemEntropy())
    door = application(platform)
    transport = httpx.ASGITransport(app=door)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as machine:
        yield World(platform, door, clock, machine, hashed_password)
    await platform.close()
