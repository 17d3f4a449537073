"""The law of an API call, in the order in which it is applied.

1  the host names the API itself, not an organization's subdomain
2  the operation exists in the contract
3  operations that take an API key: the key is live
4  all others: an access token, in the header alone, and no application key
5  the token is well-formed, an access token, of this site, and ours
6  its authorization is active, it is not expired and not revoked by itself
7  its user, membership, client and organization are in force
8  the token's scopes satisfy the operation
9  the user's permissions, as they are now, satisfy it too
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from latchstring.access.caller import Call, Caller
from latchstring.api_keys.model import LiveKey, digests_of, is_key
from latchstring.audit.calls import Source
from latchstring.contract.model import Contract, Lacks, Match, Operation
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Mint
from latchstring.grants.model import Active, Authorization
from latchstring.grants.standing import Standing
from latchstring.protocol import faults, tokens
from latchstring.protocol.faults import Refusal
from latchstring.protocol.rehearsal import Watch, rehearse
from latchstring.sites.model import Site
from latchstring.storage.leases import Leases


class Presented(msgspec.Struct, frozen=True):
    """What a call brings to be judged: all that the law looks at."""

    method: str
    path: str
    authority: str
    authorization: str | None
    api_key: str | None
    application_key: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """The contract has no such operation; `allowed` are the methods that the path does have."""

    allowed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that may not go on, the operation it was for, and the client if one was proven."""

    refusal: Refusal
    operation: Operation | None
    client_id: UUID | None


class _Proven(msgspec.Struct, frozen=True):
    """What was found of an access token. It stays true for as long as its row has this secret, so a token that is
    used again need not be taken apart again; whether it is in force is asked each time."""

    name: bytes
    secret: bytes
    access: tokens.Access


class Law:
    """Applies the law; the only place that does."""

    def __init__(
        self,
        contract: Contract,
        ledger: Ledger,
        mint: Mint,
        api_keys: Leases[bytes, LiveKey],
        *,
        site: Site,
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self._contract = contract
        self._ledger = ledger
        self._mint = mint
        self._api_keys = api_keys
        self._subdomains = "." + site.domain
        self._api_authority = site.api_authority
        self._ours = site.api_authorities
        self._origins = origins or {}
        self._proven: dict[str, _Proven] = {}
        self._admitted: Standing[Presented, Call] = Standing(ledger)

    def readmit(self, presented: Presented, now: datetime) -> Call | None:
        """What `admit` would answer, where that is known without waiting."""
        return self._admitted.held(presented, now)

    async def admit(self, presented: Presented, now: datetime) -> Call | Refused | Unknown:
        """Whether this call may go on, and as whom."""
        admitted = await self._admitted.answer(presented, now)
        return admitted if admitted is not None else await self._judge(presented, now)

    async def _judge(self, presented: Presented, now: datetime) -> Call | Refused | Unknown:
        if self._names_a_subdomain(presented.authority):
            noted = {"received": presented.authority, "expected": self._api_authority}
            return Refused(Refusal(faults.SUBDOMAIN_IN_API_HOST, noted), None, None)
        match = self._contract.match(presented.method, presented.path)
        if match is None:
            return Unknown(self._contract.methods_of(presented.path))
        if _takes_the_key(match.operation, presented):
            return await self._by_api_key(presented, match)
        return await self._by_token(presented, match, now)

    def _names_a_subdomain(self, authority: str) -> bool:
        if authority in self._ours or not authority.endswith(self._subdomains):
            return False
        return authority.removesuffix(self._subdomains) not in _OUR_HOSTS

    async def _by_api_key(self, presented: Presented, match: Match) -> Call | Refused:
        value = presented.api_key
        if value is None:
            fault = faults.TOKEN_IN_PLACE_OF_API_KEY if presented.authorization else faults.API_KEY_MISSING
            return Refused(Refusal(fault), match.operation, None)
        key = await self._live_key(value)
        if key is None:
            return Refused(Refusal(faults.API_KEY_INVALID), match.operation, None)
        caller = Caller(key.organization_id, key.client_id, None, None, key.id, frozenset())
        return _call(caller, match, key.watch)

    async def _live_key(self, value: str) -> LiveKey | None:
        for digest in digests_of(value, self._mint.keys) if is_key(value) else ():
            if (key := await self._api_keys.get(digest)) is not None:
                return key
        return None

    async def _by_token(self, presented: Presented, match: Match, now: datetime) -> Call | Refused:
        text = _bearer(presented)
        if isinstance(text, Refusal):
            return Refused(text, match.operation, None)
        proven = await self.prove(text)
        if isinstance(proven, Refusal):
            return Refused(proven, match.operation, None)
        authorization, access = proven
        if (refusal := is_in_force(authorization, access, now)) is not None:
            return Refused(refusal, match.operation, authorization.client_id)
        held, may = _rights(authorization, access)
        if (refusal := _suffices(match.operation, held, may)) is not None:
            refusal = _held_back(refusal, authorization)
            return Refused(refusal, match.operation, authorization.client_id)
        caller = Caller(
            authorization.organization_id,
            authorization.client_id,
            authorization.user_id,
            authorization.id,
            None,
            may,
        )
        call = _call(caller, match, authorization.watch)
        if not match.parameters:
            self._admitted.keep(presented, call, authorization, access)
        return call

    async def prove(self, text: str) -> tuple[Authorization, tokens.Access] | Refusal:
        """The authorization of an access token that we made; whether it is in force is the next question."""
        if (known := self._proven.get(text)) is not None:
            found = self._ledger.held(known.name) or await self._ledger.find(known.name)
            if found is not None and found.secret == known.secret:
                return found, known.access
        return await self._prove_anew(text)

    async def _prove_anew(self, text: str) -> tuple[Authorization, tokens.Access] | Refusal:
        token = tokens.parse(text)
        if token is None:
            return Refusal(faults.BEARER_MALFORMED)
        if token.kind is not tokens.Kind.ACCESS:
            return Refusal(
                faults.BEARER_WRONG_KIND, {"received": f"{token.kind.value}_…", "expected": "lsat_…"}
            )
        if token.site != self._mint.site:
            return Refusal(faults.BEARER_OF_ANOTHER_SITE, self._where_it_belongs(token.site))
        name = token.row.name
        found = self._ledger.held(name) or await self._ledger.find(name)
        if found is None or not self._mint.proves(token, found):
            return Refusal(faults.BEARER_UNKNOWN)
        if len(self._proven) >= _MOST_PROVEN:
            self._proven.clear()
        proven = self._proven[text] = _Proven(name, found.secret, tokens.read_access(token))
        return found, proven.access

    def _where_it_belongs(self, site: str) -> dict[str, str]:
        noted = {"received": site, "expected": self._mint.site}
        return noted | ({"call": self._origins[site]} if site in self._origins else {})


_OUR_HOSTS = frozenset({"app", "api", "http-intake.logs", "event-management-intake"})
_MOST_PROVEN = 20_000
_OTHER_CREDENTIALS = ("lscs_", "lspt_")


def _call(caller: Caller, match: Match, watch: Watch | None) -> Call:
    operation, source = match.operation, caller.authorization_id or caller.api_key_id
    counted = None
    if caller.client_id is not None and source is not None:
        by_key = caller.authorization_id is None
        counted = Source(caller.organization_id, source, operation.id, by_key, caller.client_id)
    return Call(caller, operation, match.parameters, watch, counted)


def is_in_force(authorization: Authorization, access: tokens.Access, now: datetime) -> Refusal | None:
    """Why an access token that we made does not work now; None when it does (RFC 6750 section 3.1)."""
    if not isinstance(authorization.state, Active):
        return Refusal(faults.BEARER_REVOKED, {"because": getattr(authorization.state, "because", "")})
    if (late := now.timestamp() - access.expires_at) >= 0:
        return Refusal(faults.BEARER_EXPIRED, {"late_s": f"{late:.0f}"})
    if access.nonce in authorization.denied or access.issued_at <= authorization.access_dead_until:
        return Refusal(faults.BEARER_REVOKED, {"because": "access_token_revoked"})
    if authorization.owner_gone == "app_blocked":
        return Refusal(faults.BEARER_APP_BLOCKED)
    if authorization.owner_gone:
        return Refusal(faults.BEARER_OWNER_GONE, {"because": authorization.owner_gone})
    return None if authorization.watch is None else _rehearsed(authorization, access, now)


def _rehearsed(authorization: Authorization, access: tokens.Access, now: datetime) -> Refusal | None:
    issued = datetime.fromtimestamp(access.issued_at, UTC)
    played = rehearse(authorization.watch, "token", now, issued=issued, authorized=authorization.consented_at)
    return played if isinstance(played, Refusal) else None


def _takes_the_key(operation: Operation, presented: Presented) -> bool:
    """Operations may take either; then what was presented decides."""
    return operation.api_key and (not operation.any_of or presented.authorization is None)


def _bearer(presented: Presented) -> str | Refusal:
    """The token of the `Authorization` header (RFC 6750 section 2.1), the only place it may be."""
    if presented.application_key:
        return Refusal(faults.APPLICATION_KEY)
    if presented.authorization is None:
        return Refusal(faults.API_KEY_IN_PLACE_OF_TOKEN if presented.api_key else faults.BEARER_MISSING)
    scheme, _, text = presented.authorization.partition(" ")
    if scheme.lower() != "bearer":
        return Refusal(faults.BEARER_MISSING)
    if text.startswith(_OTHER_CREDENTIALS):
        return Refusal(faults.BEARER_WRONG_KIND, {"received": f"{text[:4]}_…", "expected": "lsat_…"})
    return text.strip()


def _rights(authorization: Authorization, access: tokens.Access) -> tuple[frozenset[str], frozenset[str]]:
    """The scopes that a token carries, and those among them that its user may use now."""
    if access.subset is None:
        return authorization.granted, authorization.effective
    carried = authorization.granted.intersection(tokens.scopes_in(authorization.scopes, access.subset))
    return carried, carried & authorization.permissions


def _held_back(refusal: Refusal, authorization: Authorization) -> Refusal:
    """A scope that the person consented to and the organization withholds is told apart from one never asked for."""
    missing = refusal.noted["missing"].split()
    if refusal.cause is faults.SCOPE_MISSING and not authorization.withheld.isdisjoint(missing):
        return Refusal(faults.SCOPE_WITHHELD, refusal.noted)
    return refusal


def _suffices(operation: Operation, held: frozenset[str], may: frozenset[str]) -> Refusal | None:
    """`may` is a part of `held`, so it alone says yes; who is refused learns which of the two was too little."""
    if not isinstance(lacks := operation.judge(may), Lacks):
        return None
    scopes, fault = may, faults.PERMISSION_LOST
    if isinstance(scope_lacks := operation.judge(held), Lacks):
        lacks, scopes, fault = scope_lacks, held, faults.SCOPE_MISSING
    noted = {"expected": " ".join(sorted(lacks.alternative)), "received": " ".join(sorted(scopes))}
    return Refusal(fault, {**noted, "missing": " ".join(sorted(lacks.missing))})
