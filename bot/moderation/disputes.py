"""Disputes: complaints and legal notices about an entry; and problems that readers report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from bot.dates import Day
from bot.display import tidy
from bot.moderation.boards import Shown, heading, key, rows, turning
from bot.moderation.deeds import Deed
from bot.paragraphs import SEPARATOR, Paragraph, Shape, faint, paragraph, plain, strong
from bot.records import record
from bot.wording import Catalogue, date_words

A_PAGE: Final = 5
"""Disputes on one page of the list."""


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


def disputes_board(claim: str, held: Sequence[Dispute], page: int, words: Catalogue) -> Shown:
    """Return the disputes about an entry with what came of each, and the button that notes another one."""
    say = words.say
    made: list[Paragraph] = [heading(say("board.disputes", claim=tidy(claim)))]
    for each in held[page * A_PAGE : (page + 1) * A_PAGE]:
        head = say("queue.dispute", kind=say(f"dispute_kind.{each.kind}"), who=tidy(each.who))
        came = say("board.dispute_received", date=date_words(words, each.received_on))
        made.append(paragraph(Shape.ITEM, strong(head), SEPARATOR, plain(came)))
        made.append(paragraph(Shape.QUOTE, plain(tidy(each.what))))
        if each.outcome is None or each.settled_at is None:
            made.append(paragraph(Shape.NOTE, faint(say("board.dispute_open"))))
        else:
            closed = Day(datetime.fromtimestamp(each.settled_at, UTC).date().isoformat())
            said = say("board.dispute_closed", date=date_words(words, closed))
            made.append(paragraph(Shape.NOTE, faint(said), plain(tidy(each.outcome))))
    another = key(Deed.DISPUTE, words, f"{claim}/new")
    turns = turning(Deed.DISPUTE, words, claim, page=page, count=len(held), size=A_PAGE)
    return tuple(made), (*rows([another]), *turns)
