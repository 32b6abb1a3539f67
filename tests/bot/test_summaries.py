"""The summary sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import About, Line, Since
from bot.display import display, mode_words, tidy
from bot.statements import GROUP_OF, Citation, Group, Kind, QuoteMode, Statement, TargetKind
from bot.summaries import LONGEST_TEXT, cited, foremost, sentence, summary
from bot.wording import catalogue, date_words
from tests.entries import BARE, claim, recorded, statement

WORDS = catalogue()
SUMMED_UP = [
    kind for kind in Kind if GROUP_OF[kind] in {Group.ASSERTED, Group.DENIED, Group.OFFICIAL_RESPONSE}
]
ABOUTS = (
    None,
    About(kind=TargetKind.STATEMENT, words="a statement by Ada Quill"),
    About(kind=TargetKind.ARTIFACT, words="the recording of the council meeting"),
)
TEXTS = ("It was closed.", "It was closed", "", "It was closed. " * 30, "Was it closed?")
TAKEN_BACK = Since(kind=Kind.RETRACTION, words="since taken back", citations=(3, 1))
UNQUOTED = {QuoteMode.PARTIAL, QuoteMode.PARAPHRASE}
BROKEN = re.compile(
    r"  | [,.;:)]|\(\s|\(\)|\(;|;\)|::|,,|;;|\.\.|,[.:;]|[.:;],|\.:|:\.|\) \(date|\bNone\b|[{}]"
    r"|\b(on|in|by|to|of|for|about|told)[.:,;()]|\btold (on|in|\()"
)
BARE_LINE = dict(recorded(claim(statements=(BARE,))).groups)[Group.ASSERTED][0]


def line(**changes: Any) -> Line:
    """Return the line of a statement with only what it must have, with `changes` made to the line."""
    made: Line = replace(BARE_LINE, **changes)
    return replace(
        made,
        date=date_words(WORDS, made.said_on),
        display=display(made.text, made.quote_mode, WORDS),
        mode=mode_words(made.quote_mode, "German", WORDS),
    )


@pytest.mark.parametrize("kind", SUMMED_UP)
def test_no_sentence_reads_wrong_whatever_is_empty(kind: Kind) -> None:
    """For every mode, date precision and presence of fields the sentence has no gap and ends in one stop."""
    fields = product(
        QuoteMode,
        (None, "2024", "2025-07", "2025-07-08"),
        (None, "Radio Fen"),
        (None, "mayor of Marsh"),
        (None, "the town council"),
        (False, True),
        ABOUTS,
        (None, "the day") if kind is Kind.PARTIAL_DENIAL else (None,),
    )
    others = Random(1)
    for mode, date, told, role, behalf, anonymous, about, part in fields:
        made = line(
            kind=kind,
            quote_mode=mode,
            said_on=date,
            told_to=told,
            role=role,
            on_behalf_of=behalf,
            anonymous=anonymous,
            speaker="a guard on the bridge" if anonymous else "Ada Quill",
            about=about,
            part=part,
            # What has no bearing on the other fields is drawn instead of being multiplied out.
            relays=others.choice(((), ("as reported by the Fen Courier",))),
            text=others.choice(TEXTS),
            since=others.choice((None, None, TAKEN_BACK)),
        )
        text = sentence(made, others.randrange(4), WORDS).text
        assert not BROKEN.search(text), text
        assert text.endswith(".") or (text.endswith("closed?") and mode in UNQUOTED), text
        assert text[0].isupper(), text
        assert len(text) < LONGEST_TEXT + 300, text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Ada Quill said (date not on file): “It was closed”."),
        (
            {"told_to": "donors", "said_on": "2024", "role": "then a candidate"},
            "Ada Quill, then a candidate, told donors in 2024: “It was closed”.",
        ),
        (
            {"kind": Kind.CONFIRMATION, "told_to": "Radio Fen", "said_on": "2025-07-08"},
            "Ada Quill confirmed it to Radio Fen on 8 July 2025: “It was closed”.",
        ),
        (
            {"kind": Kind.DENIAL, "quote_mode": QuoteMode.PARAPHRASE, "text": "There were no calls."},
            "Ada Quill denied it (date not on file): There were no calls.",
        ),
        (
            {"kind": Kind.PARTIAL_DENIAL, "part": "the day", "said_on": "2025-07"},
            "Ada Quill denied part of it in July 2025, namely the day: “It was closed”.",
        ),
        (
            {"kind": Kind.RESPONSE, "told_to": "Radio Fen", "said_on": "2025"},
            "Ada Quill answered Radio Fen in 2025 without confirming or denying it: “It was closed”.",
        ),
        (
            {"kind": Kind.NO_COMMENT, "text": "No comment.", "said_on": "2025"},
            "Ada Quill would not comment in 2025: “No comment”.",
        ),
        (
            {"kind": Kind.NO_COMMENT, "quote_mode": QuoteMode.PARAPHRASE, "said_on": "2026-11-09"}
            | {"text": "Ada Quill would not comment."},
            "Ada Quill would not comment on 9 November 2026.",
        ),
        (
            {"kind": Kind.DECLINED, "quote_mode": QuoteMode.PARAPHRASE, "said_on": "2026-11-09"}
            | {"text": "Ada Quill declined to comment."},
            "Ada Quill declined to comment on 9 November 2026.",
        ),
        (
            {"kind": Kind.NO_RESPONSE, "quote_mode": QuoteMode.PARAPHRASE, "said_on": "2026-11-09"}
            | {"text": "Ada Quill was asked and had not answered by the deadline."},
            "Ada Quill was asked and had not answered by the deadline, as of 9 November 2026.",
        ),
        (
            {"kind": Kind.DECLINED, "quote_mode": QuoteMode.PARAPHRASE, "text": "the matter is in court"},
            "Ada Quill declined to comment (date not on file): the matter is in court.",
        ),
        (
            {"kind": Kind.NO_RESPONSE, "told_to": "Radio Fen", "said_on": "2025-07-08", "text": ""},
            "Ada Quill was asked by Radio Fen and had not answered by the deadline, as of 8 July 2025.",
        ),
        (
            {"kind": Kind.DENIAL, "about": ABOUTS[1], "said_on": "2025", "role": "Kremlin spokesperson"}
            | {"on_behalf_of": "the Kremlin"},
            "Ada Quill, Kremlin spokesperson, denied a statement by Ada Quill in 2025: “It was closed”.",
        ),
        (
            {"on_behalf_of": "the council", "said_on": "2025", "quote_mode": QuoteMode.TRANSLATION},
            "Ada Quill, on behalf of the council, said in 2025 (translated from German): “It was closed”.",
        ),
        (
            {"anonymous": True, "speaker": "a guard on the bridge", "said_on": "2025"},
            "A guard on the bridge, not named, said in 2025: “It was closed”.",
        ),
        (
            {
                "told_to": "Radio Fen",
                "said_on": "2025",
                "relays": ("as reported by the Courier",),
            },
            "Ada Quill told Radio Fen in 2025 (as reported by the Courier): “It was closed”.",
        ),
        (
            {"text": "It was closed in the U.S.", "said_on": "2025"},
            "Ada Quill said in 2025: “It was closed in the U.S.”.",
        ),
        (
            {"text": "And so on...", "said_on": "2025", "quote_mode": QuoteMode.PARAPHRASE},
            "Ada Quill said in 2025: And so on….",
        ),
        (
            {"text": "{name} {0} {}", "said_on": "2025", "speaker": "{who} {text}"},
            "{who} {text} said in 2025: “{name} {0} {}”.",
        ),
    ],
)
def test_sentences_in_full(changes: dict[str, Any], expected: str) -> None:
    """Each kind has its own verb, and a row's braces, points and marks are only characters."""
    assert sentence(line(**changes), 0, WORDS).text == expected


def test_the_rest_of_a_group_is_counted() -> None:
    """A sentence says how many other statements the group holds."""
    assert sentence(line(said_on="2025"), 1, WORDS).text.endswith("closed” (and 1 other).")
    assert sentence(line(said_on="2025"), 2, WORDS).text.endswith("closed” (and 2 others).")
    assert sentence(line(text=""), 2, WORDS).text.endswith("(date not on file; and 2 others).")


@pytest.mark.parametrize("mode", QuoteMode)
def test_a_long_text_is_left_out_whole(mode: QuoteMode) -> None:
    """A text over the limit is pointed to, never cut; one at the limit stands in full."""
    frame = 2 if mode in {QuoteMode.VERBATIM, QuoteMode.TRANSLATION} else 0
    fits = "a" * (LONGEST_TEXT - frame)
    assert fits in sentence(line(text=fits, quote_mode=mode), 0, WORDS).text
    left_out = sentence(line(text=f"{fits}a", quote_mode=mode, told_to="donors"), 0, WORDS).text
    assert "aaa" not in left_out
    given = ", in the words that the full record gives." if frame else ", as the full record gives it."
    assert left_out.startswith("Ada Quill asserted it to donors (")
    assert left_out.endswith(given)


def test_an_empty_group_is_said_to_be_empty() -> None:
    """Each of the three groups has a sentence, on file or not."""
    assert [each.text for each in summary((), WORDS)] == [
        "No assertion is on file.",
        "No denial is on file.",
        "No official response is on file.",
    ]


def test_an_official_denial_is_not_passed_over() -> None:
    """Where an office has denied, the summary does not say that there is no official response."""
    groups = ((Group.DENIED, (line(kind=Kind.DENIAL, official=True),)),)
    assert summary(groups, WORDS)[2].text == "No further official response is on file."


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"official": True, "quote_mode": QuoteMode.PARAPHRASE}, {}),
        ({}, {"quote_mode": QuoteMode.PARTIAL, "said_on": "2030"}),
        ({"quote_mode": QuoteMode.PARTIAL}, {"quote_mode": QuoteMode.TRANSLATION, "said_on": "2030"}),
        ({"quote_mode": QuoteMode.TRANSLATION}, {"quote_mode": QuoteMode.PARAPHRASE, "said_on": "2030"}),
        ({}, {"relays": ("as reported by the Courier",), "said_on": "2030"}),
        ({"said_on": "2025-07-08"}, {"said_on": "2025-07-07"}),
        ({"said_on": "1999"}, {}),
        (
            {},
            {"official": True, "since": Since(kind=Kind.RETRACTION, words="since taken back", citations=())},
        ),
    ],
)
def test_the_foremost_line(better: dict[str, Any], worse: dict[str, Any]) -> None:
    """Standing decides first, then the newest date, with unknown dates last."""
    first, second = line(statement="better", **better), line(statement="worse", **worse)
    assert foremost((first, second)) == foremost((second, first)) == first


def test_alike_lines_keep_the_order_of_the_ledger() -> None:
    """Between lines of one standing and one date the first in the ledger is chosen."""
    assert foremost((line(statement="a"), line(statement="b"))).statement == "a"


def test_a_sentence_names_the_sources_of_a_later_change() -> None:
    """That a statement was taken back is said with the source that says it."""
    made = sentence(line(since=TAKEN_BACK, said_on="2025", citations=(1,)), 0, WORDS)
    assert "(since taken back)" in made.text
    assert made.citations == (1, 3)


@pytest.mark.parametrize(
    ("changes", "others", "after"),
    [
        ({}, 0, "."),
        ({}, 2, " (and 2 others)."),
        ({"text": ""}, 2, "."),
        ({"text": "Was it closed?", "quote_mode": QuoteMode.PARAPHRASE}, 0, ""),
        ({"text": "Was it closed?", "quote_mode": QuoteMode.PARAPHRASE}, 1, " (and 1 other)."),
    ],
)
def test_numbers_stand_behind_what_they_are_for(changes: dict[str, Any], others: int, after: str) -> None:
    """The place of a sentence's source numbers is behind the text, before the count of the other lines."""
    made = sentence(line(**changes), others, WORDS)
    assert cited(made) == (made.text.removesuffix(after), after)


values = st.none() | st.text(max_size=40)
rows = st.builds(
    statement,
    text=st.text(max_size=400),
    kind=st.sampled_from(SUMMED_UP),
    quote_mode=st.sampled_from(QuoteMode),
    speaker=st.none(),
    anonymous=values,
    role=values,
    on_behalf_of=values,
    told_to=values,
    part=values,
    said_on=st.sampled_from([None, "2024", "2024-02", "2024-02-29"]),
    citations=st.builds(lambda relay: (Citation(source="gazette", relay=relay),), values),
)


@given(rows)
def test_every_word_is_from_the_row_or_the_catalogue(row: Statement) -> None:
    """The summary adds no word to the record, whatever the rows hold."""
    held = (row.anonymous, row.role, row.on_behalf_of, row.told_to, row.part, row.citations[0].relay)
    known = _words(" ".join(WORDS.phrases.values())) | {"2024", "29"}
    known |= _words(" ".join([tidy(each) for each in held if each]))
    known |= _words(display(row.text, row.quote_mode, WORDS))
    for each in recorded(claim(statements=(row,))).summary:
        assert _words(each.text) <= known
        assert "  " not in each.text


def _words(text: str) -> set[str]:
    return {each.casefold() for each in re.findall(r"\w+", text)}
