"""SQL of submissions. (`revisions.py` has that of what became of them, `reviewers.py` that of who decides.)"""

# ruff: noqa: S608 - only constants are put together

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from latchstring.publishing.model import Comment, Decision, Kind, State, Submission, Verdict
from latchstring.storage.database import Transaction

_SUBMISSION = """s.organization_id, s.id, s.app_id, a.name AS app_name,
    coalesce(p.name, o.name) AS partner_name, s.client_id, s.kind, s.state, s.proposed, s.reasons, s.note, s.link,
    s.folder, s.checks, s.revision, s.created_by, s.created_at, s.submitted_by, u.name AS submitted_by_name,
    s.submitted_at, s.decided_at"""
_FROM = """FROM submissions s
    JOIN organizations o ON o.id = s.organization_id
    JOIN apps a ON a.organization_id = s.organization_id AND a.id = s.app_id
    LEFT JOIN partners p ON p.organization_id = s.organization_id
    LEFT JOIN users u ON u.id = s.submitted_by"""
_OPEN = "('draft', 'submitted', 'changes_requested')"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which submissions a list shows; None and False narrow nothing. `undecided_by`: a party that has not decided."""

    organization_id: UUID | None = None
    app_id: UUID | None = None
    state: State | None = None
    kind: Kind | None = None
    undecided_by: str | None = None
    search: str | None = None
    sent: bool = False


async def insert(
    tx: Transaction,
    organization_id: UUID,
    submission_id: UUID,
    app_id: UUID,
    client_id: UUID,
    *,
    kind: Kind,
    proposed: Mapping[str, Any],
    user_id: UUID,
    at: datetime,
) -> bool:
    """Write a draft; False while the app has one of this kind that is open."""
    return bool(
        await tx.execute(
            "INSERT INTO submissions (organization_id, id, app_id, client_id, kind, proposed, created_by, created_at)"
            f" VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (organization_id, app_id, kind)"
            f" WHERE state IN {_OPEN} DO NOTHING",
            organization_id, submission_id, app_id, client_id, kind, proposed, user_id, at,
        )
    )  # fmt: skip


async def find(tx: Transaction, organization_id: UUID | None, submission_id: UUID) -> Submission | None:
    """The submission of the organization, or for the host (None) of any, locked until the transaction ends."""
    row = await tx.row(
        f"SELECT {_SUBMISSION} {_FROM} WHERE s.id = $2 AND ($1::uuid IS NULL OR s.organization_id = $1)"
        " FOR UPDATE OF s",
        organization_id, submission_id,
    )  # fmt: skip
    return Submission(**row) if row else None


async def open_one(tx: Transaction, organization_id: UUID, app_id: UUID, kind: Kind) -> Submission | None:
    """The app's submission that is not over yet, locked until the transaction ends, or None."""
    row = await tx.row(
        f"SELECT {_SUBMISSION} {_FROM} WHERE s.organization_id = $1 AND s.app_id = $2 AND s.kind = $3"
        f" AND s.state IN {_OPEN} FOR UPDATE OF s",
        organization_id, app_id, kind,
    )  # fmt: skip
    return Submission(**row) if row else None


async def page(
    tx: Transaction, narrowed: Narrowed, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Submission]:
    """Submissions, those sent last first; what was never sent counts by when it was begun."""
    moment, submission_id = before or (None, None)
    rows = await tx.rows(
        f"SELECT {_SUBMISSION} {_FROM} WHERE ($1::uuid IS NULL OR s.organization_id = $1)"
        " AND ($2::uuid IS NULL OR s.app_id = $2) AND ($3::text IS NULL OR s.state = $3)"
        " AND ($4::text IS NULL OR s.kind = $4) AND (NOT $5 OR s.submitted_at IS NOT NULL)"
        " AND ($6::text IS NULL OR NOT EXISTS (SELECT FROM submission_decisions d"
        "   WHERE d.organization_id = s.organization_id AND d.submission_id = s.id AND d.party = $6))"
        " AND ($7::text IS NULL OR strpos(lower(a.name), lower($7)) > 0"
        "   OR strpos(lower(coalesce(p.name, o.name)), lower($7)) > 0)"
        " AND ($8::timestamptz IS NULL OR (coalesce(s.submitted_at, s.created_at), s.id) < ($8, $9::uuid))"
        " ORDER BY coalesce(s.submitted_at, s.created_at) DESC, s.id DESC LIMIT $10",
        narrowed.organization_id, narrowed.app_id, narrowed.state, narrowed.kind, narrowed.sent,
        narrowed.undecided_by, narrowed.search, moment, submission_id, limit,
    )  # fmt: skip
    return [Submission(**row) for row in rows]


async def amend(
    tx: Transaction,
    submission: Submission,
    *,
    proposed: Mapping[str, Any],
    reasons: Mapping[str, str],
    note: str,
    link: str,
) -> None:
    """Write what is proposed, and the words that go with it."""
    await tx.execute(
        "UPDATE submissions SET proposed = $3, reasons = $4, note = $5, link = $6"
        " WHERE organization_id = $1 AND id = $2",
        submission.organization_id, submission.id, proposed, reasons, note, link,
    )  # fmt: skip


async def set_folder(tx: Transaction, submission: Submission, folder: Mapping[str, Any] | None) -> None:
    """Write what was read from the integration's folder."""
    await tx.execute(
        "UPDATE submissions SET folder = $3 WHERE organization_id = $1 AND id = $2",
        submission.organization_id, submission.id, folder,
    )  # fmt: skip


async def set_state(tx: Transaction, submission: Submission, state: State, at: datetime) -> None:
    """Go on to another state, from the one that was read under the lock."""
    decided = at if state in ("approved", "changes_requested") else None
    await tx.execute(
        "UPDATE submissions SET state = $4, decided_at = $5"
        " WHERE organization_id = $1 AND id = $2 AND state = $3",
        submission.organization_id, submission.id, submission.state, state, decided,
    )  # fmt: skip


async def set_sent(
    tx: Transaction,
    submission: Submission,
    *,
    checks: Sequence[Mapping[str, Any]],
    user_id: UUID,
    at: datetime,
) -> None:
    """Sent to the reviewers, with the checks as they came out; what was decided of it before counts no more."""
    await tx.execute(
        "UPDATE submissions SET state = 'submitted', checks = $4, submitted_by = $5, submitted_at = $6,"
        " decided_at = NULL WHERE organization_id = $1 AND id = $2 AND state = $3",
        submission.organization_id, submission.id, submission.state, list(checks), user_id, at,
    )  # fmt: skip
    await tx.execute(
        "DELETE FROM submission_decisions WHERE organization_id = $1 AND submission_id = $2",
        submission.organization_id, submission.id,
    )  # fmt: skip


async def set_revision(tx: Transaction, submission: Submission, revision: int) -> None:
    """Note which revision it became."""
    await tx.execute(
        "UPDATE submissions SET revision = $3 WHERE organization_id = $1 AND id = $2",
        submission.organization_id, submission.id, revision,
    )  # fmt: skip


async def put_decision(
    tx: Transaction,
    submission: Submission,
    *,
    party: str,
    verdict: Verdict,
    reviewer_id: UUID,
    comment: str,
    at: datetime,
) -> None:
    """Write what a party says; said again, the last word counts."""
    await tx.execute(
        "INSERT INTO submission_decisions (organization_id, submission_id, party, verdict, reviewer_id, comment, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (organization_id, submission_id, party)"
        " DO UPDATE SET verdict = $4, reviewer_id = $5, comment = $6, at = $7",
        submission.organization_id, submission.id, party, verdict, reviewer_id, comment, at,
    )  # fmt: skip


async def decisions(tx: Transaction, organization_id: UUID, submission_id: UUID) -> list[Decision]:
    """What the parties have said, by party."""
    rows = await tx.rows(
        "SELECT d.party, d.verdict, d.reviewer_id, u.name AS reviewer_name, d.comment, d.at"
        " FROM submission_decisions d JOIN users u ON u.id = d.reviewer_id"
        " WHERE d.organization_id = $1 AND d.submission_id = $2 ORDER BY d.party",
        organization_id, submission_id,
    )  # fmt: skip
    return [Decision(**row) for row in rows]


async def insert_comment(
    tx: Transaction, submission: Submission, comment_id: UUID, author_id: UUID, *, is_reviewer: bool, text: str,
    at: datetime,
) -> None:  # fmt: skip
    """Write a comment."""
    await tx.execute(
        "INSERT INTO submission_comments (organization_id, submission_id, id, author_id, is_reviewer, text, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        submission.organization_id, submission.id, comment_id, author_id, is_reviewer, text, at,
    )  # fmt: skip


async def comments(tx: Transaction, organization_id: UUID, submission_id: UUID, limit: int) -> list[Comment]:
    """The last comments, oldest first."""
    rows = await tx.rows(
        "SELECT c.id, c.author_id, u.name AS author_name, c.is_reviewer, c.text, c.at"
        " FROM submission_comments c JOIN users u ON u.id = c.author_id"
        " WHERE c.organization_id = $1 AND c.submission_id = $2 ORDER BY c.at DESC, c.id DESC LIMIT $3",
        organization_id, submission_id, limit,
    )  # fmt: skip
    return [Comment(**row) for row in reversed(rows)]
