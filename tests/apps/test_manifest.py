"""Apps as files: read with bounds, applied without surprise, exported without a secret."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.apps.conftest import Sandbox

from latchstring.accounts.refused import Refused
from latchstring.apps import apps, clients
from latchstring.apps.manifest import Applied, apply_manifest, read_manifest, write_manifest

CONTENT: dict[str, Any] = {
    "manifest_version": 1,
    "app": {"name": "Cost Advisor", "description": "Advises"},
    "client": {
        "name": "Cost Advisor",
        "redirect_uris": ["https://advisor.example/cb"],
        "scopes": ["monitors_read"],
    },
}


def encoded(**changes: object) -> bytes:
    """The manifest with other members."""
    return json.dumps({**CONTENT, **changes}).encode()


async def applied(sandbox: Sandbox, content: bytes) -> Applied:
    """Apply a manifest in a transaction of its own."""
    office = sandbox.office
    async with office.tx() as tx:
        return await apply_manifest(
            tx, office.contract, sandbox.smithy, office.act, sandbox.id, read_manifest(content)
        )


@pytest.mark.row("B6", "A192")
async def test_applying_a_manifest_makes_what_is_missing_and_then_changes_nothing(sandbox: Sandbox) -> None:
    """The first time there is a secret; the second time nothing happens; a difference is applied and named."""
    first = await applied(sandbox, encoded())
    assert first.client_secret is not None
    assert first.changes == ["app", "client"]
    again = await applied(sandbox, encoded())
    assert (again.client.id, again.client_secret, again.changes) == (first.client.id, None, [])
    more = {**CONTENT["client"], "scopes": ["monitors_read", "events_read"]}
    changed = await applied(sandbox, encoded(client=more))
    assert changed.changes == ["client.scopes"]
    assert set(changed.client.scopes) == {"monitors_read", "events_read"}


@pytest.mark.row("S21", "A192")
async def test_an_exported_manifest_holds_no_secret_and_makes_a_twin_elsewhere(sandbox: Sandbox) -> None:
    """The twin has its own id and secret, the same URIs and scopes."""
    made, office = await sandbox.client(), sandbox.office
    async with office.tx() as tx:
        app = await apps.get(tx, sandbox.id, sandbox.app_id)
        client = await clients.get(tx, sandbox.id, made.client.id)
    content = write_manifest(app, client)
    assert b"lscs_" not in content
    assert (await sandbox.digest(made.client.id)).hex().encode() not in content
    other = await office.organization("Twin", kind="sandbox")
    async with office.tx() as tx:
        twin = await apply_manifest(
            tx, office.contract, sandbox.smithy, office.act, other.id, read_manifest(content)
        )
    assert twin.client.id != made.client.id
    assert twin.client_secret not in (None, made.client_secret)
    assert (twin.client.redirect_uris, twin.client.scopes) == (client.redirect_uris, client.scopes)


@pytest.mark.row("B072", "B073")
async def test_a_manifest_opens_no_way_around_the_rules(sandbox: Sandbox) -> None:
    """Unapproved private scopes, dangerous addresses and published clients are refused here too."""
    for change in ({"scopes": ["api_keys_write"]}, {"redirect_uris": ["https://x.example/#"]}):
        with pytest.raises(Refused):
            await applied(sandbox, encoded(client={**CONTENT["client"], **change}))
    made = await applied(sandbox, encoded())
    await sandbox.publish(made.client.id)
    second = await applied(sandbox, encoded())
    assert second.client.id != made.client.id, (
        "the published client is not touched; a new test client is made"
    )


@pytest.mark.row("B060", "B061")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"manifest_version": 1, "app": ' + b"[" * 100_000,
        b" " * (256 * 1024 + 1),
        b"manifest_version: 1",
        b"!!python/object/apply:os.system ['true']",
        encoded(manifest_version=2),
        encoded(extra=1),
        encoded(app={"name": 7}),
        encoded(client={"name": "x", "client_secret": "lscs_us1_x"}),
        encoded()[:-1] + b', "manifest_version": 1}',
        encoded(app={"name": "x"}).replace(b'{"name": "x"}', b'{"name": "x", "name": "y"}'),
        encoded(app={"name": "SURROGATE"}).replace(b"SURROGATE", b"\\ud800"),
    ],
    ids=lambda content: content[:40],
)
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    """Too large, too deep, another format, unknown or repeated members: one clear refusal."""
    with pytest.raises(Refused):
        read_manifest(content)


def test_the_member_that_does_not_fit_is_named() -> None:
    """A partner can find the line."""
    with pytest.raises(Refused) as refused:
        read_manifest(encoded(client={"name": "x", "scopes": ["a", 1]}))
    assert refused.value.field == "client.scopes[1]"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing else happens."""
    with suppress(Refused):
        read_manifest(content)
