"""Loading a contract from its file: all of it, or all of its faults."""

import hashlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from latchstring.contract.document import Document, Node, read_bytes
from latchstring.contract.errors import ContractError, ContractInvalid, format_errors
from latchstring.contract.model import Contract
from latchstring.contract.operations import read_operations
from latchstring.contract.scopes import AREAS, SCOPES, read_areas, read_scopes
from latchstring.contract.security import read_schemes

__all__ = ["ContractError", "ContractInvalid", "format_errors", "load_contract", "shipped_contract_path"]


def shipped_contract_path() -> Path:
    """Where the contract of the sample host is, which serves when no other is configured."""
    return Path(__file__).with_name("observability.yaml")


def load_contract(path: Path) -> Contract:
    """Read an OpenAPI 3 description (YAML or JSON) with the scopes' texts in it.

    Raises ContractInvalid with every fault found, each with its file, line and column.
    """
    return _loaded(str(path), read_bytes(path))


@lru_cache(maxsize=4)
def _loaded(file: str, raw: bytes) -> Contract:
    """What is in a file; a process that prepares and then serves reads it twice and parses it once."""
    document = Document(file)
    node = document.compose(raw)
    contract = _read(document, node, hashlib.sha256(raw).hexdigest())
    if document.errors:
        raise ContractInvalid(document.errors)
    return contract


def _read(document: Document, node: Node, version: str) -> Contract:
    root = document.mapping(node, "the contract")
    for key in ("openapi", "info", "paths", "components", AREAS, SCOPES):
        if key not in root:
            document.fault(node, f"{key!r} is missing at the top of the file: add it")
    _check_dialect(document, root)
    title = document.text(document.mapping(root.get("info"), "info").get("title"), "info.title")
    components = document.mapping(root.get("components"), "components")
    areas = read_areas(document, root.get(AREAS))
    scopes = read_scopes(document, root.get(SCOPES), areas)
    schemes = read_schemes(document, components.get("securitySchemes"), scopes, root.get(SCOPES, node))
    operations = read_operations(document, root, components, schemes, title)
    return Contract(version, title, areas, scopes, operations)


def _check_dialect(document: Document, root: dict[str, Node]) -> None:
    """Refuse what would be read wrongly: other versions of OpenAPI, and paths not written in full."""
    written = document.text(root.get("openapi"), "openapi")
    if written and not written.startswith(("3.0.", "3.1.")):
        document.fault(root["openapi"], f"openapi is {written!r}: only 3.0.x and 3.1.x are understood")
    for server in document.sequence(root.get("servers"), "servers"):
        url = document.mapping(server, "a server").get("url")
        if urlsplit(document.text(url, "the url of a server")).path not in ("", "/"):
            document.fault(server, "a server's url has a path: put it at the beginning of every path instead")
