"""Pastes: what is matched of a text, however a platform dressed it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.paste import MAX_CHARACTERS, MAX_UNITS, MAX_URLS, clean, paste_fault, sentences, units


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("<@U123ABC> the pier was closed", "the pier was closed"),
        ("<@!1234> <@&99> the pier was closed", "the pier was closed"),
        ("closed &lt;again&gt; &amp; again", "closed <again> & again"),
        ("see <#C1|general> the pier <!here>", "see the pier"),
        ("<!date^1392734382^{date}|18 February> the pier", "18 February the pier"),
        ("the <https://gazette.example/a|Gazette> said so", "the Gazette said so"),
        ("the pier <:shrug:123> <a:wave:9> :smile: closed", "the pier closed"),
        ("the pier 🚢 closed 1️⃣ 🇬🇧", "the pier closed 1"),
        ("#SavePier now, says @MarshGazette", "Save Pier now, says Marsh Gazette"),
        ("#Pier2025 and #MAGAPier", "Pier 2025 and MAGA Pier"),
        ("@quill @fen the pier was closed", "the pier was closed"),
        ("RT @quill: the pier was closed", "the pier was closed"),
        ("it’s “closed” pic.twitter.com/AbC123", 'it\'s "closed"'),
        ("the pier is shut#pierpic.twitter.com/AbC123", "the pier is shut pier"),
        ("the\u200b pi\u202eer\x00 \ud800was", "the pier was"),
        ("ｔｈｅ pier", "the pier"),
    ],
)
def test_dress_of_platforms_is_taken_off(pasted: str, text: str) -> None:
    """Escapes, mentions, emoji, pictures and hidden characters go; the words of tags and handles stay."""
    assert clean(pasted).text == text


def test_tail_of_a_copied_post_gives_its_author() -> None:
    """“— Name (@handle) Date” is cut and the name kept apart, in the middle of a thread too."""
    paste = clean(
        "The pier is shut. — Ada Quill (@adaquill) July 9, 2025 "
        "No, it isn't — Fen Roads (R-AZ) (@fen) July 10, 2025"
    )
    assert paste.text == "The pier is shut.\nNo, it isn't"
    assert paste.author == "Ada Quill, Fen Roads (R-AZ)"
    assert clean("A 13-year-old fell — they said").author is None


def test_addresses_are_kept_aside_in_canonical_form() -> None:
    """An address is no part of the text, stands once, and loses what tells where the reader came from."""
    paste = clean(
        "Shut! https://www.Gazette.example/Pier/?utm_source=x#top, <http://gazette.example/Pier|here>"
    )
    assert paste.urls == ("https://gazette.example/Pier",)
    assert paste.text == "Shut! , here"


def test_number_of_addresses_is_bounded() -> None:
    """A paste full of links does not cost more than twenty look-ups."""
    assert len(clean(" ".join(f"https://a{n}.example/" for n in range(500))).urls) == MAX_URLS


@pytest.mark.parametrize(
    ("pasted", "word"),
    [
        ("", "Nothing"),
        (" \n\t\u200b", "Nothing"),
        ("\x00\ud800", "Nothing"),
        ("🎉🎉", "no words"),
        ("?!… —", "no words"),
        ("<@U123>", "only a mention"),
        ("@counterclaim", "only a mention"),
        ("a" * (MAX_CHARACTERS + 1), "20,001 characters"),
    ],
)
def test_what_cannot_be_looked_up_gets_one_sentence(pasted: str, word: str) -> None:
    """The person who pasted is told what is wrong and what to do."""
    fault = paste_fault(pasted)
    assert fault is not None
    assert word in fault


@pytest.mark.parametrize("pasted", ["Pier", "https://gazette.example/pier", "<@U1> пирс закрыт", "桟橋"])
def test_words_or_an_address_are_enough(pasted: str) -> None:
    """One word in any script, or an address alone, can be looked up."""
    assert paste_fault(pasted) is None


def test_sentences_end_where_a_reader_ends_them() -> None:
    """Titles, initials and abbreviations end no sentence; a line break does."""
    text = 'Dr. Quill met J. K. Fen in the U.S. on Monday. "It is shut!" he said. Why?\nNobody knows'
    assert sentences(text) == (
        "Dr. Quill met J. K. Fen in the U.S. on Monday.",
        '"It is shut!" he said.',
        "Why?",
        "Nobody knows",
    )


def test_short_paste_is_matched_whole_and_by_sentences() -> None:
    """The whole comes first, then each sentence that is long enough to say something."""
    assert units("The pier is shut again. Why? Ask the council about it.") == (
        "The pier is shut again. Why? Ask the council about it.",
        "The pier is shut again.",
        "Ask the council about it.",
    )
    assert units("One sentence only.") == ("One sentence only.",)


def test_long_paste_is_matched_by_its_first_sentences() -> None:
    """An article costs a bounded number of look-ups."""
    found = units(" ".join(f"This is sentence number {n} of many." for n in range(100)))
    assert len(found) == MAX_UNITS
    assert found[0] == "This is sentence number 0 of many."


@given(st.text(st.characters(), max_size=300))
def test_any_text_is_cleaned(text: str) -> None:
    """No text makes cleaning fail, and what is left holds nothing hidden."""
    paste = clean(text)
    assert "\x00" not in paste.text
    assert not any("\ud800" <= each <= "\udfff" for each in paste.text)
    assert len(paste.units) <= MAX_UNITS + 1
    assert (paste_fault(text) is None) == bool(paste.units or paste.urls)


@pytest.mark.parametrize(
    "unit",
    ["a", "<", "@a ", "#aB", "- ", " - (@a)", "&amp;", "![", "a.", "\n. A", ":a", "http://", "é́", "[", "(@a"],
)
def test_megabyte_is_cleaned(unit: str) -> None:
    """Work grows with the length of a text and no faster: a million characters of any kind come through."""
    clean(unit * (1_000_000 // len(unit)))
