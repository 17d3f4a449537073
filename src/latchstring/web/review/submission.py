"""One submission, and what a reviewer says of it."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from starlette.responses import Response

from latchstring.accounts import organizations
from latchstring.accounts.refused import Forbidden, Missing, Refused
from latchstring.apps import store as apps_store
from latchstring.apps.model import ClientFields
from latchstring.publishing import checking, decide, proposal, reviewers, revisions, send, tiles
from latchstring.publishing.decide import Said
from latchstring.publishing.model import Revision, Submission
from latchstring.web.developer.reasons import told
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.names import caution_about
from latchstring.web.pages import faults
from latchstring.web.pages.review.submission import ClientFacts, ReviewSubmission, TileFacts
from latchstring.web.pages.submissions import AskedScope, Reached
from latchstring.web.review.desk import act_of, page, parties_of
from latchstring.web.review.names import names_of
from latchstring.web.review.queue import submission_path
from latchstring.web.routing import Route
from latchstring.web.show import locale_of, show
from latchstring.web.signed_in import session_of
from latchstring.web.submission_view import asked_scopes, change_lines, check_lines, words_of
from latchstring.web.translations import Text

_DONE = ("published", "shown", "approved", "changes", "said")
_REASONS = {
    "must say what is to be changed": Text("Say what is to be changed."),
    "was sent anew since you read it": Text(
        "The partner has sent it anew since you read it. This is the new version."
    ),
    "is private and not approved for this partner": Text(
        "One of the scopes is private, and the partner is not approved for it any more."
    ),
}


async def one(request: Request) -> Response:
    """The submission."""
    submission, done = await _any(request), request.query_params.get("done")
    shown = await _shown(request, submission)
    return show(request, replace(shown, done=done if done in _DONE else None))


async def decision(request: Request) -> Response:
    """Approve for a party, or ask for changes. What is refused is undone and told."""
    submission, form = await _any(request), request.fields
    read = _moment(form.get("read") or "")
    approved = form.get("verdict") == "approved"
    said = Said(
        form.get("party") or "",
        "approved" if approved else "changes_requested",
        form.get("comment") or "",
        read or submission.created_at,
    )
    await request.tx.execute("SAVEPOINT asked")
    try:
        decided = await decide.decide(
            request.tx, request.platform.house, act_of(request), session_of(request).user_id,
            submission.id, said,
        )  # fmt: skip
    except Refused as refused:
        await request.tx.execute("ROLLBACK TO SAVEPOINT asked")
        return await _refused(request, submission, refused)
    published = "published" if submission.kind == "client" else "shown"
    done = published if decided.state == "approved" else "approved" if approved else "changes"
    return see_other(f"{submission_path(submission)}?done={done}")


async def comment(request: Request) -> Response:
    """A word to the partner."""
    submission, user_id = await _any(request), session_of(request).user_id
    try:
        await reviewers.must_not_be_their_own(request.tx, user_id, submission.organization_id)
        await decide.comment(
            request.tx, request.platform.entropy, act_of(request), user_id, submission,
            request.fields.get("text") or "", is_reviewer=True,
        )  # fmt: skip
    except Refused as refused:
        return await _refused(request, submission, refused)
    return see_other(f"{submission_path(submission)}?done=said")


async def _refused(request: Request, submission: Submission, refused: Refused) -> Response:
    path = submission_path(submission)
    if isinstance(refused, Forbidden):
        return show(request, faults.not_allowed(), 403, path=path)
    words = _REASONS.get(refused.reason) or told(refused)
    shown = await _shown(request, await send.get(request.tx, None, submission.id))
    shown = replace(shown, problem=words, typed=request.fields.get("comment") or "")
    return show(request, shown, 400, path=path)


async def _shown(request: Request, submission: Submission) -> ReviewSubmission:
    tx, house, user_id = request.tx, request.platform.house, session_of(request).user_id
    partner = await organizations.partner(tx, submission.organization_id)
    sent_at = submission.submitted_at or submission.created_at
    page = ReviewSubmission(
        path=submission_path(submission),
        app=submission.app_name,
        app_id=str(submission.app_id),
        partner=submission.partner_name,
        partner_verified=partner.approved_at is not None,
        kind=submission.kind,
        state=submission.state,
        sent_by=submission.submitted_by_name or "",
        sent_at=sent_at,
        read=sent_at.isoformat(),
        parties=await parties_of(request),
        own=await reviewers.is_their_own(tx, user_id, submission.organization_id),
        words=await words_of(tx, house, submission),
    )
    if submission.kind == "integration":
        doubts = doubtful(submission.app_name, submission.partner_name)
        return replace(page, reach=await _reach(request, submission), unusual=doubts)
    return await _with_client(request, page, submission)


async def _with_client(request: Request, page: ReviewSubmission, submission: Submission) -> ReviewSubmission:
    tx, house, locale = request.tx, request.platform.house, locale_of(request)
    fields = proposal.client_fields(submission.proposed)
    live = await _live_before(request, submission)
    covered = await checking.coverage_of(
        tx, house.contract, submission.organization_id, submission.app_id, fields
    )
    scopes = asked_scopes(
        house.contract, locale, fields,
        reasons=submission.reasons, covered=covered, live=live.scopes if live else None,
    )  # fmt: skip
    return replace(
        page,
        scopes=scopes,
        changes=change_lines(live, fields),
        checks=check_lines(checking.read(submission.checks), locale),
        unusual=doubtful(submission.app_name, fields.name, submission.partner_name)
        + unusual(fields, live, scopes, verified=page.partner_verified),
        client=ClientFacts(
            client_id=str(submission.client_id),
            name=fields.name,
            description=fields.description,
            redirect_uris=fields.redirect_uris,
            onboarding_url=fields.onboarding_url,
        ),
        tile=await _tile(request, submission),
    )


async def _live_before(request: Request, submission: Submission) -> Revision | None:
    """The revision to compare with: the one that is live, or for what is approved the one before it."""
    site = request.platform.site.key
    if submission.revision is not None:
        found = await revisions.numbered(request.tx, site, submission.client_id, submission.revision - 1)
    else:
        found = await revisions.latest(request.tx, site, submission.client_id)
    return found[0] if found else None


async def _tile(request: Request, submission: Submission) -> TileFacts | None:
    app = await apps_store.find_app(request.tx, submission.organization_id, submission.app_id)
    if app is None:
        return None
    said = tiles.texts(app, submission.folder)
    return TileFacts(
        name=said.name,
        tagline=said.tagline,
        categories=tuple(said.categories),
        overview=said.overview,
        configuration=said.configuration,
        uninstallation=said.uninstallation,
    )


async def _reach(request: Request, submission: Submission) -> Reached:
    asked = proposal.reach(submission.proposed)
    site = request.platform.site.key
    tile = await tiles.find(request.tx, site, submission.organization_id, submission.app_id)
    named = list(tile.named_organizations) if tile else []
    return Reached(
        audience=tile.audience if tile else "sandbox",
        named=await names_of(request.tx, named),
        asked=asked.audience,
        asked_named=await names_of(request.tx, list(asked.organizations)),
    )


def doubtful(*names: str) -> tuple[Text, ...]:
    """What the consent page will say of names that may be made to look like another's."""
    return tuple(filter(None, map(caution_about, dict.fromkeys(names))))


def unusual(
    fields: ClientFields, live: Revision | None, scopes: tuple[AskedScope, ...], *, verified: bool
) -> tuple[Text, ...]:
    """What a reviewer should not overlook."""
    found: list[Text] = []
    if not verified:
        found.append(Text("The host has not said yet that it knows this partner."))
    before = {urlsplit(uri).hostname for uri in live.redirect_uris} if live else None
    for host in dict.fromkeys(urlsplit(uri).hostname or "" for uri in fields.redirect_uris):
        if before is not None and host not in before:
            found.append(Text("A redirect URI is on another host than before: %(host)s", {"host": host}))
        if any(word in host.split(".")[0] for word in ("staging", "stage", "test", "dev", "localhost")):
            found.append(Text("A redirect URI looks like one for testing: %(host)s", {"host": host}))
    for scope in scopes:
        if scope.asked and scope.calls == 0:
            found.append(Text("%(scope)s has never been used in the sandbox.", {"scope": scope.name}))
        if scope.asked and scope.risk == "high" and not scope.reason:
            found.append(Text("%(scope)s is risky, and no reason is given.", {"scope": scope.name}))
    return tuple(found)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


async def _any(request: Request) -> Submission:
    submission = await send.get(request.tx, None, path_uuid(request, "submission_id"))
    if submission.submitted_at is None:
        raise Missing("submission")
    return submission


_ONE = "/submissions/{submission_id}"

ROUTES: tuple[Route, ...] = (
    page("GET", _ONE, one),
    page("POST", _ONE + "/decision", decision),
    page("POST", _ONE + "/comments", comment),
)
