"""A draft: a claim that an article reports, with who is said to have said what, each with its passage.

Values only. A draft is nobody's word yet: a moderator accepts, edits or discards it, and nothing is vetted
by that. Offsets are characters of the article's text.
"""

from __future__ import annotations

from bot.dates import Day, PartialDate
from bot.records import record
from bot.sources import ArtifactKind, CustodyAction
from bot.statements import Kind, QuoteMode


@record
class Span:
    """Characters `start` to `end` (exclusive) of the article's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters."""
        return text[self.start : self.end]


@record
class Article:
    """The text of an article, as it was handed in or fetched, and what is known of where it stood."""

    text: str
    title: str = ""
    publisher: str = ""
    url: str | None = None
    published_on: PartialDate | None = None
    retrieved_on: Day | None = None


@record
class Said:
    """One reported statement.

    `text` is what would stand on file: for `VERBATIM` the speaker's words to the letter, for `PARTIAL` the
    article's sentence with the words in quotation marks. `passage` is what it rests on, and holds it.
    `speaker` is None where the article names nobody; `described` is then how it calls them.
    `date_basis` is the words of the article from which `said_on` was worked out. `answers` is the place, in
    the draft's statements, of the one that a denial or an answer is about; None where that is the claim.
    `about_artifact` says that it is about the draft's artifact.
    """

    kind: Kind
    text: str
    quote_mode: QuoteMode
    passage: Span
    speaker: str | None = None
    speaker_at: Span | None = None
    described: str | None = None
    role: str | None = None
    on_behalf_of: str | None = None
    said_on: PartialDate | None = None
    date_basis: Span | None = None
    told_to: str | None = None
    relay: str | None = None
    answers: int | None = None
    about_artifact: bool = False


@record
class Handling:
    """One step of an artifact's custody, as the article tells it."""

    action: CustodyAction
    by: str
    passage: Span


@record
class DraftArtifact:
    """The tape, document, image or video that the article's claim rests on."""

    name: str
    kind: ArtifactKind
    passage: Span
    custody: tuple[Handling, ...] = ()


@record
class Draft:
    """One claim that an article reports, its statements in the order of the text, and what was mended.

    `notes` says in sentences what the check dropped or made a paraphrase, and why.
    """

    claim: str
    passage: Span
    statements: tuple[Said, ...]
    artifact: DraftArtifact | None = None
    notes: tuple[str, ...] = ()
