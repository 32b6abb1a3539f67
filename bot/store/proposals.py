"""Proposals on file: begun, amended, handed in and given up by their author, and listed.

A proposal is a whole claim as one JSON text in a table of its own, which no reader's query reads.
"""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from bot.claims import Claim, Outcome
from bot.dates import Day
from bot.errors import Refusal, RefusedError
from bot.exchange import claim_adapter, line_from_claim
from bot.moderation.deeds import Deed
from bot.moderation.members import Member
from bot.moderation.proposals import OPEN, Proposal, Stage
from bot.rules import completed, refusals
from bot.statements import Kind, State
from bot.store import members
from bot.store.deeds import Done, log
from bot.store.faults import cannot, may_not
from bot.store.people import storable
from bot.store.reading import visible_claim, whole_claim
from bot.store.revisions import newest
from bot.store.rows import insert
from bot.store.sharing import held_row, shared_rows
from bot.store.standing import editable, newest_of_row, shown
from bot.validation import from_json
from bot.views import HOUSE, View

LONGEST: Final = 1_000_000
"""Characters that one proposal may have; it bounds what a forged form can fill the disk with."""

_UNVETTED: Final = frozenset({State.DRAFT, State.IN_REVIEW})
_DAY: Final = slice(10)


def begin(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection,
    by: Member,
    claim: Claim,
    base: int,
    reason: str | None,
    merges: str | None,
    question: str | None,
    now: float,
) -> Proposal:
    """Keep a new draft of a new entry (`base` 0) or of a change of one."""
    members.authorise(conn, by, Deed.MERGE if merges else Deed.ADD)
    if merges:
        editable(conn, by, merges)
    if base:
        editable(conn, by, claim.id)
    elif conn.execute("SELECT 1 FROM claim WHERE id = ?", (claim.id,)).fetchone():
        raise cannot("id_taken", claim=shown(claim.id))
    proposal = Proposal(
        id=secrets.token_urlsafe(8),
        workspace=by.workspace,
        claim=replace(claim, workspace=by.workspace, merged_into=None),
        base=max(0, min(base, newest(conn))),
        author=by.key,
        author_name=members.named(by.name),
        stage=Stage.DRAFT,
        begun_at=now,
        changed_at=now,
        reason=members.reasoned(reason) if reason else None,
        merges=merges,
        question=question,
    )
    return _kept(conn, proposal)


def amend(conn: sqlite3.Connection, by: Member, key: str, claim: Claim, now: float) -> Proposal:
    """Put another text in the place of one's own proposal; out of review with it, where it was there."""
    held = _authors(conn, by, key, Deed.EDIT)
    if claim.id != held.claim.id:
        raise cannot("other_claim", claim=held.claim.id)
    stage = Stage.CHANGES_ASKED if held.stage is Stage.CHANGES_ASKED else Stage.DRAFT
    claim = replace(claim, workspace=held.workspace, merged_into=None)
    return _kept(conn, replace(held, claim=claim, stage=stage, changed_at=now))


def submit(conn: sqlite3.Connection, by: Member, key: str, reason: str | None, now: float) -> Proposal:
    """Hand one's own proposal in for review.

    Raises:
        RefusedError: It could not be vetted as it is; every field at fault is named.
    """
    held = _authors(conn, by, key, Deed.SUBMIT)
    if held.stage is Stage.IN_REVIEW:
        return held
    if _says_no_response(held.claim, whole_claim(conn, held.claim.id)):
        members.authorise(conn, by, Deed.NO_RESPONSE)
    check(conn, held, as_vetted(held.claim, day_of(now)), now)
    given = members.reasoned(reason) if reason else held.reason
    log(conn, by, Done(action=Deed.SUBMIT, claim=held.claim.id, proposal=key), now)
    return _kept(conn, replace(held, stage=Stage.IN_REVIEW, reason=given, changed_at=now))


def discard(conn: sqlite3.Connection, by: Member, key: str, now: float) -> None:
    """Give one's own proposal up; it stays on file as given up."""
    held = _authors(conn, by, key, Deed.DISCARD)
    log(conn, by, Done(action=Deed.DISCARD, claim=held.claim.id, proposal=key), now)
    _kept(conn, replace(held, stage=Stage.DISCARDED, changed_at=now))


def proposal(conn: sqlite3.Connection, workspace: str, key: str) -> Proposal | None:
    """Return a proposal of a workspace, or None."""
    row = conn.execute("SELECT * FROM proposal WHERE id = ? AND workspace = ?", (key, workspace)).fetchone()
    return _proposal(row) if row else None


def drafts(conn: sqlite3.Connection, by: Member) -> tuple[Proposal, ...]:
    """Return one's own proposals that something can still become of, the newest change first."""
    rows = conn.execute(
        "SELECT * FROM proposal WHERE workspace = ? AND author = ? AND state IN (?, ?, ?)"
        " ORDER BY changed_at DESC, id",
        (by.workspace, by.key, *sorted(OPEN)),
    )
    return tuple(_proposal(row) for row in rows)


def waiting(conn: sqlite3.Connection, workspace: str) -> tuple[Proposal, ...]:
    """Return the proposals in review of a workspace, the oldest first."""
    rows = conn.execute(
        "SELECT * FROM proposal WHERE workspace = ? AND state = 'in_review' ORDER BY changed_at, id",
        (workspace,),
    )
    return tuple(_proposal(row) for row in rows)


def move(conn: sqlite3.Connection, held: Proposal, stage: Stage, now: float, **changes: Any) -> Proposal:
    """Bring a proposal to another stage, within the deed of whoever does that."""
    return _kept(conn, replace(held, stage=stage, changed_at=now, **changes))


def as_vetted(claim: Claim, today: str) -> Claim:
    """Return the proposed entry as it would stand on the record: it and its open statements vetted."""
    statements = tuple(
        replace(each, state=State.VETTED) if each.state in _UNVETTED else each for each in claim.statements
    )
    vetted = replace(claim, state=State.VETTED, statements=statements, last_reviewed_on=Day(today))
    return completed(vetted)


def check(conn: sqlite3.Connection, held: Proposal, claim: Claim, now: float) -> None:
    """Let pass what could be saved as vetted: by the rules, and beside what is on file.

    Raises:
        RefusedError: It could not; every field at fault is named, and nothing of other workspaces is.
    """
    faults = (*refusals(claim), *strangers(conn, claim, day_of(now)), *_changed_rows(conn, held, claim))
    if faults:
        raise RefusedError(faults)


def day_of(now: float) -> str:
    """Return the day, in UTC, of a time in seconds since the epoch."""
    return datetime.fromtimestamp(now, UTC).isoformat()[_DAY]


def _authors(conn: sqlite3.Connection, by: Member, key: str, deed: Deed) -> Proposal:
    """Return one's own proposal that is still open."""
    members.authorise(conn, by, deed)
    held = proposal(conn, by.workspace, key)
    if held is None:
        raise cannot("no_proposal")
    if held.author != by.key:
        raise may_not("not_author", name=held.author_name)
    if held.stage not in OPEN:
        raise cannot("not_open", stage=stage_words(held.stage))
    return held


def stage_words(stage: Stage) -> str:
    """Return the name of a stage as a sentence has it."""
    return stage.replace("_", " ")


def _says_no_response(claim: Claim, before: Claim | None) -> bool:
    """Say whether `claim` says anew that somebody who was asked is silent."""
    known = {each.id for each in before.statements if each.kind is Kind.NO_RESPONSE} if before else set()
    asked = {each.id for each in before.requests if each.outcome is Outcome.NO_RESPONSE} if before else set()
    return any(each.kind is Kind.NO_RESPONSE and each.id not in known for each in claim.statements) or any(
        each.outcome is Outcome.NO_RESPONSE and each.id not in asked for each in claim.requests
    )


def strangers(conn: sqlite3.Connection, claim: Claim, today: str) -> list[Refusal]:
    """Return what in `claim`, which is not on file like this, names rows that are not its own to name."""
    before = whole_claim(conn, claim.id)
    known = {each.to for each in before.relations} if before else set()
    faults = []
    for index, relation in enumerate(claim.relations):
        # One that stands there already may lead to what is hidden by now.
        if relation.to in known:
            continue
        row = conn.execute("SELECT workspace FROM claim WHERE id = ?", (relation.to,)).fetchone()
        is_there = row is not None and (
            row["workspace"] == claim.workspace
            or (row["workspace"] == HOUSE and visible_claim(conn, relation.to, view=View(today=today)))
        )
        if not is_there:
            wrong = f"there is no claim “{shown(relation.to)}” on file"
            faults.append(
                Refusal(field=f"relations[{index}].to", wrong=wrong, right="name one that is there")
            )
    for index, statement in enumerate(claim.statements):
        row = conn.execute("SELECT claim FROM statement WHERE id = ?", (statement.id,)).fetchone()
        if row is not None and row["claim"] != claim.id:
            wrong = f"“{statement.id}” stands on file for another statement"
            right = "give the statement an id of its own"
            faults.append(Refusal(field=f"statements[{index}].id", wrong=wrong, right=right))
    return faults


def _changed_rows(conn: sqlite3.Connection, held: Proposal, claim: Claim) -> list[Refusal]:
    """Return the shared rows that this proposal may not change.

    Those are rows that entries outside the workspace show, and rows that were changed since it was begun:
    its values are older than theirs. A new entry brings rows along and changes none.
    """
    faults = []
    for field, each in shared_rows(claim):
        on_file = held_row(conn, each)
        if on_file is None or on_file == each:
            continue
        table = type(each).__name__.lower()
        newer = newest_of_row(conn, table, each.id) > held.base
        query = f"""SELECT 1 FROM claim_{table} AS member JOIN claim ON claim.id = member.claim
            WHERE member.id = ? AND claim.workspace <> ?"""
        elsewhere = conn.execute(query, (each.id, held.workspace)).fetchone()
        if newer or (held.workspace != HOUSE and elsewhere):
            wrong = f"“{each.id}” stands on file with other values"
            right = "use those values, or give this one another id"
            faults.append(Refusal(field=field, wrong=wrong, right=right))
    return faults


def _kept(conn: sqlite3.Connection, held: Proposal) -> Proposal:
    document = storable(line_from_claim(held.claim))
    if len(document) > LONGEST:
        raise cannot("too_long")
    row = {
        "id": held.id,
        "workspace": held.workspace,
        "claim": storable(held.claim.id),
        "base": held.base,
        "document": document,
        "merges": held.merges,
        "author": held.author,
        "author_name": held.author_name,
        "state": held.stage,
        "reason": held.reason,
        "answer": held.answer,
        "reviewer": held.reviewer,
        "reviewer_name": held.reviewer_name,
        "question": held.question,
        "begun_at": held.begun_at,
        "changed_at": held.changed_at,
    }
    insert(conn, "proposal", row, key="id")
    return held


def _proposal(row: sqlite3.Row) -> Proposal:
    names = (
        "id", "workspace", "base", "author", "author_name", "begun_at", "changed_at", "reason", "answer",
        "reviewer", "reviewer_name", "merges", "question",
    )  # fmt: skip
    claim = from_json(claim_adapter(), row["document"])
    return Proposal(claim=claim, stage=Stage(row["state"]), **{name: row[name] for name in names})
