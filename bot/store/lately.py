"""Where people asked lately, by what is on file: for a bot that looks for what it did not hear.

Each function is one look on the connection and changes nothing.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.questions import Platform, Way

_LISTED: Final = ", ".join(f"'{each}'" for each in (Way.MENTION, Way.DIRECT, Way.REACTION))
"""The ways that prove that the bot hears a channel; a command may be typed where it is not."""


def channels(
    conn: sqlite3.Connection, platform: Platform, tenant: str, since: float, most: int
) -> tuple[str, ...]:
    """Return the channels with a question or a reply since the time `since`, at most `most`, latest first."""
    query = f"""SELECT channel, max(at) AS latest FROM (
            SELECT channel, asked_at AS at FROM question
             WHERE platform = :platform AND tenant = :tenant AND asked_at >= :since
               AND way IN ({_LISTED})
            UNION ALL
            SELECT channel, posted_at FROM reply
             WHERE platform = :platform AND tenant = :tenant AND posted_at >= :since)
         GROUP BY channel ORDER BY latest DESC LIMIT :most"""
    found = conn.execute(query, {"platform": platform, "tenant": tenant, "since": since, "most": most})
    return tuple(row["channel"] for row in found)


def threads(
    conn: sqlite3.Connection, platform: Platform, tenant: str, since: float, most: int
) -> tuple[tuple[str, str], ...]:
    """Return channel and thread of the replies posted since the time `since`, the latest `most` of them."""
    found = conn.execute(
        """SELECT channel, thread, max(posted_at) AS latest FROM reply
            WHERE platform = ? AND tenant = ? AND posted_at >= ? AND thread IS NOT NULL
            GROUP BY channel, thread ORDER BY latest DESC LIMIT ?""",
        (platform, tenant, since, most),
    )
    return tuple((row["channel"], row["thread"]) for row in found)


def newest(conn: sqlite3.Connection, platform: Platform, tenant: str, since: float) -> float | None:
    """Return when a message that asks was received last, where that was after the time `since`."""
    found: float | None = conn.execute(
        f"""SELECT max(asked_at) FROM question
            WHERE platform = ? AND tenant = ? AND asked_at >= ? AND way IN ({_LISTED})""",
        (platform, tenant, since),
    ).fetchone()[0]
    return found
