"""A YAML or JSON file as nodes that know their line, read while faults are noted instead of raised."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from latchstring.contract.errors import ContractError, ContractInvalid

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SURROGATE_PAIR = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
_TEXT = "tag:yaml.org,2002:str"
_DEEPEST = 100
_TRUE = ("true", "True", "TRUE")

Node = yaml.Node
"""A place in the file, with what is written there."""


class Document:
    """One file, and the faults found in it so far. What is at fault is read as an empty value."""

    def __init__(self, file: str) -> None:
        """Begin with no faults; `file` is the name by which they are reported."""
        self.file = file
        self.errors: list[ContractError] = []

    def fault(self, node: Node, message: str) -> None:
        """Note a fault at the place of a node."""
        mark = node.start_mark
        self.errors.append(ContractError(self.file, mark.line + 1, mark.column + 1, message))

    def compose(self, raw: bytes) -> Node:
        """Parse the file's bytes into its root node and note every key that is written twice.

        Raises ContractInvalid when it is not YAML (or JSON) at all: nothing else can be said about it then.
        """
        try:
            text = _readable(raw)
            self._refuse_depth(text)
            root: Node | None = yaml.compose(text, Loader=_LOADER)
        except UnicodeDecodeError as problem:
            line = raw.count(b"\n", 0, problem.start) + 1
            raise self._unreadable(line, 1, "is not UTF-8: save it in that encoding") from problem
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            said = " ".join(filter(None, (problem.context, problem.problem)))
            raise self._unreadable(*place, f"is not valid YAML or JSON: {said}") from problem
        except (yaml.YAMLError, RecursionError, ValueError) as problem:
            raise self._unreadable(1, 1, f"is not valid YAML or JSON: {problem}".splitlines()[0]) from problem
        if root is None:
            raise self._unreadable(1, 1, "is empty: write the OpenAPI description of the host's API into it")
        self._note_repeated_keys(root)
        return root

    def mapping(self, node: Node | None, what: str) -> dict[str, Node]:
        """Read a mapping by key, the first of repeated keys winning; `what` names it in the fault."""
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{what} must be a mapping (key: value)")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            found.setdefault(self._key(key), value)
        return found

    def keys(self, node: Node | None) -> dict[str, Node]:
        """Give the nodes of a mapping's keys, for faults that concern the key itself."""
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        return {key.value: key for key, _ in reversed(pairs) if isinstance(key, yaml.ScalarNode)}

    def sequence(self, node: Node | None, what: str) -> list[Node]:
        """Read a list; `what` names it in the fault."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"{what} must be a list")
            return []
        return list(node.value)

    def text(self, node: Node | None, what: str) -> str:
        """Read a text that is not blank; `what` names it in the fault."""
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or node.tag != _TEXT:
            self.fault(node, f"{what} must be a text: put it in quotes")
            return ""
        if not node.value.strip():
            self.fault(node, f"{what} is blank: write it")
        return str(node.value).strip()

    def is_true(self, node: Node | None) -> bool:
        """Say whether a scalar is written as true."""
        return isinstance(node, yaml.ScalarNode) and node.value in _TRUE

    def _key(self, key: Node) -> str:
        if isinstance(key, yaml.ScalarNode):
            return str(key.value)
        self.fault(key, "a key must be a text")
        return ""

    def _refuse_depth(self, text: str) -> None:
        """Refuse what the composer, which recurses in C, would exhaust the stack with."""
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > _DEEPEST and (mark := event.start_mark):
                raise self._unreadable(
                    mark.line + 1, mark.column + 1, "is nested too deeply: no OpenAPI file is"
                )

    def _unreadable(self, line: int, column: int, message: str) -> ContractInvalid:
        return ContractInvalid([ContractError(self.file, line, column, message)])

    def _note_repeated_keys(self, root: Node) -> None:
        for mapping in _mappings(root):
            first: dict[str, Node] = {}
            for key, _ in mapping.value:
                if not isinstance(key, yaml.ScalarNode):
                    continue
                earlier = first.setdefault(key.value, key)
                if earlier is not key:
                    line = earlier.start_mark.line + 1
                    self.fault(key, f"the key {key.value!r} is already on line {line}: keep one of them")


def read_bytes(path: Path) -> bytes:
    """Read a contract's file; raises ContractInvalid when that is not possible."""
    try:
        return path.read_bytes()
    except OSError as problem:
        said = f"cannot be read: {problem.strerror or problem}"
        raise ContractInvalid([ContractError(str(path), 1, 1, said)]) from problem


def _readable(raw: bytes) -> str:
    """Decode UTF-8, and write JSON's surrogate pairs the way YAML writes such characters."""
    return _SURROGATE_PAIR.sub(_joined, raw.decode("utf-8-sig"))


def _joined(pair: re.Match[str]) -> str:
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _mappings(root: Node) -> Iterator[yaml.MappingNode]:
    """Walk all mappings below a node, each one once even where aliases share it."""
    seen: set[int] = set()
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield node
            waiting.extend(part for pair in node.value for part in pair)
        else:
            waiting.extend(node.value)
