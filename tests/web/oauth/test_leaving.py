"""Clients that go away in the middle of a request."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from tests.settled import Settled

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.row("R8", "B022")
@pytest.mark.parametrize(
    "path", ["/oauth2/v1/token", "/oauth2/v1/revoke", "/sign-in", "/oauth2/v1/authorize"]
)
async def test_who_leaves_while_sending_is_no_failure_of_ours(
    settled: Settled, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """No traceback in the log, nothing half done."""
    arriving = [
        {"type": "http.request", "body": b"grant_type=refresh", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> MutableMapping[str, Any]:
        return arriving.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        return None

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"content-type", b"application/x-www-form-urlencoded"), (b"host", b"localhost:8100")],
        "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("localhost", 8100),
    }  # fmt: skip
    await settled.world.door(scope, receive, send)
    assert "Traceback" not in "".join(capfd.readouterr())
