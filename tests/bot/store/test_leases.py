"""A row of the work list belongs to one process at a time."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.questions import Incoming, Place, Platform, Way
from bot.store import inbox
from bot.store.ledger import open_ledger

ASKED = Incoming(
    delivery="Ev1",
    place=Place(platform=Platform.SLACK, tenant="T1", channel="C1"),
    message="1.1",
    thread="1.1",
    person="U1",
    way=Way.MENTION,
    text="The old bridge was closed.",
)


async def test_a_lease_is_renewed_by_whoever_holds_it(tmp_path: Path) -> None:
    """Who has waited long for a free slot may go on only where nobody else has taken the row meanwhile."""
    async with open_ledger(tmp_path / "a.db", writable=True, create=True):
        pass
    with sqlite3.connect(tmp_path / "a.db") as conn:
        conn.row_factory = sqlite3.Row
        job = inbox.receive(conn, ASKED, "first", 0.0)
        assert job is not None
        assert inbox.renew(conn, job, "first", 50.0)
        assert inbox.take(conn, Platform.SLACK, "second", 80.0, 5) == ()
        (taken,) = inbox.take(conn, Platform.SLACK, "second", 111.0, 5)
        assert not inbox.renew(conn, job, "first", 112.0)
        assert inbox.renew(conn, taken, "second", 112.0)
        inbox.finish(conn, taken, None, None, None, 113.0)
        assert not inbox.renew(conn, taken, "second", 114.0)
    conn.close()
