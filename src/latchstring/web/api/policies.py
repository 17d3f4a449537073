"""The app policy of an organization over JSON: read, try, and put in force."""

from starlette.responses import Response

from latchstring.integrations import policies
from latchstring.integrations.consequences import Consequences
from latchstring.integrations.policies import Policy
from latchstring.web.api.answers import One, one
from latchstring.web.api.asking import act_of, organization_of
from latchstring.web.api.rows import holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route


async def read_policy(request: Request) -> Response:
    return one(await policies.read(request.tx, await organization_of(request)))


async def try_policy(request: Request) -> Response:
    asked = await request.json_as(Policy)
    organization_id, contract = await organization_of(request), request.platform.contract
    return one(await policies.dry_run(request.tx, contract, act_of(request), organization_id, asked))


async def put_policy(request: Request) -> Response:
    """The answer is sent when no process acts on the policy before."""
    asked = await request.json_as(Policy)
    organization_id, contract = await organization_of(request), request.platform.contract
    by = request.credential.user_id
    return one(await policies.save(request.tx, contract, act_of(request), organization_id, asked, by))


_POLICY = "/organizations/{organization_id}/app_policy"
_CHANGE = holding("organization_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", _POLICY, read_policy, holding("oauth_apps_read"), "Read the app policy", gives=One[Policy]),
    row("POST", _POLICY + "/dry_run", try_policy, _CHANGE,
        "Read what another app policy would break; nothing is changed", takes=Policy, gives=One[Consequences]),
    row("PUT", _POLICY, put_policy, _CHANGE, "Put an app policy in force, everywhere when the answer is sent",
        takes=Policy, gives=One[Consequences]),
)  # fmt: skip
