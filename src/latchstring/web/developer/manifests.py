"""Export App Manifest and Import App Manifest, and the JSON Schema that both keep to."""

from dataclasses import replace
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.apps import imports, listing
from latchstring.apps.imports import Applied, Target, target_of
from latchstring.apps.manifest import LARGEST, SCHEMA_PATH, Manifest, read_manifest
from latchstring.apps.manifest_schema import published
from latchstring.apps.plan import Plan
from latchstring.protocol.client_authentication import uuid_of
from latchstring.web.developer.desk import (
    act_of,
    app_of,
    app_path,
    client_head_of,
    head_of,
    page,
    sandbox_of,
    smithy_of,
)
from latchstring.web.developer.manifest_words import problem_of, steps_of, unreadable
from latchstring.web.http import NO_STORE, Request
from latchstring.web.needs import Anyone
from latchstring.web.pages.developer.manifests import (
    AppChoice,
    ImportManifest,
    ManifestApplied,
    ManifestPlan,
    NewSecret,
)
from latchstring.web.pages.paths import PATHS
from latchstring.web.routing import Route
from latchstring.web.show import show

_MOST_CHOICES = 100


async def schema(request: Request) -> Response:
    """The JSON Schema of manifests, for editors and checks."""
    headers = {"cache-control": "public, max-age=3600", "access-control-allow-origin": "*"}
    return Response(published(), 200, headers, "application/schema+json")


async def export(request: Request) -> Response:
    """The manifest of an app, as a file to keep."""
    app = await app_of(request)
    origin = request.platform.site.app_origin
    content = await imports.export(request.tx, sandbox_of(request), app.id, origin=origin)
    headers = {**NO_STORE, "content-disposition": f'attachment; filename="app-manifest-{app.id}.json"'}
    return Response(content, 200, headers, "application/json")


async def form(request: Request) -> Response:
    """Where a manifest is pasted or chosen; `?app=` chooses the app that it is for."""
    app_id = uuid_of(request.query_params.get("app", ""))
    return show(request, await _form(request, str(app_id) if app_id else "matching"))


async def plan(request: Request) -> Response:
    """What the manifest would do, before it does anything."""
    content, chosen, target = _asked(request)
    text = content.decode("utf-8", "replace")
    try:
        found = await _plan(request, read_manifest(content), target)
    except Missing:
        raise
    except Refused as refused:
        empty = await _form(request, chosen)
        refused_form = replace(empty, manifest=text, place=refused.field, problem=unreadable(refused))
        return show(request, refused_form, 400, path=PATHS.developer_import)
    return show(request, _plan_page(found, text, chosen), path=PATHS.developer_import)


async def confirm(request: Request) -> Response:
    """Carry out the plan that was shown; should it have become another one, show that instead."""
    content, chosen, target = _asked(request)
    try:
        manifest = read_manifest(content)
    except Refused:
        return await plan(request)
    await request.tx.execute("SAVEPOINT asked")
    try:
        return _done(request, await _apply(request, manifest, target))
    except Missing:
        raise
    except Refused as refused:
        await request.tx.execute("ROLLBACK TO SAVEPOINT asked")
        now = _plan_page(await _plan(request, manifest, target), content.decode(), chosen)
        return _refused(request, refused, now)


async def _plan(request: Request, manifest: Manifest, target: Target) -> Plan:
    contract = request.platform.contract
    return await imports.plan(request.tx, contract, sandbox_of(request), manifest, target)


async def _apply(request: Request, manifest: Manifest, target: Target) -> Applied:
    return await imports.apply(
        request.tx,
        request.platform.contract,
        smithy_of(request),
        act_of(request),
        sandbox_of(request),
        manifest,
        target,
        leave_out=request.fields.get("leave_out") == "yes",
        fingerprint=request.fields.get("fingerprint") or "",
    )


def _refused(request: Request, refused: Refused, shown: ManifestPlan) -> Response:
    stale = shown.fingerprint != request.fields.get("fingerprint")
    unanswered = not stale and bool(shown.problems) and request.fields.get("leave_out") != "yes"
    words = None if stale or unanswered else unreadable(refused)
    marked = replace(shown, stale=stale, unanswered=unanswered, refused=words)
    return show(
        request, marked, 409 if stale or isinstance(refused, Conflict) else 400, path=PATHS.developer_import
    )


def _done(request: Request, applied: Applied) -> Response:
    secrets = tuple(
        NewSecret(client=client_head_of(one.client, applied.app), secret=one.client_secret)
        for one in applied.clients
        if one.client_secret is not None
    )
    shown = ManifestApplied(app=head_of(applied.app), secrets=secrets, changed=applied.plan.differs)
    return show(request, shown, path=app_path(applied.app, "oauth"))


async def _form(request: Request, chosen: str) -> ImportManifest:
    organization_id = sandbox_of(request)
    found = await listing.page(request.tx, organization_id, search=None, after=None, limit=_MOST_CHOICES)
    choices = [AppChoice(id=str(app.id), name=app.name) for app in found]
    if isinstance(asked := target_of(chosen), UUID) and chosen not in {choice.id for choice in choices}:
        more = await listing.page(request.tx, organization_id, search=str(asked), after=None, limit=1)
        choices += [AppChoice(id=str(app.id), name=app.name) for app in more if app.id == asked]
    known = {"matching", "new", *(choice.id for choice in choices)}
    return ImportManifest(apps=tuple(choices), chosen=chosen if chosen in known else "matching")


def _plan_page(found: Plan, text: str, chosen: str) -> ManifestPlan:
    return ManifestPlan(
        steps=tuple(steps_of(found)),
        problems=tuple(problem_of(problem) for problem in found.problems),
        ignored=found.ignored,
        others=found.others,
        differs=found.differs,
        manifest=text,
        target=chosen,
        fingerprint=found.fingerprint,
    )


def _asked(request: Request) -> tuple[bytes, str, Target]:
    """The file that was chosen, or else the text that was pasted; and the app that it is for.

    Raises:
        Missing: that is no app's id.
    """
    chosen = request.fields.get("app") or "matching"
    target = target_of(chosen)
    if target is None:
        raise Missing("app")
    return request.file or (request.fields.get("manifest") or "").encode(), chosen, target


ROUTES: tuple[Route, ...] = (
    Route("GET", SCHEMA_PATH, schema, Anyone()),
    page("GET", "/apps/{app_id}/manifest", export),
    page("GET", "/import", form),
    page("POST", "/import", plan, upload=LARGEST),
    page("POST", "/import/confirmation", confirm, upload=LARGEST),
)
