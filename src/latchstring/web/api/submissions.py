"""Submissions over JSON, for partners: begun, amended, checked, sent, withdrawn; and the files of the pull request."""

from uuid import UUID

from msgspec import UNSET
from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.apps import apps
from latchstring.apps.model import ClientFields
from latchstring.publishing import archive, checking, decide, proposal, pull_request, revisions, send, store
from latchstring.publishing.check import check_all
from latchstring.publishing.folder import LARGEST, Folder
from latchstring.publishing.model import Revision, Submission
from latchstring.publishing.proposal import Reach
from latchstring.publishing.send import Begun, Words
from latchstring.publishing.store import Narrowed
from latchstring.web.api.answers import BadQuery, Many, One, many, one
from latchstring.web.api.asking import act_of, id_of, organization_of, paging_of, query_of
from latchstring.web.api.rows import PAGE, holding, row
from latchstring.web.api.submission_parts import (
    ChangedSubmission,
    FolderFiles,
    NewComment,
    NewIntegrationSubmission,
    NewSubmission,
    PullRequestFiles,
    SubmissionDetail,
    ToldCheck,
    cursor,
    detail,
    kind_of,
    member_of,
    state_of,
    told,
)
from latchstring.web.http import BadInput, Request
from latchstring.web.routing import Route

_LARGEST_FOLDER = 524_288


async def list_own(request: Request) -> Response:
    page, organization_id = paging_of(request), await organization_of(request)
    narrowed = Narrowed(organization_id, _app(request), state_of(request), kind_of(request))
    found = await store.page(request.tx, narrowed, before=page.after_moment, limit=page.size + 1)
    return many(found, page.size, cursor)


async def begin(request: Request) -> Response:
    asked = await request.json_as(NewSubmission)
    begun = await send.begin(
        request.tx, request.platform.house, act_of(request), await organization_of(request),
        member_of(request), id_of(request, "app_id"), asked.client_id,
    )  # fmt: skip
    return one(begun, 201)


async def begin_integration(request: Request) -> Response:
    asked = await request.json_as(NewIntegrationSubmission)
    made = await send.begin_integration(
        request.tx, request.platform.house, act_of(request), await organization_of(request),
        member_of(request), id_of(request, "app_id"), Reach(asked.audience, asked.organizations), asked.note,
    )  # fmt: skip
    return one(made, 201)


async def read_submission(request: Request) -> Response:
    return one(await detail(request, await _own(request)))


async def amend(request: Request) -> Response:
    asked, submission = await request.json_as(ChangedSubmission), await _own(request)
    if submission.kind != "client":
        raise BadInput("only a submission of a client can be changed")
    fields = _changed(proposal.client_fields(submission.proposed), asked)
    words = Words(
        submission.reasons if asked.reasons is UNSET else asked.reasons,
        submission.note if asked.note is UNSET else asked.note,
        submission.link if asked.link is UNSET else asked.link,
    )
    amended = await send.amend(
        request.tx, request.platform.house, act_of(request), submission.organization_id,
        submission.id, fields, words,
    )  # fmt: skip
    return one(amended)


async def put_folder(request: Request) -> Response:
    folder, submission = await _folder(request), await _own(request)
    await send.put_folder(request.tx, submission, folder)
    return one(await _checks(request, await _own(request)))


async def read_checks(request: Request) -> Response:
    return one(await _checks(request, await _own(request)))


async def finish(request: Request) -> Response:
    submission = await _own(request)
    checks = await checking.checks_of(request.tx, request.platform.house, submission)
    sent = await send.finish(
        request.tx, request.platform.house, act_of(request), submission.organization_id,
        member_of(request), submission.id, checking.written(checks),
    )  # fmt: skip
    return one(sent)


async def withdraw(request: Request) -> Response:
    submission = await _own(request)
    withdrawn = await send.withdraw(request.tx, act_of(request), submission.organization_id, submission.id)
    return one(withdrawn)


async def comment(request: Request) -> Response:
    asked, submission = await request.json_as(NewComment), await _own(request)
    await decide.comment(
        request.tx, request.platform.entropy, act_of(request), member_of(request), submission, asked.text,
        is_reviewer=False,
    )  # fmt: skip
    return one(await detail(request, submission), 201)


async def check_folder(request: Request) -> Response:
    """For a pipeline: against what is proposed, or else what is published, or else nothing."""
    folder, organization_id = await _folder(request), await organization_of(request)
    app = await apps.get(request.tx, organization_id, id_of(request, "app_id"))
    house = request.platform.house
    proposed = await proposed_of(request, organization_id, app.id)
    known = (
        await checking.registered(request.tx, house, organization_id, app.id, proposed[1], proposed[0])
        if proposed
        else None
    )
    return one([told(check) for check in check_all(folder, known)])


async def pull_request_files(request: Request) -> Response:
    organization_id = await organization_of(request)
    app = await apps.get(request.tx, organization_id, id_of(request, "app_id"))
    found = await proposed_of(request, organization_id, app.id)
    if found is None:
        raise Missing("published client")
    return one(
        PullRequestFiles(
            pull_request.manifest_change(second=False),
            pull_request.manifest_change(second=True),
            pull_request.oauth_clients(*found),
        )
    )


async def list_revisions(request: Request) -> Response:
    page, organization_id = paging_of(request), await organization_of(request)
    published = await revisions.published_by_id(request.tx, organization_id, id_of(request, "client_id"))
    if published is None:
        raise Missing("published client")
    site = request.platform.site.key
    found = await revisions.page(request.tx, site, published.client_id, page.after_number, page.size + 1)
    return many(found, page.size, lambda revision: revision.revision)


async def proposed_of(
    request: Request, organization_id: UUID, app_id: UUID
) -> tuple[str, ClientFields] | None:
    """The published client's id with what is proposed for it, or what it is, or None before there is one."""
    open_one = await store.open_one(request.tx, organization_id, app_id, "client")
    if open_one is not None:
        return str(open_one.client_id), proposal.client_fields(open_one.proposed)
    published = await revisions.published_of(request.tx, organization_id, app_id)
    if published is None:
        return None
    live = await revisions.latest(request.tx, request.platform.site.key, published.client_id)
    return (str(published.client_id), revisions.fields_of(live[0])) if live else None


def _app(request: Request) -> UUID | None:
    asked = query_of(request, "app_id")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise BadQuery("must be the id of an app", field="app_id") from None


async def _own(request: Request) -> Submission:
    return await send.get(request.tx, await organization_of(request), id_of(request, "submission_id"))


async def _folder(request: Request) -> Folder:
    asked = await request.json_as(FolderFiles, limit=_LARGEST_FOLDER)
    if unknown := [name for name in asked.files if name not in LARGEST]:
        raise BadInput(f"must be one of {', '.join(LARGEST)}", field=f"files/{unknown[0][:100]}")
    return archive.checked_folder({name: text.encode() for name, text in asked.files.items()})


async def _checks(request: Request, submission: Submission) -> list[ToldCheck]:
    found = await checking.checks_of(request.tx, request.platform.house, submission)
    return [told(check) for check in found]


def _changed(before: ClientFields, asked: ChangedSubmission) -> ClientFields:
    said = {name: getattr(asked, name) for name in ClientFields.__slots__}
    kept = {name: getattr(before, name) if value is UNSET else value for name, value in said.items()}
    return ClientFields(**kept)


_BUILD = holding("apps_manage")
_OWN = "/organizations/{organization_id}/submissions"
_ONE = _OWN + "/{submission_id}"
_APP = "/organizations/{organization_id}/apps/{app_id}"
_QUERY = {**PAGE, "app_id": str, "state": str, "kind": str}

ROUTES: tuple[Route, ...] = (
    row("GET", _OWN, list_own, _BUILD, "List what an organization has submitted, the last first",
        gives=Many[Submission], query=_QUERY),
    row("POST", _APP + "/submissions", begin, _BUILD,
        "Send App Details: begin to publish; the published client's secret is here the first time alone",
        takes=NewSubmission, gives=One[Begun], status=201),
    row("POST", _APP + "/integration_submissions", begin_integration, _BUILD,
        "Publish Integration: ask that the tile be shown to more than the sandbox",
        takes=NewIntegrationSubmission, gives=One[Submission], status=201),
    row("GET", _ONE, read_submission, _BUILD, "Read a submission with decisions and comments",
        gives=One[SubmissionDetail]),
    row("PATCH", _ONE, amend, _BUILD, "Change what is proposed while it is with the partner",
        takes=ChangedSubmission, gives=One[Submission]),
    row("PUT", _ONE + "/folder", put_folder, _BUILD, "Hand in the integration's folder; the checks are the answer",
        takes=FolderFiles, gives=One[list[ToldCheck]]),
    row("GET", _ONE + "/checks", read_checks, _BUILD, "Check a submission as things are now",
        gives=One[list[ToldCheck]]),
    row("POST", _ONE + "/sending", finish, _BUILD, "Finish & Send: hand it to the reviewers",
        gives=One[Submission]),
    row("POST", _ONE + "/withdrawal", withdraw, _BUILD, "Take a submission back", gives=One[Submission]),
    row("POST", _ONE + "/comments", comment, _BUILD, "Say something to the reviewers",
        takes=NewComment, gives=One[SubmissionDetail], status=201),
    row("POST", _APP + "/folder_checks", check_folder, _BUILD,
        "Check the integration's folder against what is proposed or published; nothing is stored",
        takes=FolderFiles, gives=One[list[ToldCheck]]),
    row("GET", _APP + "/pull_request_files", pull_request_files, _BUILD,
        "Read what to add to the integration's pull request", gives=One[PullRequestFiles]),
    row("GET", "/organizations/{organization_id}/clients/{client_id}/revisions", list_revisions, _BUILD,
        "List the revisions of a published client, the newest first", gives=Many[Revision], query=PAGE),
)  # fmt: skip
