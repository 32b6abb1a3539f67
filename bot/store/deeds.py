"""Deeds of one person on the record: saved, noted with the revisions that they made, and by whom vetted."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Final

from bot.claims import Claim
from bot.moderation.deeds import Deed
from bot.moderation.members import Member
from bot.records import record
from bot.store import members
from bot.store.revisions import Change, newest
from bot.store.writing import save_claim

UNDO_SECONDS: Final = 600.0
"""For how long a deed can be taken back by whoever did it."""


@record
class Done:
    """One deed: on which claim, with which proposal, and the revisions that it made.

    `first` and `last` are 0 where it made none. `n` is the deed's number and
    `at` its time, both 0 before it is noted.
    """

    action: Deed
    claim: str
    proposal: str | None = None
    first: int = 0
    last: int = 0
    n: int = 0
    at: float = 0.0


def log(conn: sqlite3.Connection, by: Member, done: Done, now: float) -> None:
    """Note a deed, within its transaction."""
    conn.execute(
        "INSERT INTO deed (workspace, member, action, claim, proposal, first, last, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (by.workspace, by.key, done.action, done.claim, done.proposal, done.first, done.last, now),
    )


def change_at_once(  # noqa: PLR0917
    conn: sqlite3.Connection, by: Member, deed: Deed, claim: Claim, reason: str | None, now: float
) -> None:
    """Save an entry as a deed of one person that needs nobody else, and note the deed."""
    start = newest(conn)
    save_claim(conn, claim, changed_by(by.name, by.name, reason, now, is_alone=True), vouched=True)
    end = newest(conn)
    if end > start:
        log(conn, by, Done(action=deed, claim=claim.id, first=start + 1, last=end), now)


def changed_by(author: str, approver: str, reason: str | None, now: float, *, is_alone: bool) -> Change:
    """Return the change as the log names it: “Ana Ng”, or “Ana Ng, approved by Ben Ode”."""
    names = members.named(author), members.named(approver)
    actor = names[0] if is_alone else f"{names[0]}, approved by {names[1]}"
    return Change(actor=actor, reason=reason, at=datetime.fromtimestamp(now, UTC).isoformat())


def vet(conn: sqlite3.Connection, claim: str, author: str, approver: str, *, since: int) -> None:
    """Note who vetted the newest revision of a claim, where it has one after the revision `since`."""
    revision = newest(conn)
    if revision > since:
        conn.execute(
            "INSERT INTO vetting (revision, claim, author, approver) VALUES (?, ?, ?, ?)",
            (revision, claim, author, approver),
        )


def last_deed(conn: sqlite3.Connection, by: Member, now: float) -> Done | None:
    """Return the newest deed of a member that was not taken back and still can be, or None."""
    row = conn.execute(
        "SELECT * FROM deed WHERE workspace = ? AND member = ? AND undone_at IS NULL ORDER BY n DESC LIMIT 1",
        (by.workspace, by.key),
    ).fetchone()
    if row is None or row["at"] < now - UNDO_SECONDS:
        return None
    return Done(
        action=Deed(row["action"]),
        claim=row["claim"],
        proposal=row["proposal"],
        first=row["first"],
        last=row["last"],
        n=row["n"],
        at=row["at"],
    )


def mark_undone(conn: sqlite3.Connection, done: Done, now: float) -> None:
    """Note that a deed was taken back."""
    conn.execute("UPDATE deed SET undone_at = ? WHERE n = ?", (now, done.n))
