"""The partner's developer and the host's reviewers at the JSON API, as the chapter on publishing has them act."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from latchstring.demo.seed import Seeded
from latchstring.demo.stage import Stage
from latchstring.demo.walk import DidNotHold, expect
from latchstring.kit.clock import SystemClock


class PartnerDesk:
    """Everything that is done with a credential and no browser."""

    def __init__(self, stage: Stage, seeded: Seeded) -> None:
        self._v1 = f"{stage.origin}/platform/v1"
        self._own = f"{self._v1}/organizations/{seeded.sandbox_id}"
        self._seeded = seeded
        self._folder = stage.folder / "integration"

    def client_secret(self) -> str:
        """Another secret of the test client: it is shown now and never again."""
        made = self._developer("POST", f"{self._own}/clients/{self._seeded.test_client_id}/secret")
        return str(made["client_secret"])

    def covered(self, expected: int) -> dict[str, list[str]]:
        """The operations that exercised each scope of the test client, as soon as all of them were counted."""
        for _ in range(100):
            found = self._developer("GET", f"{self._own}/apps/{self._seeded.app_id}/coverage")
            one = next(c for c in found if c["client_id"] == str(self._seeded.test_client_id))
            scopes = {
                line["scope"]: [call["operation"] for call in line["operations"]] for line in one["scopes"]
            }
            if sum(map(bool, scopes.values())) == expected:
                return scopes
            time.sleep(0.1)
        raise DidNotHold(f"exercised: {scopes}")

    def request_scopes(self, *scopes: str) -> None:
        """Let the test client ask for other scopes."""
        url = f"{self._own}/clients/{self._seeded.test_client_id}"
        self._developer("PATCH", url, {"scopes": list(scopes)})

    def mark_stable(self) -> None:
        """The app is ready to publish."""
        self._developer("PUT", f"{self._own}/apps/{self._seeded.app_id}/stability")

    def folder(self, sources: Path) -> dict[str, str]:
        """The integration's folder: what the partner wrote, and the file that the platform gives."""
        files = self._developer("GET", f"{self._own}/apps/{self._seeded.app_id}/pull_request_files")
        written = {name: (sources / name).read_text("utf-8") for name in ("README.md", "manifest.json")}
        written["assets/oauth_clients.json"] = files["oauth_clients"]
        for name, text in written.items():
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_text(text, "utf-8")
        return written

    def checks(self, files: dict[str, str]) -> list[dict[str, Any]]:
        """What the checks say of the folder."""
        url = f"{self._own}/apps/{self._seeded.app_id}/folder_checks"
        found: list[dict[str, Any]] = self._developer("POST", url, {"files": files})
        return found

    def submit_integration(self) -> dict[str, Any]:
        """Publish Integration, for everyone."""
        url = f"{self._own}/apps/{self._seeded.app_id}/integration_submissions"
        sent: dict[str, Any] = self._developer(
            "POST", url, {"audience": "everyone", "note": "For everybody."}
        )
        return sent

    def submit_revision(self, sources: Path, reasons: dict[str, str]) -> dict[str, Any]:
        """Send App Details, hand in the folder with the file anew, say why, Finish & Send."""
        url = f"{self._own}/apps/{self._seeded.app_id}/submissions"
        begun = self._developer("POST", url, {"client_id": str(self._seeded.test_client_id)})
        expect(begun["client_secret"] is None, "the secret was shown again")
        one = f"{self._own}/submissions/{begun['submission']['id']}"
        self._developer("PATCH", one, {"reasons": reasons, "note": "One scope more."})
        self._developer("PUT", f"{one}/folder", {"files": self.folder(sources)})
        sent: dict[str, Any] = self._developer("POST", f"{one}/sending")
        return sent

    def approve(self, submission: dict[str, Any]) -> str:
        """Every required party approves; the state that the submission is in then."""
        state = ""
        for party, credential in self._seeded.remembered.reviewers.items():
            said = {"party": party, "verdict": "approved", "submitted_at": submission["submitted_at"]}
            url = f"{self._v1}/submissions/{submission['id']}/decisions"
            told = self._ask(credential, "POST", url, said)
            state = told["submission"]["state"]
        return state

    def is_refused_to_approve(self, submission: dict[str, Any]) -> bool:
        """Whether the partner may not decide of what it sent itself."""
        said = {"party": "security", "verdict": "approved", "submitted_at": submission["submitted_at"]}
        url = f"{self._v1}/submissions/{submission['id']}/decisions"
        return self._send(self._seeded.remembered.developer_credential, "POST", url, said).status_code == 403

    def _developer(self, method: str, url: str, content: object = None) -> Any:
        return self._ask(self._seeded.remembered.developer_credential, method, url, content)

    def _ask(self, credential: str, method: str, url: str, content: object = None) -> Any:
        answer = self._send(credential, method, url, content)
        expect(answer.is_success, f"{urlsplit(url).path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()["data"]

    def _send(self, credential: str, method: str, url: str, content: object) -> httpx.Response:
        headers = {"authorization": f"Bearer {credential}"}
        return httpx.request(method, url, json=content, headers=headers, timeout=20)


def exercise(api: str, token: str) -> None:
    """A call for each scope of the notifier, and for the one that it is going to ask for."""
    with httpx.Client(base_url=api, headers={"authorization": f"Bearer {token}"}, timeout=20) as http:
        now = int(SystemClock().now().timestamp())
        span = {"from": now - 3600, "to": now}
        calls = (
            http.get("/api/v1/monitor"),
            http.get(f"/api/v1/events?{urlencode({'start': now - 3600, 'end': now})}"),
            http.post("/api/v2/logs/events/search", json={}),
            http.get("/api/v1/query", params={"query": "avg:oncall.pages{*}", **span}),
            http.get("/api/v1/dashboard"),
        )
        for call in calls:
            expect(call.status_code == 200, f"{call.request.url.path} answered {call.status_code}")
        key = http.post("/api/v2/api_keys/marketplace")
        expect(key.status_code in (201, 409), f"the key answered {key.status_code}")
