"""The main job, step by step, as a customer's browser and a partner's programs see it: over HTTP alone."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import httpx

from latchstring.demo.browser import Browser, Page
from latchstring.demo.cast import ADMINISTRATOR, CUSTOMER, MONITORS, PARTNER, PASSWORD
from latchstring.demo.script import SCRIPT
from latchstring.demo.seed import Seeded
from latchstring.demo.stage import Stage

_APPS = "/organization-settings/oauth-apps"
_KEYS = "/organization-settings/api-keys"


class DidNotHold(Exception):
    """A step did not go as it must; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what happens, what it proves, and how it is done; it answers with what was seen."""

    title: str
    proves: str
    do: Callable[[], str]


class Chapter(Protocol):
    """A part of the walk, in its order."""

    def steps(self) -> "tuple[Step, ...]":
        """All of its steps."""
        ...

    def close(self) -> None:
        """Close what was opened."""
        ...


class Walk:
    """The steps, in order; each begins where the one before ended."""

    def __init__(self, stage: Stage, seeded: Seeded) -> None:
        self._stage = stage
        self._seeded = seeded
        self._browser = Browser()
        self._page: Page
        self._refused_request = ""
        self._page_sent = ""

    def close(self) -> None:
        """Close the browser."""
        self._browser.close()

    def steps(self) -> tuple[Step, ...]:
        """All of them."""
        names = {
            "partner": PARTNER,
            "customer": CUSTOMER,
            "app": self._seeded.manifest.app_name,
            "name": ADMINISTRATOR.name.split()[0],
        }
        acts = self._acts()
        return tuple(Step(line.title.format(**names), line.proves, acts[line.name]) for line in SCRIPT)

    def _acts(self) -> dict[str, Callable[[], str]]:
        return {
            "manifest": self._manifest,
            "sign_in": self._sign_in,
            "consent": self._consent,
            "allow": self._allow,
            "exchange": self._exchange,
            "monitors": self._monitors,
            "key": self._key,
            "send": self._send,
            "query": self._query,
            "outside": self._outside,
            "explain": self._explain,
            "refresh": self._refresh,
            "revoke_key": self._revoke_key,
            "revoke": self._revoke,
            "shut_out": self._shut_out,
        }

    def _manifest(self) -> str:
        seeded, v1 = self._seeded, f"{self._stage.origin}/platform/v1"
        base = f"{v1}/organizations/{seeded.sandbox_id}"
        owned = httpx.get(f"{base}/clients/{seeded.remembered.client_id}", headers=self._as_developer())
        expect(owned.status_code == 200, f"the client answered {owned.status_code}")
        app_id = owned.json()["data"]["app_id"]
        answer = httpx.get(f"{base}/apps/{app_id}/manifest", headers=self._as_developer())
        expect(answer.status_code == 200, f"the export answered {answer.status_code}")
        client, wanted = answer.json()["clients"][0], seeded.manifest.clients[0]
        expect(sorted(client["scopes"]) == sorted(wanted.scopes or ()), f"scopes {client['scopes']}")
        expect(client["redirect_uris"] == list(wanted.redirect_uris or ()), "other redirect URIs")
        return f"client {seeded.remembered.client_id}, {len(client['scopes'])} scopes"

    def _sign_in(self) -> str:
        began = self._browser.open(f"{self._stage.partner_origin}/connect?domain={self._stage.domain}")
        asked = parse_qs(urlsplit(began.location).query)
        expect(asked.get("code_challenge_method") == ["S256"], f"the notifier sent {sorted(asked)}")
        sent = self._browser.open(began.location)
        form_page = self._browser.open(sent.location)
        form = form_page.form("/sign-in")
        entered = self._browser.send(form_page, form, email=ADMINISTRATOR.email, password=PASSWORD)
        expect(entered.status == 303, f"sign-in answered {entered.status}")
        self._page = self._browser.open(entered.location)
        return f"{ADMINISTRATOR.email} is in, and back at the authorization request"

    def _consent(self) -> str:
        expect(
            self._page.status == 200, f"the consent page answered {self._page.status}: {self._page.location}"
        )
        for words in (
            self._seeded.manifest.app_name,
            PARTNER,
            CUSTOMER,
            ADMINISTRATOR.email,
            "Allow",
            "Deny",
        ):
            expect(words in self._page.text, f"the page does not say {words!r}")
        asked = self._page.text.partition("It will be able to")[2].partition("It won’t be able to")[0]
        scopes = len(self._seeded.manifest.clients[0].scopes or ())
        return f"{scopes} scopes in plain words, {asked.count('High risk')} of them marked as high risk"

    def _allow(self) -> str:
        form = self._page.form("/oauth2/v1/authorize")
        allowed = self._browser.send(self._page, form, decision="allow")
        expect(allowed.status == 303, f"consent answered {allowed.status}")
        expect(allowed.location.startswith(f"{self._stage.partner_origin}/callback?"), allowed.location)
        given = parse_qs(urlsplit(allowed.location).query)
        expect(set(given) == {"code", "state", "iss", "domain", "site"}, f"got {sorted(given)}")
        self._page = allowed
        return f"back to {self._stage.partner_origin}/callback, site={given['site'][0]}"

    def _exchange(self) -> str:
        told = self._read_url(self._page.location)
        granted = str(told["scope"]).split()
        expect(set(granted) == set(self._seeded.manifest.clients[0].scopes or ()), f"granted {granted}")
        replayed = self._browser.read(self._page.location)
        expect(replayed[0] == 502, "the notifier took the same answer twice")
        return f"granted: {told['scope']}"

    def _monitors(self) -> str:
        names = [one["name"] for one in self._read("/monitors")["monitors"]]
        expect(set(names) == {name for name, _ in MONITORS[CUSTOMER]}, f"read {names}")
        return ", ".join(names)

    def _key(self) -> str:
        self._do("/key")
        page = self._browser.open(self._stage.origin + _KEYS)
        expect("OAuth Client API Key" in page.text, "the key is not on the API Keys page")
        return (
            "OAuth Client API Key, "
            + page.text.partition("ends in")[1]
            + page.text.partition("ends in")[2][:5]
        )

    def _send(self) -> str:
        self._page_sent = self._do("/pages", monitor=MONITORS[CUSTOMER][0][0], person="Jun")["page"]
        return f"page {self._page_sent}: oncall.pages +1, one event, two log lines"

    def _query(self) -> str:
        for _ in range(50):
            found = self._read(f"/pages/{self._page_sent}")
            if found["pages"] == 1 and len(found["events"]) == 1 and len(found["logs"]) == 2:
                return f"oncall.pages = 1; {found['events'][0]}; {'; '.join(found['logs'])}"
            time.sleep(0.1)
        raise DidNotHold(f"found {found}")

    def _outside(self) -> str:
        status, told = self._browser.read(f"{self._stage.partner_origin}/dashboards")
        expect((status, told.get("call")) == (502, 403), f"{status} {told}")
        self._refused_request = told["request_id"]
        return f"GET /api/v1/dashboard: 403, request {self._refused_request}"

    def _explain(self) -> str:
        url = f"{self._stage.origin}/platform/v1/requests/{self._refused_request}"
        answer = httpx.get(url, headers=self._as_developer())
        expect(answer.status_code == 200, f"the explanation answered {answer.status_code}")
        expect(httpx.get(url).status_code == 401, "a stranger may ask too")
        told = answer.json()["data"]
        expect(told["cause"] == "scope_missing", told["cause"])
        return f"{told['why']} Missing: {told['noted']['missing']}. {told['remedy']}"

    def _refresh(self) -> str:
        told = self._do("/refresh")
        expect(told["before"] != told["after"], "the access token is the same")
        self._read("/monitors")
        return f"access token {told['before']}… became {told['after']}… (digests)"

    def _revoke_key(self) -> str:
        self._confirm(_KEYS)
        status, told = self._browser.do(f"{self._stage.partner_origin}/pages", monitor="any")
        expect((status, told.get("call")) == (502, 403), f"{status} {told}")
        return "sending answers 403"

    def _revoke(self) -> str:
        self._confirm(_APPS)
        page = self._browser.open(self._stage.origin + _APPS)
        left = sum(link.endswith("/revocation") for link in page.links)
        return f"the list shows {left} apps with access"

    def _shut_out(self) -> str:
        status, told = self._browser.read(f"{self._stage.partner_origin}/monitors")
        expect(
            (status, told.get("call"), told.get("refresh")) == (502, 401, "invalid_grant"), f"{status} {told}"
        )
        return "GET /api/v1/monitor: 401; refresh: invalid_grant"

    def _confirm(self, path: str) -> None:
        """Revoke the first thing in a list, by its link and the confirmation behind it."""
        listed = self._browser.open(self._stage.origin + path)
        link = next((one for one in listed.links if one.endswith("/revocation")), None)
        expect(link is not None, f"nothing to revoke on {path}")
        asked = self._browser.open(f"{self._stage.origin}{link}")
        done = self._browser.send(asked, asked.form("/revocation"))
        expect(done.status == 303, f"revoking answered {done.status}")

    def _read(self, path: str) -> dict[str, Any]:
        return self._read_url(self._stage.partner_origin + path)

    def _read_url(self, url: str) -> dict[str, Any]:
        status, told = self._browser.read(url)
        expect(status == 200, f"{urlsplit(url).path} answered {status}: {told}")
        return told

    def _do(self, path: str, **typed: str) -> dict[str, Any]:
        status, told = self._browser.do(self._stage.partner_origin + path, **typed)
        expect(status == 200, f"{path} answered {status}: {told}")
        return told

    def _as_developer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._seeded.remembered.developer_credential}"}


def expect(held: bool, otherwise: str) -> None:
    if not held:
        raise DidNotHold(otherwise)
