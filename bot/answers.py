"""The Answer: one frozen, platform-neutral document that every renderer turns into its own markup.

Every printed word of the record in it comes from vetted rows. The document holds display-ready text in
reading order, and holds no markup, no limit of a platform and no verdict.
"""

from __future__ import annotations

from enum import StrEnum

from bot.claims import RelationKind
from bot.dates import Day, PartialDate
from bot.records import record
from bot.sources import ArtifactKind
from bot.statements import Group, Kind, QuoteMode, TargetKind


class Tier(StrEnum):
    """How near the best entry on file is to what was pasted."""

    SAME = "same"
    CLOSE = "close"
    NONE = "none"


class DifferenceKind(StrEnum):
    """In what respect the paste says something that the record does not."""

    NUMBER = "number"
    NAME = "name"
    DATE = "date"
    NEGATION = "negation"
    ROLES = "roles"
    CERTAINTY = "certainty"


@record
class Difference:
    """What the paste says (`pasted`, its own words) and what the record has there (None: nothing)."""

    kind: DifferenceKind
    pasted: str
    record: str | None


@record
class About:
    """What a statement is about, where that is not the claim itself: its kind, and it in words."""

    kind: TargetKind
    words: str


@record
class Since:
    """A later statement that takes a line back or corrects it: its kind, that in words, its sources."""

    kind: Kind
    words: str
    citations: tuple[int, ...]


@record
class Line:
    """One statement, as it is shown in its group.

    `speaker` is the display name or, where `anonymous`, the description, and `anonymity` the reason why
    no name stands there. `display` is `text` made ready to show: with quotation marks where the words are the
    speaker's, without where they are not, and never cut; `mode` is the quote mode in words (“verbatim”,
    “translated from German”). `standing` is what an authenticity line does (“doubts it”, “vouches for
    it”), what a partial denial denies, or what a statement about something else than the claim is
    about; None elsewhere. `date` is the date in words (“8 July 2025”, “July 2025”, “date not on
    file”). `citations` are numbers of the record's sources, `locators` the page or time code in each,
    in the same order.
    """

    statement: str
    kind: Kind
    speaker: str
    role: str | None
    on_behalf_of: str | None
    official: bool
    quote_mode: QuoteMode
    text: str
    display: str
    mode: str
    anonymous: bool
    anonymity: str | None
    about: About | None
    part: str | None
    standing: str | None
    since: Since | None
    said_on: PartialDate | None
    date: str
    date_note: str | None
    told_to: str | None
    venue: str | None
    relays: tuple[str, ...]
    citations: tuple[int, ...]
    locators: tuple[str | None, ...]


@record
class Sentence:
    """One sentence of the summary, put together by a template from the rows of one group.

    `mark` is the place in `text`, counted in characters, where the numbers of its sources stand. `by_model`:
    a language model chose the row, or the sentences of it; the words are the row's and the catalogue's.
    """

    group: Group
    text: str
    citations: tuple[int, ...]
    mark: int
    by_model: bool = False


@record
class CustodyStep:
    """One step in where an artifact comes from, in words, with the source that tells it."""

    text: str
    citations: tuple[int, ...]


@record
class Chain:
    """An artifact and its chain of custody in order, which may be empty.

    `artifact` is its name, which reads after an article.
    """

    artifact: str
    kind: ArtifactKind
    steps: tuple[CustodyStep, ...]


@record
class SourceNote:
    """One numbered source of a record, as a reader needs it to find the text."""

    n: int
    publisher: str
    title: str
    author: str | None
    url: str | None
    archive_url: str | None
    locator: str | None
    published_on: PartialDate | None
    retrieved_on: Day | None
    note: str | None
    origin: str | None


@record
class RelatedClaim:
    """Another vetted claim that stands in a relation to this one."""

    id: str
    text: str
    kind: RelationKind


@record
class ClaimRecord:
    """The record of one claim.

    `probability` (0 to 1) is that of this being the claim that was pasted; None where it was asked for
    by id. `part` is the part of the paste that it answers, None where that is all of it. `groups` has
    every group in order, empty ones included. `independent_sources` counts origins, not links.
    `vetted_alone`: whoever approved it last was its author too. `pasted_language` is the code of the
    paste's language (`und` where only that much is known) where it is another than the claim's.
    """

    id: str
    text: str
    tier: Tier
    probability: float | None
    part: str | None
    story: str | None
    language: str
    last_reviewed_on: Day | None
    summary: tuple[Sentence, ...]
    groups: tuple[tuple[Group, tuple[Line, ...]], ...]
    chains: tuple[Chain, ...]
    not_on_file: tuple[str, ...]
    differences: tuple[Difference, ...]
    related: tuple[RelatedClaim, ...]
    sources: tuple[SourceNote, ...]
    independent_sources: int
    vetted_alone: bool = False
    pasted_language: str | None = None


class ChangeClass(StrEnum):
    """What a change of the record is to a reader, the gravest last."""

    UPDATED = "updated"
    """Something was added to what stood there."""
    CORRECTED = "corrected"
    """Something that stood there reads otherwise now, or no longer stands."""
    WITHDRAWN = "withdrawn"
    """It is no longer shown."""


@record
class Changed:
    """What became of a reply after it was posted: how and on which day the record changed.

    `until` is the day before which a claim that is under embargo is not shown.
    """

    how: ChangeClass
    on: Day
    until: Day | None = None


@record
class Answer:
    """What goes back to the person who asked.

    `claims` is best first, at most three; `more` counts the claims that were found beyond them. Where
    the tier is none, `claims` is empty. `changed` is set where a reply is edited that was posted before.
    """

    tier: Tier
    ledger_revision: int
    claims: tuple[ClaimRecord, ...]
    more: int = 0
    changed: Changed | None = None


@record
class HistoryItem:
    """One entry of the log of revisions.

    `at` is the time in ISO 8601, UTC; `changed` are the names of the fields that the entry changed,
    none where it is the first of its row.
    """

    n: int
    at: str
    actor: str
    action: str
    reason: str | None
    entity: str
    id: str
    changed: tuple[str, ...]
