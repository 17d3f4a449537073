"""`latchstring explain` and `latchstring app coverage`, on the database."""

import asyncio
import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from latchstring.cli import app

REQUEST = "ab" * 12


@pytest.mark.row("B1", "B2")
def test_the_command_line_explains_and_covers(dsn: str, tmp_path: Path) -> None:
    """Cause, rule, remedy and the right value, in both languages; a line for each requested scope."""
    environment = {
        "LATCHSTRING_DATABASE_URL": dsn,
        "LATCHSTRING_DATA_DIR": str(tmp_path),
        "LATCHSTRING_LEASE_MS": "0",
    }

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, words, env=environment)

    sandbox = json.loads(run("organization", "create", "Pagewell", "--sandbox", "--json").stdout)["id"]
    manifest = tmp_path / "app.json"
    client = {"name": "Notifier", "redirect_uris": ["https://a.example/cb"], "scopes": ["monitors_read"]}
    manifest.write_text(json.dumps({"manifest_version": 1, "app": {"name": "Notifier"}, "clients": [client]}))
    assert run("app", "apply", str(manifest), "--organization", sandbox).exit_code == 0
    (made,) = json.loads(run("app", "list", "--organization", sandbox, "--json").stdout)

    async def refuse() -> None:
        connection = await asyncpg.connect(dsn)
        noted = json.dumps({"received": "https://a.example/cb/", "expected": "https://a.example/cb"})
        await connection.execute(
            "INSERT INTO refusals (organization_id, request_id, client_id, at, endpoint, cause, status, noted)"
            " VALUES ($1, $2, $3, now(), 'GET /oauth2/v1/authorize', 'redirect_uri_mismatch', 400, $4)",
            sandbox, REQUEST, made["id"], noted,
        )  # fmt: skip
        await connection.close()

    asyncio.run(refuse())
    told = json.loads(run("explain", REQUEST, "--json").stdout)
    assert told["fix"] == "https://a.example/cb"
    assert told["rule"].endswith("(RFC 9700, 2.1)")
    assert told["documentation"].endswith("/docs/troubleshooting#t7")
    assert "리디렉션 URI" in run("explain", REQUEST, "--language", "ko").stdout
    assert run("explain", "0" * 24).exit_code == 1
    (covered,) = json.loads(
        run("app", "coverage", made["app_id"], "--organization", sandbox, "--json").stdout
    )
    assert [(one["scope"], one["flag"]) for one in covered["scopes"]] == [("monitors_read", "unused")]
    assert "monitors_read" in run("app", "coverage", made["app_id"], "--organization", sandbox).stdout
    assert run("app", "coverage", "nonsense", "--organization", sandbox).exit_code == 1
