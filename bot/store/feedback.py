"""What readers say of an answer: this is my claim or not, tell me, ask the moderators, something is wrong."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from bot.questions import Place, Platform
from bot.store.people import person_hash, storable


class Choice(StrEnum):
    """What a reader said of a claim that was shown."""

    MINE = "mine"
    NOT_MINE = "not_mine"
    NONE = "none"


def choose(  # noqa: PLR0917
    conn: sqlite3.Connection,
    question: str,
    claims: tuple[str, ...],
    platform: Platform,
    person: str,
    choice: Choice,
    now: float,
) -> bool:
    """Note the choice for each of the claims; False where the question is not known.

    The last word of a person counts.
    """
    if conn.execute("SELECT 1 FROM question WHERE id = ?", (question,)).fetchone() is None:
        return False
    who = person_hash(conn, platform, person)
    conn.executemany(
        "INSERT INTO feedback (question, claim, person, choice, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET choice = excluded.choice, at = excluded.at",
        [(question, claim, who, choice, now) for claim in claims],
    )
    return True


def demand(conn: sqlite3.Connection, question: str, platform: Platform, person: str, now: float) -> bool:
    """Note that a person wants the moderators to answer a question; say whether that is new."""
    if conn.execute("SELECT 1 FROM question WHERE id = ?", (question,)).fetchone() is None:
        return False
    who = person_hash(conn, platform, person)
    done = conn.execute(
        "INSERT INTO demand (question, person, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (question, who, now),
    )
    return done.rowcount == 1


def follow(conn: sqlite3.Connection, claim: str, place: Place, address: str, now: float) -> bool:
    """Note where to tell of changes of a claim; say whether that is new."""
    if conn.execute("SELECT 1 FROM claim WHERE id = ?", (claim,)).fetchone() is None:
        return False
    done = conn.execute(
        "INSERT INTO follow (claim, platform, tenant, address, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (claim, place.platform, place.tenant, address, now),
    )
    return done.rowcount == 1


def report(  # noqa: PLR0917
    conn: sqlite3.Connection,
    question: str | None,
    claim: str | None,
    platform: Platform,
    person: str,
    text: str | None,
    now: float,
) -> None:
    """Note a problem for the moderators."""
    conn.execute(
        "INSERT INTO problem (question, claim, person, text, at) VALUES (?, ?, ?, ?, ?)",
        (question, claim, person_hash(conn, platform, person), storable(text) if text else None, now),
    )


def dismiss(conn: sqlite3.Connection, place: Place, message: str, now: float) -> None:
    """Note that a reply was taken away."""
    conn.execute(
        "UPDATE reply SET dismissed_at = ? WHERE platform = ? AND tenant = ? AND channel = ? AND message = ?",
        (now, place.platform, place.tenant, place.channel, message),
    )


def setting(conn: sqlite3.Connection, name: str) -> str | None:
    """Return a setting, or None."""
    row = conn.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return row["value"] if row else None


def set_setting(conn: sqlite3.Connection, name: str, value: str) -> None:
    """Write a setting."""
    conn.execute(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (name, value),
    )
