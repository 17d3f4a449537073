"""Explanations: redeeming codes, refreshing, revoking and introspecting."""

from latchstring.audit.explanations.text import words

_AGAIN = "Start the flow again; every attempt gets a code of its own."
_AGAIN_KO = "흐름을 처음부터 다시 시작하십시오. 시도할 때마다 새 코드가 발급됩니다."
_AUTHORIZE = "Ask the user to authorize the integration again."
_AUTHORIZE_KO = "사용자에게 통합을 다시 승인해 달라고 요청하십시오."

WORDS = {
    "grant_type_missing": words(
        "The token request has no grant_type.",
        "Add grant_type=authorization_code or grant_type=refresh_token.",
        "토큰 요청에 grant_type이 없습니다.",
        "grant_type=authorization_code 또는 grant_type=refresh_token을 넣으십시오.",
    ),
    "grant_type_unsupported": words(
        "This grant_type is not offered.",
        "Use authorization_code or refresh_token.",
        "지원하지 않는 grant_type입니다.",
        "authorization_code 또는 refresh_token을 사용하십시오.",
    ),
    "code_missing": words(
        "The token request has no code.",
        "Send the code that came to the redirect URI.",
        "토큰 요청에 code가 없습니다.",
        "리디렉션 URI로 받은 코드를 보내십시오.",
    ),
    "code_malformed": words(
        "What was sent as code is none; perhaps it was cut off or decoded twice.",
        "Send the code exactly as it came to the redirect URI.",
        "code로 보낸 값이 승인 코드가 아닙니다. 잘렸거나 두 번 디코딩되었을 수 있습니다.",
        "리디렉션 URI로 받은 코드를 그대로 보내십시오.",
    ),
    "code_unknown": words("We did not issue this code.", _AGAIN, "발급한 적이 없는 코드입니다.", _AGAIN_KO),
    "code_of_another_client": words(
        "The code was issued to another client.",
        "Redeem it with the client ID of the authorization request; test and published client are two.",
        "다른 클라이언트에 발급된 코드입니다.",
        "승인 요청에 쓴 클라이언트 ID로 교환하십시오. 테스트 클라이언트와 게시된 클라이언트는 서로 다릅니다.",
    ),
    "code_of_another_site": words(
        "The code was issued at another site.",
        "Send the token request to the site in the `domain` parameter of the redirect.",
        "다른 사이트에서 발급된 코드입니다.",
        "리디렉션의 `domain` 매개변수가 가리키는 사이트로 토큰 요청을 보내십시오.",
    ),
    "code_expired": words(
        "The code is too old; codes live for a minute.",
        "Redeem it as soon as it arrives. " + _AGAIN,
        "코드가 만료되었습니다. 코드는 1분 동안만 유효합니다.",
        "받는 즉시 교환하십시오. " + _AGAIN_KO,
    ),
    "code_used": words(
        "The code was redeemed before. What came of it was revoked, since two parties had the same code.",
        "Redeem each code once, and do not repeat that request. " + _AUTHORIZE,
        "이미 교환된 코드입니다. 같은 코드가 두 곳에서 쓰였으므로 그 코드로 만든 승인을 철회했습니다.",
        "코드는 한 번만 교환하고 그 요청을 반복하지 마십시오. " + _AUTHORIZE_KO,
    ),
    "code_revoked": words(
        "The authorization was revoked before the code was redeemed.",
        _AUTHORIZE,
        "코드를 교환하기 전에 승인이 철회되었습니다.",
        _AUTHORIZE_KO,
    ),
    "code_redirect_uri_mismatch": words(
        "redirect_uri is missing or not the one of the authorization request.",
        "Send the same redirect_uri in both requests.",
        "redirect_uri가 없거나 승인 요청의 값과 다릅니다.",
        "두 요청에 같은 redirect_uri를 보내십시오.",
    ),
    "verifier_missing": words(
        "The token request has no code_verifier.",
        "Send the verifier from which the code_challenge was made.",
        "토큰 요청에 code_verifier가 없습니다.",
        "code_challenge를 만든 검증값을 보내십시오.",
    ),
    "verifier_malformed": words(
        "code_verifier is not 43 to 128 letters, digits, hyphens, dots, underscores and tildes.",
        "Make it from 32 random bytes in base64url.",
        "code_verifier가 43~128자의 영문자, 숫자, 하이픈, 마침표, 밑줄, 물결표로 되어 있지 않습니다.",
        "임의의 32바이트를 base64url로 적어 만드십시오.",
    ),
    "verifier_wrong": words(
        "code_verifier does not fit the code_challenge of the authorization request.",
        "Keep the verifier with the browser's session, and send the one of the same attempt.",
        "code_verifier가 승인 요청의 code_challenge와 맞지 않습니다.",
        "검증값을 브라우저 세션에 보관하고 같은 시도의 값을 보내십시오.",
    ),
    "verifier_is_the_challenge": words(
        "The code_challenge itself was sent as code_verifier.",
        "Send the verifier: the value before hashing.",
        "code_challenge 자체를 code_verifier로 보냈습니다.",
        "해시하기 전의 값인 검증값을 보내십시오.",
    ),
    "code_owner_gone": words(
        "The user or the organization of this code is disabled, or the user left the organization.",
        "Ask another member to authorize the integration.",
        "이 코드의 사용자나 조직이 사용 중지되었거나 사용자가 조직을 떠났습니다.",
        "다른 구성원에게 통합을 승인해 달라고 요청하십시오.",
    ),
    "refresh_token_missing": words(
        "The token request has no refresh_token.",
        "Send the newest refresh token.",
        "토큰 요청에 refresh_token이 없습니다.",
        "가장 최근의 새로 고침 토큰을 보내십시오.",
    ),
    "refresh_token_malformed": words(
        "What was sent as refresh token is none; perhaps it was cut off when it was stored.",
        "Store the whole token: leave room for 512 characters.",
        "새로 고침 토큰으로 보낸 값이 토큰이 아닙니다. 저장할 때 잘렸을 수 있습니다.",
        "512자까지 저장할 수 있게 하고 토큰 전체를 저장하십시오.",
    ),
    "refresh_token_wrong_kind": words(
        "Another kind of token was sent as refresh token.",
        "Send the token that begins with lsrt_.",
        "다른 종류의 토큰을 새로 고침 토큰으로 보냈습니다.",
        "lsrt_로 시작하는 토큰을 보내십시오.",
    ),
    "refresh_token_unknown": words(
        "We did not issue this refresh token.",
        _AUTHORIZE,
        "발급한 적이 없는 새로 고침 토큰입니다.",
        _AUTHORIZE_KO,
    ),
    "refresh_token_of_another_client": words(
        "The refresh token was issued to another client.",
        "Refresh with the credentials of the client that received the token.",
        "다른 클라이언트에 발급된 새로 고침 토큰입니다.",
        "토큰을 받은 클라이언트의 인증 정보로 새로 고치십시오.",
    ),
    "refresh_token_of_another_site": words(
        "The refresh token was issued at another site.",
        "Keep the `domain` of the redirect with the tokens, and refresh there.",
        "다른 사이트에서 발급된 새로 고침 토큰입니다.",
        "리디렉션의 `domain`을 토큰과 함께 보관하고 그 사이트에서 새로 고치십시오.",
    ),
    "refresh_token_reused": words(
        "An old refresh token was presented although its successor is in use. That is what theft looks like, so the"
        " authorization was revoked.",
        "Store the successor before using it, and refresh one at a time. " + _AUTHORIZE,
        "후속 토큰이 쓰이고 있는데 오래된 새로 고침 토큰이 제시되었습니다. 탈취와 구별할 수 없어 승인을 철회했습니다.",
        "후속 토큰을 사용하기 전에 저장하고, 새로 고침은 한 번에 하나씩 하십시오. " + _AUTHORIZE_KO,
    ),
    "refresh_token_inactive": words(
        "The authorization was not refreshed for longer than the operator allows.",
        _AUTHORIZE,
        "운영자가 허용한 기간 동안 새로 고치지 않아 승인이 만료되었습니다.",
        _AUTHORIZE_KO,
    ),
    "refresh_token_revoked": words(
        "The authorization was revoked by the user, an administrator or the app itself.",
        _AUTHORIZE,
        "사용자나 관리자, 또는 앱이 승인을 철회했습니다.",
        _AUTHORIZE_KO,
    ),
    "refresh_token_owner_gone": words(
        "The user or the organization is disabled, or the user left the organization.",
        "Ask another member to authorize the integration.",
        "사용자나 조직이 사용 중지되었거나 사용자가 조직을 떠났습니다.",
        "다른 구성원에게 통합을 승인해 달라고 요청하십시오.",
    ),
    "refresh_scope_not_of_client": words(
        "The refresh asks for a scope that the client does not have.",
        "Leave scope out of refresh requests, or ask for less than was granted.",
        "클라이언트에 없는 권한 범위를 새로 고침에서 요청했습니다.",
        "새로 고침 요청에서 scope를 빼거나 부여된 것보다 적게 요청하십시오.",
    ),
    "refresh_scope_empty": words(
        "None of the scopes that the refresh asks for was granted.",
        "Leave scope out of refresh requests, or ask for scopes that the user allowed.",
        "새로 고침에서 요청한 권한 범위 중 부여된 것이 없습니다.",
        "새로 고침 요청에서 scope를 빼거나 사용자가 허용한 권한 범위를 요청하십시오.",
    ),
    "token_parameter_missing": words(
        "The request has no token.",
        "Send the token in the parameter `token`.",
        "요청에 token이 없습니다.",
        "`token` 매개변수에 토큰을 보내십시오.",
    ),
    "code_wrong_kind": words(
        "Another kind of credential was sent as code.",
        "Send the code that came to the redirect URI; it begins with lsac_.",
        "다른 종류의 자격 증명을 code로 보냈습니다.",
        "리디렉션 URI로 받은, lsac_로 시작하는 코드를 보내십시오.",
    ),
    "verifier_of_another_flow": words(
        "code_verifier belongs to another flow of this client: it fits the code_challenge of a different attempt.",
        "Keep each verifier under the state of its own attempt, and look it up by the state that comes back.",
        "code_verifier가 이 클라이언트의 다른 흐름에 속합니다. 다른 시도의 code_challenge와 맞습니다.",
        "검증값을 시도마다 그 state와 함께 보관하고, 돌아온 state로 찾아 보내십시오.",
    ),
}
