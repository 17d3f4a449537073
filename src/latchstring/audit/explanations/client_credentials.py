"""Explanations: how the client authenticates at the token, revocation and introspection endpoints."""

from latchstring.audit.explanations.text import words

WORDS = {
    "credentials_missing": words(
        "The request does not say which client it is from.",
        "Send client ID and client secret, as HTTP Basic or as client_id and client_secret in the body.",
        "요청에 클라이언트 인증 정보가 없습니다.",
        "클라이언트 ID와 클라이언트 시크릿을 HTTP Basic으로, 또는 본문의 client_id와 client_secret으로 보내십시오.",
    ),
    "credentials_twice": words(
        "The request has credentials both in the Authorization header and in the body.",
        "Choose one of the two.",
        "인증 정보가 Authorization 헤더와 본문에 모두 있습니다.",
        "둘 중 하나만 사용하십시오.",
    ),
    "credentials_malformed": words(
        "The Authorization header is no valid HTTP Basic.",
        "Form-encode ID and secret, join them by a colon, and encode that in base64.",
        "Authorization 헤더가 올바른 HTTP Basic 형식이 아닙니다.",
        "ID와 시크릿을 각각 폼 인코딩하고 콜론으로 이어 base64로 인코딩하십시오.",
    ),
    "client_not_known": words(
        "No OAuth client has this client ID at this site.",
        "Use the client ID of the site that the user authorized at.",
        "이 사이트에는 해당 클라이언트 ID를 가진 OAuth 클라이언트가 없습니다.",
        "사용자가 승인한 사이트의 클라이언트 ID를 사용하십시오.",
    ),
    "client_secret_wrong": words(
        "The client secret is not the one in force; perhaps it was regenerated since.",
        "Use the newest secret, or regenerate it on the client's page. Authorizations stay.",
        "클라이언트 시크릿이 현재 값과 다릅니다. 그사이 다시 생성되었을 수 있습니다.",
        "최신 시크릿을 사용하거나 클라이언트 페이지에서 다시 생성하십시오. 기존 승인은 유지됩니다.",
    ),
    "client_secret_malformed": words(
        "What was sent as client secret is none: it is cut off, mistyped, or another kind of credential.",
        "Send the whole secret; it begins with lscs_.",
        "클라이언트 시크릿으로 보낸 값이 시크릿이 아닙니다. 잘렸거나 잘못 입력되었거나 다른 종류의 자격 증명입니다.",
        "lscs_로 시작하는 시크릿 전체를 보내십시오.",
    ),
    "client_secret_of_another_site": words(
        "The client secret was issued at another site.",
        "Use the secret of this site's client.",
        "다른 사이트에서 발급된 클라이언트 시크릿입니다.",
        "이 사이트 클라이언트의 시크릿을 사용하십시오.",
    ),
    "client_is_disabled": words(
        "The OAuth client or its partner is disabled.",
        "Ask the host why, and to enable it again.",
        "OAuth 클라이언트나 그 파트너가 사용 중지되어 있습니다.",
        "호스트에 이유를 묻고 다시 사용하도록 요청하십시오.",
    ),
    "client_is_not_published_yet": words(
        "The published client has its credentials, but the required parties have not approved it yet.",
        "Use the test client’s credentials in the sandbox until the tab Publishing says that it is approved.",
        "게시된 클라이언트의 자격 증명은 맞지만, 필요한 당사자들이 아직 이 클라이언트를 승인하지 않았습니다.",
        "그때까지는 샌드박스에서 테스트 클라이언트의 자격 증명을 사용하십시오. 승인 여부는 앱의 게시 탭에 있습니다.",
    ),
    "too_many_failures": words(
        "Too many attempts with wrong credentials came from this address.",
        "Wait as long as Retry-After says, and correct the credentials before the next attempt.",
        "이 주소에서 잘못된 인증 정보로 너무 많이 시도했습니다.",
        "Retry-After가 알려 주는 시간만큼 기다리고, 다시 시도하기 전에 인증 정보를 고치십시오.",
    ),
    "body_malformed": words(
        "The body can't be read as what its Content-Type says.",
        "Send a form or a flat JSON object in UTF-8.",
        "본문을 Content-Type이 말하는 형식으로 읽을 수 없습니다.",
        "UTF-8로 된 폼이나 중첩 없는 JSON 객체를 보내십시오.",
    ),
    "body_too_large": words(
        "The body is larger than any valid request.",
        "Send only the parameters of the request.",
        "본문이 올바른 요청보다 큽니다.",
        "요청에 필요한 매개변수만 보내십시오.",
    ),
    "content_type_wrong": words(
        "The Content-Type is neither a form nor JSON, so no code or verifier could be read.",
        "Send application/x-www-form-urlencoded or application/json.",
        "Content-Type이 폼도 JSON도 아니어서 코드와 검증값을 읽지 못했습니다.",
        "application/x-www-form-urlencoded 또는 application/json으로 보내십시오.",
    ),
    "content_type_unsupported": words(
        "The Content-Type is neither a form nor JSON.",
        "Send application/x-www-form-urlencoded or application/json.",
        "Content-Type이 폼도 JSON도 아닙니다.",
        "application/x-www-form-urlencoded 또는 application/json으로 보내십시오.",
    ),
    "content_encoded": words(
        "The body is compressed.",
        "Send it without Content-Encoding.",
        "본문이 압축되어 있습니다.",
        "Content-Encoding 없이 보내십시오.",
    ),
    "body_parameter_repeated": words(
        "A parameter of the body is there more than once.",
        "Send each parameter once.",
        "본문의 매개변수가 두 번 이상 있습니다.",
        "매개변수는 한 번씩만 보내십시오.",
    ),
    "client_secret_wrong_kind": words(
        "Another kind of credential was sent as client secret, such as a token or an API key.",
        "Send the client secret, which begins with lscs_.",
        "토큰이나 API 키 같은 다른 종류의 자격 증명을 클라이언트 시크릿으로 보냈습니다.",
        "lscs_로 시작하는 클라이언트 시크릿을 보내십시오.",
    ),
    "client_secret_hashed": words(
        "What was sent as client secret looks like a hash. The platform compares the secret itself.",
        "Keep the secret where your program can read it back, encrypted if you like, and send it as it was shown.",
        "클라이언트 시크릿으로 보낸 값이 해시처럼 보입니다. 플랫폼은 시크릿 자체를 비교합니다.",
        "프로그램이 다시 읽을 수 있는 곳에 시크릿을 보관하고(암호화해도 됩니다), 표시된 그대로 보내십시오.",
    ),
    "client_secret_masked": words(
        "What was sent as client secret is masked, or a placeholder: it was copied from a place that hides secrets.",
        "Copy the secret from where it was stored whole. If it is nowhere, regenerate it; authorizations stay.",
        "클라이언트 시크릿으로 보낸 값이 가려져 있거나 자리 표시자입니다. 시크릿을 숨기는 화면에서 복사한 값입니다.",
        "전체가 저장된 곳에서 시크릿을 복사하십시오. 남아 있지 않다면 다시 생성하십시오. 기존 승인은 유지됩니다.",
    ),
    "client_secret_padded": words(
        "This is the right client secret with something around it: white space, a line break or quotation marks.",
        "Trim what you read from the file or the environment before you send it.",
        "올바른 클라이언트 시크릿의 앞뒤에 공백, 줄 바꿈 또는 따옴표가 붙어 있습니다.",
        "파일이나 환경 변수에서 읽은 값의 앞뒤를 잘라 낸 뒤 보내십시오.",
    ),
    "client_secret_regenerated": words(
        "This is the client's previous secret. It died when the secret was regenerated.",
        "Bring the new secret into every deployment. Authorizations stay.",
        "클라이언트의 이전 시크릿입니다. 시크릿을 다시 생성할 때 사용할 수 없게 되었습니다.",
        "새 시크릿을 모든 배포에 반영하십시오. 기존 승인은 유지됩니다.",
    ),
    "client_secret_of_the_other_client": words(
        "This is the secret of another client of the same app: test and published values are mixed.",
        "Use client ID and client secret of the same client.",
        "같은 앱의 다른 클라이언트에 속한 시크릿입니다. 테스트 클라이언트와 게시된 클라이언트의 값이 섞였습니다.",
        "같은 클라이언트의 클라이언트 ID와 클라이언트 시크릿을 함께 사용하십시오.",
    ),
    "credentials_swapped": words(
        "The client ID was sent as client secret, and the client secret as client ID.",
        "Exchange the two values in your settings.",
        "클라이언트 ID와 클라이언트 시크릿이 서로 바뀌었습니다.",
        "설정에서 두 값을 맞바꾸십시오.",
    ),
    "body_form_sent_as_json": words(
        "The Content-Type says JSON, but the body is a form.",
        "Send application/x-www-form-urlencoded, or encode the parameters as a JSON object.",
        "Content-Type은 JSON이라고 하지만 본문은 폼입니다.",
        "application/x-www-form-urlencoded로 보내거나 매개변수를 JSON 객체로 인코딩하십시오.",
    ),
    "body_json_sent_as_form": words(
        "The body is JSON, but the Content-Type says that it is a form.",
        "Send application/json, or encode the parameters as a form.",
        "본문은 JSON이지만 Content-Type은 폼이라고 합니다.",
        "application/json으로 보내거나 매개변수를 폼으로 인코딩하십시오.",
    ),
}
