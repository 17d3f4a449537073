"""`latchstring explain REQUEST_ID`: why a request was refused, and what to do."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latchstring.accounts.refused import Missing, Refused
from latchstring.cli.running import AsJson, Desk, done, print_answer, refuse

if TYPE_CHECKING:
    from latchstring.audit.explanations import Language

_HELP = "Ask this site over HTTP, with the credential in LATCHSTRING_CREDENTIAL."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain_request)


def explain_request(
    request_id: Annotated[str, typer.Argument(help="The X-Request-Id of the refusal.")],
    language: Annotated[str, typer.Option(help="en or ko.")] = "en",
    as_json: AsJson = False,
    site_url: Annotated[str | None, typer.Option("--site-url", help=_HELP)] = None,
) -> None:
    """Say why a request was refused, and what to do."""
    try:
        spoken = _language(language)
        told = _here(request_id, spoken) if site_url is None else _there(request_id, spoken, site_url)
    except Refused as refused:
        refuse(refused)
    print_answer(told, as_json=as_json)


def _here(request_id: str, language: "Language") -> dict[str, Any]:
    """As the database of this machine says."""
    from latchstring.audit.request_log import find
    from latchstring.web.explaining import documentation_of, explanation_of

    async def work(desk: Desk) -> dict[str, Any]:
        kept = await find(desk.tx, request_id, owner=None)
        if kept is None:
            raise Missing(f"refused request {request_id!r}; what no client can be proven for is not kept")
        told = explanation_of(kept.refused, desk.platform.contract, language)
        return {
            "why": told.why,
            "rule": f"{told.rule} ({told.reference})" if told.reference else told.rule,
            "remedy": told.remedy,
            "fix": told.fix,
            "documentation": desk.platform.site.app_origin + documentation_of(kept.refused),
            "client": kept.client_name,
            "request": kept.refused,
        }

    return done(work)


def _there(request_id: str, language: "Language", site_url: str) -> dict[str, Any]:
    """As a site says to whoever the credential is: to an app's owner about their own, to operators about all."""
    from latchstring.cli.remote import site_at
    from latchstring.web.api.explanations import Explained

    if not request_id.isalnum():
        raise Missing(f"refused request {request_id!r}")
    site = replace(site_at(site_url), language=language)
    told = site.read(Explained, "GET", f"/requests/{request_id}")
    return {
        "why": told.why,
        "rule": f"{told.rule} ({told.reference})" if told.reference else told.rule,
        "remedy": told.remedy,
        "fix": told.fix,
        "documentation": site.origin + told.documentation,
        "client": told.client_name,
        "request": {
            "request_id": told.request_id,
            "client_id": told.client_id,
            "at": told.at,
            "endpoint": told.endpoint,
            "status": told.status,
            "cause": told.cause,
            "noted": told.noted,
        },
    }


def _language(text: str) -> "Language":
    match text:
        case "en" | "ko":
            return text
        case _:
            raise Refused("must be en or ko", field="language")
