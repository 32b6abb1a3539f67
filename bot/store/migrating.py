"""Bringing a ledger file to this program's schema, one step a transaction, with a backup before."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from bot.errors import BadInputError, LedgerError
from bot.store.connections import APPLICATION_ID
from bot.store.migrations import m001_ledger, m002_questions, m003_moderation, m004_vectors, m005_spending

STEPS: Final[Sequence[Sequence[str]]] = (
    m001_ledger.STATEMENTS,
    m002_questions.STATEMENTS,
    m003_moderation.STATEMENTS,
    m004_vectors.STATEMENTS,
    m005_spending.STATEMENTS,
)
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
    reached: list[int] = []
    while (found := version(conn, path, steps)) < len(steps):
        conn.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have come first while this one waited for the lock.
            if version(conn, path, steps) == found:
                if found and not reached:
                    _copy_of(path, path.with_name(f"{path.name}.before-schema-{found + 1}"))
                for statement in steps[found]:
                    conn.execute(statement)
                conn.execute(f"PRAGMA user_version = {found + 1}")
                conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                reached.append(found + 1)
            conn.execute("COMMIT")
        except BaseException:
            conn.execute("ROLLBACK")
            raise
    return tuple(reached)


def _copy_of(path: Path, target: Path) -> None:
    """Copy the ledger as it stands before the transaction that the caller has begun."""
    with closing(sqlite3.connect(path)) as other:
        back_up(other, target, overwrite=True)


def back_up(conn: sqlite3.Connection, target: Path, *, overwrite: bool = False) -> None:
    """Copy the ledger that `conn` reads to `target`, whole or not at all, while others go on using it.

    Raises:
        BadInputError: `target` is there already, or cannot be written.
    """
    if target.exists() and not overwrite:
        raise BadInputError(f"{target} is there already. Name a new file; a backup never overwrites one.")
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        # It holds what no reader may see; like the ledger itself it is its owner's alone.
        part.touch(mode=0o600)
        with closing(sqlite3.connect(part)) as copy:
            conn.backup(copy)
            # One file that can be moved about: the copy needs no log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise BadInputError(f"The backup to {target} was not made: {error}.") from error
