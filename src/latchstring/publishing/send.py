"""The partner's side: send app details, say what is proposed and why, finish and send, withdraw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.accounts.texts import checked_text
from latchstring.apps import apps, clients
from latchstring.apps import store as apps_store
from latchstring.apps.checks import checked_client
from latchstring.apps.model import ClientFields
from latchstring.audit.entries import Act, record
from latchstring.publishing import proposal, revisions, store
from latchstring.publishing.desk import House
from latchstring.publishing.folder import Folder
from latchstring.publishing.model import Submission, after
from latchstring.publishing.proposal import Reach
from latchstring.storage.database import Transaction

_LONGEST_REASON = 500
_FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Begun:
    """A submission that was begun. The secret of the published client is there the first time, and never again."""

    submission: Submission
    client_id: UUID
    client_secret: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """What the partner says of a submission: why each scope, what else, and where the folder is."""

    reasons: Mapping[str, str]
    note: str = ""
    link: str = ""


async def begin(
    tx: Transaction,
    house: House,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    app_id: UUID | None,
    test_client_id: UUID | None,
) -> Begun:
    """Send App Details: what the test client says is proposed for the published one, which has its own credentials
    from now on, for good.

    Raises:
        Missing: there is no such app, or it has no such test client.
        Conflict: a submission of the app is open.
    """
    await apps_store.lock(tx, organization_id)
    app = await apps.get(tx, organization_id, app_id)
    source = await clients.get(tx, organization_id, test_client_id)
    if source.app_id != app.id or source.kind != "test":
        raise Missing("test client")
    if await store.open_one(tx, organization_id, app.id, "client"):
        raise Conflict("is being published already")
    approved = await apps_store.approved_private_scopes(tx, organization_id)
    fields = checked_client(clients.fields_of(source), house.contract, approved)
    client_id, secret = await _credentials(tx, house, act, organization_id, app.id, fields)
    submission_id = house.smithy.entropy.uuid()
    await store.insert(
        tx, organization_id, submission_id, app.id, client_id,
        kind="client", proposed=proposal.written(fields), user_id=user_id, at=act.at,
    )  # fmt: skip
    made = await get(tx, organization_id, submission_id)
    await record_of(tx, act, made, "submission.begun")
    return Begun(made, client_id, secret)


async def begin_integration(
    tx: Transaction,
    house: House,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    app_id: UUID | None,
    reach: Reach,
    note: str,
) -> Submission:
    """Publish Integration: ask that the tile be shown to everyone, or to some organizations first; sent at once.

    Raises:
        Missing: there is no such app.
        Conflict: its client is not published, or this has been asked for.
    """
    await apps_store.lock(tx, organization_id)
    app = await apps.get(tx, organization_id, app_id)
    published = await revisions.published_of(tx, organization_id, app.id)
    if published is None or published.published_at is None:
        raise Conflict("the integration follows its OAuth client, which is not published yet")
    if await store.open_one(tx, organization_id, app.id, "integration"):
        raise Conflict("is being published already")
    words = checked_text(note, field="note")
    submission_id, proposed = house.smithy.entropy.uuid(), proposal.written(proposal.checked_reach(reach))
    await store.insert(
        tx, organization_id, submission_id, app.id, published.client_id,
        kind="integration", proposed=proposed, user_id=user_id, at=act.at,
    )  # fmt: skip
    made = await get(tx, organization_id, submission_id)
    await store.amend(tx, made, proposed=proposed, reasons={}, note=words, link="")
    return await _sent(tx, act, made, user_id, ())


async def get(tx: Transaction, organization_id: UUID | None, submission_id: UUID | None) -> Submission:
    """The submission of an organization, or for the host (None) of any; nobody else changes it meanwhile.

    Raises:
        Missing: there is none of that id.
    """
    found = await store.find(tx, organization_id, submission_id) if submission_id else None
    if found is None:
        raise Missing("submission")
    return found


async def amend(
    tx: Transaction,
    house: House,
    act: Act,
    organization_id: UUID,
    submission_id: UUID | None,
    fields: ClientFields,
    words: Words,
) -> Submission:
    """Propose something else for the client, and say why; while it is with the partner.

    Raises:
        Conflict: it is with the reviewers, or over.
        Refused: a field can't be so; it is named.
    """
    submission = await get(tx, organization_id, submission_id)
    after(submission.state, "amend")
    if submission.kind != "client":
        raise Conflict("proposes no client")
    approved = await apps_store.approved_private_scopes(tx, organization_id)
    checked = checked_client(fields, house.contract, approved)
    reasons = {
        scope: checked_text(words.reasons.get(scope, ""), field=f"reasons/{scope}", limit=_LONGEST_REASON)
        for scope in checked.scopes
    }
    note, link = checked_text(words.note, field="note"), proposal.checked_link(words.link)
    await store.amend(
        tx, submission, proposed=proposal.written(checked), reasons=reasons, note=note, link=link
    )
    await revisions.show_proposal(tx, organization_id, submission.client_id, checked, act.at)
    return await get(tx, organization_id, submission.id)


async def put_folder(tx: Transaction, submission: Submission, folder: Folder | None) -> None:
    """Keep the integration's folder with a submission of a client, or keep none.

    Raises:
        Conflict: it is with the reviewers, or over.
    """
    after(submission.state, "amend")
    await store.set_folder(tx, submission, dict(folder.files) if folder else None)


async def finish(
    tx: Transaction,
    house: House,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    submission_id: UUID | None,
    checks: Sequence[Mapping[str, Any]],
) -> Submission:
    """Finish & Send: to the reviewers, with the checks as they came out. Where one fails, the note says why.

    Raises:
        Conflict: it was sent, or is over.
        Refused: it can't be published like this.
    """
    submission = await get(tx, organization_id, submission_id)
    after(submission.state, "finish")
    if submission.kind == "client":
        approved = await apps_store.approved_private_scopes(tx, organization_id)
        proposed = proposal.client_fields(submission.proposed)
        proposal.checked_proposal(proposed, house.contract, approved, loopback=house.loopback)
    if not submission.note and any(check["outcome"] == _FAILED for check in checks):
        raise Refused("must tell the reviewers why a check fails, or the check must pass", field="note")
    return await _sent(tx, act, submission, user_id, checks)


async def withdraw(
    tx: Transaction, act: Act, organization_id: UUID, submission_id: UUID | None
) -> Submission:
    """Take it back; the credentials stay for the next time.

    Raises:
        Conflict: it is over.
    """
    submission = await get(tx, organization_id, submission_id)
    await store.set_state(tx, submission, after(submission.state, "withdraw"), act.at)
    withdrawn = await get(tx, organization_id, submission.id)
    await record_of(tx, act, withdrawn, "submission.withdrawn")
    return withdrawn


async def record_of(tx: Transaction, act: Act, submission: Submission, action: str, **more: object) -> None:
    """Write into the partner's audit log what is done to a submission."""
    details = {
        "app_id": str(submission.app_id),
        "app_name": submission.app_name,
        "kind": submission.kind,
        **more,
    }
    await record(
        tx,
        act,
        submission.organization_id,
        action,
        subject=submission.id,
        client_id=submission.client_id,
        details=details,
    )


async def _sent(
    tx: Transaction, act: Act, submission: Submission, user_id: UUID, checks: Sequence[Mapping[str, Any]]
) -> Submission:
    await store.set_sent(tx, submission, checks=checks, user_id=user_id, at=act.at)
    failed = [check["name"] for check in checks if check["outcome"] == _FAILED]
    await record_of(tx, act, submission, "submission.sent", failed_checks=failed)
    return await get(tx, submission.organization_id, submission.id)


async def _credentials(
    tx: Transaction, house: House, act: Act, organization_id: UUID, app_id: UUID, fields: ClientFields
) -> tuple[UUID, str | None]:
    """The published client's id, and its secret if it has just been made."""
    if known := await revisions.published_of(tx, organization_id, app_id):
        await revisions.show_proposal(tx, organization_id, known.client_id, fields, act.at)
        return known.client_id, None
    client_id, secret = house.smithy.entropy.uuid(), house.smithy.secret()
    await revisions.insert_client(
        tx, organization_id, app_id, client_id, fields,
        site=house.site, secret_digest=house.smithy.digest(secret), at=act.at,
    )  # fmt: skip
    details = {"name": fields.name, "kind": "published"}
    await record(
        tx, act, organization_id, "client.created", subject=client_id, client_id=client_id, details=details
    )
    return client_id, secret
