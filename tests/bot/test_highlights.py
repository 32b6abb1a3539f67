"""Highlights: what a model may choose for a summary, and how it is shown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import ClaimRecord
from bot.dates import PartialDate
from bot.highlights import Pick, highlighted, offered, picks_in, variables
from bot.quotations import occurs
from bot.statements import Group, Kind, QuoteMode, Target, TargetKind
from bot.summaries import LONGEST_TEXT
from bot.wording import catalogue
from tests.bot.test_second_look import anything
from tests.entries import claim, recorded, statement

WORDS = catalogue()
SENTENCES = (
    "The town has had that bridge for two hundred years and more, and everybody in it knows the stones.",
    "I had it closed on the first of July, after the engineers had been to see me in the evening.",
    "It was not closed because of the festival, whatever the people from the other bank may say.",
    "We shall open it again when the last of the beams has been put in and somebody has walked over it.",
)
LONG = " ".join(SENTENCES)


def entry(*texts: str, **changes: Any) -> ClaimRecord:
    """Return a record with an assertion for each text, of rising dates."""
    rows = [
        statement(**({"id": f"s-{n}", "text": each, "said_on": PartialDate(f"20{n + 10}")} | changes))
        for n, each in enumerate(texts)
    ]
    return recorded(claim(statements=tuple(rows)))


def chosen(record: ClaimRecord, *picks: dict[str, Any]) -> ClaimRecord:
    """Return the record with the summary that a model's picks make of it."""
    return highlighted(record, picks_in({"picks": list(picks)}, record), WORDS)


def asserted(record: ClaimRecord) -> str:
    """Return the first sentence of the summary."""
    return record.summary[0].text


def test_another_statement_is_chosen() -> None:
    """The statement that was picked stands in the summary, the others are counted, and it is marked."""
    record = entry("The first thing.", "The second thing.", "The third thing.")
    assert "third thing" in asserted(record)
    made = chosen(record, {"id": "a"})
    assert "“The first thing”" in asserted(made)
    assert "(and 2 others)" in asserted(made)
    assert [each.by_model for each in made.summary] == [True, False, False]


def test_a_choice_that_changes_nothing_is_not_marked() -> None:
    """Where the model chose what the rule chooses, the record is as it was."""
    record = entry("The first thing.", "The second thing.")
    assert chosen(record, {"id": "b"}) is record


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (1, 2, f"“{SENTENCES[0]} {SENTENCES[1]} …”"),
        (2, 2, f"“… {SENTENCES[1]} …”"),
        (3, 4, f"“… {' '.join(SENTENCES[2:])}”"),
    ],
)
def test_whole_sentences_of_a_long_text(first: int, last: int, shown: str) -> None:
    """A cut is shown by an ellipsis and stays in its quotation marks, and the words are those on file."""
    record = entry(LONG)
    assert "in the words that the full record gives" in asserted(record)
    made = asserted(chosen(record, {"id": "a", "first": first, "last": last}))
    assert shown.removesuffix(".”") in made
    assert made.endswith(("”.", "…”."))
    quoted = re.search("“(.*)”", made)
    assert quoted is not None
    assert occurs(quoted[1], LONG)


def test_a_paraphrase_is_cut_without_marks() -> None:
    """Words that are not the speaker's get no quotation marks by being cut."""
    made = asserted(chosen(entry(LONG, quote_mode=QuoteMode.PARAPHRASE), {"id": "a", "first": 2, "last": 2}))
    assert f": … {SENTENCES[1]} …" in made
    assert "“" not in made


def test_a_quotation_is_not_cut_open() -> None:
    """A span with a mark that is closed outside of it is not shown."""
    text = f"She said: “{SENTENCES[0]} {SENTENCES[1]}” She went on. {SENTENCES[2]} {SENTENCES[3]}"
    record = entry(text, quote_mode=QuoteMode.PARTIAL)
    assert chosen(record, {"id": "a", "first": 1, "last": 1}) == record


@pytest.mark.parametrize(
    "span", [(0, 1), (2, 1), (1, 4), (1, 9), ("1", 1), (1.0, 1), (True, True), (None, 1)]
)
def test_numbers_that_name_no_fitting_sentences(span: tuple[Any, Any]) -> None:
    """What is not a number of a sentence, or is too long together, cuts nothing."""
    record = entry(LONG)
    assert chosen(record, {"id": "a", "first": span[0], "last": span[1]}) == record


def test_a_text_is_preferred_to_a_pointer() -> None:
    """A long text that is not cut does not take the place of a short one."""
    record = entry(LONG, "The second thing.")
    assert chosen(record, {"id": "a"}) == record


def test_what_was_taken_back_is_not_offered() -> None:
    """Beside a statement that stands, one that was taken back cannot be chosen."""
    taken = statement(
        id="s-9",
        kind=Kind.RETRACTION,
        text="I was mistaken.",
        about=Target(kind=TargetKind.STATEMENT, id="s-1"),
    )
    rows = (statement(), statement(id="s-2", text="It stands."), statement(id="s-3", text="It holds."), taken)
    (group, lines), *_ = offered(recorded(claim(statements=rows)))
    assert group is Group.ASSERTED
    assert [each.statement for each in lines] == ["s-2", "s-3"]


def test_what_is_sent() -> None:
    """Each statement is sent under a letter, with its date; nothing is asked of a record with no choice."""
    record = entry(LONG, "The second thing.")
    sent = variables(record)["statements"].splitlines()
    assert sent[0] == "asserted:"
    assert sent[1].startswith("a: (2010) [1] The town")
    assert sent[2] == "b: (2011) The second thing."
    assert offered(entry("One thing.")) == ()


@given(
    anything
    | st.fixed_dictionaries(
        {
            "picks": st.lists(
                st.fixed_dictionaries(
                    {
                        "id": st.sampled_from("abcdz") | anything,
                        "first": st.integers(min_value=-1, max_value=6) | anything,
                        "last": st.integers(min_value=-1, max_value=6) | anything,
                    }
                )
            )
        }
    )
)
def test_any_answer_is_read(value: object) -> None:
    """Whatever a model answers, only the summary differs, and its words are the rows' and the catalogue's."""
    record = entry(LONG, "The second thing.", f"“Yes.” {LONG}")
    made = highlighted(record, picks_in(value, record), WORDS)
    assert len(made.summary) == len(record.summary)
    known = set(
        re.findall(
            r"\w+", " ".join([LONG, "second Yes mayor Marsh Ada Quill council", *WORDS.phrases.values()])
        )
    )
    for each in made.summary:
        assert set(re.findall(r"[^\W\d]+", each.text)) <= known
        assert len(each.text) <= LONGEST_TEXT + 200


@given(st.text(max_size=600), st.sampled_from(QuoteMode), st.integers(1, 9), st.integers(1, 9))
def test_any_row_can_be_cut(text: str, mode: QuoteMode, first: int, last: int) -> None:
    """Whatever stands in a row, a cut shows whole sentences of it."""
    record = entry(text, quote_mode=mode)
    (line,) = dict(record.groups)[Group.ASSERTED]
    for each in picks_in({"picks": [{"id": "a", "first": first, "last": last}]}, record):
        if each.start is not None and each.end is not None:
            own = line.display[1:-1] if mode in {QuoteMode.VERBATIM, QuoteMode.TRANSLATION} else line.display
            assert own[each.start : each.end].strip()
            assert asserted(highlighted(record, [each], WORDS))


def test_a_pick_of_another_record_changes_nothing() -> None:
    """A pick that names no statement of the record is ignored."""
    record = entry("One thing.", "Another thing.")
    assert highlighted(record, [Pick(statement="elsewhere")], WORDS) is record
