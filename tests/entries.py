"""Entries for tests: each builder gives a valid, vetted row, and takes what should be different."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from bot.answers import ClaimRecord, Tier
from bot.claims import Claim
from bot.composition import claim_record
from bot.dates import Day, PartialDate
from bot.sources import Artifact, ArtifactKind, Custody, CustodyAction, Medium, Source, Speaker, SpeakerKind
from bot.statements import Citation, Kind, QuoteMode, State, Statement, Target, TargetKind

EXCERPT = (
    "The mayor told the council: “The old bridge was closed on my order.” The roads office said that the "
    "bridge “has been open at all hours” and that it would not discuss the recording."
)


def speaker(**changes: Any) -> Speaker:
    """Return a speaker: the invented mayor Ada Quill."""
    made = Speaker(id="quill", name="Ada Quill", kind=SpeakerKind.PERSON)
    return replace(made, **changes)


def source(**changes: Any) -> Source:
    """Return a source with an address, a date of retrieval and an excerpt."""
    made = Source(
        id="gazette",
        publisher="Marsh Gazette",
        title="Bridge closed, mayor says",
        url="https://gazette.example/bridge",
        published_on=PartialDate("2025-07-09"),
        retrieved_on=Day("2025-07-10"),
        excerpt=EXCERPT,
        excerpt_sha256=hashlib.sha256(EXCERPT.encode()).hexdigest(),
    )
    return replace(made, **changes)


def statement(**changes: Any) -> Statement:
    """Return a vetted verbatim assertion by the mayor."""
    made = Statement(
        id="s-1",
        kind=Kind.ASSERTION,
        text="The old bridge was closed on my order.",
        quote_mode=QuoteMode.VERBATIM,
        about=Target(kind=TargetKind.CLAIM, id="bridge"),
        speaker="quill",
        role="mayor of Marsh",
        said_on=PartialDate("2025-07-08"),
        told_to="the council",
        state=State.VETTED,
        citations=(Citation(source="gazette"),),
    )
    return replace(made, **changes)


BARE = statement(text="It was closed.", role=None, said_on=None, told_to=None)
"""A statement with nothing but what every statement has."""


def artifact(**changes: Any) -> Artifact:
    """Return a recording with a chain of custody of two steps."""
    made = Artifact(
        id="tape",
        name="recording of the council meeting",
        kind=ArtifactKind.AUDIO,
        custody=(
            Custody(action=CustodyAction.OBTAINED, by="two reporters of the Marsh Gazette"),
            Custody(
                action=CustodyAction.PUBLISHED,
                by="Radio Fen",
                on=PartialDate("2025-07-09"),
                source="gazette",
            ),
        ),
    )
    return replace(made, **changes)


def claim(**changes: Any) -> Claim:
    """Return a vetted claim with one statement, its speaker and its source."""
    made = Claim(
        id="bridge",
        text="The mayor of Marsh had the old bridge closed.",
        story="The bridge at Marsh (invented)",
        state=State.VETTED,
        last_reviewed_on=Day("2025-11-22"),
        statements=(statement(),),
        speakers=(speaker(),),
        sources=(source(),),
    )
    return replace(made, **changes)


def whole_claim(**changes: Any) -> Claim:
    """Return a vetted claim that has a line in every group, an artifact, and two links of one origin."""
    about_tape = Target(kind=TargetKind.ARTIFACT, id="tape")
    quill = Target(kind=TargetKind.STATEMENT, id="s-1")
    repeat = Citation(source="courier", relay="told the Marsh Gazette, as reported by the Fen Courier")
    rows = (
        statement(),
        statement(
            id="s-2",
            kind=Kind.CONFIRMATION,
            text="There was a closure.",
            quote_mode=QuoteMode.TRANSLATION,
            original_text="Eine Sperrung gab es.",
            original_language="de",
            speaker=None,
            anonymous="a guard who was on the bridge",
            anonymity_reason="fear for the post",
            role=None,
            said_on=PartialDate("2024"),
            told_to="the Marsh Gazette",
            citations=(Citation(source="gazette"), repeat),
        ),
        statement(
            id="s-3",
            kind=Kind.DENIAL,
            text="The bridge was open on every day of that year.",
            quote_mode=QuoteMode.PARAPHRASE,
            speaker="roads",
            role=None,
            official=True,
            said_on=None,
            date_note="before 9 July 2025",
            told_to=None,
            citations=(Citation(source="film", locator="00:12:30"),),
        ),
        statement(
            id="s-4",
            kind=Kind.RESPONSE,
            text="The minister said that the bridge “has been open at all hours”.",
            quote_mode=QuoteMode.PARTIAL,
            speaker="ross",
            role="press officer",
            on_behalf_of="the ministry of roads",
            official=True,
            said_on=PartialDate("2025-07"),
            told_to="Radio Fen",
        ),
        statement(
            id="s-5",
            kind=Kind.AUTHENTICITY_CHALLENGE,
            text="Nobody knows who made that tape.",
            about=about_tape,
            speaker="ross",
            role="press officer",
            told_to=None,
        ),
        statement(
            id="s-6",
            kind=Kind.PROVENANCE,
            text="The tape came to the paper by post.",
            quote_mode=QuoteMode.PARAPHRASE,
            about=about_tape,
            speaker="ross",
            role=None,
            told_to=None,
        ),
        statement(
            id="s-7",
            kind=Kind.CORRECTION,
            text="It was the new bridge that I meant.",
            about=quill,
            said_on=PartialDate("2025-08-01"),
        ),
        statement(
            id="s-8",
            kind=Kind.CONTEXT,
            text="The council voted on the bridge in June 2025.",
            quote_mode=QuoteMode.PARAPHRASE,
            speaker="roads",
            role=None,
            told_to=None,
            venue="yearly report",
            said_on=PartialDate("2025-12-01"),
        ),
    )
    made = claim(
        statements=rows,
        concerns=("quill", "pike"),
        speakers=(
            speaker(),
            speaker(id="roads", name="The roads office", kind=SpeakerKind.OFFICE),
            speaker(id="ross", name="Sam Ross"),
            speaker(id="pike", name="Lee Pike"),
        ),
        sources=(
            source(origin="gazette-report"),
            source(
                id="courier",
                publisher="Fen Courier",
                title="What the mayor said",
                url="https://courier.example/2025/07/mayor",
                archive_url="https://archive.example/courier/mayor",
                origin="gazette-report",
            ),
            source(
                id="film",
                publisher="Radio Fen",
                title="Evening news",
                author="Kim Lark",
                url=None,
                locator="broadcast of 9 July 2025, 19:00",
                published_on=None,
                medium=Medium.BROADCAST,
            ),
        ),
        artifacts=(artifact(),),
    )
    return replace(made, **changes)


LONG = (
    "The town has had that bridge for two hundred years and more, and everybody in it knows the stones. "
    "I had it closed on the first of July, after the engineers had been to see me in the evening. "
    "It was not closed because of the festival, whatever the people from the other bank may say. "
    "We shall open it again when the last of the beams has been put in and somebody has walked over it."
)
"""Words that are too many for a summary, in four sentences."""


def crowded_claim(**changes: Any) -> Claim:
    """Return a vetted claim with too much for a summary: three assertions, one long, and two denials."""
    excerpt = f"The mayor: “{LONG}” And: “I had the old bridge closed.” The office: “It was open.”"
    denial = {"kind": Kind.DENIAL, "speaker": "roads", "role": None, "told_to": None}
    rows = (
        statement(id="s-1", text="I had the old bridge closed."),
        statement(id="s-2", text=LONG, said_on=PartialDate("2025-07-09")),
        statement(id="s-3", text="The bridge was shut on her order.", quote_mode=QuoteMode.PARAPHRASE),
        statement(id="s-4", text="It was open.", **denial),
        statement(id="s-5", text="No bridge was shut.", quote_mode=QuoteMode.PARAPHRASE, **denial),
    )
    made = claim(
        statements=rows,
        speakers=(speaker(), speaker(id="roads", name="The roads office", kind=SpeakerKind.OFFICE)),
        sources=(source(excerpt=excerpt, excerpt_sha256=hashlib.sha256(excerpt.encode()).hexdigest()),),
    )
    return replace(made, **changes)


def recorded(entry: Claim, **changes: Any) -> ClaimRecord:
    """Return the record of `entry` in an answer of tier “same”, with `changes` to how it was found."""
    found: dict[str, Any] = {"tier": Tier.SAME, "probability": 0.98765, "part": None}
    return claim_record(entry, **(found | {"differences": (), "related": ()} | changes))
