"""Numbers in words and in digits: the patterns that find one, and what it amounts to.

Pure. The words are data of `bot.languages`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from bot.languages import language

LETTERS: Final = {"k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "tn": 1e12}
"""Letters behind a number in digits, and what they multiply it by."""
_HUNDRED: Final = 100


@cache
def in_words() -> str:
    """Return the pattern of a number in words, without names for its groups."""
    data = language()
    figures = data["figures"]
    number = "|".join([*data["numbers"], *data["scales"], "dozen"])
    half = re.escape(figures["and-half"])
    return (
        rf"(?:{re.escape(figures['half-of'])} )?(?:{number})"
        rf"(?:(?: {half})?(?:[ -]| and )(?:{number}))*(?: {half})?"
    )


@cache
def in_digits() -> str:
    """Return the pattern of a number in digits, without a scale and without names for its groups."""
    return r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"


@cache
def scales() -> dict[str, float]:
    """Return what each word or letter behind a number multiplies it by."""
    found: dict[str, float] = dict(language()["scales"])
    return found | LETTERS


def amount(text: str) -> float | None:
    """Return what the number `text`, in words or in digits, amounts to; None for none."""
    digits = re.match(in_digits(), text)
    if digits is not None:
        scale = text[digits.end() :].strip(" -").lower()
        return float(digits[0].replace(",", "")) * scales().get(scale, 1)
    data = language()
    figures, numbers = data["figures"], data["numbers"]
    words, halves = text.lower(), 0.0
    if words.startswith(figures["half-of"]):
        return (amount(words.removeprefix(figures["half-of"]).strip()) or 0) / 2 or None
    if figures["and-half"] in words:
        words, halves = words.replace(figures["and-half"], " "), 0.5
    total = current = 0.0
    for word in re.findall(r"[a-z]+", words):
        if word in numbers:
            current += numbers[word]
        elif word == "dozen":
            current = (current or 1) * figures["dozen"]
        elif word in data["scales"]:
            current = ((current or 1) + halves) * data["scales"][word]
            halves = 0.0
            if data["scales"][word] > _HUNDRED:  # “two hundred thousand” multiplies what stands before
                total, current = total + current, 0.0
    return total + current + halves or None
