"""Manifests as files: both forms are read with bounds; what is written can be read again; the schema is the types."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from latchstring.accounts.refused import Refused
from latchstring.apps.manifest import LARGEST, read_manifest
from latchstring.apps.manifest_schema import published, written

CONTENT: dict[str, Any] = {
    "manifest_version": 1,
    "app": {"name": "Cost Advisor", "description": "Advises"},
    "clients": [
        {
            "name": "Cost Advisor",
            "redirect_uris": ["https://advisor.example/cb"],
            "scopes": ["monitors_read"],
        }
    ],
}
ROLE: dict[str, Any] = {
    "name": "Cost Advisor",
    "description": None,
    "client_role": "integration",
    "redirect_uris": ["https://advisor.example/cb"],
    "onboarding_url": "https://advisor.example/start",
    "scopes": ["monitors_read"],
    "id": "1c3ffcf6-0000-4000-8000-da7ad0900002",
}


def encoded(**changes: object) -> bytes:
    """The manifest with other members."""
    return json.dumps({**CONTENT, **changes}).encode()


def client(**changes: object) -> bytes:
    """The manifest with other members of its client."""
    return encoded(clients=[{**CONTENT["clients"][0], **changes}])


@pytest.mark.row("S21", "B6")
def test_the_published_schema_is_the_one_of_the_types() -> None:
    """`python -m latchstring.apps.manifest_schema` writes it anew."""
    assert published() == written()


def test_what_a_file_leaves_out_is_not_said() -> None:
    """It stays as it is, instead of becoming empty."""
    manifest = read_manifest(encoded())
    assert manifest.app is not None
    assert (manifest.app.description, manifest.app.homepage) == ("Advises", UNSET)
    assert manifest.clients[0].onboarding_url is UNSET


@pytest.mark.row("S21", "A192")
def test_an_integrations_own_file_is_read() -> None:
    """One client for each role; the foreign id and role are told to mean nothing here."""
    manifest = read_manifest(
        b"\xef\xbb\xbf" + json.dumps({"integration": ROLE, "other": {"name": "Two"}}).encode()
    )
    assert manifest.app is None
    assert manifest.app_name == "Cost Advisor"
    assert manifest.places == ("integration", "other")
    assert manifest.ignored == ("integration/client_role", "integration/id")
    first, second = manifest.clients
    assert (first.description, first.scopes) == (UNSET, ("monitors_read",))
    assert (second.name, second.redirect_uris) == ("Two", UNSET)


@pytest.mark.row("B060", "B061")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"PK\x03\x04../../x",
        b"\x1f\x8b\x08\x00" + b"\x00" * 100,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"integration": {"name": "x", "id": ' + b"[" * 100_000,
        b'{"manifest_version": 1, "app": ' + b"[" * 100_000,
        b" " * (LARGEST + 1),
        b"manifest_version: 1\nx: &a [*a, *a]",
        b"!!python/object/apply:os.system ['true']",
        b'{"manifest_version": 1e999}',
        b'{"manifest_version": ' + b"9" * 10_000 + b"}",
        b'{"name": "no role"}',
        b'{"../../x": {"name": "x"}}',
        json.dumps({"integration": {**ROLE, "client_secret": "x"}}).encode(),
        json.dumps({f"role{n}": ROLE for n in range(21)}).encode(),
        encoded(manifest_version=2),
        encoded(manifest_version="1"),
        encoded(extra=1),
        encoded(app={"name": 7}),
        encoded(clients=[CONTENT["clients"][0]] * 21),
        client(client_secret="lscs_us1_x"),
        client(id="0d40439e-bd92-11ed-994c-da7ad0900002"),
        client(scopes=["x"] * 501),
        client(redirect_uris=["https://x.example/"] * 101),
        encoded()[:-1] + b', "manifest_version": 1}',
        encoded(app={"name": "x"}).replace(b'{"name": "x"}', b'{"name": "x", "name": "y"}'),
        encoded(app={"name": "SURROGATE"}).replace(b"SURROGATE", b"\\ud800"),
        b'{"manifest_version": 1}',
    ],
    ids=lambda content: content[:40],
)
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    """Too large, too deep, another format, a secret, unknown or repeated members: one clear refusal."""
    with pytest.raises(Refused):
        read_manifest(content)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (client(scopes=["a", 1]), "clients/0/scopes/1"),
        (encoded(app={"description": "x"}), "app"),
        (json.dumps({"integration": {**ROLE, "scopes": [1]}}).encode(), "integration/scopes/0"),
        (json.dumps({"integration": {**ROLE, "Secret": 1}}).encode(), "integration/Secret"),
    ],
)
def test_the_member_that_does_not_fit_is_named(content: bytes, field: str) -> None:
    """A partner can find the line."""
    with pytest.raises(Refused) as refused:
        read_manifest(content)
    assert refused.value.field == field


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing else happens."""
    with suppress(Refused):
        read_manifest(content)
