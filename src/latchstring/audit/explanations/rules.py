"""The rule that a refused request broke, and where it is written: one for each family of causes."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in each language, and the specification's section that it comes from, if it comes from one."""

    en: str
    ko: str
    reference: str = ""


_SCOPES = Rule(
    "A request asks for scopes of the client by their names, separated by single spaces.",
    "요청하는 권한 범위는 클라이언트의 것이어야 하며, 이름을 공백 하나로 구분합니다.",
    "RFC 6749, 3.3",
)
_SUFFICIENT = Rule(
    "The token carries every scope that the operation names, and its user holds those permissions at this moment.",
    "토큰에 작업이 요구하는 모든 권한 범위가 있고, 사용자에게 지금 그 권한이 있어야 합니다.",
    "RFC 6750, 3.1",
)
_POLICY = Rule(
    "An app does in an organization what a person allowed it, as far as the organization's app policy allows it too.",
    "앱은 사용자가 승인하고 조직의 앱 정책도 허용하는 일만 그 조직에서 할 수 있습니다.",
)
_CREDENTIAL_OF_CALLS = Rule(
    "Data is sent in with an API key in DD-API-KEY; everything else is called with an access token, and no"
    " application key is taken.",
    "데이터는 DD-API-KEY의 API 키로 보내고 그 밖의 호출에는 액세스 토큰을 사용하며, 애플리케이션 키는 받지 않습니다.",
)
_BODY = Rule(
    "The body is a form or a flat JSON object, Content-Type says which, and each parameter is there once.",
    "본문은 폼이거나 중첩 없는 JSON 객체이고, Content-Type이 그 형식을 말하며, 매개변수는 한 번씩만 있어야 합니다.",
    "RFC 6749, 3.2",
)
_AUTHENTICATION = Rule(
    "A client proves itself by its client ID and its one active client secret, as HTTP Basic or in the body.",
    "클라이언트는 클라이언트 ID와 하나뿐인 활성 시크릿을 HTTP Basic 또는 본문으로 보내 자신을 증명합니다.",
    "RFC 6749, 2.3.1",
)
_CHOICE = Rule(
    "Access is given by a person, on this site's own page, who holds the permissions that are asked for.",
    "요청된 권한을 가진 사람이 이 사이트의 페이지에서 접근을 허용합니다.",
    "RFC 6749, 4.1.1",
)

#: By how the cause's name begins; the first that fits.
_RULES: tuple[tuple[str, Rule], ...] = (
    ("test_client_", Rule(
        "A test client can be authorized by its own sandbox organization alone, until it is published.",
        "테스트 클라이언트는 게시되기 전까지 자신의 샌드박스 조직만 승인할 수 있습니다.")),
    ("client_secret_", _AUTHENTICATION),
    ("client_is_", _AUTHENTICATION),
    ("client_not_known", _AUTHENTICATION),
    ("credentials_", _AUTHENTICATION),
    ("client_", Rule(
        "An authorization request names one live client of this site by its client ID.",
        "승인 요청은 이 사이트의 사용 중인 클라이언트 하나를 클라이언트 ID로 밝혀야 합니다.", "RFC 6749, 4.1.1")),
    ("redirect_uri_", Rule(
        "redirect_uri is required, and equals one of the client's redirect URIs character by character.",
        "redirect_uri는 필수이며 클라이언트의 리디렉션 URI 중 하나와 글자 하나까지 같아야 합니다.", "RFC 9700, 2.1")),
    ("code_redirect_uri_", Rule(
        "The token request repeats the redirect_uri of the authorization request, character by character.",
        "토큰 요청은 승인 요청의 redirect_uri를 글자 하나까지 똑같이 다시 보내야 합니다.", "RFC 6749, 4.1.3")),
    ("request_", Rule(
        "A request is a query of percent-encoded UTF-8.",
        "요청은 UTF-8을 퍼센트 인코딩한 쿼리여야 합니다.", "RFC 6749, 3.1")),
    ("parameter_", Rule(
        "Each parameter is sent once.", "매개변수는 한 번씩만 보냅니다.", "RFC 6749, 3.1")),
    ("response_type_", Rule("response_type is code.", "response_type은 code여야 합니다.", "RFC 6749, 4.1.1")),
    ("challenge_", Rule(
        "Every authorization request carries a code_challenge made with S256 (PKCE).",
        "모든 승인 요청에는 S256으로 만든 code_challenge(PKCE)가 있어야 합니다.", "RFC 7636, 4.3")),
    ("scope_missing", _SUFFICIENT),
    ("access_denied_by_policy", _POLICY),
    ("code_app_blocked", _POLICY),
    ("refresh_token_app_blocked", _POLICY),
    ("bearer_app_blocked", _POLICY),
    ("bearer_scope_withheld", _POLICY),
    ("api_key_app_blocked", _POLICY),
    ("scope_", _SCOPES),
    ("consent_", _CHOICE),
    ("access_denied", _CHOICE),
    ("permissions_", _CHOICE),
    ("permission_lost", _SUFFICIENT),
    ("too_many_", Rule(
        "After twenty wrong attempts, a client may try as often as one attempt in three seconds.",
        "스무 번 잘못 시도한 뒤에는 3초에 한 번꼴로만 시도할 수 있습니다.")),
    ("body_", _BODY),
    ("content_", _BODY),
    ("grant_type_", Rule(
        "grant_type is authorization_code or refresh_token.",
        "grant_type은 authorization_code 또는 refresh_token이어야 합니다.", "RFC 6749, 4.1.3")),
    ("code_", Rule(
        "A code is redeemed once, in time, by the client and at the site that it was issued to.",
        "코드는 유효한 동안 한 번만, 발급받은 클라이언트가 발급받은 사이트에서 교환합니다.", "RFC 6749, 4.1.2")),
    ("verifier_", Rule(
        "code_verifier is the value that the code_challenge of the same flow was made from.",
        "code_verifier는 같은 흐름의 code_challenge를 만든 원래 값이어야 합니다.", "RFC 7636, 4.6")),
    ("refresh_scope_", Rule(
        "A refresh may narrow the scopes that were granted, and never widens them.",
        "새로 고침에서는 부여된 권한 범위를 줄일 수만 있고 늘릴 수 없습니다.", "RFC 6749, 6")),
    ("refresh_", Rule(
        "The client that received it presents the newest refresh token of a live authorization; an old one is taken"
        " for theft.",
        "토큰을 받은 클라이언트가 유효한 승인의 최신 새로 고침 토큰을 보내야 하며, 오래된 토큰은 탈취로 봅니다.",
        "RFC 9700, 4.14.2")),
    ("token_parameter_", Rule(
        "The token is sent in the body's parameter `token`.",
        "토큰은 본문의 `token` 매개변수로 보냅니다.", "RFC 7009, 2.1")),
    ("bearer_", Rule(
        "A call carries one live access token of this site, in the header Authorization after the word Bearer.",
        "호출에는 이 사이트의 유효한 액세스 토큰 하나가 Authorization 헤더의 Bearer 뒤에 있어야 합니다.",
        "RFC 6750, 2.1")),
    ("subdomain_", Rule(
        "A site has one host for its API, without any organization's subdomain.",
        "사이트의 API 호스트는 하나이며 조직의 하위 도메인이 들어가지 않습니다.")),
    ("api_key_exists", Rule(
        "An integration has one live API key in each organization.",
        "통합은 조직마다 유효한 API 키를 하나만 가질 수 있습니다.")),
    ("api_key_", _CREDENTIAL_OF_CALLS),
    ("application_key_", _CREDENTIAL_OF_CALLS),
    ("token_in_place_", _CREDENTIAL_OF_CALLS),
    ("operation_", Rule(
        "A call names an operation of the API's contract: its method and its path.",
        "호출은 API 계약에 있는 작업의 메서드와 경로를 사용해야 합니다.")),
    ("method_", Rule(
        "A call names an operation of the API's contract: its method and its path.",
        "호출은 API 계약에 있는 작업의 메서드와 경로를 사용해야 합니다.")),
    ("rate_", Rule(
        "The API answers so many calls of an organization in a period, and says in headers how many are left.",
        "API는 일정 시간 동안 조직마다 정해진 횟수만큼 응답하며, 남은 횟수를 헤더로 알려 줍니다.", "RFC 6585, 4")),
)  # fmt: skip

_NO_RULE = Rule("The request was not one that this site answers.", "이 사이트가 응답하는 요청이 아닙니다.")
_FOUND: Mapping[str, Rule] = dict(_RULES)


def rule_of(cause: str) -> Rule:
    """The rule behind a cause, by the cause's name."""
    if cause in _FOUND:
        return _FOUND[cause]
    return next((rule for start, rule in _RULES if cause.startswith(start)), _NO_RULE)
