"""Why a request was refused and what to do, in words for the owner of the app: one text for every cause."""

from collections.abc import Mapping
from typing import Literal

from latchstring.audit.explanations import (
    authorizing,
    calling,
    client_credentials,
    policies,
    rehearsed,
    tokens,
)
from latchstring.audit.explanations.text import Explanation, Words

Language = Literal["en", "ko"]

#: By the name of the cause.
EXPLANATIONS: Mapping[str, Words] = {
    **authorizing.WORDS,
    **client_credentials.WORDS,
    **tokens.WORDS,
    **calling.WORDS,
    **policies.WORDS,
    **rehearsed.WORDS,
}

_UNKNOWN = Words(
    Explanation("The request was refused.", "Ask the host, and name the request's id."),
    Explanation("요청이 거부되었습니다.", "요청 ID를 알려 호스트에 문의하십시오."),
)


def explain(cause: str, language: Language) -> Explanation:
    """The explanation of a cause by its name; a name that an older version wrote has a general one."""
    words = EXPLANATIONS.get(cause, _UNKNOWN)
    return words.ko if language == "ko" else words.en
