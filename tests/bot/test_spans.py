"""Passages that a model picks out of a long paste."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.paste import clean
from bot.spans import MOST, is_long, spans_in, surrounding, variables, with_spans
from tests.bot.test_second_look import anything

TEXT = (
    "Good evening, all! Nobody who was there says that, whatever you may have read in the paper this week, "
    "the mayor of the town sold the old bridge to a friend. It has\nrained. Please share “this” with friends."
)
PASTE = clean(TEXT)
SOLD = "the mayor of the town sold the old bridge to a friend"


def picked(*passages: object) -> tuple[str, ...]:
    """Return the texts of the passages that count."""
    return tuple(PASTE.text[start:end] for start, end in spans_in({"passages": list(passages)}, PASTE))


def test_a_passage_is_found_again() -> None:
    """A passage counts where it stands in the paste, its quotation marks and line breaks folded."""
    assert picked(SOLD) == (SOLD,)
    assert picked("Please share “this” with friends.") == ()
    assert picked("share “this” with friends.") == ('share "this" with friends.',)
    assert picked("It has rained. Please share") == ("It has\nrained. Please share",)


def test_what_does_not_count() -> None:
    """What is not in the paste, is cut inside a word, too short or matched already, is ignored."""
    assert (
        picked("the mayor of the city sold the old bridge", "he mayor of the town sold", "a friend", 7) == ()
    )
    assert picked(*PASTE.units) == ()
    assert picked(SOLD, SOLD) == (SOLD,)


def test_at_most_six_count() -> None:
    """Of many passages the first ones count."""
    words = PASTE.text.split()
    rows = [" ".join(words[n : n + 5]) for n in range(12)]
    assert len(spans_in({"passages": rows}, PASTE)) <= MOST


def test_a_passage_is_matched_beside_the_sentences() -> None:
    """The sentences stay what is matched, and the passage comes after them."""
    made = with_spans(PASTE, spans_in({"passages": [SOLD]}, PASTE))
    assert made.units == (*PASTE.units, SOLD)
    assert made.spans == (SOLD,)
    assert with_spans(PASTE, [(-3, 4), (5, 5), (0, 10_000)]) == PASTE


def test_a_passage_is_told_by_its_sentences() -> None:
    """What turns a passage stands in the sentence around it, which is what is compared."""
    assert surrounding(PASTE, SOLD).startswith("Nobody who was there says")
    assert surrounding(PASTE, SOLD).endswith("to a friend.")
    assert surrounding(PASTE, "friend. It has rained.").endswith("to a friend. It has rained.")
    assert surrounding(PASTE, "not in it") == "not in it"


def test_only_a_long_paste_is_sent() -> None:
    """A claim of one sentence needs nobody to find it; of a very long paste the beginning is sent."""
    assert not is_long(clean(SOLD))
    assert is_long(clean(TEXT * 2))
    assert len(variables(clean("word " * 3_900))["text"]) <= 12_000


@given(anything | st.fixed_dictionaries({"passages": st.lists(st.text(max_size=40) | anything)}))
def test_any_answer_is_read(value: object) -> None:
    """Whatever a model answers, what counts are places in the paste, and the sentences stay."""
    places = spans_in(value, PASTE)
    assert all(0 <= start < end <= len(PASTE.text) for start, end in places)
    assert with_spans(PASTE, places).units[: len(PASTE.units)] == PASTE.units


@given(st.text(max_size=200), st.integers(), st.integers(min_value=0, max_value=40))
def test_a_span_is_a_part_of_its_sentences(text: str, start: int, length: int) -> None:
    """Wherever a span stands, the sentences around it are those of the paste."""
    paste = clean(text)
    if paste.text:
        start %= len(paste.text)
        made = with_spans(paste, [(start, start + length)])
        for each in made.spans:
            assert each in paste.text.replace("\n", " ")
            assert surrounding(paste, each)
