"""The consent form: allow, refuse, and nothing that the person did not say."""

import re

import httpx
import pytest
from tests.settled import Settled
from tests.world import CHALLENGE, REDIRECT, Person, consent_fields, csrf_in, parameters_of

from latchstring.accounts import people, roles
from latchstring.apps import clients
from latchstring.apps.model import ClientFields

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def post(person: Person, fields: dict[str, str], **headers: str) -> httpx.Response:
    """Send the consent form."""
    return await person.browser.post("/oauth2/v1/authorize", data=fields, headers=headers)


def is_refused(answer: httpx.Response) -> bool:
    """403 and no code anywhere."""
    return answer.status_code == 403 and "location" not in answer.headers and "lsac_" not in answer.text


@pytest.mark.row("A003", "A034", "A036", "A038", "S18", "R4")
async def test_allow_leads_to_the_client_with_a_code(settled: Settled) -> None:
    """303 with code, state, iss, domain and site in the query and nothing in a fragment."""
    answer = await settled.world.consent(settled.mina, settled.partner)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(REDIRECT + "?")
    assert "#" not in answer.headers["location"]
    told = parameters_of(answer)
    assert set(told) == {"code", "state", "iss", "domain", "site"}
    metadata = (await settled.world.machine.get("/.well-known/oauth-authorization-server")).json()
    assert told["iss"] == metadata["issuer"]
    assert metadata["token_endpoint"].endswith(f"//{told['domain']}/oauth2/v1/token")
    assert told["site"] == "localhost:8100"


@pytest.mark.row("A004", "A035", "R3")
async def test_deny_is_told_to_the_client(settled: Settled) -> None:
    """`access_denied` with state and iss, and nothing is written down as granted."""
    count = "SELECT count(*) AS n FROM authorizations"
    before = await settled.world.platform.database.fetch(count)
    told = parameters_of(await settled.world.consent(settled.mina, settled.partner, "deny"))
    assert told["error"] == "access_denied"
    assert (told["state"], told["iss"]) == ("opaque", settled.world.platform.site.issuer)
    assert "code" not in told
    assert await settled.world.platform.database.fetch(count) == before


@pytest.mark.row("A023")
async def test_state_comes_back_to_the_byte(settled: Settled) -> None:
    """Printable ASCII with everything that is special in URLs and HTML, and letters beyond."""
    for state in (" &=+%#\"'<>" + "".join(map(chr, range(0x21, 0x57))), "상태✓", "a" * 2_000, "%26", "+"):
        answer = await settled.world.consent(settled.mina, settled.partner, state=state)
        assert parameters_of(answer)["state"] == state


@pytest.mark.row("A024")
async def test_without_state_there_is_none(settled: Settled) -> None:
    """No key in the answer."""
    assert "state" not in parameters_of(
        await settled.world.consent(settled.mina, settled.partner, state=None)
    )


@pytest.mark.row("B034", "R22")
async def test_a_consent_from_elsewhere_is_refused(settled: Settled) -> None:
    """Without a token, with another session's, with that of another request, with the page's common one."""
    world = settled.world
    page = await settled.authorize()
    fields = {**consent_fields(page), "decision": "allow"}
    other = await world.person(settled.acme)
    await world.sign_in(other)
    theirs = consent_fields(await other.browser.get(world.authorize_url(settled.partner)))["csrf"]
    pending = consent_fields(await settled.authorize(state="another"))["csrf"]
    for token in (None, "", "x", theirs, pending, csrf_in(page)):
        changed = {name: value for name, value in {**fields, "csrf": token}.items() if value is not None}
        if token != fields["csrf"]:
            assert is_refused(await post(settled.mina, changed)), token
    assert (await post(settled.mina, fields)).status_code == 303


@pytest.mark.row("B013", "R6")
@pytest.mark.parametrize(
    ("name", "value"),
    [("code_challenge", "b" * 43), ("code_challenge_method", "plain"), ("scope", "monitors_read"),
     ("redirect_uri", "https://evil.example"), ("state", "other"), ("response_type", "token")],
)  # fmt: skip
async def test_nothing_can_be_changed_on_the_way(settled: Settled, name: str, value: str) -> None:
    """The form's token belongs to the request as it was shown."""
    fields = {**consent_fields(await settled.authorize(scope="events_read")), "decision": "allow"}
    answer = await post(settled.mina, {**fields, name: value})
    assert answer.status_code in (400, 403)
    assert "location" not in answer.headers


@pytest.mark.row("B013")
async def test_a_repeated_field_changes_nothing(settled: Settled) -> None:
    """A second challenge beside the shown one is refused."""
    fields = {**consent_fields(await settled.authorize()), "decision": "allow"}
    content = str(httpx.QueryParams([*fields.items(), ("code_challenge", "b" * 43)]))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await settled.mina.browser.post("/oauth2/v1/authorize", content=content, headers=headers)
    assert answer.status_code in (400, 403) or "code" not in parameters_of(answer)


@pytest.mark.parametrize("decision", [None, "", "yes", "ALLOW"])
async def test_neither_allow_nor_deny_is_neither(settled: Settled, decision: str | None) -> None:
    """400: the person said nothing that we understand."""
    fields = consent_fields(await settled.authorize())
    if decision is not None:
        fields["decision"] = decision
    assert (await post(settled.mina, fields)).status_code == 400


@pytest.mark.parametrize("origin", ["null", "http://localhost:8100", None])
async def test_a_form_without_a_useful_origin_works(settled: Settled, origin: str | None) -> None:
    """Browsers send `Origin: null` from pages with a strict referrer policy."""
    fields = {**consent_fields(await settled.authorize()), "decision": "allow"}
    headers = {} if origin is None else {"origin": origin}
    assert "code" in parameters_of(await post(settled.mina, fields, **headers))


async def test_the_page_lets_the_form_lead_to_the_client(settled: Settled) -> None:
    """Browsers hold a form to `form-action` through redirects."""
    policy = (await settled.authorize()).headers["content-security-policy"]
    assert "form-action 'self' https://notifier.example;" in policy


@pytest.mark.row("A053", "R14")
@pytest.mark.parametrize("how", ["disabled", "removed"])
async def test_who_is_gone_while_the_page_is_open_allows_nothing(settled: Settled, how: str) -> None:
    """Disabled or removed: no code."""
    world = settled.world
    person = await world.person(settled.acme)
    await world.sign_in(person)
    page = await person.browser.get(world.authorize_url(settled.partner))
    async with world.platform.database.transaction() as tx:
        if how == "disabled":
            await people.disable(tx, world.act, person.id)
        else:
            await people.end_membership(tx, world.act, settled.acme, person.id)
    assert is_refused(await post(person, {**consent_fields(page), "decision": "allow"}))


async def test_a_yes_counts_for_the_organization_that_was_shown(settled: Settled) -> None:
    """Switching to another organization in a second window does not redirect the consent."""
    world = settled.world
    person = await world.person(settled.acme)
    second = await world.organization("Second")
    async with world.platform.database.transaction() as tx:
        await people.put_member(tx, world.act, second, person.id, await roles.named(tx, second, ["Admin"]))
    await world.sign_in(person)
    page = await person.browser.get(world.authorize_url(settled.partner))
    shown_first = "Acme" in re.sub(r"<form.*?</form>", "", page.text, flags=re.DOTALL)
    other = second if shown_first else settled.acme
    csrf = csrf_in(await person.browser.get("/"))
    switched = await person.browser.post(
        "/account/organization", data={"organization": str(other), "csrf": csrf, "next": "/"}
    )
    assert switched.status_code == 303, switched.text[:300]
    assert is_refused(await post(person, {**consent_fields(page), "decision": "allow"}))


async def test_a_yes_counts_for_the_scopes_that_were_shown(settled: Settled) -> None:
    """An app that gains scopes while the page is open does not get them with this yes."""
    from uuid import UUID

    world = settled.world
    partner = await world.partner("Widening", ("monitors_read",))
    await world.sign_in(partner.developer)
    page = await partner.developer.browser.get(world.authorize_url(partner))
    fields = ClientFields("N", "", (REDIRECT,), "https://n.example/", ("monitors_read", "dashboards_read"))
    async with world.platform.database.transaction() as tx:
        await clients.update(
            tx, world.platform.contract, world.act, partner.organization_id, UUID(partner.client_id), fields
        )
    assert is_refused(await post(partner.developer, {**consent_fields(page), "decision": "allow"}))


@pytest.mark.row("S35")
async def test_who_lacks_a_permission_is_warned_and_may_still_complete_a_partner_s_flow(
    settled: Settled,
) -> None:
    """A flow that started at the partner; the token can do no more than its user."""
    world = settled.world
    reader = await world.person(settled.acme, "Read Only")
    await world.sign_in(reader)
    page = await reader.browser.get(world.authorize_url(settled.partner))
    assert world.platform.contract.scopes["api_keys_write"].title["en"] in page.text
    answer = await post(reader, {**consent_fields(page), "decision": "allow"})
    assert "code" in parameters_of(answer)


@pytest.mark.row("B084", "R25")
async def test_abandoned_authorizations_are_forgotten(settled: Settled) -> None:
    """Allowed and never redeemed: nothing is left to clean up."""
    world = settled.world
    person = await world.person(settled.acme)
    await world.sign_in(person)
    for _ in range(5):
        await world.code(person, settled.partner)
    world.clock.move(minutes=2)
    await world.code(person, settled.partner)
    rows = await world.platform.database.fetch(
        "SELECT 1 FROM authorizations WHERE user_id = $1 AND state = 'pending'", person.id
    )
    assert len(rows) == 1


@pytest.mark.row("B090")
async def test_the_flow_is_written_down(settled: Settled) -> None:
    """Consent, redemption and revocation: actor, organization, client; no secret."""
    world = settled.world
    organization = await world.organization("Logged")
    person = await world.person(organization)
    await world.sign_in(person)
    flow = await world.flow(person, settled.partner)
    await world.revoke(settled.partner, flow.access)
    await world.revoke(settled.partner, flow.refresh)
    rows = await world.platform.database.fetch(
        "SELECT * FROM audit_entries WHERE organization_id = $1 AND client_id IS NOT NULL ORDER BY id",
        organization,
    )
    actions = [row["action"] for row in rows]
    assert actions == [
        "authorization.consented", "authorization.redeemed", "access_token.revoked", "authorization.revoked",
    ]  # fmt: skip
    assert rows[0]["actor"] == f"user:{person.id}"
    assert {row["actor"] for row in rows[1:]} == {f"client:{settled.partner.client_id}"}
    for secret in (
        flow.access,
        flow.refresh,
        flow.parameters["code"],
        settled.partner.client_secret,
        CHALLENGE,
    ):
        assert all(secret not in str(dict(row)) for row in rows)


@pytest.mark.row("B090")
@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries",
                                       "TRUNCATE audit_entries"])  # fmt: skip
async def test_the_audit_log_can_t_be_changed(settled: Settled, statement: str) -> None:
    """Append-only, also for our own code."""
    import asyncpg

    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await settled.world.platform.database.fetch(statement)
