"""GET and POST /oauth2/v1/authorize (RFC 6749 section 4.1): the request is judged, and a person decides."""

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

import msgspec
from starlette.responses import Response

from latchstring.accounts.sessions import BrowserSession
from latchstring.apps.lookup import Client, siblings
from latchstring.grants.consent import allow
from latchstring.integrations.connect import consume
from latchstring.protocol import faults
from latchstring.protocol.authorize import (
    AuthorizationRequest,
    Offer,
    ReturnAddress,
    Sent,
    Shown,
    client_id_of,
    read_request,
    return_address,
    sent_again,
)
from latchstring.protocol.client_authentication import uuid_of
from latchstring.protocol.faults import Refusal
from latchstring.protocol.parameters import Malformed, Parameters, read_form
from latchstring.protocol.responses import SiteWords, code_redirect, error_redirect
from latchstring.web.admission import builds_apps
from latchstring.web.consent.question import Question, put_question, weigh
from latchstring.web.consent.view import pick_organization
from latchstring.web.entry import to_sign_in
from latchstring.web.http import BadInput, Request, see_other
from latchstring.web.pages import faults as fault_pages
from latchstring.web.pages.paths import explanation_path
from latchstring.web.show import csrf_of, show
from latchstring.web.signed_in import session_of
from latchstring.web.witness import note_refusal, note_step

_SHOWN = "shown"

_CLIENT_ID = re.compile(rb"(?:^|&)client_id=([0-9a-fA-F-]{36})(?:&|$)")


@dataclass(frozen=True, slots=True)
class Explainable(Shown):
    """A fault that is shown to somebody who owns the app, and can read why."""

    app_id: UUID


async def ask(request: Request) -> Response:
    """Judge the request and put it before the person. Faults before the redirect URI is trusted are shown to
    anybody; everything else waits until the person is known."""
    parameters = read_form(request.scope["query_string"])
    if isinstance(parameters, Malformed):
        return _shown(request, await _unreadable(request, parameters.reason))
    asked = await _asking_client(request, parameters)
    if isinstance(asked, Shown):
        return _shown(request, asked)
    client, to = asked
    if request.signed_in is None:
        return to_sign_in(request)
    return await _put(request, parameters, client, to, request.signed_in)


async def decide(request: Request) -> Response:
    """The person's answer. The whole request is judged again: nothing that the browser sends back is believed."""
    asked = await _asking_client(request, request.fields)
    if isinstance(asked, Shown):
        return _shown(request, asked)
    client, to = asked
    session = request.signed_in
    if session is None or session.organization_id is None:
        return show(request, fault_pages.form_expired(), 403, path="/")
    if not client.may_be_authorized_by(session.organization_id):
        return await _outside(request, client)
    judged = _judge(request, request.fields, client, to)
    if isinstance(judged, Sent):
        return await _send(request, judged, client)
    question = await weigh(request, client, judged, session)
    if request.fields.get(_SHOWN) != _shown_to(session, question.asked):
        return show(request, fault_pages.form_expired(), 403, path="/")
    match request.fields.get("decision"):
        case "allow" if question.around.hindrance is not None:
            await note_refusal(request, question.refusal, client, proven=_is_its_own(request, client))
            return await _put_again(request, question)
        case "allow":
            return await _allowed(request, client, question, session)
        case "deny":
            await note_step(request, client, "denied")
            return await _send(request, Sent(question.refusal, to), client)
        case _:
            raise BadInput("must be allow or deny", field="decision")


def purpose_of(fields: Parameters) -> str:
    """What the consent form's CSRF token is for: this very request, as it was shown, and no other."""
    content = sorted({**sent_again(fields), _SHOWN: fields.get(_SHOWN) or ""}.items())
    return "consent:" + hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def _shown_to(session: BrowserSession, asked: AuthorizationRequest) -> str:
    """For which organization and to which scopes the person says yes. Both may change while the page is open:
    in another window, or because the app is edited; a yes counts for what was read."""
    return hashlib.sha256(f"{session.organization_id} {' '.join(asked.scopes)}".encode()).hexdigest()


async def _asking_client(request: Request, parameters: Parameters) -> tuple[Client, ReturnAddress] | Shown:
    client_id = client_id_of(parameters)
    if isinstance(client_id, Shown):
        client = await _named_client(request, parameters.get("client_id"))
        return await _noted(request, client_id.refusal, client) if client else client_id
    client = await _named_client(request, client_id)
    if client is None:
        return Shown(Refusal(faults.CLIENT_UNKNOWN))
    if not client.enabled:
        return await _noted(request, Refusal(faults.CLIENT_DISABLED), client)
    if client.awaits_approval:
        return await _noted(request, Refusal(faults.CLIENT_NOT_PUBLISHED), client)
    to = return_address(parameters, client)
    if isinstance(to, Shown):
        return await _noted(request, await _named(request, to.refusal, client), client)
    return client, to


async def _named_client(request: Request, client_id: str | None) -> Client | None:
    client_uuid = uuid_of(client_id) if client_id else None
    return await request.platform.clients.get(client_uuid) if client_uuid else None


async def _unreadable(request: Request, problem: str) -> Shown:
    """A query that can't be read may still show whose it is."""
    refusal = Refusal(faults.REQUEST_MALFORMED, {"problem": problem})
    found = _CLIENT_ID.search(request.scope["query_string"])
    client = await _named_client(request, found[1].decode()) if found else None
    return await _noted(request, refusal, client) if client else Shown(refusal)


async def _named(request: Request, refusal: Refusal, client: Client) -> Refusal:
    """A mismatching redirect URI is often the one of the app's other client: say so to its owner (T7)."""
    received = refusal.noted.get("received")
    if refusal.cause is not faults.REDIRECT_URI_MISMATCH:
        return refusal
    for sibling in await siblings(request.platform.database, client):
        if received in sibling.redirect_uris:
            noted = {**refusal.noted, "belongs_to": f"{sibling.kind} client {sibling.id}"}
            return Refusal(faults.REDIRECT_URI_OF_SIBLING, noted)
    return refusal


async def _put(
    request: Request, parameters: Parameters, client: Client, to: ReturnAddress, session: BrowserSession
) -> Response:
    if session.organization_id is None:
        return await pick_organization(request, client, session)
    if not client.may_be_authorized_by(session.organization_id):
        return await _outside(request, client)
    judged = _judge(request, parameters, client, to)
    if isinstance(judged, Sent):
        return await _send(request, judged, client)
    if client.watch is not None:
        await _note_asked(request, parameters, client, judged)
    question = await weigh(request, client, judged, session)
    hidden = {**sent_again(parameters), _SHOWN: _shown_to(session, question.asked)}
    token = csrf_of(request, purpose_of(Parameters(hidden)))
    return await put_question(request, question, (*hidden.items(), ("csrf", token)))


async def _put_again(request: Request, question: Question) -> Response:
    """The question, once more, to somebody who said yes and may not."""
    hidden = {**sent_again(request.fields), _SHOWN: request.fields.get(_SHOWN) or ""}
    token = csrf_of(request, purpose_of(Parameters(hidden)))
    return await put_question(request, question, (*hidden.items(), ("csrf", token)), 403)


async def _note_asked(
    request: Request, parameters: Parameters, client: Client, asked: AuthorizationRequest
) -> None:
    """What arrived, and that it was put before the person."""
    await note_step(
        request,
        client,
        "authorize",
        redirect_uri=asked.to.redirect_uri,
        code_challenge_method=parameters.get("code_challenge_method") or "",
        state_length=str(len(asked.to.state or "")),
        scope=parameters.get("scope") or "",
    )
    await note_step(request, client, "consent", scope=" ".join(asked.scopes))


def _judge(
    request: Request, parameters: Parameters, client: Client, to: ReturnAddress
) -> AuthorizationRequest | Sent:
    contract = request.platform.contract
    withheld = contract.private_scopes.difference(client.scopes)
    return read_request(parameters, to, client, Offer(contract.scope_names, withheld))


async def _allowed(request: Request, client: Client, question: Question, session: BrowserSession) -> Response:
    platform, asked = request.platform, question.asked
    if question.around.from_tile and session.organization_id is not None:
        await consume(platform.database, session.organization_id, session.user_id, client.id)
    code = await allow(
        platform.ledger,
        platform.mint,
        client=client,
        asked=asked,
        person=session,
        now=platform.clock.now(),
        request_id=request.id,
        initiated_by="tile" if question.around.from_tile else "partner",
    )
    await note_step(request, client, "allowed", scope=" ".join(asked.scopes))
    await note_step(request, client, "redirected", redirect_uri=asked.to.redirect_uri)
    site = platform.site
    words = SiteWords(site.issuer, site.domain, site.authority_of(session.organization_subdomain))
    return see_other(code_redirect(asked.to, code, words))


async def _send(request: Request, sent: Sent, client: Client) -> Response:
    await note_refusal(request, sent.refusal, client, proven=_is_its_own(request, client))
    return see_other(error_redirect(sent.to, sent.refusal.cause, request.platform.site.issuer))


async def _outside(request: Request, client: Client) -> Response:
    """A test client outside its organization is as good as unknown; its owner is told (T2)."""
    return _shown(request, await _noted(request, Refusal(faults.TEST_CLIENT_OUTSIDE), client))


async def _noted(request: Request, refusal: Refusal, client: Client) -> Shown:
    """Kept for the owner of the client, whom the page leads to the explanation if they are looking at it."""
    own = _is_its_own(request, client)
    kept = await note_refusal(request, refusal, client, proven=own)
    return (
        Explainable(refusal, client.app_id)
        if kept and own and builds_apps(session_of(request))
        else Shown(refusal)
    )


def _is_its_own(request: Request, client: Client) -> bool:
    """Whether the person acts in the organization that owns the client: then it is a developer who tries it."""
    return request.signed_in is not None and request.signed_in.organization_id == client.organization_id


def _shown(request: Request, shown: Shown) -> Response:
    cause = shown.refusal.cause
    url = explanation_path(shown.app_id, request.id) if isinstance(shown, Explainable) else None
    if cause.description == faults.CLIENT_UNKNOWN.description:
        page = fault_pages.unknown_client(explanation_url=url)
    elif cause.description == faults.REDIRECT_URI_MISSING.description:
        page = fault_pages.mismatching_redirect_uri(explanation_url=url)
    else:
        page = fault_pages.invalid_request(f"{cause.error} - {cause.description}", explanation_url=url)
    return show(request, page, cause.status, path="/")
