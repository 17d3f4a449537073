"""The chapter on publishing: submitted, checked, approved, installed from the tile, watched, revised, uninstalled."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from latchstring.demo.attempt import Attempt
from latchstring.demo.browser import Browser, Page
from latchstring.demo.cast import (
    DEVELOPER,
    INSTALLER,
    MONITORS,
    OTHER_CUSTOMER,
    PARTNER,
    PASSWORD,
)
from latchstring.demo.partner_desk import PartnerDesk, exercise
from latchstring.demo.script_published import SCRIPT
from latchstring.demo.seed import Seeded
from latchstring.demo.stage import Stage
from latchstring.demo.walk import Step, expect

_ADDED = "dashboards_read"
_REASONS = {
    "monitors_read": "To know when a monitor needs a person.",
    "api_keys_write": "To send back who was paged, as metrics, events and logs.",
    "events_read": "To show the pages of the last days.",
    "logs_read_data": "To show what was written about a page; nothing else is searched.",
    "timeseries_query": "To draw how often somebody is paged.",
    _ADDED: "To show which dashboard a page belongs to.",
}


class WalkPublished:
    """The steps, in order; each begins where the one before ended."""

    def __init__(self, stage: Stage, seeded: Seeded) -> None:
        self._stage = stage
        self._seeded = seeded
        self._desk = PartnerDesk(stage, seeded)
        self._developer = Browser()
        self._installer = Browser()
        self._scopes = list(seeded.manifest.clients[0].scopes or ())
        self._tile = f"{stage.origin}/integrations/{seeded.app_id}"

    def close(self) -> None:
        """Close the browsers."""
        self._developer.close()
        self._installer.close()

    def steps(self) -> tuple[Step, ...]:
        """All of them."""
        names = {
            "partner": PARTNER,
            "developer": DEVELOPER.name.split()[0],
            "customer": OTHER_CUSTOMER,
            "name": INSTALLER.name.split()[0],
        }
        acts: dict[str, Callable[[], str]] = {
            "sandbox": self._sandbox,
            "checked": self._checked,
            "tile": self._publish_tile,
            "install": self._install,
            "connect": self._connect,
            "receipts": self._receipts,
            "revision": self._revision,
            "difference": self._difference,
            "uninstall": self._uninstall,
            "dead": self._dead,
        }
        return tuple(
            Step(line.title.format(**names), line.proves.format(**names), acts[line.name]) for line in SCRIPT
        )

    def _sandbox(self) -> str:
        self._desk.request_scopes(*self._scopes, _ADDED)
        attempt = Attempt(
            self._stage.origin,
            str(self._seeded.test_client_id),
            self._desk.client_secret(),
            f"{self._stage.partner_origin}/callback",
        )
        page = self._developer.signed_in(attempt.url, DEVELOPER.email, PASSWORD)
        allowed = self._developer.send(page, page.form("/oauth2/v1/authorize"), decision="allow")
        exercise(self._stage.origin, attempt.redeem(allowed.location)["access_token"])
        covered = self._desk.covered(len(self._scopes) + 1)
        self._desk.request_scopes(*self._scopes)
        return "; ".join(f"{scope}: {', '.join(operations)}" for scope, operations in covered.items())

    def _checked(self) -> str:
        self._desk.mark_stable()
        checks = self._desk.checks(self._desk.folder(self._seeded.integration))
        failed = [check["text"] for check in checks if check["outcome"] == "failed"]
        expect(not failed, "; ".join(failed))
        return ", ".join(check["title"] for check in checks)

    def _publish_tile(self) -> str:
        sent = self._desk.submit_integration()
        expect(self._desk.is_refused_to_approve(sent), "the partner may approve what it sent")
        state = self._desk.approve(sent)
        expect(state == "approved", f"it is {state}")
        return f"approved by {' and '.join(self._seeded.remembered.reviewers)}"

    def _install(self) -> str:
        listed = self._installer.signed_in(f"{self._stage.origin}/integrations", INSTALLER.email, PASSWORD)
        listed = self._at_harbor(listed)
        expect(self._seeded.manifest.app_name in listed.text, "the tile is not on the Integrations page")
        tile = self._installer.open(self._tile)
        done = self._installer.send(tile, tile.form("/installation"))
        expect(done.status == 303, f"installing answered {done.status}")
        return "installed"

    def _at_harbor(self, page: Page) -> Page:
        """The page again, acting for the other one of the person's organizations."""
        switch = self._installer.open(f"{self._stage.origin}/account/organization")
        form = switch.form("/account/organization")
        self._installer.send(switch, form, organization=str(self._seeded.other_customer_id))
        return self._installer.open(page.url)

    def _connect(self) -> str:
        told = self._connected()
        monitors = [one["name"] for one in self._read("/monitors")["monitors"]]
        expect(set(monitors) == {name for name, _ in MONITORS[OTHER_CUSTOMER]}, f"read {monitors}")
        self._do("/key")
        self._do("/pages", monitor=monitors[0], person="Rosa")
        return f"connected to {told['connected']}; it reads {', '.join(monitors)}, and sends"

    def _connected(self) -> dict[str, Any]:
        tile = self._installer.open(f"{self._tile}/configuration")
        sent = self._installer.send(tile, tile.form("/connection"))
        asked = parse_qs(urlsplit(sent.location).query)
        expect(asked.get("domain") == [self._stage.domain], f"the onboarding URL got {sorted(asked)}")
        page = self._installer.open(self._installer.open(sent.location).location)
        self._consent = page
        allowed = self._installer.send(page, page.form("/oauth2/v1/authorize"), decision="allow")
        return self._read_url(allowed.location)

    def _receipts(self) -> str:
        text = self._installer.until(f"{self._tile}/configuration", " in all").text
        expect(INSTALLER.name in text, "the page does not say who connected it")
        total = re.search(r"[0-9,]+ calls? in all", text)
        expect(total is not None, "the page does not say how often it called")
        return f"{INSTALLER.name} connected it; {total[0] if total else ''}, told by scope and operation"

    def _revision(self) -> str:
        self._desk.request_scopes(*self._scopes, _ADDED)
        sent = self._desk.submit_revision(self._seeded.integration, _REASONS)
        failed = [check["name"] for check in sent["checks"] if check["outcome"] == "failed"]
        expect(not failed, f"checks fail: {failed}")
        state = self._desk.approve(sent)
        expect(state == "approved", f"it is {state}")
        status, told = self._installer.read(f"{self._stage.partner_origin}/dashboards")
        expect((status, told.get("call")) == (502, 403), f"the old token answered {status} {told}")
        return f"+ {_ADDED}; the token of before still answers 403 there"

    def _difference(self) -> str:
        self._connected()
        new = self._consent.text
        expect("dashboards" in new.lower(), "the page does not name what is new")
        answer = self._read("/dashboards")
        return f"GET /api/v1/dashboard: 200, {answer['dashboards']} dashboards"

    def _uninstall(self) -> str:
        asked = self._installer.open(f"{self._tile}/uninstallation")
        done = self._installer.send(asked, asked.form("/uninstallation"))
        expect(done.status == 303, f"uninstalling answered {done.status}")
        receipt = self._installer.open(done.location)
        expect(INSTALLER.name in receipt.text, "the receipt does not name who had allowed it")
        document = next(link for link in receipt.links if link.endswith("/document"))
        status, told = self._installer.read(f"{self._stage.origin}{document}")
        expect(status == 200, f"the receipt's document answered {status}")
        ended = told["ended"]
        return f"ended: {len(ended['authorizations'])} authorizations, {len(ended['api_keys'])} API key"

    def _dead(self) -> str:
        status, told = self._installer.do(f"{self._stage.partner_origin}/pages", monitor="any")
        expect((status, told.get("call")) == (502, 403), f"sending answered {status} {told}")
        status, told = self._installer.read(f"{self._stage.partner_origin}/monitors")
        ended = (status, told.get("call"), told.get("refresh"))
        expect(ended == (502, 401, "invalid_grant"), f"reading answered {status} {told}")
        return "intake: 403; GET /api/v1/monitor: 401; refresh: invalid_grant"

    def _read(self, path: str) -> dict[str, Any]:
        return self._read_url(self._stage.partner_origin + path)

    def _read_url(self, url: str) -> dict[str, Any]:
        status, told = self._installer.read(url)
        expect(status == 200, f"{urlsplit(url).path} answered {status}: {told}")
        return told

    def _do(self, path: str, **typed: str) -> None:
        status, told = self._installer.do(self._stage.partner_origin + path, **typed)
        expect(status == 200, f"{path} answered {status}: {told}")
