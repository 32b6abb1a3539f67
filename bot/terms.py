"""Terms: the stems that two wordings of one thing have in common.

Texts are cut where SQLite's `unicode61` cuts them, stop words are left out, some forms are read as one
(“GOP” and “Republicans”, “2M” and “2 million”), and the rest is stemmed with Porter's algorithm (Porter
1980, by `snowballstemmer`). The words are data of `bot.languages`. Letters lose their marks (accents, the
vowel signs of Arabic and Hebrew). Where a script parts no words, two neighbouring characters are one term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from threading import local
from typing import Final, NamedTuple

from bot.languages import language

_WORD: Final = re.compile(r"us_|[^\W_]+(?:['’][^\W_]+)*")
_INITIALS: Final = re.compile(r"\b(?:[A-Za-z]\.){2,6}")
_GROUPED: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_AMOUNT: Final = re.compile(r"(\d+)(k|m|mn|mln|b|bn|tn)", re.ASCII)
_US: Final = re.compile(r"\bUSA?\b|\bU\.S\.(?:A\.)?|\bUnited States(?: of America)?\b")
_UNITS: Final = {"k": "thousand", "m": "million", "b": "billion", "t": "trillion"}
_DENSE: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Characters of scripts that part no words, or in which what follows a word is written to it (Korean)."""
_LETTERS: Final = {
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ى": "ي",
    "ة": "ه",
    "ی": "ي",
    "ک": "ك",
}
"""Letters that are written otherwise where a keyboard lacks them, and that have no mark to leave out."""
_STEMMERS: Final = {"CYRILLIC": "russian", "GREEK": "greek", "ARABIC": "arabic"}
"""Stemmers by the script of a word: of the language that has most texts in it."""
MAX_LETTERS: Final = 40
"""A longer run of letters is cut: it is no word, and a stemmer takes its time over it."""


class _Bare(dict[int, str]):
    """What stands for a character: the letter without its marks, nothing for a mark and what is not seen."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if _DENSE.match(sign):
            bare = sign
        else:
            parts = unicodedata.normalize("NFKD", _LETTERS.get(sign, sign))
            # The Russian stemmer knows “й” as a letter of its own.
            bare = sign if sign in "йЙ" else "".join(filter(_is_seen, parts))
        self[code] = bare
        return bare


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Mn", "Mc", "Me", "Cf"} and sign != "ـ"


_BARE: Final = _Bare()


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
    # Most texts have nothing to replace, and looking for one character is far quicker than for a pattern.
    if "U" in text:
        text = _US.sub("us_", text)
    if "." in text:
        text = _INITIALS.sub(lambda match: match[0].replace(".", ""), text)
    if "," in text:
        text = _GROUPED.sub("", text)
    text = text.replace("%", " percent ").replace("us_", " us_ ")
    if text.isascii():
        return _WORD.findall(text.casefold())
    text = unicodedata.normalize("NFKC", text).translate(_BARE).casefold()
    return [part for word in _WORD.findall(text) for part in _parts(word)]


def word_count(text: str) -> int:
    """Return how many words `text` has; where a script parts none, two characters count as one."""
    count = len(text.split())
    if text.isascii():
        return count
    return max(count, sum(max(1, len(run) // 2) for run in _DENSE.findall(text)))


def _parts(word: str) -> Iterator[str]:
    """Yield `word`, or where it is of a script that parts no words each two neighbouring characters of it."""
    start = 0
    for run in _DENSE.finditer(word):
        if run.start() > start:
            yield word[start : run.start()].strip("'’")
        if len(run[0]) == 1:
            yield run[0]
        yield from map("".join, pairwise(run[0]))
        start = run.end()
    if start < len(word):
        yield word[start:].strip("'’")


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
    stem = known.same.get(stem, stem[:MAX_LETTERS])
    return (_stem(stem) if stem.isascii() else _stem_abroad(stem),)


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


def _stem_abroad(word: str) -> str:
    """Return the stem of a word that is not in plain Latin letters: by its script, where that has one."""
    family = _STEMMERS.get(unicodedata.name(word[0], "").partition(" ")[0], PORTER)
    return _stem(word, family) or word


PORTER: Final = "porter"
_own: Final = local()
"""The stemmers of each thread: one of them works on one word at a time."""


def _stemmer(family: str) -> Callable[[str], str]:
    held: dict[str, Callable[[str], str]] = _own.__dict__
    if family not in held:
        # Loaded on first use: the package reads every language that it knows.
        import snowballstemmer  # type: ignore[import-untyped] # noqa: PLC0415

        held[family] = snowballstemmer.stemmer(family).stemWord
    return held[family]


@lru_cache(maxsize=50_000)
def _stem(word: str, family: str = PORTER) -> str:
    return _stemmer(family)(word)
