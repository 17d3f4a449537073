"""What a browser does, in small: cookies, links, forms with their hidden fields, redirects one at a time."""

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx

_PAGE = {"accept": "text/html"}
_DATA = {"accept": "application/json"}


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and what it sends of itself."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(named.get("action", "")))
        elif tag == "a":
            self.links.append(named.get("href", ""))
        elif tag == "input" and self.forms and named.get("type") == "hidden":
            self.forms[-1].fields[named["name"]] = named.get("value", "")

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


@dataclass(frozen=True, slots=True)
class Page:
    """What came back."""

    url: str
    status: int
    location: str
    text: str
    forms: tuple[Form, ...]
    links: tuple[str, ...]

    def form(self, action: str) -> Form:
        """The form that goes to this path.

        Raises:
            LookupError: the page has none.
        """
        for one in self.forms:
            if (one.action or self.url).partition("?")[0].endswith(action):
                return one
        raise LookupError(f"no form for {action} on the page (status {self.status})")


class Browser:
    """One person's browser."""

    def __init__(self) -> None:
        self._http = httpx.Client(timeout=20, headers={"accept-language": "en"})

    def open(self, url: str) -> Page:
        """Follow a link, up to the first redirect."""
        return _page(self._http.get(url, headers=_PAGE))

    def send(self, page: Page, form: Form, **typed: str) -> Page:
        """Send a form with what was typed into it."""
        url = urljoin(page.url, form.action)
        return _page(self._http.post(url, data={**form.fields, **typed}, headers=_PAGE))

    def signed_in(self, url: str, email: str, password: str) -> Page:
        """Open a page that wants a sign-in, and sign in on the way. What was just published may still be coming, and
        is asked for again.

        Raises:
            LookupError: the page never asked for a sign-in.
        """
        for _ in range(100):
            asked = self.open(url)
            if asked.status == 303:
                break
            time.sleep(0.05)
        form_page = self.open(asked.location) if asked.location else asked
        entered = self.send(form_page, form_page.form("/sign-in"), email=email, password=password)
        return self.open(entered.location)

    def until(self, url: str, words: str) -> Page:
        """The page as soon as it says these words: what was just called is counted a moment later.

        Raises:
            LookupError: it never does.
        """
        for _ in range(100):
            page = self.open(url)
            if words in page.text:
                return page
            time.sleep(0.1)
        raise LookupError(f"{url} does not say {words!r}")

    def read(self, url: str) -> tuple[int, dict[str, Any]]:
        """The same page as data: for the notifier, which answers programs too."""
        return _data(self._http.get(url, headers=_DATA))

    def do(self, url: str, **typed: str) -> tuple[int, dict[str, Any]]:
        """Press a button of the notifier."""
        return _data(self._http.post(url, data=typed, headers=_DATA))

    def close(self) -> None:
        """Close all windows."""
        self._http.close()


def _page(answer: httpx.Response) -> Page:
    reader = _Reader()
    reader.feed(answer.text)
    location = answer.headers.get("location", "")
    return Page(
        str(answer.url),
        answer.status_code,
        urljoin(str(answer.url), location) if location else "",
        " ".join(" ".join(reader.words).split()),
        tuple(reader.forms),
        tuple(reader.links),
    )


def _data(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    return answer.status_code, dict(answer.json())
