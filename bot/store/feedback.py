"""What readers say of an answer: this is my claim or not, tell me, ask the moderators, something is wrong."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from bot.questions import Place, Platform
from bot.records import record
from bot.redaction import redacted
from bot.store.muting import is_muted
from bot.store.people import person_hash, storable
from bot.store.visibility import VISIBLE
from bot.views import View


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


def follow(  # noqa: PLR0917
    conn: sqlite3.Connection, claim: str, place: Place, address: str, view: View, now: float
) -> bool:
    """Note where to tell of changes of a claim that `view` shows; say whether that is new.

    One that is hidden is not told from one that is not there.
    """
    query = f"SELECT 1 FROM claim WHERE id = :claim AND {VISIBLE}"
    if conn.execute(query, view.values() | {"claim": claim}).fetchone() is None:
        return False
    done = conn.execute(
        "INSERT INTO follow (claim, platform, tenant, address, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (claim, place.platform, place.tenant, address, now),
    )
    return done.rowcount == 1


def unfollow(conn: sqlite3.Connection, claim: str, place: Place, address: str) -> bool:
    """Stop telling of changes of a claim; False where nobody at `address` followed it."""
    done = conn.execute(
        "DELETE FROM follow WHERE claim = ? AND platform = ? AND tenant = ? AND address = ?",
        (claim, place.platform, place.tenant, address),
    )
    return done.rowcount == 1


def report(  # noqa: PLR0917
    conn: sqlite3.Connection,
    question: str | None,
    claim: str | None,
    platform: Platform,
    person: str,
    text: str | None,
    workspace: str,
    now: float,
) -> bool:
    """Note a problem for the moderators of `workspace`; False where the person is muted there."""
    who = person_hash(conn, platform, person)
    if is_muted(conn, workspace, who, now):
        return False
    held = storable(redacted(text)) if text else None
    conn.execute(
        "INSERT INTO problem (question, claim, person, text, at, workspace) VALUES (?, ?, ?, ?, ?, ?)",
        (question, claim, who, held, now, workspace),
    )
    return True


@record
class Counts:
    """How often readers said of an entry that it is their claim, that it is not, and none of those shown.

    `reports` counts the problems with it that were reported in the workspace that asks.
    """

    claim: str
    mine: int
    not_mine: int
    none: int
    reports: int


def feedback_counts(conn: sqlite3.Connection, view: View) -> tuple[Counts, ...]:
    """Return what readers said of each entry of the workspace of `view`, and of the house's that it shows.

    The most doubted come first.
    """
    rows = conn.execute(
        f"""SELECT claim.id AS claim, coalesce(sum(choice = 'mine'), 0) AS mine,
            coalesce(sum(choice = 'not_mine'), 0) AS not_mine, coalesce(sum(choice = 'none'), 0) AS none,
            (SELECT count(*) FROM problem WHERE problem.claim = claim.id AND problem.workspace = :workspace)
                AS reports
        FROM (SELECT claim FROM feedback
                UNION SELECT claim FROM problem WHERE workspace = :workspace) AS heard
            JOIN claim ON claim.id = heard.claim LEFT JOIN feedback ON feedback.claim = claim.id
        WHERE claim.workspace = :workspace OR ({VISIBLE}) GROUP BY claim.id
        ORDER BY not_mine + none + reports DESC, mine DESC, claim.id""",
        view.values(),
    )
    return tuple(Counts(**dict(row)) for row in rows)


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
