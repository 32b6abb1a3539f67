"""Retention: what is removed when its days are over."""

from __future__ import annotations

import sqlite3

from bot.records import record
from bot.store.wordings import reword


@record
class Removed:
    """How much was removed: counts only, fit for the log."""

    questions: int
    """Questions whose text went."""
    reports: int
    """Reports whose text went."""
    demands: int
    """Groups of unanswered questions that went, with their texts, hashes and addresses."""
    sheets: int
    """Forms that were left half filled in."""
    messages: int
    """Messages to people that were sent long ago."""


def remove_old(conn: sqlite3.Connection, before: float, now: float) -> Removed:
    """Remove what is older than the time `before`, and mutes that are over; return how much that was.

    Whom somebody follows stays until they stop it; the record, proposals and what is said of answers stay.
    """
    conn.execute(
        "DELETE FROM delivered WHERE message IN (SELECT message FROM event WHERE received_at < ?)", (before,)
    )
    conn.execute(
        "UPDATE event SET payload = NULL, state = iif(state = 'waiting', 'dropped', state)"
        " WHERE received_at < ?",
        (before,),
    )
    reports = conn.execute("UPDATE problem SET text = NULL WHERE at < ? AND text IS NOT NULL", (before,))
    questions = conn.execute(
        "UPDATE question SET text = NULL WHERE asked_at < ? AND text IS NOT NULL", (before,)
    )
    conn.execute("DELETE FROM demand WHERE at < ?", (before,))
    # Nobody has asked for so long: the group has had its time, as the question of each of them has.
    old = "SELECT id FROM unanswered WHERE last_at < ?"
    conn.execute(f"DELETE FROM asker WHERE unanswered IN ({old})", (before,))
    conn.execute(f"DELETE FROM unanswered_fold WHERE unanswered IN ({old})", (before,))
    demands = conn.execute("DELETE FROM unanswered WHERE last_at < ?", (before,))
    conn.execute("UPDATE asker SET address = NULL WHERE at < ?", (before,))
    # Others ask on: the first wording has had its time all the same, and a later one stands in.
    kept = conn.execute(
        "SELECT id FROM unanswered WHERE first_at < ? AND text IS NOT NULL", (before,)
    ).fetchall()
    reword(conn, [row["id"] for row in kept])
    sheets = conn.execute("DELETE FROM sheet WHERE at < ?", (before,))
    messages = conn.execute(
        "DELETE FROM outbox WHERE kind IN ('answer', 'digest', 'author') AND state <> 'waiting'"
        " AND made_at < ?",
        (before,),
    )
    conn.execute("DELETE FROM muted WHERE until <= ?", (now,))
    return Removed(
        questions=questions.rowcount,
        reports=reports.rowcount,
        demands=demands.rowcount,
        sheets=sheets.rowcount,
        messages=messages.rowcount,
    )
