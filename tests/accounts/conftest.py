"""What the tests of accounts stand on: keys, a contract, and short ways to make organizations and people."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from latchstring.accounts import organizations, people, roles
from latchstring.accounts.model import Organization, User
from latchstring.accounts.sessions import Lifetimes
from latchstring.accounts.sign_in import Limits
from latchstring.audit.entries import Act
from latchstring.contract.load import load_contract, shipped_contract_path
from latchstring.contract.model import Contract
from latchstring.kit.entropy import SystemEntropy
from latchstring.storage.database import Database, Transaction
from latchstring.storage.keys import Key, KeyRing

CONTRACT = load_contract(shipped_contract_path())
LIMITS = Limits(3, timedelta(minutes=15))
LIFETIMES = Lifetimes(timedelta(days=14), timedelta(days=1))


@dataclass
class Office:
    """A host's office: what administration needs, with a clock that is moved by hand."""

    database: Database
    contract: Contract = CONTRACT
    entropy: SystemEntropy = field(default_factory=SystemEntropy)
    keys: KeyRing = field(default_factory=lambda: KeyRing([Key(1, "11" * 32)]))
    now: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)
    _people: int = 0

    @property
    def act(self) -> Act:
        """The host acts now."""
        return Act("host", self.now, "r1")

    def tx(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction."""
        return self.database.transaction()

    def move(self, **units: float) -> None:
        """Let time pass."""
        self.now += timedelta(**units)

    async def organization(self, name: str = "Acme", **more: str) -> Organization:
        """A new organization."""
        async with self.tx() as tx:
            return await organizations.create(
                tx,
                self.contract,
                self.entropy,
                self.act,
                name=name,
                **more,  # type: ignore[arg-type]
            )

    async def user(self, password_hash: str | None = None) -> User:
        """A new person."""
        self._people += 1
        async with self.tx() as tx:
            return await people.create(
                tx,
                self.entropy,
                self.act,
                email=f"Person{self._people}@example.com",
                name="Mina Park",
                password_hash=password_hash,
            )

    async def join(self, organization_id: UUID, user_id: UUID, *names: str) -> None:
        """Make somebody a member with these roles."""
        async with self.tx() as tx:
            ids = await roles.named(tx, organization_id, names)
            await people.put_member(tx, self.act, organization_id, user_id, ids)

    async def permissions(self, organization_id: UUID, user_id: UUID) -> frozenset[str]:
        """What somebody may do in an organization now."""
        found = await self.database.fetch(
            "SELECT p.permissions FROM memberships m JOIN permission_sets p ON p.id = m.permission_set"
            " WHERE m.organization_id = $1 AND m.user_id = $2",
            organization_id,
            user_id,
        )
        return frozenset(found[0]["permissions"])

    async def audited(self, organization_id: UUID) -> list[str]:
        """The actions in an organization's log, oldest first."""
        rows = await self.database.fetch(
            "SELECT action FROM audit_entries WHERE organization_id = $1 ORDER BY id", organization_id
        )
        return [row["action"] for row in rows]


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    """An office on this test's database."""
    yield Office(database)
