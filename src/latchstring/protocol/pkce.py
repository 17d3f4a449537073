"""Proof Key for Code Exchange (RFC 7636), S256 only."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_FORMS = {
    "hex": re.compile(r"[0-9A-Fa-f]{64}"),
    "padded": re.compile(r"[A-Za-z0-9_-]{43}="),
    "base64": re.compile(r"[A-Za-z0-9+/]{43}=?"),
}
_MISFIT = re.compile(r"[^A-Za-z0-9._~-]")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def is_challenge(challenge: str) -> bool:
    """Whether this can be an S256 challenge: 43 characters of base64url without padding (section 4.2)."""
    return _CHALLENGE.fullmatch(challenge) is not None


def form_of(challenge: str) -> str:
    """What a challenge that can't be one looks like: `hex`, `padded`, `base64` or nothing known."""
    for form, pattern in _FORMS.items():
        if pattern.fullmatch(challenge):
            return form
    return ""


def is_verifier(verifier: str) -> bool:
    """Whether this can be a verifier: 43 to 128 unreserved characters (section 4.1)."""
    return _VERIFIER.fullmatch(verifier) is not None


def first_misfit(verifier: str) -> int | None:
    """Where the first character stands that no verifier may have; None when all may be there."""
    found = _MISFIT.search(verifier)
    return found.start() if found else None


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def proves(verifier: str, challenge: str) -> bool:
    """Whether the verifier is the one that the challenge was made from (section 4.6)."""
    return is_verifier(verifier) and hmac.compare_digest(challenge_of(verifier), challenge)
