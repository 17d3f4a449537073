"""Which entries of the audit log an app is told of, and what: ids and names that its partner may know anyway.

Never a token, a key or an address of a person; never anything of another app's clients; of a test client only
what happens in its own sandbox.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from latchstring.audit.chain import Sealed
from latchstring.kit.entropy import Entropy
from latchstring.messages.model import Event
from latchstring.messages.store import Draft
from latchstring.protocol.client_authentication import uuid_of
from latchstring.storage.database import Row, Transaction

_EVENT_OF: Final[Mapping[str, Event]] = {
    "authorization.redeemed": "authorization.created",
    "authorization.revoked": "authorization.revoked",
    "integration.installed": "integration.installed",
    "integration.uninstalled": "integration.uninstalled",
    "api_key.created": "api_key.created",
    "api_key.revoked": "api_key.disabled",
    "submission.decided": "submission.decided",
    "client.published": "scopes.changed",
    "client.rolled_back": "scopes.changed",
}

# An authorization that was never redeemed never was one for the app, so its end is no news either.
_TOLD = """
SELECT t.place, c.organization_id AS owner, w.events, o.name AS organization_name, a.user_id, a.scopes,
    a.redeemed_at IS NOT NULL AS redeemed
FROM unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[]) AS t (place, organization_id, client_id, subject)
JOIN webhooks w ON w.client_id = t.client_id
JOIN clients c ON c.id = t.client_id AND c.disabled_at IS NULL
JOIN organizations o ON o.id = t.organization_id
LEFT JOIN authorizations a ON a.organization_id = t.organization_id AND a.id = t.subject
WHERE c.kind = 'published' OR c.organization_id = t.organization_id
"""


async def drafts(tx: Transaction, entropy: Entropy, site: str, sealed: Sequence[Sealed]) -> list[Draft]:
    """The webhook messages that follow from entries."""
    asked = [
        (place, one.link.organization_id, one.entry.client_id, uuid_of(one.entry.subject))
        for place, one in enumerate(sealed)
        if one.entry.client_id is not None and one.entry.action in _EVENT_OF and not one.silent
    ]
    if not asked:
        return []
    rows = await tx.rows(_TOLD, *map(list, zip(*asked, strict=True)))
    found = sorted(rows, key=lambda row: row["place"])
    return [draft for row in found if (draft := _draft(entropy, site, sealed[row["place"]], row))]


def _draft(entropy: Entropy, site: str, sealed: Sealed, row: Row) -> Draft | None:
    entry = sealed.entry
    event = _EVENT_OF[entry.action]
    about = _about(event, sealed, row)
    if event not in row["events"] or about is None or entry.client_id is None:
        return None
    organization_id = sealed.link.organization_id
    data = {
        "site": site,
        "client_id": entry.client_id,
        "organization": {"id": organization_id, "name": row["organization_name"]},
        **about,
    }
    payload = {"type": event, "timestamp": entry.at, "data": data}
    return Draft(row["owner"], entropy.uuid(), entry.id, "webhook", event, entry.client_id, payload)


def _about(event: Event, sealed: Sealed, row: Row) -> dict[str, Any] | None:
    """What an event tells beside client and organization; None when there is nothing to tell."""
    entry = sealed.entry
    match event:
        case "authorization.created" | "authorization.revoked":
            return _authorization(event, sealed, row)
        case "api_key.created" | "api_key.disabled":
            return {"api_key": {"id": entry.subject}, **_because(entry.details)}
        case "integration.installed" | "integration.uninstalled":
            return {"integration": {"id": entry.subject}}
        case "submission.decided":
            return {"submission": {"id": entry.subject, **_decision(entry.details)}}
        case "scopes.changed":
            return _scopes(entry.details)


def _authorization(event: Event, sealed: Sealed, row: Row) -> dict[str, Any] | None:
    if not row["redeemed"]:
        return None
    about = {"id": sealed.entry.subject, "user": {"id": row["user_id"]}, "scopes": row["scopes"]}
    return {"authorization": about, **(_because(sealed.entry.details) if event.endswith("revoked") else {})}


def _because(details: Mapping[str, Any]) -> dict[str, str]:
    reason = details.get("because")
    return {"reason": reason} if isinstance(reason, str) else {}


def _decision(details: Mapping[str, Any]) -> dict[str, Any]:
    return {"decision": details.get("outcome"), "kind": details.get("kind")}


def _scopes(details: Mapping[str, Any]) -> dict[str, Any] | None:
    added, dropped = _names(details, "added"), _names(details, "dropped")
    if not added and not dropped:
        return None
    return {"revision": details.get("revision"), "scopes": {"added": added, "dropped": dropped}}


def _names(details: Mapping[str, Any], name: str) -> list[str]:
    found = details.get(f"scopes_{name}")
    return [str(scope) for scope in found] if isinstance(found, list) else []
