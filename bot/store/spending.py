"""Spending: how many tokens a language model took on a day, over all processes and restarts."""

from __future__ import annotations

import sqlite3

from bot.store.connections import Connection


class Spending:
    """The verbs of spending on an open ledger, each one operation."""

    def __init__(self, reader: Connection, writer: Connection) -> None:
        self._reader = reader
        self._writer = writer

    async def spent(self, day: str) -> int:
        """Return the tokens that were spent on `day`, a date of UTC."""
        return await self._reader.read(_spent, day)

    async def spend(self, day: str, tokens: int) -> int:
        """Add `tokens` to `day` and return what was spent on it by then."""
        return await self._writer.write(_spend, day, tokens)


def _spent(conn: sqlite3.Connection, day: str) -> int:
    found = conn.execute("SELECT tokens FROM spent WHERE day = ?", (day,)).fetchone()
    return int(found[0]) if found else 0


def _spend(conn: sqlite3.Connection, day: str, tokens: int) -> int:
    conn.execute(
        "INSERT INTO spent (day, tokens) VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens",
        (day, tokens),
    )
    return _spent(conn, day)
