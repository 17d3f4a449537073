"""GET /docs and /docs/{page}: readable by everybody; an own app's IDs are for its organization only."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from latchstring.apps.lookup import Client
from latchstring.web.documentation.blanks import filled
from latchstring.web.documentation.document import document
from latchstring.web.documentation.scopes import operations_for_any_token, scope_areas
from latchstring.web.documentation.sources import PAGE_NAMES
from latchstring.web.documentation.values import own_client, values_for
from latchstring.web.http import Request
from latchstring.web.pages import faults
from latchstring.web.pages.documentation import Block, CodeChoice, Documentation, DocumentationIndex, PageLink
from latchstring.web.pages.paths import PATHS
from latchstring.web.show import locale_of, show
from latchstring.web.translations import Locale


async def index(request: Request) -> Response:
    """What there is to read."""
    client = await own_client(request)
    values = values_for(client, request.platform.contract, request.platform.site)
    pages = _links(values, locale_of(request))
    return show(request, DocumentationIndex(pages=pages, app=_name(client)))


async def page(request: Request) -> Response:
    """One page, in the reader's language, with the reader's own IDs where they may know them."""
    name = request.path_params["page"]
    if name not in PAGE_NAMES:
        return show(request, faults.not_found(), 404, path=PATHS.docs)
    locale, client = locale_of(request), await own_client(request)
    contract = request.platform.contract
    values = values_for(client, contract, request.platform.site)
    listing = name == "scopes"
    shown = Documentation(
        name=name,
        pages=_links(values, locale),
        blocks=tuple(_fill(block, values) for block in document(name, locale).blocks),
        areas=scope_areas(contract, locale) if listing else (),
        any_token=operations_for_any_token(contract) if listing else (),
        app=_name(client),
    )
    return show(request, shown)


def _name(client: Client | None) -> str | None:
    return None if client is None else client.name


def _links(values: Mapping[str, str], locale: Locale) -> tuple[PageLink, ...]:
    found = ((name, document(name, locale)) for name in PAGE_NAMES)
    return tuple(
        PageLink(name, read.title, filled(read.lead, values), f"{PATHS.docs}/{name}{values['query']}")
        for name, read in found
    )


def _fill(block: Block, values: Mapping[str, str]) -> Block:
    if isinstance(block, CodeChoice):
        return CodeChoice(tuple(replace(code, html=filled(code.html, values)) for code in block.choices))
    return replace(block, html=filled(block.html, values))
