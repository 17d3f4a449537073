"""The tab Publishing: how far the app has come, with everything that can be done next."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from starlette.responses import Response

from latchstring.apps import store as apps_store
from latchstring.apps.model import App, ClientFields, OwnedClient
from latchstring.apps.partner_request_store import of_subject
from latchstring.publishing import checking, proposal, pull_request, revisions, store, tiles
from latchstring.publishing.folder import Folder, manifest_of
from latchstring.publishing.model import Submission
from latchstring.publishing.revisions import Published
from latchstring.web.developer.client_form import client_form
from latchstring.web.developer.desk import app_of, app_path, head_of, sandbox_of
from latchstring.web.http import Request
from latchstring.web.pages.developer.publishing import Proposed, Publishing, PullRequest, Secret, Source
from latchstring.web.pages.submissions import Reached
from latchstring.web.show import locale_of, show
from latchstring.web.submission_view import asked_scopes, change_lines, check_lines, revision_lines, words_of
from latchstring.web.translations import Text

Problems = Mapping[str, Text | str]
_DONE = ("sent", "saved", "folder", "withdrawn", "stored", "asked", "said")
_MOST_CLIENTS = 20


async def tab(request: Request) -> Response:
    """The tab as things are."""
    app, done = await app_of(request), request.query_params.get("done")
    shown = await publishing(request, app)
    return answer(request, app, replace(shown, done=done if done in _DONE else None))


def answer(request: Request, app: App, page: Publishing, status: int = 200) -> Response:
    """The tab as an answer, at its own path."""
    return show(request, page, status, path=app_path(app, "publishing"))


async def publishing(request: Request, app: App, problems: Problems | None = None) -> Publishing:
    """Everything that the tab shows; `problems` of what was just asked."""
    tx, organization_id, site = request.tx, sandbox_of(request), request.platform.site.key
    submission = await store.open_one(tx, organization_id, app.id, "client")
    published = await revisions.published_of(tx, organization_id, app.id)
    page = Publishing(
        app=head_of(app),
        standing="new",
        sources=await _sources(request, app),
        client_id=str(published.client_id) if published else None,
        problems=problems or {},
    )
    if published is not None and published.published_at is not None:
        page = replace(
            page,
            standing="published",
            revisions=await revision_lines(tx, site, published.client_id),
            lost=await _lost(request, published),
        )
        page = await _with_tile(request, app, page)
    return await _with_submission(request, app, page, submission) if submission else page


async def _with_submission(
    request: Request, app: App, page: Publishing, submission: Submission
) -> Publishing:
    tx, house = request.tx, request.platform.house
    fields = proposal.client_fields(submission.proposed)
    live = await revisions.latest(tx, house.site, submission.client_id)
    checks = (
        checking.read(submission.checks)
        if submission.state == "submitted"
        else await checking.checks_of(tx, house, submission)
    )
    page = replace(
        page,
        standing="submitted" if submission.state == "submitted" else submission.state,  # type: ignore[arg-type]
        checks=check_lines(checks, locale_of(request)),
        changes=change_lines(live[0] if live else None, fields),
        words=await words_of(tx, house, submission),
        sent_at=submission.submitted_at,
    )
    if submission.state == "submitted":
        return page
    return replace(
        page,
        proposed=await proposed_of(request, app, fields, submission, page.problems),
        pull_request=pull_request_of(submission, fields),
    )


async def proposed_of(
    request: Request,
    app: App,
    fields: ClientFields,
    submission: Submission,
    problems: Problems,
    *,
    reasons: Mapping[str, str] | None = None,
    rows: int = 1,
) -> Proposed:
    """The form of what is proposed: stored, or as it was typed."""
    organization_id, contract = sandbox_of(request), request.platform.contract
    owned = await apps_store.clients(request.tx, organization_id, app.id, None, _MOST_CLIENTS)
    offered = [scope for client in owned if client.kind == "test" for scope in client.scopes]
    union = replace(fields, scopes=tuple(dict.fromkeys([*fields.scopes, *offered])))
    covered = await checking.coverage_of(request.tx, contract, organization_id, app.id, union)
    live = await revisions.latest(request.tx, request.platform.site.key, submission.client_id)
    return Proposed(
        form=client_form(fields, rows=rows),
        scopes=asked_scopes(
            contract,
            locale_of(request),
            fields,
            reasons=submission.reasons if reasons is None else reasons,
            covered=covered,
            live=live[0].scopes if live else None,
            offered=offered,
        ),
        note=submission.note,
        link=submission.link,
        problems=problems,
    )


def pull_request_of(submission: Submission, fields: ClientFields) -> PullRequest:
    """What to add to the pull request, as far as the folder is known."""
    folder = Folder.stored(submission.folder) if submission.folder else None
    manifest = manifest_of(folder) if folder else None
    return PullRequest(
        oauth_clients=pull_request.oauth_clients(str(submission.client_id), fields),
        manifest_v1=pull_request.manifest_change(second=False),
        manifest_v2=pull_request.manifest_change(second=True),
        manifest=pull_request.changed_manifest(manifest) if manifest is not None else None,
        folder=tuple(folder.files) if folder else (),
    )


async def _sources(request: Request, app: App) -> tuple[Source, ...]:
    owned = await apps_store.clients(request.tx, sandbox_of(request), app.id, None, _MOST_CLIENTS)
    test = [client for client in owned if client.kind == "test"]
    return tuple(_source(client, chosen=client is test[0]) for client in test)


def _source(client: OwnedClient, *, chosen: bool) -> Source:
    return Source(id=str(client.id), name=client.name, scopes=len(client.scopes), chosen=chosen)


async def _lost(request: Request, published: Published) -> Secret:
    asked = await of_subject(request.tx, sandbox_of(request), "published_secret", str(published.client_id))
    if asked is None or asked.used_at is not None:
        return Secret()
    return Secret(state=asked.state, answer=asked.answer or "")


async def _with_tile(request: Request, app: App, page: Publishing) -> Publishing:
    tx, organization_id, house = request.tx, sandbox_of(request), request.platform.house
    tile = await tiles.find(tx, house.site, organization_id, app.id)
    if tile is None:
        return page
    asked = await store.open_one(tx, organization_id, app.id, "integration")
    reach = Reached(audience=tile.audience, named=_ids(tile.named_organizations))
    if asked is None:
        return replace(page, reach=reach)
    wanted = proposal.reach(asked.proposed)
    reach = replace(reach, asked=wanted.audience, asked_named=_ids(wanted.organizations))
    return replace(page, reach=reach, reach_words=await words_of(tx, house, asked))


def _ids(organizations: list[UUID] | tuple[UUID, ...]) -> tuple[str, ...]:
    return tuple(map(str, organizations))
