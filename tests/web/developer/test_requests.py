"""Explained errors: every refused request of an app's clients is kept for its owner, and for nobody else."""

import re
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from tests.settled import Settled
from tests.web.developer.conftest import words
from tests.web.developer.provoked import OTHER_VERIFIER, PROVOKED, Provoke, Scene, scene_of, sha256
from tests.world import VERIFIER

from latchstring.audit.refusals import Refused
from latchstring.protocol.faults import all_causes

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(settled: Settled) -> Scene:
    """A published app, its test client, and somebody who lets it in."""
    return await scene_of(settled)


async def kept(scene: Scene, request_id: str) -> dict[str, object]:
    """What the app's owner reads of a request, over JSON's source."""
    rows = await scene.world.platform.database.fetch(
        "SELECT * FROM refusals WHERE request_id = $1", request_id
    )
    return dict(rows[0]) if rows else {}


@pytest.mark.row("B1", "T2", "T3", "T5", "T6", "T7", "T9", "T10")
@pytest.mark.parametrize(
    ("cause", "provoke"), PROVOKED, ids=[f"{number}-{cause}" for number, (cause, _) in enumerate(PROVOKED)]
)
async def test_a_refused_request_is_kept_with_its_cause(scene: Scene, cause: str, provoke: Provoke) -> None:
    """By the request's id, for the owner of the app; the page says cause, rule and remedy; no secret is in it."""
    scene.world.platform.refusals._left.clear()
    answer = await provoke(scene)
    assert answer.status_code >= 300, answer.text
    row = await kept(scene, answer.headers["x-request-id"])
    assert row.get("cause") == cause, row
    assert row["organization_id"] == scene.partner.organization_id
    path = f"/developer/apps/{scene.partner.app_id}/requests/{row['request_id']}"
    page = await scene.partner.developer.browser.get(path)
    assert page.status_code == 200, page.text[:500]
    assert cause in words(page)
    row_of_docs = re.search(r'href="(/docs/troubleshooting)[^"#]*#([a-z0-9-]+)"', page.text)
    assert row_of_docs is not None
    documented = await scene.partner.developer.browser.get(row_of_docs[1])
    assert f'id="{row_of_docs[2]}"' in documented.text


async def test_at_least_forty_causes_are_reachable() -> None:
    """Most causes that there are come about in the test above."""
    provoked = {cause for cause, _ in PROVOKED}
    assert len(provoked) >= 90
    assert provoked <= set(all_causes())


@pytest.mark.row("B1", "R27")
async def test_no_secret_is_kept_wherever_it_was_put(scene: Scene) -> None:
    """Known secrets in every parameter and header: none is in the table, whole or in any part of ten characters."""
    world, settled = scene.world, scene.settled
    world.platform.refusals._left.clear()
    flow, code = await scene.flow(), await settled.code()
    key = await scene.key(await scene.flow())
    secrets = [
        flow.access, flow.refresh, code, key, scene.partner.client_secret, scene.twin.client_secret, VERIFIER,
        OTHER_VERIFIER, "q8" * 30,
    ]  # fmt: skip
    for value in secrets:
        for name in (
            "code",
            "code_verifier",
            "redirect_uri",
            "grant_type",
            "client_secret",
            "scope",
            "refresh_token",
        ):
            await settled.post("token", settled.exchange(code, **{name: value}))
        await scene.refreshed(flow.refresh, scope=value)
        await scene.refreshed(value)
        for name in ("redirect_uri", "response_type", "code_challenge", "code_challenge_method", "scope"):
            await scene.authorize(**{name: value})
        await scene.authorize(redirect_uri=f"https://notifier.example/callback?token={value}")
        await scene.call(f"/api/v1/monitor/{value}", "PATCH", authorization=f"Bearer {flow.access}")
        await scene.call(f"/api/v1/{value}", authorization=f"Bearer {flow.access}")
        await scene.call(authorization=f"{value} {flow.access}")
        await scene.call(authorization=value, dd_api_key=value)
        await scene.call("/api/v1/validate", dd_api_key=value)
        await scene.raw(
            f"client_id={scene.partner.client_id}&code={value}".encode(), {"content-type": value[:200]}
        )
    rows = await world.platform.database.fetch("SELECT * FROM refusals")
    assert len(rows) > 100
    table = "\n".join(
        str({name: value for name, value in row.items() if name != "request_id"}) for row in rows
    )
    for value in secrets:
        body = (
            value.removeprefix("lsat_us1_")
            .removeprefix("lsrt_us1_")
            .removeprefix("lsac_us1_")
            .removeprefix("lscs_us1_")
        )
        parts = {body[start : start + 10] for start in range(len(body) - 10)}
        found = [part for part in parts if part in table]
        assert found == [], (value[:12], found[:3])


@pytest.mark.row("B1", "R16")
async def test_nothing_leaks_to_another_organization(scene: Scene) -> None:
    """Neither list, nor page, nor explanation, nor the fact that there was a request; nor another app of its own."""
    refused = await scene.bearer((await scene.flow()).access, "/api/v1/dashboard")
    request_id, app_id = refused.headers["x-request-id"], scene.partner.app_id
    rival = scene.settled.rival
    for path in (
        f"/developer/apps/{app_id}/requests",
        f"/developer/apps/{app_id}/requests/{request_id}",
        f"/developer/apps/{rival.app_id}/requests/{request_id}",
        f"/developer/apps/{app_id}/coverage",
    ):
        answer = await rival.developer.browser.get(path)
        assert answer.status_code == 404, path
        assert "scope_missing" not in answer.text
    own = await rival.developer.browser.get(
        f"/developer/apps/{rival.app_id}/requests", params={"client": scene.partner.client_id}
    )
    assert own.status_code == 200
    assert request_id not in own.text
    acme = await scene.settled.mina.browser.get(f"/developer/apps/{app_id}/requests")
    assert acme.status_code in (403, 404)


@pytest.mark.row("B1", "T2", "T7")
async def test_the_error_page_leads_the_owner_to_the_explanation_and_nobody_else(scene: Scene) -> None:
    """A link for whoever manages the app, the request's id for everybody."""
    url = scene.world.authorize_url(scene.partner, redirect_uri="https://notifier.example/wrong")
    own = await scene.partner.developer.browser.get(url)
    request_id = own.headers["x-request-id"]
    link = f"/developer/apps/{scene.partner.app_id}/requests/{request_id}"
    assert own.status_code == 400
    assert f'href="{link}"' in own.text
    explained = await scene.partner.developer.browser.get(link)
    assert "redirect_uri is not one of the client" in words(explained)
    assert "https://notifier.example/callback" in explained.text
    nobody = scene.world.browser()
    reader = await scene.world.person(scene.partner.organization_id, role="Read Only", name="Reader")
    await scene.world.sign_in(reader)
    for browser in (
        scene.settled.mina.browser,
        scene.settled.rival.developer.browser,
        nobody,
        reader.browser,
    ):
        answer = await browser.get(url)
        assert answer.status_code == 400
        assert "/requests/" not in answer.text
        assert answer.headers["x-request-id"] in answer.text


async def test_what_only_names_the_client_says_so_and_is_bounded(scene: Scene) -> None:
    """Anybody can send a request with a client ID in it: it is kept as not proven, and few of it at once."""
    refusals = scene.world.platform.refusals
    refusals._left.clear()
    scene.world.clock.move(seconds=1)
    stranger = scene.world.browser()
    url = scene.world.authorize_url(scene.partner, redirect_uri="https://evil.example/")
    ids = [(await stranger.get(url)).headers["x-request-id"] for _ in range(80)]
    rows = await scene.world.platform.database.fetch(
        "SELECT proven FROM refusals WHERE request_id = ANY($1)", ids
    )
    assert len(rows) == 60
    assert not any(row["proven"] for row in rows)
    genuine = await scene.bearer((await scene.flow()).access, "/api/v1/dashboard")
    assert (await kept(scene, genuine.headers["x-request-id"]))["proven"] is True


async def test_the_log_is_narrowed_and_goes_on_page_by_page(scene: Scene) -> None:
    """Newest first, fifty at a time, by client, endpoint, cause and time; no row twice, none left out."""
    world, partner = scene.world, scene.partner
    app_id = uuid4()
    database = world.platform.database
    await database.fetch(
        "INSERT INTO apps (organization_id, id, name, created_at, updated_at) VALUES ($1, $2, 'Paged', now(), now())",
        partner.organization_id, app_id,
    )  # fmt: skip
    await database.fetch("UPDATE clients SET app_id = $1 WHERE id = $2", app_id, UUID(scene.twin.client_id))
    await database.fetch("DELETE FROM refusals WHERE client_id = $1", UUID(scene.twin.client_id))
    now = world.clock.now()
    refusals = world.platform.refusals
    for number in range(120):
        refusals._left.clear()
        endpoint = "POST /oauth2/v1/token" if number % 2 else "GET /api/v1/monitor"
        await refusals.keep(
            Refused(partner.organization_id, f"{number:024x}", UUID(scene.twin.client_id), now, endpoint,
                    "code_used" if number % 2 else "scope_missing", 400, {})
        )  # fmt: skip
    browser, path = partner.developer.browser, f"/developer/apps/{app_id}/requests"
    seen: list[str] = []
    url: str | None = path
    while url:
        text = (await browser.get(url)).text
        seen += [part[:24] for part in text.split(f"{path}/")[1:]]
        older = (
            text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
            if 'rel="next"' in text
            else None
        )
        url = older.replace("&amp;", "&") if older else None
    assert seen == [f"{number:024x}" for number in reversed(range(120))]
    for query, count in (({"cause": "code_used"}, 50), ({"endpoint": "api"}, 50), ({"since": "1h"}, 50),
                         ({"cause": "code_used", "endpoint": "api"}, 0), ({"client": scene.twin.client_id}, 50),
                         ({"client": partner.client_id}, 0), ({"after": "nonsense"}, 50)):  # fmt: skip
        text = (await browser.get(path, params=query)).text
        assert text.count(f'href="{path}/') == count, query
    await database.fetch(
        "UPDATE clients SET app_id = $1 WHERE id = $2", partner.app_id, UUID(scene.twin.client_id)
    )


@pytest.mark.row("T9", "T10")
async def test_what_differs_is_said_to_the_character(scene: Scene) -> None:
    """The wrong slash is marked, the right address is there to be copied."""
    scene.world.platform.refusals._left.clear()
    answer = await scene.token(await scene.settled.code(), redirect_uri="https://notifier.example/callback/")
    path = f"/developer/apps/{scene.partner.app_id}/requests/{answer.headers['x-request-id']}"
    text = (await scene.partner.developer.browser.get(path)).text
    assert "https://notifier.example/callback<mark>/</mark>" in text
    assert "data-copy-source>https://notifier.example/callback</code>" in text
    hashed = await scene.token(client_secret=sha256(scene.partner.client_secret))
    row = await kept(scene, hashed.headers["x-request-id"])
    assert row["noted"] == {"received": "…", "length": "64", "expected": "lscs_us1_…"}
