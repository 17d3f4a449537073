"""`latchstring explain REQUEST_ID`: why a request was refused, and what to do."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from latchstring.accounts.refused import Missing, Refused
from latchstring.cli.running import AsJson, Desk, run

if TYPE_CHECKING:
    from latchstring.audit.explanations import Language


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain_request)


def explain_request(
    request_id: Annotated[str, typer.Argument(help="The X-Request-Id of the refusal.")],
    language: Annotated[str, typer.Option(help="en or ko.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Say why a request was refused, and what to do."""
    from latchstring.audit.request_log import find
    from latchstring.web.explaining import documentation_of, explanation_of

    async def work(desk: Desk) -> Any:
        kept = await find(desk.tx, request_id, owner=None)
        if kept is None:
            raise Missing(f"refused request {request_id!r}; what no client can be proven for is not kept")
        told = explanation_of(kept.refused, desk.platform.contract, _language(language))
        return {
            "why": told.why,
            "rule": f"{told.rule} ({told.reference})" if told.reference else told.rule,
            "remedy": told.remedy,
            "fix": told.fix,
            "documentation": desk.platform.site.app_origin + documentation_of(kept.refused),
            "client": kept.client_name,
            "request": kept.refused,
        }

    run(work, as_json=as_json)


def _language(text: str) -> "Language":
    match text:
        case "en" | "ko":
            return text
        case _:
            raise Refused("must be en or ko", field="language")
