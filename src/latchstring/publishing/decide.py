"""The reviewers' side: each required party approves or asks for changes; the last approval publishes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.accounts.refused import Conflict, Refused
from latchstring.accounts.texts import checked_text
from latchstring.audit.entries import Act
from latchstring.kit.entropy import Entropy
from latchstring.publishing import publish, reviewers, send, store
from latchstring.publishing.desk import House
from latchstring.publishing.model import Submission, Verdict, after
from latchstring.storage.database import Transaction

_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer says for a party, of the version of the submission that they read."""

    party: str
    verdict: Verdict
    comment: str
    read: datetime


async def decide(
    tx: Transaction,
    house: House,
    act: Act,
    reviewer_id: UUID | None,
    submission_id: UUID | None,
    said: Said,
) -> Submission:
    """Decide for a party. One that asks for changes gives it back to the partner; when all required ones have
    approved, what it proposes is published in the same transaction.

    Raises:
        Forbidden: they are no reviewer of this party, or it is their own organization's.
        Conflict: it is not with the reviewers, or was sent anew since they read it.
        Refused: they ask for changes and don't say which.
    """
    submission = await send.get(tx, None, submission_id)
    reviewer = await reviewers.must_be_theirs(tx, reviewer_id, submission, said.party)
    deed = "approve" if said.verdict == "approved" else "ask_for_changes"
    following = after(submission.state, deed)  # type: ignore[arg-type]
    if submission.submitted_at != said.read:
        raise Conflict("was sent anew since you read it")
    comment = checked_text(said.comment, field="comment", limit=_LONGEST)
    if said.verdict == "changes_requested" and not comment:
        raise Refused("must say what is to be changed", field="comment")
    await store.put_decision(
        tx,
        submission,
        party=said.party,
        verdict=said.verdict,
        reviewer_id=reviewer,
        comment=comment,
        at=act.at,
    )
    await send.record_of(tx, act, submission, f"submission.{said.verdict}", party=said.party, comment=comment)
    if said.verdict == "changes_requested":
        await store.set_state(tx, submission, following, act.at)
        await _tell(tx, act, submission, "changes_requested", None)
    elif not await waiting(tx, house, submission):
        await _publish(tx, house, act, submission)
    return await send.get(tx, None, submission.id)


async def waiting(tx: Transaction, house: House, submission: Submission) -> list[str]:
    """The required parties that have not approved it."""
    said = await store.decisions(tx, submission.organization_id, submission.id)
    approved = {one.party for one in said if one.verdict == "approved"}
    return [party for party in house.parties if party not in approved]


async def comment(
    tx: Transaction,
    entropy: Entropy,
    act: Act,
    author_id: UUID,
    submission: Submission,
    text: str,
    *,
    is_reviewer: bool,
) -> None:
    """A word to the other side."""
    words = checked_text(text, field="text", limit=_LONGEST)
    if not words:
        raise Refused("must not be empty", field="text")
    await store.insert_comment(
        tx, submission, entropy.uuid(), author_id, is_reviewer=is_reviewer, text=words, at=act.at
    )
    await send.record_of(tx, act, submission, "submission.commented", by_reviewer=is_reviewer)


async def _publish(tx: Transaction, house: House, act: Act, submission: Submission) -> None:
    await store.set_state(tx, submission, after(submission.state, "approve"), act.at)
    if submission.kind == "client":
        revision = await publish.client(tx, house, act, submission)
        await store.set_revision(tx, submission, revision.revision)
        await _tell(tx, act, submission, "approved", revision.revision)
    else:
        await publish.integration(tx, house, act, submission)
        await _tell(tx, act, submission, "approved", None)


async def _tell(
    tx: Transaction, act: Act, submission: Submission, outcome: str, revision: int | None
) -> None:
    await send.record_of(
        tx, act, submission, "submission.decided", outcome=outcome, revision=revision,
        submitted_by=str(submission.submitted_by),
    )  # fmt: skip
