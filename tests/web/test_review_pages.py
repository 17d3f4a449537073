"""Pages of the review as the browser of whoever asks gets them: for reviewers alone, and never for their own."""

import re
from uuid import UUID, uuid4

import pytest
from tests.web.developer.conftest import hidden, words
from tests.world import Partner, Person, World

from latchstring.publishing import reviewers, send
from latchstring.publishing.model import Submission
from latchstring.web.review.submission import doubtful


async def submitted(world: World, partner: Partner) -> Submission:
    """The partner's app details, sent."""
    house, ids = world.platform.house, (partner.organization_id, partner.developer.id)
    async with world.platform.database.transaction() as tx:
        begun = await send.begin(tx, house, world.act, *ids, partner.app_id, UUID(partner.client_id))
        return await send.finish(tx, house, world.act, *ids, begun.submission.id, ())


async def appointed(world: World, person: Person, party: str) -> None:
    """Let somebody review."""
    async with world.platform.database.transaction() as tx:
        await reviewers.appoint(tx, frozenset({party}), world.act, person.id, party)


@pytest.mark.row("S30", "B066", "R16", "R21", "R22")
async def test_the_review_is_for_reviewers_and_nobody_reviews_their_own(world: World) -> None:
    """Closed to others; a member of the organization sees and does not decide; a reviewer does, for what was read."""
    partner = await world.partner()
    sent = await submitted(world, partner)
    developer = partner.developer
    paths = ("/review", f"/review/submissions/{sent.id}", "/review/requests", "/review/integrations")
    assert (await developer.browser.get("/review")).status_code == 303
    await world.sign_in(developer)
    assert {(await developer.browser.get(path)).status_code for path in paths} == {403}
    assert "/review" not in (await developer.browser.get("/developer/apps")).text
    await appointed(world, developer, "security")
    own = await developer.browser.get(paths[1])
    assert "so others decide" in words(own)
    assert f'action="{paths[1]}/decision"' not in own.text
    csrf = re.search(r'name="csrf" value="([^"]*)"', own.text)
    assert csrf is not None
    said = {
        "csrf": csrf[1],
        "party": "security",
        "verdict": "approved",
        "read": sent.submitted_at.isoformat(),
    }  # type: ignore[union-attr]
    assert (await developer.browser.post(f"{paths[1]}/decision", data=said)).status_code == 403
    people = await world.review_people()
    for party, person in people.items():
        await world.sign_in(person)
        assert (await person.browser.get(f"/review/submissions/{uuid4()}")).status_code == 404
        page = await person.browser.get(paths[1])
        fields = {**hidden(page, f"{paths[1]}/decision"), "verdict": "approved", "comment": ""}
        foreign = await person.browser.post(f"{paths[1]}/decision", data={**fields, "csrf": "x"})
        assert foreign.status_code == 403
        stale = {**fields, "read": "2020-01-01T00:00:00+00:00"}
        assert "sent it anew" in (await person.browser.post(f"{paths[1]}/decision", data=stale)).text
        decided = await person.browser.post(f"{paths[1]}/decision", data=fields)
        assert decided.status_code == 303, (party, words(decided))
    listed = await people["security"].browser.get("/review?state=any&search=on-call")
    assert "On-call Notifier" in words(listed)
    assert "Nothing waits for review" in words(await people["security"].browser.get("/review"))


@pytest.mark.row("S26", "S31", "S28", "R23")
async def test_the_tab_tells_what_is_refused_and_undoes_it(world: World) -> None:
    """Twice begun is once; a bad link, a bad zip and a scope too many are told beside what was typed."""
    partner = await world.partner()
    browser, path = partner.developer.browser, f"/developer/apps/{partner.app_id}/publishing"
    await world.sign_in(partner.developer)
    form = hidden(await browser.get(path), path)
    first = await browser.post(path, data=form)
    assert "lscs_" in first.text
    assert "no-store" in first.headers["cache-control"]
    again = await browser.post(path, data=form)
    assert again.status_code == 400
    assert "lscs_" not in again.text
    draft = await browser.get(path)
    assert "lscs_" not in draft.text
    fields = {**hidden(draft, f"{path}/proposal"), "do": "save", "name": "Kept", "link": "javascript:alert(1)",
              "redirect_uri.1": "https://a.example/cb", "scope.monitors_read": "yes"}  # fmt: skip
    refused = await browser.post(f"{path}/proposal", data=fields)
    assert refused.status_code == 400
    assert 'value="Kept"' in refused.text
    assert 'id="error-link"' in refused.text
    csrf = {"csrf": fields["csrf"]}
    bad = await browser.post(f"{path}/folder", data=csrf, files={"folder": ("x.zip", b"no zip")})
    assert (bad.status_code, 'id="error-folder"' in bad.text) == (400, True)
    link = "https://git.example/pull/7?a=<script>"
    assert (await browser.post(f"{path}/proposal", data={**fields, "link": link})).status_code == 400
    saved = await browser.post(f"{path}/proposal", data={**fields, "link": "https://git.example/pull/7"})
    assert saved.status_code == 303
    download = await browser.get(f"{path}/oauth_clients.json")
    assert download.json()["integration"]["name"] == "Kept"
    assert (await browser.get(f"{path}/manifest.json")).status_code == 404
    assert (await browser.post(f"{path}/withdrawal", data=csrf)).status_code == 303
    assert (await browser.get(f"{path}/oauth_clients.json")).status_code == 404


@pytest.mark.row("S30")
def test_the_reviewer_reads_the_same_warning_of_a_name_as_the_customer() -> None:
    """Once for each doubtful name; honest names, Korean ones too, are not warned of."""
    assert doubtful("Pagewell", "당직 알리미", "On-call Notifier") == ()
    mixed, turned = doubtful("P\u0430gewell", "P\u0430gewell", "Acme\u202eelif")
    assert "mixes alphabets" in mixed.message
    assert "turn text around" in turned.message
