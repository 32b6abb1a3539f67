"""Figures in a text: what they amount to, how exact they are, what they count, and where they stand.

Pure. The words for numbers come from `bot.languages`; nothing here knows what is compared.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from functools import cache
from typing import Any, Final

from bot.languages import language
from bot.moments import blanked
from bot.number_words import amount, in_digits, in_words, scales
from bot.records import record
from bot.terms import terms

ROUNDED: Final = 0.12
"""How far off “about” may be, as a share."""
BEYOND: Final = 1.4
"""How many times its figure “more than” may stand for."""
BELOW: Final = 0.8
"""The least share of its figure that “nearly” may stand for."""
DIGITS: Final = 2
"""Digits that say something, from which a shorter figure is the longer one rounded."""
_SHARE: Final = 1.0
"""How far apart two shares of one size are at most, in hundredths."""


@record
class Figure:
    """A number as it stands in a text (`span`), and what it amounts to.

    `rough` is “about”, “more” or “less” where it is no exact one, `high` the end of a range; `share`: it
    is a share named by a word (“a third”), in hundredths; `ordinal`: it tells a place in a row. `noun` is
    the term of what it counts, empty where none is seen.
    """

    span: str
    value: float
    rough: str = field(default="", compare=False)
    high: float | None = None
    share: bool = field(default=False, compare=False)
    ordinal: bool = False
    noun: str = field(default="", compare=False)

    def may_be(self, other: Figure) -> bool:  # noqa: C901, PLR0911 - one return a kind of figure
        """Say whether this figure can stand for `other`, which is on file."""
        if self.ordinal != other.ordinal:
            return False
        value, known = self.value, other.value
        if (value, self.high) == (known, other.high) or self.ordinal:
            return value == known
        if self.share or other.share:
            return abs(value - known) <= _SHARE * (3 if self.rough else 1)
        if self.high is not None and other.high is not None:
            return False
        if self.high is not None:
            return value <= known <= self.high
        if other.high is not None:
            return known <= value <= other.high
        if min(value, known) <= 0:
            return False
        ratio = known / value
        if self.rough == "more":
            return 1 <= ratio <= BEYOND
        if self.rough == "less":
            return BELOW <= ratio <= 1
        if self.rough == "about" or other.rough:
            return abs(ratio - 1) <= ROUNDED
        return _rounded(known, value) or _rounded(value, known)


def _rounded(exact: float, short: float) -> bool:
    """Say whether `short` is `exact` with fewer digits, but not too few."""
    digits = len(f"{short:.10g}".replace(".", "").strip("0").split("e", maxsplit=1)[0])
    return digits >= DIGITS and float(f"{exact:.{digits}g}") == short


def figures(text: str) -> list[Figure]:
    """Return the numbers in `text`, in order, those in dates left out.

    “One” is a number only where it is said to be one alone; an ordinal only where it is not the first.
    """
    words = _patterns()
    left = blanked(text)
    found = []
    for match in words["figure"].finditer(left):
        value, high, share, ordinal = _value(match)
        before, after = left[max(0, match.start() - 24) : match.start()], left[match.end() : match.end() + 60]
        noun = _noun(match, after)
        if value is None or (match["single"] and not noun):
            continue
        made = Figure(
            span=match["figure"].strip(" -,"),
            value=value,
            rough=_rough(before, after),
            high=high,
            share=share,
            ordinal=ordinal,
            noun=noun,
        )
        # A score, and “from 4 to 5 percent”, are two figures and no range.
        scored = high is not None and (high <= value or _patterns()["from"].search(before) is not None)
        found.append(replace(made, high=None) if scored else made)
        if scored and high is not None:
            found.append(replace(made, value=high, high=None))
    return found


def _value(  # noqa: PLR0911 - one return a form
    match: re.Match[str],
) -> tuple[float | None, float | None, bool, bool]:
    """Return what a figure amounts to, the end of a range, whether it is a share, and whether an ordinal."""
    data: dict[str, Any] = language()["figures"]
    if match["low"]:
        low, high = amount(match["low"]), _scaled(match["high"], match["scale"])
        scale = scales().get((match["scale"] or "").lower(), 1)
        # “Two to three million”: the scale belongs to both.
        low = low * scale if low is not None and low < (high or 0) / scale * 1.0001 else low
        return low, high, False, False
    if match["part"]:
        part, whole = _one(match["part"]), _one(match["whole"])
        return (100 * part / whole if part and whole and part < whole else None), None, True, False
    if match["share"] or match["share_b"]:
        word = (match["share"] or match["share_b"]).lower()
        return data["shares"][word] * (_one(match["count"]) or 1), None, True, False
    if match["multiple"]:
        return float(data["multiples"][match["multiple"].lower()]), None, False, False
    if match["ordinal"]:
        word = match["ordinal"].lower()
        place = data["ordinals"].get(word) or float(re.match(r"\d+", word)[0])  # type: ignore[index]
        return (None if place == 1 else float(place)), None, False, True
    if match["digits"]:
        return _scaled(match["digits"], match["unit"]), None, False, False
    if match["single"]:
        return 1.0, None, False, False
    return amount(match["words"]), None, False, False


def _scaled(digits: str, scale: str | None) -> float | None:
    value = amount(digits)
    return None if value is None else value * scales().get((scale or "").lower(), 1)


def _one(word: str | None) -> float | None:
    if not word:
        return None
    return 1.0 if word.lower() in language()["figures"]["articles"].split() else amount(word)


def _rough(before: str, after: str) -> str:
    if _patterns()["after"].match(after):
        return "more" if after.lstrip()[:1] == "+" or after.startswith(" or more") else "about"
    for way in ("less", "more", "about"):
        if _patterns()[way].search(before):
            return way
    return ""


def _noun(match: re.Match[str], after: str) -> str:
    """Return the term of what is counted: the first word of weight right behind the figure."""
    if match["figure"].endswith("%"):
        return "%"
    for word in re.findall(r"[^\W\d_]+", re.split(r"[,.;:!?()\"]", after, maxsplit=1)[0])[:2]:
        found = terms(word)
        if found:
            return found[0]
    return ""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data: dict[str, Any] = language()["figures"]
    letters = "|".join(sorted(scales(), key=len, reverse=True))
    number, digits = in_words(), in_digits()
    shares, multiples = "|".join(data["shares"]), "|".join(data["multiples"])
    either = rf"{digits}|{number}|{data['articles'].replace(' ', '|')}"
    sign = r"(?<![\w.,])(?<![A-Za-z]-)[$£€]?"
    ends = rf"(?!\d|st\b|nd\b|rd\b|th\b)(?:[ -]?(?P<unit>{letters})\b|(?:{data['units']})\b|(?!\w))"
    percent = r"(?: ?%| per ?cent\b)?"
    before = "|".join(rf"(?<=\b{each} )" for each in data["share-before"].split("|"))
    whole, to = rf"{digits}|{number}", data["to"].replace("|", "| ")
    ranged = rf"{sign}(?P<low>{digits})(?: ?- ?|(?: {to}) )[$£€]?(?P<high>{digits})"
    ranged += rf"(?!\d|st\b|nd\b|rd\b|th\b)(?:[ -]?(?P<scale>{letters})\b|(?!\w)){percent}"
    figure = "|".join(
        (
            ranged,
            rf"\b(?P<part>one|{digits}|{number})(?: \w+)? (?:{data['in']}) (?P<whole>{whole})\b(?! \w+s\b)",
            rf"\b(?:(?P<count>{either})[ -])?(?P<share>{shares})\b(?=,?(?: (?:{data['share-after']})\b))",
            rf"(?:{before})(?:(?:an?|one) )?(?P<share_b>{shares})\b",
            rf"\b(?P<multiple>{multiples})\b",
            rf"\b(?P<ordinal>{'|'.join(data['ordinals'])}|\d+(?:st|nd|rd|th))\b",
            rf"{sign}(?P<digits>{digits}){ends}{percent}",
            rf"\b(?P<words>{number})\b{percent}",
            rf"\b(?P<single>{data['one']})\b(?= \w)",
        )
    )
    return {
        "figure": re.compile(rf"(?P<figure>{figure})", re.IGNORECASE),
        "from": re.compile(rf"\b(?:{data['from']}) $", re.IGNORECASE),
        "after": re.compile(rf"\+| (?:{data['after']})\b", re.IGNORECASE),
        **{
            way: re.compile(rf"\b(?:{data[way]})(?: the| a| an)? ?[$£€]?$", re.IGNORECASE)
            for way in ("about", "more", "less")
        },
    }
