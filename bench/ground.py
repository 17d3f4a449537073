"""What is measured upon: a PostgreSQL of its own, and in it people, clients, authorizations and real tokens."""

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from latchstring.accounts import organizations, people, roles, sessions
from latchstring.api_keys.create import create as create_key
from latchstring.apps import apps, clients
from latchstring.apps.clients import Smithy
from latchstring.apps.model import AppFields, ClientFields
from latchstring.audit.entries import Act
from latchstring.grants.model import Authorization
from latchstring.grants.steps import Consent, Redemption
from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import Settings
from latchstring.storage import embedded
from latchstring.web import cookies
from latchstring.web.platform import Platform
from latchstring.wiring import assemble, prepare

ORGANIZATIONS, PEOPLE, EACH = 20, 25, 4
AUTHORIZATIONS = ORGANIZATIONS * PEOPLE * EACH
TO_REVOKE, BUSY = 24, 32
REDIRECT = "https://notifier.example/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = ("monitors_read", "events_read", "api_keys_write")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the data is, and the files that the load is made of: one token or cookie in each line."""

    folder: Path
    dsn: str
    client_id: str
    client_secret: str
    api_key: str

    def file(self, name: str) -> Path:
        """One of the files: `access`, `busy` (a few of those), `refresh`, `revoke` or `cookies`."""
        return self.folder / f"{name}.txt"


@contextmanager
def prepared(folder: Path) -> Iterator[Ground]:
    """A fresh server and database in `folder` with everything in it; the server ends with the block."""
    server = embedded.start_embedded(folder / "postgres")
    try:
        yield asyncio.run(_fill(folder, asyncio.run(embedded.ensure_database(server, "bench"))))
    finally:
        server.cleanup()


class _Numbered(SystemEntropy):
    """Organizations and authorizations are numbered, so that pgbench can name their rows too."""

    def __init__(self, number: int) -> None:
        self._number = number

    def uuid(self) -> UUID:
        """The UUID of the number."""
        return UUID(int=self._number)


async def _fill(folder: Path, dsn: str) -> Ground:
    settings = Settings(data_dir=str(folder))
    await prepare(settings, dsn)
    platform = await assemble(settings, dsn)
    try:
        ground = await _people(platform, folder, dsn)
        for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
            await platform.database.fetch(statement)
        return ground
    finally:
        await platform.close()


async def _people(platform: Platform, folder: Path, dsn: str) -> Ground:
    client_id, client_secret = await _client(platform)
    members = [member for number in range(ORGANIZATIONS) for member in await _organization(platform, number)]
    found = await _authorizations(platform, client_id, members)
    now = platform.clock.now()
    key = await _api_key(platform, found[0])
    ground = Ground(folder, dsn, str(client_id), client_secret, key)
    pairs = [platform.mint.pair(one, 1, one.granted, now) for one in found]
    ground.file("access").write_text("".join(f"{pair.access_token}\n" for pair in pairs))
    ground.file("busy").write_text("".join(f"{pair.access_token}\n" for pair in pairs[:BUSY]))
    ground.file("refresh").write_text("".join(f"{pair.refresh_token}\n" for pair in pairs))
    spent = (platform.mint.pair(one, 1, one.granted, now) for _ in range(TO_REVOKE) for one in found)
    ground.file("revoke").write_text("".join(f"{pair.access_token}\n" for pair in spent))
    ground.file("cookies").write_text("".join(await _sessions(platform, [user for _, user in members])))
    return ground


async def _client(platform: Platform) -> tuple[UUID, str]:
    """A partner with a published client."""
    act = _act(platform)
    async with platform.database.transaction() as tx:
        made = await organizations.create(
            tx, platform.contract, platform.entropy, act, name="Pagewell", kind="sandbox"
        )
        for scope in SCOPES:
            if platform.contract.scopes[scope].private:
                await organizations.approve_private_scope(tx, platform.contract, act, made.id, scope)
        app = await apps.create(tx, platform.entropy, act, made.id, AppFields("On-call Notifier"))
        smithy = Smithy(platform.shared_keys, platform.entropy, platform.site.key)
        fields = ClientFields("On-call Notifier", "", (REDIRECT,), "https://notifier.example/start", SCOPES)
        client = await clients.create(tx, platform.contract, smithy, act, made.id, app.id, fields)
        await tx.execute(
            "UPDATE clients SET kind = 'published', partner_verified = true, published_at = now()"
        )
    return client.client.id, client.client_secret


async def _organization(platform: Platform, number: int) -> list[tuple[UUID, UUID]]:
    """An organization with people in it, as pairs of organization and user."""
    act, members = _act(platform), []
    async with platform.database.transaction() as tx:
        made = await organizations.create(
            tx, platform.contract, _Numbered(number), act, name=f"Organization {number}"
        )
        admin = await roles.named(tx, made.id, ["Admin"])
        for place in range(PEOPLE):
            email, name = f"person-{number}-{place}@example.com", f"Person {number} {place}"
            user = await people.create(tx, platform.entropy, act, email=email, name=name)
            await people.put_member(tx, act, made.id, user.id, admin)
            members.append((made.id, user.id))
    return members


async def _authorizations(
    platform: Platform, client_id: UUID, members: list[tuple[UUID, UUID]]
) -> list[Authorization]:
    """Several redeemed authorizations of each person."""
    now = platform.clock.now()
    consents = [
        _consent(platform, client_id, members[number % len(members)], number, now)
        for number in range(AUTHORIZATIONS)
    ]
    ledger = platform.ledger
    await asyncio.gather(*(ledger.consent(c) for c in consents))
    redemptions = (Redemption(c.organization_id, c.id, "bench", "bench") for c in consents)
    await asyncio.gather(*(ledger.redeem(redemption) for redemption in redemptions))
    found = [await ledger.find_fresh(c.organization_id.bytes + c.id.bytes) for c in consents]
    return [one for one in found if one is not None]


def _consent(
    platform: Platform, client_id: UUID, member: tuple[UUID, UUID], number: int, now: datetime
) -> Consent:
    return Consent(
        organization_id=member[0],
        id=UUID(int=number),
        client_id=client_id,
        user_id=member[1],
        scope=" ".join(SCOPES),
        secret=platform.entropy.bytes(16),
        revision=1,
        initiated_by="partner",
        redirect_uri=REDIRECT,
        code_challenge=CHALLENGE,
        expires_at=now + platform.mint.lifetimes.code,
        at=now,
        request_id="bench",
    )


async def _api_key(platform: Platform, of: Authorization) -> str:
    async with platform.database.transaction() as tx:
        created = await create_key(
            tx,
            platform.keys,
            platform.entropy,
            _act(platform),
            organization_id=of.organization_id,
            authorization_id=of.id,
            client_id=of.client_id,
        )
    if created is None:
        raise RuntimeError("the fresh database has an API key already")
    return created.value


async def _sessions(platform: Platform, users: list[UUID]) -> list[str]:
    """A signed-in browser for each person, as `Cookie` headers."""
    name, now = cookies.name_of(cookies.SESSION, platform.site), platform.clock.now()
    lines = []
    async with platform.database.transaction() as tx:
        for user in users:
            cookie = await sessions.begin(
                tx, platform.keys, platform.entropy, now, user, lifetimes=platform.session_lifetimes
            )
            lines.append(f"{name}={cookie}\n")
    return lines


def _act(platform: Platform) -> Act:
    return Act("host", platform.clock.now(), "bench")
