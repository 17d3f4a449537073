"""What submissions look like over JSON, for partners and reviewers alike: bodies, answers, and what lists take."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from latchstring.accounts.refused import Forbidden
from latchstring.publishing import decide, store
from latchstring.publishing.check import Check
from latchstring.publishing.check_texts import sentence, title
from latchstring.publishing.model import Audience, Comment, Decision, Kind, State, Submission
from latchstring.web.api.answers import BadQuery
from latchstring.web.api.asking import query_of
from latchstring.web.http import Request

_MOST_COMMENTS = 100
STATES: tuple[State, ...] = ("draft", "submitted", "changes_requested", "approved", "withdrawn")
KINDS: tuple[Kind, ...] = ("client", "integration")


class NewSubmission(Struct, forbid_unknown_fields=True):
    """Send App Details: the test client whose configuration is proposed for the published one."""

    client_id: UUID


class NewIntegrationSubmission(Struct, forbid_unknown_fields=True):
    """Publish Integration: who is to see the tile. `organizations` are named when the audience is `named`."""

    audience: Audience
    organizations: tuple[UUID, ...] = ()
    note: str = ""


class ChangedSubmission(Struct, forbid_unknown_fields=True):
    """What is left out stays. `reasons`: why each scope is needed, by its name."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    redirect_uris: tuple[str, ...] | UnsetType = UNSET
    onboarding_url: str | UnsetType = UNSET
    scopes: tuple[str, ...] | UnsetType = UNSET
    reasons: dict[str, str] | UnsetType = UNSET
    note: str | UnsetType = UNSET
    link: str | UnsetType = UNSET


class FolderFiles(Struct, forbid_unknown_fields=True):
    """The texts of the folder: `README.md`, `manifest.json` and `assets/oauth_clients.json`."""

    files: dict[str, str]


class NewComment(Struct, forbid_unknown_fields=True):
    """A word to the other side."""

    text: str


class ToldCheck(Struct, frozen=True):
    """A check: how it came out and what to do, in English."""

    name: str
    outcome: str
    case: str
    title: str
    text: str
    file: str
    line: int
    facts: dict[str, str]


class SubmissionDetail(Struct, frozen=True):
    """A submission with what is said of it; `waiting`: the required parties that have not approved it."""

    submission: Submission
    decisions: list[Decision]
    waiting: list[str]
    comments: list[Comment]


class PullRequestFiles(Struct, frozen=True):
    """What to add to the pull request: the change of a manifest of either version, and the file in `assets`."""

    manifest_v1: str
    manifest_v2: str
    oauth_clients: str


async def detail(request: Request, submission: Submission) -> SubmissionDetail:
    """The submission with everything that is said of it."""
    tx, own = request.tx, (submission.organization_id, submission.id)
    return SubmissionDetail(
        submission,
        await store.decisions(tx, *own),
        await decide.waiting(tx, request.platform.house, submission),
        await store.comments(tx, *own, _MOST_COMMENTS),
    )


def told(check: Check) -> ToldCheck:
    """A check with its words."""
    return ToldCheck(
        check.name,
        check.outcome,
        check.case,
        title(check.name, "en"),
        sentence(check, "en"),
        check.file,
        check.line,
        dict(check.facts),
    )


def member_of(request: Request) -> UUID:
    """The person who acts.

    Raises:
        Forbidden: an operator's credential is nobody's.
    """
    if request.credential.user_id is None:
        raise Forbidden("a person does this, with a personal credential")
    return request.credential.user_id


def state_of(request: Request) -> State | None:
    """The state that a list is narrowed to."""
    asked = _choice(request, "state", STATES)
    return next((state for state in STATES if state == asked), None)


def kind_of(request: Request) -> Kind | None:
    """The kind that a list is narrowed to."""
    asked = _choice(request, "kind", KINDS)
    return next((kind for kind in KINDS if kind == asked), None)


def cursor(submission: Submission) -> str:
    """Where a list of submissions goes on."""
    return f"{(submission.submitted_at or submission.created_at).isoformat()}~{submission.id}"


def _choice(request: Request, name: str, choices: tuple[str, ...]) -> str | None:
    asked = query_of(request, name)
    if asked is not None and asked not in choices:
        raise BadQuery(f"must be one of {', '.join(choices)}", field=name)
    return asked
