"""Explanations: the authorization request and the consent."""

from latchstring.audit.explanations.text import words

WORDS = {
    "client_id_missing": words(
        "The authorization request has no client_id.",
        "Add client_id to the query of the authorization URL.",
        "승인 요청에 client_id가 없습니다.",
        "승인 URL의 쿼리에 client_id를 넣으십시오.",
    ),
    "client_id_repeated": words(
        "client_id is there more than once.",
        "Send each parameter once.",
        "client_id가 두 번 이상 있습니다.",
        "매개변수는 한 번씩만 보내십시오.",
    ),
    "client_unknown": words(
        "No OAuth client has this client_id at this site.",
        "Copy the client ID from the client's page; a client that was imported at another site has its own there.",
        "이 사이트에는 해당 client_id를 가진 OAuth 클라이언트가 없습니다.",
        "클라이언트 페이지의 클라이언트 ID를 복사하십시오. 다른 사이트로 가져온 클라이언트는 그곳의 ID가 따로 있습니다.",
    ),
    "client_disabled": words(
        "The OAuth client or its partner is disabled.",
        "Ask the host why, and to enable it again.",
        "OAuth 클라이언트나 그 파트너가 사용 중지되어 있습니다.",
        "호스트에 이유를 묻고 다시 사용하도록 요청하십시오.",
    ),
    "client_not_published_yet": words(
        "This is the published client’s ID, and the required parties have not approved the client yet.",
        "Use the test client’s ID in the sandbox until the tab Publishing says that it is approved.",
        "게시된 클라이언트의 ID인데, 필요한 당사자들이 아직 이 클라이언트를 승인하지 않았습니다.",
        "그때까지는 샌드박스에서 테스트 클라이언트의 ID를 사용하십시오. 승인 여부는 앱의 게시 탭에 있습니다.",
    ),
    "client_of_another_site": words(
        "This client_id belongs to another site.",
        "Send the browser to the site in the `domain` parameter, or use the client ID of this site.",
        "이 client_id는 다른 사이트에 속합니다.",
        "`domain` 매개변수가 가리키는 사이트로 브라우저를 보내거나 이 사이트의 클라이언트 ID를 사용하십시오.",
    ),
    "test_client_outside_its_organization": words(
        "This is a test client, and the user is not in its sandbox organization.",
        "Test with a user of the sandbox organization; publish the client so that any organization can authorize it.",
        "테스트 클라이언트인데 사용자가 해당 샌드박스 조직에 속하지 않습니다.",
        "샌드박스 조직의 사용자로 시험하십시오. 모든 조직이 승인하게 하려면 클라이언트를 게시하십시오.",
    ),
    "redirect_uri_missing": words(
        "The authorization request has no redirect_uri.",
        "Add one of the client's registered redirect URIs.",
        "승인 요청에 redirect_uri가 없습니다.",
        "클라이언트에 등록된 리디렉션 URI 중 하나를 넣으십시오.",
    ),
    "redirect_uri_repeated": words(
        "redirect_uri is there more than once.",
        "Send each parameter once.",
        "redirect_uri가 두 번 이상 있습니다.",
        "매개변수는 한 번씩만 보내십시오.",
    ),
    "redirect_uri_mismatch": words(
        "redirect_uri is not one of the client's redirect URIs. They are compared character by character.",
        "Send a registered URI exactly as it is written there, or register this one.",
        "redirect_uri가 클라이언트의 리디렉션 URI와 다릅니다. 글자 하나까지 비교합니다.",
        "등록된 URI를 적힌 그대로 보내거나 이 URI를 등록하십시오.",
    ),
    "redirect_uri_of_the_other_client": words(
        "redirect_uri belongs to the app's other client: the test client's ID with the published URI, or the reverse.",
        "Use client ID, client secret and redirect URI of the same client.",
        "redirect_uri가 앱의 다른 클라이언트 것입니다. 테스트 클라이언트와 게시된 클라이언트의 값이 섞였습니다.",
        "같은 클라이언트의 클라이언트 ID, 클라이언트 시크릿, 리디렉션 URI를 함께 사용하십시오.",
    ),
    "request_malformed": words(
        "The request can't be read: its encoding is broken, or it is too long.",
        "Build the URL with a library that percent-encodes UTF-8.",
        "요청을 읽을 수 없습니다. 인코딩이 잘못되었거나 너무 깁니다.",
        "UTF-8을 퍼센트 인코딩하는 라이브러리로 URL을 만드십시오.",
    ),
    "consent_forged": words(
        "The consent form did not come from this browser's session, or the session has changed since.",
        "Open the authorization URL again and decide there.",
        "승인 양식이 이 브라우저의 세션에서 온 것이 아니거나 그사이 세션이 바뀌었습니다.",
        "승인 URL을 다시 열고 그 페이지에서 결정하십시오.",
    ),
    "parameter_repeated": words(
        "A parameter of the authorization request is there more than once.",
        "Send each parameter once.",
        "승인 요청의 매개변수가 두 번 이상 있습니다.",
        "매개변수는 한 번씩만 보내십시오.",
    ),
    "response_type_missing": words(
        "The authorization request has no response_type.",
        "Add response_type=code.",
        "승인 요청에 response_type이 없습니다.",
        "response_type=code를 넣으십시오.",
    ),
    "response_type_unsupported": words(
        "Only the authorization code flow is offered.",
        "Use response_type=code.",
        "승인 코드 흐름만 제공합니다.",
        "response_type=code를 사용하십시오.",
    ),
    "challenge_missing": words(
        "The authorization request has no code_challenge; PKCE is required of every client.",
        "Make a random code_verifier, and send its SHA-256 in base64url as code_challenge.",
        "승인 요청에 code_challenge가 없습니다. 모든 클라이언트에 PKCE가 필요합니다.",
        "임의의 code_verifier를 만들고 그 SHA-256 값을 base64url로 code_challenge에 보내십시오.",
    ),
    "challenge_method_unsupported": words(
        "code_challenge_method is not S256; without it, `plain` would be meant.",
        "Send code_challenge_method=S256.",
        "code_challenge_method가 S256이 아닙니다. 생략하면 `plain`을 뜻합니다.",
        "code_challenge_method=S256을 보내십시오.",
    ),
    "challenge_malformed": words(
        "code_challenge is not a SHA-256 digest in base64url.",
        "Send the 43 characters of the digest, without padding and not in hexadecimal.",
        "code_challenge가 base64url로 적은 SHA-256 값이 아닙니다.",
        "패딩 없이, 16진수가 아니라 base64url 43자로 보내십시오.",
    ),
    "scope_malformed": words(
        "The scope parameter can't be read.",
        "Separate scope names by single spaces.",
        "scope 매개변수를 읽을 수 없습니다.",
        "권한 범위 이름을 공백 하나로 구분하십시오.",
    ),
    "scope_unknown": words(
        "A scope that was asked for does not exist.",
        "Correct its name; the scope picker of the client's page lists all of them.",
        "요청한 권한 범위가 존재하지 않습니다.",
        "이름을 고치십시오. 클라이언트 페이지의 권한 범위 선택기에 전체 목록이 있습니다.",
    ),
    "scope_not_of_client": words(
        "A scope that was asked for is not among the client's scopes.",
        "Add it to the client, or ask for a subset of what the client has.",
        "요청한 권한 범위가 클라이언트의 권한 범위에 없습니다.",
        "클라이언트에 추가하거나 클라이언트가 가진 범위 안에서 요청하십시오.",
    ),
    "scope_private_not_approved": words(
        "A private scope was asked for, and the host has not approved the partner for it.",
        "Ask the host for the approval, or leave the scope out.",
        "비공개 권한 범위를 요청했지만 호스트가 이 파트너에게 승인하지 않았습니다.",
        "호스트에 승인을 요청하거나 그 권한 범위를 빼십시오.",
    ),
    "access_denied": words(
        "The user chose Deny on the consent page.",
        "Nothing is wrong. Tell the user what the integration needs the access for, and let them try again.",
        "사용자가 승인 페이지에서 거부를 선택했습니다.",
        "오류가 아닙니다. 통합에 접근이 필요한 이유를 사용자에게 알리고 다시 시도하게 하십시오.",
    ),
    "permissions_lacking": words(
        "The user lacks a permission for what is asked for, and so can't give it.",
        "Let somebody authorize who has the permissions, or ask for fewer scopes.",
        "사용자에게 필요한 권한이 없어 승인할 수 없습니다.",
        "권한이 있는 사람이 승인하게 하거나 권한 범위를 줄여 요청하십시오.",
    ),
}
