"""What is done on the tab Publishing: app details, proposal, folder, Finish & Send; the integration; a lost secret."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.refused import Missing, Refused
from latchstring.apps import clients, partner_requests
from latchstring.apps import store as apps_store
from latchstring.apps.checks import problems_with_client
from latchstring.apps.model import App
from latchstring.protocol.client_authentication import uuid_of
from latchstring.publishing import checking, decide, proposal, revisions, send, store
from latchstring.publishing.archive import LARGEST_ZIP, read_zip
from latchstring.publishing.model import Submission
from latchstring.publishing.proposal import Reach
from latchstring.publishing.send import Words
from latchstring.web.developer.client_form import client_form, typed_fields, typed_scopes
from latchstring.web.developer.desk import act_of, app_of, app_path, page, sandbox_of, smithy_of
from latchstring.web.developer.publishing import answer, proposed_of, publishing, pull_request_of, tab
from latchstring.web.developer.reasons import by_field, told
from latchstring.web.http import Request, see_other
from latchstring.web.pages.developer.publishing import PullRequest
from latchstring.web.routing import Route
from latchstring.web.signed_in import session_of


async def begin(request: Request) -> Response:
    """Next: Send App Details: the secret is shown the first time, at the top."""
    app = await app_of(request)
    test_client = uuid_of(request.fields.get("client_id") or "")
    begun = await send.begin(
        request.tx, request.platform.house, act_of(request), sandbox_of(request),
        session_of(request).user_id, app.id, test_client,
    )  # fmt: skip
    if begun.client_secret is None:
        return _back(app)
    return answer(request, app, replace(await publishing(request, app), secret=begun.client_secret))


async def stored(request: Request) -> Response:
    """Somebody has stored the secret."""
    return _back(await app_of(request), "stored")


async def amend(request: Request) -> Response:
    """Save what is proposed, or add a row for an address; what is typed stays."""
    app = await app_of(request)
    submission, form = await _open(request, app), request.fields
    fields = typed_fields(form, typed_scopes(form, request.platform.contract))
    reasons = {name: form.get(f"reason.{name}") or "" for name in request.platform.contract.scopes}
    note, link = form.get("note") or "", form.get("link") or ""
    found: list[Refused] = []
    if form.get("do") != "row":
        approved = await apps_store.approved_private_scopes(request.tx, sandbox_of(request))
        found = problems_with_client(fields, request.platform.contract, approved)
        if not found:
            try:
                await send.amend(
                    request.tx, request.platform.house, act_of(request), sandbox_of(request), submission.id,
                    fields, Words(reasons, note, link),
                )  # fmt: skip
            except Refused as refused:
                found = [refused]
        if not found:
            return _back(app, "saved")
    typed = replace(submission, note=note, link=link)
    rows = 2 if form.get("do") == "row" else 1
    shown = await proposed_of(request, app, fields, typed, by_field(found), reasons=reasons, rows=rows)
    shown = replace(shown, form=client_form(fields, found, rows=rows))
    return answer(
        request, app, replace(await publishing(request, app), proposed=shown), 400 if found else 200
    )


async def upload(request: Request) -> Response:
    """Read the zip of the folder; the checks are new."""
    app = await app_of(request)
    submission = await _open(request, app)
    try:
        await send.put_folder(request.tx, submission, read_zip(request.file))
    except Refused as refused:
        shown = await publishing(request, app)
        files = pull_request_of(submission, proposal.client_fields(submission.proposed))
        files = replace(files, problem=told(refused))
        return answer(request, app, replace(shown, pull_request=files), 400)
    return _back(app, "folder")


async def finish(request: Request) -> Response:
    """Finish & Send."""
    app = await app_of(request)
    submission = await _open(request, app)
    house, organization_id = request.platform.house, sandbox_of(request)
    checks = checking.written(await checking.checks_of(request.tx, house, submission))
    fields = proposal.client_fields(submission.proposed)
    approved = await apps_store.approved_private_scopes(request.tx, organization_id)
    found = proposal.problems_with_proposal(fields, house.contract, approved, loopback=house.loopback)
    if not found:
        try:
            user_id = session_of(request).user_id
            await send.finish(
                request.tx, house, act_of(request), organization_id, user_id, submission.id, checks
            )
        except Refused as refused:
            found = [refused]
    if not found:
        return _back(app, "sent")
    shown = await publishing(request, app, by_field(found))
    if shown.proposed is not None:
        shown = replace(shown, proposed=replace(shown.proposed, form=client_form(fields, found)))
    return answer(request, app, shown, 400)


async def withdraw(request: Request) -> Response:
    """Take the submission back."""
    app = await app_of(request)
    submission = await _open(request, app)
    await send.withdraw(request.tx, act_of(request), sandbox_of(request), submission.id)
    return _back(app, "withdrawn")


async def comment(request: Request) -> Response:
    """A word to the reviewers."""
    app = await app_of(request)
    submission = await _open(request, app)
    await decide.comment(
        request.tx, request.platform.entropy, act_of(request), session_of(request).user_id, submission,
        request.fields.get("text") or "", is_reviewer=False,
    )  # fmt: skip
    return _back(app, "said")


async def begin_integration(request: Request) -> Response:
    """Publish Integration: sent at once."""
    app, form = await app_of(request), request.fields
    named = [uuid_of(line.strip()) for line in (form.get("organizations") or "").split()]
    everyone = form.get("audience") == "everyone"
    if not everyone and (not named or None in named):
        raise Refused("must be 1 to 100 organizations", field="organizations")
    reach = Reach("everyone") if everyone else Reach("named", tuple(one for one in named if one))
    await send.begin_integration(
        request.tx, request.platform.house, act_of(request), sandbox_of(request),
        session_of(request).user_id, app.id, reach, "",
    )  # fmt: skip
    return _back(app, "sent")


async def withdraw_integration(request: Request) -> Response:
    """Take that back."""
    app = await app_of(request)
    asked = await store.open_one(request.tx, sandbox_of(request), app.id, "integration")
    await send.withdraw(request.tx, act_of(request), sandbox_of(request), asked.id if asked else None)
    return _back(app, "withdrawn")


async def ask_for_secret(request: Request) -> Response:
    """Ask the host that another secret may be made."""
    app = await app_of(request)
    await partner_requests.ask_for_secret(
        request.tx, request.platform.entropy, act_of(request), sandbox_of(request),
        session_of(request).user_id, client_id=await _published(request, app),
        reason=request.fields.get("reason") or "",
    )  # fmt: skip
    return _back(app, "asked")


async def new_secret(request: Request) -> Response:
    """The one secret that the host has granted, shown this once."""
    app = await app_of(request)
    client_id = await _published(request, app)
    made = await clients.regenerate_secret(
        request.tx, smithy_of(request), act_of(request), sandbox_of(request), client_id
    )
    return answer(request, app, replace(await publishing(request, app), secret=made.client_secret))


async def oauth_clients(request: Request) -> Response:
    """The file to download."""
    files = await _files(request)
    return _download(files.oauth_clients, "oauth_clients.json")


async def manifest(request: Request) -> Response:
    """The changed manifest to download."""
    files = await _files(request)
    if files.manifest is None:
        raise Missing("manifest")
    return _download(files.manifest, "manifest.json")


def telling(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The handler; what it refuses is told on the tab, and undone in the transaction that goes on."""

    async def told_on_the_tab(request: Request) -> Response:
        await request.tx.execute("SAVEPOINT asked")
        try:
            return await handler(request)
        except Missing:
            raise
        except Refused as refused:
            await request.tx.execute("ROLLBACK TO SAVEPOINT asked")
            app = await app_of(request)
            field = refused.field if refused.field == "organizations" else ""
            return answer(request, app, await publishing(request, app, {field: told(refused)}), 400)

    return told_on_the_tab


async def _open(request: Request, app: App) -> Submission:
    found = await store.open_one(request.tx, sandbox_of(request), app.id, "client")
    if found is None:
        raise Missing("submission")
    return found


async def _published(request: Request, app: App) -> UUID | None:
    found = await revisions.published_of(request.tx, sandbox_of(request), app.id)
    return found.client_id if found else None


async def _files(request: Request) -> PullRequest:
    app = await app_of(request)
    submission = await _open(request, app)
    return pull_request_of(submission, proposal.client_fields(submission.proposed))


def _download(text: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(text, 200, headers, "application/json")


def _back(app: App, done: str | None = None) -> Response:
    return see_other(app_path(app, "publishing") + (f"?done={done}" if done else ""))


_TAB = "/apps/{app_id}/publishing"

ROUTES: tuple[Route, ...] = (
    page("GET", _TAB, tab),
    page("POST", _TAB, telling(begin)),
    page("POST", _TAB + "/stored", stored),
    page("POST", _TAB + "/proposal", telling(amend)),
    page("POST", _TAB + "/folder", upload, upload=LARGEST_ZIP),
    page("POST", _TAB + "/sending", telling(finish)),
    page("POST", _TAB + "/withdrawal", telling(withdraw)),
    page("POST", _TAB + "/comments", telling(comment)),
    page("POST", _TAB + "/integration", telling(begin_integration)),
    page("POST", _TAB + "/integration/withdrawal", telling(withdraw_integration)),
    page("POST", _TAB + "/lost", telling(ask_for_secret)),
    page("POST", _TAB + "/secret", telling(new_secret)),
    page("GET", _TAB + "/oauth_clients.json", oauth_clients),
    page("GET", _TAB + "/manifest.json", manifest),
)
