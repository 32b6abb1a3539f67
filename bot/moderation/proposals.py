"""Proposals: a claim as somebody would have it, on its way to the record or back.

No reader's query reads a proposal. What is approved is saved as the claim itself, so readers go on seeing
the vetted revision until then.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Final

from bot.claims import Claim
from bot.records import record

_MARK: Final = 12


class Stage(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_ASKED = "changes_asked"
    APPROVED = "approved"
    DECLINED = "declined"
    DISCARDED = "discarded"


OPEN = frozenset({Stage.DRAFT, Stage.IN_REVIEW, Stage.CHANGES_ASKED})
"""The stages from which something can still become of it."""


@record
class Proposal:
    """One proposal. `base` is the newest revision of the claim when it was begun, 0 for a new claim.

    `author` is the key of a member (`bot.moderation.members.Member.key`); `reason` is the author's, and
    `answer` the reviewer's. `merges` is the id of a claim that ends when this is approved, `question` that
    of the unanswered claim that it was begun for. Times are seconds since the epoch.
    """

    id: str
    workspace: str
    claim: Claim
    base: int
    author: str
    author_name: str
    stage: Stage
    begun_at: float
    changed_at: float
    reason: str | None = None
    answer: str | None = None
    reviewer: str | None = None
    reviewer_name: str | None = None
    merges: str | None = None
    question: str | None = None

    @property
    def mark(self) -> str:
        """What stands for the text of the proposal: a card's approval counts for what the card showed."""
        shown = repr((self.claim, self.merges)).encode(errors="replace")
        return hashlib.sha256(shown).hexdigest()[:_MARK]
