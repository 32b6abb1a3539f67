"""What comes of a command or a press: what to show, to whom, before a platform puts it in its own form.

Values only. A command or a press is decided once for all platforms (`handlers.lookups`,
`handlers.presses`); a platform shows the outcome and knows nothing of why.
"""

from __future__ import annotations

from typing import TypeAlias

from bot.actions import Button
from bot.answers import Answer, ClaimRecord, HistoryItem
from bot.buttons import Key
from bot.cards import Match
from bot.moderation import forms
from bot.moderation.members import Role
from bot.paragraphs import Paragraph
from bot.records import record


@record
class Answered:
    """The answer to the question with the id `question`, for the asker alone."""

    answer: Answer
    question: str


@record
class Recorded:
    """One page (from 0) of the full record of a claim, for the asker alone.

    `is_turned` says that it takes the place of the page that was pressed on. Its buttons name no
    question: by that a page is told from a reply.
    """

    claim: ClaimRecord
    page: int = 0
    is_turned: bool = False


@record
class Said:
    """One sentence, for the asker alone."""

    text: str


@record
class Listed:
    """Claims as a list, for the asker alone."""

    matches: tuple[Match, ...]


@record
class Past:
    """The history of an entry, for the asker alone."""

    items: tuple[HistoryItem, ...]


@record
class Card:
    """What can be asked by somebody with this role, for them alone."""

    role: Role = Role.READER


@record
class Form:
    """A form with one text, for what is wrong with the reply that `button` stands on."""

    button: Button


@record
class Gone:
    """The message that was pressed on is to be taken away."""


@record
class Shared:
    """What everybody may now see: the answer, or with `page` that page of its one claim's full record."""

    answer: Answer
    question: str
    page: int | None = None


@record
class Board:
    """Paragraphs with rows of at most five buttons below them, for the person alone who keeps the ledger."""

    paragraphs: tuple[Paragraph, ...]
    rows: tuple[tuple[Key, ...], ...] = ()


@record
class Asked:
    """A form of those who keep the ledger, to be filled in as the sheet with the id `sheet`.

    `page` (from 0) is for a platform that shows it in pages of five fields; `typed` is what was typed
    so far, and `faults` say what is wrong with it.
    """

    form: forms.Form
    sheet: str
    page: int
    typed: forms.Typed
    faults: forms.Faults


Outcome: TypeAlias = Answered | Recorded | Said | Listed | Past | Card | Form | Gone | Shared | Board | Asked
