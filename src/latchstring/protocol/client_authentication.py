"""Which client says it is calling, and by which of the two ways (RFC 6749 section 2.3.1)."""

from base64 import b64decode
from binascii import Error as NotBase64
from contextlib import suppress
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote_plus
from uuid import UUID

import msgspec

from latchstring.protocol import faults
from latchstring.protocol.faults import Refusal
from latchstring.protocol.parameters import Parameters, is_text

Method = Literal["client_secret_basic", "client_secret_post"]


class Credentials(msgspec.Struct, frozen=True):
    """A client's id and secret, as presented."""

    client_id: str
    secret: str
    method: Method

    @property
    def client_uuid(self) -> UUID | None:
        """The client id as the UUID that ours are, or None: then no client has it."""
        return uuid_of(self.client_id)


@lru_cache(maxsize=4_096)
def uuid_of(text: str) -> UUID | None:
    """The UUID written in its usual form, or None."""
    if len(text) != 36:
        return None
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def read_credentials(authorization: str | None, body: Parameters) -> Credentials | Refusal:
    """The client's credentials from the `Authorization` header or the body: exactly one of the two.

    A Bearer header is no client authentication and is ignored: the documented call to revoke sends one.
    """
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return _from_body(body)
    if body.get("client_secret") is not None:
        return Refusal(faults.CREDENTIALS_TWICE)
    basic = _from_basic(value.strip())
    if isinstance(basic, Credentials) and body.get("client_id") not in (None, basic.client_id):
        return Refusal(faults.CREDENTIALS_TWICE, {"received": "two different client ids"})
    return basic


def named_client(authorization: str | None, body: Parameters) -> UUID | None:
    """The client that a request names, in whichever place; nothing proves it."""
    scheme, _, value = (authorization or "").partition(" ")
    named = body.get("client_id")
    if scheme.lower() == "basic":
        with suppress(NotBase64, ValueError):
            named = unquote_plus(b64decode(value.strip()).decode("utf-8").partition(":")[0]) or named
    return uuid_of(named) if named else None


def _from_body(body: Parameters) -> Credentials | Refusal:
    client_id, secret = body.get("client_id"), body.get("client_secret")
    if client_id is None or secret is None:
        missing = "client_id" if client_id is None else "client_secret"
        return Refusal(faults.CREDENTIALS_MISSING, {"missing": missing})
    return Credentials(client_id, secret, "client_secret_post")


def _from_basic(value: str) -> Credentials | Refusal:
    """Both halves are form-encoded; some clients percent-encode even `-` and `_`, so decode whatever comes."""
    try:
        text = b64decode(value, validate=True).decode("utf-8")
        client_id, colon, secret = text.partition(":")
        client_id = unquote_plus(client_id, errors="strict")
        secret = unquote_plus(secret, errors="strict")
    except (NotBase64, ValueError):
        return Refusal(faults.CREDENTIALS_MALFORMED)
    if not colon or not client_id or not secret or not is_text(client_id + secret):
        return Refusal(faults.CREDENTIALS_MALFORMED)
    return Credentials(client_id, secret, "client_secret_basic")
