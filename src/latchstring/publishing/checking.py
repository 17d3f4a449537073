"""The checks of a submission: what the site knows of the app is brought together with the folder."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import msgspec

from latchstring.apps import apps
from latchstring.apps import store as apps_store
from latchstring.apps.coverage import Coverage, Exercised, coverage
from latchstring.apps.coverage_store import exercised
from latchstring.apps.model import ClientFields
from latchstring.contract.model import Contract
from latchstring.publishing import proposal
from latchstring.publishing.check import Check, Registered, check_all
from latchstring.publishing.desk import House
from latchstring.publishing.folder import Folder
from latchstring.publishing.model import Submission
from latchstring.storage.database import Transaction

_MOST_CLIENTS = 100


async def checks_of(tx: Transaction, house: House, submission: Submission) -> list[Check]:
    """Every check of a submission as things are now; what publishes no client has none."""
    if submission.kind != "client":
        return []
    fields = proposal.client_fields(submission.proposed)
    folder = Folder.stored(submission.folder) if submission.folder else None
    known = await registered(
        tx, house, submission.organization_id, submission.app_id, fields, str(submission.client_id)
    )
    return check_all(folder, known)


async def registered(
    tx: Transaction,
    house: House,
    organization_id: UUID,
    app_id: UUID,
    fields: ClientFields,
    client_id: str | None,
) -> Registered:
    """What the site knows of an app and the client that would be published."""
    app = await apps.get(tx, organization_id, app_id)
    covered = await coverage_of(tx, house.contract, organization_id, app_id, fields)
    return Registered(fields, client_id, app.stable_at is not None, covered, house.loopback)


async def coverage_of(
    tx: Transaction, contract: Contract, organization_id: UUID, app_id: UUID, fields: ClientFields
) -> Coverage:
    """Which of the scopes were used in the sandbox, by whichever client of the app."""
    counts: list[Exercised] = []
    for client in await apps_store.clients(tx, organization_id, app_id, None, _MOST_CLIENTS):
        counts += await exercised(tx, organization_id, client.id)
    return coverage(contract, fields.scopes, counts)


def written(checks: list[Check]) -> list[Mapping[str, Any]]:
    """How the outcome of checks is stored."""
    return [asdict(check) for check in checks]


def read(stored: list[Mapping[str, Any]]) -> list[Check]:
    """The outcome of checks as it was stored."""
    return msgspec.convert(stored, list[Check])
