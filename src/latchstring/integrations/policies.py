"""What an organization allows apps to do, whoever of its people says yes; and what another policy would change.

The rule itself is the SQL function `held_back`. A dry run is the real thing, rolled back, so it can't be wrong.
"""

from typing import Literal
from uuid import UUID

from msgspec import Struct

from latchstring.accounts.refused import Missing, Refused
from latchstring.audit.entries import Act, record
from latchstring.contract.model import Contract
from latchstring.integrations import policy_store
from latchstring.integrations.consequences import Consequences, consequences
from latchstring.storage.database import Transaction

Mode = Literal["any", "allow_list"]
RuleKind = Literal["allow", "block"]
MOST_RULES = 500


class Rule(Struct, frozen=True):
    """What the organization says of one app. `ceiling`: the scopes that it may use at most; null for no limit."""

    client_id: UUID
    rule: RuleKind
    ceiling: tuple[str, ...] | None = None


class Policy(Struct, frozen=True):
    """An organization's app policy. `mode`: any app, or only those that a rule allows. `ceiling`: the scopes that any
    app may use at most; null for no limit."""

    mode: Mode = "any"
    ceiling: tuple[str, ...] | None = None
    rules: tuple[Rule, ...] = ()


async def read(tx: Transaction, organization_id: UUID) -> Policy:
    """The policy in force; without one every app is allowed everything that a person allows it."""
    mode, ceiling = await policy_store.read_mode(tx, organization_id)
    rules = [
        Rule(client_id, "block" if rule == "block" else "allow", limit)
        for client_id, rule, limit in await policy_store.read_rules(tx, organization_id)
    ]
    return Policy("allow_list" if mode == "allow_list" else "any", ceiling, tuple(rules))


async def dry_run(
    tx: Transaction, contract: Contract, act: Act, organization_id: UUID, policy: Policy
) -> Consequences:
    """What this policy would change if it were saved now. Nothing is changed.

    Raises:
        Refused: it names a scope or an app that does not exist.
    """
    await _check(tx, contract, organization_id, policy)
    await tx.execute("SAVEPOINT dry_run")
    try:
        await policy_store.write(tx, organization_id, policy, None, act.at)
        changed = await policy_store.apply(tx, organization_id, act.at)
        return await consequences(tx, contract, organization_id, changed, act.at)
    finally:
        await tx.execute("ROLLBACK TO SAVEPOINT dry_run")


async def save(
    tx: Transaction, contract: Contract, act: Act, organization_id: UUID, policy: Policy, by: UUID | None
) -> Consequences:
    """Put the policy in force. When the transaction is done, no process acts on the old one.

    Raises:
        Refused: it names a scope or an app that does not exist.
    """
    await _check(tx, contract, organization_id, policy)
    tx.revokes()
    before = await read(tx, organization_id)
    await policy_store.wait_for_consents(tx, organization_id)
    await policy_store.write(tx, organization_id, policy, by, act.at)
    changed = await policy_store.apply(tx, organization_id, act.at)
    if policy != before:
        details = {"mode": policy.mode, "ceiling": policy.ceiling, "rules": len(policy.rules)}
        changes = {"authorizations": len(changed.authorizations), "api_keys": len(changed.api_keys)}
        await record(tx, act, organization_id, "policy.changed", details={**details, "changed": changes})
    return await consequences(tx, contract, organization_id, changed, act.at)


async def _check(tx: Transaction, contract: Contract, organization_id: UUID, policy: Policy) -> None:
    if len(policy.rules) > MOST_RULES:
        raise Refused(f"must not have more than {MOST_RULES} rules", field="rules")
    ids = [rule.client_id for rule in policy.rules]
    if len(set(ids)) < len(ids):
        raise Refused("name an app twice", field="rules")
    _check_scopes(contract, policy.ceiling, "ceiling")
    for place, rule in enumerate(policy.rules):
        _check_scopes(contract, rule.ceiling, f"rules.{place}.ceiling")
    if await policy_store.unknown_clients(tx, organization_id, ids):
        raise Missing("app", field="rules")


def _check_scopes(contract: Contract, ceiling: tuple[str, ...] | None, field: str) -> None:
    if unknown := sorted(set(ceiling or ()) - contract.scope_names):
        raise Refused(f"there is no scope {unknown[0][:100]}", field=field)
