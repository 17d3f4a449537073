"""Which entries of the audit log somebody is written a letter about: who, and with which facts.

What a letter says is written when it is sent, in its reader's language; here are only names and ids.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from latchstring.audit.chain import Sealed
from latchstring.kit.entropy import Entropy
from latchstring.messages.store import Draft
from latchstring.protocol.client_authentication import uuid_of
from latchstring.storage.database import Row, Transaction

_MOST_READERS: Final = 50

_HOLDERS = """
SELECT u.id FROM memberships m
JOIN permission_sets p ON p.id = m.permission_set
JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
WHERE m.organization_id = $1 AND m.ended_at IS NULL AND $2 = ANY(p.permissions)
ORDER BY m.created_at, u.id LIMIT $3
"""
_REVIEWERS = """
SELECT DISTINCT u.id FROM reviewers r JOIN users u ON u.id = r.user_id AND u.disabled_at IS NULL
ORDER BY 1 LIMIT $1
"""
_SUBMISSION = """
SELECT s.submitted_by, s.kind, a.name AS app, a.id AS app_id, coalesce(p.name, o.name) AS partner,
    EXISTS (SELECT FROM audit_entries e WHERE e.organization_id = s.organization_id AND e.id < $3
        AND e.action = 'submission.sent' AND e.subject = s.id::text) AS again
FROM submissions s JOIN organizations o ON o.id = s.organization_id
JOIN apps a ON a.organization_id = s.organization_id AND a.id = s.app_id
LEFT JOIN partners p ON p.organization_id = s.organization_id
WHERE s.organization_id = $1 AND s.id = $2
"""
_ANSWERED = """
SELECT asked_by, state, coalesce(answer, '') AS answer, kind, subject FROM partner_requests
WHERE organization_id = $1 AND id = $2 AND answered_at IS NOT NULL
"""
_CLIENT = """
SELECT c.name AS client, c.app_id, c.organization_id AS owner, c.kind, c.partner_name AS partner, w.url
FROM clients c LEFT JOIN webhooks w ON w.client_id = c.id WHERE c.id = $1
"""
_RISKY = """
SELECT t.place, c.name AS client, c.partner_name AS partner, u.name AS person, u.email, o.name AS organization,
    ARRAY(SELECT scope FROM unnest(a.scopes) scope WHERE scope = ANY($5::text[])) AS scopes
FROM unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[]) AS t (place, organization_id, client_id, id)
JOIN authorizations a ON a.organization_id = t.organization_id AND a.id = t.id
JOIN clients c ON c.id = t.client_id
JOIN users u ON u.id = a.user_id
JOIN organizations o ON o.id = t.organization_id
WHERE a.scopes && $5::text[]
"""
# By way of the memberships, which have an index that says where somebody is.
_KEYS_LEFT = """
SELECT m.organization_id, o.name AS organization, u.name AS person, u.email, count(*) AS keys
FROM users u JOIN memberships m ON m.user_id = u.id JOIN organizations o ON o.id = m.organization_id
JOIN api_keys k ON k.organization_id = m.organization_id AND k.created_by = u.id AND k.revoked_at IS NULL
WHERE u.id = $1 GROUP BY m.organization_id, o.name, u.name, u.email
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What happened, to be written to each of the readers. `organization_id`: whose matter it is."""

    organization_id: UUID
    event: str
    readers: Sequence[UUID]
    facts: Mapping[str, Any]


async def drafts(
    tx: Transaction, entropy: Entropy, risky: frozenset[str], sealed: Sequence[Sealed]
) -> list[Draft]:
    """The letters that follow from entries. `risky`: scopes that administrators want to hear of."""
    told = [one for one in sealed if not one.silent]
    found: list[tuple[Sealed, Letter]] = [pair for one in told for pair in await _of_entry(tx, one)]
    found += await _of_risky(tx, risky, told)
    return [
        Draft(
            letter.organization_id, entropy.uuid(), one.entry.id, "mail", letter.event, reader, letter.facts
        )
        for one, letter in found
        for reader in dict.fromkeys(letter.readers)
    ]


async def _of_entry(tx: Transaction, sealed: Sealed) -> list[tuple[Sealed, Letter]]:
    written = _WRITERS.get(sealed.entry.action)
    return [(sealed, letter) for letter in await written(tx, sealed)] if written else []


async def _submitted(tx: Transaction, sealed: Sealed) -> list[Letter]:
    """To everybody who reviews."""
    row = await _submission(tx, sealed)
    readers = [row["id"] for row in await tx.rows(_REVIEWERS, _MOST_READERS)]
    if row is None or not readers:
        return []
    event = "submission_again" if row["again"] else "submission_arrived"
    return [_letter(sealed, event, readers, submission=sealed.entry.subject, **_named(row))]


async def _decided(tx: Transaction, sealed: Sealed) -> list[Letter]:
    """To who sent it."""
    row = await _submission(tx, sealed)
    if row is None or row["submitted_by"] is None:
        return []
    outcome = str(sealed.entry.details.get("outcome", ""))
    facts = {"outcome": outcome, "submission": sealed.entry.subject, **_named(row)}
    return [_letter(sealed, "submission_decided", [row["submitted_by"]], **facts)]


async def _answered(tx: Transaction, sealed: Sealed) -> list[Letter]:
    """To who asked."""
    row = await tx.row(_ANSWERED, sealed.link.organization_id, uuid_of(sealed.entry.subject))
    if row is None:
        return []
    facts = {name: row[name] for name in ("state", "answer", "kind", "subject")}
    return [_letter(sealed, "request_answered", [row["asked_by"]], **facts)]


async def _paused(tx: Transaction, sealed: Sealed) -> list[Letter]:
    """To who builds the app."""
    row = await tx.row(_CLIENT, sealed.entry.client_id)
    if row is None:
        return []
    readers = await _holders(tx, row["owner"], "apps_manage")
    facts = {"client": row["client"], "app_id": str(row["app_id"]), "client_id": str(sealed.entry.client_id)}
    return [_letter(sealed, "webhook_paused", readers, url=row["url"] or "", **facts)]


async def _revoked(tx: Transaction, sealed: Sealed) -> list[Letter]:
    """A refresh token was used twice, which looks like theft: to who builds the app, without a word of whose it
    was."""
    row = await tx.row(_CLIENT, sealed.entry.client_id)
    if row is None or sealed.entry.details.get("because") != "refresh_token_reused":
        return []
    readers = await _holders(tx, row["owner"], "apps_manage")
    facts = {"client": row["client"], "app_id": str(row["app_id"]), "client_id": str(sealed.entry.client_id)}
    letter = Letter(row["owner"], "refresh_reused", readers, {"authorization": sealed.entry.subject, **facts})
    return [letter] if readers else []


async def _installed(tx: Transaction, sealed: Sealed) -> list[Letter]:
    """To the organization's administrators."""
    organization_id, entry = sealed.link.organization_id, sealed.entry
    organization = await tx.value("SELECT name FROM organizations WHERE id = $1", organization_id)
    person = await tx.row(
        "SELECT name, email FROM users WHERE id = $1", uuid_of(entry.actor.removeprefix("user:"))
    )
    facts = {
        "integration": entry.details.get("integration", ""),
        "organization": organization,
        "person": person["name"] if person else "",
        "email": person["email"] if person else "",
    }
    readers = await _holders(tx, organization_id, "oauth_apps_revoke")
    return [_letter(sealed, entry.action.replace(".", "_"), readers, **facts)]


async def _disabled(tx: Transaction, sealed: Sealed) -> list[Letter]:
    """Keys live on without who made them: to the administrators of each organization that has some."""
    letters: list[Letter] = []
    for row in await tx.rows(_KEYS_LEFT, uuid_of(sealed.entry.subject)):
        readers = await _holders(tx, row["organization_id"], "api_keys_revoke")
        facts = {name: row[name] for name in ("organization", "person", "email", "keys")}
        letters.append(Letter(row["organization_id"], "keys_of_disabled_user", readers, facts))
    return letters


async def _of_risky(
    tx: Transaction, risky: frozenset[str], told: Sequence[Sealed]
) -> list[tuple[Sealed, Letter]]:
    """Somebody let an app do what can do much harm: to the organization's administrators."""
    asked = [
        (place, one.link.organization_id, one.entry.client_id, uuid_of(one.entry.subject))
        for place, one in enumerate(told)
        if one.entry.action == "authorization.redeemed"
    ]
    if not asked or not risky:
        return []
    found: list[tuple[Sealed, Letter]] = []
    for row in await tx.rows(_RISKY, *map(list, zip(*asked, strict=True)), sorted(risky)):
        sealed = told[row["place"]]
        readers = await _holders(tx, sealed.link.organization_id, "oauth_apps_revoke")
        facts = {
            name: row[name] for name in ("client", "partner", "person", "email", "organization", "scopes")
        }
        found.append((sealed, _letter(sealed, "risky_authorization", readers, **facts)))
    return found


async def _holders(tx: Transaction, organization_id: UUID, permission: str) -> list[UUID]:
    rows = await tx.rows(_HOLDERS, organization_id, permission, _MOST_READERS)
    return [row["id"] for row in rows]


async def _submission(tx: Transaction, sealed: Sealed) -> Row | None:
    return await tx.row(
        _SUBMISSION, sealed.link.organization_id, uuid_of(sealed.entry.subject), sealed.entry.id
    )


def _named(row: Row) -> dict[str, str]:
    return {
        "app": row["app"],
        "app_id": str(row["app_id"]),
        "partner": row["partner"],
        "kind": row["kind"],
    }


def _letter(sealed: Sealed, event: str, readers: Sequence[UUID], **facts: object) -> Letter:
    return Letter(sealed.link.organization_id, event, readers, facts)


_WRITERS: Final[Mapping[str, Callable[[Transaction, Sealed], Awaitable[list[Letter]]]]] = {
    "submission.sent": _submitted,
    "submission.decided": _decided,
    "request.answered": _answered,
    "webhook.paused": _paused,
    "authorization.revoked": _revoked,
    "integration.installed": _installed,
    "integration.uninstalled": _installed,
    "user.disabled": _disabled,
}
