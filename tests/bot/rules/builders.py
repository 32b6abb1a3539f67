"""One sound entry, and ways to change one thing in it and to read what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.claims import Claim
from bot.dates import Day, PartialDate
from bot.rules import refusals
from bot.sources import Artifact, ArtifactKind, Source, Speaker, SpeakerKind
from bot.statements import (
    Citation,
    Kind,
    QuoteMode,
    State,
    Statement,
    Target,
    TargetKind,
)

EXCERPT = "Pryle said: “I never saw it.” He called it “a page without a number”. Dijo: «No lo vi.»"

CLAIM = Target(kind=TargetKind.CLAIM, id="memo")
SPEAKER = Speaker(id="pryle", name="Desmond Pryle", kind=SpeakerKind.PERSON)
SOURCE = Source(
    id="courier",
    publisher="The Larkmoor Courier (invented)",
    title="Memo warned of limit",
    url="https://courier.larkmoor.example/memo",
    published_on=PartialDate("2025-03-12"),
    retrieved_on=Day("2026-11-22"),
    excerpt=EXCERPT,
)
ARTIFACT = Artifact(id="page", name="memo on the bridge", kind=ArtifactKind.DOCUMENT)
STATEMENT = Statement(
    id="s1",
    kind=Kind.ASSERTION,
    text="I never saw it.",
    quote_mode=QuoteMode.VERBATIM,
    speaker="pryle",
    said_on=PartialDate("2025-03"),
    state=State.VETTED,
    citations=(Citation(source="courier"),),
)
ENTRY = Claim(
    id="memo",
    text="A memo warned the Larkmoor council of a weight limit.",
    state=State.VETTED,
    last_reviewed_on=Day("2026-11-22"),
    statements=(STATEMENT,),
    speakers=(SPEAKER,),
    sources=(SOURCE,),
    artifacts=(ARTIFACT,),
)


def about(kind: TargetKind, id: str) -> Target:  # noqa: A002 - the field's own name
    """Return a target."""
    return Target(kind=kind, id=id)


def said(*more: Statement, **changes: Any) -> Claim:
    """Return the entry with its one statement changed, and with `more` statements behind it."""
    return replace(ENTRY, statements=(replace(STATEMENT, **changes), *more))


def read(**changes: Any) -> Claim:
    """Return the entry with its one source changed."""
    return replace(ENTRY, sources=(replace(SOURCE, **changes),))


def spoken(**changes: Any) -> Claim:
    """Return the entry with its one speaker changed."""
    return replace(ENTRY, speakers=(replace(SPEAKER, **changes),))


def at(claim: Claim) -> list[str]:
    """Return the fields that are refused."""
    return [each.field for each in refusals(claim)]


def told(claim: Claim) -> str:
    """Return the one refusal there is, as it is printed."""
    (only,) = refusals(claim)
    return str(only)
