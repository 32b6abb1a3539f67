"""A statement: one speaker's utterance about a claim, an artifact, a source or another statement.

Three axes are kept apart here and never mixed: the stance (`kind`, and the group it is shown under),
the capacity in which it was said (`official`), and how near the text is to the words (`quote_mode`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from bot.dates import PartialDate
from bot.records import record


class State(StrEnum):
    """Where an entry stands. Only what is vetted reaches a reader; nothing is ever deleted."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    VETTED = "vetted"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Group(StrEnum):
    """The heading that a statement is shown under, in the order of the reply."""

    ASSERTED = "asserted"
    DENIED = "denied"
    OFFICIAL_RESPONSE = "official_response"
    AUTHENTICITY = "authenticity"
    PROVENANCE = "provenance"
    CHANGED = "changed"
    CONTEXT = "context"


class Kind(StrEnum):
    """What a statement does; each kind stands in exactly one group (`GROUP_OF`)."""

    ASSERTION = "assertion"
    CONFIRMATION = "confirmation"
    DENIAL = "denial"
    PARTIAL_DENIAL = "partial_denial"
    RESPONSE = "response"
    NO_COMMENT = "no_comment"
    DECLINED = "declined"
    NO_RESPONSE = "no_response"
    AUTHENTICITY_CHALLENGE = "authenticity_challenge"
    AUTHENTICITY_SUPPORT = "authenticity_support"
    PROVENANCE = "provenance"
    RETRACTION = "retraction"
    CORRECTION = "correction"
    CONTEXT = "context"


GROUP_OF: Final = {
    Kind.ASSERTION: Group.ASSERTED,
    Kind.CONFIRMATION: Group.ASSERTED,
    Kind.DENIAL: Group.DENIED,
    Kind.PARTIAL_DENIAL: Group.DENIED,
    Kind.RESPONSE: Group.OFFICIAL_RESPONSE,
    Kind.NO_COMMENT: Group.OFFICIAL_RESPONSE,
    Kind.DECLINED: Group.OFFICIAL_RESPONSE,
    Kind.NO_RESPONSE: Group.OFFICIAL_RESPONSE,
    Kind.AUTHENTICITY_CHALLENGE: Group.AUTHENTICITY,
    Kind.AUTHENTICITY_SUPPORT: Group.AUTHENTICITY,
    Kind.PROVENANCE: Group.PROVENANCE,
    Kind.RETRACTION: Group.CHANGED,
    Kind.CORRECTION: Group.CHANGED,
    Kind.CONTEXT: Group.CONTEXT,
}


class QuoteMode(StrEnum):
    """How near the text is to what was said.

    `verbatim`: the whole text is the speaker's words. `partial`: the reporter's sentence with the
    speaker's words between quotation marks in it. `paraphrase`: nobody's words are quoted.
    `translation`: the speaker's words in another language than they were said in.
    """

    VERBATIM = "verbatim"
    PARTIAL = "partial"
    PARAPHRASE = "paraphrase"
    TRANSLATION = "translation"


class TargetKind(StrEnum):
    """What a statement may be about."""

    CLAIM = "claim"
    STATEMENT = "statement"
    ARTIFACT = "artifact"
    SOURCE = "source"


@record
class Target:
    """The thing that a statement is about: its kind and its id within the same entry."""

    kind: TargetKind
    id: str


class Appearance(StrEnum):
    """Whether a source carried the statement first or repeats it."""

    FIRST = "first"
    REPEAT = "repeat"


@record
class Citation:
    """Where a statement can be read.

    `source` is the id of a source of the same entry; `locator` a page or time code in it; `relay` the
    way that the words took to it (“told Newsweek, as reported by …”).
    """

    source: str
    locator: str | None = None
    relay: str | None = None
    appearance: Appearance = Appearance.FIRST


@record
class Statement:
    """One speaker's utterance.

    Either `speaker` (the id of a speaker of the entry) or `anonymous` (a description of at least three
    words, with `anonymity_reason`) says who spoke. `role` is the role as of the day it was said.
    `about` may be left out where the statement is about the entry's claim and its kind does not need a
    named target. `part` is what a partial denial denies. `said_on` of None means: not on file;
    `date_note` says what is known of the date all the same, or why it looks impossible.
    """

    id: str
    kind: Kind
    text: str
    quote_mode: QuoteMode
    about: Target | None = None
    part: str | None = None
    speaker: str | None = None
    anonymous: str | None = None
    anonymity_reason: str | None = None
    role: str | None = None
    on_behalf_of: str | None = None
    official: bool = False
    language: str = "en"
    original_text: str | None = None
    original_language: str | None = None
    said_on: PartialDate | None = None
    date_note: str | None = None
    told_to: str | None = None
    venue: str | None = None
    superseded_by: str | None = None
    state: State = State.DRAFT
    citations: tuple[Citation, ...] = ()

    @property
    def group(self) -> Group:
        """The one group that this statement stands in."""
        return GROUP_OF[self.kind]
