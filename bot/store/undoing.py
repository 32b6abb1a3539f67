"""Taking back: one's own last deed within ten minutes, and an entry as it stood at an earlier revision.

The log is append-only. What is taken back becomes a new change that leads to where things stood before.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Final

from bot.claims import Claim
from bot.moderation.deeds import Deed
from bot.moderation.members import Member
from bot.moderation.proposals import Proposal, Stage
from bot.records import record
from bot.statements import State
from bot.store import members, proposals
from bot.store.deeds import Done, changed_by, last_deed, mark_undone
from bot.store.faults import cannot
from bot.store.frozen import refuse_frozen
from bot.store.reading import whole_claim
from bot.store.revisions import newest
from bot.store.sharing import with_members
from bot.store.standing import claim_at, editable, put_back
from bot.store.telling import unanswered_again
from bot.store.writing import save_claim

_BEFORE: Final = {
    Deed.SUBMIT: Stage.DRAFT,
    Deed.DISCARD: Stage.DRAFT,
    Deed.APPROVE: Stage.IN_REVIEW,
    Deed.CHANGES: Stage.IN_REVIEW,
    Deed.DECLINE: Stage.IN_REVIEW,
}
"""Where a proposal goes when a deed on it is taken back."""

_AFTER: Final = {
    Deed.SUBMIT: Stage.IN_REVIEW,
    Deed.DISCARD: Stage.DISCARDED,
    Deed.APPROVE: Stage.APPROVED,
    Deed.CHANGES: Stage.CHANGES_ASKED,
    Deed.DECLINE: Stage.DECLINED,
}
"""Where it stands as long as nobody has done anything since."""

UNDONE: Final = "undone"
"""The reason that the log gives."""


@record
class Undone:
    """What was taken back: the deed, the claim and the proposal that it was on, the ledger's revision now."""

    action: Deed
    claim: str
    proposal: str | None
    revision: int


def undo(conn: sqlite3.Connection, by: Member, now: float) -> Undone:
    """Take back the member's own last deed, where that is less than ten minutes old.

    Raises:
        BadInputError: There is none, or somebody has changed the same since.
        NotAllowedError: The member no longer has the role that the deed took.
    """
    members.authorise(conn, by, Deed.UNDO)
    done = last_deed(conn, by, now)
    if done is None:
        raise cannot("nothing_to_undo")
    members.authorise(conn, by, done.action)
    if done.first:
        _undo_changes(conn, by, done, now)
    if done.proposal is not None and done.action in _BEFORE:
        _undo_stage(conn, by, done, now)
    mark_undone(conn, done, now)
    return Undone(action=done.action, claim=done.claim, proposal=done.proposal, revision=newest(conn))


def revert(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection, by: Member, key: str, revision: int, reason: str, now: float
) -> Proposal:
    """Propose an entry as it stood at an earlier revision; it is reviewed as any other change.

    What it shares with other entries stays as it is now, and what came since is withdrawn and stays on file.
    """
    members.authorise(conn, by, Deed.REVERT)
    present = editable(conn, by, key)
    refuse_frozen(conn, key)
    why = members.reasoned(reason)
    end = _end_of_change(conn, key, revision)
    then = claim_at(conn, key, end) if end else None
    if then is None:
        raise cannot("no_revision", claim=key, revision=str(revision))
    claim = with_members(conn, put_back(_with_shared(then, present), present))
    unchanged = replace(claim, state=present.state, last_reviewed_on=present.last_reviewed_on)
    if unchanged == present and present.state is State.VETTED:
        raise cannot("as_it_stands", claim=key)
    begun = proposals.begin(conn, by, claim, newest(conn), why, None, None, now)
    return proposals.submit(conn, by, begun.id, None, now)


def _end_of_change(conn: sqlite3.Connection, key: str, revision: int) -> int | None:
    """Return the last revision of the change of a claim that `revision` is part of; None: of none.

    One change of a claim writes several rows to the log, one after another, with one time.
    """
    query = "SELECT at FROM revision WHERE claim = ? AND n = ?"
    row = conn.execute(query, (key, revision)).fetchone()
    if row is None:
        return None
    query = "SELECT n FROM revision WHERE n > ? AND (claim <> ? OR at <> ?) ORDER BY n LIMIT 1"
    after = conn.execute(query, (revision, key, row["at"])).fetchone()
    return after["n"] - 1 if after else newest(conn)


def _with_shared(then: Claim, present: Claim) -> Claim:
    """Return `then` with the artifacts that the entry still has as they are now."""
    known = {each.id: each for each in present.artifacts}
    return replace(then, artifacts=tuple(known.get(each.id, each) for each in then.artifacts))


def _undo_changes(conn: sqlite3.Connection, by: Member, done: Done, now: float) -> None:
    """Bring each claim that a deed touched to where it stood before the deed."""
    rows = conn.execute(
        "SELECT DISTINCT claim, entity, id FROM revision WHERE n BETWEEN ? AND ? ORDER BY n",
        (done.first, done.last),
    ).fetchall()
    claims = list(dict.fromkeys(row["claim"] for row in rows))
    later = "SELECT 1 FROM revision WHERE n > ? AND (claim = ? OR (entity = ? AND id = ?))"
    for row in rows:
        if conn.execute(later, (done.last, row["claim"], row["entity"], row["id"])).fetchone():
            raise cannot("changed_since", claim=row["claim"])
    refuse_frozen(conn, *claims)
    change = changed_by(by.name, by.name, UNDONE, now, is_alone=True)
    for key in claims:
        present = whole_claim(conn, key)
        assert present is not None  # noqa: S101 - nothing that was logged is deleted
        then = claim_at(conn, key, done.first - 1)
        start = newest(conn)
        back = put_back(then, present) if then else replace(present, state=State.WITHDRAWN)
        save_claim(conn, back, change, vouched=True)
        _restore_vetting(conn, key, done.first, since=start)


def _restore_vetting(conn: sqlite3.Connection, key: str, first: int, *, since: int) -> None:
    """Let who vetted the claim before the deed count again; both are empty where nobody is on file."""
    end = newest(conn)
    known = "SELECT 1 FROM vetting WHERE claim = ? AND revision >= ?"
    if end == since or conn.execute(known, (key, first)).fetchone() is None:
        return
    row = conn.execute(
        "SELECT author, approver FROM vetting WHERE claim = ? AND revision < ?"
        " ORDER BY revision DESC LIMIT 1",
        (key, first),
    ).fetchone()
    conn.execute(
        "INSERT INTO vetting (revision, claim, author, approver) VALUES (?, ?, ?, ?)",
        (end, key, row["author"] if row else "", row["approver"] if row else ""),
    )


def _undo_stage(conn: sqlite3.Connection, by: Member, done: Done, now: float) -> None:
    """Bring a proposal back to where it was before a deed."""
    held = proposals.proposal(conn, by.workspace, done.proposal or "")
    if held is None or held.stage is not _AFTER[done.action]:
        raise cannot("changed_since", claim=done.claim)
    # What its author has begun to change since was not handed in, and is not for review.
    if done.action is Deed.CHANGES and held.changed_at != done.at:
        raise cannot("changed_since", claim=done.claim)
    # It stands on what is on file now, which is what it was begun on.
    base = newest(conn) if done.first else held.base
    proposals.move(conn, held, _BEFORE[done.action], now, base=base, reviewer=None, reviewer_name=None)
    conn.execute(
        "UPDATE outbox SET state = 'dropped', done_at = ? WHERE ref = ? AND state = 'waiting'"
        " AND taken_by IS NULL",
        (now, f"author:{held.id}"),
    )
    if done.action is Deed.APPROVE and held.question is not None:
        conn.execute(
            "UPDATE unanswered SET state = 'open', claim = NULL WHERE id = ? AND workspace = ?"
            " AND state = 'answered' AND claim = ?",
            (held.question, held.workspace, done.claim),
        )
    if done.action is Deed.APPROVE:
        unanswered_again(conn, done.claim)
