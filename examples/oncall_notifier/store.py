"""Where connections are kept: SQLite, one row for each browser that connected an organization.

A real application keeps them by its own customer's account, encrypted.
"""

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from oauth import Attempt, Tokens

_TABLES = """
CREATE TABLE IF NOT EXISTS attempts (visitor TEXT PRIMARY KEY, domain TEXT, state TEXT, verifier TEXT);
CREATE TABLE IF NOT EXISTS connections (
    visitor TEXT PRIMARY KEY, domain TEXT, site TEXT, access TEXT, refresh TEXT, scope TEXT, expires_at REAL,
    api_key TEXT
);
"""


@dataclass(frozen=True)
class Connection:
    """An organization that let us in."""

    visitor: str
    domain: str
    site: str
    tokens: Tokens
    api_key: str | None = None

    def with_tokens(self, tokens: Tokens) -> "Connection":
        """The same, refreshed."""
        return replace(self, tokens=tokens)

    def with_key(self, api_key: str) -> "Connection":
        """The same, able to send."""
        return replace(self, api_key=api_key)


class Store:
    """All of the notifier's memory."""

    def __init__(self, file: Path) -> None:
        file.touch(mode=0o600)
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.executescript(_TABLES)

    def keep_attempt(self, visitor: str, attempt: Attempt) -> None:
        """A visitor has one attempt at a time; beginning another forgets the first."""
        row = (visitor, attempt.domain, attempt.state, attempt.verifier)
        self._database.execute("INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?)", row)

    def take_attempt(self, visitor: str) -> Attempt | None:
        """The visitor's attempt, which is thereby used up: an answer counts once."""
        row = self._database.execute(
            "DELETE FROM attempts WHERE visitor = ? RETURNING domain, state, verifier", (visitor,)
        ).fetchone()
        return Attempt(*row) if row else None

    def keep(self, connection: Connection) -> None:
        """Keep a connection as it is now."""
        tokens = connection.tokens
        row = (
            connection.visitor,
            connection.domain,
            connection.site,
            tokens.access,
            tokens.refresh,
            tokens.scope,
            tokens.expires_at,
            connection.api_key,
        )
        self._database.execute("INSERT OR REPLACE INTO connections VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def find(self, visitor: str) -> Connection | None:
        """The visitor's connection."""
        row = self._database.execute("SELECT * FROM connections WHERE visitor = ?", (visitor,)).fetchone()
        if row is None:
            return None
        visitor, domain, site, access, refresh, scope, expires_at, api_key = row
        return Connection(visitor, domain, site, Tokens(access, refresh, scope, expires_at), api_key)

    def forget(self, visitor: str) -> None:
        """The connection is over."""
        self._database.execute("DELETE FROM connections WHERE visitor = ?", (visitor,))
