"""Reading the operations of a contract: methods and paths, their parameters, and what each needs."""

import re
from dataclasses import dataclass, field

from latchstring.contract.document import Document, Node
from latchstring.contract.model import Operation
from latchstring.contract.security import NOTHING, Schemes, read_needs

_METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "trace")
_BESIDE_METHODS = ("summary", "description", "servers", "parameters")
_PARAMETER = re.compile(r"\{([^{}/]+)\}")
_LITERAL = re.compile(r"[A-Za-z0-9_~!$&'()*+,=:@.-]+")
_PARAMETER_REFERENCE = "#/components/parameters/"


@dataclass
class _Reading:
    """What the operations read so far have in common."""

    document: Document
    schemes: Schemes
    shared_parameters: dict[str, Node]
    default_security: Node | None
    default_group: str
    found: dict[str, Operation] = field(default_factory=dict)
    places: dict[str, Node] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)


def read_operations(
    document: Document, root: dict[str, Node], components: dict[str, Node], schemes: Schemes, title: str
) -> dict[str, Operation]:
    """Read every operation below `paths`, by its operationId, in the file's order."""
    shared = document.mapping(components.get("parameters"), "components.parameters")
    reading = _Reading(document, schemes, shared, root.get("security"), title)
    keys = document.keys(root.get("paths"))
    for path, item in document.mapping(root.get("paths"), "paths").items():
        if not path.startswith("x-"):
            _read_path(reading, path, item, keys.get(path, item))
    return reading.found


def _read_path(reading: _Reading, path: str, item: Node, at: Node) -> None:
    _check_template(reading, path, at)
    entry = reading.document.mapping(item, f"path {path}")
    keys = reading.document.keys(item)
    if "$ref" in entry:
        reading.document.fault(
            keys["$ref"], f"path {path}: a reference is not followed here: write the path in place"
        )
    around = _declared_parameters(reading, entry.get("parameters"), path)
    for key, node in entry.items():
        if key in _METHODS:
            _read_operation(reading, key.upper(), path, node, keys[key], around)
        elif key not in _BESIDE_METHODS and key != "$ref" and not key.startswith("x-"):
            reading.document.fault(
                keys.get(key, node), f"path {path}: {key!r} is not a method: {', '.join(_METHODS)}"
            )


def _check_template(reading: _Reading, path: str, at: Node) -> None:
    """A path is matched as it is sent, so a template must be one that can be sent, and no other's twin."""
    for segment in path.split("/")[1:]:
        if not _PARAMETER.fullmatch(segment) and (not _LITERAL.fullmatch(segment) or segment in (".", "..")):
            said = "is empty" if not segment else f"{segment!r} cannot be matched"
            reading.document.fault(
                at, f"path {path}: a part {said}: use plain characters or one whole {{parameter}}"
            )
    if not path.startswith("/"):
        reading.document.fault(at, f"path {path} must begin with a slash")
    names = _PARAMETER.findall(path)
    if len(names) != len(set(names)):
        reading.document.fault(at, f"path {path} uses a parameter's name twice: rename one")
    twin = reading.shapes.setdefault(_PARAMETER.sub("{}", path), path)
    if twin != path:
        reading.document.fault(
            at, f"path {path} is the same as {twin} with other parameter names: merge the two"
        )


def _read_operation(
    reading: _Reading, method: str, path: str, node: Node, at: Node, around: frozenset[str]
) -> None:
    document, named = reading.document, f"{method} {path}"
    entry = document.mapping(node, named)
    if "operationId" not in entry:
        document.fault(at, f"{named} has no operationId: give it a name of its own")
    id_ = document.text(entry.get("operationId"), f"the operationId of {named}")
    declared = around | _declared_parameters(reading, entry.get("parameters"), named)
    for name in _PARAMETER.findall(path):
        if name not in declared:
            document.fault(at, f"{named}: path parameter {name!r} is not declared: add it to parameters")
    security = entry.get("security", reading.default_security)
    if security is None:
        document.fault(
            at, f"{named} has no security: say which scopes it needs, or [{{OAuth: []}}] for any token"
        )
    needs = NOTHING if security is None else read_needs(document, security, named, reading.schemes)
    tags = [
        document.text(tag, f"a tag of {named}")
        for tag in document.sequence(entry.get("tags"), f"the tags of {named}")
    ]
    summary = document.text(entry.get("summary"), f"the summary of {named}")
    group = tags[0] if tags else reading.default_group
    if id_:
        operation = Operation(id_, method, path, group, summary or id_, needs.any_of, needs.api_key)
        _keep(reading, operation, entry["operationId"])


def _keep(reading: _Reading, operation: Operation, at: Node) -> None:
    earlier = reading.found.setdefault(operation.id, operation)
    if earlier is not operation:
        line = reading.places[operation.id].start_mark.line + 1
        reading.document.fault(
            at, f"operationId {operation.id!r} is already on line {line}: give each its own name"
        )
    reading.places.setdefault(operation.id, at)


def _declared_parameters(reading: _Reading, node: Node | None, named: str) -> frozenset[str]:
    items = reading.document.sequence(node, f"the parameters of {named}")
    return frozenset(filter(None, (_declared_parameter(reading, item, named) for item in items)))


def _declared_parameter(reading: _Reading, node: Node, named: str) -> str | None:
    """Give the name of a declared path parameter; None for one that stands elsewhere (query, header)."""
    document = reading.document
    entry = document.mapping(node, f"a parameter of {named}")
    if "$ref" in entry:
        target = document.text(entry["$ref"], f"a reference in {named}")
        shared = reading.shared_parameters.get(target.removeprefix(_PARAMETER_REFERENCE))
        if shared is None or not target.startswith(_PARAMETER_REFERENCE):
            document.fault(node, f"{named}: {target!r} leads nowhere: declare it under components.parameters")
            return None
        entry = document.mapping(shared, f"parameter {target}")
    if document.text(entry.get("in"), f"the place of a parameter of {named}") != "path":
        return None
    name = document.text(entry.get("name"), f"the name of a parameter of {named}")
    if not document.is_true(entry.get("required")):
        document.fault(node, f"{named}: path parameter {name!r} must say required: true")
    return name
