"""The log: append-only, chained, and borne out by every row."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import LedgerError
from bot.store.ledger import open_ledger
from bot.views import View
from tests.conftest import CHANGE
from tests.entries import claim, statement


async def three(path: Path) -> None:
    """Make a ledger with a claim that was amended twice."""
    async with open_ledger(path, writable=True, create=True) as ledger:
        for told in ("the council", "reporters", "a meeting"):
            await ledger.save(claim(statements=(statement(told_to=told),)), CHANGE, vouched=True)


def tamper(path: Path, *statements: str) -> None:
    """Run SQL on the file as somebody past the program would."""
    with closing(sqlite3.connect(path)) as conn:
        for sql in statements:
            conn.execute(sql)
        conn.commit()


DROP = ("DROP TRIGGER revision_is_never_changed", "DROP TRIGGER revision_is_never_deleted")


@pytest.mark.parametrize("sql", ["UPDATE revision SET actor = 'x' WHERE n = 1", "DELETE FROM revision"])
async def test_log_cannot_be_changed_by_a_slip(tmp_path: Path, sql: str) -> None:
    """The database itself refuses to change or delete a revision."""
    await three(tmp_path / "x.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        tamper(tmp_path / "x.db", sql)


@pytest.mark.parametrize(
    ("sql", "revision"),
    [
        ("UPDATE revision SET actor = 'Nobody' WHERE n = 3", 3),
        ("UPDATE revision SET after = replace(after, 'reporters', 'friends') WHERE n = 5", 5),
        ("DELETE FROM revision WHERE n = 2", 2),
        ("UPDATE revision SET previous = hash WHERE n = 4", 4),
        ("UPDATE statement SET told_to = 'nobody' WHERE id = 's-1'", 6),
        ("DELETE FROM revision WHERE n = 6", 5),
        ("UPDATE claim SET text = 'Something else' WHERE id = 'bridge'", 3),
        ("PRAGMA ignore_check_constraints = ON; UPDATE source SET medium = 'bogus'", 2),
        ("UPDATE claim SET aliases = 'not JSON' WHERE id = 'bridge'", 3),
        ("PRAGMA ignore_check_constraints = ON; UPDATE statement SET kind = 'bogus'", 6),
        ("DELETE FROM fold", 0),
        ("INSERT INTO fold SELECT 'weather in lisbon', n FROM claim", 0),
        ("UPDATE term SET entries = entries + 1", 0),
        ("DELETE FROM address", 0),
        ("INSERT INTO speaker (id, name, kind, aliases) VALUES ('ghost', 'Ghost', 'person', '[]')", 0),
    ],
)
async def test_first_broken_link_is_named(tmp_path: Path, sql: str, revision: int) -> None:
    """Whatever is changed past the program, in the log or in a row, is named by its revision."""
    path = tmp_path / "x.db"
    await three(path)
    async with open_ledger(path) as ledger:
        assert await ledger.verify() == (6, None)
    tamper(path, *DROP, *sql.split("; "))
    async with open_ledger(path) as ledger:
        _, broken = await ledger.verify()
    assert broken is not None
    assert broken.revision == revision, broken.fault


async def test_row_that_cannot_be_read_is_a_fault_of_the_ledger(tmp_path: Path) -> None:
    """A value that no program of ours writes ends a question with a sentence that names the row."""
    path = tmp_path / "x.db"
    await three(path)
    tamper(path, "PRAGMA ignore_check_constraints = ON", "UPDATE source SET medium = 'bogus'")
    async with open_ledger(path) as ledger:
        with pytest.raises(LedgerError, match="The source “gazette” on file cannot be read: its medium"):
            await ledger.claim("bridge", view=View(today="2026-11-22"))
