"""The steps that authorizations take, each in one statement together with its audit entries."""

from datetime import datetime
from uuid import UUID

from latchstring.grants.model import Authorization
from latchstring.grants.steps import Consent, Denial, Move, Redemption, Revocation
from latchstring.storage.columns import columns
from latchstring.storage.database import Database, Transaction

_CONSENT = """
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::int[],
        $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[])
    AS t (organization_id, id, client_id, user_id, scope, secret, revision, initiated_by, redirect_uri,
        code_challenge, code_expires_at, consented_at, request_id)
), forgotten AS (
    DELETE FROM authorizations a USING asked t
    WHERE a.organization_id = t.organization_id AND a.client_id = t.client_id AND a.user_id = t.user_id
      AND a.state = 'pending' AND a.code_expires_at < t.consented_at
), written AS (
    INSERT INTO authorizations (organization_id, id, client_id, user_id, state, scopes, secret, revision,
        initiated_by, redirect_uri, code_challenge, code_expires_at, consented_at)
    SELECT organization_id, id, client_id, user_id, 'pending', string_to_array(scope, ' '), secret, revision,
        initiated_by, redirect_uri, code_challenge, code_expires_at, consented_at FROM asked
)
INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details, request_id)
SELECT organization_id, consented_at, 'authorization.consented', 'user:' || user_id, client_id, id::text,
    jsonb_build_object('scopes', scope), request_id FROM asked
"""

# The policy is asked once more, because it may have changed between the page and the consent. What it did to the row
# meanwhile stays: this statement may have begun before that.
_REDEEM = """
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::timestamptz[])
    AS t (organization_id, id, presented_by, request_id, place, at)
), redeemed AS (
    UPDATE authorizations a SET state = 'active', redeemed_at = t.at, moved_at = t.at,
        presented_by = t.presented_by, redirect_uri = NULL, code_expires_at = NULL,
        (withheld, blocked_at) = (
            SELECT ARRAY(SELECT unnest(a.withheld) UNION SELECT unnest(h.withheld)),
                coalesce(a.blocked_at, CASE WHEN h.blocked THEN t.at END)
            FROM held_back(a.organization_id, a.client_id, a.scopes) h)
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
    DELETE FROM denied_access_tokens WHERE ctid = ANY (ARRAY(
        SELECT old.ctid FROM asked t CROSS JOIN LATERAL (
            SELECT d.ctid FROM denied_access_tokens d
            WHERE d.organization_id = t.organization_id AND d.authorization_id = t.authorization_id
              AND d.expires_at < t.at OFFSET 0) old))
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

_NOTE = """
INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def consent(database: Database, asked: list[Consent]) -> list[None]:
    """Write down what was allowed. What the same person allowed the same client but was never redeemed and
    has expired is forgotten, so that abandoned flows leave nothing to clean up."""
    await database.fetch(_CONSENT, *columns(Consent, asked))
    return [None] * len(asked)


async def redeem(work: Database | Transaction, asked: list[Redemption], at: datetime) -> list[bool]:
    """Make pending authorizations active; True for the one redemption of each that did."""
    places = sorted(range(len(asked)), key=lambda place: (asked[place].organization_id, asked[place].id))
    redemptions = columns(Redemption, [asked[place] for place in places])
    run = work.rows if isinstance(work, Transaction) else work.fetch
    rows = await run(_REDEEM, *redemptions, places, [at] * len(places))
    won = {row["place"] for row in rows}
    return [place in won for place in range(len(asked))]


async def move(database: Database, asked: list[Move]) -> list[bool]:
    """Move counters to generations; True where this batch moved the authorization."""
    highest: dict[tuple[UUID, UUID], Move] = {}
    for step in sorted(asked, key=lambda step: (step.organization_id, step.id, step.generation)):
        highest[step.organization_id, step.id] = step
    steps = list(highest.values())
    rows = await database.fetch(_MOVE, *columns(Move, steps))
    moved = {(row["organization_id"], row["id"]) for row in rows}
    return [(step.organization_id, step.id) in moved for step in asked]


async def revoke(work: Database | Transaction, asked: list[Revocation]) -> list[bool]:
    """End authorizations; True where this was what ended it."""
    ordered = sorted(asked, key=lambda revocation: (revocation.organization_id, revocation.id))
    run = work.rows if isinstance(work, Transaction) else work.fetch
    rows = await run(_REVOKE, *columns(Revocation, ordered))
    ended = {(row["organization_id"], row["id"]) for row in rows}
    return [(r.organization_id, r.id) in ended for r in asked]


async def deny(database: Database, asked: list[Denial]) -> list[None]:
    """End single access tokens."""
    await database.fetch(_DENY, *columns(Denial, asked))
    return [None] * len(asked)


async def deny_all(database: Database, authorization: Authorization, issued_until: int) -> None:
    """End all access tokens of an authorization that were issued up to a second, and the list of single ones."""
    await database.fetch(_DENY_ALL, authorization.organization_id, authorization.id, issued_until)


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
