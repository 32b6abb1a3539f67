"""The connection to the file: durable, exclusive where it writes, and with a sentence for each fault."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import LedgerError
from bot.store.connections import connect
from bot.store.ledger import open_ledger
from bot.views import View
from tests.conftest import CHANGE
from tests.entries import claim


def pragma(conn: sqlite3.Connection, name: str) -> object:
    """Return the value of a pragma."""
    return conn.execute(f"PRAGMA {name}").fetchone()[0]


async def test_writer_is_durable_and_strict(tmp_path: Path) -> None:
    """The writer uses WAL, waits for the disk at each commit, and holds foreign keys."""
    path = tmp_path / "x.db"
    path.touch()
    connection = await connect(path, writable=True)
    try:
        assert await connection.plain(pragma, "journal_mode") == "wal"
        assert await connection.plain(pragma, "synchronous") == 2
        assert await connection.plain(pragma, "foreign_keys") == 1
        assert await connection.plain(pragma, "trusted_schema") == 0
    finally:
        await connection.close()


async def test_reader_cannot_write(tmp_path: Path) -> None:
    """A connection for readers refuses to write, with a sentence."""
    path = tmp_path / "x.db"
    sqlite3.connect(path).close()
    path.touch()
    connection = await connect(path, writable=False)
    try:
        with pytest.raises(LedgerError, match="cannot be written"):
            await connection.plain(lambda conn: conn.execute("CREATE TABLE t (x)"))
    finally:
        await connection.close()


async def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """A transaction whose function raises is undone as a whole."""
    path = tmp_path / "x.db"
    path.touch()
    connection = await connect(path, writable=True)

    def fails(conn: sqlite3.Connection) -> None:
        conn.execute("CREATE TABLE t (x)")
        raise KeyError

    try:
        with pytest.raises(KeyError):
            await connection.write(fails)
        assert (
            await connection.plain(lambda conn: conn.execute("SELECT * FROM sqlite_schema").fetchall()) == []
        )
    finally:
        await connection.close()


async def test_cancelled_caller_leaves_no_open_transaction(tmp_path: Path) -> None:
    """A caller that is cancelled while its transaction runs leaves the connection fit for the next."""
    path = tmp_path / "x.db"
    path.touch()
    connection = await connect(path, writable=True)
    entered = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(conn: sqlite3.Connection) -> None:
        conn.execute("CREATE TABLE t (x)")
        loop.call_soon_threadsafe(entered.set)
        conn.execute(
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 300000)"
            " SELECT sum(n) FROM c"
        ).fetchone()

    try:
        task = asyncio.create_task(connection.write(slow))
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await connection.write(lambda conn: conn.execute("INSERT INTO t VALUES (1)"))
        assert await connection.plain(lambda conn: conn.in_transaction) is False
    finally:
        await connection.close()


async def test_interleaved_writers_do_not_undo_each_other(tmp_path: Path) -> None:
    """Of two transactions at once on one connection, one failing does not take the other's rows along."""
    path = tmp_path / "x.db"
    path.touch()
    connection = await connect(path, writable=True)

    def good(conn: sqlite3.Connection, number: int) -> None:
        conn.execute("INSERT INTO t VALUES (?)", (number,))

    def bad(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT INTO t VALUES (-1)")
        raise KeyError

    try:
        await connection.write(lambda conn: conn.execute("CREATE TABLE t (x)"))
        work = [
            connection.write(good, number) if number % 2 else connection.write(bad) for number in range(20)
        ]
        await asyncio.gather(*work, return_exceptions=True)
        rows = await connection.read(
            lambda conn: [row[0] for row in conn.execute("SELECT x FROM t ORDER BY x")]
        )
        assert rows == list(range(1, 20, 2))
    finally:
        await connection.close()


async def test_folder_in_place_of_the_file(tmp_path: Path) -> None:
    """A folder where the ledger should be is named as one."""
    with pytest.raises(LedgerError, match="is a folder"):
        async with open_ledger(tmp_path):
            pass


async def test_missing_ledger_says_how_to_make_one(tmp_path: Path) -> None:
    """Where there is no ledger, the sentence names the command that makes one, and nothing is made."""
    with pytest.raises(LedgerError, match="counterclaim init"):
        async with open_ledger(tmp_path / "none.db"):
            pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at " * 100, b"\0" * 4096])
async def test_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    """A file that is not SQLite's is refused and stays as it is."""
    path = tmp_path / "x.db"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="x.db"):
        async with open_ledger(path, writable=True):
            pass
    assert path.read_bytes() == content


async def test_damaged_ledger_is_named_as_damaged(tmp_path: Path) -> None:
    """A ledger with overwritten pages is reported, not answered from."""
    path = tmp_path / "x.db"
    async with open_ledger(path, writable=True, create=True) as ledger:
        for number in range(30):
            await ledger.save(
                claim(id=f"c-{number}", statements=(), speakers=(), sources=()), CHANGE, vouched=True
            )
        await ledger.back_up(tmp_path / "copy.db")
    copy = tmp_path / "copy.db"
    content = bytearray(copy.read_bytes())
    content[4096 * 2 :] = b"\xa5" * (len(content) - 4096 * 2)
    copy.write_bytes(content)
    with pytest.raises(LedgerError, match=r"copy\.db"):
        async with open_ledger(copy) as ledger:
            await ledger.verify()
            await ledger.claims()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to take up another user's id")
async def test_read_only_ledger_cannot_be_written(tmp_path: Path) -> None:
    """A ledger that may only be read gives a sentence to whoever writes to it."""
    path = tmp_path / "x.db"
    async with open_ledger(path, writable=True, create=True):
        pass
    path.chmod(0o444)
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        folder.chmod(folder.stat().st_mode | 0o555)
    tmp_path.chmod(0o555)
    code = f"""
import asyncio, os, pathlib
from bot.errors import LedgerError
from bot.store.ledger import open_ledger
from bot.views import View
async def main():
    os.setuid(65534)
    async with open_ledger(pathlib.Path({str(path)!r}), writable=True):
        pass
try:
    asyncio.run(main())
except LedgerError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    tmp_path.chmod(0o755)
    assert "read-only" in done.stdout or "cannot be opened" in done.stdout, done.stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to take up another user's id")
async def test_ledger_in_a_read_only_folder_can_be_read(tmp_path: Path) -> None:
    """A question writes nothing, so a ledger and a folder that may only be read can be asked."""
    path = tmp_path / "x.db"
    async with open_ledger(path, writable=True, create=True) as ledger:
        await ledger.save(claim(), CHANGE, vouched=True)
    path.chmod(0o444)
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        folder.chmod(folder.stat().st_mode | 0o555)
    tmp_path.chmod(0o555)
    code = f"""
import asyncio, os, pathlib
from bot.store.ledger import open_ledger
from bot.views import View
async def main():
    os.setuid(65534)
    async with open_ledger(pathlib.Path({str(path)!r})) as ledger:
        print(len(await ledger.claims(public_on=View(today="2026-11-22"))))
asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    tmp_path.chmod(0o755)
    assert done.stdout == "1\n", done.stderr


async def test_full_disk_loses_nothing(tmp_path: Path) -> None:
    """Where the disk is full, the change is refused with a sentence and what was there stays."""
    path = tmp_path / "x.db"
    async with open_ledger(path, writable=True, create=True) as ledger:
        await ledger.save(claim(), CHANGE, vouched=True)
        assert ledger._writer is not None
        pages = await ledger._writer.plain(pragma, "page_count")
        # SQLite reports a file that may not grow exactly as it reports a full disk.
        await ledger._writer.plain(pragma, f"max_page_count = {pages}")
        with pytest.raises(LedgerError, match="is full"):
            for number in range(200):
                await ledger.save(
                    claim(id=f"more-{number}", text="x " * 200, statements=(), speakers=(), sources=()),
                    CHANGE,
                    vouched=True,
                )
        _, broken = await ledger.verify()
        assert broken is None
        assert await ledger.claim("bridge", view=View(today="2026-11-22")) is not None
