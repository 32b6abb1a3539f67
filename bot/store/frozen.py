"""Frozen entries: those that an open dispute holds as they are."""

from __future__ import annotations

import sqlite3

from bot.store.faults import cannot


def is_frozen(conn: sqlite3.Connection, key: str) -> bool:
    """Say whether an open dispute holds the entry as it is."""
    query = "SELECT 1 FROM dispute WHERE claim = ? AND frozen = 1 AND settled_at IS NULL"
    return conn.execute(query, (key,)).fetchone() is not None


def refuse_frozen(conn: sqlite3.Connection, *keys: str) -> None:
    """Let pass where none of the entries is frozen.

    Raises:
        BadInputError: One of them is.
    """
    for key in keys:
        if is_frozen(conn, key):
            raise cannot("frozen", claim=key)
