"""Schemas: brought up to date in whole steps, with a backup, and never down."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.errors import BadInputError, LedgerError
from bot.store.ledger import open_ledger
from bot.store.migrating import STEPS
from bot.views import View
from tests.conftest import CHANGE
from tests.entries import claim

NEXT = (*STEPS, ("CREATE TABLE follower (who TEXT NOT NULL) STRICT",))
TORN = (*STEPS, ("CREATE TABLE follower (who TEXT NOT NULL) STRICT", "CREATE TABLE this is no SQL"))


def tables(path: Path) -> set[str]:
    """Return the names of the tables in the file at `path`."""
    conn = sqlite3.connect(path)
    try:
        return {row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    finally:
        conn.close()


async def made(path: Path) -> None:
    """Make a ledger with one claim in it."""
    async with open_ledger(path, writable=True, create=True) as ledger:
        await ledger.save(claim(), CHANGE, vouched=True)


async def test_older_ledger_is_brought_up_to_date_with_a_backup(tmp_path: Path) -> None:
    """A ledger of an older schema is copied first, then migrated, and keeps what it holds."""
    path = tmp_path / "x.db"
    await made(path)
    async with open_ledger(path, steps=NEXT) as ledger:
        assert await ledger.claim("bridge", view=View(today="2026-11-22")) is not None
    assert "follower" in tables(path)
    backup = tmp_path / f"x.db.before-schema-{len(NEXT)}"
    assert "claim" in tables(backup)
    assert "follower" not in tables(backup)


async def test_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    """A step that fails half-way leaves the schema before it."""
    path = tmp_path / "x.db"
    await made(path)
    with pytest.raises(LedgerError, match="Nothing was changed"):
        async with open_ledger(path, steps=TORN):
            pass
    assert "follower" not in tables(path)
    async with open_ledger(path) as ledger:
        assert await ledger.claim("bridge", view=View(today="2026-11-22")) is not None


async def test_newer_ledger_is_refused(tmp_path: Path) -> None:
    """A ledger of a newer schema is not opened, and the sentence says what to install."""
    path = tmp_path / "x.db"
    async with open_ledger(path, writable=True, create=True, steps=NEXT):
        pass
    with pytest.raises(LedgerError, match=rf"schema {len(NEXT)}.*newer Counterclaim"):
        async with open_ledger(path):
            pass


async def test_other_programs_database_is_refused(tmp_path: Path) -> None:
    """A SQLite file of another program is neither migrated nor read."""
    path = tmp_path / "x.db"
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE bookmarks (url TEXT)")
    conn.commit()
    conn.close()
    with pytest.raises(LedgerError, match="another program"):
        async with open_ledger(path, writable=True, create=True):
            pass
    assert tables(path) == {"bookmarks"}


async def test_empty_file_is_made_a_ledger_only_on_request(tmp_path: Path) -> None:
    """An empty file is not turned into a ledger by a question."""
    path = tmp_path / "x.db"
    path.touch()
    with pytest.raises(LedgerError, match="counterclaim init"):
        async with open_ledger(path):
            pass
    assert path.stat().st_size == 0
    async with open_ledger(path, create=True) as ledger:
        assert await ledger.claims() == ()


async def test_backup_is_a_whole_ledger_and_overwrites_none(tmp_path: Path) -> None:
    """A backup opens as a ledger with the same claims; a file that is there is left alone."""
    path, copy = tmp_path / "x.db", tmp_path / "copy.db"
    await made(path)
    async with open_ledger(path) as ledger:
        await ledger.back_up(copy)
        with pytest.raises(BadInputError, match="is there already"):
            await ledger.back_up(copy)
        with pytest.raises(BadInputError, match="was not made"):
            await ledger.back_up(tmp_path / "no such folder" / "copy.db")
        before = await ledger.claims()
    async with open_ledger(copy) as ledger:
        assert await ledger.claims() == before
        assert (await ledger.verify())[1] is None
    assert not list(tmp_path.glob("*.part"))
    assert copy.stat().st_mode & 0o777 == 0o600
