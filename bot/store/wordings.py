"""Wordings of what people ask: as keyed hashes, and which one may stand for a group."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from bot import grouping
from bot.store.people import person_hash


def fold_hash(conn: sqlite3.Connection, folded: str) -> str:
    """Return the keyed hash that stands for a folded wording."""
    return person_hash(conn, "wording", folded)


def reword(conn: sqlite3.Connection, groups: Iterable[str], without: str = "") -> None:
    """Let a wording that is still kept stand for each group, of somebody who agreed; none where none is.

    Whose wording a group has is not noted; that of the person with the hash `without` does not come back.
    """
    texts = conn.execute(
        "SELECT question.text FROM demand JOIN question ON question.id = demand.question"
        " WHERE demand.person <> :without AND question.person <> :without AND question.text IS NOT NULL"
        " ORDER BY question.asked_at",
        {"without": without},
    ).fetchall()
    by_fold = {fold_hash(conn, grouping.key(row["text"])): row["text"] for row in texts}
    for group in groups:
        query = "SELECT fold FROM unanswered_fold WHERE unanswered = ?"
        folds = [row["fold"] for row in conn.execute(query, (group,))]
        text = next((by_fold[each] for each in folds if each in by_fold), None)
        conn.execute("UPDATE unanswered SET text = ? WHERE id = ? AND text IS NOT NULL", (text, group))
