"""Why a request is refused: many precise causes, few public codes.

What is *told* (`error`, `description`) is poor on purpose; what is *noted* for the owner of the app is not.
Everything a cause may say on the wire stands here, in one table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

_CODE = "Invalid code or code verifier"
_CLIENT = "Invalid client_id parameter value"
_AUTHENTICATION = "Client authentication failed"
_REFRESH = "Invalid refresh token"


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason for refusing: its name, and what the wire says of it."""

    name: str
    error: str
    description: str
    status: int = 400


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused request: its cause, and what is noted for those who may know (never a secret).

    A refusal is returned, not raised, because some must leave a mark in the same transaction.
    """

    cause: Cause
    noted: Mapping[str, str] = field(default_factory=dict)
    #: The client that the request says it is from, where nothing proves it.
    named: UUID | None = None


_ALL: dict[str, Cause] = {}


def _cause(name: str, error: str, description: str, status: int = 400) -> Cause:
    _ALL[name] = Cause(name, error, description, status)
    return _ALL[name]


def all_causes() -> Mapping[str, Cause]:
    """Every cause by its name."""
    return _ALL


# Authorize, before the redirect URI is trusted: shown, never sent (RFC 6749 section 4.1.2.1)
CLIENT_ID_MISSING = _cause("client_id_missing", "invalid_request", _CLIENT)
CLIENT_ID_REPEATED = _cause("client_id_repeated", "invalid_request", _CLIENT)
CLIENT_UNKNOWN = _cause("client_unknown", "invalid_request", _CLIENT)
CLIENT_DISABLED = _cause("client_disabled", "invalid_request", _CLIENT)
CLIENT_NOT_PUBLISHED = _cause("client_not_published_yet", "invalid_request", _CLIENT)
CLIENT_OF_ANOTHER_SITE = _cause("client_of_another_site", "invalid_request", _CLIENT)
TEST_CLIENT_OUTSIDE = _cause("test_client_outside_its_organization", "invalid_request", _CLIENT)
REDIRECT_URI_MISSING = _cause("redirect_uri_missing", "invalid_request", "Mismatching redirect URI")
REDIRECT_URI_REPEATED = _cause("redirect_uri_repeated", "invalid_request", "Mismatching redirect URI")
REDIRECT_URI_MISMATCH = _cause("redirect_uri_mismatch", "invalid_request", "Mismatching redirect URI")
REDIRECT_URI_OF_SIBLING = _cause(
    "redirect_uri_of_the_other_client", "invalid_request", "Mismatching redirect URI"
)
REQUEST_MALFORMED = _cause("request_malformed", "invalid_request", "The request is malformed")
CONSENT_FORGED = _cause("consent_forged", "access_denied", "This form does not belong to your session", 403)

# Authorize, after: sent to the client
PARAMETER_REPEATED = _cause("parameter_repeated", "invalid_request", "A parameter is repeated")
RESPONSE_TYPE_MISSING = _cause("response_type_missing", "invalid_request", "response_type is missing")
RESPONSE_TYPE_UNSUPPORTED = _cause(
    "response_type_unsupported", "unsupported_response_type", "response_type must be code"
)
CHALLENGE_MISSING = _cause("challenge_missing", "invalid_request", "code_challenge is required (PKCE)")
CHALLENGE_METHOD = _cause(
    "challenge_method_unsupported", "invalid_request", "code_challenge_method must be S256"
)
CHALLENGE_MALFORMED = _cause(
    "challenge_malformed", "invalid_request", "code_challenge must be 43 characters of base64url"
)
SCOPE_MALFORMED = _cause("scope_malformed", "invalid_scope", "scope is malformed")
SCOPE_UNKNOWN = _cause("scope_unknown", "invalid_scope", "A requested scope does not exist")
SCOPE_NOT_OF_CLIENT = _cause(
    "scope_not_of_client", "invalid_scope", "A requested scope is not one of this client"
)
SCOPE_PRIVATE = _cause(
    "scope_private_not_approved", "invalid_scope", "A requested scope is not approved for this partner"
)
ACCESS_DENIED = _cause("access_denied", "access_denied", "The user refused")
PERMISSIONS_LACKING = _cause(
    "permissions_lacking", "access_denied", "The user lacks a permission that is asked for", 403
)

BLOCKED_BY_POLICY = _cause(
    "access_denied_by_policy", "access_denied", "The organization does not allow this app"
)

# Client authentication (RFC 6749 section 2.3.1)
CREDENTIALS_MISSING = _cause("credentials_missing", "invalid_client", _AUTHENTICATION, 401)
CREDENTIALS_TWICE = _cause(
    "credentials_twice", "invalid_request", "Use one way of client authentication, not two"
)
CREDENTIALS_MALFORMED = _cause("credentials_malformed", "invalid_client", _AUTHENTICATION, 401)
CLIENT_NOT_KNOWN = _cause("client_not_known", "invalid_client", _AUTHENTICATION, 401)
CLIENT_SECRET_WRONG = _cause("client_secret_wrong", "invalid_client", _AUTHENTICATION, 401)
CLIENT_SECRET_MALFORMED = _cause("client_secret_malformed", "invalid_client", _AUTHENTICATION, 401)
CLIENT_SECRET_WRONG_KIND = _cause("client_secret_wrong_kind", "invalid_client", _AUTHENTICATION, 401)
CLIENT_SECRET_HASHED = _cause("client_secret_hashed", "invalid_client", _AUTHENTICATION, 401)
CLIENT_SECRET_MASKED = _cause("client_secret_masked", "invalid_client", _AUTHENTICATION, 401)
CLIENT_SECRET_PADDED = _cause("client_secret_padded", "invalid_client", _AUTHENTICATION, 401)
CLIENT_SECRET_REGENERATED = _cause("client_secret_regenerated", "invalid_client", _AUTHENTICATION, 401)
CLIENT_SECRET_OF_SIBLING = _cause("client_secret_of_the_other_client", "invalid_client", _AUTHENTICATION, 401)
CREDENTIALS_SWAPPED = _cause("credentials_swapped", "invalid_client", _AUTHENTICATION, 401)
CLIENT_SECRET_OF_ANOTHER_SITE = _cause(
    "client_secret_of_another_site", "invalid_client", _AUTHENTICATION, 401
)
CLIENT_IS_DISABLED = _cause("client_is_disabled", "invalid_client", _AUTHENTICATION, 401)
CLIENT_IS_NOT_PUBLISHED = _cause("client_is_not_published_yet", "invalid_client", _AUTHENTICATION, 401)
TOO_MANY_FAILURES = _cause("too_many_failures", "temporarily_unavailable", "Too many failed attempts", 429)

# Token endpoint (RFC 6749 section 5.2)
BODY_MALFORMED = _cause("body_malformed", "invalid_request", "The body is malformed")
BODY_FORM_AS_JSON = _cause("body_form_sent_as_json", "invalid_request", "The body is malformed")
BODY_JSON_AS_FORM = _cause("body_json_sent_as_form", "invalid_request", "The body is malformed")
BODY_TOO_LARGE = _cause("body_too_large", "invalid_request", "The body is too large", 413)
CONTENT_TYPE_WRONG = _cause("content_type_wrong", "invalid_grant", _CODE)
CONTENT_TYPE_UNSUPPORTED = _cause("content_type_unsupported", "invalid_request", "Send a form or JSON")
CONTENT_ENCODED = _cause("content_encoded", "invalid_request", "Content-Encoding is not supported here", 415)
BODY_PARAMETER_REPEATED = _cause("body_parameter_repeated", "invalid_request", "A parameter is repeated")
GRANT_TYPE_MISSING = _cause("grant_type_missing", "invalid_request", "grant_type is missing")
GRANT_TYPE_UNSUPPORTED = _cause(
    "grant_type_unsupported", "unsupported_grant_type", "Use authorization_code or refresh_token"
)
CODE_MISSING = _cause("code_missing", "invalid_request", "code is missing")
CODE_MALFORMED = _cause("code_malformed", "invalid_grant", _CODE)
CODE_WRONG_KIND = _cause("code_wrong_kind", "invalid_grant", _CODE)
CODE_UNKNOWN = _cause("code_unknown", "invalid_grant", _CODE)
CODE_OF_ANOTHER_CLIENT = _cause("code_of_another_client", "invalid_grant", _CODE)
CODE_OF_ANOTHER_SITE = _cause("code_of_another_site", "invalid_grant", _CODE)
CODE_EXPIRED = _cause("code_expired", "invalid_grant", _CODE)
CODE_USED = _cause("code_used", "invalid_grant", _CODE)
CODE_REVOKED = _cause("code_revoked", "invalid_grant", _CODE)
CODE_REDIRECT_URI = _cause("code_redirect_uri_mismatch", "invalid_grant", _CODE)
VERIFIER_MISSING = _cause("verifier_missing", "invalid_grant", _CODE)
VERIFIER_MALFORMED = _cause("verifier_malformed", "invalid_grant", _CODE)
VERIFIER_WRONG = _cause("verifier_wrong", "invalid_grant", _CODE)
VERIFIER_OF_ANOTHER_FLOW = _cause("verifier_of_another_flow", "invalid_grant", _CODE)
VERIFIER_IS_CHALLENGE = _cause("verifier_is_the_challenge", "invalid_grant", _CODE)
CODE_APP_BLOCKED = _cause("code_app_blocked", "invalid_grant", _CODE)
CODE_OWNER_GONE = _cause("code_owner_gone", "invalid_grant", _CODE)
REFRESH_MISSING = _cause("refresh_token_missing", "invalid_request", "refresh_token is missing")
REFRESH_MALFORMED = _cause("refresh_token_malformed", "invalid_grant", _REFRESH)
REFRESH_WRONG_KIND = _cause("refresh_token_wrong_kind", "invalid_grant", _REFRESH)
REFRESH_UNKNOWN = _cause("refresh_token_unknown", "invalid_grant", _REFRESH)
REFRESH_OF_ANOTHER_CLIENT = _cause("refresh_token_of_another_client", "invalid_grant", _REFRESH)
REFRESH_OF_ANOTHER_SITE = _cause("refresh_token_of_another_site", "invalid_grant", _REFRESH)
REFRESH_REUSED = _cause("refresh_token_reused", "invalid_grant", _REFRESH)
REFRESH_INACTIVE = _cause("refresh_token_inactive", "invalid_grant", _REFRESH)
REFRESH_REVOKED = _cause("refresh_token_revoked", "invalid_grant", _REFRESH)
REFRESH_APP_BLOCKED = _cause("refresh_token_app_blocked", "invalid_grant", _REFRESH)
REFRESH_OWNER_GONE = _cause("refresh_token_owner_gone", "invalid_grant", _REFRESH)
REFRESH_SCOPE = _cause(
    "refresh_scope_not_of_client", "invalid_scope", "A requested scope is not one of this client"
)
REFRESH_SCOPE_EMPTY = _cause("refresh_scope_empty", "invalid_scope", "No requested scope was granted")
TOKEN_MISSING = _cause("token_parameter_missing", "invalid_request", "token is missing")

# API calls (RFC 6750 section 3.1)
BEARER_MISSING = _cause("bearer_missing", "", "", 401)
BEARER_SCHEME = _cause("bearer_scheme_wrong", "", "", 401)
BEARER_IN_QUERY = _cause("bearer_in_query", "", "", 401)
BEARER_MALFORMED = _cause("bearer_malformed", "invalid_token", "The access token is malformed", 401)
BEARER_WRONG_KIND = _cause("bearer_wrong_kind", "invalid_token", "This is not an access token", 401)
BEARER_IS_REFRESH = _cause("bearer_is_refresh_token", "invalid_token", "This is not an access token", 401)
BEARER_IS_CODE = _cause("bearer_is_code", "invalid_token", "This is not an access token", 401)
BEARER_IS_SECRET = _cause("bearer_is_client_secret", "invalid_token", "This is not an access token", 401)
BEARER_OF_ANOTHER_SITE = _cause(
    "bearer_of_another_site", "invalid_token", "The access token is not valid here", 401
)
BEARER_UNKNOWN = _cause("bearer_unknown", "invalid_token", "The access token is not valid", 401)
BEARER_EXPIRED = _cause("bearer_expired", "invalid_token", "The access token expired", 401)
BEARER_JUST_EXPIRED = _cause("bearer_just_expired", "invalid_token", "The access token expired", 401)
BEARER_CLOCK = _cause("bearer_expired_by_clock_skew", "invalid_token", "The access token expired", 401)
BEARER_REVOKED = _cause("bearer_revoked", "invalid_token", "The access token was revoked", 401)
BEARER_APP_BLOCKED = _cause("bearer_app_blocked", "invalid_token", "The access token is not valid", 401)
BEARER_OWNER_GONE = _cause("bearer_owner_gone", "invalid_token", "The access token is not valid", 401)
SCOPE_MISSING = _cause("scope_missing", "insufficient_scope", "The access token lacks a scope", 403)
SCOPE_WITHHELD = _cause("bearer_scope_withheld", "insufficient_scope", "The access token lacks a scope", 403)
PERMISSION_LOST = _cause(
    "permission_lost", "insufficient_scope", "The user of this access token lacks a permission", 403
)
APPLICATION_KEY = _cause("application_key_used", "", "", 403)
API_KEY_MISSING = _cause("api_key_missing", "", "", 403)
API_KEY_INVALID = _cause("api_key_invalid", "", "", 403)
API_KEY_APP_BLOCKED = _cause("api_key_app_blocked", "", "", 403)
API_KEY_REVOKED = _cause("api_key_revoked", "", "", 403)
API_KEY_IN_PLACE_OF_TOKEN = _cause("api_key_in_place_of_token", "", "", 401)
TOKEN_IN_PLACE_OF_API_KEY = _cause("token_in_place_of_api_key", "", "", 403)
SUBDOMAIN_IN_API_HOST = _cause("subdomain_in_api_host", "", "", 421)
KEY_EXISTS = _cause("api_key_exists", "", "", 409)
OPERATION_UNKNOWN = _cause("operation_unknown", "", "", 404)
METHOD_NOT_OFFERED = _cause("method_not_offered", "", "", 405)
RATE_LIMITED = _cause("rate_limited", "", "", 429)

# Rehearsals in the sandbox: told like the real thing
REHEARSED_EXPIRY = _cause("rehearsed_expiry", "invalid_token", "The access token expired", 401)
REHEARSED_REVOCATION = _cause("rehearsed_revocation", "invalid_token", "The access token was revoked", 401)
REHEARSED_REFRESH_REVOKED = _cause("rehearsed_refresh_revoked", "invalid_grant", _REFRESH)
REHEARSED_SECRET = _cause("rehearsed_secret", "invalid_client", _AUTHENTICATION, 401)
REHEARSED_WRONG_SITE = _cause(
    "rehearsed_wrong_site", "invalid_token", "The access token is not valid here", 401
)
REHEARSED_RATE_LIMIT = _cause("rehearsed_rate_limit", "", "", 429)
REHEARSED_FAILURE = _cause("rehearsed_failure", "", "", 503)
