"""Finding scopes by what people type: words of tasks, titles, consent texts and operations."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_KINDS = {"name": 8, "title": 6, "task": 5, "operation": 2, "consent": 1}
_WHOLE_QUERY_BONUS = {"name": 40, "title": 30, "task": 30, "operation": 3, "consent": 0}
_EXACT_BONUS = {"name": 100, "title": 20, "task": 10, "operation": 10, "consent": 0}
_WORD = re.compile(r"[a-z0-9]+|[가-힣]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IGNORED_ENGLISH = """a an and any are by can do does for from how i in into is it me my need of on or our
please scope scopes permission that the their them this to want we what which with you your"""
_IGNORED_KOREAN = "권한 권한범위 범위 스코프 어떻게 싶습니다 싶어요 싶다 위한 위해 하고 하는 하기 필요"
_IGNORED = frozenset(f"{_IGNORED_ENGLISH} {_IGNORED_KOREAN}".split())
_ENGLISH_ENDINGS = ("ing", "ies", "es", "ed", "s", "e", "y")
_ENDINGS_OF_VERBS = "하겠습니다 합니다 습니다 하려면 하려고 하기 하는 하고 해요 려면 려고 기를 기 는 고"
_PARTICLES = "에서 으로 에게 까지 들을 들이 들의 을 를 이 가 은 의 에 로 와 과 들"
_KOREAN_ENDINGS = tuple(f"{_ENDINGS_OF_VERBS} {_PARTICLES}".split())


@dataclass(frozen=True, slots=True)
class _Text:
    language: str | None
    kind: str
    words: tuple[str, ...]


class ScopeIndex:
    """The texts of every scope, cut into words. A query is answered from its own language and English."""

    def __init__(self, entries: Iterable[tuple[str, Iterable[tuple[str | None, str, str]]]]) -> None:
        """Take (scope name, its (language, kind, text) triples); the order breaks ties."""
        self._texts = {name: _texts(triples) for name, triples in entries}

    def search(self, query: str, locale: str) -> list[str]:
        """Name the scopes that hold every word of the query, or else most of its words, best first."""
        wanted = tuple(word for word in words(query) if word not in _IGNORED)
        if not wanted:
            return [] if query.strip() else list(self._texts)
        languages = (None, "en", locale.replace("-", "_").split("_")[0].lower())
        ranked = []
        for order, (name, texts) in enumerate(self._texts.items()):
            hits, score = _rate(wanted, [text for text in texts if text.language in languages])
            if hits:
                ranked.append((-hits, -score, order, name))
        ranked.sort()
        return [name for hits, _, _, name in ranked if hits == ranked[0][0]]


def words(text: str) -> tuple[str, ...]:
    """Cut a text into comparable words: lower case, CamelCase taken apart, common endings removed."""
    return tuple(_stem(word) for word in _WORD.findall(_CAMEL.sub(" ", text).lower()))


def _texts(triples: Iterable[tuple[str | None, str, str]]) -> list[_Text]:
    return [_Text(language, kind, words(text)) for language, kind, text in triples]


def _stem(word: str) -> str:
    if word in _IGNORED:
        return word
    endings = _ENGLISH_ENDINGS if word.isascii() else _KOREAN_ENDINGS
    shortest = 3 if word.isascii() else 2
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word.removesuffix(ending)
    return word


def _rate(wanted: tuple[str, ...], texts: list[_Text]) -> tuple[int, int]:
    """Count the wanted words that the texts hold, and how much weight the places have in which they stand."""
    best = [max((_weight(word, text) for text in texts), default=0) for word in wanted]
    together = max((_WHOLE_QUERY_BONUS[text.kind] for text in texts if _holds_all(text, wanted)), default=0)
    exact = sum(_EXACT_BONUS[text.kind] for text in texts if text.words == wanted)
    return sum(weight > 0 for weight in best), sum(best) + together + exact


def _weight(word: str, text: _Text) -> int:
    return _KINDS[text.kind] if any(_matches(word, other) for other in text.words) else 0


def _holds_all(text: _Text, wanted: tuple[str, ...]) -> bool:
    return all(any(_matches(word, other) for other in text.words) for word in wanted)


def _matches(word: str, other: str) -> bool:
    """A typed word stands for the words it begins; Korean compounds are written together, so also inside."""
    return other.startswith(word) or (not word.isascii() and len(word) > 1 and word in other)
