"""Muting: whose wishes and reports are not counted for a while. Nobody is muted from looking things up."""

from __future__ import annotations

import sqlite3
import time

from bot.moderation.deeds import Deed
from bot.moderation.members import Member
from bot.questions import Platform
from bot.store import members
from bot.store.connections import Connection
from bot.store.people import person_hash


class Muting:
    """The verbs of muting on an open ledger, each one operation."""

    def __init__(self, reader: Connection, writer: Connection) -> None:
        self._reader = reader
        self._writer = writer

    async def mute(self, platform: Platform, person: str, until: float | None, by: Member) -> None:
        """Mute `person` in the workspace of `by` until a time in seconds since the epoch, None: for good.

        Raises:
            NotAllowedError: `by` may not, at this moment.
        """
        await self._writer.write(_mute, platform, person, until, by, time.time())

    async def unmute(self, platform: Platform, person: str, by: Member) -> bool:
        """Let `person` be counted again in the workspace of `by`; False where nobody muted them.

        Raises:
            NotAllowedError: `by` may not, at this moment.
        """
        return await self._writer.write(_unmute, platform, person, by)

    async def is_muted(self, workspace: str, platform: Platform, person: str) -> bool:
        """Say whether `person` is muted in `workspace` at present."""
        return await self._reader.read(_is_muted, workspace, platform, person, time.time())


def is_muted(conn: sqlite3.Connection, workspace: str, who: str, now: float) -> bool:
    """Say whether the person with the hash `who` is muted."""
    query = "SELECT 1 FROM muted WHERE workspace = ? AND person = ? AND (until IS NULL OR until > ?)"
    return conn.execute(query, (workspace, who, now)).fetchone() is not None


def _mute(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection, platform: str, person: str, until: float | None, by: Member, now: float
) -> None:
    members.authorise(conn, by, Deed.MUTE)
    conn.execute(
        "INSERT INTO muted (workspace, person, until, by, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET until = excluded.until, by = excluded.by, at = excluded.at",
        (by.workspace, person_hash(conn, platform, person), until, by.key, now),
    )


def _unmute(conn: sqlite3.Connection, platform: str, person: str, by: Member) -> bool:
    members.authorise(conn, by, Deed.MUTE)
    who = person_hash(conn, platform, person)
    done = conn.execute("DELETE FROM muted WHERE workspace = ? AND person = ?", (by.workspace, who))
    return done.rowcount == 1


def _is_muted(conn: sqlite3.Connection, workspace: str, platform: str, person: str, now: float) -> bool:
    # A reader's connection cannot make the key of the hashes; without one nobody has been muted yet.
    if conn.execute("SELECT 1 FROM muted LIMIT 1").fetchone() is None:
        return False
    return is_muted(conn, workspace, person_hash(conn, platform, person), now)
