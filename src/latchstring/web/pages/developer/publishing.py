"""The tab Publishing: from app details to a published client, and from there to the integration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal

from latchstring.web.pages import sample_values as a
from latchstring.web.pages import submissions as parts
from latchstring.web.pages.developer import samples as s
from latchstring.web.pages.developer.apps import Problems
from latchstring.web.pages.developer.clients import ClientForm, UriRow
from latchstring.web.pages.developer.head import AppHead
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text

Standing = Literal["new", "draft", "changes_requested", "submitted", "published"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A test client whose configuration can be proposed."""

    id: str
    name: str
    scopes: int
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What is proposed and can still be changed."""

    form: ClientForm
    scopes: tuple[parts.AskedScope, ...]
    note: str = ""
    link: str = ""
    problems: Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """What to add to the pull request; `manifest` is the partner's whole file with the change, once it is known."""

    oauth_clients: str
    manifest_v1: str
    manifest_v2: str
    manifest: str | None = None
    folder: tuple[str, ...] = ()
    problem: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """The request for another secret of the published client: none, open, granted, or declined."""

    state: Literal["none", "open", "granted", "declined"] = "none"
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing(Page):
    """The tab. `secret` is shown this once, after Next: Send App Details; what is None is not there yet."""

    template: ClassVar[str] = "developer/publishing.html"
    app: AppHead
    standing: Standing
    sources: tuple[Source, ...] = ()
    client_id: str | None = None
    secret: str | None = None
    proposed: Proposed | None = None
    pull_request: PullRequest | None = None
    checks: tuple[parts.CheckLine, ...] = ()
    changes: parts.ChangeLines | None = None
    words: parts.Words = parts.SILENCE
    sent_at: datetime | None = None
    revisions: tuple[parts.RevisionLine, ...] = ()
    reach: parts.Reached | None = None
    reach_words: parts.Words | None = None
    lost: Secret = Secret()
    problems: Problems
    done: str | None = None

    @property
    def failing(self) -> bool:
        """Whether a check fails, so that the note has to say why."""
        return any(check.outcome == "failed" for check in self.checks)

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Every standing, the secret, hostile words."""
        none: Problems = {}
        source = Source(id=a.sample_id(7), name="On-call Notifier", scopes=3, chosen=True)
        new = cls(app=s.HEAD, standing="new", problems=none)
        yield Sample("no_client", new)
        yield Sample(
            "new", replace(new, sources=(source, replace(source, id=a.sample_id(8), name=a.HOSTILE)))
        )
        form = ClientForm(
            name="On-call Notifier", uris=(UriRow(value="https://notifier.example/cb"), UriRow())
        )
        pull = PullRequest(oauth_clients="{}\n", manifest_v1='"support": "x"\n', manifest_v2='"tile": {}\n')
        draft = replace(
            new, standing="draft", client_id=a.sample_id(9), pull_request=pull, checks=parts.CHECKS,
            proposed=Proposed(form=form, scopes=parts.SCOPES, problems=none), changes=parts.CHANGES,
        )  # fmt: skip
        yield Sample("secret", replace(draft, secret="lscs_us1_EXAMPLE0EXAMPLE0EXAMPLE0EXAMPLE0EXAMPLE0"))
        yield Sample("draft", draft)
        hostile = replace(
            draft, app=replace(s.HEAD, name=a.HOSTILE), standing="changes_requested", words=parts.WORDS,
            proposed=Proposed(form=replace(form, name=a.HOSTILE), scopes=parts.SCOPES, note=a.HOSTILE,
                              link=a.HOSTILE, problems=none),
            pull_request=replace(pull, manifest=a.HOSTILE, folder=("README.md",),
                problem=Text("Use at most %(limit)s characters.", {"limit": a.HOSTILE})),
        )  # fmt: skip
        yield Sample("hostile", hostile)
        yield Sample("submitted", replace(
            new, standing="submitted", client_id=a.sample_id(9), checks=parts.CHECKS, words=parts.WORDS,
            sent_at=a.before(hours=3), changes=parts.CHANGES, done="sent",
        ))  # fmt: skip
        published = replace(
            new, standing="published", client_id=a.sample_id(9), sources=(source,), revisions=parts.REVISIONS,
            reach=parts.Reached(audience="sandbox"),
        )  # fmt: skip
        yield Sample("published", published)
        yield Sample("shown", replace(
            published, reach=parts.Reached(audience="named", named=("Acme", a.HOSTILE), asked="everyone"),
            reach_words=parts.WORDS, lost=Secret(state="granted", answer=a.HOSTILE),
        ))  # fmt: skip
