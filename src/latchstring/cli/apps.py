"""Apps as code: `latchstring app apply|export|list`."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from latchstring.accounts.refused import Missing, Refused
from latchstring.apps import apps, clients, store
from latchstring.apps.manifest import apply_manifest, read_manifest, write_manifest
from latchstring.cli import finding
from latchstring.cli.running import AsJson, Desk, run

group = typer.Typer(no_args_is_help=True, help="Apps and their OAuth clients, as manifest files.")

In = Annotated[str, typer.Option("--organization", help="The sandbox: id, subdomain or name.")]


def register(app: typer.Typer) -> None:
    """Add `latchstring app …` to the command line."""
    app.add_typer(group, name="app")


@group.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help="The manifest.")], organization: In, as_json: AsJson = False
) -> None:
    """Bring the app and its test client to what the manifest says; a new client's secret is printed once."""
    try:
        manifest = read_manifest(file.read_bytes())
    except OSError as problem:
        typer.echo(f"latchstring: {file}: {problem.strerror}", err=True)
        raise typer.Exit(1) from None
    except Refused as refused:
        typer.echo(f"latchstring: {file}: {refused.field or 'manifest'}: {refused.reason}", err=True)
        raise typer.Exit(1) from None

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        return await apply_manifest(
            desk.tx, desk.platform.contract, desk.smithy, desk.act, found.id, manifest
        )

    run(work, as_json=as_json)


@group.command("export")
def export(client_id: str, organization: In) -> None:
    """Print the manifest of an OAuth client and its app."""

    async def work(desk: Desk) -> str:
        found = await finding.organization(desk, organization)
        client = await clients.get(desk.tx, found.id, _client_id(client_id))
        app = await apps.get(desk.tx, found.id, client.app_id)
        return write_manifest(app, client).decode().rstrip("\n")

    run(work, as_json=False)


@group.command("list")
def list_clients(organization: In, as_json: AsJson = False) -> None:
    """List a sandbox organization's OAuth clients."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        return await store.clients(desk.tx, found.id, None, None, 100_000)

    run(work, as_json=as_json)


def _client_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing("client") from None
