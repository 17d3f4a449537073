"""How the copying between sites goes, seen from one database alone: what arrives here, and what leaves."""

from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec

from latchstring.sites.replication import slot_prefix, subscription_of
from latchstring.storage.database import Database, Row, Transaction

State: TypeAlias = Literal["ok", "copying", "cut", "off", "missing", "lost"]


class Arriving(msgspec.Struct, frozen=True):
    """What is received from a site. `cut`: tried again and again, without success; `off`: switched off here."""

    state: State
    errors: int
    conflicts: int
    last_heard_at: datetime | None


class Leaving(msgspec.Struct, frozen=True):
    """What another site takes from here. `behind_bytes`: how much of our log it has not confirmed."""

    state: State
    behind_bytes: int | None


class PeerState(msgspec.Struct, frozen=True):
    """What another site runs, as far as it has told."""

    release: str
    schema: str
    contract: str
    #: The newest of its shared keys is known here: secrets that were made there can be checked.
    shares_keys: bool


class Standing(msgspec.Struct, frozen=True):
    """This site and one other."""

    site: str
    arriving: Arriving
    leaving: Leaving
    runs: PeerState | None

    @property
    def problems(self) -> tuple[str, ...]:
        """What an operator should look at."""
        found = []
        if self.arriving.state not in ("ok", "copying"):
            found.append(f"nothing arrives from {self.site}: {self.arriving.state}")
        if self.leaving.state not in ("ok", "copying"):
            found.append(f"{self.site} takes nothing from here: {self.leaving.state}")
        if self.runs is not None and not self.runs.shares_keys:
            found.append(f"{self.site} has another shared key: its published clients can't authenticate here")
        return tuple(found)


_ARRIVING = """
SELECT s.subname, s.subenabled, w.last_msg_receipt_time AS heard, w.pid IS NOT NULL AS works,
    (SELECT count(*) FROM pg_subscription_rel r WHERE r.srsubid = s.oid AND r.srsubstate <> 'r') AS copying,
    to_jsonb(t) AS counted
FROM pg_subscription s
JOIN pg_database d ON d.oid = s.subdbid AND d.datname = current_database()
LEFT JOIN pg_stat_subscription w ON w.subid = s.oid AND w.relid IS NULL AND w.leader_pid IS NULL
LEFT JOIN pg_stat_subscription_stats t ON t.subid = s.oid"""

_LEAVING = """
SELECT s.slot_name, s.active, s.wal_status,
    pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn)::int8 AS behind
FROM pg_replication_slots s
WHERE s.database = current_database() AND starts_with(s.slot_name, $1) AND NOT s.temporary"""

_RUNS = "SELECT home_site, release, schema, contract, shared_keys FROM site_states"


async def standings(database: Database | Transaction, site: str, peers: list[str]) -> list[Standing]:
    """How it goes with each of the other sites."""
    read = database.rows if isinstance(database, Transaction) else database.fetch
    arriving = {row["subname"]: row for row in await read(_ARRIVING)}
    leaving = await read(_LEAVING, slot_prefix(site))
    states = {row["home_site"]: row for row in await read(_RUNS)}
    own = states.get(site)
    return [
        Standing(
            peer,
            _arriving(arriving.get(subscription_of(peer))),
            _leaving(_slot_of(leaving, site, peer)),
            _runs(states.get(peer), own),
        )
        for peer in peers
    ]


def _arriving(row: Row | None) -> Arriving:
    if row is None:
        return Arriving("missing", 0, 0, None)
    counted: dict[str, Any] = row["counted"] or {}
    errors = sum(value or 0 for name, value in counted.items() if name.endswith("_error_count"))
    conflicts = sum(value or 0 for name, value in counted.items() if name.startswith("confl_"))
    state: State = "off" if not row["subenabled"] else "ok" if row["works"] else "cut"
    if state == "ok" and row["copying"]:
        state = "copying"
    return Arriving(state, errors, conflicts, row["heard"])


def _slot_of(rows: list[Row], site: str, peer: str) -> Row | None:
    return next((row for row in rows if row["slot_name"].startswith(f"{slot_prefix(site)}{peer}_")), None)


def _leaving(row: Row | None) -> Leaving:
    if row is None:
        return Leaving("missing", None)
    state: State = "lost" if row["wal_status"] == "lost" else "ok" if row["active"] else "cut"
    return Leaving(state, row["behind"])


def _runs(row: Row | None, own: Row | None) -> PeerState | None:
    if row is None:
        return None
    theirs, ours = row["shared_keys"], own["shared_keys"] if own else []
    shares = not theirs or not ours or theirs[-1] in ours
    return PeerState(row["release"], row["schema"], row["contract"], shares)
