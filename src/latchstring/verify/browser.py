"""A browser in small that signs a test user in and decides, by the forms of the site's own pages."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

from latchstring.verify.verdicts import Skipped, Violation

_MOST_STEPS = 12
_PATIENCE_S = 20
_MOST_LINKS = 50
_TYPED = ("email", "text", "password")


@dataclass(slots=True)
class _Form:
    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    buttons: set[tuple[str, str]] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(_Form(named.get("action", "")))
        elif tag == "a":
            self.links.append(named.get("href", ""))
        elif tag in ("input", "button") and self.forms:
            self._control(self.forms[-1], tag, named)

    def _control(self, form: _Form, tag: str, named: dict[str, str]) -> None:
        kind = named.get("type", "submit" if tag == "button" else "text")
        if kind == "hidden":
            form.hidden[named.get("name", "")] = named.get("value", "")
        elif kind == "submit":
            form.buttons.add((named.get("name", ""), named.get("value", "")))
        elif kind in _TYPED:
            form.typed[named.get("name", "")] = kind

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    status: int
    location: str
    text: str
    forms: list[_Form]
    links: list[str]


class Browser:
    """One test user's browser. It goes nowhere but to the site."""

    def __init__(self, user: str, password: str, origin: str) -> None:
        self._user = user
        self._password = password
        self._host = urlsplit(origin).netloc
        self._http = httpx.Client(
            timeout=_PATIENCE_S, headers={"accept": "text/html", "accept-language": "en"}
        )

    def close(self) -> None:
        """Close all windows."""
        self._http.close()

    def decide(self, url: str, redirect_uri: str, decision: str) -> str:
        """Open an authorization request, sign in if asked, and decide; where the browser is sent in the end.

        Raises:
            Violation: the pages lead somewhere else.
        """
        page, entered = self._open(url), False
        for _ in range(_MOST_STEPS):
            if page.location.startswith(redirect_uri):
                return page.location
            if page.location:
                page = self._open(page.location)
            elif (form := _with_password(page)) is not None:
                if entered:
                    raise Skipped(f"{self._user} can't sign in with the password given")
                page, entered = self._sign_in(page, form), True
            elif (form := _with_decision(page, decision)) is not None:
                page = self._send(page, form, decision=decision)
            else:
                raise Violation(
                    "a page to sign in, to decide, or the redirect", f"{page.status} {page.text[:160]}"
                )
        raise Violation("a redirect to the redirect URI", f"{_MOST_STEPS} pages without one")

    def read(self, url: str) -> tuple[int, str, str]:
        """Status, location and text of one page."""
        page = self._open(url)
        return page.status, page.location, page.text

    def revoke_key(self, page_url: str, last4: str) -> bool:
        """Revoke the key that ends so on the API Keys page; whether there was one."""
        listed = self._open(page_url)
        links = [one for one in listed.links if one.endswith("/revocation")][:_MOST_LINKS]
        for link in links:
            asked = self._open(urljoin(page_url, link))
            form = next((one for one in asked.forms if one.action.endswith("/revocation")), None)
            if form is not None and last4 in asked.text:
                return self._send(asked, form).status in (200, 302, 303)
        return False

    def _sign_in(self, page: _Page, form: _Form) -> _Page:
        typed = {
            name: self._password if kind == "password" else self._user for name, kind in form.typed.items()
        }
        return self._send(page, form, **typed)

    def _open(self, url: str) -> _Page:
        return self._page("GET", url)

    def _send(self, page: _Page, form: _Form, **typed: str) -> _Page:
        return self._page("POST", urljoin(page.url, form.action), {**form.hidden, **typed})

    def _page(self, method: str, url: str, data: dict[str, str] | None = None) -> _Page:
        if urlsplit(url).netloc != self._host:
            raise Violation(f"pages of {self._host}", f"a redirect to {url.partition('?')[0]}")
        try:
            answer = self._http.request(method, url, data=data)
        except httpx.HTTPError as problem:
            raise Violation(f"a page at {url.partition('?')[0]}", type(problem).__name__) from None
        reader = _Reader()
        reader.feed(answer.text)
        location = answer.headers.get("location", "")
        return _Page(
            url,
            answer.status_code,
            urljoin(url, location) if location else "",
            " ".join(" ".join(reader.words).split()),
            reader.forms,
            reader.links,
        )


def _with_password(page: _Page) -> _Form | None:
    return next((one for one in page.forms if "password" in one.typed.values()), None)


def _with_decision(page: _Page, decision: str) -> _Form | None:
    return next((one for one in page.forms if ("decision", decision) in one.buttons), None)
