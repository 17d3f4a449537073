"""Publishing over JSON: submitted by a partner, decided by reviewers, live for everybody; and what is refused."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from tests.publishing.test_check import GOOD
from tests.settled import Settled
from tests.web.api.conftest import Caller, caller
from tests.world import Partner, World

from latchstring.protocol.credentials import is_well_formed

PARTIES = ("partnerships", "security")
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Stage:
    """A partner with an app, a reviewer for each party, an operator, and a customer."""

    settled: Settled
    partner: Partner
    developer: Caller
    reviewers: dict[str, Caller]
    operator: Caller

    @property
    def world(self) -> World:
        """The platform."""
        return self.settled.world

    @property
    def base(self) -> str:
        """The partner's organization."""
        return f"/organizations/{self.partner.organization_id}"

    async def begin(self) -> dict[str, Any]:
        """Send App Details."""
        path = f"{self.base}/apps/{self.partner.app_id}/submissions"
        answer = await self.developer.post(path, client_id=self.partner.client_id)
        assert answer.status_code == 201, answer.text
        begun: dict[str, Any] = answer.json()["data"]
        return begun

    async def send(self, submission_id: str, status: int = 200, **changes: Any) -> dict[str, Any]:
        """Amend, then Finish & Send."""
        path = f"{self.base}/submissions/{submission_id}"
        amended = await self.developer.patch(path, **{"note": "Not all scopes are used yet", **changes})
        assert amended.status_code == 200, amended.text
        answer = await self.developer.post(f"{path}/sending")
        assert answer.status_code == status, answer.text
        sent: dict[str, Any] = answer.json().get("data", {})
        return sent

    async def decide(self, sent: dict[str, Any], party: str, verdict: str = "approved", **more: str) -> int:
        """What a party says; the status of the answer."""
        said = {
            "party": party,
            "verdict": verdict,
            "submitted_at": sent["submitted_at"],
            "comment": "Looked at",
        }
        answer = await self.reviewers[party].post(f"/submissions/{sent['id']}/decisions", **{**said, **more})
        assert answer.status_code < 500, answer.text
        return answer.status_code

    async def approve(self, sent: dict[str, Any]) -> None:
        """Every party approves."""
        assert [await self.decide(sent, party) for party in PARTIES] == [200, 200]

    async def revise(self, **changes: Any) -> dict[str, Any]:
        """A submission from beginning to approval; what was begun."""
        begun = await self.begin()
        await self.approve(await self.send(begun["submission"]["id"], **changes))
        return begun

    async def client(self, client_id: str) -> dict[str, Any]:
        """A client as its owner sees it."""
        found: dict[str, Any] = (await self.developer.get(f"{self.base}/clients/{client_id}")).json()["data"]
        return found


async def staged(settled: Settled, name: str = "Pagewell") -> Stage:
    """A partner of its own on a shared platform."""
    world = settled.world
    partner = await world.partner(name)
    reviewers = {
        party: await caller(world, person.organization_id, person.id)
        for party, person in (await world.review_people()).items()
    }
    developer = await caller(world, partner.organization_id, partner.developer.id)
    return Stage(settled, partner, developer, reviewers, await caller(world))


@pytest_asyncio.fixture(loop_scope="module")
async def stage(settled: Settled) -> AsyncIterator[Stage]:
    """A new partner on the module's platform."""
    yield await staged(settled)


@pytest.mark.row("S26", "S29", "S30", "A188", "S17", "S22", "T2")
async def test_from_app_details_to_a_client_that_any_organization_authorizes(stage: Stage) -> None:
    """Another ID and secret, shown once; unknown until every party has approved; then it works everywhere."""
    world, mina = stage.world, stage.settled.mina
    begun = await stage.begin()
    client_id, secret = begun["client_id"], begun["client_secret"]
    assert is_well_formed(secret, "lscs")
    assert (client_id, secret) != (stage.partner.client_id, stage.partner.client_secret)
    published = Partner(**{**stage.partner.__dict__, "client_id": client_id, "client_secret": secret})
    await world.sign_in(stage.partner.developer)
    for person in (mina, stage.partner.developer):
        unknown = await person.browser.get(world.authorize_url(published, client_id=str(uuid4())))
        refused = await person.browser.get(world.authorize_url(published))
        assert refused.status_code == unknown.status_code == 400
        assert "invalid_request - Invalid client_id parameter value" in refused.text
    token = await world.token(published, grant_type="refresh_token", refresh_token="x")
    assert (token.status_code, token.json()["error"]) == (401, "invalid_client")
    explained = await stage.operator.get(f"/requests/{token.headers['x-request-id']}")
    assert explained.json()["data"]["cause"] == "client_is_not_published_yet", explained.text
    sent = await stage.send(begun["submission"]["id"], reasons={"monitors_read": "To page for them"})
    assert sent["reasons"]["monitors_read"] == "To page for them"
    assert secret not in (await stage.operator.get(f"/submissions/{sent['id']}")).text
    assert await stage.decide(sent, "security") == 200
    assert (await mina.browser.get(world.authorize_url(published))).status_code == 400
    assert await stage.decide(sent, "partnerships") == 200
    flow = await world.flow(mina, published)
    assert (await world.call(flow.access)).status_code == 200
    tile = (await stage.operator.get(f"/integrations/{stage.partner.app_id}")).json()["data"]
    assert (tile["audience"], tile["published_at"], tile["client_id"]) == ("sandbox", None, client_id)
    assert (await mina.browser.get(world.authorize_url(stage.partner))).status_code == 400


@pytest.mark.row("S31", "A189", "A190", "B073", "B4")
async def test_a_published_client_changes_by_a_new_revision_alone(stage: Stage) -> None:
    """Every door refuses or leaves it alone; a re-submission keeps the credentials and shows none."""
    begun = await stage.revise()
    client_id = begun["client_id"]
    before = await stage.client(client_id)
    client = f"{stage.base}/clients/{client_id}"
    assert (await stage.developer.patch(client, name="Mine")).status_code == 409
    assert (await stage.developer.delete(client)).status_code == 409
    assert (await stage.developer.post(f"{client}/secret")).status_code == 409
    manifest = {"manifest_version": 1, "app": {"name": "On-call Notifier", "app_uuid": str(stage.partner.app_id)},
                "clients": [{"name": before["name"], "scopes": ["monitors_read", "monitors_write"]}]}  # fmt: skip
    await stage.developer.ask("POST", f"{stage.base}/manifests", json=manifest)
    twin = f"{stage.base}/clients/{stage.partner.client_id}"
    edited = await stage.developer.patch(twin, name="Other", scopes=["monitors_write"])
    assert edited.status_code == 200, edited.text
    sent = await stage.begin()
    await stage.send(sent["submission"]["id"])
    assert await stage.client(client_id) == before
    again = sent["submission"]
    assert (sent["client_id"], sent["client_secret"]) == (client_id, None)
    read = (await stage.operator.get(f"/submissions/{again['id']}")).json()["data"]["submission"]
    await stage.approve(read)
    after = await stage.client(client_id)
    assert (after["name"], after["scopes"], after["revision"]) == ("Other", ["monitors_write"], 2)
    assert after["secret_created_at"] == before["secret_created_at"]
    listed = (await stage.developer.get(f"{client}/revisions")).json()["data"]
    assert [(one["revision"], one["name"]) for one in listed] == [(2, "Other"), (1, "On-call Notifier")]


@pytest.mark.row("B17", "B4", "R15")
async def test_a_roll_back_restores_the_revision_before_in_one_step(stage: Stage) -> None:
    """As a new revision, for a reviewer with a reason; what the bad one added ends with the answer."""
    client_id = (await stage.revise(scopes=["monitors_read"]))["client_id"]
    await stage.revise(scopes=["monitors_read", "events_read"], name="Worse")
    reviewer = stage.reviewers["security"]
    path = f"/published_clients/{client_id}/restorations"
    assert (await reviewer.post(path, live=1, reason="Bad")).status_code == 409
    assert (await reviewer.post(path, live=2, reason=" ")).status_code == 400
    assert (await stage.developer.post(path, live=2, reason="Bad")).status_code == 403
    restored = await reviewer.post(path, live=2, reason="The scope is not needed")
    assert restored.status_code == 201, restored.text
    now = await stage.client(client_id)
    assert (now["revision"], now["scopes"], now["name"]) == (3, ["monitors_read"], "On-call Notifier")
    assert restored.json()["data"]["restores"] == 1
    assert (await reviewer.post(path, live=3, reason="Once more")).status_code == 409
    entries = (await stage.operator.get(f"{stage.base}/audit_entries")).json()["data"]
    rolled = next(entry for entry in entries if entry["action"] == "client.rolled_back")
    assert rolled["details"]["scopes_dropped"] == ["events_read"]
    assert rolled["details"]["reason"] == "The scope is not needed"


@pytest.mark.row("S30", "B066", "R16")
async def test_nobody_reviews_their_own_and_nobody_else_reviews(stage: Stage) -> None:
    """Neither the developer, even as a reviewer, nor an operator, nor a reviewer for another party."""
    world = stage.world
    sent = await stage.send((await stage.begin())["submission"]["id"])
    path, said = f"/submissions/{sent['id']}", {"verdict": "approved", "submitted_at": sent["submitted_at"]}
    assert (await stage.developer.post(f"{path}/decisions", party="security", **said)).status_code == 403
    assert (await stage.developer.get(path)).status_code == 403
    assert (await stage.developer.get("/submissions")).status_code == 403
    person = f"/reviewers/{stage.partner.developer.id}/security"
    assert (await stage.developer.put(person)).status_code == 403
    assert (await stage.operator.put(f"/reviewers/{stage.partner.developer.id}/nobody")).status_code == 400
    assert (await stage.operator.put(person)).status_code == 200
    own = await stage.developer.post(f"{path}/decisions", party="security", **said)
    assert (own.status_code, "own organization" in own.text) == (403, True)
    assert (await stage.developer.post(f"{path}/comments", text="Fine")).status_code == 403
    asked = {"kind": "sandbox_elsewhere", "site": "x"}
    assert (await stage.developer.post(f"{stage.base}/partner_requests", **asked)).status_code == 400
    await world.platform.database.fetch(
        "DELETE FROM private_scope_approvals WHERE organization_id = $1", stage.partner.organization_id
    )
    request = (
        await stage.developer.post(f"{stage.base}/partner_requests", scope="api_keys_write", reason="Keys")
    ).json()["data"]["id"]
    answer = f"{stage.base}/partner_requests/{request}/answer"
    assert (await stage.developer.post(answer, granted=True)).status_code == 403
    assert (await stage.reviewers["security"].post(answer, granted=True)).status_code == 200
    assert (await stage.operator.delete(person)).status_code == 204
    assert (await stage.developer.get(path)).status_code == 403
    assert (await stage.operator.post(f"{path}/decisions", party="security", **said)).status_code == 403
    elsewhere = await stage.reviewers["security"].post(f"{path}/decisions", party="partnerships", **said)
    assert elsewhere.status_code == 403
    assert await stage.decide(sent, "security") == 200


@pytest.mark.row("S30")
async def test_changes_are_asked_for_made_and_judged_anew(stage: Stage) -> None:
    """With a reason; what one party approved before counts no more, nor does a page that was read before."""
    sent = await stage.send((await stage.begin())["submission"]["id"])
    assert await stage.decide(sent, "partnerships") == 200
    assert await stage.decide(sent, "security", "changes_requested", comment=" ") == 400
    assert await stage.decide(sent, "security", "changes_requested", comment="Drop events_read") == 200
    assert await stage.decide(sent, "security") == 409
    stage.world.clock.move(minutes=1)
    again = await stage.send(sent["id"], scopes=["monitors_read"])
    detail = (await stage.developer.get(f"{stage.base}/submissions/{sent['id']}")).json()["data"]
    assert (detail["decisions"], detail["waiting"]) == ([], list(PARTIES))
    assert await stage.decide(sent, "security") == 409
    await stage.approve(again)
    listed = (await stage.operator.get("/submissions", state="approved", search="pagewell")).json()["data"]
    assert sent["id"] in [one["id"] for one in listed]


@pytest.mark.row("B072", "S14", "R16")
async def test_private_scopes_are_checked_at_submission_and_again_at_approval(stage: Stage) -> None:
    """What was approved and taken back since is published by nobody."""
    withdraw = "DELETE FROM private_scope_approvals WHERE organization_id = $1"
    database, owner = stage.world.platform.database, stage.partner.organization_id
    begun = await stage.begin()
    sent = await stage.send(begun["submission"]["id"])
    assert await stage.decide(sent, "security") == 200
    await database.fetch(withdraw, owner)
    assert await stage.decide(sent, "partnerships") == 400
    stored = (await stage.operator.get(f"/submissions/{sent['id']}")).json()["data"]
    assert (stored["submission"]["state"], stored["waiting"]) == ("submitted", ["partnerships"])
    path = f"{stage.base}/submissions/{sent['id']}"
    assert (await stage.developer.post(f"{path}/withdrawal")).status_code == 200
    refused = await stage.developer.post(
        f"{stage.base}/apps/{stage.partner.app_id}/submissions", client_id=stage.partner.client_id
    )
    assert refused.status_code == 400


@pytest.mark.row("S25", "S27", "S28", "S24", "R23", "R24", "B2")
async def test_folder_link_and_files_of_the_pull_request(stage: Stage) -> None:
    """Given files pass the checks; a link is an http address and nothing else; a failing one needs a word."""
    begun = await stage.begin()
    path = f"{stage.base}/submissions/{begun['submission']['id']}"
    app = f"{stage.base}/apps/{stage.partner.app_id}"
    files = (await stage.developer.get(f"{app}/pull_request_files")).json()["data"]
    assert begun["client_id"] in files["oauth_clients"]
    manifest = '{"manifest_version": "2.0.0", ' + files["manifest_v2"].strip().removesuffix(",") + "}"
    folder = {
        "README.md": GOOD,
        "manifest.json": manifest,
        "assets/oauth_clients.json": files["oauth_clients"],
    }
    checked = await stage.developer.put(f"{path}/folder", files=folder)
    outcomes = {check["name"]: check["outcome"] for check in checked.json()["data"]}
    assert outcomes.pop("stable") == outcomes.pop("scopes_exercised") == "failed"
    assert set(outcomes.values()) == {"passed"}, outcomes
    in_ci = await stage.developer.post(f"{app}/folder_checks", files={**folder, "README.md": "## Setup"})
    assert {c["name"] for c in in_ci.json()["data"] if c["outcome"] == "failed"} >= {"uninstallation_section"}
    assert (await stage.developer.put(f"{path}/folder", files={"x": "y"})).status_code == 400
    assert (await stage.developer.post(f"{path}/sending")).json()["errors"][0]["source"]["pointer"] == "/note"
    for link in ("javascript:alert(1)", "ftp://x.example/", "https://", "//x.example", "http://a b.example/"):
        assert (await stage.developer.patch(path, link=link)).status_code == 400, link
    link = "https://git.example/integrations/pull/7#files"
    assert (await stage.developer.patch(path, link=link)).json()["data"]["link"] == link
    sent = await stage.send(begun["submission"]["id"])
    assert (await stage.developer.put(f"{path}/folder", files=folder)).status_code == 409
    await stage.approve(sent)
    tile = (await stage.operator.get(f"/integrations/{stage.partner.app_id}")).json()["data"]
    assert (tile["overview"], tile["configuration"]) == ("Pages.", "Install.")


@pytest.mark.row("S2", "B17", "S30")
async def test_the_integration_is_published_by_a_second_step_and_taken_back(stage: Stage) -> None:
    """Not before the client; for named organizations first; then for everyone; then for nobody but the sandbox."""
    path, acme = f"{stage.base}/apps/{stage.partner.app_id}/integration_submissions", str(stage.settled.acme)
    assert (await stage.developer.post(path, audience="everyone")).status_code == 409
    await stage.revise()
    assert (await stage.developer.post(path, audience="named")).status_code == 400
    assert (await stage.developer.post(path, audience="sandbox")).status_code == 400
    tile = f"/integrations/{stage.partner.app_id}"
    for asked in (
        {"audience": "named", "organizations": [acme]},
        {"audience": "everyone", "organizations": []},
    ):
        sent = (await stage.developer.post(path, **asked)).json()["data"]
        assert (await stage.developer.post(path, **asked)).status_code == 409
        assert await stage.decide(sent, "security") == 200
        seen = (await stage.operator.get(tile)).json()["data"]
        assert seen["audience"] != asked["audience"]
        assert await stage.decide(sent, "partnerships") == 200
        seen = (await stage.operator.get(tile)).json()["data"]
        assert {
            name: seen["named_organizations" if name == "organizations" else name] for name in asked
        } == asked
    await stage.revise(description="Another revision")
    assert (await stage.operator.get(tile)).json()["data"]["audience"] == "everyone"
    taken = f"{tile}/withdrawal"
    assert (await stage.developer.post(taken, reason="x")).status_code == 403
    assert (await stage.reviewers["security"].post(taken, reason="Broken")).status_code == 200
    assert (await stage.reviewers["security"].post(taken, reason="Broken")).status_code == 409
    actions = [e["action"] for e in (await stage.operator.get(f"{stage.base}/audit_entries")).json()["data"]]
    assert actions[0] == "integration.withdrawn"
    assert actions.count("integration.published") == 2


@pytest.mark.row("T11", "T10", "R17")
async def test_a_lost_published_secret_is_asked_for_and_made_once(stage: Stage) -> None:
    """The host grants, the partner makes it; a second one needs another word; authorizations live on."""
    begun = await stage.revise()
    world, mina, client_id = stage.world, stage.settled.mina, begun["client_id"]
    published = Partner(
        **{**stage.partner.__dict__, "client_id": client_id, "client_secret": begun["client_secret"]}
    )
    flow = await world.flow(mina, published)
    asked = {"kind": "published_secret", "client_id": client_id, "reason": "Lost with a laptop"}
    requests, secret = f"{stage.base}/partner_requests", f"{stage.base}/clients/{client_id}/secret"
    wrong = {**asked, "client_id": stage.partner.client_id}
    assert (await stage.developer.post(requests, **wrong)).status_code == 404
    request = (await stage.developer.post(requests, **asked)).json()["data"]["id"]
    assert (await stage.developer.post(requests, **asked)).status_code == 409
    assert (await stage.developer.post(secret)).status_code == 409
    answered = await stage.reviewers["security"].post(
        f"{requests}/{request}/answer", granted=True, answer="Take care"
    )
    assert answered.status_code == 200, answered.text
    assert "client_secret" not in answered.json()["data"]
    made = await stage.developer.post(secret)
    assert made.status_code == 201, made.text
    assert (await stage.developer.post(secret)).status_code == 409
    assert (await world.refresh(published, flow.refresh)).status_code == 401
    published.client_secret = made.json()["data"]["client_secret"]
    assert (await world.refresh(published, flow.refresh)).status_code == 200


@pytest.mark.row("B099", "R26", "R16")
async def test_two_reviewers_at_once_end_in_one_outcome(stage: Stage) -> None:
    """Approve and approve publishes once; approve and reject ends in one state that fits what was answered."""
    client_id, outcomes = "", Counter[tuple[str, tuple[int, ...]]]()
    for round_ in range(200):
        begun = await stage.begin()
        client_id = begun["client_id"]
        sent = await stage.send(begun["submission"]["id"], description=f"Round {round_}")
        second = "approved" if round_ % 3 == 0 else "changes_requested"
        statuses = await asyncio.gather(
            stage.decide(sent, "partnerships"), stage.decide(sent, "security", second)
        )
        detail = (await stage.operator.get(f"/submissions/{sent['id']}")).json()["data"]
        state = detail["submission"]["state"]
        outcomes[state, tuple(sorted(statuses))] += 1
        if second == "approved":
            assert (state, statuses) == ("approved", [200, 200])
        else:
            assert state == "changes_requested"
            assert statuses[1] == 200
            await stage.developer.post(f"{stage.base}/submissions/{sent['id']}/withdrawal")
    live = await stage.client(client_id)
    whole = {"page[size]": "100"}
    listed = (await stage.developer.get(f"{stage.base}/clients/{client_id}/revisions", **whole)).json()[
        "data"
    ]
    assert live["revision"] == len(listed) == 67
    assert [one["revision"] for one in listed] == list(range(67, 0, -1))
    assert sum(outcomes.values()) == 200


@pytest.mark.row("B099", "R26", "A188")
async def test_sending_the_details_twice_at_once_makes_one_set_of_credentials(settled: Settled) -> None:
    """One submission, one published client, one secret; the other click is told."""
    for round_ in range(8):
        stage = await staged(settled, f"Double {round_}")
        path = f"{stage.base}/apps/{stage.partner.app_id}/submissions"
        answers = await asyncio.gather(
            *(stage.developer.post(path, client_id=stage.partner.client_id) for _ in range(3))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        owned = (await stage.developer.get(f"{stage.base}/apps/{stage.partner.app_id}/clients")).json()[
            "data"
        ]
        assert [one["kind"] for one in owned].count("published") == 1


@pytest.mark.row("R21", "R23")
async def test_a_foreign_submission_is_none_and_words_stay_words(stage: Stage, settled: Settled) -> None:
    """Another partner reads, amends and withdraws nothing of it; NUL is no text."""
    other = await staged(settled, "Rival")
    sent = (await stage.begin())["submission"]
    path = f"{other.base}/submissions/{sent['id']}"
    assert (await other.developer.get(path)).status_code == 404
    assert (await other.developer.patch(path, note="Mine")).status_code == 404
    for verb in ("sending", "withdrawal"):
        assert (await other.developer.post(f"{path}/{verb}")).status_code == 404
    foreign = f"{other.base}/apps/{other.partner.app_id}/submissions"
    assert (await other.developer.post(foreign, client_id=stage.partner.client_id)).status_code == 404
    assert (await other.developer.get(f"{other.base}/clients/{uuid4()}/revisions")).status_code == 404
    own = f"{stage.base}/submissions/{sent['id']}"
    assert (
        await stage.developer.post(f"{own}/comments", text="<script>alert(1)</script>")
    ).status_code == 201
    assert (await stage.developer.post(f"{own}/comments", text="a\x00b")).status_code == 400
    assert (await stage.developer.post(f"{own}/comments", text="  ")).status_code == 400
