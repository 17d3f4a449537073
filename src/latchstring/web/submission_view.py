"""Submissions as pages show them, to whichever side: from the domain's values to the reader's words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from latchstring.apps.changes import Changes, Field, changes
from latchstring.apps.coverage import Coverage
from latchstring.apps.model import ClientFields
from latchstring.contract.model import Contract
from latchstring.publishing import decide, revisions, store
from latchstring.publishing.check import Check
from latchstring.publishing.check_texts import sentence, title
from latchstring.publishing.desk import House
from latchstring.publishing.model import Revision, Submission
from latchstring.storage.database import Transaction
from latchstring.web.pages.submissions import (
    PARTIES,
    AskedScope,
    ChangeLines,
    CheckLine,
    CommentLine,
    DecisionLine,
    ListChange,
    News,
    RevisionLine,
    TextChange,
    Words,
)
from latchstring.web.translations import Locale, Text

_LABELS: Final[Mapping[Field, Text]] = {
    "name": Text("Name"),
    "description": Text("Description"),
    "redirect_uris": Text("Redirect URIs"),
    "onboarding_url": Text("Onboarding URL"),
    "scopes": Text("Scopes"),
}
_ORDER: Final = {"failed": 0, "warning": 1, "passed": 2}
_MOST_COMMENTS: Final = 100
MOST_REVISIONS: Final = 20


def party_name(party: str) -> Text | str:
    """What a party is called."""
    return PARTIES.get(party, party)


def check_lines(checks: Iterable[Check], locale: Locale) -> tuple[CheckLine, ...]:
    """The checks, what failed first."""
    lines = (_check_line(check, locale) for check in checks)
    return tuple(sorted(lines, key=lambda line: _ORDER[line.outcome]))


def _check_line(check: Check, locale: Locale) -> CheckLine:
    text, _, more = sentence(check, locale).partition("\n")
    return CheckLine(
        title=title(check.name, locale),
        outcome=check.outcome,
        text=text,
        more=more,
        file=check.file,
        line=check.line,
    )


def asked_scopes(
    contract: Contract,
    locale: Locale,
    fields: ClientFields,
    *,
    reasons: Mapping[str, str],
    covered: Coverage | None = None,
    live: Sequence[str] | None = None,
    offered: Sequence[str] = (),
) -> tuple[AskedScope, ...]:
    """The scopes that are asked for, and those that could be (`offered`) or were (`live`)."""
    calls = {one.scope: one.calls for one in covered.scopes} if covered else {}
    named = {*fields.scopes, *offered, *(live or ())}
    return tuple(
        AskedScope(
            name=scope.name,
            title=scope.title[locale],
            sentence=scope.consent[locale],
            reason=reasons.get(scope.name, ""),
            access=scope.access,
            risk=scope.risk,
            private=scope.private,
            asked=scope.name in fields.scopes,
            news=_news(scope.name, fields.scopes, live),
            calls=calls.get(scope.name, 0) if covered else None,
        )
        for scope in contract.scopes.values()
        if scope.name in named
    )


def _news(name: str, asked: Sequence[str], live: Sequence[str] | None) -> News:
    if live is None or (name in asked) == (name in live):
        return "kept"
    return "added" if name in asked else "removed"


async def words_of(tx: Transaction, house: House, submission: Submission) -> Words:
    """What is said of a submission."""
    own = (submission.organization_id, submission.id)
    said = {one.party: one for one in await store.decisions(tx, *own)}
    waiting = await decide.waiting(tx, house, submission)
    parties = list(dict.fromkeys([*house.parties, *said]))
    lines = [
        DecisionLine(
            party=party_name(party), verdict=one.verdict, by=one.reviewer_name, comment=one.comment, at=one.at
        )
        if (one := said.get(party))
        else DecisionLine(party=party_name(party))
        for party in parties
        if party in said or party in waiting
    ]
    comments = await store.comments(tx, *own, _MOST_COMMENTS)
    return Words(
        decisions=tuple(lines),
        comments=tuple(
            CommentLine(by=one.author_name, text=one.text, at=one.at, is_reviewer=one.is_reviewer)
            for one in comments
        ),
        note=submission.note,
        link=submission.link,
    )


def change_lines(live: Revision | None, proposed: ClientFields) -> ChangeLines | None:
    """What a proposal changes of the revision that is live; None when none is."""
    if live is None:
        return None
    return told_changes(changes(revisions.fields_of(live), proposed), live.revision)


def told_changes(found: Changes, revision: int) -> ChangeLines:
    """Changes in words."""
    return ChangeLines(
        revision=revision,
        texts=tuple(
            TextChange(label=_LABELS[one.field], before=one.before, after=one.after) for one in found.texts
        ),
        lists=tuple(
            ListChange(label=_LABELS[one.field], added=one.added, removed=one.removed, kept=len(one.kept))
            for one in found.lists
        ),
    )


async def revision_lines(tx: Transaction, site: str, client_id: UUID) -> tuple[RevisionLine, ...]:
    """The last revisions, the live one first."""
    found = await revisions.page(tx, site, client_id, None, MOST_REVISIONS)
    return tuple(
        RevisionLine(
            number=one.revision,
            name=one.name,
            scopes=len(one.scopes),
            published_at=one.published_at,
            restores=one.restores,
            live=place == 0,
        )
        for place, one in enumerate(found)
    )
