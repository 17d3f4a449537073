"""What is wrong with a client secret, as far as it can be found out: for the owner of the client alone."""

import re
from dataclasses import dataclass

from latchstring.api_keys.model import is_key
from latchstring.apps.lookup import Client, siblings
from latchstring.audit.scrub import masked
from latchstring.protocol import credentials, faults
from latchstring.protocol.credentials import CLIENT_SECRET
from latchstring.protocol.faults import Cause, Refusal
from latchstring.web.platform import Platform

_AROUND = " \t\r\n\"'`"
_HASH = re.compile(
    r"[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}|[A-Za-z0-9+/]{43}=|\$(?:2[aby]|argon2\w*|scrypt|pbkdf2)[-$].*"
    r"|(?:sha\d*|md5|pbkdf2|bcrypt)[:$_-].*",
    re.IGNORECASE,
)
_MASK = re.compile(
    r"\*{3,}|•{2,}|●{2,}|x{6,}|\.{3}|…|redacted|hidden|<[^>]*>|\$\{|\{\{|your[_-]|client_secret",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WrongSecret:
    """Why a secret was refused; `proven`: whoever sent it does hold a secret of the app."""

    refusal: Refusal
    proven: bool = False


async def why_wrong(platform: Platform, secret: str, client: Client) -> WrongSecret:
    """Compare it with everything that is often sent in place of the right one."""
    noted = {**masked(secret), "expected": f"{CLIENT_SECRET}_{client.home_site}_…"}
    if _fits(platform, secret.strip(_AROUND), client.secret_digest):
        return WrongSecret(Refusal(faults.CLIENT_SECRET_PADDED, noted), proven=True)
    if _fits(platform, secret, client.previous_secret_digest):
        regenerated = {**noted, "regenerated_at": client.secret_created_at.isoformat(timespec="seconds")}
        return WrongSecret(Refusal(faults.CLIENT_SECRET_REGENERATED, regenerated))
    if not credentials.is_well_formed(secret, CLIENT_SECRET):
        return WrongSecret(Refusal(_by_its_form(secret), noted))
    if (site := secret.split("_")[1]) != client.home_site:
        noted = {"received": site, "expected": client.home_site}
        return WrongSecret(Refusal(faults.CLIENT_SECRET_OF_ANOTHER_SITE, noted))
    for sibling in await siblings(platform.database, client):
        if _fits(platform, secret, sibling.secret_digest):
            belongs = {**noted, "belongs_to": f"{sibling.kind} client {sibling.id}"}
            return WrongSecret(Refusal(faults.CLIENT_SECRET_OF_SIBLING, belongs), proven=True)
    regenerated = {**noted, "regenerated_at": client.secret_created_at.isoformat(timespec="seconds")}
    return WrongSecret(Refusal(faults.CLIENT_SECRET_WRONG, regenerated))


def _by_its_form(secret: str) -> Cause:
    if _MASK.search(secret):
        return faults.CLIENT_SECRET_MASKED
    if is_key(secret) or (credentials.is_credential(secret) and not secret.startswith(CLIENT_SECRET)):
        return faults.CLIENT_SECRET_WRONG_KIND
    return faults.CLIENT_SECRET_HASHED if _HASH.fullmatch(secret) else faults.CLIENT_SECRET_MALFORMED


def _fits(platform: Platform, secret: str, digest: bytes | None) -> bool:
    return digest is not None and platform.shared_keys.matches("client-secret", secret, digest)
