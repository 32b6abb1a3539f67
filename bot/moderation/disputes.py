"""Disputes: complaints and legal notices about an entry; and problems that readers report."""

from __future__ import annotations

from enum import StrEnum

from bot.dates import Day
from bot.records import record


class DisputeKind(StrEnum):
    """What sort of notice it is."""

    COMPLAINT = "complaint"
    LEGAL = "legal"


@record
class Dispute:
    """A complaint or legal notice: who says what about a claim, when it came, and by when it is due.

    While it is open and `frozen`, the entry stays as it is: it can be withdrawn and nothing else. `outcome`
    is what came of it. The store fills in `id` and all from `outcome` on; times are seconds since the epoch.
    """

    claim: str
    who: str
    kind: DisputeKind
    what: str
    received_on: Day
    due_on: Day | None = None
    frozen: bool = False
    id: str = ""
    outcome: str | None = None
    taken_by: str = ""
    taken_at: float = 0.0
    settled_by: str | None = None
    settled_at: float | None = None


@record
class Problem:
    """What a reader reported: on which claim and question, in their words unless those are gone, and when."""

    n: int
    claim: str | None
    question: str | None
    text: str | None
    at: float
