"""The Answer as terminal text."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.answers import Answer, Difference, DifferenceKind, HistoryItem, RelatedClaim, Tier
from bot.claims import Claim, RelationKind
from bot.composition import answer
from bot.sources import ArtifactKind, Custody, CustodyAction
from bot.statements import Citation, Kind, Target, TargetKind
from handlers.terminal.rendering import PLAIN_WIDTH, render, render_history, render_matches
from tests.entries import artifact, claim, recorded, source, speaker, statement, whole_claim

GOLDEN: Final = Path(__file__).parent.parent / "golden"
WRITE: Final = "COUNTERCLAIM_WRITE_GOLDEN"
"""Set this variable of the environment to write the golden files anew, and read the difference."""

SGR: Final = re.compile(r"\x1b\[[0-9;]*m")
NOTHING: Final = Answer(tier=Tier.NONE, ledger_revision=12, claims=())


def same() -> Answer:
    """Return an answer that shows everything that a record can hold."""
    shown = recorded(
        whole_claim(),
        differences=(
            Difference(kind=DifferenceKind.NAME, pasted="while mayor", record="before she was elected"),
            Difference(kind=DifferenceKind.NUMBER, pasted="12", record=None),
            Difference(kind=DifferenceKind.NEGATION, pasted="never", record=None),
        ),
        related=(
            RelatedClaim(
                id="bridge-open",
                text="The old bridge at Marsh was never closed.",
                kind=RelationKind.COUNTER_CLAIM_OF,
            ),
            RelatedClaim(id="bridge-toll", text="The bridge takes a toll.", kind=RelationKind.CONTEXT_OF),
        ),
    )
    return answer([shown], tier=Tier.SAME, ledger_revision=12)


def close() -> Answer:
    """Return an answer with two claims that may not be what was pasted."""
    first = recorded(claim(), tier=Tier.CLOSE, part="the bridge was shut", probability=0.5)
    # Longer than a summary quotes.
    ferry = Target(kind=TargetKind.CLAIM, id="ferry")
    long = statement(kind=Kind.DENIAL, text=("The ferry lies where it lay. " * 11).strip(), about=ferry)
    draft = claim(
        id="ferry", text="The ferry was sold.", story=None, last_reviewed_on=None, statements=(long,)
    )
    second = recorded(draft, tier=Tier.CLOSE, part="and the ferry is gone", probability=0.4)
    return answer([first, second], tier=Tier.CLOSE, ledger_revision=12, more=2)


@pytest.mark.parametrize(
    ("name", "shown", "width", "colour"),
    [
        ("same.txt", same(), PLAIN_WIDTH, False),
        ("same-colour-72.txt", same(), 72, True),
        ("close.txt", close(), PLAIN_WIDTH, False),
        ("close-colour-72.txt", close(), 72, True),
        ("none.txt", NOTHING, PLAIN_WIDTH, False),
        ("none-colour-72.txt", NOTHING, 72, True),
    ],
)
def test_golden(name: str, shown: Answer, width: int, colour: bool) -> None:  # noqa: FBT001
    """The text of an answer is what it was, byte for byte."""
    made = render(shown, width=width, colour=colour).encode()
    path = GOLDEN / name
    if os.environ.get(WRITE):
        path.write_bytes(made)
    assert made == path.read_bytes()


@pytest.mark.parametrize("width", [20, 33, 40, 72, 80, 100, 133])
@pytest.mark.parametrize("shown", [same(), close(), NOTHING], ids=["same", "close", "none"])
def test_colour_changes_no_character(shown: Answer, width: int) -> None:
    """Without its colour codes the coloured text is the plain one, and no line is wider than asked for."""
    plain = render(shown, width=width, colour=False)
    assert SGR.sub("", render(shown, width=width, colour=True)) == plain
    assert not too_wide(plain, width)


@pytest.mark.parametrize("width", [-5, 0, 1, 19])
def test_a_terminal_of_no_width_is_taken_as_narrow(width: int) -> None:
    """A width that cannot hold a line is taken as the narrowest that can."""
    assert render(same(), width=width, colour=False) == render(same(), width=20, colour=False)


def test_an_address_is_never_broken() -> None:
    """An address stands on one line, however long it is, so that it can be clicked and copied."""
    url = "https://gazette.example/" + "a-long-way/" * 20
    shown = answer([recorded(claim(sources=(source(url=url),)))], tier=Tier.SAME, ledger_revision=1)
    assert f"    {url}\n" in render(shown, width=40, colour=False)


def test_a_full_record_has_its_own_heading() -> None:
    """A record that was asked for by id says so, and does not point to itself."""
    text = render(same(), width=80, colour=False, heading="Full record")
    assert text.startswith("Full record")
    assert "counterclaim show" not in text
    assert "counterclaim history bridge" in text


def test_the_note_on_a_source_stands_in_the_full_record() -> None:
    """A reply stays on one screen; the full record also says what is noted of each source."""
    noted = claim(sources=(source(note="A careless copy."),))
    shown = answer([recorded(noted)], tier=Tier.SAME, ledger_revision=1)
    assert "careless" not in render(shown, width=80, colour=False)
    assert "careless" in render(shown, width=80, colour=False, heading="Full record")


def test_nothing_on_file_says_what_to_do_next() -> None:
    """Where nothing is on file, the text says so and what to do, and gives no ruling."""
    text = render(NOTHING, width=80, colour=False)
    assert text.startswith("Nothing on file\n")
    assert "counterclaim search WORDS" in text


def test_a_statement_is_never_cut() -> None:
    """Every statement stands in full, at any width."""
    words = [f"word{n}" for n in range(400)]
    row = statement(text=" ".join(words))
    shown = answer([recorded(claim(statements=(row,)))], tier=Tier.SAME, ledger_revision=1)
    text = render(shown, width=30, colour=False)
    assert re.findall(r"word\d+", text) == words


@pytest.mark.parametrize(
    ("kind", "target", "what"),
    [
        (ArtifactKind.AUDIO, TargetKind.ARTIFACT, "the recording"),
        (ArtifactKind.IMAGE, TargetKind.ARTIFACT, "the image"),
        (ArtifactKind.AUDIO, TargetKind.SOURCE, "the material"),
    ],
)
def test_what_a_doubt_is_about(kind: ArtifactKind, target: TargetKind, what: str) -> None:
    """The heading says that a doubt about the recording is not one about the claim."""
    about = Target(kind=target, id="tape" if target is TargetKind.ARTIFACT else "gazette")
    row = statement(kind=Kind.AUTHENTICITY_CHALLENGE, about=about)
    shown = recorded(claim(statements=(row,), artifacts=(artifact(kind=kind),)))
    text = render(answer([shown], tier=Tier.SAME, ledger_revision=1), width=100, colour=False)
    assert f"AUTHENTICITY (of {what}, not of the claim)\n" in text


def test_matches() -> None:
    """A search shows each claim with its id and story, and how many there are."""
    text = render_matches([("a", "First.", "Story"), ("b", "Second.", None)], width=80, colour=False)
    assert text == "2 claims on file\n  First.\n    a · Story\n  Second.\n    b\n"
    assert render_matches([("a", "First.", None)], width=80, colour=False).startswith("1 claim on file\n")
    assert render_matches([], width=80, colour=False) == "Nothing on file has these words.\n"


def test_history() -> None:
    """The log shows who did what, when, why, and which fields it changed."""
    item = HistoryItem(
        n=3,
        at="2025-11-22T10:20:30.123456+00:00",
        actor="Kim",
        action="amend",
        reason="wrong day",
        entity="statement",
        id="s-1",
        changed=("said_on", "text"),
    )
    assert render_history([item], width=80, colour=False) == (
        "3 · 22 November 2025, 10:20 UTC · Kim · amend statement s-1\n"
        "  changed: said_on, text\n"
        "  reason: wrong day\n"
    )
    assert "· long ago ·" in render_history([replace(item, at="long ago")], width=80, colour=False)
    assert render_history([], width=80, colour=False) == "No entry in the log.\n"


HOSTILE: Final = st.text(max_size=60) | st.sampled_from(
    [
        "\x1b[31mred\x1b[0m",
        "\x9b31mred",
        "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
        "[bold red]text[/]",
        "[link=https://evil.example]x[/link]",
        ":smile:",
        "\u202egnp.exe\u202c",
        "\u2066isolated\u2069",
        "one\r\ntwo\vthree\u2028four\x85five",
        "\ud800 \udfff",
        "👩‍👩‍👧‍👦 ☂\ufe0f 漢字 e\u0301\u0301",
        "\ufe0f\u200d\ufe0f",
        "漢" * 50,
        "{name} {} {0}",
    ]
)
DIRECTION: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def hostile_claim(texts: list[str]) -> Claim:
    """Return a claim with `texts` in every field that holds free text."""
    at = iter(texts * 30)
    row = statement(
        text=next(at),
        role=next(at),
        on_behalf_of=next(at),
        told_to=next(at),
        venue=next(at),
        date_note=next(at),
        citations=(Citation(source="gazette", locator=next(at), relay=next(at)),),
    )
    guard = replace(
        row, id="s-2", kind=Kind.DENIAL, speaker=None, anonymous=next(at), anonymity_reason=next(at)
    )
    custody = (Custody(action=CustodyAction.HELD, by=next(at), note=next(at)),)
    return claim(
        id=next(at),
        text=next(at),
        story=next(at),
        statements=(row, guard),
        speakers=(speaker(name=next(at)),),
        sources=(
            source(publisher=next(at), title=next(at), author=next(at), note=next(at), locator=next(at)),
        ),
        artifacts=(artifact(name=next(at), custody=custody),),
    )


@given(st.lists(HOSTILE, min_size=1, max_size=6), st.integers(min_value=20, max_value=120))
def test_no_text_can_command_the_terminal(texts: list[str], width: int) -> None:
    """Whatever rows and pastes hold, only rich's own colour codes reach the terminal, and lines fit."""
    shown = recorded(
        hostile_claim(texts),
        part=texts[0],
        differences=(Difference(kind=DifferenceKind.NAME, pasted=texts[0], record=texts[-1]),),
        related=(RelatedClaim(id=texts[0], text=texts[-1], kind=RelationKind.CONTRADICTS),),
    )
    made = answer([shown, shown], tier=Tier.SAME, ledger_revision=1)
    plain = render(made, width=width, colour=False)
    assert_harmless(plain, width)
    coloured = render(made, width=width, colour=True)
    assert SGR.sub("", coloured) == plain


@given(HOSTILE, st.integers(min_value=20, max_value=120))
def test_no_search_or_history_can_command_the_terminal(text: str, width: int) -> None:
    """The same holds for what a search and the log of revisions print."""
    item = HistoryItem(
        n=1, at=text, actor=text, action=text, reason=text, entity=text, id=text, changed=(text, text)
    )
    assert_harmless(render_matches([(text, text, text)], width=width, colour=False), width)
    assert_harmless(render_history([item], width=width, colour=False), width)
    assert SGR.sub("", render_history([item], width=width, colour=True)) == render_history(
        [item], width=width, colour=False
    )


def assert_harmless(text: str, width: int) -> None:
    """Fail where `text` holds a control or direction character or a line that is too wide."""
    assert not [each for each in text if each != "\n" and (ord(each) < 32 or 127 <= ord(each) < 160)]
    assert not DIRECTION.search(text)
    assert not too_wide(text, width)
    text.encode()


def too_wide(text: str, width: int) -> list[str]:
    """Return the lines of `text` that are wider than `width` cells, addresses apart."""
    return [
        line
        for line in text.split("\n")
        if cell_len(line) > width and not line.lstrip().startswith("https://")
    ]
