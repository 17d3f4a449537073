"""The JSON Schema of manifests, made from the types that read them; the copy beside this file is what is served.

`python -m latchstring.apps.manifest_schema` writes the copy anew.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from latchstring.apps.manifest import ManifestFile, RoleClient

FILE: Final = Path(__file__).with_name("app-manifest.v1.json")


def schema() -> dict[str, Any]:
    """Both forms: the house's own, and one client for each role."""
    (own, role), components = msgspec.json.schema_components(
        (ManifestFile, RoleClient), ref_template="#/$defs/{name}"
    )
    roles = {
        "title": "RoleFile",
        "description": "assets/oauth_clients.json of an integration: one client for each role.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": "^[A-Za-z0-9_.-]{1,100}$", "not": {"const": "manifest_version"}},
        "additionalProperties": role,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "App manifest, version 1",
        "description": "An app and its OAuth clients, without any secret. What is left out stays as it is.",
        "anyOf": [own, roles],
        "$defs": components,
    }


@cache
def published() -> bytes:
    """The file as it is served."""
    return FILE.read_bytes()


def written() -> bytes:
    """What the file has to hold."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2) + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(written())
