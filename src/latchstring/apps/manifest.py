"""An app and its clients as a file: what may stand in it, read with bounds, and written. Never a secret.

Two forms are read. The house's own, `{"manifest_version": 1, "app": {…}, "clients": [{…}]}`, whose JSON Schema
is published; and the `assets/oauth_clients.json` of integrations that exist, an object whose members are roles
such as `integration`. What a file leaves out stays as it is; nothing in it is deeper than these types.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from latchstring.accounts.refused import Refused
from latchstring.apps.model import App, OwnedClient

LARGEST: Final = 256 * 1024
SCHEMA_PATH: Final = "/schemas/app-manifest.v1.json"
MOST_CLIENTS: Final = 20
_MOST_URIS = 100
_MOST_SCOPES = 500
_ROLE = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_NO_MANIFEST = "is no manifest: it has no manifest_version, and its members are no roles such as integration"
T = TypeVar("T")

_Name = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 200})]
_Prose = Annotated[str, Meta(extra_json_schema={"maxLength": 2000})]
_Url = Annotated[str, Meta(extra_json_schema={"maxLength": 2000})]
_Uris = Annotated[
    tuple[_Url, ...],
    Meta(
        description="Compared to the character; their order means nothing.",
        extra_json_schema={"maxItems": 20},
    ),
]
_Scopes = Annotated[
    tuple[str, ...], Meta(description="Names of the host's scopes; their order means nothing.")
]


class AppPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The app. `app_uuid` finds it again, or is taken over from an integration that exists."""

    name: _Name
    app_uuid: UUID | UnsetType = UNSET
    description: _Prose | UnsetType = UNSET
    category: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    support: str | UnsetType = UNSET
    homepage: str | UnsetType = UNSET


class ClientPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An OAuth client of the app, told from the others by its name."""

    name: _Name
    description: _Prose | UnsetType = UNSET
    redirect_uris: _Uris | UnsetType = UNSET
    onboarding_url: _Url | UnsetType = UNSET
    scopes: _Scopes | UnsetType = UNSET


class ManifestFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An app and its OAuth clients."""

    manifest_version: Literal[1]
    clients: Annotated[tuple[ClientPart, ...], Meta(extra_json_schema={"maxItems": MOST_CLIENTS})] = ()
    app: AppPart | UnsetType = UNSET
    schema: str | UnsetType = msgspec.field(default=UNSET, name="$schema")


class RoleClient(msgspec.Struct, frozen=True):
    """A client as integrations keep it in `assets/oauth_clients.json`. Its `id` is another platform's."""

    name: _Name
    description: str | None = None
    redirect_uris: tuple[str, ...] | None = None
    onboarding_url: str | None = None
    scopes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file wants. `places`: where each client stands in it. `ignored`: members that mean nothing here."""

    app: AppPart | None
    clients: tuple[ClientPart, ...]
    places: tuple[str, ...]
    ignored: tuple[str, ...] = ()

    @property
    def app_name(self) -> str:
        """What the app is called; where the file does not say, like its first client."""
        return self.app.name if self.app else self.clients[0].name


def read_manifest(content: bytes) -> Manifest:
    """The manifest in a file of either form.

    Raises:
        Refused: too large, too deep, no JSON, a member twice, or of no such form; names the member.
    """
    if len(content) > LARGEST:
        raise Refused(f"must not be larger than {LARGEST // 1024} KiB")
    members = _members(content.removeprefix(b"\xef\xbb\xbf"))
    manifest = _own(members) if "manifest_version" in members else _of_roles(members)
    if manifest.app is None and not manifest.clients:
        raise Refused("names neither an app nor a client")
    if len(manifest.clients) > MOST_CLIENTS:
        raise Refused(f"can be at most {MOST_CLIENTS}", field="clients")
    for place, client in zip(manifest.places, manifest.clients, strict=True):
        _bound(client.redirect_uris, _MOST_URIS, f"{place}/redirect_uris")
        _bound(client.scopes, _MOST_SCOPES, f"{place}/scopes")
    return manifest


def write_manifest(app: App, clients: list[OwnedClient], *, origin: str = "") -> bytes:
    """The manifest of an app and these clients, ready for another site's sandbox. `origin`: this site's."""
    about = AppPart(app.name, app.id, app.description, app.category, app.author, app.support, app.homepage)
    parts = tuple(
        ClientPart(one.name, one.description, tuple(one.redirect_uris), one.onboarding_url, tuple(one.scopes))
        for one in clients
    )
    body = msgspec.to_builtins(ManifestFile(1, parts, about))
    version = {"manifest_version": body.pop("manifest_version")}
    schema = {"$schema": origin + SCHEMA_PATH} if origin else {}
    ordered = {**schema, **version, "app": body.pop("app"), "clients": body.pop("clients", [])}
    return msgspec.json.format(msgspec.json.encode(ordered), indent=2) + b"\n"


def _members(content: bytes) -> dict[str, Any]:
    try:
        msgspec.json.decode(content)
        members = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Refused("is no JSON in UTF-8, or has a member twice") from None
    if not isinstance(members, dict):
        raise Refused(_NO_MANIFEST)
    return members


def _own(members: Mapping[str, Any]) -> Manifest:
    file = _as(ManifestFile, members)
    places = tuple(f"clients/{number}" for number in range(len(file.clients)))
    return Manifest(file.app or None, file.clients, places)


def _of_roles(members: Mapping[str, Any]) -> Manifest:
    """The form of integrations that exist: one client for each role; a platform's own `id` is no use here."""
    if not members or not all(_is_role(role, said) for role, said in members.items()):
        raise Refused(_NO_MANIFEST)
    ignored: list[str] = []
    for role, said in members.items():
        unknown = [name for name in said if name not in RoleClient.__struct_fields__]
        if secret := next((name for name in unknown if "secret" in name.lower()), None):
            raise Refused("a manifest never carries a secret", field=f"{role}/{secret[:100]}")
        ignored += [f"{role}/{name[:100]}" for name in unknown[:100]]
    clients = tuple(_client(_as(RoleClient, said, below=role)) for role, said in members.items())
    return Manifest(None, clients, tuple(members), tuple(ignored))


def _is_role(role: str, said: object) -> bool:
    return _ROLE.fullmatch(role) is not None and isinstance(said, dict) and "name" in said


def _client(said: RoleClient) -> ClientPart:
    return ClientPart(
        said.name,
        UNSET if said.description is None else said.description,
        UNSET if said.redirect_uris is None else said.redirect_uris,
        UNSET if said.onboarding_url is None else said.onboarding_url,
        UNSET if said.scopes is None else said.scopes,
    )


def _as(type_: type[T], value: object, *, below: str = "") -> T:
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as problem:
        reason, _, where = str(problem).partition(" - at `$")
        path = re.sub(r"[.\[\]]+", "/", where.rstrip("`")).strip("/")
        raise Refused(reason, field="/".join(part for part in (below, path) if part) or None) from None


def _bound(listed: tuple[str, ...] | UnsetType, most: int, field: str) -> None:
    if listed is not UNSET and len(listed) > most:
        raise Refused(f"can be at most {most}", field=field)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members
