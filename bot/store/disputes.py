"""Disputes and reported problems on file: taken, listed, frozen or not, and closed with their outcome."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import asdict, replace

from bot.dates import date_fault
from bot.moderation.deeds import Deed
from bot.moderation.disputes import Dispute, DisputeKind, Problem
from bot.moderation.members import Member
from bot.statements import State
from bot.store import members
from bot.store.faults import cannot
from bot.store.reviewing import withdraw
from bot.store.rows import from_row, insert
from bot.store.standing import own_claim


def take(
    conn: sqlite3.Connection, by: Member, given: Dispute, withdrawn_for: str | None, now: float
) -> Dispute:
    """Put a dispute about an entry of one's own workspace on file; where it is frozen, so is the entry.

    With a reason to withdraw it the entry is hidden in the same transaction, where it is not hidden already.
    """
    members.authorise(conn, by, Deed.DISPUTE)
    claim = own_claim(conn, by, given.claim)
    if not given.who.strip() or not given.what.strip():
        raise cannot("dispute_who")
    for day in (given.received_on, given.due_on):
        if day is not None and date_fault(day, whole=True):
            raise cannot("day")
    held = replace(
        given,
        claim=claim.id,
        who=members.reasoned(given.who),
        what=members.reasoned(given.what, most=members.LONGEST_NOTICE),
        id=secrets.token_urlsafe(8),
        outcome=None,
        taken_by=by.key,
        taken_at=now,
        settled_by=None,
        settled_at=None,
    )
    insert(conn, "dispute", asdict(held) | {"workspace": by.workspace, "frozen": int(held.frozen)})
    if withdrawn_for is not None and claim.state is not State.WITHDRAWN:
        withdraw(conn, by, claim.id, withdrawn_for, now)
    return held


def freeze(conn: sqlite3.Connection, by: Member, key: str, *, frozen: bool) -> Dispute:
    """Freeze the entry of an open dispute, or let go of it."""
    members.authorise(conn, by, Deed.DISPUTE)
    held = _open(conn, by, key)
    conn.execute("UPDATE dispute SET frozen = ? WHERE id = ?", (int(frozen), key))
    return replace(held, frozen=frozen)


def settle(conn: sqlite3.Connection, by: Member, key: str, outcome: str, now: float) -> Dispute:
    """Close a dispute with what came of it; an entry that it froze is free again."""
    members.authorise(conn, by, Deed.RESOLVE)
    held = _open(conn, by, key)
    if not outcome.strip():
        raise cannot("outcome")
    said = members.reasoned(outcome, most=members.LONGEST_NOTICE)
    conn.execute(
        "UPDATE dispute SET outcome = ?, settled_by = ?, settled_at = ? WHERE id = ?",
        (said, by.key, now, key),
    )
    return replace(held, outcome=said, settled_by=by.key, settled_at=now)


def disputes(conn: sqlite3.Connection, workspace: str) -> tuple[Dispute, ...]:
    """Return the open disputes of a workspace: by when they are due, then the oldest first."""
    rows = conn.execute(
        "SELECT * FROM dispute WHERE workspace = ? AND settled_at IS NULL"
        " ORDER BY due_on IS NULL, due_on, taken_at, id",
        (workspace,),
    )
    return tuple(_dispute(row) for row in rows)


def disputes_of(conn: sqlite3.Connection, workspace: str, claim: str) -> tuple[Dispute, ...]:
    """Return all disputes of a workspace about one entry, open and closed, the newest first."""
    rows = conn.execute(
        "SELECT * FROM dispute WHERE workspace = ? AND claim = ? ORDER BY taken_at DESC, id",
        (workspace, claim),
    )
    return tuple(_dispute(row) for row in rows)


def problems(conn: sqlite3.Connection, workspace: str) -> tuple[Problem, ...]:
    """Return the open reports of a workspace, the oldest first."""
    rows = conn.execute(
        "SELECT * FROM problem WHERE workspace = ? AND settled_at IS NULL ORDER BY n", (workspace,)
    )
    return tuple(from_row(Problem, row) for row in rows)


def settle_problem(conn: sqlite3.Connection, by: Member, n: int, now: float) -> None:
    """Close a report; the row stays."""
    members.authorise(conn, by, Deed.SETTLE)
    done = conn.execute(
        "UPDATE problem SET settled_by = ?, settled_at = ?"
        " WHERE n = ? AND workspace = ? AND settled_at IS NULL",
        (by.key, now, n, by.workspace),
    )
    if not done.rowcount:
        raise cannot("no_problem")


def _open(conn: sqlite3.Connection, by: Member, key: str) -> Dispute:
    row = conn.execute(
        "SELECT * FROM dispute WHERE id = ? AND workspace = ? AND settled_at IS NULL", (key, by.workspace)
    ).fetchone()
    if row is None:
        raise cannot("no_dispute")
    return _dispute(row)


def _dispute(row: sqlite3.Row) -> Dispute:
    return from_row(Dispute, row, kind=DisputeKind(row["kind"]), frozen=bool(row["frozen"]))
