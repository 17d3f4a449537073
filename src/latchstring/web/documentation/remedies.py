"""Where the documentation explains a cause of refusal: the row of the troubleshooting page."""

from typing import Final

from latchstring.web.pages.paths import PATHS

#: Causes that have a row of their own; the others are explained with their family.
_ROWS: Final = {
    "t1": ("token_in_place_of_api_key",),
    "t2": ("client_unknown", "client_of_another_site", "test_client_outside_its_organization"),
    "t3": ("application_key_used", "scope_missing", "permission_lost", "bearer_expired", "bearer_is_refresh_token",
           "api_key_in_place_of_token"),
    "t4": ("refresh_token_revoked", "refresh_token_reused", "refresh_token_inactive", "bearer_revoked"),
    "t5": ("api_key_exists", "api_key_revoked"),
    "t6": ("subdomain_in_api_host",),
    "t7": ("redirect_uri_mismatch", "redirect_uri_of_the_other_client"),
    "t9": ("content_type_wrong", "code_expired", "code_used", "verifier_missing", "verifier_wrong",
           "verifier_of_another_flow"),
    "t10": ("client_secret_wrong", "client_secret_regenerated"),
    "t11": ("scope_private_not_approved",),
}  # fmt: skip
_BY_CAUSE: Final = {cause: anchor for anchor, causes in _ROWS.items() for cause in causes}
#: The family of a cause, by how its name begins; the first that fits.
_FAMILIES: Final = (
    ("client_id", "authorization-request"),
    ("client_disabled", "authorization-request"),
    ("client_not_published", "authorization-request"),
    ("client_", "client-authentication"),
    ("credentials_", "client-authentication"),
    ("too_many_failures", "client-authentication"),
    ("redirect_uri_", "authorization-request"),
    ("request_", "authorization-request"),
    ("consent_", "authorization-request"),
    ("parameter_", "authorization-answer"),
    ("response_type_", "authorization-answer"),
    ("challenge_", "authorization-answer"),
    ("scope_", "authorization-answer"),
    ("access_denied", "authorization-answer"),
    ("permissions_", "authorization-answer"),
    ("code_missing", "token-request"),
    ("code_", "authorization-code"),
    ("verifier_", "authorization-code"),
    ("refresh_token_missing", "token-request"),
    ("refresh_", "refresh-token"),
    ("body_", "token-request"),
    ("content_", "token-request"),
    ("grant_type_", "token-request"),
    ("token_parameter_", "token-request"),
    ("bearer_", "api-call"),
    ("operation_", "api-call"),
    ("method_", "api-call"),
    ("rate_", "api-call"),
    ("api_key_", "api-key"),
    ("rehearsed_", "rehearsed"),
)


def remedy_path(cause: str) -> str:
    """The path and anchor of the section that explains a cause, by the cause's name."""
    return f"{PATHS.docs}/troubleshooting#{remedy_anchor(cause)}"


def remedy_anchor(cause: str) -> str:
    """The anchor alone; how to find out more, for a cause that has no section."""
    own = _BY_CAUSE.get(cause)
    return own or next((anchor for start, anchor in _FAMILIES if cause.startswith(start)), "find-out")
