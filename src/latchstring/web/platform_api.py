"""The operations of the host's API that the platform answers itself, in front of the host's own application."""

from collections.abc import Awaitable

from starlette.responses import Response

from latchstring.access.caller import REQUEST_ID, Call, call_of
from latchstring.access.guard import Application, Receive, Scope, Send
from latchstring.api_keys.create import Created, create
from latchstring.api_keys.model import NAME
from latchstring.audit.entries import Act
from latchstring.protocol import faults
from latchstring.protocol.faults import Refusal
from latchstring.storage.database import UNAVAILABLE
from latchstring.web.http import errors, json_response
from latchstring.web.platform import Platform
from latchstring.web.witness import note_answer

_METHOD, _PATH = "POST", "/api/v2/api_keys/marketplace"


class WithPlatformOperations:
    """Answers what is ours, and hands everything else to the host."""

    def __init__(self, platform: Platform, host: Application) -> None:
        self._platform = platform
        self._host = host

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one admitted call."""
        operation = call_of(scope).operation
        ours = operation.path == _PATH and operation.method == _METHOD
        return (self._own if ours else self._host)(scope, receive, send)

    async def _own(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._make_key(call_of(scope), scope[REQUEST_ID])
        await response(scope, receive, send)

    async def _make_key(self, call: Call, request_id: str) -> Response:
        """The key of the calling integration, shown this once; 409 while it has one."""
        platform, caller = self._platform, call.caller
        if caller.authorization_id is None or caller.client_id is None:
            return errors(403, "Forbidden")
        act = Act(f"client:{caller.client_id}", platform.clock.now(), request_id)
        try:
            async with platform.database.transaction() as tx:
                created = await create(
                    tx,
                    platform.keys,
                    platform.entropy,
                    act,
                    organization_id=caller.organization_id,
                    authorization_id=caller.authorization_id,
                    client_id=caller.client_id,
                )
        except UNAVAILABLE:
            return errors(503, "temporarily_unavailable", headers={"retry-after": "5"})
        if created is None:
            endpoint, refusal = f"{_METHOD} {_PATH}", Refusal(faults.KEY_EXISTS)
            await note_answer(platform, request_id, endpoint, refusal, caller.client_id)
            return errors(409, "This integration already has an API key in the organization; revoke it first")
        if call.watch is not None:
            at, noted = platform.clock.now(), {"last4": created.value[-4:]}
            await platform.recorder.step(
                call.watch, caller.organization_id, caller.client_id, "key_created", at, request_id, noted
            )
        return json_response({"data": _described(created)}, 201, {"cache-control": "no-store"})


def _described(created: Created) -> dict[str, object]:
    at = created.at.isoformat(timespec="microseconds")
    user = {"data": {"id": str(created.user_id), "type": "users"}}
    return {
        "type": "api_keys",
        "id": str(created.id),
        "attributes": {
            "created_at": at,
            "modified_at": at,
            "key": created.value,
            "last4": created.value[-4:],
            "name": NAME,
        },
        "relationships": {"created_by": user, "modified_by": user},
    }
