"""What the domain refuses with, in the readers' languages: its sentences are English, pages speak both."""

import re

from latchstring.accounts.refused import Refused
from latchstring.web.translations import Text

_REASONS = {
    "must not be empty": Text("This can’t be empty."),
    "must not contain control or invisible characters": Text(
        "It contains control characters or characters that can’t be seen. Type it anew."
    ),
    "must be an address such as https://example.com": Text("Write an address such as https://example.com."),
    "is there twice": Text("This address is there twice."),
    "must not have a fragment": Text("An address can’t have a fragment (# and what follows)."),
    "must not have a wildcard; every address is registered whole": Text(
        "An address can’t have a wildcard (*)."
    ),
    "must not have spaces, backslashes or other characters that a URI can't hold": Text(
        "It has a space, a backslash or another character that an address can’t hold."
    ),
    "must have two hexadecimal digits after each percent sign": Text(
        "After each percent sign there must be two hexadecimal digits."
    ),
    "must be absolute, such as https://example.com/callback": Text(
        "Write the whole address, such as https://example.com/callback."
    ),
    "must begin with https://": Text("It must begin with https://."),
    "must not have a user name or password": Text("An address can’t have a user name or password."),
    "must have a host name or address, with a port from 1 to 65535 or none": Text(
        "It needs a host name or address, and a port from 1 to 65535 or none."
    ),
    "must not have brackets in its path": Text("The path of an address can’t have brackets."),
    "must begin with https://; http is for loopback hosts of test clients": Text(
        "It must begin with https://; http is for your own computer (localhost) only."
    ),
    "must have port 443, or one from 1024": Text("The port must be 443, or one from 1024."),
    "must have at least one event": Text("Tick at least one event."),
    "is private and not approved for this partner": Text(
        "One of the scopes is private, and the host has not approved it for you."
    ),
    "must be a whole PNG, JPEG or WebP image": Text("Choose a whole PNG, JPEG or WebP image."),
    "belongs to another app": Text("Another app has this app_uuid."),
    "is no app_uuid of an integration": Text(
        "This is no app_uuid. It looks like 1f6c0a4e-8a51-4b0c-9d3e-2f7a6b5c4d3e."
    ),
    "has not been sent yet": Text("It has not been sent yet."),
    "is with the reviewers; withdraw it, or wait for their answer": Text(
        "It is with the reviewers. Withdraw it, or wait for their answer."
    ),
    "waits for the partner's changes": Text("It waits for the partner’s changes."),
    "is approved already; a change is a new submission": Text(
        "It is approved already. Send a change as a new submission."
    ),
    "was withdrawn": Text("It was withdrawn."),
    "was sent anew since you read it": Text("It was sent anew since you read it. This is the new version."),
    "its OAuth client is disabled": Text("Its OAuth client is disabled."),
    "is being published already": Text("It is being published already."),
    "the integration follows its OAuth client, which is not published yet": Text(
        "Publish the OAuth client first; the integration follows it."
    ),
    "must tell the reviewers why a check fails, or the check must pass": Text(
        "A check fails. Mend it, or tell the reviewers why it fails."
    ),
    "another revision is live; look again": Text("Another revision is live by now. Look at it again."),
    "must say why": Text("Say why."),
    "there is no revision before this one": Text("There is no revision before this one."),
    "is not published": Text("It is not published."),
    "must be at least one": Text("There must be at least one."),
    "must be an address such as https://example.com/pull/1": Text(
        "Write an address such as https://example.com/pull/1."
    ),
    "is no zip file, or a broken one": Text("This is no zip file, or a broken one."),
    "has none of README.md, manifest.json and assets/oauth_clients.json": Text(
        "It has none of README.md, manifest.json and assets/oauth_clients.json."
    ),
    "is approved already": Text("This scope is approved for you already."),
    "has been asked for, and the host has not answered yet": Text(
        "You have asked for it, and the host has not answered yet."
    ),
}
_PATTERNS = (
    (re.compile(r"must not be longer than (?P<limit>\d+) characters"),
     Text("Use at most %(limit)s characters.")),
    (re.compile(r"must not be larger than (?P<limit>\d+) KiB"), Text("The file can have at most %(limit)s KiB.")),
    (re.compile(r"must not be larger than (?P<limit>\d+) MiB"), Text("The file can have at most %(limit)s MiB.")),
    (re.compile(r"must not be larger than (?P<limit>\d+) MiB unpacked"),
     Text("Unpacked, it can have at most %(limit)s MiB.")),
    (re.compile(r"must not have more than (?P<limit>\d+) files"), Text("It can have at most %(limit)s files.")),
    (re.compile(r"(?P<file>\S+) must not be larger than (?P<limit>\d+) KiB"),
     Text("%(file)s can have at most %(limit)s KiB.")),
    (re.compile(r"(?P<file>\S+) is no text in UTF-8"), Text("%(file)s is no text in UTF-8.")),
    (re.compile(r"(?P<file>\S+) has characters that no text has"),
     Text("%(file)s has characters that no text has.")),
    (re.compile(r"(?P<file>\S+) is there twice"), Text("%(file)s is there twice.")),
    (re.compile(r"must be 1 to (?P<limit>\d+) organizations"), Text("Name 1 to %(limit)s organizations.")),
    (re.compile(r"can be at most (?P<limit>\d+)"), Text("There can be at most %(limit)s of them.")),
    (re.compile(r"an organization can have at most (?P<limit>\d+) apps"),
     Text("An organization can have at most %(limit)s apps.")),
    (re.compile(r"an app can have at most (?P<limit>\d+) clients"),
     Text("An app can have at most %(limit)s clients.")),
    (re.compile(r"must have sides from (?P<least>\d+) to (?P<most>\d+) pixels, not (?P<sides>.+)"),
     Text("Its sides must have %(least)s to %(most)s pixels. This one has %(sides)s.")),
)  # fmt: skip


def told(refused: Refused) -> Text:
    """The reason of a refusal, to be translated by the page that shows it."""
    if (known := _REASONS.get(refused.reason)) is not None:
        return known
    for pattern, text in _PATTERNS:
        if found := pattern.fullmatch(refused.reason):
            return Text(text.message, found.groupdict())
    return Text("This can’t be accepted: %(reason)s", {"reason": refused.reason})


def by_field(refusals: list[Refused]) -> dict[str, Text]:
    """What is wrong by field, the first thing of each."""
    found: dict[str, Text] = {}
    for refused in refusals:
        found.setdefault(refused.field or "", told(refused))
    return found
