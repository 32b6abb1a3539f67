"""How row text is made ready to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.display import display, mode_words, tidy
from bot.statements import QuoteMode
from bot.wording import catalogue

WORDS = catalogue()
DOUBLE = '"“”„‟«»＂「」『』'


@pytest.mark.parametrize(
    ("text", "mode", "shown"),
    [
        ("I told him.", QuoteMode.VERBATIM, "“I told him.”"),
        ("“I told him.”", QuoteMode.VERBATIM, "“I told him.”"),
        ('He said "no" to me.', QuoteMode.VERBATIM, "“He said ‘no’ to me.”"),
        ("He said “no”, “no”.", QuoteMode.VERBATIM, "“He said ‘no’, ‘no’.”"),
        ("„Nein“, sagte er.", QuoteMode.TRANSLATION, "“‚Nein‘, sagte er.”"),
        ('A 6" pipe ("new")', QuoteMode.VERBATIM, "“A 6″ pipe (‘new’)”"),
        ("two\n\tlines", QuoteMode.VERBATIM, "“two lines”"),
        ("There were “no” calls.", QuoteMode.PARAPHRASE, "There were no calls."),
        ("“There were no calls.”", QuoteMode.PARAPHRASE, "There were no calls."),
        ("‘There were no calls.’", QuoteMode.PARAPHRASE, "There were no calls."),
        ("It didn't happen.", QuoteMode.PARAPHRASE, "It didn't happen."),
        ("They said it “was open”.", QuoteMode.PARTIAL, "They said it “was open”."),
    ],
)
def test_quotation_marks_follow_the_quote_mode(text: str, mode: QuoteMode, shown: str) -> None:
    """Own words stand in quotation marks, a paraphrase never does, a part keeps its own."""
    assert display(text, mode, WORDS) == shown


@given(st.text())
def test_a_paraphrase_has_no_double_quotation_marks(text: str) -> None:
    """Whatever its text, a paraphrase is not shown in quotation marks."""
    assert not set(display(text, QuoteMode.PARAPHRASE, WORDS)) & set(DOUBLE)


@given(st.text(), st.sampled_from(QuoteMode))
def test_no_letter_is_added_or_lost(text: str, mode: QuoteMode) -> None:
    """Making a text ready to show changes marks and spaces, never a letter or a digit."""
    shown = display(text, mode, WORDS)
    assert [each for each in shown if each.isalnum()] == [each for each in text if each.isalnum()]


@given(st.text())
def test_tidy_text_is_one_clean_line(text: str) -> None:
    """No control, surrogate or direction character and no run of spaces is left."""
    line = tidy(text)
    assert not any(unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} for each in line)
    assert not any(
        unicodedata.bidirectional(each) in {"LRO", "RLO", "LRI", "RLI", "FSI", "PDI"} for each in line
    )
    assert line == " ".join(line.split())
    assert tidy(line) == line


@pytest.mark.parametrize("text", ["", " ", "\u200b\u200d", "\x00", "\u202e", "\ufeff \u3000"])
def test_what_cannot_be_seen_is_empty(text: str) -> None:
    """A text with nothing to see in it is the empty text."""
    assert tidy(text) == ""


def test_a_translation_is_labelled_with_its_language() -> None:
    """A translation says what it was translated from, where that is on file."""
    assert mode_words(QuoteMode.TRANSLATION, "German", WORDS) == "translated from German"
    assert mode_words(QuoteMode.TRANSLATION, None, WORDS) == "translation"
    assert mode_words(QuoteMode.VERBATIM, "German", WORDS) == "verbatim"
