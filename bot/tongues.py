"""Tongues: in which language a short text is, where that can be told; pure.

By its script, and else by the small words that every sentence of a language has (data of `tongues.toml`).
Where two languages are as likely, nothing is said: a wrong guess would be worse than none.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from functools import cache
from importlib import resources
from typing import Any, Final

from bot.terms import terms

OTHER: Final = "und"
"""A language that is not known by name, only that it is written in another script."""
LOOKED_AT: Final = 2_000
"""Characters of a text that are looked at."""
LEAST: Final = 1.0
"""What the words found must amount to, at least; a word that several languages have counts less."""
LEAD: Final = 1.2
"""How many times as much as those of the next language."""
LETTER: Final = 1.0
HALF: Final = 0.5

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SCRIPTS: Final = {
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "LATIN": "",
}
"""Scripts by the first word of their letters' names in Unicode, with the language, where it is one."""


def tongue(text: str) -> str | None:
    """Return the code of the language of `text` (“es”), `OTHER`, or None where it cannot be told."""
    text = unicodedata.normalize("NFC", text[:LOOKED_AT])
    if text.isascii():
        return _by_words(text)
    scripts = Counter(_script(each) for each in text if each.isalpha())
    if scripts["HIRAGANA"] + scripts["KATAKANA"] and scripts["CJK"]:
        scripts["HIRAGANA"] += scripts.pop("CJK")
    script, count = max(scripts.items(), key=lambda item: item[1], default=("LATIN", 0))
    if script == "LATIN":
        return _by_words(text)
    if count <= HALF * scripts.total():
        return None
    return _SCRIPTS.get(script, OTHER)


def differ(one: str | None, other: str | None) -> bool:
    """Say whether two languages are known and not the same."""
    return one is not None and other is not None and _base(one) != _base(other)


def _base(code: str) -> str:
    return code.partition("-")[0].lower()


def _by_words(text: str) -> str | None:
    words, letters = _data()
    text = text.lower()
    found: dict[str, float] = {}
    for word in _WORD.findall(text):
        whole = word.replace("’", "'")
        # “l'eau”, “dell'acqua”: the small word stands before the apostrophe.
        for part in {whole, *whole.split("'", maxsplit=1)[:1]}:
            known = words.get(part, ())
            for code in known:
                found[code] = found.get(code, 0.0) + 1 / len(known)
    for letter in set(text) & letters.keys():
        found[letters[letter]] = found.get(letters[letter], 0.0) + LETTER
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    (best, most), (_, next_) = (*ordered, ("", 0.0), ("", 0.0))[:2]
    return best if most >= LEAST and most >= LEAD * next_ else None


@cache
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def figures_data(code: str) -> dict[str, str] | None:
    """Return how the language with `code` writes months and great figures; None where it is not on file."""
    found: dict[str, str] | None = _file()["figures"].get(code)
    return found


@cache
def small_terms(code: str | None) -> frozenset[str]:
    """Return the terms of the small words of a language but English, whose own are no terms at all."""
    base = _base(code or "en")
    return frozenset(terms(_file()["words"].get(base, ""))) if base != "en" else frozenset()


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(resources.files("bot").joinpath("tongues.toml").read_text("utf-8"))


@cache
def _data() -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    data = _file()
    words: dict[str, tuple[str, ...]] = {}
    for code, text in data["words"].items():
        for word in dict.fromkeys(text.split()):
            words[word] = (*words.get(word, ()), code)
    letters = {letter: code for code, text in data["letters"].items() for letter in text}
    return words, letters
