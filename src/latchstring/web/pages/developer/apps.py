"""Apps: the list, a new one, its Basic Information, and its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Literal

from latchstring.apps.model import AppFields, ClientKind
from latchstring.apps.templates import TEMPLATE_NAMES, TemplateName
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.developer import samples as s
from latchstring.web.pages.developer.head import AppHead
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words

AppKind = Literal["api", "premises"]
#: What is wrong, by the name of the field.
Problems = Mapping[str, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLine:
    """An app in the list."""

    id: str
    name: str
    description: str
    stable: bool
    logo: str | None
    test_clients: int
    published_clients: int
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeveloperApps(Page):
    """Apps that match `search`, newest first. `older` and `first` are the paths of other pages, where there are
    any. `deleted` names the app that was just deleted."""

    template: ClassVar[str] = "developer/apps.html"
    rows: tuple[AppLine, ...]
    search: str = ""
    older: str | None = None
    first: str | None = None
    deleted: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Some, none yet, none found, a page in the middle, awkward names."""
        rows = (_line(1), replace(_line(2, "Cloud Cost Advisor"), stable=True, published_clients=1),
                replace(_line(3, "당직 알리미"), test_clients=0, description=""))  # fmt: skip
        yield Sample("typical", cls(rows=rows))
        yield Sample("empty", cls(rows=()))
        yield Sample("nothing_found", cls(rows=(), search=a.HOSTILE))
        yield Sample(
            "middle", cls(rows=rows, search="o", older="/developer/apps?after=x", first="/developer/apps")
        )
        yield Sample("deleted", cls(rows=rows, deleted=a.HOSTILE))
        awkward = [a.LONG, a.UNBROKEN, a.HOSTILE]
        yield Sample("awkward", cls(rows=tuple(
            replace(_line(n, text), description=text) for n, text in enumerate(awkward))))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppKind(Page):
    """The first question about a new app: what it is. With `kind` "premises": why OAuth is not for it."""

    template: ClassVar[str] = "developer/new_app_kind.html"
    kind: AppKind | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The question, and where software on premises stops."""
        yield Sample("question", cls())
        yield Sample("premises", cls(kind="premises"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """A template to start from, and the titles of the scopes it starts with; private ones are said apart."""

    name: TemplateName
    scopes: tuple[str, ...] = ()
    private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApp(Page):
    """Posts `template`, `name` and, to take over an integration, `app_uuid`."""

    template: ClassVar[str] = "developer/new_app.html"
    templates: tuple[TemplateChoice, ...]
    chosen: str = "blank"
    name: str = ""
    app_uuid: str = ""
    problems: Problems = field(default_factory=dict)

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Empty, refused, and with hostile words."""
        scopes = {"notifier": ("Read monitors", "Read events"), "forwarder": ("Create API keys",)}
        templates = tuple(
            TemplateChoice(name=name, scopes=scopes.get(name, ()),
                           private=scopes["forwarder"] if name == "forwarder" else ())
            for name in TEMPLATE_NAMES
        )  # fmt: skip
        yield Sample("empty", cls(templates=templates))
        problems = {"name": Text("This can’t be empty."), "app_uuid": Text("Another app has this app_uuid.")}
        yield Sample("refused", cls(templates=templates, chosen="forwarder", app_uuid="x", problems=problems))
        yield Sample("hostile", cls(templates=templates, name=a.HOSTILE, app_uuid=a.HOSTILE))


@dataclass(frozen=True, slots=True, kw_only=True)
class AppBasics(Page):
    """The tab Basic Information. Posts the fields and `do` (save, stable, development) to the app's path, and
    the logo to `…/logo`. `unsaved`: the fields are not what is stored. `done` names what has just been done."""

    template: ClassVar[str] = "developer/app_basics.html"
    app: AppHead
    fields: AppFields
    categories: tuple[str, ...] = ()
    problems: Problems = field(default_factory=dict)
    unsaved: bool = False
    done: str | None = None
    caution: Words | None = None
    logo_limit: int = 256

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """A new app, a stable one, refused fields, saved, hostile words."""
        fields = AppFields(
            "On-call Notifier", "Tells whoever is on call.", "Alerting", "Pagewell", "help@pagewell.example",
            "https://pagewell.example",
        )  # fmt: skip
        yield Sample("new", cls(app=s.HEAD, fields=AppFields("On-call Notifier"), categories=("Alerting",)))
        yield Sample("stable", cls(app=replace(s.HEAD, stable=True), fields=fields, done="stable"))
        problems = {"name": Text("This can’t be empty."), "logo": Text("Choose a whole PNG, JPEG or WebP image."),
                    "homepage": Text("Write an address such as https://example.com.")}  # fmt: skip
        yield Sample(
            "refused", cls(app=s.HEAD, fields=replace(fields, name=""), problems=problems, unsaved=True)
        )
        doubtful = replace(fields, name=a.DOUBTFUL)
        yield Sample("doubtful", cls(app=s.HEAD, fields=doubtful, caution=a.MIXED))
        hostile = AppFields(*[a.HOSTILE] * 6)
        yield Sample("hostile", cls(app=replace(s.HEAD, name=a.HOSTILE), fields=hostile, done="saved"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Goes:
    """What goes with an app or a client: the client, and what lives on it in the sandbox."""

    name: str
    kind: ClientKind
    authorizations: int
    api_keys: int
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAppDelete(Page):
    """Asks before an app is deleted; posts to its own path. An app with a published client can't be."""

    template: ClassVar[str] = "developer/confirm_app_delete.html"
    app: AppHead
    goes: tuple[Goes, ...] = ()

    @property
    def published(self) -> bool:
        """Whether one of the clients is published."""
        return any(gone.kind == "published" for gone in self.goes)

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Nothing in it, something in it, published, hostile words."""
        client = Goes(name="On-call Notifier", kind="test", authorizations=2, api_keys=1, last_used_at=a.NOW)
        yield Sample("empty", cls(app=s.HEAD))
        yield Sample("typical", cls(app=s.HEAD, goes=(client, replace(client, name="Second", api_keys=0))))
        yield Sample("published", cls(app=s.HEAD, goes=(replace(client, kind="published"),)))
        hostile = replace(client, name=a.HOSTILE)
        yield Sample("hostile", cls(app=replace(s.HEAD, name=a.HOSTILE), goes=(hostile,)))


def _line(number: int, name: str = "On-call Notifier") -> AppLine:
    return AppLine(
        id=a.sample_id(number),
        name=name,
        description="Tells whoever is on call.",
        stable=False,
        logo=None,
        test_clients=1,
        published_clients=0,
        updated_at=a.before(hours=5 * number),
    )
