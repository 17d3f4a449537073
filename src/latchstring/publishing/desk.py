"""What publishing needs to know of the host and the site: given by the door, the same for everything done."""

from dataclasses import dataclass

from latchstring.apps.clients import Smithy
from latchstring.contract.model import Contract


@dataclass(frozen=True, slots=True)
class House:
    """The host's contract, the site's smithy, and which parties must approve."""

    contract: Contract
    smithy: Smithy
    parties: tuple[str, ...]
    #: Whether a published client may keep plain http redirect URIs of this machine: for demos alone.
    loopback: bool = False

    @property
    def site(self) -> str:
        """The key of this site, which owns what is published here."""
        return self.smithy.site
