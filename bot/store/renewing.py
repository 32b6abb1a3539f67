"""Renewing: what matching reads of the claims of an older ledger, made anew a few claims at a time.

Until it has come to a claim, that is found as the older program found it. Each piece is one transaction,
so that the work can be broken off at any point and goes on from there.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Final

from bot.store import search
from bot.store.reading import whole_claim

MOST: Final = 200
"""Claims that are renewed together: some 0.2 s of work, during which nothing else is written."""
AT_OPENING: Final = 1.0
"""Seconds that whoever opens a ledger for writing waits for it at the most."""


def renew(conn: sqlite3.Connection, most: int = MOST) -> int:
    """Bring what matching reads of the next claims in line with them; return how many are left."""
    rows = conn.execute(
        "SELECT outdated.claim, claim.id FROM outdated LEFT JOIN claim ON claim.n = outdated.claim"
        " ORDER BY outdated.claim LIMIT ?",
        (most,),
    ).fetchall()
    for row, key in rows:
        claim = whole_claim(conn, key) if key else None
        if claim is not None:
            search.index(conn, claim)
        conn.execute("DELETE FROM outdated WHERE claim = ?", (row,))
    return left(conn)


def renew_at_once(conn: sqlite3.Connection) -> None:
    """Do as much of it as takes no time that anybody minds; a small ledger is done with it."""
    until = time.monotonic() + AT_OPENING
    while left(conn) and time.monotonic() < until:
        conn.execute("BEGIN IMMEDIATE")
        try:
            renew(conn)
            conn.execute("COMMIT")
        except BaseException:
            conn.execute("ROLLBACK")
            raise


def left(conn: sqlite3.Connection) -> int:
    """Return how many claims are yet to be renewed."""
    count: int = conn.execute("SELECT count(*) FROM outdated").fetchone()[0]
    return count
