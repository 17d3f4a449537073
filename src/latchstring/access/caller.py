"""Who a request was found to come from, as it is handed to what lies behind the enforcement."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from latchstring.audit.calls import Source
from latchstring.contract.model import Operation
from latchstring.protocol.rehearsal import Watch


class Caller(msgspec.Struct, frozen=True):
    """An integration acting for an organization: by an access token (and so for a user), or by an API key."""

    organization_id: UUID
    client_id: UUID | None
    user_id: UUID | None
    authorization_id: UUID | None
    api_key_id: UUID | None
    scopes: frozenset[str]


class Call(msgspec.Struct, frozen=True):
    """What was allowed: the caller, the operation of the contract, and the parameters in its path. `watch`: the
    caller is a test client in its own sandbox that somebody tests. `counted`: what it is counted under if it
    succeeds; calls of no client are not counted."""

    caller: Caller
    operation: Operation
    parameters: Mapping[str, str]
    watch: Watch | None = None
    counted: Source | None = None


#: Where the enforcement leaves the `Call` in an ASGI scope, the request's id, and the status it was answered with.
CALL = "latchstring.call"
REQUEST_ID = "latchstring.request_id"
STATUS = "latchstring.status"


def call_of(scope: Mapping[str, Any]) -> Call:
    """The `Call` of an ASGI scope that has passed the enforcement."""
    call: Call = scope[CALL]
    return call
