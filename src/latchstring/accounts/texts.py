"""What people type as names, addresses and descriptions: trimmed, bounded, and without what can't be seen."""

import re
import unicodedata

from latchstring.accounts.refused import Refused

NAME_LIMIT = 200
TEXT_LIMIT = 2_000
EMAIL_LIMIT = 254

# Joiners stand inside words of several scripts and inside emoji.
_JOINERS = "\u200c\u200d"
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@.,;:<>()\[\]\\\"]+(\.[^\s@.,;:<>()\[\]\\\"]+)*")
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

#: Host names that the site itself uses or may come to use.
RESERVED_SUBDOMAINS = frozenset(
    """
    admin api app apps assets auth autodiscover billing blog cdn console dashboard demo dev developer
    docs email event-management-intake ftp help http-intake imap intake internal login logs mail metrics
    mx my ns ns1 ns2 oauth oauth2 operator platform pop preview root sandbox secure security signin smtp
    sso staging static status support system test webhooks www
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


def checked_name(text: str, *, field: str = "name", limit: int = NAME_LIMIT) -> str:
    """A name on one line: 1 to `limit` characters, none of them invisible."""
    name = checked_text(text, field=field, limit=limit, lines=False)
    if not name:
        raise Refused("must not be empty", field=field)
    return name


def checked_text(text: str, *, field: str, limit: int = TEXT_LIMIT, lines: bool = True) -> str:
    """A description: at most `limit` characters, which may be empty and, with `lines`, have several lines."""
    text = text.strip()
    if len(text) > limit:
        raise Refused(f"must not be longer than {limit} characters", field=field)
    if any(_is_hidden(character) for character in text if not (lines and character in "\r\n\t")):
        raise Refused("must not contain control or invisible characters", field=field)
    return text


def checked_email(text: str, *, field: str = "email") -> str:
    """An e-mail address as it was typed, trimmed. Compare with `same_email`."""
    email = checked_name(text, field=field, limit=EMAIL_LIMIT)
    local, _, domain = email.rpartition("@")
    if not _EMAIL.fullmatch(email) or len(local) > 64 or ".." in local or len(domain) < 1:
        raise Refused("must be an e-mail address such as ada@example.com", field=field)
    return email


def checked_subdomain(text: str, *, field: str = "subdomain") -> str:
    """An organization's subdomain: a DNS label in lower case that the site does not need itself."""
    label = text.strip().lower()
    if not _SUBDOMAIN.fullmatch(label):
        raise Refused("must be 1 to 63 letters, digits and hyphens, not at the ends", field=field)
    if label in RESERVED_SUBDOMAINS or label.startswith("xn--"):
        raise Refused("is reserved for the site", field=field)
    return label


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN and character not in _JOINERS
