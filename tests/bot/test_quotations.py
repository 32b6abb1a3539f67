"""Quotations: found in a text, and looked for in a passage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.folding import fold_typography
from bot.quotations import insertions, is_one_quotation, occurs, quoted_spans

PASSAGE = (
    "Trump told them: “I told the ferryman that I would close the pier. He said, ‘I don’t believe you.’” "
    "There is nothing — nothing at all – to hide. Closing it took a week. Él dijo: «No fue así.»"
)

words = st.text(alphabet="abcdefgh", min_size=1, max_size=6)
sentences = st.lists(words, min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("He said “never” and left.", ("never",)),
        ('He said "never" and "always".', ("never", "always")),
        ("Il dit « jamais » et partit.", ("jamais",)),
        ("Er sagte „nie“ und ging.", ("nie",)),
        ("Er sagte »nie« und ging.", ("nie",)),
        ("彼は「ない」と言った", ("ない",)),
        ("He said ‘never again’ and left.", ("never again",)),
        ("He said 'never again' and left.", ("never again",)),
        ("“He said, ‘never’, and left.”", ("He said, 'never', and left.",)),
        ("He said “”.", ("",)),
    ],
)
def test_every_style_of_quotation_mark_is_seen(text: str, spans: tuple[str, ...]) -> None:
    """Marks of every style enclose a span; one inside another belongs to the outer."""
    assert quoted_spans(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "the club's members' meeting",
        "It isn't the teachers’ fault, it’s ours.",
        'a 6" pipe',
        "rock ’n’ roll in the ’90s for the members’ sake",
        "no marks",
    ],
)
def test_an_apostrophe_quotes_nothing(text: str) -> None:
    """Apostrophes, a lone inch mark and decades are no quotation marks."""
    assert quoted_spans(text) == ()


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("I told the ferryman that I would close the pier.", True),
        ("I told the ferryman that I'd close the pier", False),
        ('He said, "I don\'t believe you."', True),
        ("nothing - nothing at all -- to hide", False),
        ("nothing - nothing at all - to hide", True),
        ("I told  the\nferryman", True),
        ("I told … close the pier", True),
        ("I told ... close the pier", True),
        ("I told . . . close the pier", True),
        ("I told […] close the pier", True),
        ("I told [...] close the pier", True),
        ("I told [. . .] close the pier", True),
        ("I told [] close the pier", False),
        ("I told [… and robbed …] close the pier", False),
        ("I told ［and robbed］ the ferryman", False),
        ("I told the ferryman [sic", False),
        ("I told] … close the pier", False),
        ("close the pier … I told", False),
        ("I told … I told", False),
        ("After that, [the ferryman] said", False),
        ("[the ferryman] said, ‘I don’t believe you.’", False),
        ("[T]here is nothing", False),
        ("[c]los[ing] it took", False),
        ("No fue así.", True),
        ("no fue así.", False),
    ],
)
def test_a_quotation_occurs_word_for_word_or_not_at_all(quote: str, *, found: bool) -> None:
    """Quotes, dashes and spaces are folded; words, case and order count."""
    assert occurs(quote, PASSAGE) is found


@pytest.mark.parametrize("quote", ["There is no", "is not", "here is nothing", "1"])
def test_a_span_never_cuts_a_word(quote: str) -> None:
    """“There is no” is not in “There is nothing”."""
    assert not occurs(quote, "There is nothing in 21 of them")


def test_scripts_without_spaces_may_be_cut_anywhere() -> None:
    """Where words are written together, a span may begin and end inside the run of characters."""
    assert occurs("橋は閉鎖", "市長は橋は閉鎖されたと述べた")


def test_only_a_bracket_that_the_source_prints_may_stand() -> None:
    """Words of ours in square brackets make a quotation false; the source's own are part of it."""
    assert not occurs("the bridge is [not] green", "the bridge is green now")
    assert not occurs("the bridge is green [and I stole the paint]", "the bridge is green now")
    assert occurs("After that, [Putin] says", "After that, [Putin] says no")
    assert not occurs("After that, Putin says", "After that, [Putin] says no")
    assert insertions("It [is […]] […] so ［by now］ [sic") == ("[is  ]", "[by now]", "[sic")
    assert insertions("It is […] [...] [. . .] so") == ()


@pytest.mark.parametrize("quote", ["", " ", "…", "[…]", "[all of it]", "“”", ".", "?!"])
def test_a_quotation_without_a_word_occurs_nowhere(quote: str) -> None:
    """Marks, ellipses and insertions alone prove nothing."""
    assert not occurs(quote, PASSAGE + " … . ?! all of it")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("“Yes, I did.”", True),
        ("«Sí»", True),
        ("“Yes” and “no”", False),
        ("I said “yes”", False),
        ("No", False),
    ],
)
def test_a_text_in_one_pair_of_marks_is_seen(text: str, *, whole: bool) -> None:
    """Only where the outer marks enclose all of it is a text one quotation."""
    assert is_one_quotation(text) is whole


@given(sentences, st.data())
def test_any_run_of_words_of_a_passage_occurs_in_it(passage: list[str], data: st.DataObject) -> None:
    """What is copied from a passage at word boundaries is found there, with or without a gap."""
    start = data.draw(st.integers(0, len(passage) - 1))
    end = data.draw(st.integers(start + 1, len(passage)))
    run = passage[start:end]
    assert occurs(" ".join(run), " ".join(passage))
    assert occurs(" … ".join(run), " ".join(passage))
    assert occurs(" […] ".join(run), " ".join(passage))
    assert not occurs(" ".join([*run, "[so]"]), " ".join(passage))


@given(sentences, words)
def test_a_word_that_is_not_in_the_passage_makes_the_quotation_fail(passage: list[str], word: str) -> None:
    """One word of our own is enough."""
    assert not occurs(" ".join([*passage, word + "z"]), " ".join(passage))


@given(sentences, st.sampled_from(["“{}”", '"{}"', "«{}»", "« {} »", "„{}“", "＂{}＂"]), sentences)
def test_what_stands_between_marks_is_returned(inside: list[str], marks: str, outside: list[str]) -> None:
    """Whatever the style, the words between the marks come back, and only these."""
    quoted, around = " ".join(inside), " ".join(outside)
    assert quoted_spans(f"{around} {marks.format(quoted)} {around}") == (quoted,)


@given(st.text(), st.text())
def test_no_text_raises(quote: str, excerpt: str) -> None:
    """Any two texts can be asked about."""
    occurs(quote, excerpt)
    is_one_quotation(quote)
    assert all(fold_typography(span) == span for span in quoted_spans(quote))
