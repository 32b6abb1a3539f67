"""The verbs of keeping the ledger: each one transaction, with every check made within it.

Whoever acts is a `Member`; what they may do is looked up again when it is done. Refusals are `BadInputError`
(with one sentence, or `RefusedError` with every field at fault) and `NotAllowedError`.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

from bot.answers import ChangeClass, HistoryItem
from bot.claims import Claim, RelationKind
from bot.moderation.disputes import Dispute, Problem
from bot.moderation.members import Member, Role
from bot.moderation.proposals import Proposal
from bot.sources import Speaker
from bot.store import (
    disputes,
    due,
    frozen,
    histories,
    members,
    merging,
    proposals,
    reviewing,
    sheets,
    standing,
    undoing,
)
from bot.store.connections import Connection
from bot.store.reviewing import Approved
from bot.store.sheets import Sheet
from bot.store.undoing import Undone
from bot.views import View

__all__ = ["Approved", "Dispute", "Moderation", "Problem", "Sheet", "Undone"]


class Moderation:
    """Keeping an open ledger. Times are seconds since the epoch, taken when a verb is called."""

    def __init__(self, reader: Connection, writer: Connection) -> None:
        self._reader = reader
        self._writer = writer

    # Who may.

    async def member(self, workspace: str, key: str, name: str, configured: Role) -> Member:
        """Return somebody with the higher of the configured role and the one given by command."""
        return await self._reader.read(members.member, workspace, key, name, configured)

    async def members(self, workspace: str) -> tuple[Member, ...]:
        """Return those who were given a role by command, the highest first."""
        return await self._reader.read(members.members, workspace)

    async def names(self, workspace: str, ids: Collection[str]) -> dict[str, str]:
        """Return the names of those of `ids`, bare ids of a platform, who proposed or reviewed here."""
        return await self._reader.read(members.names, workspace, ids)

    async def give_role(self, by: Member, key: str, name: str, role: Role) -> None:
        """Give somebody a role in one's own workspace; a reader's takes theirs away."""
        await self._writer.write(members.give_role, by, key, name, role, time.time())

    # Proposals, by their author.

    async def begin(
        self,
        by: Member,
        claim: Claim,
        *,
        base: int,
        reason: str | None = None,
        merges: str | None = None,
        question: str | None = None,
    ) -> Proposal:
        """Keep a new draft; `base` is the newest revision of the entry that it changes, 0 for a new one."""
        return await self._writer.write(
            proposals.begin, by, claim, base, reason, merges, question, time.time()
        )

    async def amend(self, by: Member, proposal: str, claim: Claim) -> Proposal:
        """Put another text in the place of one's own proposal; out of review with it."""
        return await self._writer.write(proposals.amend, by, proposal, claim, time.time())

    async def submit(self, by: Member, proposal: str, reason: str | None) -> Proposal:
        """Hand one's own proposal in for review; `RefusedError` where it could not be vetted as it is."""
        return await self._writer.write(proposals.submit, by, proposal, reason, time.time())

    async def discard(self, by: Member, proposal: str) -> None:
        """Give one's own proposal up."""
        await self._writer.write(proposals.discard, by, proposal, time.time())

    async def proposal(self, workspace: str, key: str) -> Proposal | None:
        """Return a proposal of a workspace, or None."""
        return await self._reader.read(proposals.proposal, workspace, key)

    async def drafts(self, by: Member) -> tuple[Proposal, ...]:
        """Return one's own proposals that something can still become of, the newest change first."""
        return await self._reader.read(proposals.drafts, by)

    # Review.

    async def waiting(self, workspace: str) -> tuple[Proposal, ...]:
        """Return the proposals in review, the oldest first."""
        return await self._reader.read(proposals.waiting, workspace)

    async def approve(
        self,
        by: Member,
        proposal: str,
        *,
        two_person: bool,
        classed: ChangeClass | None = None,
        seen: str | None = None,
    ) -> Approved:
        """Vet a proposal; `NotAllowedError` where the author may not and `by` is the author.

        With the mark of the text that was `seen`, an amendment since then is refused.
        """
        return await self._writer.write(
            reviewing.approve, by, proposal, two_person, classed, seen, time.time()
        )

    async def ask_changes(self, by: Member, proposal: str, reason: str) -> Proposal:
        """Send a proposal back to its author, who is told the reason."""
        return await self._writer.write(reviewing.ask_changes, by, proposal, reason, time.time())

    async def decline(self, by: Member, proposal: str, reason: str) -> Proposal:
        """Close a proposal with a reason, which its author is told."""
        return await self._writer.write(reviewing.decline, by, proposal, reason, time.time())

    async def keep(self, by: Member, claim: str) -> None:
        """Say that an entry still stands: it was last reviewed today."""
        await self._writer.write(reviewing.keep, by, claim, time.time())

    async def withdraw(self, by: Member, claim: str, reason: str) -> None:
        """Hide an entry from every reader at once."""
        await self._writer.write(reviewing.withdraw, by, claim, reason, time.time())

    # Taking back, and putting together.

    async def undo(self, by: Member, now: float) -> Undone:
        """Take back one's own last deed, where at the time `now` that is less than ten minutes old."""
        return await self._writer.write(undoing.undo, by, now)

    async def revert(self, by: Member, claim: str, revision: int, reason: str) -> Proposal:
        """Hand in for review an entry as it stood at one of its revisions."""
        return await self._writer.write(undoing.revert, by, claim, revision, reason, time.time())

    async def merge_claims(self, by: Member, claim: str, into: str, reason: str) -> Proposal:
        """Hand in for review that `claim` ends in the claim `into`."""
        return await self._writer.write(merging.merge_claims, by, claim, into, reason, time.time())

    async def merge_speakers(
        self, by: Member, speaker: str, into: str, reason: str, *, two_person: bool
    ) -> Proposal | None:
        """Say that a speaker is another one: at once (None), or as a proposal in review."""
        return await self._writer.write(
            merging.merge_speakers, by, speaker, into, reason, two_person, time.time()
        )

    async def renamed(self, claim: Claim) -> dict[str, int]:
        """Return the speakers that a proposed `claim` merges, with the number of vetted entries of each."""
        return await self._reader.read(merging.readers_entries, claim)

    async def relate(
        self, by: Member, claim: str, kind: RelationKind, to: str, reason: str, *, two_person: bool
    ) -> Proposal | None:
        """Say how `claim` stands to another one: at once (None), or as a proposal in review."""
        return await self._writer.write(merging.relate, by, claim, kind, to, reason, two_person, time.time())

    # Disputes, and what readers report.

    async def take_dispute(self, by: Member, dispute: Dispute, *, withdraw: str | None = None) -> Dispute:
        """Put a dispute on file, and freeze its entry where it says so; or `withdraw` it for that reason."""
        return await self._writer.write(disputes.take, by, dispute, withdraw, time.time())

    async def freeze_dispute(self, by: Member, dispute: str, *, frozen: bool) -> Dispute:
        """Freeze the entry of an open dispute, or let go of it."""
        return await self._writer.write(disputes.freeze, by, dispute, frozen=frozen)

    async def settle_dispute(self, by: Member, dispute: str, outcome: str) -> Dispute:
        """Close a dispute with what came of it."""
        return await self._writer.write(disputes.settle, by, dispute, outcome, time.time())

    async def disputes(self, workspace: str) -> tuple[Dispute, ...]:
        """Return the open disputes of a workspace, by when they are due."""
        return await self._reader.read(disputes.disputes, workspace)

    async def disputes_of(self, workspace: str, claim: str) -> tuple[Dispute, ...]:
        """Return all disputes about an entry, open and closed, the newest first."""
        return await self._reader.read(disputes.disputes_of, workspace, claim)

    async def problems(self, workspace: str) -> tuple[Problem, ...]:
        """Return the open reports of a workspace, the oldest first."""
        return await self._reader.read(disputes.problems, workspace)

    async def settle_problem(self, by: Member, n: int) -> None:
        """Close a report."""
        await self._writer.write(disputes.settle_problem, by, n, time.time())

    # What editors see.

    async def held(self, workspace: str, claim: str) -> tuple[int, Claim] | None:
        """Return an entry and its newest revision: one's own whole, the house's as readers see it."""
        return await self._reader.read(standing.held, workspace, claim)

    async def history(self, workspace: str, claim: str) -> tuple[HistoryItem, ...]:
        """Return all changes of an entry of a workspace, also of what readers do not see; empty: no entry."""
        return await self._reader.read(histories.whole_history, workspace, claim)

    async def speakers(self, view: View, words: str) -> tuple[Speaker, ...]:
        """Return the speakers of what `view` shows whose names hold `words`, at most 25."""
        return await self._reader.read(standing.speakers, view, words)

    async def stale(self, workspace: str, before: str) -> tuple[Claim, ...]:
        """Return the vetted entries that were last reviewed before the day `before`, the oldest first."""
        return await self._reader.read(standing.stale, workspace, before)

    async def due(self, workspace: str, today: str) -> tuple[Claim, ...]:
        """Return the vetted entries with an open request for a response that is due on `today` or before."""
        return await self._reader.read(due.due, workspace, today)

    async def is_frozen(self, claim: str) -> bool:
        """Say whether an open dispute holds the entry as it is."""
        return await self._reader.read(frozen.is_frozen, claim)

    # Forms that are being filled in.

    async def open_sheet(
        self, by: Member, form: str, about: Mapping[str, Any], typed: Mapping[str, str]
    ) -> str:
        """Keep a new sheet and return its id; `about` is what JSON can hold."""
        return await self._writer.write(sheets.open_sheet, by, form, about, typed, time.time())

    async def sheet(self, by: Member, key: str) -> Sheet | None:
        """Return one's own sheet, or None."""
        return await self._reader.read(sheets.sheet, by, key)

    async def sheets(self, by: Member) -> tuple[Sheet, ...]:
        """Return one's own sheets, the newest first."""
        return await self._reader.read(sheets.sheets, by)

    async def type_into(self, by: Member, key: str, typed: Mapping[str, str]) -> None:
        """Put what was typed to what was typed before."""
        await self._writer.write(sheets.type_into, by, key, typed, time.time())

    async def close_sheet(self, by: Member, key: str) -> None:
        """Let go of a sheet that is done with."""
        await self._writer.write(sheets.close_sheet, by, key)
