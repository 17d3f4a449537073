"""Explanations: failures that are played on purpose, in the sandbox."""

from latchstring.audit.explanations.text import words

WORDS = {
    "rehearsed_expiry": words(
        "This is rehearsed: the access token is treated as expired.",
        "Refresh once, and repeat the call with the new access token.",
        "예행연습입니다. 액세스 토큰이 만료된 것으로 처리했습니다.",
        "한 번 새로 고친 뒤 새 액세스 토큰으로 다시 호출하십시오.",
    ),
    "rehearsed_revocation": words(
        "This is rehearsed: the authorization is treated as revoked. It is back when the rehearsal ends.",
        "Refresh once at most; then stop, and ask the user to authorize again.",
        "예행연습입니다. 승인이 철회된 것으로 처리했습니다. 예행연습이 끝나면 원래대로 돌아옵니다.",
        "새로 고침은 한 번까지만 시도하고, 멈춘 뒤 사용자에게 다시 승인해 달라고 요청하십시오.",
    ),
    "rehearsed_refresh_revoked": words(
        "This is rehearsed: the authorization of this refresh token is treated as revoked.",
        "Do not try again. Keep what you know of the customer, and ask the user to authorize again.",
        "예행연습입니다. 이 새로 고침 토큰의 승인이 철회된 것으로 처리했습니다.",
        "다시 시도하지 마십시오. 고객 정보는 보존하고 사용자에게 다시 승인해 달라고 요청하십시오.",
    ),
    "rehearsed_secret": words(
        "This is rehearsed: the client secret is treated as regenerated.",
        "Stop, and tell whoever operates the integration. Nothing changes until the new secret is configured.",
        "예행연습입니다. 클라이언트 시크릿이 재생성된 것으로 처리했습니다.",
        "멈추고 통합의 운영자에게 알리십시오. 새 시크릿을 설정하기 전에는 달라지지 않습니다.",
    ),
    "rehearsed_wrong_site": words(
        "This is rehearsed: the access token is treated as one of another site.",
        "Send calls to the API of the `domain` that came with the redirect; do not repeat a call that can't succeed.",
        "예행연습입니다. 액세스 토큰을 다른 사이트의 것으로 처리했습니다.",
        "리디렉션으로 받은 `domain`의 API로 호출하십시오. 성공할 수 없는 호출을 되풀이하지 마십시오.",
    ),
    "rehearsed_rate_limit": words(
        "This is rehearsed: the organization is treated as having called too often.",
        "Wait as many seconds as the header `Retry-After` says, and only then call again.",
        "예행연습입니다. 조직이 너무 자주 호출한 것으로 처리했습니다.",
        "`Retry-After` 헤더가 알리는 초만큼 기다린 뒤에 다시 호출하십시오.",
    ),
    "rehearsed_failure": words(
        "This is rehearsed: the API is treated as failing for a while.",
        "Try again after a pause that grows with each attempt, and not more than 10 times a minute.",
        "예행연습입니다. API가 잠시 고장 난 것으로 처리했습니다.",
        "시도할 때마다 간격을 늘려 다시 시도하고, 1분에 10번을 넘지 마십시오.",
    ),
}
