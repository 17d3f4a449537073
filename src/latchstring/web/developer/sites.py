"""Sandboxes on the host's other sites: which there are, and a request for one where there is none."""

from starlette.responses import Response

from latchstring.accounts.refused import Refused
from latchstring.apps import partner_request_store as store
from latchstring.apps import partner_requests
from latchstring.sites.model import Site
from latchstring.web.developer.desk import act_of, page, sandbox_of
from latchstring.web.developer.reasons import told
from latchstring.web.http import Request, see_other
from latchstring.web.pages.developer.sites import OtherSite, OtherSites
from latchstring.web.pages.paths import PATHS
from latchstring.web.show import show
from latchstring.web.signed_in import session_of
from latchstring.web.translations import Words

_PATH = "/sites"


async def index(request: Request) -> Response:
    """The other sites, each with what was asked for there last."""
    asked = request.query_params.get("asked", "")
    named = next((site.name for site in _others(request) if site.key == asked), None)
    return show(request, OtherSites(rows=await _rows(request), asked=named))


async def ask(request: Request) -> Response:
    """Ask for a sandbox on one of them."""
    site, reason = request.fields.get("site") or "", request.fields.get("reason") or ""
    try:
        await partner_requests.ask_for_sandbox(
            request.tx,
            request.platform.entropy,
            act_of(request),
            sandbox_of(request),
            session_of(request).user_id,
            site=site,
            sites=request.platform.other_sites,
            reason=reason,
        )
    except Refused as refused:
        of_reason = refused.field == "reason"
        rows = await _rows(
            request, typed_for=site, reason=reason, problem=told(refused) if of_reason else None
        )
        page_again = OtherSites(rows=rows, problem=None if of_reason else told(refused))
        return show(request, page_again, 400, path=PATHS.developer + _PATH)
    return see_other(f"{PATHS.developer}{_PATH}?asked={site}")


def _others(request: Request) -> list[Site]:
    platform = request.platform
    return [site for site in platform.sites if site.key in platform.other_sites]


async def _rows(
    request: Request, *, typed_for: str = "", reason: str = "", problem: Words | None = None
) -> tuple[OtherSite, ...]:
    rows = []
    for site in _others(request):
        last = await store.of_subject(request.tx, sandbox_of(request), "sandbox_elsewhere", site.key)
        typed = site.key == typed_for
        rows.append(
            OtherSite(
                key=site.key,
                name=site.name,
                region=site.region,
                app_origin=site.app_origin,
                state=last.state if last else None,
                asked_at=last.asked_at if last else None,
                answer=(last.answer or "") if last else "",
                reason=reason if typed else "",
                problem=problem if typed else None,
            )
        )
    return tuple(rows)


ROUTES = (page("GET", _PATH, index), page("POST", _PATH, ask))
