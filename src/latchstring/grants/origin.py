"""Where a request came from, as far as it is written down."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The request's id, and the address and user agent that it came from."""

    request_id: str
    address: str
    user_agent: str

    @property
    def presented_by(self) -> str:
        """Address and user agent in one line, cut to what is worth keeping."""
        return f"{self.address} {self.user_agent}"[:200]
