"""The rules as a whole: a sound entry passes, and no text from outside makes them raise."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.claims import Claim, Relation, RelationKind, ResponseRequest
from bot.rules import completed, refusals
from bot.sources import Artifact, ArtifactKind, Custody, CustodyAction, Source, Speaker, SpeakerKind
from bot.statements import (
    Citation,
    Kind,
    QuoteMode,
    State,
    Statement,
    Target,
    TargetKind,
)
from tests.bot.rules.builders import (
    ENTRY,
    said,
)


def test_a_sound_entry_is_not_refused() -> None:
    """The entry that the other tests change is itself in order."""
    assert refusals(ENTRY) == ()
    assert refusals(completed(ENTRY)) == ()


ANY = st.text(max_size=30) | st.sampled_from(
    [
        "",
        "memo",
        "s1",
        "pryle",
        "courier",
        "page",
        "2025-02-30",
        "2025-03-12",
        "“a”",
        "[…]",
        "\ud800",
        "\x00",
        "https://[",
    ]
)
MAYBE = st.none() | ANY
PARTS: dict[str, Any] = {
    "about": st.none() | st.builds(Target, kind=st.sampled_from(TargetKind), id=ANY),
    "citations": st.lists(st.builds(Citation, source=ANY, locator=MAYBE), max_size=2).map(tuple),
}


def arbitrary(owner: type, **known: Any) -> st.SearchStrategy[Any]:
    """Return values of a record whose text fields hold anything."""
    texts: dict[str, Any] = {}
    for each in fields(owner):
        if str(each.type) in {"str", "PartialDate", "Day"}:
            texts[each.name] = ANY
        elif str(each.type) in {"str | None", "PartialDate | None", "Day | None"}:
            texts[each.name] = MAYBE
        elif str(each.type) == "tuple[str, ...]":
            texts[each.name] = st.lists(ANY, max_size=2).map(tuple)
    return st.builds(owner, **texts, **known)


STATEMENTS = arbitrary(
    Statement,
    kind=st.sampled_from(Kind),
    quote_mode=st.sampled_from(QuoteMode),
    state=st.sampled_from(State),
    **PARTS,
)
ENTRIES = arbitrary(
    Claim,
    state=st.sampled_from(State),
    statements=st.lists(STATEMENTS, max_size=2).map(tuple),
    speakers=st.lists(arbitrary(Speaker, kind=st.just(SpeakerKind.PERSON)), max_size=2).map(tuple),
    sources=st.lists(arbitrary(Source), max_size=2).map(tuple),
    artifacts=st.lists(
        arbitrary(
            Artifact,
            kind=st.just(ArtifactKind.AUDIO),
            custody=st.lists(arbitrary(Custody, action=st.just(CustodyAction.HELD)), max_size=1).map(tuple),
        ),
        max_size=1,
    ).map(tuple),
    relations=st.lists(arbitrary(Relation, kind=st.just(RelationKind.NARROWS)), max_size=1).map(tuple),
    requests=st.lists(arbitrary(ResponseRequest), max_size=1).map(tuple),
)


@given(ENTRIES)
def test_no_text_makes_the_rules_raise(entry: Claim) -> None:
    """Whatever strings are in the fields, there is a list of refusals, each fit to be printed."""
    for each in refusals(entry):
        assert each.field
        assert each.wrong
        assert each.right
        assert str(each).isprintable()


@given(ENTRIES)
def test_completed_is_idempotent_and_refuses_nothing_new(entry: Claim) -> None:
    """The canonical form of a canonical form is itself, and as sound as what it was made from."""
    made = completed(entry)
    assert completed(made) == made
    assert len(refusals(made)) == len(refusals(entry))


@given(MAYBE, MAYBE, MAYBE)
def test_what_passes_survives_a_file(role: str | None, told_to: str | None, note: str | None) -> None:
    """An entry that is not refused can be written as UTF-8 and read again unchanged."""
    entry = said(role=role, told_to=told_to, date_note=note)
    if not refusals(entry):
        adapter = TypeAdapter(Claim)
        assert adapter.validate_json(adapter.dump_json(entry)) == entry
