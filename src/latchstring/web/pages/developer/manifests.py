"""Import App Manifest: the file, the plan before anything acts, and what was done, with new secrets shown once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from latchstring.apps.plan import Kind
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.developer import samples as s
from latchstring.web.pages.developer.head import AppHead, ClientHead
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words

LineKind = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppChoice:
    """An app that a manifest can be imported into."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportManifest(Page):
    """Posts `manifest` (or a file) and `app` (matching, new, or an app's id) to its own path."""

    template: ClassVar[str] = "developer/import.html"
    apps: tuple[AppChoice, ...] = ()
    chosen: str = "matching"
    manifest: str = ""
    place: str | None = None
    problem: Words | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Empty, refused, refused at a place in the file, hostile words."""
        apps = (
            AppChoice(id=a.sample_id(1), name="On-call Notifier"),
            AppChoice(id=a.sample_id(2), name=a.LONG),
        )
        empty = cls(apps=apps)
        yield Sample("empty", empty)
        problem = Text("This is no JSON in UTF-8, or one of its members is there twice.")
        yield Sample("refused", replace(empty, manifest="{", problem=problem))
        hostile = AppChoice(id=a.sample_id(3), name=a.HOSTILE)
        problem = Text("It does not fit the format: %(reason)s", {"reason": a.HOSTILE})
        yield Sample("hostile", cls(apps=(hostile,), chosen=hostile.id, manifest="</textarea>" + a.HOSTILE,
                                    place=a.HOSTILE, problem=problem))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """A value, and whether it stays, comes or goes."""

    text: str
    kind: LineKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDiff:
    """A field that would be other than it is."""

    label: Words
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """What becomes of the app or of one client."""

    of_app: bool
    kind: Kind
    name: str
    fields: tuple[FieldDiff, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """An item of the file that this site can't do."""

    place: str
    value: str
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestPlan(Page):
    """Before anything acts. Posts `manifest`, `app`, `fingerprint` and, where something can't be, `leave_out` to
    `confirmation` below its path. `stale`: what is there has changed since the plan that was agreed to."""

    template: ClassVar[str] = "developer/import_plan.html"
    steps: tuple[StepView, ...]
    problems: tuple[ProblemView, ...] = ()
    ignored: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    differs: bool
    manifest: str
    target: str
    fingerprint: str
    stale: bool = False
    refused: Words | None = None
    unanswered: bool = False

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """New, changed with problems, nothing to do, nothing possible, hostile words."""
        app = StepView(of_app=True, kind="create", name="On-call Notifier", fields=(
            FieldDiff(label=Text("Name"), lines=(DiffLine(text="On-call Notifier", kind="added"),)),))  # fmt: skip
        change = StepView(of_app=False, kind="change", name="On-call Notifier", fields=(
            FieldDiff(label=Text("Description"), lines=(DiffLine(text="Tells whoever is on call.", kind="removed"),
                                                        DiffLine(text=a.LONG, kind="added"))),
            FieldDiff(label=Text("Scopes"), lines=(DiffLine(text="monitors_read", kind="same"),
                                                   DiffLine(text="events_read", kind="added"))),
        ))  # fmt: skip
        new = cls(steps=(app, replace(change, kind="create")), differs=True, manifest="{}", target="matching",
                  fingerprint="f" * 64)  # fmt: skip
        yield Sample("new", new)
        same = replace(app, kind="unchanged", fields=())
        problems = (
            ProblemView(place="integration/scopes/0", value="create_webhooks", words=_UNKNOWN),
            ProblemView(place="integration/redirect_uris/1", value="https://*.example.com/callback",
                        words=Text("An address can’t have a wildcard (*).")),
        )  # fmt: skip
        changed = replace(new, steps=(same, change), problems=problems, ignored=("integration/id",),
                          others=("Another client",))  # fmt: skip
        yield Sample("changed", replace(changed, stale=True))
        yield Sample("unanswered", replace(changed, unanswered=True))
        yield Sample("unchanged", replace(new, steps=(same, replace(same, of_app=False)), differs=False))
        yield Sample("nothing_possible", replace(changed, steps=(), differs=False))
        hostile = replace(change, name=a.HOSTILE, fields=(
            FieldDiff(label=a.HOSTILE, lines=(DiffLine(text=a.HOSTILE, kind="added"),
                                              DiffLine(text=a.UNBROKEN, kind="removed"))),))  # fmt: skip
        yield Sample("hostile", replace(
            new, steps=(hostile,), manifest=f'"{a.HOSTILE}', ignored=(a.HOSTILE,), others=(a.HOSTILE,),
            problems=(ProblemView(place=a.UNBROKEN, value=a.HOSTILE, words=_UNKNOWN),)))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A client that was made, and its secret, shown this once."""

    client: ClientHead
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestApplied(Page):
    """What was done. `changed`: anything but unchanged."""

    template: ClassVar[str] = "developer/imported.html"
    app: AppHead
    secrets: tuple[NewSecret, ...] = ()
    changed: bool = True

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """One new client, several, none, nothing changed."""
        secret = NewSecret(client=s.CLIENT, secret="lscs_us1_EXAMPLE0EXAMPLE0EXAMPLE0EXAMPLE0EXAMPLE0")
        yield Sample("one", cls(app=s.HEAD, secrets=(secret,)))
        hostile = replace(secret, client=replace(s.CLIENT, name=a.HOSTILE))
        yield Sample("several", cls(app=replace(s.HEAD, name=a.HOSTILE), secrets=(secret, hostile)))
        yield Sample("changed", cls(app=s.HEAD))
        yield Sample("unchanged", cls(app=s.HEAD, changed=False))


_UNKNOWN = Text("This site has no scope of this name.")
