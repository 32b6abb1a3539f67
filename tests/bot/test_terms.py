"""Terms: two wordings of one thing meet in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import language
from bot.terms import RARE, share, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the GOP", "Republicans"),
        ("$2M", "2 million dollars"),
        ("10%", "ten percent"),
        ("1,377 points", "1377 point"),
        ("the U.S.", "the United States"),
        ("McDonald's", "mcdonald"),
        ("invaded", "invading"),
        ("Müller", "Muller"),
    ],
)
def test_two_wordings_share_terms(one: str, other: str) -> None:
    """Forms, figures and short names of one thing come to the same term."""
    assert set(terms(one)) & set(terms(other))


def test_pronoun_is_no_country() -> None:
    """“us” says nothing, “US” is a country."""
    assert terms("tell us") == terms("tell")
    assert terms("US") == terms("America")


def test_stop_words_are_left_out() -> None:
    """What remains of a sentence is what it is about, in order."""
    assert terms("They don't say that the pier isn't closed, they're lying") == ["sai", "pier", "close", "ly"]


def test_common_words_are_known_to_be_common() -> None:
    """A word that stands in every other text is not rare, and one never heard of is."""
    assert share(terms("people")[0]) > share(terms("hospital")[0]) > share("quillbrook") == RARE


def test_every_list_is_in_small_letters() -> None:
    """The words of a language are looked up in small letters."""
    data = language()
    for text in (data["stop"], *data["common"].values(), *data["same"].values()):
        assert text == text.lower()


@given(st.text(max_size=200))
def test_any_text_has_terms(text: str) -> None:
    """Terms are letters and digits without capitals, whatever the text."""
    for term in terms(text):
        assert term
        assert not any(each.isspace() for each in term)
