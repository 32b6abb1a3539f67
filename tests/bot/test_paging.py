"""Pages of a record, what a reply selects of one, and both as plain text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import plain
from bot.answers import Answer, Tier
from bot.composition import answer
from bot.layout import laid_out, laid_out_in_brief
from bot.paging import broken, pages
from bot.paragraphs import Paragraph, Shape, linkable, paragraph, strong
from bot.paragraphs import plain as plain_run
from bot.replies import replied
from bot.selection import fitted, least, wanted
from bot.statements import Kind
from bot.wording import catalogue
from tests.entries import claim, recorded, statement, whole_claim
from tests.records import answers

WORDS = catalogue()


@settings(max_examples=40)
@given(answers(), st.integers(min_value=3_000, max_value=20_000))
def test_plain_text_keeps_to_its_room(shown: Answer, room: int) -> None:
    """A plain text is never longer than asked for, whatever the rows hold, and is the same each time."""
    made = plain.plain_text(shown, room=room)
    assert len(made) <= room
    assert made == plain.plain_text(shown, room=room)


def test_all_is_shown_where_it_has_room() -> None:
    """Nothing is left out of a reply that has the room that all of it wants, and something with less."""
    layout = laid_out(recorded(whole_claim()), WORDS)
    room = wanted(layout, plain.size)
    whole = fitted(layout, size=plain.size, room=room)
    assert whole.notes is None
    less = fitted(layout, size=plain.size, room=room - 200)
    assert less.notes is not None
    assert less.room <= room - 200


@pytest.mark.parametrize("room", range(0, 2_600, 50))
def test_an_answer_to_an_allegation_is_shown_before_it(room: int) -> None:
    """At any room, what is asserted stands only beside the denial and the official response on file."""
    layout = laid_out(recorded(whole_claim()), WORDS)
    page = fitted(layout, size=plain.size, room=room)
    assert page.room <= max(room, least(layout, plain.size))
    headings = {plain.line(each.heading) for each in page.sections if each.heading}
    if "Asserted:" in headings:
        assert {"Denied:", "Official response:", "Changed since:"} <= headings


def test_a_brief_layout_counts_the_statements_that_it_leaves_to_the_full_record() -> None:
    """A claim that is only close shows its summary and says how many statements there are."""
    layout = laid_out_in_brief(recorded(whole_claim()), WORDS)
    page = fitted(layout, size=plain.size, room=10_000)
    assert page.notes is not None
    assert plain.line(page.notes) == "8 statements are in the full record."


@settings(max_examples=60)
@given(st.text(max_size=300), st.booleans(), st.integers(min_value=60, max_value=200))
def test_what_is_broken_joins_to_the_whole(text: str, is_strong: bool, room: int) -> None:  # noqa: FBT001
    """The parts of a long paragraph join to it again, and each but the last says that it continues."""
    run = strong(text) if is_strong else plain_run(text)
    whole = paragraph(Shape.QUOTE, run, plain_run(" [1]"))
    parts = list(
        broken(whole, size=lambda each: sum(len(run[0]) for run in each.runs), room=room, words=WORDS)
    )
    mark = f" {WORDS.say('reply.continues')}"
    assert all(part.runs[-1][0] == mark for part in parts[:-1])
    runs = [run[0] for part in parts[:-1] for run in part.runs[:-1]] + [run[0] for run in parts[-1].runs]
    assert "".join(runs) == f"{text} [1]"


def test_a_page_lists_the_sources_of_what_it_shows() -> None:
    """On every page of a full record each number that is cited is in the list below."""
    made = pages(laid_out(recorded(whole_claim()), WORDS, is_full_record=True), size=plain.size, room=700)
    assert len(made) > 3
    for page in made:
        said = " ".join(plain.line(each) for section in page.sections for each in section.paragraphs)
        listed = {plain.line(each).partition("]")[0][1:] for each in page.sources}
        assert set(re.findall(r"\[(\d+)", said)) <= listed


def test_claims_without_room_are_counted() -> None:
    """Where the texts of three claims have no room, the first is shown and the others are counted."""
    shown = [replace(recorded(claim(text="word " * 99)), id=f"c-{n}") for n in range(3)]
    made = replied(
        answer(shown, tier=Tier.SAME, ledger_revision=1, more=1),
        WORDS,
        size=plain.size,
        room=1_000,
        overhead=lambda _: 0,
    )
    assert [each.id for each in made.claims] == ["c-0"]
    assert made.more == 3
    assert plain.line(made.close[0]) == "3 more claims on file are near this text."


def test_room_that_one_claim_leaves_goes_to_the_other() -> None:
    """A claim with much on file gets more than its share where the other has little."""
    rows = tuple(statement(id=f"s-{n}", kind=Kind.DENIAL, text="word " * 50) for n in range(9))
    long, short = recorded(claim(statements=rows)), replace(recorded(claim(statements=())), id="c-2")
    shown = answer([long, short], tier=Tier.SAME, ledger_revision=1)
    made = replied(shown, WORDS, size=plain.size, room=5_000, overhead=lambda _: 0)
    assert all(page.notes is None for page in made.pages)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://gazette.example/a?b=c#d", "https://gazette.example/a?b=c#d"),
        ("https://gazette.example/größe", "https://gazette.example/gr%C3%B6%C3%9Fe"),
        ("https://gazette.example/100%25", "https://gazette.example/100%25"),
        ('https://gazette.example/<">|\\', "https://gazette.example/%3C%22%3E%7C%5C"),
        ("https://gazette.example/a b", None),
        ("https://user:word@gazette.example/", None),
        ("https://gazette.example:port/", None),
        ("https://[::1]/", None),
        ("https:///", None),
        ("javascript:alert(1)", None),
        ("https://gazette.example/" + "ä" * 500, None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_to_link_to(url: str | None, expected: str | None) -> None:
    """Only a plain web address is linked to, in ASCII."""
    assert linkable(url) == expected


def test_plain_text_is_fit_to_be_read_aloud() -> None:
    """A comma stands for the dot between facts, a colon after a heading, an address after its label."""
    link = ("label", strong("")[1], "https://x.example/")
    assert plain.line(Paragraph(shape=Shape.TEXT, runs=(link,))) == "label (https://x.example/)"
    text = plain.plain_text(answer([recorded(whole_claim())], tier=Tier.SAME, ledger_revision=1))
    assert "Ada Quill, mayor of Marsh, to the council, 8 July 2025, since corrected" in text
    assert "\nAuthenticity (of the recording, not of the claim):\n" in text
    assert text.endswith("A record of what was said, not a ruling.")
