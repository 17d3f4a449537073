"""Signatures of webhooks, as Standard Webhooks has them. A signing secret is computed and stored nowhere."""

import base64
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from standardwebhooks import Webhook as Signer

from latchstring.messages.model import Secrets
from latchstring.storage.keys import KeyRing

PURPOSE = "webhook-secret"


def secret_of(keys: KeyRing, client_id: UUID, generation: int, key_id: int) -> str | None:
    """The secret of a client's webhook, or None when the ring has no key of that id any more. `keys` are the ones
    that all sites share, since a published client's webhook is told of what happens on each."""
    digest = keys.digest_under(PURPOSE, f"{client_id}.{generation}", key_id)
    return None if digest is None else "whsec_" + base64.b64encode(digest).decode()


def signatures(
    keys: KeyRing, client_id: UUID, secrets: Secrets, message_id: str, now: datetime, body: str
) -> str | None:
    """The value of the header `webhook-signature`: one signature for each secret that holds now, newest first."""
    signed = [
        Signer(secret).sign(message_id, now, body) for secret in _in_force(keys, client_id, secrets, now)
    ]
    return " ".join(signed) or None


def _in_force(keys: KeyRing, client_id: UUID, secrets: Secrets, now: datetime) -> Iterator[str]:
    pairs = [(secrets.generation, secrets.key_id)]
    if secrets.former_until is not None and now < secrets.former_until:
        pairs.append((secrets.former_generation or 0, secrets.former_key_id or 0))
    for generation, key_id in pairs:
        if secret := secret_of(keys, client_id, generation, key_id):
            yield secret
