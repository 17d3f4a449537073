"""Reviewers: who answers for the host, and in which of the parties that must approve."""

from uuid import UUID

from latchstring.accounts import people
from latchstring.accounts.refused import Forbidden, Missing, Refused
from latchstring.audit.entries import HOST, Act, record
from latchstring.publishing.model import Reviewer, Submission
from latchstring.storage.database import Transaction

_REVIEWER = "r.user_id, u.name, u.email, r.party, r.appointed_at, r.appointed_by"


async def appoint(
    tx: Transaction, parties: frozenset[str], act: Act, user_id: UUID | None, party: str
) -> Reviewer:
    """Let somebody decide for a party. Twice is once.

    Raises:
        Missing: there is no such person.
        Refused: the host has no such party.
    """
    if party not in parties:
        raise Refused(f"must be one of {', '.join(sorted(parties))}", field="party")
    user = await people.get(tx, user_id)
    appointed = await tx.execute(
        "INSERT INTO reviewers (user_id, party, appointed_at, appointed_by) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING",
        user.id, party, act.at, act.actor,
    )  # fmt: skip
    if appointed:
        await record(tx, act, HOST, "reviewer.appointed", subject=user.id, details={"party": party})
    return await get(tx, user.id, party)


async def dismiss(tx: Transaction, act: Act, user_id: UUID | None, party: str) -> None:
    """Let somebody decide for a party no more, at once.

    Raises:
        Missing: they don't.
    """
    tx.revokes()
    if not await tx.execute("DELETE FROM reviewers WHERE user_id = $1 AND party = $2", user_id, party):
        raise Missing("reviewer")
    await record(tx, act, HOST, "reviewer.dismissed", subject=user_id, details={"party": party})


async def get(tx: Transaction, user_id: UUID, party: str) -> Reviewer:
    """The reviewer.

    Raises:
        Missing: they don't decide for this party.
    """
    row = await tx.row(
        f"SELECT {_REVIEWER} FROM reviewers r JOIN users u ON u.id = r.user_id"  # noqa: S608 - constants
        " WHERE r.user_id = $1 AND r.party = $2",
        user_id, party,
    )  # fmt: skip
    if row is None:
        raise Missing("reviewer")
    return Reviewer(**row)


async def page(tx: Transaction, after: tuple[UUID, str] | None, limit: int) -> list[Reviewer]:
    """All reviewers in order of their ids and parties, after `after`."""
    user_id, party = after or (None, None)
    rows = await tx.rows(
        f"SELECT {_REVIEWER} FROM reviewers r JOIN users u ON u.id = r.user_id"  # noqa: S608 - constants
        " WHERE $1::uuid IS NULL OR (r.user_id, r.party) > ($1, $2)"
        " ORDER BY r.user_id, r.party LIMIT $3",
        user_id, party, limit,
    )  # fmt: skip
    return [Reviewer(**row) for row in rows]


async def parties_of(tx: Transaction, user_id: UUID) -> frozenset[str]:
    """The parties that somebody decides for, kept so until the transaction ends."""
    rows = await tx.rows("SELECT party FROM reviewers WHERE user_id = $1 FOR SHARE", user_id)
    return frozenset(row["party"] for row in rows)


async def is_their_own(tx: Transaction, user_id: UUID, organization_id: UUID) -> bool:
    """Whether somebody belongs, or once belonged, to the organization that asks: nobody reviews their own."""
    return bool(
        await tx.value(
            "SELECT EXISTS (SELECT FROM memberships WHERE user_id = $1 AND organization_id = $2)",
            user_id, organization_id,
        )
    )  # fmt: skip


async def must_be_theirs(tx: Transaction, user_id: UUID | None, submission: Submission, party: str) -> UUID:
    """The reviewer who may decide this submission for the party.

    Raises:
        Forbidden: it is no person, not a reviewer of this party, or a member of the organization that asks.
    """
    if user_id is None or party not in await parties_of(tx, user_id):
        raise Forbidden("only a reviewer of this party decides for it")
    await must_not_be_their_own(tx, user_id, submission.organization_id)
    return user_id


async def must_not_be_their_own(tx: Transaction, user_id: UUID, organization_id: UUID) -> None:
    """Refuse what somebody would answer to an organization of their own.

    Raises:
        Forbidden: it is.
    """
    if await is_their_own(tx, user_id, organization_id):
        raise Forbidden("nobody reviews what their own organization asks for")
