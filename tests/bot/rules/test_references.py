"""References within an entry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.claims import Claim, Relation, RelationKind, ResponseRequest
from bot.dates import Day
from bot.sources import Custody, CustodyAction
from bot.statements import (
    Citation,
    Kind,
    State,
    TargetKind,
)
from tests.bot.rules.builders import (
    ARTIFACT,
    ENTRY,
    SOURCE,
    SPEAKER,
    STATEMENT,
    about,
    at,
    said,
    spoken,
)


@pytest.mark.parametrize("name", ["statements", "speakers", "sources", "artifacts", "requests"])
def test_an_id_stands_once_in_its_list(name: str) -> None:
    """Two of the same id cannot be told apart."""
    request = ResponseRequest(id="r1", asked="the council", how="e-mail", asked_on=Day("2025-03-01"))
    entry = replace(ENTRY, requests=(request,))
    twice = replace(entry, **{name: getattr(entry, name) * 2})
    assert f"{name}[1].id" in at(twice)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (said(speaker="nobody"), "statements[0].speaker"),
        (
            said(citations=(Citation(source="courier"), Citation(source="post"))),
            "statements[0].citations[1].source",
        ),
        (said(superseded_by="s9", state=State.SUPERSEDED), "statements[0].superseded_by"),
        (said(about=about(TargetKind.CLAIM, "other")), "statements[0].about"),
        (said(about=about(TargetKind.STATEMENT, "s9")), "statements[0].about"),
        (said(about=about(TargetKind.ARTIFACT, "tape"), kind=Kind.PROVENANCE), "statements[0].about"),
        (said(about=about(TargetKind.SOURCE, "post"), kind=Kind.CONTEXT), "statements[0].about"),
        (replace(ENTRY, concerns=("nobody",)), "concerns[0]"),
        (spoken(merged_into="nobody"), "speakers[0].merged_into"),
        (
            replace(
                ENTRY,
                artifacts=(
                    replace(
                        ARTIFACT,
                        custody=(Custody(action=CustodyAction.HELD, by="the office", source="post"),),
                    ),
                ),
            ),
            "artifacts[0].custody[0].source",
        ),
    ],
)
def test_every_reference_names_something_in_the_entry(entry: Claim, field: str) -> None:
    """A reference that leads nowhere is refused where it stands."""
    assert field in at(entry)


def test_nothing_lies_about_unused() -> None:
    """A speaker and a source that nothing names are refused; an artifact belongs to the claim."""
    entry = replace(
        ENTRY, speakers=(SPEAKER, replace(SPEAKER, id="okerby")), sources=(SOURCE, replace(SOURCE, id="wire"))
    )
    assert at(entry) == ["speakers[1]", "sources[1]"]
    assert at(replace(entry, concerns=("okerby",), sources=(SOURCE,))) == []


@pytest.mark.parametrize("circle", [["b", "a"], ["a", "b"], ["b", "c", "a"]])
def test_merged_speakers_lead_to_an_end(circle: list[str]) -> None:
    """A merger never leads back to where it began."""
    names = "abc"[: len(circle)]
    speakers = tuple(
        replace(SPEAKER, id=name, merged_into=into) for name, into in zip(names, circle, strict=True)
    )
    found = at(replace(said(speaker="a"), speakers=speakers))
    assert found == [f"speakers[{n}].merged_into" for n in range(len(circle))]


def test_a_chain_of_mergers_is_no_circle() -> None:
    """One speaker may be merged into another that was merged itself."""
    speakers = (
        replace(SPEAKER, merged_into="b"),
        replace(SPEAKER, id="b", merged_into="c"),
        replace(SPEAKER, id="c"),
    )
    assert at(replace(ENTRY, speakers=speakers)) == []


@pytest.mark.parametrize("alias", [ENTRY.text, "a memo warned the Larkmoor council of a weight limit", "One"])
def test_a_wording_stands_once(alias: str) -> None:
    """Aliases that differ from another wording in case or marks only are refused."""
    assert at(replace(ENTRY, aliases=("one!", alias))) == ["aliases[1]"]


def test_a_claim_has_no_relation_to_itself_and_none_twice() -> None:
    """A relation names another claim, once for each kind."""
    same = Relation(kind=RelationKind.SAME_AS, to="memo")
    other = Relation(kind=RelationKind.NARROWS, to="limit")
    assert at(replace(ENTRY, relations=(same,))) == ["relations[0].to"]
    assert at(replace(ENTRY, relations=(other, other))) == ["relations[1]"]
    assert at(replace(ENTRY, relations=(replace(other, to="no id"),))) == ["relations[0].to"]


def test_a_name_is_given_once() -> None:
    """A speaker's alias that is there already is refused, and so is naming one concern or citation twice."""
    assert at(spoken(aliases=("Desmond Pryle",))) == ["speakers[0].aliases[0]"]
    assert at(replace(ENTRY, concerns=("pryle", "pryle"))) == ["concerns[1]"]
    assert at(said(citations=STATEMENT.citations * 2)) == ["statements[0].citations[1]"]
