"""The chapter on sites: the app in another region, by its manifest while it is tested, by copying once published."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec

from latchstring.demo.attempt import Attempt
from latchstring.demo.browser import Browser, Page
from latchstring.demo.cast import DEVELOPER, EU_ADMINISTRATOR, EU_CUSTOMER, EU_MONITORS, PARTNER, PASSWORD
from latchstring.demo.remembered import Remembered, remember
from latchstring.demo.script_sites import SCRIPT
from latchstring.demo.seed import Elsewhere, Seeded
from latchstring.demo.stage import Stage
from latchstring.demo.walk import DidNotHold, Step, expect


class WalkSites:
    """The steps, in order; each begins where the one before ended."""

    def __init__(self, stage: Stage, seeded: Seeded, elsewhere: Elsewhere) -> None:
        self._stage = stage
        self._seeded = seeded
        self._elsewhere = elsewhere
        self._kept = elsewhere.remembered
        self._developer = Browser()
        self._administrator = Browser()
        self._token = ""
        self._page: Page

    def close(self) -> None:
        """Close the browsers."""
        self._developer.close()
        self._administrator.close()

    def steps(self) -> tuple[Step, ...]:
        """All of them."""
        names = {
            "partner": PARTNER,
            "developer": DEVELOPER.name.split()[0],
            "customer": EU_CUSTOMER,
            "app": self._seeded.manifest.app_name,
            "name": EU_ADMINISTRATOR.name.split()[0],
        }
        acts: dict[str, Callable[[], str]] = {
            "import": self._import,
            "test": self._test,
            "elsewhere": self._elsewhere_refused,
            "pick": self._pick,
            "published": self._published,
        }
        return tuple(Step(line.title.format(**names), line.proves, acts[line.name]) for line in SCRIPT)

    def _import(self) -> str:
        exported = self._exported()
        expect("secret" not in exported and "lscs_" not in exported, "the manifest carries a secret")
        base = f"{self._stage.eu_origin}/platform/v1/organizations/{self._elsewhere.sandbox_id}"
        answer = httpx.post(f"{base}/manifests", content=exported, headers=_as(self._kept), timeout=20)
        expect(answer.status_code in (200, 201), f"the import answered {answer.status_code}: {answer.text}")
        made = answer.json()["data"]["clients"][0]
        self._keep(made["client"]["id"], made["client_secret"])
        expect(self._kept.client_id != self._seeded.remembered.client_id, "it has the same client ID")
        return f"client {self._kept.client_id} at EU1, secret {self._kept.client_secret[:9]}…"

    def _exported(self) -> str:
        base = f"{self._stage.origin}/platform/v1/organizations/{self._seeded.sandbox_id}"
        own = _as(self._seeded.remembered)
        client = httpx.get(f"{base}/clients/{self._seeded.remembered.client_id}", headers=own)
        answer = httpx.get(f"{base}/apps/{client.json()['data']['app_id']}/manifest", headers=own)
        expect(answer.status_code == 200, f"the export answered {answer.status_code}")
        return answer.text

    def _keep(self, client_id: str, secret: str | None) -> None:
        if secret is None:
            expect(self._kept.client_id == client_id, "the imported client is another one than before")
            return
        self._kept = msgspec.structs.replace(self._kept, client_id=client_id, client_secret=secret)
        remember(self._stage.remembered_in_eu, self._kept)

    def _test(self) -> str:
        attempt = Attempt(
            self._stage.eu_origin,
            self._kept.client_id,
            self._kept.client_secret,
            f"{self._stage.partner_origin}/callback",
        )
        page = self._developer.signed_in(attempt.url, DEVELOPER.email, PASSWORD)
        allowed = self._developer.send(page, page.form("/oauth2/v1/authorize"), decision="allow")
        given = parse_qs(urlsplit(allowed.location).query)
        expect(given.get("domain") == [self._stage.eu_domain], f"domain is {given.get('domain')}")
        self._token = attempt.redeem(allowed.location)["access_token"]
        expect(self._call(self._stage.eu_origin).status_code == 200, "the token does not work at EU1")
        return f"domain={self._stage.eu_domain}, iss={self._stage.eu_origin}: its token reads monitors there"

    def _elsewhere_refused(self) -> str:
        refused = self._call(self._stage.origin)
        told = refused.headers.get("www-authenticate", "")
        expect(refused.status_code == 401, f"US1 answered {refused.status_code}")
        expect("eu1" in told and self._stage.eu_origin in told, f"it says only: {told}")
        kept = self._found_at_home(refused.headers["x-request-id"])
        expect(kept["cause"] == "bearer_of_another_site", kept["cause"])
        return f"401, {told.partition('error_description=')[2]}; found at EU1: {kept['endpoint']}"

    def _found_at_home(self, request_id: str) -> dict[str, Any]:
        """The refusal as the token's own site has been told of it."""
        url = f"{self._stage.eu_origin}/platform/v1/requests/{request_id}"
        for _ in range(50):
            answer = httpx.get(url, headers=_as(self._kept))
            if answer.status_code == 200:
                found: dict[str, Any] = answer.json()["data"]
                return found
            time.sleep(0.1)
        raise DidNotHold(f"the owner does not find {request_id} at EU1")

    def _pick(self) -> str:
        began = self._administrator.open(f"{self._stage.partner_origin}/connect")
        expect(began.location.startswith(self._stage.neutral_origin), f"it leads to {began.location}")
        picker = self._administrator.open(began.location)
        expect("US1" in picker.text and "EU1" in picker.text, "the page does not name the sites")
        link = next(one for one in picker.links if one.startswith("/sites/eu1/"))
        gone = self._administrator.open(self._stage.neutral_origin + link)
        asked, goes_on = urlsplit(began.location), urlsplit(gone.location)
        expect(f"{goes_on.scheme}://{goes_on.netloc}" == self._stage.eu_origin, gone.location)
        expect(asked.query == goes_on.query, "the request has changed on the way")
        self._page = self._administrator.signed_in(gone.location, EU_ADMINISTRATOR.email, PASSWORD)
        return f"{EU_ADMINISTRATOR.email} is in, at {self._stage.eu_domain}"

    def _published(self) -> str:
        for words in (self._seeded.manifest.app_name, PARTNER, EU_CUSTOMER):
            expect(words in self._page.text, f"the consent page does not say {words!r}")
        form = self._page.form("/oauth2/v1/authorize")
        allowed = self._administrator.send(self._page, form, decision="allow")
        told = self._notifier(allowed.location)
        expect(told["connected"] == self._stage.eu_domain, f"connected to {told['connected']}")
        monitors = [
            one["name"] for one in self._notifier(f"{self._stage.partner_origin}/monitors")["monitors"]
        ]
        expect(set(monitors) == {name for name, _ in EU_MONITORS[EU_CUSTOMER]}, f"read {monitors}")
        return f"client {self._seeded.remembered.client_id} of US1 reads at EU1: {', '.join(monitors)}"

    def _call(self, origin: str) -> httpx.Response:
        return httpx.get(f"{origin}/api/v1/monitor", headers={"authorization": f"Bearer {self._token}"})

    def _notifier(self, url: str) -> dict[str, Any]:
        status, told = self._administrator.read(url)
        expect(status == 200, f"{urlsplit(url).path} answered {status}: {told}")
        return told


def _as(kept: Remembered) -> dict[str, str]:
    return {"authorization": f"Bearer {kept.developer_credential}", "content-type": "application/json"}
