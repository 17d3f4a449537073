"""The list: every check, in its order. Refusals come before what they must not consume; endings come last."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from latchstring.verify import calls, discovery, ending, flow, sending
from latchstring.verify.scene import Scene
from latchstring.verify.verdicts import NotOffered, Result, Skipped, State, Violation


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it sees to, which rows of the document's list it stands for, and how it is done."""

    name: str
    title: str
    rows: tuple[str, ...]
    do: Callable[[Scene], str]


def opening(scene: Scene) -> tuple[Check, ...]:
    """From discovery to the last thing that an integration does with a live authorization."""
    return (
        Check("metadata", "The site describes itself", ("S16",), discovery.server_metadata),
        Check("resource", "The API names who issues its tokens", ("S16",), discovery.resource_metadata),
        Check("unknown-client", "An unknown client ID is refused", ("T2",), discovery.unknown_client),
        Check(
            "other-redirect", "An unregistered redirect URI is refused", ("T7",), discovery.other_redirect_uri
        ),
        Check("wildcard", "Redirect URIs are exact", ("T8",), discovery.subdomain_of_redirect_uri),
        Check("wrong-secret", "A wrong client secret is refused", ("T10",), discovery.wrong_secret),
        Check("no-pkce", "PKCE is required", ("S16",), flow.without_pkce),
        Check(
            "unknown-scope",
            "A scope that the client does not have is refused",
            ("S13",),
            flow.beyond_the_client,
        ),
        Check("denied", "A person who denies is believed", ("S1",), flow.denied),
        Check("allowed", "A person allows, and the code comes back", ("S1", "S19", "S23"), flow.allowed),
        Check("wrong-verifier", "A wrong code verifier is refused", ("T9",), flow.wrong_verifier),
        Check("content-type", "Another content type is refused", ("T9",), flow.wrong_content_type),
        Check("redeem-elsewhere", "A code belongs to its redirect URI", ("T7",), flow.other_redirect_uri),
        Check("redeemed", "The code becomes tokens", ("S4", "S16", "S19"), flow.redeemed),
        Check("refreshed", "Refreshing rotates without locking out", ("S16", "T4"), flow.refreshed),
        Check("refreshed-json", "JSON does as well as a form", ("T9",), flow.refreshed_by_json),
        Check("refreshed-site", "Tokens come from the user's own site", ("S23",), flow.refreshed_at_site),
        Check("introspected", "The client can ask about its token", ("S16",), ending.introspected),
        *(
            Check(f"scope-{scope}", f"{scope} lets calls in", ("S24",), do)
            for scope, do in calls.per_scope(scene.site.scopes)
        ),
        Check("no-token", "No call without a token", ("T3",), calls.no_token),
        Check("bad-token", "No call with a bad token", ("T3",), calls.bad_token),
        Check(
            "refresh-as-access", "A refresh token calls nothing", ("T3",), calls.refresh_token_as_access_token
        ),
        Check("application-key", "An application key is no token", ("T3",), calls.application_key),
        Check("beyond", "Nothing beyond the granted scopes", ("T3", "S4"), calls.beyond_the_scopes),
        Check("subdomain", "API hosts carry no subdomain", ("T6",), calls.subdomain),
        Check("key", "The token makes an API key", ("S20",), sending.key_created),
        Check("one-key", "One live key at a time", ("S20", "T5"), sending.only_one_key),
        Check("key-valid", "The key is accepted", ("S20",), sending.key_valid),
        Check("token-sends", "Sending takes the key, not the token", ("T1",), sending.token_sends_nothing),
        Check("metric", "A metric arrives", ("S24", "T1"), sending.metric),
        Check("event", "An event arrives", ("S24", "T1"), sending.event),
        Check("log", "A log line arrives", ("S24", "T1"), sending.log),
    )


def between(scene: Scene, others: Sequence[Scene]) -> tuple[Check, ...]:
    """What another site must refuse."""
    return tuple(
        Check(
            f"not-at-{other.site.key}",
            f"Tokens of {scene.site.key} are worth nothing on {other.site.key}",
            ("S21", "S23"),
            partial(calls.another_site, other),
        )
        for other in others
        if other is not scene
    )


def closing() -> tuple[Check, ...]:
    """How everything ends."""
    return (
        Check("token-revoked", "A revoked access token stops at once", ("T4",), ending.access_token_revoked),
        Check(
            "revoked", "A revoked authorization stops at once", ("T4", "S33"), ending.authorization_revoked
        ),
        Check("again", "Authorizing again works", ("T4",), ending.authorized_again),
        Check("code-twice", "A code works once", ("T9",), ending.code_used_twice),
        Check("stolen", "An old refresh token ends everything", ("T4",), ending.refresh_token_stolen),
        Check("key-revoked", "A revoked key stops at once", ("T5", "S34"), sending.key_revoked),
    )


def verify(scenes: Sequence[Scene], began: Callable[[str, Check], None]) -> Iterator[Result]:
    """Every check on every site. All sites are opened before any is closed, so that each sees the others' tokens."""
    for scene in scenes:
        yield from _each(scene, opening(scene), began)
    for scene in scenes:
        yield from _each(scene, between(scene, scenes), began)
    for scene in scenes:
        yield from _each(scene, closing(), began)


def _each(scene: Scene, checks: Sequence[Check], began: Callable[[str, Check], None]) -> Iterator[Result]:
    for check in checks:
        began(scene.site.key, check)
        yield _result(scene, check)


def _result(scene: Scene, check: Check) -> Result:
    since = scene.clock.monotonic_ns()
    state, told, violation = _made(scene, check)
    seconds = round((scene.clock.monotonic_ns() - since) / 1e9, 3)
    scrub = scene.wire.vault.scrub
    return Result(
        scene.site.key,
        check.name,
        check.title,
        check.rows,
        state,
        scrub(told),
        seconds,
        scrub(violation.expected) if violation else "",
        scrub(violation.received) if violation else "",
        violation.request_id if violation else "",
    )


def _made(scene: Scene, check: Check) -> tuple[State, str, Violation | None]:
    try:
        return "passed", check.do(scene), None
    except Violation as violation:
        return "failed", str(violation), violation
    except Skipped as skipped:
        return "skipped", str(skipped), None
    except NotOffered as missing:
        return "not offered", str(missing), None
