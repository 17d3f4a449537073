"""What a submission proposes: the fields of a client, or who is to see the tile. Checked, written and read here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import msgspec

from latchstring.accounts.refused import Refused
from latchstring.apps.checks import checked_client
from latchstring.apps.model import ClientFields
from latchstring.contract.model import Contract
from latchstring.protocol.redirect_uri import LONGEST, problem_with, problem_with_onboarding_url
from latchstring.publishing.model import Audience

MOST_ORGANIZATIONS = 100
_WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Reach:
    """Who is to see the tile: everyone, or some organizations first."""

    audience: Audience
    organizations: tuple[UUID, ...] = ()


def written(proposed: ClientFields | Reach) -> Mapping[str, Any]:
    """How a proposal is stored."""
    values: Mapping[str, Any] = msgspec.to_builtins(asdict(proposed))
    return values


def client_fields(proposed: Mapping[str, Any]) -> ClientFields:
    """The fields of a client as they were stored."""
    return msgspec.convert(proposed, ClientFields)


def reach(proposed: Mapping[str, Any]) -> Reach:
    """The audience as it was stored."""
    return msgspec.convert(proposed, Reach)


def checked_proposal(
    fields: ClientFields, contract: Contract, approved: frozenset[str], *, loopback: bool = False
) -> ClientFields:
    """The fields of a client that customers will use: no plain http, at least one redirect URI and one scope.

    Raises:
        Refused: one can't be so; it is named.
    """
    problems = problems_with_proposal(fields, contract, approved, loopback=loopback)
    if problems:
        raise problems[0]
    return checked_client(fields, contract, approved)


def problems_with_proposal(
    fields: ClientFields, contract: Contract, approved: frozenset[str], *, loopback: bool = False
) -> list[Refused]:
    """Everything that keeps these fields from being published. `loopback`: plain http of this machine does not."""
    found = [*_with_addresses(fields, loopback), *_with_scopes(fields.scopes)]
    try:
        checked_client(
            replace(fields, redirect_uris=tuple(dict.fromkeys(fields.redirect_uris))), contract, approved
        )
    except Refused as refused:
        found.append(refused)
    return found


def _with_addresses(fields: ClientFields, loopback: bool) -> list[Refused]:
    found = [
        Refused(problem, field=f"redirect_uris/{place}")
        for place, uri in enumerate(fields.redirect_uris)
        if (problem := problem_with(uri, test_client=loopback))
    ]
    if not fields.redirect_uris:
        found.append(Refused("must be at least one", field="redirect_uris"))
    if fields.onboarding_url and (
        problem := problem_with_onboarding_url(fields.onboarding_url, test_client=loopback)
    ):
        found.append(Refused(problem, field="onboarding_url"))
    return found


def _with_scopes(scopes: Sequence[str]) -> list[Refused]:
    return [] if scopes else [Refused("must be at least one", field="scopes")]


def checked_reach(asked: Reach) -> Reach:
    """Who is to see the tile.

    Raises:
        Refused: nobody is named, too many are, or it says sandbox.
    """
    if asked.audience == "sandbox":
        raise Refused("must be everyone or named", field="audience")
    if asked.audience == "everyone":
        return Reach("everyone")
    named = tuple(dict.fromkeys(asked.organizations))
    if not 1 <= len(named) <= MOST_ORGANIZATIONS:
        raise Refused(f"must be 1 to {MOST_ORGANIZATIONS} organizations", field="organizations")
    return Reach("named", named)


def checked_link(link: str) -> str:
    """Where the integration's folder or pull request is: an address to look at, which nothing here ever fetches.

    Raises:
        Refused: it is no http(s) address.
    """
    link = link.strip()
    if link and (
        len(link) > LONGEST
        or not link.lower().startswith(_WEB)
        or problem_with(link.partition("#")[0].replace("http://", "https://", 1), test_client=False)
    ):
        raise Refused("must be an address such as https://example.com/pull/1", field="link")
    return link
