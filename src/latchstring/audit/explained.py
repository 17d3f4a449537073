"""A refused request as its owner is told of it: cause, rule, what was received against what was expected, remedy."""

from collections.abc import Mapping
from dataclasses import dataclass

from latchstring.audit.differences import Pieces, closest, differences
from latchstring.audit.explanations import Language, explain
from latchstring.audit.explanations.rules import rule_of
from latchstring.audit.refusals import Refused


@dataclass(frozen=True, slots=True)
class TextAgainst:
    """Two texts, compared by characters; `others` would have been right as well."""

    received: Pieces
    expected: Pieces
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopesAgainst:
    """Two sets of scopes. `extra` are in what was received, `missing` in what was expected, and should not be there
    alone."""

    received: tuple[str, ...]
    expected: tuple[str, ...]
    extra: frozenset[str]
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class ValueAgainst:
    """Two values that are just not the same; empty where there was none."""

    received: str
    expected: str


Against = TextAgainst | ScopesAgainst | ValueAgainst


@dataclass(frozen=True, slots=True)
class Explained:
    """`fix` is the value that would have been right, ready to be copied; `facts` is what else is known, by name."""

    refused: Refused
    why: str
    remedy: str
    rule: str
    reference: str
    against: Against | None
    fix: str | None
    facts: Mapping[str, str]


def explained(refused: Refused, language: Language) -> Explained:
    """Everything that can be said of a refused request, in a language."""
    told, rule = explain(refused.cause, language), rule_of(refused.cause)
    compared = against(refused.cause, refused.noted)
    said = _COMPARED | {"missing"} if isinstance(compared, ScopesAgainst) else _COMPARED
    return Explained(
        refused=refused,
        why=told.why,
        remedy=told.remedy,
        rule=rule.ko if language == "ko" else rule.en,
        reference=rule.reference,
        against=compared,
        fix=fix_of(refused.cause, refused.noted, str(refused.client_id)),
        facts={name: value for name, value in refused.noted.items() if name not in said and value},
    )


_COMPARED = {"received", "expected", "extra"}
_TEXTS = {
    "redirect_uri_mismatch", "redirect_uri_of_the_other_client", "redirect_uri_missing", "code_redirect_uri_mismatch",
    "subdomain_in_api_host",
}  # fmt: skip
_NEEDED = {"scope_missing", "permission_lost"}
_WITHIN = {
    "scope_unknown", "scope_not_of_client", "scope_private_not_approved", "scope_malformed",
    "refresh_scope_not_of_client", "refresh_scope_empty",
}  # fmt: skip


def against(cause: str, noted: Mapping[str, str]) -> Against | None:
    """What was received against what was expected; None when that is not what was wrong."""
    received, expected = noted.get("received", ""), noted.get("expected", "")
    if not received and not expected:
        return None
    if cause in _TEXTS:
        right = expected.split("\n")
        nearest = closest(received, right)
        return TextAgainst(*differences(received, nearest), tuple(one for one in right if one != nearest))
    if cause in _NEEDED | _WITHIN:
        held, wanted = tuple(received.split()), tuple(expected.split())
        missing = frozenset(wanted).difference(held) if cause in _NEEDED else frozenset[str]()
        extra = frozenset(held).difference(wanted) if cause in _WITHIN else frozenset[str]()
        extra |= frozenset(noted.get("extra", "").split())
        return ScopesAgainst(held, wanted, extra, missing)
    return ValueAgainst(received, expected)


_BEARER = "Authorization: Bearer <access token>"
_API_KEY = "DD-API-KEY: <API key>"
_FIXED = {
    "response_type_missing": "response_type=code",
    "response_type_unsupported": "response_type=code",
    "challenge_method_unsupported": "code_challenge_method=S256",
    "grant_type_missing": "grant_type=authorization_code",
    "grant_type_unsupported": "grant_type=authorization_code",
    "bearer_missing": _BEARER,
    "bearer_scheme_wrong": _BEARER,
    "bearer_in_query": _BEARER,
    "bearer_is_refresh_token": _BEARER,
    "bearer_is_code": _BEARER,
    "bearer_is_client_secret": _BEARER,
    "bearer_wrong_kind": _BEARER,
    "application_key_used": _BEARER,
    "api_key_in_place_of_token": _BEARER,
    "api_key_missing": _API_KEY,
    "token_in_place_of_api_key": _API_KEY,
}
_TYPES = {
    "content_type_wrong", "content_type_unsupported", "body_form_sent_as_json", "body_json_sent_as_form",
}  # fmt: skip


def fix_of(cause: str, noted: Mapping[str, str], client_id: str) -> str | None:
    """The value that would have been right; None when there is no single one."""
    received, expected = noted.get("received", ""), noted.get("expected", "")
    if cause in _FIXED:
        return _FIXED[cause]
    if cause in _TYPES:
        return f"Content-Type: {expected}" if expected else None
    if cause in _TEXTS:
        return closest(received, expected.split("\n")) or None
    if cause in _NEEDED:
        return noted.get("missing") or None
    if cause in _WITHIN:
        right = [scope for scope in received.replace(",", " ").split() if scope in expected.split()]
        return " ".join(right) or expected or None
    if cause == "credentials_missing" and noted.get("missing") == "client_id":
        return f"client_id={client_id}"
    return None
