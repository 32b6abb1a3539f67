"""Bringing the index of words in line with the ledger: from where it stands, in the order of the changes.

What is committed stays, so the work can be broken off at any point, also by a kill, and goes on from there.
An index that is damaged, or was made of another ledger's history, is removed and made anew.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

from bot.records import record
from bot.statements import State
from bot.store import marks
from bot.store.postings import NAME, Document, Reader, UnusableError, Writer, is_installed, remove, state
from bot.store.search import LARGE, size

TOGETHER: Final = 1_000
"""Changes that are read at a time."""
COMMITTED: Final = 50_000
"""Changes after which they are committed."""
MERGED: Final = 1_000
"""Changes from which on the files that are to become one are waited for."""

_CHANGED: Final = """
    SELECT touched.seq, claim.n, claim.state, claim.workspace, claim.embargo_until, wording_fts.text,
        wording_fts.aliases, record_fts.statements, record_fts.names
    FROM touched JOIN claim ON claim.n = touched.claim
    LEFT JOIN wording_fts ON wording_fts.rowid = claim.n LEFT JOIN record_fts ON record_fts.rowid = claim.n
    WHERE touched.seq > ? ORDER BY touched.seq LIMIT ?"""
_BEHIND: Final = "SELECT count(*) FROM touched WHERE seq > ?"


class Outcome(StrEnum):
    """How a piece of work on the index ended."""

    DONE = "done"
    STOPPED = "stopped"
    SMALL = "small"
    ABSENT = "absent"
    BUSY = "busy"


@record
class Indexed:
    """What was done: how many changes were taken in, and whether the index had to be begun from nothing.

    SMALL: the ledger needs no index. ABSENT: the library is not installed. BUSY: another process writes it.
    """

    outcome: Outcome
    changes: int = 0
    is_anew: bool = False


class Kept:
    """What is known from the last time: the files that are whole, and what there was nothing to do for."""

    def __init__(self) -> None:
        self.sound: set[str] = set()
        self.seen: tuple[tuple[int, ...] | None, int] | None = None


def catch_up(
    ledger: Path,
    *,
    large: int = LARGE,
    anew: bool = False,
    every: int = COMMITTED,
    stopped: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda *_: None,
    pause: float = 0.0,
    kept: Kept | None = None,
) -> Indexed:
    """Take into the index of words what has changed in the file `ledger`; slow, for a thread of its own.

    Ledgers of fewer than `large` vetted claims have none. `anew` begins from nothing. The changes are
    committed `every` so many. `stopped` is asked between two steps, and `pause` is how many seconds are left
    to others there. `progress` is called with the number of changes taken in and of all there are. `kept` is
    for a caller who comes again and again.

    Raises:
        UnusableError: The files cannot be written.
    """
    if not is_installed():
        return Indexed(outcome=Outcome.ABSENT)
    folder, kept = marks.folder(ledger) / NAME, kept or Kept()
    with _reading(ledger) as conn:
        with _snapshot(conn):
            if size(conn) < large:
                return Indexed(outcome=Outcome.SMALL)
            seen = (state(folder), marks.newest(conn))
            if seen == kept.seen and not anew:
                return Indexed(outcome=Outcome.DONE)
            held = None if anew else standing(conn, folder, kept)
            if held is not None and held.reached == marks.newest(conn):
                kept.seen = seen
                return Indexed(outcome=Outcome.DONE)
        with marks.sole(folder.with_name(f"{NAME}.lock")) as alone:
            if not alone:
                return Indexed(outcome=Outcome.BUSY)
            # Once more, since another process may have written it before it let go.
            with _snapshot(conn):
                held = None if anew else standing(conn, folder, kept)
            found: Indexed | None = None
            if held is not None:
                # A writer that was killed may have left a file in the way of the next one.
                with suppress(UnusableError):
                    found = _written(conn, folder, held, every, stopped, progress, pause)
            if found is None:
                remove(folder)
                found = _written(conn, folder, None, every, stopped, progress, pause)
            return found


def standing(conn: sqlite3.Connection, folder: Path, kept: Kept) -> marks.Mark | None:
    """Return the mark of the index in `folder` where it is whole and of this ledger, and else None."""
    with suppress(UnusableError):
        mark = Reader(folder, kept.sound).mark
        if marks.is_of(conn, mark):
            return mark
    return None


def _written(  # noqa: PLR0917
    conn: sqlite3.Connection,
    folder: Path,
    held: marks.Mark | None,
    every: int,
    stopped: Callable[[], bool],
    progress: Callable[[int, int], None],
    pause: float,
) -> Indexed:
    with _snapshot(conn):
        fresh = held.fresh if held else marks.newest(conn)
        reached = held.reached if held else 0
        total: int = conn.execute(_BEHIND, (reached,)).fetchone()[0]
    done, waiting, together = 0, 0, min(TOGETHER, every)
    is_anew, outcome = held is None, Outcome.DONE
    writer = Writer(folder)
    try:
        while True:
            with _snapshot(conn):
                rows = conn.execute(_CHANGED, (reached, together)).fetchall()
                for row in rows:
                    _put(writer, row, is_new=row["seq"] <= fresh)
                reached = rows[-1]["seq"] if rows else reached
                mark = marks.mark(conn, reached, fresh)
            done, waiting = done + len(rows), waiting + len(rows)
            is_end = len(rows) < together
            outcome = Outcome.STOPPED if stopped() and not is_end else outcome
            if waiting >= every or is_end or outcome is Outcome.STOPPED:
                writer.commit(mark)
                waiting = 0
            progress(done, max(total, done))
            if is_end or outcome is Outcome.STOPPED:
                break
            time.sleep(pause)
    finally:
        writer.close(merged=done >= MERGED and outcome is Outcome.DONE)
    return Indexed(outcome=outcome, changes=done, is_anew=is_anew)


def _put(writer: Writer, row: sqlite3.Row, *, is_new: bool) -> None:
    if row["state"] != State.VETTED or row["text"] is None:
        if not is_new:
            writer.drop(row["n"])
        return
    writer.put(
        Document(
            row=row["n"],
            wording=(*row["text"].split(), *row["aliases"].split()),
            record=(*(row["statements"] or "").split(), *(row["names"] or "").split()),
            workspace=row["workspace"],
            embargo_until=row["embargo_until"],
        ),
        is_new=is_new,
    )


@contextmanager
def _reading(ledger: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection of this thread's own, so that nobody who looks something up waits for it."""
    uri = f"{ledger.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


@contextmanager
def _snapshot(conn: sqlite3.Connection) -> Iterator[None]:
    conn.execute("BEGIN")
    try:
        yield
    finally:
        conn.execute("ROLLBACK")
