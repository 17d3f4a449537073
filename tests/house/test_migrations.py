"""What a migration must not do, because processes of the release before it serve the same schema.

Expand in one release (add what the old code does not see), fill in with a backfill, contract in a later one.
"""

import re
from pathlib import Path

import pytest

from latchstring.storage.backfills import backfill_files
from latchstring.storage.migrations import migration_files, statements_of
from latchstring.wiring import SCHEMA_FOLDERS

#: What the first release brings: nobody has run anything older.
FIRST_RELEASE = "0049"
#: A line that a migration may carry, with the reason, when the release before is known not to mind.
KNOWN = re.compile(r"^-- safe while the release before serves: \S+", re.MULTILINE)
REFUSED = {
    "drops what older processes read": r"\bDROP\s+(TABLE|COLUMN|VIEW|FUNCTION|TYPE|SCHEMA)\b",
    "renames what older processes read": r"\bRENAME\b",
    "rewrites a table under lock": r"\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b|\bVACUUM\s+FULL\b|\bCLUSTER\b",
    "reads a whole table under lock (add a CHECK … NOT VALID, validate it later)": r"\bSET\s+NOT\s+NULL\b",
    "refuses what older processes write": r"\bADD\s+COLUMN\s+(?!.*\bDEFAULT\b).*\bNOT\s+NULL\b",
    "checks a whole table under lock": r"\bADD\s+(CONSTRAINT\s+\w+\s+)?(CHECK|FOREIGN\s+KEY)\b(?!.*\bNOT\s+VALID\b)",
    "builds an index under lock": r"\bADD\s+(CONSTRAINT\s+\w+\s+)?(UNIQUE|PRIMARY\s+KEY)\b(?!.*\bUSING\s+INDEX\b)",
    "changes rows without a bound (that is a backfill)": r"^\s*(UPDATE|DELETE\s+FROM|TRUNCATE)\b",
    "locks": r"\bLOCK\s+TABLE\b",
}
INDEX = re.compile(r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(CONCURRENTLY\s+)?.*?\bON\s+(ONLY\s+)?(\w+)", re.I | re.S)
NEW_TABLE = re.compile(r"\bCREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", re.I)


def faults(sql: str) -> list[str]:
    """What is wrong with a migration."""
    if KNOWN.search(sql):
        return []
    body = re.sub(r"\$\$.*?\$\$", "", sql, flags=re.DOTALL)
    made = {name.lower() for name in NEW_TABLE.findall(body)}
    found = []
    for statement in statements_of(body + "\n"):
        if NEW_TABLE.match(statement) or _is_about(statement, made):
            continue
        flat = " ".join(statement.split())
        found += [why for why, pattern in REFUSED.items() if re.search(pattern, flat, re.IGNORECASE)]
        if (index := INDEX.search(flat)) and index[4].lower() not in made and not index[2]:
            found.append("builds an index under lock (CREATE INDEX CONCURRENTLY, outside a transaction)")
    return found


def _is_about(statement: str, tables: set[str]) -> bool:
    named = re.match(r"ALTER\s+TABLE\s+(?:ONLY\s+)?(\w+)|UPDATE\s+(\w+)", statement, re.IGNORECASE)
    return bool(named) and (named[1] or named[2]).lower() in tables  # type: ignore[index]


@pytest.mark.row("B106", "B19")
def test_no_migration_harms_the_release_before_it() -> None:
    """Every migration after the first release."""
    later = [file for file in migration_files(SCHEMA_FOLDERS[:1]) if file.name > FIRST_RELEASE]
    assert {
        file.name: faults(file.read_text("utf-8")) for file in later if faults(file.read_text("utf-8"))
    } == {}


@pytest.mark.row("B106", "B19")
def test_a_backfill_is_one_bounded_statement() -> None:
    """It takes the number of rows as its only argument, and changes what it looks for."""
    for file in backfill_files(SCHEMA_FOLDERS):
        assert bounded(file), file.name


def bounded(file: Path) -> bool:
    sql = file.read_text("utf-8")
    return len(statements_of(sql + "\n")) == 1 and "LIMIT $1" in sql and "$2" not in sql


@pytest.mark.row("B106")
@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE clients DROP COLUMN name;",
        "ALTER TABLE clients RENAME COLUMN name TO title;",
        "ALTER TABLE clients ALTER COLUMN name TYPE varchar(10);",
        "ALTER TABLE clients ADD COLUMN size int NOT NULL;",
        "ALTER TABLE clients ALTER COLUMN name SET NOT NULL;",
        "ALTER TABLE clients ADD CONSTRAINT c CHECK (size > 0);",
        "ALTER TABLE clients ADD FOREIGN KEY (size) REFERENCES sizes;",
        "ALTER TABLE clients ADD UNIQUE (name);",
        "CREATE INDEX i ON clients (name);",
        "UPDATE clients SET size = 1;",
        "DELETE FROM clients WHERE size = 1;",
        "DROP TABLE clients;",
        "LOCK TABLE clients;",
    ],
)
def test_what_harms_is_refused(sql: str) -> None:
    """Each by its own words."""
    assert faults(sql)
    assert faults("-- what it is for\n" + sql.lower())
    assert not faults("-- safe while the release before serves: nobody reads it\n" + sql)


@pytest.mark.row("B106")
@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE sizes (id int NOT NULL, CHECK (id > 0));\nCREATE INDEX i ON sizes (id);\n"
        "ALTER TABLE sizes ADD UNIQUE (id);",
        "ALTER TABLE clients ADD COLUMN size int;",
        "ALTER TABLE clients ADD COLUMN size int NOT NULL DEFAULT 0;",
        "ALTER TABLE clients ADD CONSTRAINT c CHECK (size > 0) NOT VALID;",
        "-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS i;\nCREATE INDEX CONCURRENTLY i ON clients (name);",
        "ALTER TABLE clients VALIDATE CONSTRAINT c;",
    ],
)
def test_what_older_processes_do_not_notice_is_allowed(sql: str) -> None:
    """Adding, and checking later."""
    assert faults(sql) == []
