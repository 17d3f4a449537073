"""What a route needs before its handler runs. A route can't be mounted without saying so."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anyone:
    """Open to the world; the handler has nothing to protect (health, metadata, static files)."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Authenticates by the rules of its protocol, inside the handler (token, revoke, introspect)."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A page that works signed in or not. Opens a transaction unless told not to; forms need their CSRF token."""

    transaction: bool = True


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A page for a signed-in person whose active organization grants all of `all_of`.

    Opens a transaction unless told not to; forms need their CSRF token. Anonymous visitors are sent to sign in
    and come back.
    """

    all_of: frozenset[str] = frozenset()
    transaction: bool = True


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A page for those who review what partners submit, for whichever party, in whichever organization they are.

    Opens a transaction; forms need their CSRF token. To everybody else it says that it is not for them.
    """


@dataclass(frozen=True, slots=True)
class PlatformCredential:
    """The JSON API: `Authorization: Bearer lspt_…`. Opens a transaction.

    An operator's credential may do everything that `operator` routes name; a personal one acts as its user,
    who must hold all of `all_of` in the organization of the credential. A `reviewer` route also takes the personal
    credential of anybody who reviews for the host.
    """

    operator: bool = False
    reviewer: bool = False
    all_of: frozenset[str] = frozenset()


Need = Anyone | Machine | Visitor | SignedIn | Reviewer | PlatformCredential


def permissions(*names: str) -> frozenset[str]:
    """`SignedIn(all_of=permissions("a", "b"))` reads as the sentence it is."""
    return frozenset(names)
