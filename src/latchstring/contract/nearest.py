"""The operation that somebody most likely meant: for a path that the contract does not have."""

from difflib import SequenceMatcher

from latchstring.contract.model import Contract, Operation


def nearest_operation(contract: Contract, method: str, path: str) -> Operation | None:
    """The operation whose path is most like `path`, with this method if there is one; None when nothing is alike."""
    asked = _parts(path)
    best = max(contract.operations.values(), key=lambda one: _likeness(one, method, asked), default=None)
    return best if best is not None and _likeness(best, method, asked) >= 0.7 else None


def _likeness(operation: Operation, method: str, asked: list[str]) -> float:
    offered = _parts(operation.path)
    pairs = zip(offered, asked, strict=False)
    alike = sum(1.0 if one.startswith("{") else _ratio(one, other) for one, other in pairs)
    return alike / max(len(offered), len(asked), 1) - (0.02 if operation.method != method else 0.0)


def _ratio(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if abs(len(one) - len(other)) > 3:
        return 0.0
    return SequenceMatcher(None, one, other[:100], autojunk=False).ratio()


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part][:12]
