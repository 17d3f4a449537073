"""From a method and a raw path to the operation: a trie over path segments, literals before parameters.

A path that is not exactly a declared one does not match. Percent-encoding is understood only inside the value
of a parameter, and a value that another program might read as another path matches nothing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec

T = TypeVar("T")

_PARAMETER = re.compile(r"\{([^{}/]+)\}")
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9_~!$&'()*+,=:@.-]+").fullmatch
_ENCODED_VALUE = re.compile(r"(?:[A-Za-z0-9_~!$&'()*+,=:@.-]|%[0-9A-Fa-f]{2})+").fullmatch
_UNSAFE_ONCE_DECODED = re.compile(r"[/\\\x00-\x1f\x7f]|%[0-9A-Fa-f]{2}|^\.{1,2}$|^\s|\s$").search
_NO_PARAMETERS: Mapping[str, str] = {}


class Located(msgspec.Struct, Generic[T], frozen=True):
    """What a path stands for, and the decoded values of its parameters by name."""

    operation: T
    parameters: Mapping[str, str]


class _Leaf(msgspec.Struct, Generic[T]):
    """A declared path: what it offers by method, and where its parameters stand."""

    parameters: tuple[tuple[str, int], ...]
    by_method: dict[str, T]


class _Node(Generic[T]):
    """One position of the trie: where the next segment leads."""

    __slots__ = ("leaf", "literals", "parameter")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[T]] = {}
        self.parameter: _Node[T] | None = None
        self.leaf: _Leaf[T] | None = None

    def take(self, segment: str) -> "_Node[T]":
        """Give the node below for a segment of a template, made when there is none yet."""
        if _PARAMETER.fullmatch(segment) is None:
            return self.literals.setdefault(segment, _Node())
        self.parameter = self.parameter or _Node()
        return self.parameter

    def accepts(self, segment: str) -> bool:
        """Say whether a raw segment may be a parameter's value here."""
        if _PLAIN_VALUE(segment):
            return segment not in (".", "..")
        value = decoded(segment)
        return value is not None and value not in self.literals


def decoded(segment: str) -> str | None:
    """Decode a raw path segment into a parameter's value; None when it is not a harmless one."""
    if not _ENCODED_VALUE(segment):
        return None
    try:
        value = unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        return None
    return None if _UNSAFE_ONCE_DECODED(value) else value


class PathMatcher(Generic[T]):
    """All declared paths, compiled. The most specific path decides (literals first), then the method."""

    def __init__(self, declared: Iterable[tuple[str, str, T]]) -> None:
        """Compile (method, path template, what it stands for); parameters fill whole segments."""
        self._root: _Node[T] = _Node()
        self._whole: dict[str, _Leaf[T]] = {}
        for method, template, target in declared:
            self._add(method, template, target)

    def match(self, method: str, path: str) -> Located[T] | None:
        """Find what a method and a raw path stand for. No path is repaired: a stray slash is no match."""
        leaf = self._whole.get(path)
        if leaf is not None:
            target = leaf.by_method.get(method)
            return None if target is None else Located(target, _NO_PARAMETERS)
        segments = path.split("/")
        leaf = self._walk(segments)
        if leaf is None or (target := leaf.by_method.get(method)) is None:
            return None
        return Located(target, {name: _value(segments[at]) for name, at in leaf.parameters})

    def methods_of(self, path: str) -> frozenset[str]:
        """List the methods that the raw path has; none when it is not declared."""
        leaf = self._whole.get(path) or self._walk(path.split("/"))
        return frozenset() if leaf is None else frozenset(leaf.by_method)

    def _add(self, method: str, template: str, target: T) -> None:
        node, segments = self._root, template.split("/")
        for segment in segments[1:]:
            node = node.take(segment)
        if node.leaf is None:
            found = ((_PARAMETER.fullmatch(segment), at) for at, segment in enumerate(segments))
            node.leaf = _Leaf(tuple((hit[1], at) for hit, at in found if hit), {})
        node.leaf.by_method[method] = target
        if not node.leaf.parameters:
            self._whole[template] = node.leaf

    def _walk(self, segments: list[str]) -> _Leaf[T] | None:
        """Follow literals first, and come back for the parameters passed by; no node is visited twice."""
        if segments[0]:
            return None
        end = len(segments)
        passed_by: list[tuple[_Node[T], int]] = []
        node, at = self._root, 1
        while True:
            step = None
            if at < end:
                segment = segments[at]
                at += 1
                step = node.literals.get(segment)
                if node.parameter is not None:
                    if step is not None:
                        passed_by.append((node.parameter, at))
                    elif node.accepts(segment):
                        step = node.parameter
            elif node.leaf is not None:
                return node.leaf
            if step is not None:
                node = step
            elif passed_by:
                node, at = passed_by.pop()
            else:
                return None


def _value(segment: str) -> str:
    return segment if "%" not in segment else unquote_to_bytes(segment).decode()
