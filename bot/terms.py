"""Terms: the stems that two wordings of one thing have in common.

Texts are cut where SQLite's `unicode61` cuts them, stop words are left out, some forms are read as one
(“GOP” and “Republicans”, “2M” and “2 million”), and the rest is stemmed with Porter's algorithm (Porter
1980, by `snowballstemmer`). The words are data of `bot.languages`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final, NamedTuple

from bot.languages import language

_WORD: Final = re.compile(r"us_|[^\W_]+(?:['’][^\W_]+)*")
_INITIALS: Final = re.compile(r"\b(?:[A-Za-z]\.){2,6}")
_GROUPED: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_AMOUNT: Final = re.compile(r"(\d+)(k|m|mn|mln|b|bn|tn)", re.ASCII)
_US: Final = re.compile(r"\bUSA?\b|\bU\.S\.(?:A\.)?|\bUnited States(?: of America)?\b")
_UNITS: Final = {"k": "thousand", "m": "million", "b": "billion", "t": "trillion"}
MAX_LETTERS: Final = 40
"""A longer run of letters is cut: it is no word, and a stemmer takes its time over it."""


class Common(NamedTuple):
    """The words of one language in the form in which they are looked up."""

    stop: frozenset[str]
    same: dict[str, str]
    numbers: dict[str, str]
    share: dict[str, float]


def terms(text: str) -> list[str]:
    """Return the terms of `text` in order, each as often as it stands there.

    A term is in small letters and digits and never empty; there is none for a stop word.
    """
    found: list[str] = []
    for word in words(text):
        found.extend(_terms_of(word))
    return found


def words(text: str) -> list[str]:
    """Return the words of `text` in order: small letters, no diacritics, “U.S.” as one word."""
    text = _US.sub("us_", text)
    text = _INITIALS.sub(lambda match: match[0].replace(".", ""), text)
    text = _GROUPED.sub("", text).replace("%", " percent ").replace("us_", " us_ ")
    if not text.isascii():
        text = "".join(
            each for each in unicodedata.normalize("NFKD", text) if unicodedata.category(each) != "Mn"
        )
    return _WORD.findall(text.casefold())


@lru_cache(maxsize=50_000)
def _terms_of(word: str) -> tuple[str, ...]:
    known = _common()
    word = word.replace("’", "'")
    stem = word.removesuffix("'s").replace("'", "")
    # “don't”, “they're”: what stands before the apostrophe says nothing either.
    if "'" in word and (word.endswith("n't") or word.split("'", maxsplit=1)[0] in known.stop):
        return ()
    amount = _AMOUNT.fullmatch(stem)
    if amount is not None:
        return (amount[1], _stem(_UNITS[amount[2][0]]))
    stem = known.numbers.get(stem, stem)
    if stem in known.stop:
        return ()
    return (_stem(known.same.get(stem, stem[:MAX_LETTERS])),)


def share(term: str) -> float:
    """Return the share of texts at large (0 to 1) that hold `term`, as far as it is known."""
    return _common().share.get(term, RARE)


RARE: Final = 1 / 5_000
"""The share of texts taken to hold a word of which nothing is known."""


@cache
def _common() -> Common:
    data = language()
    same = {form: word for word, forms in data["same"].items() for form in forms.split()}
    shares: dict[str, float] = {}
    for key, value in (("two-hundredth", 1 / 200), ("fortieth", 1 / 40), ("tenth", 1 / 10)):
        shares |= {_stem(same.get(word, word)): value for word in data["common"][key].split()}
    return Common(
        stop=frozenset(data["stop"].split()),
        same=same,
        numbers={word: str(figure) for word, figure in data["numbers"].items()},
        share=shares,
    )


@cache
def _stemmer() -> Callable[[str], str]:
    # Loaded on first use: the package reads every language that it knows.
    import snowballstemmer  # type: ignore[import-untyped] # noqa: PLC0415

    stem: Callable[[str], str] = snowballstemmer.stemmer("porter").stemWord
    return stem


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return _stemmer()(word)
