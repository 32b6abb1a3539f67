"""How far an index beside the ledger has come, in a form that shows when it belongs to another ledger.

An index takes in the changes of `touched` in the order of their numbers, and keeps a mark with what it has
taken in: the last number, and the revision at which that was read with its hash. As each hash covers all
revisions before it, a ledger that has that revision has the same history up to there; a restored backup, or
another ledger's file, has not.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bot.records import record
from bot.store.revisions import FIRST

FORMAT: Final = 1
"""Raised when what an index holds, or how terms are made, changes: an older one is then made anew."""


@record
class Mark:
    """What an index has taken in: the changes up to `reached`, read when `revision` was the newest.

    `fresh` is up to where no change can be of a claim that the index holds already; 0 where that is unknown.
    """

    reached: int
    revision: int
    hash: str
    fresh: int = 0
    format: int = FORMAT


def folder(ledger: Path) -> Path:
    """Return where the indexes beside the file `ledger` are; all of it can be deleted at any time."""
    return ledger.with_name(f"{ledger.name}.index")


def mark(conn: sqlite3.Connection, reached: int, fresh: int = 0) -> Mark:
    """Return the mark of an index that took in the changes up to `reached`, on the snapshot of `conn`."""
    row = conn.execute("SELECT n, hash FROM revision ORDER BY n DESC LIMIT 1").fetchone()
    return Mark(reached=reached, revision=row[0] if row else 0, hash=row[1] if row else FIRST, fresh=fresh)


def is_of(conn: sqlite3.Connection, held: Mark) -> bool:
    """Say whether the ledger has the history that the index with the mark `held` was made of."""
    if held.format != FORMAT or held.reached > newest(conn):
        return False
    row = conn.execute("SELECT hash FROM revision WHERE n = ?", (held.revision,)).fetchone()
    return (row[0] if row else FIRST) == held.hash


def newest(conn: sqlite3.Connection) -> int:
    """Return the number of the newest change of what matching reads; 0 where there is none."""
    found: int = conn.execute("SELECT coalesce(max(seq), 0) FROM touched").fetchone()[0]
    return found


def dump(held: Mark) -> str:
    """Return `held` as a text."""
    return json.dumps(asdict(held))


def load(text: str) -> Mark | None:
    """Return the mark that `text` holds; None where it holds none."""
    try:
        found = Mark(**json.loads(text))
    except (ValueError, TypeError):
        return None
    numbers: tuple[object, ...] = (found.reached, found.revision, found.fresh)
    return found if all(isinstance(each, int) for each in numbers) else None


@contextmanager
def sole(lock: Path) -> Iterator[bool]:
    """Give whether this process alone writes what the file `lock` stands for; it is let go at the end.

    The lock is SQLite's own on a file of its own: it ends with the process, however that ends.
    """
    lock.parent.mkdir(mode=0o700, exist_ok=True)
    with closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as conn:
        try:
            conn.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
        except sqlite3.DatabaseError:
            # Nothing that SQLite wrote: it is of no use to anybody.
            lock.unlink(missing_ok=True)
            yield False
        else:
            yield True
