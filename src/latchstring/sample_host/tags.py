"""Tags and names as the host keeps them: lower case, plain characters, in order, each once."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated

from msgspec import Meta

from latchstring.sample_host.answers import invalid

Tag = Annotated[str, Meta(max_length=1_000)]
Tags = Annotated[list[Tag], Meta(max_length=1_000)]
HostName = Annotated[str, Meta(max_length=255)]

_LONGEST = 200
_OTHER = re.compile(r"[^\w:./-]")
_METRIC = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,199}").fullmatch
_METRIC_OTHER = re.compile(r"[^A-Za-z0-9_.]")


@lru_cache(maxsize=20_000)
def tag_as_kept(tag: str) -> str:
    """A tag in lower case, other characters as underscores, at most 200 characters."""
    return _OTHER.sub("_", tag.strip().lower())[:_LONGEST]


@lru_cache(maxsize=20_000)
def metric_as_kept(name: str) -> str:
    """A metric's name with other characters as underscores; refuses one that does not begin with a letter."""
    if _METRIC(name):
        return name
    plain = _METRIC_OTHER.sub("_", name)
    if not _METRIC(plain):
        raise invalid("Invalid value for 'metric': must begin with a letter and have at most 200 characters")
    return plain


def tags_as_kept(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags in order, each once."""
    return tuple(sorted({kept for tag in tags if (kept := tag_as_kept(tag))}))


def split_tags(text: str) -> tuple[str, ...]:
    """Tags written with commas between them."""
    return tags_as_kept(text.split(","))
