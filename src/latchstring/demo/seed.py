"""What is there before the curtain rises. Whatever is there already stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec

from latchstring.accounts import credentials, organizations, people, roles
from latchstring.accounts.credentials import Holder
from latchstring.accounts.model import OrganizationKind
from latchstring.accounts.passwords import hash_password
from latchstring.accounts.store import organizations as organization_store
from latchstring.apps import clients, imports
from latchstring.apps import store as app_store
from latchstring.apps.clients import Smithy
from latchstring.apps.imports import Applied
from latchstring.apps.manifest import Manifest, read_manifest
from latchstring.audit.entries import Act
from latchstring.demo.cast import (
    CUSTOMER,
    DEVELOPER,
    EU_CUSTOMER,
    EU_MONITORS,
    EU_PEOPLE,
    HOST,
    INSTALLER,
    MONITORS,
    OTHER_CUSTOMER,
    PARTNER,
    PASSWORD,
    PEOPLE,
    REVIEWERS,
    Person,
)
from latchstring.demo.leftovers import clear
from latchstring.demo.publishing import Publishing
from latchstring.demo.remembered import Remembered, recall, remember
from latchstring.demo.stage import Stage
from latchstring.sample_host.monitor_document import Changed, new_document
from latchstring.sample_host.monitor_store import insert_monitor, list_monitors
from latchstring.storage.database import Transaction
from latchstring.web.platform import Platform

_MANIFEST_PORT = "http://localhost:8200"


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the walk has to know."""

    sandbox_id: UUID
    app_id: UUID
    test_client_id: UUID
    other_customer_id: UUID
    manifest: Manifest
    integration: Path
    remembered: Remembered


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the walk has to know of the other site."""

    sandbox_id: UUID
    remembered: Remembered


def manifest_of(folder: Path, partner_origin: str) -> Manifest:
    """The notifier's manifest, its addresses moved to where the notifier runs."""
    text = (folder / "manifest.json").read_text("utf-8")
    return read_manifest(text.replace(_MANIFEST_PORT, partner_origin).encode())


async def seed(platform: Platform, stage: Stage, manifest: Manifest, integration: Path) -> Seeded:
    """Organizations, people, monitors, the partner's app and its client, ready for the walk."""
    hashed = await hash_password(PASSWORD)
    async with platform.database.transaction() as tx:
        desk = _Desk(platform, tx, Act("host", platform.clock.now(), "demo"))
        ids = {name: await desk.organization(name) for name in (PARTNER, HOST, *MONITORS)}
        members = {person.email: await desk.person(person, ids, hashed) for person in PEOPLE}
        known = recall(stage.remembered)
        kept = await desk.credentials(known, Holder(ids[PARTNER], members[DEVELOPER.email]))
        host = {party: Holder(ids[HOST], members[person.email]) for party, person in REVIEWERS.items()}
        kept = await desk.reviewers(kept, host)
        reviewers = {party: members[person.email] for party, person in REVIEWERS.items()}
        publishing = Publishing(
            platform.house, tx, desk.act, ids[PARTNER], members[DEVELOPER.email], reviewers
        )
        applied = await desk.applied(ids[PARTNER], manifest)
        kept = await desk.client(kept, publishing, applied)
        await clear(tx, ids[CUSTOMER], UUID(kept.client_id), desk.act)
        await publishing.begin_again(platform.entropy, applied, ids[OTHER_CUSTOMER], members[INSTALLER.email])
    remember(stage.remembered, kept)
    for name, monitors in MONITORS.items():
        await _monitors(platform, ids[name], monitors)
    app_id, test_client_id = applied.app.id, applied.clients[0].client.id
    return Seeded(ids[PARTNER], app_id, test_client_id, ids[OTHER_CUSTOMER], manifest, integration, kept)


async def seed_eu(platform: Platform, stage: Stage, seeded: Seeded) -> Elsewhere:
    """The other site: a customer and the partner's sandbox there, which has no app until it is imported."""
    hashed = await hash_password(PASSWORD)
    async with platform.database.transaction() as tx:
        desk = _Desk(platform, tx, Act("host", platform.clock.now(), "demo"))
        ids = {name: await desk.organization(name) for name in (PARTNER, *EU_MONITORS)}
        members = {person.email: await desk.person(person, ids, hashed) for person in EU_PEOPLE}
        known = recall(stage.remembered_in_eu)
        kept = await desk.credentials(known, Holder(ids[PARTNER], members[DEVELOPER.email]))
        await desk.approve(ids[PARTNER], seeded.manifest)
        kept = await desk.imported(kept, ids[PARTNER], seeded.manifest)
        await clear(tx, ids[EU_CUSTOMER], UUID(seeded.remembered.client_id), desk.act)
    remember(stage.remembered_in_eu, kept)
    for name, monitors in EU_MONITORS.items():
        await _monitors(platform, ids[name], monitors)
    return Elsewhere(ids[PARTNER], kept)


@dataclass(frozen=True, slots=True)
class _Desk:
    platform: Platform
    tx: Transaction
    act: Act

    async def organization(self, name: str) -> UUID:
        found = await organization_store.named(self.tx, name)
        if found:
            return found[0].id
        kind: OrganizationKind = "sandbox" if name == PARTNER else "customer"
        subdomain = "acme" if name == CUSTOMER else None
        made = await organizations.create(
            self.tx,
            self.platform.contract,
            self.platform.entropy,
            self.act,
            name=name,
            kind=kind,
            subdomain=subdomain,
        )
        return made.id

    async def person(self, person: Person, organization_ids: dict[str, UUID], hashed: str) -> UUID:
        found = await people.find_by_email(self.tx, person.email)
        if found is not None:
            return found.id
        made = await people.create(
            self.tx,
            self.platform.entropy,
            self.act,
            email=person.email,
            name=person.name,
            password_hash=hashed,
        )
        for organization, role in person.roles:
            organization_id = organization_ids[organization]
            role_ids = await roles.named(self.tx, organization_id, [role])
            await people.put_member(self.tx, self.act, organization_id, made.id, role_ids)
        return made.id

    async def credentials(self, known: Remembered | None, developer: Holder) -> Remembered:
        if known is not None:
            return known
        operator = await self._mint("demo operator", None)
        return Remembered("", "", operator, await self._mint("demo developer", developer))

    async def _mint(self, name: str, holder: Holder | None) -> str:
        platform = self.platform
        minted = await credentials.mint(
            self.tx,
            platform.keys,
            platform.entropy,
            self.act,
            site=platform.site.key,
            name=name,
            holder=holder,
        )
        return minted.value

    async def reviewers(self, kept: Remembered, holders: Mapping[str, Holder]) -> Remembered:
        if kept.reviewers:
            return kept
        minted = {party: await self._mint(f"demo {party}", holder) for party, holder in holders.items()}
        return msgspec.structs.replace(kept, reviewers=minted)

    async def applied(self, sandbox_id: UUID, manifest: Manifest) -> Applied:
        """The partner's app and its test client as the manifest says, with the host's word for what is private."""
        await organizations.approve_partner(self.tx, self.act, sandbox_id)
        await self.approve(sandbox_id, manifest)
        return await imports.apply(
            self.tx, self.platform.contract, self.smithy, self.act, sandbox_id, manifest
        )

    async def client(self, kept: Remembered, publishing: Publishing, applied: Applied) -> Remembered:
        """The published client, reviewed as any other, with a secret that is known."""
        published = await publishing.published(applied.app.id)
        if published is None:
            made = await publishing.publish(applied.app.id, applied.clients[0].client.id)
            return _with_client(kept, str(made.client_id), made.client_secret or "")
        if kept.client_id == str(published):
            return kept
        renewed = await clients.regenerate_secret(
            self.tx, self.smithy, self.act, publishing.sandbox_id, published
        )
        return _with_client(kept, str(published), renewed.client_secret)

    async def approve(self, sandbox_id: UUID, manifest: Manifest) -> None:
        """The host's word that this partner may ask for private scopes."""
        contract = self.platform.contract
        for scope in manifest.clients[0].scopes or ():
            if contract.scopes[scope].private:
                await organizations.approve_private_scope(self.tx, contract, self.act, sandbox_id, scope)

    async def imported(self, kept: Remembered, sandbox_id: UUID, manifest: Manifest) -> Remembered:
        """The client that an earlier walk imported, with a secret that is known."""
        app = await app_store.find_app_by_name(self.tx, sandbox_id, manifest.app_name)
        owned = await app_store.clients(self.tx, sandbox_id, app.id, None, 20) if app else []
        if not owned:
            return _with_client(kept, "", "")
        if kept.client_id == str(owned[0].id):
            return kept
        made = await clients.regenerate_secret(self.tx, self.smithy, self.act, sandbox_id, owned[0].id)
        return _with_client(kept, str(owned[0].id), made.client_secret)

    @property
    def smithy(self) -> Smithy:
        return Smithy(self.platform.shared_keys, self.platform.entropy, self.platform.site.key)


def _with_client(kept: Remembered, client_id: str, secret: str) -> Remembered:
    return msgspec.structs.replace(kept, client_id=client_id, client_secret=secret)


async def _monitors(platform: Platform, organization_id: UUID, monitors: tuple[tuple[str, str], ...]) -> None:
    listed = await list_monitors(
        platform.database,
        organization_id,
        name_like="",
        tags=(),
        scopes=(),
        above_id=0,
        offset=0,
        limit=1_000,
    )
    known = {row["name"] for row in listed}
    for name, query in monitors:
        if name not in known:
            document = new_document(Changed(name=name, type="metric alert", query=query, tags=["demo"]))
            await insert_monitor(
                platform.database,
                organization_id,
                document,
                creator_id=None,
                now=platform.clock.now(),
                most=1_000,
            )
