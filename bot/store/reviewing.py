"""Reviewing: what a reviewer does with a proposal, and what a moderator does with an entry at once."""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import replace
from typing import Final

from bot.answers import ChangeClass
from bot.claims import Claim
from bot.dates import Day
from bot.moderation.deeds import Deed
from bot.moderation.members import Member, is_same_person
from bot.moderation.proposals import Proposal, Stage
from bot.records import record
from bot.statements import State
from bot.store import members
from bot.store.deeds import Done, change_at_once, changed_by, log, vet
from bot.store.faults import cannot, may_not
from bot.store.frozen import refuse_frozen
from bot.store.merging import end_in, entries_renamed
from bot.store.proposals import as_vetted, check, day_of, move, proposal, stage_words
from bot.store.reading import whole_claim
from bot.store.revisions import newest
from bot.store.standing import editable, newest_of, own_claim, shown
from bot.store.telling import answered, is_open_in, vetted
from bot.store.writing import save_claim

_PARTS: Final = 3
"""Of a member's key: the platform, its team or server, and the person's id there."""


@record
class Approved:
    """What came of an approval: the entry as it stands now and as it stood, and the ledger's revision.

    `is_alone`: author and approver are the same person; `is_first_alone`: the first time in this workspace.
    """

    proposal: Proposal
    claim: Claim
    before: Claim | None
    revision: int
    is_alone: bool
    is_first_alone: bool


def approve(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection,
    by: Member,
    key: str,
    two_person: bool,  # noqa: FBT001
    classed: ChangeClass | None,
    seen: str | None,
    now: float,
) -> Approved:
    """Vet a proposal: from here on readers see it. `seen` is the mark of the text that the approver saw."""
    members.authorise(conn, by, Deed.APPROVE)
    held = _in_review(conn, by, key)
    is_alone = is_same_person(held.author, by.key)
    if two_person and is_alone:
        raise may_not("two_people")
    if seen is not None and seen != held.mark:
        raise cannot("amended_since", claim=shown(held.claim.id))
    before = whole_claim(conn, held.claim.id)
    if before is not None and before.workspace != held.workspace:
        raise cannot("id_taken", claim=shown(held.claim.id))
    merged = own_claim(conn, by, held.merges) if held.merges else None
    for each in (before, merged):
        if each is not None and newest_of(conn, each) > held.base:
            raise cannot("stale", claim=each.id)
    # A speaker who becomes another one is shown under the other name in every entry, also in a frozen one.
    renamed = (each for entries in entries_renamed(conn, held.claim).values() for each in entries)
    refuse_frozen(conn, held.claim.id, *([merged.id] if merged else ()), *renamed)
    claim = as_vetted(held.claim, day_of(now))
    check(conn, held, claim, now)
    change = changed_by(held.author_name, by.name, held.reason, now, is_alone=is_alone)
    start = newest(conn)
    save_claim(conn, claim, replace(change, classed=classed), vouched=True)
    if merged is not None:
        end_in(conn, merged, claim.id, change)
    end = newest(conn)
    vet(conn, claim.id, held.author, by.key, since=start)
    first, last = (start + 1, end) if end > start else (0, 0)
    done = Done(action=Deed.APPROVE, claim=claim.id, proposal=key, first=first, last=last)
    log(conn, by, done, now)
    if held.question is not None and is_open_in(conn, held.question, held.workspace):
        answered(conn, held.question, claim.id, now)
    vetted(conn, claim, now)
    approved = _reviewed(conn, by, held, Stage.APPROVED, None, now)
    return Approved(
        proposal=approved,
        claim=claim,
        before=before,
        revision=end,
        is_alone=is_alone,
        is_first_alone=is_alone and _is_first_alone(conn, by.workspace),
    )


def ask_changes(conn: sqlite3.Connection, by: Member, key: str, reason: str, now: float) -> Proposal:
    """Send a proposal back to its author with a reason."""
    members.authorise(conn, by, Deed.CHANGES)
    held = _in_review(conn, by, key)
    answer = members.reasoned(reason)
    log(conn, by, Done(action=Deed.CHANGES, claim=held.claim.id, proposal=key), now)
    return _reviewed(conn, by, held, Stage.CHANGES_ASKED, answer, now)


def decline(conn: sqlite3.Connection, by: Member, key: str, reason: str, now: float) -> Proposal:
    """Close a proposal with a reason; the record stays as it is."""
    members.authorise(conn, by, Deed.DECLINE)
    held = _in_review(conn, by, key)
    answer = members.reasoned(reason)
    log(conn, by, Done(action=Deed.DECLINE, claim=held.claim.id, proposal=key), now)
    return _reviewed(conn, by, held, Stage.DECLINED, answer, now)


def withdraw(conn: sqlite3.Connection, by: Member, key: str, reason: str, now: float) -> None:
    """Hide an entry from every reader at once; its rows stay. A frozen one can be withdrawn too."""
    members.authorise(conn, by, Deed.WITHDRAW)
    claim = editable(conn, by, key)
    why = members.reasoned(reason)
    if claim.state is State.WITHDRAWN:
        raise cannot("withdrawn_already", claim=claim.id)
    change_at_once(conn, by, Deed.WITHDRAW, replace(claim, state=State.WITHDRAWN), why, now)


def keep(conn: sqlite3.Connection, by: Member, key: str, now: float) -> None:
    """Say that an entry still stands: it was looked at today."""
    members.authorise(conn, by, Deed.KEEP)
    claim = own_claim(conn, by, key)
    if claim.state is not State.VETTED:
        raise cannot("not_vetted", claim=claim.id)
    refuse_frozen(conn, claim.id)
    today = Day(day_of(now))
    if claim.last_reviewed_on != today:
        change_at_once(conn, by, Deed.KEEP, replace(claim, last_reviewed_on=today), None, now)


def _in_review(conn: sqlite3.Connection, by: Member, key: str) -> Proposal:
    held = proposal(conn, by.workspace, key)
    # Somebody else's draft is nobody's to look at, and not told from one that is not there.
    if held is None or held.stage is Stage.DRAFT:
        raise cannot("no_proposal")
    if held.stage is not Stage.IN_REVIEW:
        raise cannot("not_waiting", stage=stage_words(held.stage))
    return held


def _reviewed(  # noqa: PLR0917
    conn: sqlite3.Connection, by: Member, held: Proposal, stage: Stage, answer: str | None, now: float
) -> Proposal:
    """Bring a proposal to where its review has led, and let its author be told."""
    moved = move(conn, held, stage, now, answer=answer, reviewer=by.key, reviewer_name=members.named(by.name))
    _tell_author(conn, by, moved, now)
    return moved


def _tell_author(conn: sqlite3.Connection, by: Member, held: Proposal, now: float) -> None:
    """Put into the outbox what the author is told: once, in a message to them alone."""
    platform, _, rest = held.author.partition(":")
    if held.author == by.key or held.author.count(":") != _PARTS - 1 or platform == "terminal":
        return
    tenant, _, address = rest.partition(":")
    payload = {
        "proposal": held.id,
        "claim": held.claim.id,
        "text": held.claim.text,
        "stage": held.stage,
        "answer": held.answer,
        "reviewer": held.reviewer_name,
    }
    conn.execute(
        "INSERT INTO outbox (id, kind, ref, platform, tenant, channel, payload, state, leased_until, tries,"
        " made_at) VALUES (?, 'author', ?, ?, ?, ?, ?, 'waiting', 0, 0, ?)"
        " ON CONFLICT (ref) WHERE state = 'waiting' AND taken_by IS NULL"
        " DO UPDATE SET payload = excluded.payload",
        (
            secrets.token_urlsafe(8),
            f"author:{held.id}",
            platform,
            tenant,
            address,
            json.dumps(payload),
            now,
        ),
    )


def _is_first_alone(conn: sqlite3.Connection, workspace: str) -> bool:
    """Note that in a workspace one person vets alone, and say whether that is new."""
    done = conn.execute(
        "INSERT INTO setting (name, value) VALUES (?, '1') ON CONFLICT DO NOTHING", (f"alone.{workspace}",)
    )
    return done.rowcount == 1
