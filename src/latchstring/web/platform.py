"""Everything a request may need, assembled by `wiring.py`."""

from dataclasses import dataclass
from uuid import UUID

from latchstring.access.attempts import Attempts
from latchstring.access.attribution import Attribution
from latchstring.access.elsewhere import Elsewhere
from latchstring.access.introspect import Introspection
from latchstring.access.law import Law
from latchstring.access.resource_servers import KnownServer
from latchstring.accounts.choices import Choice
from latchstring.accounts.sessions import BrowserSession, Lifetimes
from latchstring.accounts.sign_in import Limits
from latchstring.apps.clients import Smithy
from latchstring.apps.lookup import Client
from latchstring.apps.recorder import Recorder
from latchstring.audit.calls import Calls
from latchstring.audit.refusals import Refusals
from latchstring.contract.model import Contract
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Mint
from latchstring.integrations.circumstances import Case, Findings
from latchstring.kit.clock import Clock
from latchstring.kit.entropy import Entropy
from latchstring.publishing.desk import House
from latchstring.settings import Settings, parties_of
from latchstring.sites.configured import sites_of
from latchstring.sites.model import Site
from latchstring.storage.database import Database
from latchstring.storage.gather import Gather
from latchstring.storage.keys import KeyRing
from latchstring.storage.leases import Leases


@dataclass(frozen=True, slots=True)
class Platform:
    """One site, in one process."""

    settings: Settings
    site: Site
    sites: tuple[Site, ...]
    clock: Clock
    entropy: Entropy
    keys: KeyRing
    shared_keys: KeyRing
    contract: Contract
    database: Database
    batched: Database
    quick: Database
    clients: Leases[UUID, Client]
    resource_servers: Leases[UUID, KnownServer]
    sessions: Leases[bytes, BrowserSession]
    choices: Leases[UUID, tuple[Choice, ...]]
    circumstances: Gather[Case, Findings]
    ledger: Ledger
    mint: Mint
    law: Law
    introspection: Introspection
    attempts: Attempts
    refusals: Refusals
    attribution: Attribution
    elsewhere: Elsewhere
    calls: Calls
    recorder: Recorder
    sign_in_limits: Limits
    session_lifetimes: Lifetimes

    @property
    def house(self) -> House:
        """What publishing needs to know of the host and this site."""
        smithy = Smithy(self.shared_keys, self.entropy, self.site.key)
        return House(self.contract, smithy, parties_of(self.settings), self.settings.publish_loopback_clients)

    @property
    def other_sites(self) -> frozenset[str]:
        """The keys of the host's other sites."""
        return frozenset(site.key for site in sites_of(self.settings)) - {self.site.key}

    async def close(self) -> None:
        """Write what is still to be written, and give the connections back."""
        try:
            await self.calls.write()
        finally:
            await self.database.close()
            await self.batched.close()
            await self.quick.close()
