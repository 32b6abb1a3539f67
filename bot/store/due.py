"""Requests for a response whose day has come."""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.claims import Claim
from bot.store.reading import whole_claim

_DUE: Final = """
    SELECT DISTINCT claim.id FROM request JOIN claim ON claim.id = request.claim
    WHERE claim.workspace = :workspace AND claim.state = 'vetted'
        AND request.outcome = 'pending' AND request.due_on <= :today
    ORDER BY claim.id"""


def due(conn: sqlite3.Connection, workspace: str, today: str) -> tuple[Claim, ...]:
    """Return the vetted entries of a workspace that have an open request due on the day `today` or before."""
    rows = conn.execute(_DUE, {"workspace": workspace, "today": today}).fetchall()
    claims = (whole_claim(conn, row["id"]) for row in rows)
    return tuple(each for each in claims if each is not None)
