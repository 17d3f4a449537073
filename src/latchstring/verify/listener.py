"""The redirect URI on this machine: waits for the browser that comes back with the answer."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from latchstring.verify.verdicts import Skipped

_THANKS = b"<!doctype html><title>Thank you</title><p>The answer has arrived. You can close this window."


class _Server(HTTPServer):
    came: str = ""
    path: str = "/"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Take the answer; whatever else a browser asks for is not there."""
        if urlsplit(self.path).path != self.server.path:
            self.send_error(404)
            return
        self.server.came = self.path
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("cache-control", "no-store")
        self.send_header("referrer-policy", "no-referrer")
        self.end_headers()
        self.wfile.write(_THANKS)

    def log_message(self, *_: object) -> None:
        """Requests carry the code: nothing is logged."""


def wait_for_answer(redirect_uri: str, invite: Callable[[], None], seconds: float) -> str:
    """Listen at a loopback redirect URI, invite the person, and wait; the address that the browser came to.

    Raises:
        Skipped: the port is taken, or nobody came in time.
    """
    parts = urlsplit(redirect_uri)
    try:
        server = _Server((parts.hostname or "localhost", parts.port or 80), _Handler)
    except OSError as problem:
        raise Skipped(f"can't listen at {redirect_uri}: {problem.strerror}") from None
    with server:
        server.path, server.timeout = parts.path or "/", 1
        invite()
        for _ in range(int(seconds)):
            server.handle_request()
            if server.came:
                return f"{parts.scheme}://{parts.netloc}{server.came}"
    raise Skipped(f"nobody came back to {redirect_uri} within {seconds:.0f} seconds")
