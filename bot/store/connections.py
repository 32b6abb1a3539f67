"""Connections to the ledger file: how they are opened, and one hop to their thread an operation.

Every operation is one plain function on a `sqlite3.Connection`, run as a whole on that connection's
thread: what is written in it is one transaction that no other task can interleave with and that a
cancelled caller cannot leave half open. Nothing else in the program touches aiosqlite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

import aiosqlite

from bot.errors import LedgerError

P = ParamSpec("P")
T = TypeVar("T")

APPLICATION_ID: Final = 0x436C6D21
"""“Clm!” in the file's header: this SQLite file is a ledger of ours."""

BUSY_SECONDS: Final = 30.0
"""How long a write waits for another process's transaction before it gives up."""


class Connection:
    """One SQLite connection with its own thread."""

    def __init__(self, db: aiosqlite.Connection, path: Path) -> None:
        self._db = db
        self._path = path

    async def read(
        self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn(conn, …)` on one snapshot of the ledger and return what it returns."""
        return await self._run("BEGIN", fn, *args, **kwargs)

    async def write(
        self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn(conn, …)` as one transaction: committed and on disk when this returns, or undone."""
        return await self._run("BEGIN IMMEDIATE", fn, *args, **kwargs)

    async def plain(
        self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn(conn, …)` outside a transaction, for what SQLite does not allow in one."""
        return await self._run(None, fn, *args, **kwargs)

    async def _run(
        self,
        begin: str | None,
        fn: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def on_thread() -> T:
            conn = self._db._conn  # noqa: SLF001 - aiosqlite has no public way to run a function
            if begin is None:
                return fn(conn, *args, **kwargs)
            conn.execute(begin)
            try:
                result = fn(conn, *args, **kwargs)
                conn.execute("COMMIT")
            except BaseException:
                if conn.in_transaction:
                    conn.execute("ROLLBACK")
                raise
            return result

        try:
            return await self._db._execute(on_thread)  # type: ignore[no-any-return,no-untyped-call]  # noqa: SLF001
        except sqlite3.Error as error:
            raise LedgerError(_sentence(error, self._path)) from error

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await self._db.close()


async def connect(path: Path, *, writable: bool) -> Connection:
    """Open the file at `path`, which must be there.

    Raises:
        LedgerError: The file cannot be opened, or is not a SQLite database.
    """
    try:
        return await _connected(path, writable=writable, query="mode=rw" if writable else "mode=ro")
    except LedgerError as error:
        # A reader of a ledger in WAL mode needs files beside it, unless nobody can be writing to it.
        wal = path.with_name(f"{path.name}-wal")
        name = getattr(error.__cause__, "sqlite_errorname", "")
        if writable or wal.exists() or not name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise
        return await _connected(path, writable=False, query="mode=ro&immutable=1")


async def _connected(path: Path, *, writable: bool, query: str) -> Connection:
    uri = f"{path.absolute().as_uri()}?{query}"
    try:
        db = await aiosqlite.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    except sqlite3.Error as error:
        raise LedgerError(_sentence(error, path)) from error
    connection = Connection(db, path)
    try:
        await connection.plain(_prepare, writable=writable)
    except BaseException:
        await connection.close()
        raise
    return connection


def _prepare(conn: sqlite3.Connection, *, writable: bool) -> None:
    conn.row_factory = sqlite3.Row
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute("PRAGMA trusted_schema = OFF")
    conn.execute("PRAGMA temp_store = MEMORY")
    if writable:
        # What is removed, such as a question whose retention has ended, is overwritten.
        conn.execute("PRAGMA secure_delete = ON")
        conn.execute("PRAGMA journal_mode = WAL")
        # FULL: what was acknowledged survives a loss of power, not only of the process.
        conn.execute("PRAGMA synchronous = FULL")
    else:
        conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _sentence(error: sqlite3.Error, path: Path) -> str:  # noqa: PLR0911 - one return a fault
    """Return what is wrong with the ledger, for the person who runs it."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_NOTADB"):
        return f"{path} is not a ledger: it is not a SQLite file. Name another file, or restore a backup."
    if name.startswith("SQLITE_CORRUPT"):
        return f"{path} is damaged ({error}). Restore the last backup; keep the damaged file for a repair."
    if name.startswith("SQLITE_READONLY"):
        return f"{path} cannot be written: the file or its folder is read-only. Nothing was changed."
    if name.startswith("SQLITE_FULL"):
        return f"The disk that holds {path} is full. Nothing was changed; make room and try again."
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return (
            f"{path} was in use by another program for {BUSY_SECONDS:.0f} s. Nothing was changed; try again."
        )
    if name.startswith("SQLITE_CANTOPEN"):
        return f"{path} cannot be opened: check that the file and its folder may be read and written."
    return f"{path} cannot be used: {error}. Nothing was changed."
