"""What can be wrong with a contract, with the place in the file."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ContractError:
    """One fault of a contract: where (line and column count from 1) and what, with how to mend it."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Format as compilers do, so that editors can jump to the place."""
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ContractInvalid(Exception):
    """A contract cannot be used. `errors` holds every fault found, in the order of the file; never empty."""

    def __init__(self, errors: Iterable[ContractError]) -> None:
        """Keep the faults sorted by their place."""
        self.errors: tuple[ContractError, ...] = tuple(sorted(set(errors)))
        super().__init__(format_errors(self.errors))


def format_errors(errors: Iterable[ContractError]) -> str:
    """Write one `file:line:column: message` line for each fault."""
    return "\n".join(str(error) for error in errors)
