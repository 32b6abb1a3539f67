"""Saving a claim: every rule held, every change logged, within the caller's transaction.

Speakers, sources and artifacts are shared between claims. A claim that brings one along brings its
values too, so what is not vouched for may add such a row but never change one that vetted entries show.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from enum import StrEnum
from typing import Any

from bot.claims import Claim
from bot.errors import Refusal, RefusedError
from bot.rules import completed, refusals
from bot.statements import State, Statement
from bot.store import outbox, search
from bot.store.frozen import is_frozen
from bot.store.reading import whole_claim
from bot.store.revisions import Change, append
from bot.store.rows import columns, document, insert
from bot.store.sharing import held_row, is_shown, others_with, save_shared, shared_rows, with_members

_NESTED = ("statements", "speakers", "sources", "artifacts")
CLAIM_APART = (*_NESTED, "relations", "requests")
"""The fields of a claim that stand in tables of their own."""


class Saved(StrEnum):
    """What saving a claim did."""

    CREATED = "created"
    AMENDED = "amended"
    UNCHANGED = "unchanged"


def claim_document(claim: Claim) -> dict[str, Any]:
    """Return what the log keeps of the claim itself: all but the rows that are logged by themselves."""
    held = document(claim, without=_NESTED)
    for name in _NESTED:
        held[name] = [each.id for each in getattr(claim, name)]
    # The log is older than these two: where they say nothing, a document stays what it was.
    for name in ("workspace", "merged_into"):
        if not held[name]:
            del held[name]
    return held


def save_claim(conn: sqlite3.Connection, given: Claim, change: Change, *, vouched: bool) -> Saved:
    """Write `given` with all that it holds and log each change; write nothing where nothing changes.

    Where nobody vouches, what `given` calls vetted is stored as in review, and an entry or a shared row
    that readers already see is left as it is: a difference from it is refused.

    Raises:
        RefusedError: A rule is broken. The caller's transaction has to be undone.
    """
    claim = completed(given)
    before = whole_claim(conn, claim.id)
    # What is vetted on file and the same stays as it is.
    if not vouched and before != claim:
        claim = unvouched(claim)
    if before == claim:
        return Saved.UNCHANGED
    faults = refusals(claim) + _clashes(conn, claim, before, vouched=vouched)
    if faults:
        raise RefusedError(faults)
    touched = [each for _, each in shared_rows(claim) if save_shared(conn, each, claim, change)]
    _save_claim_row(conn, claim, before, change)
    known = {each.id: each for each in before.statements} if before else {}
    for position, statement in enumerate(claim.statements):
        _save_statement(conn, claim, position, statement, known.get(statement.id), change)
    search.index(conn, claim)
    outbox.changed(conn, before, claim, change, time.time())
    for other in others_with(conn, touched, claim.id):
        _follow_up(conn, other, change)
    return Saved.AMENDED if before else Saved.CREATED


def _follow_up(conn: sqlite3.Connection, claim: Claim, change: Change) -> None:
    """Bring a claim in line with a row that another claim changed, or refuse that change."""
    if is_frozen(conn, claim.id):
        # Which entry it is may be another workspace's to know.
        wrong = "an entry that is frozen while a dispute about it is open shows a row that this changes"
        right = "close the dispute first, or give the row that you change another id"
        raise RefusedError((Refusal(field="speakers, sources, artifacts", wrong=wrong, right=right),))
    mended = with_members(conn, claim)
    faults = refusals(mended)
    if faults:
        wrong = f"with these values the claim “{claim.id}” on file would break a rule ({faults[0]})"
        right = "amend that claim first, or give the row that you change another id"
        raise RefusedError((Refusal(field="speakers, sources, artifacts", wrong=wrong, right=right),))
    _save_claim_row(conn, mended, claim, change)
    search.index(conn, mended)
    outbox.shared(conn, mended, change, time.time())


def _save_claim_row(conn: sqlite3.Connection, claim: Claim, before: Claim | None, change: Change) -> None:
    """Write what a claim is itself and what belongs to it, and log it where it changed."""
    old = claim_document(before) if before else None
    new = claim_document(claim)
    if old == new:
        return
    insert(conn, "claim", columns(claim, without=CLAIM_APART), key="id")
    append(conn, change, entity="claim", key=claim.id, claim=claim.id, before=old, after=new)
    _save_lists(conn, claim)


def unvouched(claim: Claim) -> Claim:
    """Return `claim` with nothing vetted in it."""
    statements = tuple(
        replace(each, state=State.IN_REVIEW) if each.state is State.VETTED else each
        for each in claim.statements
    )
    state = State.IN_REVIEW if claim.state is State.VETTED else claim.state
    return replace(claim, state=state, statements=statements)


def _clashes(
    conn: sqlite3.Connection, claim: Claim, before: Claim | None, *, vouched: bool
) -> tuple[Refusal, ...]:
    """Return what in `claim` does not go with what is on file."""
    faults = []
    if before is not None and before.state is State.VETTED and not vouched:
        faults.append(
            Refusal(
                field="id",
                wrong=f"“{claim.id}” is vetted on file and differs from this",
                right="say who vouches for the change (--vetted-by NAME), or leave the entry out",
            )
        )
    if before is not None and before.workspace != claim.workspace:
        faults.append(
            Refusal(
                field="workspace",
                wrong=f"“{claim.id}” belongs to another workspace on file",
                right="an entry stays where it was made: give this one an id of its own",
            )
        )
    if before is not None:
        kept = {each.id for each in claim.statements}
        faults += [
            Refusal(
                field="statements",
                wrong=f"“{each.id}” is on file and missing here",
                right="nothing is deleted: keep it, with the state “withdrawn” or “superseded”",
            )
            for each in before.statements
            if each.id not in kept
        ]
    for index, statement in enumerate(claim.statements):
        row = conn.execute("SELECT claim FROM statement WHERE id = ?", (statement.id,)).fetchone()
        if row and row["claim"] != claim.id:
            faults.append(belongs_elsewhere(index, statement.id, row["claim"]))
    if not vouched:
        for field, each in shared_rows(claim):
            held = held_row(conn, each)
            if held is not None and held != each and is_shown(conn, each):
                faults.append(
                    Refusal(
                        field=field,
                        wrong=f"“{each.id}” differs from the one on file that vetted entries show",
                        right="use those values or another id, or say who vouches (--vetted-by NAME)",
                    )
                )
    return tuple(faults)


def belongs_elsewhere(position: int, key: str, claim: str) -> Refusal:
    """Return what is wrong with a statement whose id another claim has on file."""
    return Refusal(
        field=f"statements[{position}].id",
        wrong=f"“{key}” belongs to the claim “{claim}” on file",
        right="give the statement an id of its own",
    )


def _save_lists(conn: sqlite3.Connection, claim: Claim) -> None:
    """Write the rows that the claim's own document holds: relations, requests, and what belongs to it."""
    for table in ("relation", "request", "claim_speaker", "claim_source", "claim_artifact"):
        conn.execute(f"DELETE FROM {table} WHERE claim = ?", (claim.id,))
    for position, relation in enumerate(claim.relations):
        insert(conn, "relation", {"claim": claim.id, "position": position} | columns(relation))
    for position, request in enumerate(claim.requests):
        insert(conn, "request", {"claim": claim.id, "position": position} | columns(request))
    for field, each in shared_rows(claim):
        insert(conn, f"claim_{field.partition('s[')[0]}", {"claim": claim.id, "id": each.id})


def _save_statement(  # noqa: PLR0917
    conn: sqlite3.Connection,
    claim: Claim,
    position: int,
    statement: Statement,
    before: Statement | None,
    change: Change,
) -> None:
    row = {"claim": claim.id, "position": position} | columns(statement, without=("citations",))
    insert(conn, "statement", row, key="id")
    if before == statement:
        return
    conn.execute("DELETE FROM citation WHERE statement = ?", (statement.id,))
    for number, citation in enumerate(statement.citations):
        insert(conn, "citation", {"statement": statement.id, "position": number} | columns(citation))
    append(
        conn,
        change,
        entity="statement",
        key=statement.id,
        claim=claim.id,
        before=document(before) if before else None,
        after=document(statement),
    )
