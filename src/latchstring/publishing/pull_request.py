"""The exact contents for the pull request: the change of manifest.json, and assets/oauth_clients.json."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from latchstring.apps.model import ClientFields
from latchstring.publishing.check import REFERENCE, ROLE
from latchstring.publishing.folder import OAUTH_CLIENTS, is_second

#: What `support` is where a manifest has none.
_SUPPORT: Final = "README.md#Support"


def oauth_clients(client_id: str, fields: ClientFields) -> str:
    """The file in `assets`."""
    said = {
        "name": fields.name,
        "description": fields.description,
        "client_role": ROLE,
        "onboarding_url": fields.onboarding_url,
        "redirect_uris": list(fields.redirect_uris),
        "scopes": list(fields.scopes),
        "id": client_id,
    }
    return _json({ROLE: said})


def manifest_change(*, second: bool) -> str:
    """The members that a manifest of version 2, or 1, needs; nothing else of it changes."""
    tile = f'"support": "{_SUPPORT}",\n"uninstallation": "{REFERENCE}"'
    assets = f'"assets": {{\n  "oauth": "{OAUTH_CLIENTS}"\n}}'
    if not second:
        return f"{tile},\n{assets}\n"
    indented = tile.replace("\n", "\n  ")
    return f'"tile": {{\n  {indented}\n}},\n{assets}\n'


def changed_manifest(manifest: Mapping[str, Any]) -> str:
    """A whole manifest with the change in it: everything else as it was, in the order in which it was."""
    tile = manifest.get("tile")
    if is_second(manifest):
        changed = {**manifest, "tile": _with_reference(tile if isinstance(tile, dict) else {})}
    else:
        changed = _with_reference(manifest)
    assets = changed.get("assets")
    changed["assets"] = {**(assets if isinstance(assets, dict) else {}), "oauth": OAUTH_CLIENTS}
    return _json(changed)


def _with_reference(members: Mapping[str, Any]) -> dict[str, Any]:
    """`uninstallation` directly beneath `support`."""
    changed: dict[str, Any] = {}
    for name, value in members.items():
        if name != "uninstallation":
            changed[name] = value
        if name == "support":
            changed["uninstallation"] = REFERENCE
    if "support" not in members:
        changed |= {"support": _SUPPORT, "uninstallation": REFERENCE}
    return changed


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
