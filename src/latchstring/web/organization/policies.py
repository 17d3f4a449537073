"""Organization Settings → Policies: the form, the dry run, and putting it in force."""

from collections.abc import Iterable
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.refused import Refused
from latchstring.audit.entries import Act
from latchstring.contract.model import Contract
from latchstring.integrations import policies as domain
from latchstring.integrations.consequences import AuthorizationChange, Consequences, KeyChange
from latchstring.integrations.known_apps import KnownApp, found_apps, known_apps, named_apps
from latchstring.integrations.policies import Policy, Rule
from latchstring.protocol.client_authentication import uuid_of
from latchstring.protocol.parameters import Parameters, is_text
from latchstring.web.http import BadInput, Request, see_other
from latchstring.web.needs import SignedIn, permissions
from latchstring.web.pages.page import Person
from latchstring.web.pages.paths import PATHS
from latchstring.web.pages.policies import Affected, AffectedKey, AppLine, Policies, PolicyPreview
from latchstring.web.routing import Route
from latchstring.web.scopes import scope_groups, scope_line
from latchstring.web.show import csrf_of, locale_of, show
from latchstring.web.signed_in import organization_of
from latchstring.web.translations import Text, Words

_UNKNOWN = Text("An app or a scope in it is not known here.")
_RULE, _LIMITED, _SCOPE = "rule.", "limited.", "scope."


async def index(request: Request) -> Response:
    """The policy in force, with the apps that it could be about."""
    _, organization_id = organization_of(request)
    return await _form(request, await domain.read(request.tx, organization_id))


async def change(request: Request) -> Response:
    """Show what another policy would break, or put it in force. The answer is sent when it is, everywhere."""
    session, organization_id = organization_of(request)
    policy = _policy_in(request.fields, request.platform.contract)
    act = Act(f"user:{session.user_id}", request.platform.clock.now(), request.id)
    arguments = (request.tx, request.platform.contract, act, organization_id, policy)
    try:
        match request.fields.get("do"):
            case "save":
                await domain.save(*arguments, session.user_id)
                return see_other(f"{PATHS.policies}?done=saved")
            case "preview":
                return _preview(request, await domain.dry_run(*arguments))
            case _:
                return await _form(request, policy)
    except Refused:
        return await _form(request, policy, problem=_UNKNOWN, status=400)


async def _form(
    request: Request, policy: Policy, *, problem: Words | None = None, status: int = 200
) -> Response:
    session, organization_id = organization_of(request)
    contract, locale = request.platform.contract, locale_of(request)
    search = _asked(request, "search") or _asked(request, "app")
    found = await found_apps(request.tx, organization_id, search) if search else []
    known = await known_apps(request.tx, organization_id)
    ruled = await named_apps(request.tx, organization_id, [rule.client_id for rule in policy.rules])
    rules = {rule.client_id: rule for rule in policy.rules}
    shown = Policies(
        listed_only=policy.mode == "allow_list",
        ceiling=_as_set(policy.ceiling),
        scopes=scope_groups(contract, contract.scopes, locale, contract.scope_names),
        apps=tuple(
            _line(request, app, rules.get(app.client_id), looked_for=app in found)
            for app in _once([*found, *known, *ruled])
        ),
        search="" if uuid_of(search) else search,
        found_nothing=bool(search) and not found,
        may_change="organization_manage" in session.permissions,
        done=request.method == "GET" and request.query_params.get("done") == "saved",
        problem=problem,
    )
    return show(request, shown, status, path=PATHS.policies)


def _once(apps: Iterable[KnownApp]) -> list[KnownApp]:
    """Each app once; what was looked for stays in front."""
    seen: dict[UUID, KnownApp] = {}
    for app in apps:
        seen[app.client_id] = app if app.live else seen.get(app.client_id, app)
    return list(seen.values())


def _line(request: Request, app: KnownApp, rule: Rule | None, *, looked_for: bool) -> AppLine:
    contract, locale = request.platform.contract, locale_of(request)
    return AppLine(
        client_id=str(app.client_id),
        name=app.name,
        partner=app.partner_name,
        said=rule.rule if rule else "none",
        scopes=scope_groups(contract, app.scopes, locale, contract.scope_names),
        ceiling=_as_set(rule.ceiling) if rule else None,
        live=app.live,
        looked_for=looked_for,
    )


def _as_set(ceiling: tuple[str, ...] | None) -> frozenset[str] | None:
    return frozenset(ceiling) if ceiling is not None else None


def _asked(request: Request, name: str) -> str:
    text = request.query_params.get(name, "")[:200].strip()
    return text if is_text(text) else ""


def _policy_in(fields: Parameters, contract: Contract) -> Policy:
    """The policy that the form says."""
    named = [name.partition(".") for name in fields.values if name.startswith((_RULE, _LIMITED))]
    client_ids = dict.fromkeys(uuid_of(written) for _, _, written in named)
    rules = [_rule_in(fields, contract, client_id) for client_id in client_ids if client_id]
    mode = fields.get("mode")
    if mode not in ("any", "allow_list"):
        raise BadInput("must be any or allow_list", field="mode")
    ceiling = _ceiling_in(fields, contract, _SCOPE) if fields.get("limited") else None
    return Policy(
        "allow_list" if mode == "allow_list" else "any",
        ceiling,
        tuple(rule for rule in sorted(filter(None, rules), key=lambda rule: rule.client_id)),
    )


def _rule_in(fields: Parameters, contract: Contract, client_id: UUID) -> Rule | None:
    said, limited = fields.get(f"{_RULE}{client_id}"), fields.get(f"{_LIMITED}{client_id}")
    ceiling = _ceiling_in(fields, contract, f"{_SCOPE}{client_id}.") if limited else None
    if said == "block":
        return Rule(client_id, "block", ceiling)
    return Rule(client_id, "allow", ceiling) if said == "allow" or limited else None


def _ceiling_in(fields: Parameters, contract: Contract, prefix: str) -> tuple[str, ...]:
    return tuple(scope for scope in contract.scopes if fields.get(prefix + scope))


def _preview(request: Request, found: Consequences) -> Response:
    again = {name: value for name, value in request.fields.values.items() if name not in ("csrf", "do")}
    shown = PolicyPreview(
        authorizations=found.authorizations,
        people=found.people,
        api_keys=found.api_keys,
        affected=tuple(_affected(request, one) for one in found.changes),
        keys=tuple(_key(one) for one in found.keys),
        fields=(("csrf", csrf_of(request)), *again.items()),
    )
    return show(request, shown, path=PATHS.policies)


def _affected(request: Request, one: AuthorizationChange) -> Affected:
    contract, locale = request.platform.contract, locale_of(request)
    broken = [
        (
            contract.operations[op.operation].summary
            if op.operation in contract.operations
            else op.operation,
            op.calls,
        )
        for op in one.breaks
    ]
    return Affected(
        app=one.client_name,
        person=Person(one.user_name, one.user_email),
        blocked=one.blocked,
        unblocked=one.unblocked,
        loses=tuple(scope_line(contract, scope, locale, frozenset()).title for scope in one.loses),
        regains=tuple(scope_line(contract, scope, locale, frozenset()).title for scope in one.regains),
        breaks=tuple(broken),
        last_used_at=one.last_used_at,
    )


def _key(one: KeyChange) -> AffectedKey:
    return AffectedKey(
        app=one.client_name,
        name=one.name,
        last4=one.last4,
        blocked=one.blocked,
        last_used_at=one.last_used_at,
    )


ROUTES: tuple[Route, ...] = (
    Route("GET", PATHS.policies, index, SignedIn(permissions("oauth_apps_read"))),
    Route("POST", PATHS.policies, change, SignedIn(permissions("oauth_apps_read", "organization_manage"))),
)
