"""Invariants 3, 4 and 13: what a statement is about, who speaks, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.statements import (
    GROUP_OF,
    Group,
    Kind,
    QuoteMode,
    State,
    TargetKind,
)
from tests.bot.rules.builders import (
    CLAIM,
    SOURCE,
    STATEMENT,
    about,
    at,
    said,
    spoken,
    told,
)


def test_a_denial_names_what_it_denies() -> None:
    """Invariant 3: a claim or a statement; a partial denial names the part as well."""
    assert at(said(kind=Kind.DENIAL)) == ["statements[0].about"]
    assert at(said(kind=Kind.DENIAL, about=CLAIM)) == []
    assert at(said(kind=Kind.PARTIAL_DENIAL, about=CLAIM)) == ["statements[0].part"]
    assert at(said(kind=Kind.PARTIAL_DENIAL, part="the day")) == ["statements[0].about"]
    assert at(said(about=CLAIM, part="the day")) == ["statements[0].part"]


@pytest.mark.parametrize("kind", [Kind.RETRACTION, Kind.CORRECTION])
def test_a_retraction_names_the_statement_it_changes(kind: Kind) -> None:
    """Invariant 3: what is taken back or corrected is another statement of the entry."""
    first = replace(STATEMENT, id="s2")
    assert at(said(kind=kind)) == ["statements[0].about"]
    assert at(said(kind=kind, about=CLAIM)) == ["statements[0].about"]
    assert at(said(first, kind=kind, about=about(TargetKind.STATEMENT, "s2"))) == []
    assert at(said(kind=kind, about=about(TargetKind.STATEMENT, "s1"))) == ["statements[0].about"]


@pytest.mark.parametrize("kind", [Kind.AUTHENTICITY_CHALLENGE, Kind.AUTHENTICITY_SUPPORT])
def test_authenticity_is_that_of_an_artifact_or_a_source(kind: Kind) -> None:
    """Invariant 3: a recording is doubted, never the claim through it."""
    assert at(said(kind=kind)) == ["statements[0].about"]
    assert at(said(kind=kind, about=CLAIM)) == ["statements[0].about"]
    assert at(said(kind=kind, about=about(TargetKind.ARTIFACT, "page"))) == []
    assert at(said(kind=kind, about=about(TargetKind.SOURCE, "courier"))) == []


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if GROUP_OF[kind] in {Group.ASSERTED, Group.DENIED, Group.CHANGED}]
)
@pytest.mark.parametrize("target", [("artifact", "page"), ("source", "courier")])
def test_a_doubt_about_a_recording_is_never_a_denial(kind: Kind, target: tuple[str, str]) -> None:
    """Invariant 3: only other kinds may be about an artifact or a source, and the refusal says which."""
    part = "the number" if kind is Kind.PARTIAL_DENIAL else None
    entry = said(kind=kind, about=about(TargetKind(target[0]), target[1]), part=part)
    assert told(entry).endswith(
        "doubting a recording is authenticity_challenge, vouching for it authenticity_support"
    )


def test_a_statement_has_exactly_one_speaker() -> None:
    """Invariant 4: a speaker or a description, never both and never neither."""
    described = {"anonymous": "a clerk at the bridge office", "anonymity_reason": "fear for the post"}
    assert "statements[0].speaker" in at(said(speaker=None))
    assert at(said(**described)) == ["statements[0].speaker"]
    assert at(replace(said(speaker=None, **described), speakers=())) == []


def test_anonymity_has_a_reason() -> None:
    """Invariant 4: why a speaker is not named is on file, and only then."""
    entry = replace(said(speaker=None, anonymous="a clerk at the bridge office"), speakers=())
    assert at(entry) == ["statements[0].anonymity_reason"]
    assert at(said(anonymity_reason="fear for the post")) == ["statements[0].anonymity_reason"]


@pytest.mark.parametrize(
    "vague",
    [
        "a source",
        "sources",
        "officials",
        "an insider",
        "A Source.",
        "several senior officials",
        "una fuente fiable",
        "a well-placed source",
        "gut unterrichtete Kreise",
        "a clerk",
        "the one anonymous person",
    ],
)
def test_a_source_alone_is_refused(vague: str) -> None:
    """Invariant 4: fewer than three words, or words that say nothing of how the speaker can know."""
    entry = said(speaker=None, anonymous=vague, anonymity_reason="fear for the post")
    assert at(replace(entry, speakers=())) == ["statements[0].anonymous"]


@pytest.mark.parametrize(
    "good", ["a clerk at the bridge office", "橋の管理事務所の職員", "una vecina de la plaza"]
)
def test_a_description_of_three_words_is_accepted(good: str) -> None:
    """Invariant 4: also in a script that puts no space between words."""
    entry = said(speaker=None, anonymous=good, anonymity_reason="fear for the post")
    assert at(replace(entry, speakers=())) == []


@pytest.mark.parametrize("vague", ["a source", "Sources", "Officials", "an insider", "senior official"])
def test_a_speaker_has_a_name(vague: str) -> None:
    """Invariant 4: “a source” is no speaker's name either."""
    assert at(spoken(name=vague)) == ["speakers[0].name"]


def test_no_response_is_that_of_the_party_asked() -> None:
    """Invariant 4: silence has a name, and no words."""
    silent: dict[str, Any] = {"kind": Kind.NO_RESPONSE, "text": "He gave no answer."}
    assert at(said(**silent, quote_mode=QuoteMode.PARAPHRASE)) == []
    assert "statements[0].quote_mode" in at(said(**silent))
    entry = said(
        **silent,
        quote_mode=QuoteMode.PARAPHRASE,
        speaker=None,
        anonymous="a clerk at the bridge office",
        anonymity_reason="fear for the post",
    )
    assert at(replace(entry, speakers=())) == ["statements[0].speaker"]


@pytest.mark.parametrize(
    ("said_on", "published_on", "refused"),
    [
        ("2025-03-12", "2025-03-12", False),
        ("2025-03-13", "2025-03-12", True),
        ("2025-03-13", "2025-03", False),
        ("2025-04", "2025-03-12", True),
        ("2025", "2025-03-12", False),
        ("2026", "2025-03-12", True),
        ("2025-03-13", None, False),
        (None, "2025-03-12", False),
    ],
)
def test_nothing_is_published_before_it_is_said(said_on: Any, published_on: Any, *, refused: bool) -> None:
    """Invariant 13: compared at the coarser precision, and a note may say why."""
    entry = replace(said(said_on=said_on), sources=(replace(SOURCE, published_on=published_on),))
    assert at(entry) == (["statements[0].said_on"] if refused else [])
    noted = replace(entry.statements[0], date_note="announced the day before")
    assert at(replace(entry, statements=(noted,))) == []


def test_a_superseded_statement_names_its_successor() -> None:
    """State and successor go together, and lead to an end."""
    new = replace(STATEMENT, id="s2")
    assert at(said(state=State.SUPERSEDED)) == ["statements[0].superseded_by"]
    assert at(said(new, superseded_by="s2")) == ["statements[0].superseded_by"]
    assert at(said(new, superseded_by="s2", state=State.SUPERSEDED)) == []
    back = replace(new, superseded_by="s1", state=State.SUPERSEDED)
    assert at(said(back, superseded_by="s2", state=State.SUPERSEDED)) == [
        "statements[0].superseded_by",
        "statements[1].superseded_by",
    ]
