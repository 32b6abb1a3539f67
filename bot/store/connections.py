"""Connections to the ledger file: how they are opened, and one hop to their thread an operation.

Every operation is one plain function on a `sqlite3.Connection`, run as a whole on that connection's
thread: no other task can interleave with it, and a cancelled caller cannot leave it half open. Writes
that come while a commit is on its way to the disk share the next one (group commit; DeWitt et al. 1984,
section 3). Nothing else in the program touches aiosqlite.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import aiosqlite

from bot.errors import LedgerError

P = ParamSpec("P")
T = TypeVar("T")

APPLICATION_ID: Final = 0x436C6D21
"""“Clm!” in the file's header: this SQLite file is a ledger of ours."""

BUSY_SECONDS: Final = 30.0
"""How long a write waits for another process's transaction before it gives up."""


Operation = Callable[[sqlite3.Connection], Any]
Outcome = tuple[Any, BaseException | None]
"""What an operation returned, or what it raised."""


class Connection:
    """One SQLite connection with its own thread."""

    def __init__(self, db: aiosqlite.Connection, path: Path) -> None:
        self._db = db
        self._path = path
        self._waiting: list[tuple[Operation, asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def read(
        self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn(conn, …)` on one snapshot of the ledger and return what it returns."""
        return await self._on_thread(partial(_read, operation=lambda conn: fn(conn, *args, **kwargs)))

    async def write(
        self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn(conn, …)` whole or not at all: committed and on disk when this returns, or undone."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((lambda conn: fn(conn, *args, **kwargs), done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await done

    async def plain(
        self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn(conn, …)` outside a transaction, for what SQLite does not allow in one."""
        return await self._on_thread(lambda conn: fn(conn, *args, **kwargs))

    async def _write_all(self) -> None:
        """Commit what waits, again and again, until nothing does."""
        try:
            while self._waiting:
                together, self._waiting = self._waiting, []
                try:
                    operations = [operation for operation, _ in together]
                    outcomes = await self._on_thread(partial(_written, operations=operations))
                except Exception as fault:  # noqa: BLE001 - the connection is closed: whoever waits is told
                    outcomes = [(None, fault)] * len(together)
                for (_, done), (result, error) in zip(together, outcomes, strict=True):
                    if done.cancelled():
                        continue
                    if error is None:
                        done.set_result(result)
                    else:
                        done.set_exception(self._told(error))
        finally:
            self._writing = None

    async def _on_thread(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        run = partial(fn, self._db._conn)  # noqa: SLF001 - aiosqlite has no public way to run a function
        try:
            return await self._db._execute(run)  # type: ignore[no-any-return,no-untyped-call]  # noqa: SLF001
        except sqlite3.Error as error:
            raise self._told(error) from error

    def _told(self, error: BaseException) -> BaseException:
        """Return `error`, a fault of SQLite's in the words of whoever runs the ledger."""
        if not isinstance(error, sqlite3.Error):
            return error
        told = LedgerError(_sentence(error, self._path))
        told.__cause__ = error
        return told

    async def close(self) -> None:
        """Close the connection and end its thread, after what was asked of it is done."""
        if self._writing is not None:
            await self._writing
        await self._db.close()


def _read(conn: sqlite3.Connection, operation: Operation) -> Any:
    conn.execute("BEGIN")
    try:
        return operation(conn)
    finally:
        # Nothing was written, so there is nothing that a commit could refuse.
        conn.execute("ROLLBACK")


def _written(conn: sqlite3.Connection, operations: Sequence[Operation]) -> list[Outcome]:
    """Run the operations in one transaction, each whole or not at all, and return what came of each.

    What SQLite refuses of one of them undoes that one alone. Where it undoes the whole transaction (the
    disk is full, or fails), none of them happened, and each is told so.
    """
    try:
        conn.execute("BEGIN IMMEDIATE")
        outcomes = [_in_savepoint(conn, operation) for operation in operations]
        conn.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - whoever asked for an operation is told
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        return [(None, error)] * len(operations)
    return outcomes


def _in_savepoint(conn: sqlite3.Connection, operation: Operation) -> Outcome:
    conn.execute("SAVEPOINT operation")
    try:
        result = operation(conn)
    except BaseException as error:
        if not conn.in_transaction:
            raise
        conn.execute("ROLLBACK TO operation")
        conn.execute("RELEASE operation")
        return None, error
    conn.execute("RELEASE operation")
    return result, None


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
