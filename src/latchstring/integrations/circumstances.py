"""What a consent depends on besides the request: the organization's app policy, whether the flow began at the tile, what
the same person has allowed before, and the client's logo. One question to the database for all who ask, and one
judgement for each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from latchstring.storage.database import Database

#: Why a person can't allow: the app is blocked by a rule, is not on the allow-list, asks for nothing within the limit,
#: or the flow began at the tile and the person lacks a permission.
Hindrance = Literal["blocked", "not_listed", "beyond_limit", "lacking"]

#: Of somebody's earlier consents to a client, the newest so many are looked at.
_READ = """
SELECT h.blocked, h.withheld, r.rule IS NOT DISTINCT FROM 'block' AS by_rule,
    EXISTS (SELECT FROM tile_connections t WHERE t.organization_id = asked.organization AND t.user_id = asked.person
        AND t.client_id = asked.client AND t.expires_at > $5) AS from_tile,
    ARRAY(SELECT DISTINCT scope FROM (SELECT revision, scopes FROM authorizations
            WHERE organization_id = asked.organization AND user_id = asked.person AND client_id = asked.client
                AND state = 'active' ORDER BY redeemed_at DESC LIMIT 50) a, unnest(a.scopes) scope
        WHERE coalesce(c.scopes_since[array_position(c.scopes, scope)], 0) <= a.revision) AS held,
    CASE c.kind
        WHEN 'test' THEN (SELECT extract(epoch FROM updated_at)::bigint FROM apps
            WHERE organization_id = c.organization_id AND id = c.app_id AND logo IS NOT NULL)
        ELSE (SELECT extract(epoch FROM updated_at)::bigint FROM integrations
            WHERE client_id = c.id AND logo IS NOT NULL LIMIT 1)
    END AS logo_version
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
    WITH ORDINALITY AS asked (organization, person, client, scopes, place)
CROSS JOIN LATERAL held_back(asked.organization, asked.client, string_to_array(asked.scopes, ' ')) h
LEFT JOIN clients c ON c.id = asked.client
LEFT JOIN app_rules r ON r.organization_id = asked.organization AND r.client_id = asked.client
ORDER BY asked.place
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A person of an organization before the question of a client, and the scopes that it asks for."""

    organization_id: UUID
    user_id: UUID
    client_id: UUID
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is to know about a case. `held`: what live authorizations of the same person carry already;
    `logo_version`: changes whenever the client's logo does, None without one."""

    blocked: bool
    by_rule: bool
    withheld: frozenset[str]
    from_tile: bool
    held: frozenset[str]
    logo_version: int | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`scopes`: what may be allowed of what was asked; `withheld`: what the organization takes away. `held`: what live
    authorizations of the same person carry already. `from_tile`: they pressed Connect Accounts within the hour."""

    scopes: tuple[str, ...]
    withheld: tuple[str, ...]
    held: frozenset[str]
    from_tile: bool
    hindrance: Hindrance | None
    logo_version: int | None

    @property
    def is_policy(self) -> bool:
        """Whether it is the organization's app policy that hinders."""
        return self.hindrance in ("blocked", "not_listed", "beyond_limit")

    @property
    def new(self) -> tuple[str, ...]:
        """What of the scopes would be new, where some are not: consent to the difference (B4)."""
        new = tuple(scope for scope in self.scopes if scope not in self.held)
        return new if len(new) < len(self.scopes) else ()


async def look_into(database: Database, cases: list[Case], now: datetime) -> list[Findings]:
    """What there is to know about each of the cases, in their order, read in one query."""
    rows = await database.fetch(
        _READ,
        [case.organization_id for case in cases],
        [case.user_id for case in cases],
        [case.client_id for case in cases],
        [" ".join(case.scopes) for case in cases],
        now,
    )
    return [
        Findings(
            row["blocked"],
            row["by_rule"],
            frozenset(row["withheld"]),
            row["from_tile"],
            frozenset(row["held"]),
            row["logo_version"],
        )
        for row in rows
    ]


def circumstances(case: Case, found: Findings, permissions: frozenset[str]) -> Circumstances:
    """How the consent of the person, with the permissions that they hold, stands in their organization."""
    left = tuple(scope for scope in case.scopes if scope not in found.withheld)
    taken = tuple(scope for scope in case.scopes if scope in found.withheld)
    hindrance: Hindrance | None = None
    if found.blocked:
        hindrance = "blocked" if found.by_rule else "not_listed"
    elif not left:
        hindrance = "beyond_limit"
    elif found.from_tile and not permissions.issuperset(left):
        hindrance = "lacking"
    return Circumstances(
        left or case.scopes, taken, found.held, found.from_tile, hindrance, found.logo_version
    )
