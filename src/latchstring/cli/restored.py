"""`latchstring restored`: what to run once, after a backup was restored and before anybody is let in."""

from typing import Annotated, Any

import typer

from latchstring.cli.running import AsJson, Desk, run
from latchstring.restored import end_what_may_live_again


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("restored")(restored)


def restored(
    authorizations: Annotated[
        bool, typer.Option("--authorizations", help="Also every authorization: customers must allow again.")
    ] = False,
    api_keys: Annotated[
        bool, typer.Option("--api-keys", help="Also every API key: partners must create them again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """End what may have been ended between the backup and now: sign-ins, codes and access tokens."""

    async def work(desk: Desk) -> Any:
        return await end_what_may_live_again(
            desk.tx, desk.act, authorizations=authorizations, api_keys=api_keys
        )

    run(work, as_json=as_json)
