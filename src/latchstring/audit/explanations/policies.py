"""Explanations: what the customer's organization does not allow, whoever of its people said yes."""

from latchstring.audit.explanations.text import words

_ASK_EN = "Ask an administrator of the organization to change its app policy; the authorization works again at once."
_ASK_KO = "조직 관리자에게 앱 정책을 바꿔 달라고 요청하십시오. 바꾸면 승인이 바로 다시 동작합니다."

WORDS = {
    "access_denied_by_policy": words(
        "The app policy of the organization does not allow this app, so nobody there can authorize it.",
        "Ask an administrator of the organization to allow the app in its app policy, then start again.",
        "조직의 앱 정책이 이 앱을 허용하지 않아 그 조직에서는 아무도 승인할 수 없습니다.",
        "조직 관리자에게 앱 정책에서 이 앱을 허용해 달라고 요청한 뒤 다시 시작하십시오.",
    ),
    "bearer_app_blocked": words(
        "The app policy of the organization blocks this app.", _ASK_EN,
        "조직의 앱 정책이 이 앱을 차단합니다.", _ASK_KO,
    ),
    "bearer_scope_withheld": words(
        "The user consented to the scope, but the app policy of the organization withholds it.",
        "Do without the scope there, or ask an administrator of the organization to raise the limit.",
        "사용자가 이 권한 범위를 승인했지만 조직의 앱 정책이 허용하지 않습니다.",
        "그 조직에서는 이 권한 범위 없이 동작하게 하거나, 조직 관리자에게 제한을 풀어 달라고 요청하십시오.",
    ),
    "code_app_blocked": words(
        "The app policy of the organization blocks this app since the user consented.",
        "Ask an administrator of the organization to change its app policy, then start the authorization again.",
        "사용자가 승인한 뒤에 조직의 앱 정책이 이 앱을 차단했습니다.",
        "조직 관리자에게 앱 정책을 바꿔 달라고 요청한 뒤 승인을 다시 시작하십시오.",
    ),
    "refresh_token_app_blocked": words(
        "The app policy of the organization blocks this app.", _ASK_EN,
        "조직의 앱 정책이 이 앱을 차단합니다.", _ASK_KO,
    ),
    "api_key_app_blocked": words(
        "The app policy of the organization blocks the app that made this API key.",
        "Ask an administrator of the organization to change its app policy; the key works again at once.",
        "조직의 앱 정책이 이 API 키를 만든 앱을 차단합니다.",
        "조직 관리자에게 앱 정책을 바꿔 달라고 요청하십시오. 바꾸면 키가 바로 다시 동작합니다.",
    ),
}  # fmt: skip
