"""Bringing a ledger file to this program's schema, one step a transaction, with a backup before."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.errors import LedgerError
from bot.store.connections import APPLICATION_ID
from bot.store.migrations import m001_ledger

STEPS: Final[Sequence[Sequence[str]]] = (m001_ledger.STATEMENTS,)
"""Step n brings a ledger from version n to n + 1. To add one, write `mNNN_….py` and append it here."""


def version(conn: sqlite3.Connection, path: Path, steps: Sequence[Sequence[str]] = STEPS) -> int:
    """Return the schema version of the ledger that `conn` reads; 0 is an empty file.

    Raises:
        LedgerError: The file belongs to another program, or to a newer Counterclaim.
    """
    found: int = conn.execute("PRAGMA user_version").fetchone()[0]
    application: int = conn.execute("PRAGMA application_id").fetchone()[0]
    tables: int = conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application != APPLICATION_ID and (application or found or tables):
        raise LedgerError(f"{path} is a SQLite file of another program, not a ledger. Name another file.")
    if found > len(steps):
        raise LedgerError(
            f"{path} has schema {found}, and this Counterclaim knows schemas up to {len(steps)}. "
            "Install the newer Counterclaim that wrote it."
        )
    return found


def migrate(conn: sqlite3.Connection, path: Path, steps: Sequence[Sequence[str]] = STEPS) -> tuple[int, ...]:
    """Bring the ledger to the newest schema and return the versions that were reached on the way.

    A ledger that holds anything is first copied to `NAME.before-schema-N` beside it. Each step and
    its version number are one transaction: a crash leaves the version before or the one after.
    """
    start = version(conn, path, steps)
    if 0 < start < len(steps):
        back_up(conn, path.with_name(f"{path.name}.before-schema-{start + 1}"), overwrite=True)
    reached = []
    for number, step in enumerate(steps[start:], start + 1):
        conn.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have come first while this one waited for the lock.
            if version(conn, path, steps) < number:
                for statement in step:
                    conn.execute(statement)
                conn.execute(f"PRAGMA user_version = {number}")
                conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                reached.append(number)
            conn.execute("COMMIT")
        except BaseException:
            conn.execute("ROLLBACK")
            raise
    return tuple(reached)


def back_up(conn: sqlite3.Connection, target: Path, *, overwrite: bool = False) -> None:
    """Copy the ledger that `conn` reads to `target`, whole or not at all, while others go on using it.

    Raises:
        LedgerError: `target` is there already, or cannot be written.
    """
    if target.exists() and not overwrite:
        raise LedgerError(f"{target} is there already. Name a new file; a backup never overwrites one.")
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        copy = sqlite3.connect(part)
        try:
            conn.backup(copy)
            # One file that can be moved about: the copy needs no log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise LedgerError(f"The backup to {target} was not made: {error}.") from error
