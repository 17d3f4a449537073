"""The whole measurement: one core for the server with all of its PostgreSQL, another for the load.

What is compared runs in turns, round by round, so that a slow moment of the machine meets both; each row is the
median of the rounds' ratios.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import lists
import msgspec
import peer as peers
import report
from ground import CHALLENGE, REDIRECT, VERIFIER, Ground, prepared
from load import HERE, Cores, Measured, Server, cores, pgbench, serving, wrk
from report import Row

PORT = int(os.environ.get("BENCH_PORT", "9200"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
_REST = 1.0
Run = Callable[[float], Measured]

_LOGS = [
    {
        "ddsource": "nginx",
        "ddtags": "env:prod,version:5.1",
        "hostname": f"web-{number}",
        "service": "checkout",
        "message": f"GET /checkout/{number} 200 in {number + 3} ms",
    }
    for number in range(5)
]
_SERIES = {
    "series": [
        {
            "metric": f"checkout.requests.{name}",
            "type": 1,
            "points": [{"timestamp": 0, "value": 42.5}],
            "tags": ["env:prod", "service:checkout"],
            "resources": [{"name": "web-1", "type": "host"}],
        }
        for name in ("count", "errors", "latency", "size", "retries")
    ]
}


def in_turns(*runs: Run) -> list[list[Measured]]:
    """Each run once to warm up, then all of them in turn, round by round; the results of each round."""
    for run in runs:
        run(_REST)
    return [[run(SECONDS) for run in runs] for _ in range(ROUNDS)]


def row(name: str, rounds: list[list[Measured]], *, ours: int = 1, floor: float | None = None) -> Row:
    """A row from rounds in which the reference comes first (`ours` 0: there is no reference)."""
    mine = [measured[ours] for measured in rounds]
    figures = {
        "ours": median(m.per_s for m in mine),
        "p99_ms": median(m.p99_ms for m in mine),
        "server_us": median(m.server_us or 0.0 for m in mine),
        "postgres_us": median(m.postgres_us or 0.0 for m in mine),
    }
    if ours == 0:
        return Row(name=name, **figures)
    ratio = median(measured[ours].per_s / measured[0].per_s for measured in rounds)
    reference = median(measured[0].per_s for measured in rounds)
    return Row(name=name, reference=reference, ratio=ratio, floor=floor, **figures)


class Loads:
    """Every load on the platform, as a run of so many seconds."""

    def __init__(self, at: Ground, server: Server, cores: Cores) -> None:
        self._at = at
        self._server = server
        self._cores = cores
        self._client = {"CLIENT_ID": at.client_id, "CLIENT_SECRET": at.client_secret}

    def bearer(self, seconds: float, tokens: str = "access") -> Measured:
        """Calls of the API, with all tokens in turn."""
        return self._wrk("bearer", seconds, tokens, PATH_="/api/v1/monitor")

    def busy(self, seconds: float) -> Measured:
        """Calls of the API by as many tokens as there are connections: several calls of each within a lease."""
        return self.bearer(seconds, "busy")

    def refresh(self, seconds: float) -> Measured:
        """Refreshes, each with the token of the one before."""
        return self._wrk("refresh", seconds, "refresh", PATH_="/oauth2/v1/token")

    def introspect(self, seconds: float) -> Measured:
        """Introspections by the tokens' client."""
        return self._wrk("introspect", seconds, "access", PATH_="/oauth2/v1/introspect")

    def code(self, seconds: float) -> Measured:
        """Whole flows: the consent page, the decision, the exchange."""
        asked = {
            "client_id": self._at.client_id,
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        paths = {"PATH_": "/oauth2/v1/authorize", "TOKEN_PATH": "/oauth2/v1/token"}
        authorize = f"{paths['PATH_']}?{urlencode(asked)}"
        return self._wrk(
            "code", seconds, "cookies", AUTHORIZE=authorize, REDIRECT_URI=REDIRECT, VERIFIER=VERIFIER, **paths
        )

    def revoke(self, seconds: float) -> Measured:
        """Revocations of access tokens, each once."""
        measured = self._wrk("revoke", seconds, "revoke", PATH_="/oauth2/v1/revoke")
        file = self._at.file("revoke")
        left = file.read_text().splitlines(keepends=True)[measured.used :]
        if not left:
            raise RuntimeError("all tokens to revoke were used up")
        file.write_text("".join(left))
        return measured

    def intake(self, path: str, payload: object) -> Run:
        """Posts of a payload with an API key."""
        body = self._at.folder / "body.json"

        def run(seconds: float) -> Measured:
            body.write_bytes(msgspec.json.encode(payload))
            given = {"PATH_": path, "BODY": str(body), "API_KEY": self._at.api_key}
            return wrk(self._server, "post", seconds, self._cores, **given)

        return run

    def _wrk(self, op: str, seconds: float, pool: str, **given: str) -> Measured:
        given = {"POOL": str(self._at.file(pool)), **self._client, **given}
        return wrk(self._server, op, seconds, self._cores, **given)


def enforcement(at: Ground, cores: Cores) -> Iterator[Row]:
    """A bearer token and its scope, before a constant, against the constant alone."""
    with (
        serving("servers:bare", PORT, at) as bare,
        serving("servers:guarded", PORT + 1, at) as leased,
        serving("servers:guarded", PORT + 2, at, lease_ms="0") as reading,
    ):
        constant, busy, all_in_turn = (Loads(at, server, cores) for server in (bare, leased, reading))
        rounds = in_turns(constant.busy, busy.busy, all_in_turn.bearer)
        yield row("the constant alone", rounds, ours=0)
        yield row("token and scope, from a lease", rounds, floor=0.7)
        yield row("token and scope, a read per request", rounds, ours=2, floor=0.35)


def protocol(at: Ground, cores: Cores, peer: peers.Peer | None) -> Iterator[Row]:
    """The platform's endpoints, against the bare update, and against the peer."""
    with serving("latchstring.serving:worker", PORT, at) as server:
        load = Loads(at, server, cores)
        rounds = in_turns(lambda seconds: pgbench(at, seconds, cores, durable=False), load.refresh)
        yield row("refresh, against pgbench", rounds, floor=0.25)
        for name, run, op, floor in (
            ("refresh", load.refresh, "refresh", 4.0),
            ("introspection", load.introspect, "introspect", 3.0),
            ("code flow", load.code, "code", 3.0),
        ):
            if peer is not None:
                yield row(f"{name}, against the peer", in_turns(_of(peer, op), run), floor=floor)
            elif run is not load.refresh:
                yield row(name, in_turns(run), ours=0)
        now = _SERIES | {"series": [_at_now(series) for series in _SERIES["series"]]}
        yield row("intake of logs (5 a request)", in_turns(load.intake("/api/v2/logs", _LOGS)), ours=0)
        yield row("intake of metrics (5 a request)", in_turns(load.intake("/api/v2/series", now)), ours=0)
        yield row("revoke", in_turns(load.revoke), ours=0)
        yield Row(name="memory of a worker, MiB", ours=server.rss_mb(), most=150)


def _of(peer: peers.Peer, op: str) -> Run:
    return lambda seconds: peer.load(op, seconds)


def _at_now(series: dict[str, object]) -> dict[str, object]:
    import time

    return {**series, "points": [{"timestamp": int(time.time()), "value": 42.5}]}


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="latchstring-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> None:
    """Measure everything, print it, and leave `bench.json`."""
    if shutil.which("wrk") is None:
        sys.exit("bench: wrk is missing; install it with `apt-get install wrk` or `brew install wrk`")
    placed = cores()
    if placed.server is None:
        _say("bench: processes can't be pinned to two cores here; the figures are only a hint")
    folder, name = os.environ.get("PEERS"), os.environ.get("PEER") or "oidc-pg"
    rows: list[Row] = []
    with peers.running(Path(folder), name) if folder else nullcontext() as peer, _folder() as place:
        placed.pin_here()
        with prepared(place) as at:
            for part in (enforcement(at, placed), protocol(at, placed, peer), lists.rows(place)):
                for found in part:
                    _say(f"  {found.name}: {found.ours:,.0f}")
                    rows.append(found)
    report.show(rows)
    report.write(rows, HERE.parent / "bench.json")


if __name__ == "__main__":
    main()
