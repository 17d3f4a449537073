"""Recorded runs and rehearsals, over HTTP: what is written down, what is played, to whom, and how it is judged."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from tests.web.developer.conftest import Desk, words
from tests.world import Flow, Partner, World

Behaviour = Callable[["Integration"], Awaitable[None]]


@dataclass
class Integration:
    """A partner's code, with its tokens, and its developer at the Developer Platform."""

    world: World
    partner: Partner
    desk: Desk
    flow: Flow
    path: str

    async def call(self, path: str = "/api/v1/monitor") -> httpx.Response:
        """Call with the newest access token."""
        return await self.world.call(self.flow.access, path)

    async def refresh(self) -> httpx.Response:
        """Refresh, and keep the new tokens if there are any."""
        answer = await self.world.refresh(self.partner, self.flow.refresh)
        if answer.status_code == 200:
            self.flow.tokens = answer.json()
        return answer

    async def rehearse(self, kind: str, minutes: str = "5") -> None:
        """The developer presses Rehearse."""
        self.world.clock.move(seconds=2)
        page = await self.desk.get(f"{self.path}/rehearsal")
        await self.desk.post(f"{self.path}/rehearsal", page, kind=kind, minutes=minutes)
        self.world.clock.move(seconds=1)

    async def verdict(self, kind: str) -> str:
        """What the page says of a failure."""
        page = await self.desk.get(f"{self.path}/rehearsal")
        section = page.text.partition(f'aria-labelledby="scene-{kind}"')[2].partition("</section>")[0]
        return words(httpx.Response(200, text=f"<main>{section}</main>"))


async def integration_of(world: World) -> Integration:
    """An app whose developer has authorized it in the sandbox."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    path = f"/developer/apps/{partner.app_id}/clients/{partner.client_id}"
    return Integration(world, partner, Desk(world, partner.developer), flow, path)


@pytest.fixture
async def integration(world: World) -> Integration:
    """See `integration_of`."""
    return await integration_of(world)


async def begin_test(integration: Integration) -> httpx.Response:
    """Press Test Authorization."""
    page = await integration.desk.get(f"{integration.path}/runs")
    return await integration.desk.post(f"{integration.path}/test", page)


async def run_page(integration: Integration, **query: str) -> str:
    """The words of the newest run."""
    newest = await integration.desk.get(f"{integration.path}/runs/newest", 303)
    return words(await integration.desk.get(newest.headers["location"]))


@pytest.mark.row("S18", "S19")
async def test_test_authorization_is_a_recorded_run_of_the_whole_flow(integration: Integration) -> None:
    """From the onboarding URL to the revocation every step is on the page, with what arrived."""
    world, partner = integration.world, integration.partner
    answer = await begin_test(integration)
    assert answer.headers["location"].startswith("https://notifier.example/start?domain=localhost")
    assert "1 of 11 steps done" in await run_page(integration)
    integration.flow = await world.flow(partner.developer, partner)
    made = await world.call(integration.flow.access, "/api/v2/api_keys/marketplace", "POST")
    assert made.status_code == 201
    assert (await integration.call()).status_code == 200
    assert (await integration.call("/api/v1/events?start=0&end=1")).status_code == 200
    assert (await integration.refresh()).status_code == 200
    await world.revoke(partner, integration.flow.refresh)
    shown = await run_page(integration)
    assert "11 of 11 steps done" in shown, shown
    for received in ("S256", "characters of state 6", "client_secret_post", "user agent"):
        assert received in shown
    assert made.json()["data"]["attributes"]["key"] not in shown


@pytest.mark.row("S18", "B1")
async def test_a_step_that_fails_says_why_and_what_to_do(integration: Integration) -> None:
    """Expected and received stand in the failing step; once it works, the step is done."""
    world, partner = integration.world, integration.partner
    await begin_test(integration)
    code = await world.code(partner.developer, partner)
    wrong = await world.redeem(partner, code, redirect_uri="https://notifier.example/callback/")
    assert wrong.status_code == 400
    shown = await run_page(integration)
    assert "1 failed" in shown
    assert (
        "Expected https://notifier.example/callback Received https://notifier.example/callback /" in shown
    ), shown
    assert "Send the same redirect_uri in both requests." in shown
    world.clock.move(seconds=1)
    assert (await world.redeem(partner, code)).status_code == 200
    again = await run_page(integration)
    assert "failed Requests" not in again
    assert "1 attempt before it failed" in again


@pytest.mark.row("S18")
async def test_a_run_ends_after_half_an_hour(integration: Integration) -> None:
    """What comes later is not written down."""
    await begin_test(integration)
    integration.world.clock.move(minutes=31)
    await integration.call()
    assert "1 of 11 steps done" in await run_page(integration)
    assert "Over" in await run_page(integration)


async def expired_well(own: Integration) -> None:
    """Refresh once, and call again."""
    assert (await own.call()).status_code == 401
    assert (await own.refresh()).status_code == 200
    assert (await own.call()).status_code == 200


async def expired_badly(own: Integration) -> None:
    """Each worker refreshes for itself."""
    assert (await own.call()).status_code == 401
    await own.refresh()
    await own.refresh()
    await own.call()


async def revoked_well(own: Integration) -> None:
    """One refresh, then ask the person."""
    assert (await own.call()).status_code == 401
    refused = await own.refresh()
    assert refused.json()["error"] == "invalid_grant"
    own.flow = await own.world.flow(own.partner.developer, own.partner)
    assert (await own.call()).status_code == 200


async def revoked_badly(own: Integration) -> None:
    """Loop."""
    for _ in range(4):
        assert (await own.call()).status_code == 401
        assert (await own.refresh()).status_code == 400


async def secret_well(own: Integration) -> None:
    """Stop."""
    refused = await own.refresh()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def secret_badly(own: Integration) -> None:
    """Hammer."""
    for _ in range(7):
        assert (await own.refresh()).status_code == 401
        own.world.clock.move(seconds=2)


async def wrong_site_well(own: Integration) -> None:
    """A refresh does not help, so stop."""
    assert (await own.call()).status_code == 401
    await own.refresh()
    assert (await own.call()).status_code == 401


async def wrong_site_badly(own: Integration) -> None:
    """Refresh and call for ever."""
    for _ in range(3):
        assert (await own.call()).status_code == 401
        await own.refresh()


async def rate_limit_well(own: Integration) -> None:
    """Wait as long as it says."""
    refused = await own.call()
    assert refused.status_code == 429
    own.world.clock.move(seconds=int(refused.headers["retry-after"]))
    assert (await own.call()).status_code == 200


async def rate_limit_badly(own: Integration) -> None:
    """Try again every five seconds."""
    for _ in range(3):
        assert (await own.call()).status_code == 429
        own.world.clock.move(seconds=5)


async def failing_well(own: Integration) -> None:
    """Pauses that grow."""
    for pause in (2, 5, 12, 30):
        await own.call()
        own.world.clock.move(seconds=pause)
    assert (await own.call()).status_code == 200


async def failing_badly(own: Integration) -> None:
    """Twice a second."""
    for _ in range(14):
        assert (await own.call()).status_code == 503
        own.world.clock.move(seconds=0.5)


@pytest.mark.row("B7")
@pytest.mark.parametrize(
    ("kind", "behaves", "outcome"),
    [
        ("expired", expired_well, "Behaving well so far"),
        ("expired", expired_badly, "Did not behave well"),
        ("revoked", revoked_well, "Behaving well so far"),
        ("revoked", revoked_badly, "Did not behave well"),
        ("secret", secret_well, "Behaving well so far"),
        ("secret", secret_badly, "Did not behave well"),
        ("wrong_site", wrong_site_well, "Behaving well so far"),
        ("wrong_site", wrong_site_badly, "Did not behave well"),
        ("rate_limit", rate_limit_well, "Behaving well so far"),
        ("rate_limit", rate_limit_badly, "Did not behave well"),
        ("failing", failing_well, "Behaving well so far"),
        ("failing", failing_badly, "Did not behave well"),
    ],
)
async def test_a_rehearsal_tells_whether_the_integration_behaved_well(
    integration: Integration, kind: str, behaves: Behaviour, outcome: str
) -> None:
    """Each failure looks like the real thing, and what the integration does is judged."""
    await integration.rehearse(kind)
    await behaves(integration)
    assert outcome in await integration.verdict(kind), await integration.verdict(kind)


@pytest.mark.row("B7")
async def test_slow_answers_are_slow_and_right(integration: Integration) -> None:
    """The answer comes, seconds late."""
    await integration.rehearse("slow")
    before = integration.world.clock.time.replace(microsecond=0)
    integration.world.clock.time = before
    assert (await integration.call()).status_code == 200
    assert "Behaving well so far" in await integration.verdict("slow")


@pytest.mark.row("B7", "B1")
async def test_a_rehearsed_refusal_is_explained_as_one(integration: Integration) -> None:
    """Who looks up the request finds that it was rehearsed."""
    await integration.rehearse("expired")
    refused = await integration.call()
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    app = f"/developer/apps/{integration.partner.app_id}"
    page = await integration.desk.get(f"{app}/requests/{refused.headers['x-request-id']}")
    assert "This is rehearsed" in words(page)


@pytest.mark.row("B7")
async def test_a_rehearsal_is_over_in_time_and_can_be_ended(integration: Integration) -> None:
    """What it took away is back; no more than a quarter of an hour, and one at a time."""
    await integration.rehearse("revoked", "99")
    assert (await integration.call()).status_code == 401
    integration.world.clock.move(minutes=5)
    assert (await integration.call()).status_code == 200
    await integration.rehearse("revoked", "15")
    await integration.rehearse("wrong_site")
    page = await integration.desk.get(f"{integration.path}/rehearsal")
    assert "Being played: Wrong site" in words(page)
    assert (await integration.refresh()).status_code == 200
    await integration.desk.post(f"{integration.path}/rehearsal/end", page)
    assert (await integration.call()).status_code == 200
    assert "Being played" not in words(await integration.desk.get(f"{integration.path}/rehearsal"))


@pytest.mark.row("B7", "S22")
async def test_nobody_else_is_touched(integration: Integration) -> None:
    """Other clients and other organizations go on, and a published client is never played to."""
    other = await integration_of(integration.world)
    await integration.rehearse("secret")
    assert (await other.refresh()).status_code == 200
    await integration.rehearse("revoked")
    assert (await other.call()).status_code == 200
    database = integration.world.platform.database
    columns = await database.fetch("SELECT id FROM clients WHERE rehearsal IS NOT NULL")
    assert [row["id"] for row in columns] == [UUID(integration.partner.client_id)]
    await integration.world.publish(other.partner)
    await other.desk.get(f"{other.path}/rehearsal", 404)
    page = await integration.desk.get(f"{integration.path}/rehearsal")
    await other.desk.get(f"{integration.path}/rehearsal", 404)
    sent = {"kind": "expired", "minutes": "5", "csrf": "x"}
    stranger = await other.desk.person.browser.post(f"{integration.path}/rehearsal", data=sent)
    assert stranger.status_code in (403, 404)
    assert page.status_code == 200


@pytest.mark.row("B7", "S26", "S30")
async def test_what_is_played_to_the_test_client_is_never_published(integration: Integration) -> None:
    """The published client is a row of its own: it begins and stays unwatched while its test client is rehearsed."""
    await integration.rehearse("secret")
    published = await integration.world.released(integration.partner)
    assert published.client_id != integration.partner.client_id
    watched = await integration.world.platform.database.fetch(
        "SELECT id FROM clients WHERE recording_until IS NOT NULL OR rehearsal IS NOT NULL"
        " OR rehearsal_since IS NOT NULL OR rehearsal_until IS NOT NULL"
    )
    assert [row["id"] for row in watched] == [UUID(integration.partner.client_id)]
    flow = await integration.world.flow(integration.partner.developer, published)
    assert (await integration.world.call(flow.access)).status_code == 200
    runs = await integration.world.platform.database.fetch(
        "SELECT FROM runs WHERE client_id = $1", UUID(published.client_id)
    )
    assert runs == []
