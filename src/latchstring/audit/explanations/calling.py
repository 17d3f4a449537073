"""Explanations: calls of the host's API."""

from latchstring.audit.explanations.text import words

WORDS = {
    "bearer_missing": words(
        "The call has no access token.",
        "Send the header `Authorization: Bearer <access token>`.",
        "호출에 액세스 토큰이 없습니다.",
        "`Authorization: Bearer <액세스 토큰>` 헤더를 보내십시오.",
    ),
    "bearer_malformed": words(
        "What was sent as access token is none; perhaps it was cut off when it was stored.",
        "Send the whole token; it begins with lsat_.",
        "액세스 토큰으로 보낸 값이 토큰이 아닙니다. 저장할 때 잘렸을 수 있습니다.",
        "lsat_로 시작하는 토큰 전체를 보내십시오.",
    ),
    "bearer_wrong_kind": words(
        "Another kind of credential was sent as access token, such as a refresh token or a client secret.",
        "Send the access token, which begins with lsat_. Treat what was sent as exposed if the call left your servers.",
        "새로 고침 토큰이나 클라이언트 시크릿 같은 다른 자격 증명을 액세스 토큰으로 보냈습니다.",
        "lsat_로 시작하는 액세스 토큰을 보내십시오. 호출이 서버 밖으로 나갔다면 보낸 값은 노출된 것으로 보십시오.",
    ),
    "bearer_of_another_site": words(
        "The access token was issued at another site.",
        "Send calls to the API of the `domain` that came with the redirect.",
        "다른 사이트에서 발급된 액세스 토큰입니다.",
        "리디렉션으로 받은 `domain`의 API로 호출하십시오.",
    ),
    "bearer_unknown": words(
        "We did not issue this access token.",
        "Refresh, or ask the user to authorize again.",
        "발급한 적이 없는 액세스 토큰입니다.",
        "새로 고치거나 사용자에게 다시 승인해 달라고 요청하십시오.",
    ),
    "bearer_expired": words(
        "The access token has expired.",
        "Refresh, and repeat the call with the new access token.",
        "액세스 토큰이 만료되었습니다.",
        "새로 고친 뒤 새 액세스 토큰으로 다시 호출하십시오.",
    ),
    "bearer_revoked": words(
        "The authorization or this access token was revoked.",
        "Refresh once; if that is refused too, ask the user to authorize the integration again.",
        "승인 또는 이 액세스 토큰이 철회되었습니다.",
        "한 번 새로 고쳐 보고, 그것도 거부되면 사용자에게 통합을 다시 승인해 달라고 요청하십시오.",
    ),
    "bearer_owner_gone": words(
        "The user, the organization or the client of this token is disabled, or the user left the organization.",
        "Ask another member to authorize the integration.",
        "이 토큰의 사용자, 조직 또는 클라이언트가 사용 중지되었거나 사용자가 조직을 떠났습니다.",
        "다른 구성원에게 통합을 승인해 달라고 요청하십시오.",
    ),
    "scope_missing": words(
        "The operation needs a scope that this access token does not carry.",
        "Add the scope to the client and ask the user to authorize again, or leave the call out.",
        "이 작업에 필요한 권한 범위가 액세스 토큰에 없습니다.",
        "클라이언트에 권한 범위를 추가하고 사용자에게 다시 승인받거나, 이 호출을 하지 마십시오.",
    ),
    "permission_lost": words(
        "The token has the scope, but its user no longer has the permission.",
        "Ask an administrator of the organization to give the permission back, or somebody who has it to authorize.",
        "토큰에는 권한 범위가 있지만 사용자에게 이제 그 권한이 없습니다.",
        "조직 관리자에게 권한을 다시 부여해 달라고 하거나 권한이 있는 사람이 승인하게 하십시오.",
    ),
    "application_key_used": words(
        "The call has an application key. Integrations use an access token in its place.",
        "Remove DD-APPLICATION-KEY, and send the header `Authorization: Bearer <access token>`.",
        "호출에 애플리케이션 키가 있습니다. 통합은 그 대신 액세스 토큰을 사용합니다.",
        "DD-APPLICATION-KEY를 빼고 `Authorization: Bearer <액세스 토큰>` 헤더를 보내십시오.",
    ),
    "api_key_missing": words(
        "The operation takes an API key, and there is none.",
        "Send the key that POST /api/v2/api_keys/marketplace returned in the header DD-API-KEY.",
        "이 작업에는 API 키가 필요하지만 키가 없습니다.",
        "POST /api/v2/api_keys/marketplace로 받은 키를 DD-API-KEY 헤더로 보내십시오.",
    ),
    "api_key_invalid": words(
        "The API key is not a live one of this site.",
        "If it was lost or revoked, revoke it on the API Keys page and make another with the access token. A key does"
        " not say its site: if this one was made at another site, send to the addresses of that one.",
        "이 사이트에서 유효한 API 키가 아닙니다.",
        "잃어버렸거나 철회된 키라면 API 키 페이지에서 철회하고 액세스 토큰으로 새로 만드십시오. 키에는 사이트가 적혀"
        " 있지 않습니다. 다른 사이트에서 만든 키라면 그 사이트의 주소로 보내십시오.",
    ),
    "api_key_revoked": words(
        "The API key was revoked.",
        "Make another with the access token, if the organization still wants the integration.",
        "철회된 API 키입니다.",
        "조직이 통합을 계속 원한다면 액세스 토큰으로 새 키를 만드십시오.",
    ),
    "api_key_in_place_of_token": words(
        "The operation takes an access token, and an API key was sent.",
        "Send the header `Authorization: Bearer <access token>`; the API key is for sending data in.",
        "액세스 토큰이 필요한 작업에 API 키를 보냈습니다.",
        "`Authorization: Bearer <액세스 토큰>` 헤더를 보내십시오. API 키는 데이터를 보낼 때 씁니다.",
    ),
    "token_in_place_of_api_key": words(
        "The operation takes an API key, and an access token was sent. No scope is for sending metrics, events or logs.",
        "Make an API key with api_keys_write, and send it in the header DD-API-KEY.",
        "API 키가 필요한 작업에 액세스 토큰을 보냈습니다. 메트릭, 이벤트, 로그 전송을 위한 권한 범위는 없습니다.",
        "api_keys_write로 API 키를 만들고 DD-API-KEY 헤더로 보내십시오.",
    ),
    "subdomain_in_api_host": words(
        "The API was called by a host name with an organization's subdomain in it.",
        "Call the API of the `domain` parameter; `site` names the pages, not the API.",
        "조직의 하위 도메인이 들어 있는 호스트 이름으로 API를 호출했습니다.",
        "`domain` 매개변수의 API로 호출하십시오. `site`는 API가 아니라 페이지의 주소입니다.",
    ),
    "api_key_exists": words(
        "The organization has a live API key of this integration already; there is one at a time.",
        "Use the key you stored. If it was lost, revoke it on the API Keys page first.",
        "조직에 이 통합의 유효한 API 키가 이미 있습니다. 한 번에 하나만 있을 수 있습니다.",
        "저장해 둔 키를 사용하십시오. 잃어버렸다면 먼저 API 키 페이지에서 철회하십시오.",
    ),
    "bearer_scheme_wrong": words(
        "The Authorization header does not say Bearer before the access token.",
        "Send the header `Authorization: Bearer <access token>`.",
        "Authorization 헤더에서 액세스 토큰 앞에 Bearer가 없습니다.",
        "`Authorization: Bearer <액세스 토큰>` 헤더를 보내십시오.",
    ),
    "bearer_in_query": words(
        "The access token was sent in the query, where proxies and logs see it. It is taken from the header alone.",
        "Send the header `Authorization: Bearer <access token>`, and leave the token out of the URL.",
        "액세스 토큰을 쿼리로 보냈습니다. 쿼리는 프록시와 로그에 남으므로 헤더에서만 읽습니다.",
        "`Authorization: Bearer <액세스 토큰>` 헤더를 보내고 URL에는 토큰을 넣지 마십시오.",
    ),
    "bearer_is_refresh_token": words(
        "A refresh token was sent as access token.",
        "Exchange it at the token endpoint, and call the API with the access token of the answer.",
        "새로 고침 토큰을 액세스 토큰으로 보냈습니다.",
        "토큰 엔드포인트에서 교환하고, 응답으로 받은 액세스 토큰으로 API를 호출하십시오.",
    ),
    "bearer_is_code": words(
        "An authorization code was sent as access token.",
        "Redeem the code at the token endpoint, and call the API with the access token of the answer.",
        "승인 코드를 액세스 토큰으로 보냈습니다.",
        "토큰 엔드포인트에서 코드를 교환하고, 응답으로 받은 액세스 토큰으로 API를 호출하십시오.",
    ),
    "bearer_is_client_secret": words(
        "The client secret was sent as access token.",
        "Send the access token. If the call went through systems that are not yours, regenerate the secret.",
        "클라이언트 시크릿을 액세스 토큰으로 보냈습니다.",
        "액세스 토큰을 보내십시오. 호출이 다른 곳의 시스템을 거쳤다면 시크릿을 다시 생성하십시오.",
    ),
    "bearer_just_expired": words(
        "The access token expired less than a minute ago: it was still good when your program looked, or its clock is"
        " behind.",
        "Refresh a minute before the token expires, counted from when you received it, and keep your clock in step.",
        "액세스 토큰이 만료된 지 1분이 되지 않았습니다. 프로그램이 확인할 때는 유효했거나 시계가 늦습니다.",
        "받은 때부터 세어 만료 1분 전에 새로 고치고, 서버의 시계를 맞추십시오.",
    ),
    "bearer_expired_by_clock_skew": words(
        "By the Date that your request carries, the access token would still be good: your clock is behind.",
        "Set your server's clock by NTP, and count expires_in from when the token arrived.",
        "요청의 Date 헤더대로라면 액세스 토큰이 아직 유효합니다. 보낸 쪽의 시계가 늦습니다.",
        "서버의 시계를 NTP로 맞추고, 토큰을 받은 때부터 expires_in을 세십시오.",
    ),
    "operation_unknown": words(
        "The API has no operation at this path.",
        "Correct the path; the endpoint reference lists every operation.",
        "API에 이 경로의 작업이 없습니다.",
        "경로를 고치십시오. 엔드포인트 참조에 모든 작업이 있습니다.",
    ),
    "method_not_offered": words(
        "The path exists, but not with this method.",
        "Use one of the methods that the path has.",
        "경로는 있지만 이 메서드는 지원하지 않습니다.",
        "경로가 지원하는 메서드를 사용하십시오.",
    ),
    "rate_limited": words(
        "The integration called more often than the API allows.",
        "Wait as long as the answer's headers say, then go on more slowly; ask for more in one call where you can.",
        "API가 허용하는 것보다 자주 호출했습니다.",
        "응답 헤더가 알려 주는 시간만큼 기다린 뒤 더 천천히 호출하고, 가능하면 한 번에 많이 요청하십시오.",
    ),
}
