"""All SQL of authorizations. Reads and moves come in batches; the answers keep the order of the questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.grants.model import Active, Authorization, Pending, Revoked, State
from latchstring.protocol.rehearsal import Watch, watch_of
from latchstring.protocol.rotation import Counter
from latchstring.storage.database import Database, Row, Transaction

_READ = """
SELECT a.organization_id, a.id, a.client_id, a.user_id, a.state, a.scopes, a.secret, a.generation,
    a.moved_at, a.presented_by, a.redirect_uri, a.code_challenge, a.code_expires_at, a.consented_at,
    a.redeemed_at, a.revoked_because, a.access_dead_until, m.permission_set, c.scopes AS client_scopes,
    CASE WHEN o.disabled_at IS NOT NULL THEN 'organization_disabled'
         WHEN u.disabled_at IS NOT NULL THEN 'user_disabled'
         WHEN m.ended_at IS NOT NULL THEN 'membership_ended'
         WHEN c.disabled_at IS NOT NULL THEN 'client_disabled' END AS owner_gone,
    c.kind = 'test' AND c.organization_id = a.organization_id AS is_sandbox,
    c.recording_until, c.rehearsal, c.rehearsal_since, c.rehearsal_until,
    ARRAY(SELECT d.nonce FROM denied_access_tokens d
          WHERE d.organization_id = a.organization_id AND d.authorization_id = a.id) AS denied
FROM unnest($1::uuid[], $2::uuid[]) AS wanted (organization_id, id)
JOIN authorizations a ON a.organization_id = wanted.organization_id AND a.id = wanted.id
JOIN organizations o ON o.id = a.organization_id
JOIN users u ON u.id = a.user_id
JOIN memberships m ON m.organization_id = a.organization_id AND m.user_id = a.user_id
JOIN clients c ON c.id = a.client_id
"""

_PERMISSION_SETS = "SELECT id, permissions FROM permission_sets WHERE id = ANY($1::uuid[])"

_CONSENT = """
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::int[],
        $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[])
    AS t (organization_id, id, client_id, user_id, scopes, secret, revision, initiated_by, redirect_uri,
        code_challenge, code_expires_at, consented_at, request_id)
), forgotten AS (
    DELETE FROM authorizations a USING asked t
    WHERE a.organization_id = t.organization_id AND a.client_id = t.client_id AND a.user_id = t.user_id
      AND a.state = 'pending' AND a.code_expires_at < t.consented_at
), written AS (
    INSERT INTO authorizations (organization_id, id, client_id, user_id, state, scopes, secret, revision,
        initiated_by, redirect_uri, code_challenge, code_expires_at, consented_at)
    SELECT organization_id, id, client_id, user_id, 'pending', string_to_array(scopes, ' '), secret, revision,
        initiated_by, redirect_uri, code_challenge, code_expires_at, consented_at FROM asked
)
INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details, request_id)
SELECT organization_id, consented_at, 'authorization.consented', 'user:' || user_id, client_id, id::text,
    jsonb_build_object('scopes', scopes), request_id FROM asked
"""

_REDEEM = """
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::text[], $6::text[])
    AS t (organization_id, id, place, at, presented_by, request_id)
), redeemed AS (
    UPDATE authorizations a SET state = 'active', redeemed_at = t.at, moved_at = t.at,
        presented_by = t.presented_by, redirect_uri = NULL, code_expires_at = NULL
    FROM asked t
    WHERE a.organization_id = t.organization_id AND a.id = t.id AND a.state = 'pending'
      AND a.code_expires_at > t.at
    RETURNING a.organization_id, a.id, a.client_id, t.place, t.at, t.request_id
), noted AS (
    INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, request_id)
    SELECT organization_id, at, 'authorization.redeemed', 'client:' || client_id, client_id, id::text,
        request_id FROM redeemed
)
SELECT place FROM redeemed
"""

_MOVE = """
UPDATE authorizations a SET generation = t.generation, moved_at = t.at, presented_by = t.presented_by
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::text[])
    AS t (organization_id, id, generation, at, presented_by)
WHERE a.organization_id = t.organization_id AND a.id = t.id AND a.state = 'active'
  AND a.generation < t.generation
RETURNING a.organization_id, a.id
"""

_REVOKE = """
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
    AS t (organization_id, id, because, actor, at, request_id)
), revoked AS (
    UPDATE authorizations a SET state = 'revoked', revoked_at = t.at, revoked_because = t.because,
        redirect_uri = NULL, code_challenge = NULL, code_expires_at = NULL
    FROM asked t
    WHERE a.organization_id = t.organization_id AND a.id = t.id AND a.state IN ('pending', 'active')
    RETURNING a.organization_id, a.id, a.client_id, t.because, t.actor, t.at, t.request_id
), noted AS (
    INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details, request_id)
    SELECT organization_id, at, 'authorization.revoked', actor, client_id, id::text,
        jsonb_build_object('because', because), request_id FROM revoked
)
SELECT organization_id, id FROM revoked
"""

_DENY = """
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::timestamptz[], $5::timestamptz[],
        $6::uuid[], $7::text[])
    AS t (organization_id, authorization_id, nonce, expires_at, at, client_id, request_id)
), forgotten AS (
    DELETE FROM denied_access_tokens d USING asked t
    WHERE d.organization_id = t.organization_id AND d.authorization_id = t.authorization_id
      AND d.expires_at < t.at
), denied AS (
    INSERT INTO denied_access_tokens (organization_id, authorization_id, nonce, expires_at)
    SELECT organization_id, authorization_id, nonce, expires_at FROM asked
    ON CONFLICT DO NOTHING RETURNING organization_id, authorization_id, nonce
)
INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, request_id)
SELECT DISTINCT ON (t.organization_id, t.authorization_id, t.nonce) t.organization_id, t.at,
    'access_token.revoked', 'client:' || t.client_id, t.client_id, t.authorization_id::text, t.request_id
FROM asked t JOIN denied USING (organization_id, authorization_id, nonce)
"""

_DENY_ALL = """
WITH forgotten AS (
    DELETE FROM denied_access_tokens WHERE organization_id = $1 AND authorization_id = $2
)
UPDATE authorizations SET access_dead_until = greatest(access_dead_until, $3)
WHERE organization_id = $1 AND id = $2
"""

_OTHER_FLOW = """
SELECT consented_at FROM authorizations
WHERE organization_id = $1 AND client_id = $2 AND id <> $3 AND code_challenge = $4
ORDER BY consented_at DESC LIMIT 1
"""

_NOTE = """
INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

Name = bytes
"""An authorization's full name, as tokens carry it: its organization's id and its own, 16 bytes each."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person allowed."""

    organization_id: UUID
    id: UUID
    client_id: UUID
    user_id: UUID
    scopes: tuple[str, ...]
    secret: bytes
    revision: int
    initiated_by: str
    redirect_uri: str
    code_challenge: str
    expires_at: datetime
    at: datetime
    request_id: str


@dataclass(frozen=True, slots=True)
class Redemption:
    """A code that was found right, and by whom it was brought."""

    organization_id: UUID
    id: UUID
    presented_by: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Move:
    """A generation of refresh token that was presented for the first time."""

    organization_id: UUID
    id: UUID
    generation: int
    at: datetime
    presented_by: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """The end of an authorization: why, and by whom (`user:…`, `client:…`, `system`)."""

    organization_id: UUID
    id: UUID
    because: str
    actor: str
    at: datetime
    request_id: str


@dataclass(frozen=True, slots=True)
class Denial:
    """The end of a single access token."""

    organization_id: UUID
    authorization_id: UUID
    nonce: bytes
    expires_at: datetime
    at: datetime
    client_id: UUID
    request_id: str


class PermissionSets:
    """Sets of permissions by id. A set never changes, so what was read once is right for good."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[UUID, frozenset[str]] = {}

    async def named(self, ids: set[UUID]) -> dict[UUID, frozenset[str]]:
        """The sets of these ids."""
        if missing := ids - self._known.keys():
            for row in await self._database.fetch(_PERMISSION_SETS, list(missing)):
                self._known[row["id"]] = frozenset(row["permissions"])
        return self._known


async def read(database: Database, sets: PermissionSets, names: Sequence[Name]) -> list[Authorization | None]:
    """The authorizations of these names, each with what limits it; None where there is none."""
    distinct = list(dict.fromkeys(names))
    organizations = [UUID(bytes=name[:16]) for name in distinct]
    rows = await database.fetch(_READ, organizations, [UUID(bytes=name[16:]) for name in distinct])
    permissions = await sets.named({row["permission_set"] for row in rows})
    found = {a.row_name: a for a in (_authorization(row, permissions) for row in rows)}
    return [found.get(name) for name in names]


async def consent(database: Database, asked: list[Consent]) -> list[None]:
    """Write down what was allowed. What the same person allowed the same client but was never redeemed and
    has expired is forgotten, so that abandoned flows leave nothing to clean up."""
    await database.fetch(
        _CONSENT,
        [c.organization_id for c in asked],
        [c.id for c in asked],
        [c.client_id for c in asked],
        [c.user_id for c in asked],
        [" ".join(c.scopes) for c in asked],
        [c.secret for c in asked],
        [c.revision for c in asked],
        [c.initiated_by for c in asked],
        [c.redirect_uri for c in asked],
        [c.code_challenge for c in asked],
        [c.expires_at for c in asked],
        [c.at for c in asked],
        [c.request_id for c in asked],
    )
    return [None] * len(asked)


async def redeem(database: Database, asked: list[Redemption], at: datetime) -> list[bool]:
    """Make pending authorizations active; True for the one redemption of each that did."""
    places = sorted(range(len(asked)), key=lambda place: (asked[place].organization_id, asked[place].id))
    rows = await database.fetch(
        _REDEEM,
        [asked[place].organization_id for place in places],
        [asked[place].id for place in places],
        places,
        [at] * len(places),
        [asked[place].presented_by for place in places],
        [asked[place].request_id for place in places],
    )
    won = {row["place"] for row in rows}
    return [place in won for place in range(len(asked))]


async def move(database: Database, asked: list[Move]) -> list[bool]:
    """Move counters to generations; True where this batch moved the authorization."""
    highest: dict[tuple[UUID, UUID], Move] = {}
    for step in sorted(asked, key=lambda step: (step.organization_id, step.id, step.generation)):
        highest[step.organization_id, step.id] = step
    steps = list(highest.values())
    rows = await database.fetch(
        _MOVE,
        [step.organization_id for step in steps],
        [step.id for step in steps],
        [step.generation for step in steps],
        [step.at for step in steps],
        [step.presented_by for step in steps],
    )
    moved = {(row["organization_id"], row["id"]) for row in rows}
    return [(step.organization_id, step.id) in moved for step in asked]


async def revoke(work: Database | Transaction, asked: list[Revocation]) -> list[bool]:
    """End authorizations; True where this was what ended it."""
    ordered = sorted(asked, key=lambda revocation: (revocation.organization_id, revocation.id))
    run = work.rows if isinstance(work, Transaction) else work.fetch
    rows = await run(
        _REVOKE,
        [r.organization_id for r in ordered],
        [r.id for r in ordered],
        [r.because for r in ordered],
        [r.actor for r in ordered],
        [r.at for r in ordered],
        [r.request_id for r in ordered],
    )
    ended = {(row["organization_id"], row["id"]) for row in rows}
    return [(r.organization_id, r.id) in ended for r in asked]


async def deny(database: Database, asked: list[Denial]) -> list[None]:
    """End single access tokens."""
    await database.fetch(
        _DENY,
        [d.organization_id for d in asked],
        [d.authorization_id for d in asked],
        [d.nonce for d in asked],
        [d.expires_at for d in asked],
        [d.at for d in asked],
        [d.client_id for d in asked],
        [d.request_id for d in asked],
    )
    return [None] * len(asked)


async def deny_all(database: Database, authorization: Authorization, issued_until: int) -> None:
    """End all access tokens of an authorization that were issued up to a second, and the list of single ones."""
    await database.fetch(_DENY_ALL, authorization.organization_id, authorization.id, issued_until)


async def other_flow(database: Database, authorization: Authorization, challenge: str) -> datetime | None:
    """When consent was given in another flow of the same client and organization that had this challenge."""
    rows = await database.fetch(
        _OTHER_FLOW, authorization.organization_id, authorization.client_id, authorization.id, challenge
    )
    return rows[0]["consented_at"] if rows else None


async def note(
    database: Database,
    authorization: Authorization,
    action: str,
    details: dict[str, str],
    at: datetime,
    request_id: str,
) -> None:
    """Write down a security event of an authorization."""
    actor, subject = f"client:{authorization.client_id}", str(authorization.id)
    await database.fetch(
        _NOTE,
        authorization.organization_id,
        at,
        action,
        actor,
        authorization.client_id,
        subject,
        details,
        request_id,
    )


def _authorization(row: Row, permissions: dict[UUID, frozenset[str]]) -> Authorization:
    return Authorization(
        organization_id=row["organization_id"],
        id=row["id"],
        client_id=row["client_id"],
        user_id=row["user_id"],
        state=_state(row),
        scopes=tuple(row["scopes"]),
        secret=row["secret"],
        consented_at=row["consented_at"],
        client_scopes=frozenset(row["client_scopes"]),
        permissions=permissions[row["permission_set"]],
        owner_gone=row["owner_gone"],
        denied=frozenset(row["denied"]),
        access_dead_until=row["access_dead_until"],
        watch=_watch(row) if row["is_sandbox"] else None,
    )


def _watch(row: Row) -> Watch | None:
    return watch_of(row["recording_until"], row["rehearsal"], row["rehearsal_since"], row["rehearsal_until"])


def _state(row: Row) -> State:
    match row["state"]:
        case "pending":
            return Pending(row["redirect_uri"], row["code_challenge"], row["code_expires_at"])
        case "active":
            counter = Counter(row["generation"], row["moved_at"])
            return Active(row["redeemed_at"], counter, row["presented_by"] or "")
        case _:
            return Revoked(row["revoked_because"], row["redeemed_at"] is not None)
