"""Manifests over JSON: the plan of one, carrying it out, and the manifest of an app. The body is the file itself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.responses import Response

from latchstring.apps import imports
from latchstring.apps.imports import Applied, Target, target_of
from latchstring.apps.manifest import LARGEST, Manifest, ManifestFile, read_manifest
from latchstring.apps.plan import Plan
from latchstring.web.api.answers import BadQuery, One, one
from latchstring.web.api.asking import act_of, id_of, organization_of, query_of, smithy_of
from latchstring.web.api.rows import holding, row
from latchstring.web.http import NO_STORE, Request
from latchstring.web.routing import Route


async def plan_manifest(request: Request) -> Response:
    organization_id, manifest = await _asked(request)
    contract = request.platform.contract
    return one(await imports.plan(request.tx, contract, organization_id, manifest, _target(request)))


async def apply_manifest(request: Request) -> Response:
    organization_id, manifest = await _asked(request)
    applied = await imports.apply(
        request.tx,
        request.platform.contract,
        smithy_of(request),
        act_of(request),
        organization_id,
        manifest,
        _target(request),
        leave_out=_leaves_out(request),
        fingerprint=query_of(request, "fingerprint"),
    )
    return one(applied)


async def export_manifest(request: Request) -> Response:
    organization_id, app_id = await organization_of(request), id_of(request, "app_id")
    origin = request.platform.site.app_origin
    content = await imports.export(request.tx, organization_id, app_id, origin=origin)
    return Response(content, 200, NO_STORE, "application/json")


async def _asked(request: Request) -> tuple[UUID, Manifest]:
    organization_id = await organization_of(request)
    return organization_id, read_manifest(await request.content(LARGEST))


def _target(request: Request) -> Target:
    """The app that the manifest is for: `matching` unless it says `new` or an app's id."""
    target = target_of(query_of(request, "app") or "matching")
    if target is None:
        raise BadQuery("must be matching, new, or the id of an app", field="app")
    return target


def _leaves_out(request: Request) -> bool:
    asked = query_of(request, "leave_out") or "false"
    if asked not in ("true", "false"):
        raise BadQuery("must be true or false", field="leave_out")
    return asked == "true"


_ORGANIZATION = "/organizations/{organization_id}"
_MANAGE = holding("apps_manage")
_APP: Mapping[str, Any] = {"app": str}

ROUTES: tuple[Route, ...] = (
    row("POST", _ORGANIZATION + "/manifest_plans", plan_manifest, _MANAGE,
        "Say what applying a manifest would do, and what of it can't be done; nothing is changed",
        takes=ManifestFile, gives=One[Plan], query=_APP),
    row("POST", _ORGANIZATION + "/manifests", apply_manifest, _MANAGE,
        "Apply a manifest: what is missing is made, what differs is changed, nothing is deleted; what can't be"
        " done refuses it whole unless `leave_out` is true; with the `fingerprint` of a plan only that plan",
        takes=ManifestFile, gives=One[Applied], query={**_APP, "leave_out": bool, "fingerprint": str}),
    row("GET", _ORGANIZATION + "/apps/{app_id}/manifest", export_manifest, _MANAGE,
        "Export an app and its OAuth clients as a manifest, without any secret", gives=ManifestFile),
)  # fmt: skip
