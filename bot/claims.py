"""A claim: a neutral proposition, and with it everything that is on file about it.

A claim is the unit that is imported, exported, vetted and shown. It carries the speakers, sources and
artifacts that its statements name, so that one claim can be read and checked by itself.
"""

from __future__ import annotations

from enum import StrEnum

from bot.dates import Day
from bot.records import record
from bot.sources import Artifact, Source, Speaker
from bot.statements import State, Statement


class RelationKind(StrEnum):
    """How a claim stands to another one."""

    SAME_AS = "same_as"
    COUNTER_CLAIM_OF = "counter_claim_of"
    CONTRADICTS = "contradicts"
    NARROWS = "narrows"
    BROADENS = "broadens"
    DERIVED_FROM = "derived_from"
    CONTEXT_OF = "context_of"


@record
class Relation:
    """This claim stands in `kind` to the claim with the id `to`."""

    kind: RelationKind
    to: str


class Outcome(StrEnum):
    """How a request for a response ended."""

    PENDING = "pending"
    ANSWERED = "answered"
    NO_COMMENT = "no_comment"
    DECLINED = "declined"
    NO_RESPONSE = "no_response"


@record
class ResponseRequest:
    """Right of reply: whom we asked, how, when, by when, and what came of it."""

    id: str
    asked: str
    how: str
    asked_on: Day
    due_on: Day | None = None
    outcome: Outcome = Outcome.PENDING
    note: str | None = None


@record
class Claim:
    """A proposition, in neutral words, with the record of who said what about it.

    `concerns` are the ids of the speakers whom the claim is about: where one of them has no statement
    on file, the reply says so. `response_not_sought` is the reason why nobody was asked. `workspace` is
    whose entry it is, empty for the house's, and never changes; `merged_into` is the id of the claim that
    this one turned out to be a double of.
    """

    id: str
    text: str
    language: str = "en"
    aliases: tuple[str, ...] = ()
    story: str | None = None
    allegation: bool = False
    living_person: bool = False
    response_not_sought: str | None = None
    concerns: tuple[str, ...] = ()
    state: State = State.DRAFT
    embargo_until: Day | None = None
    last_reviewed_on: Day | None = None
    statements: tuple[Statement, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    sources: tuple[Source, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    relations: tuple[Relation, ...] = ()
    requests: tuple[ResponseRequest, ...] = ()
    workspace: str = ""
    merged_into: str | None = None
