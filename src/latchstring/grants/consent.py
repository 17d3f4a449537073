"""A person allows: the authorization is written down, and its code is made."""

from datetime import datetime
from typing import Literal

from latchstring.accounts.sessions import BrowserSession
from latchstring.apps.lookup import Client
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Mint
from latchstring.grants.steps import Consent
from latchstring.protocol.authorize import AuthorizationRequest


async def allow(
    ledger: Ledger,
    mint: Mint,
    *,
    client: Client,
    asked: AuthorizationRequest,
    person: BrowserSession,
    now: datetime,
    request_id: str,
    initiated_by: Literal["partner", "tile"] = "partner",
) -> str:
    """Write down what `person` allowed for the active organization; the code for the client."""
    organization_id = person.organization_id
    if organization_id is None:
        raise ValueError("consent needs an active organization")
    authorization_id, secret = mint.entropy.uuid(), mint.entropy.bytes(16)
    consent = Consent(
        organization_id=organization_id,
        id=authorization_id,
        client_id=client.id,
        user_id=person.user_id,
        scope=" ".join(asked.scopes),
        secret=secret,
        revision=client.revision,
        initiated_by=initiated_by,
        redirect_uri=asked.to.redirect_uri,
        code_challenge=asked.code_challenge,
        expires_at=now + mint.lifetimes.code,
        at=now,
        request_id=request_id,
    )
    await ledger.consent(consent)
    return mint.code(organization_id, authorization_id, secret)
