"""Figures and dates in a text: what they amount to, and where they stand.

Pure. The words for numbers and months come from `bot.languages`; nothing here knows what is compared.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from bot.languages import language
from bot.records import record


@record
class Figure:
    """A number as it stands in a text (`span`), and what it amounts to."""

    span: str
    value: float


@record
class Moment:
    """A date as it stands in a text (`span`): the parts that are named, None for the others.

    `month` counts from 1 and `weekday` from 0 for Monday.
    """

    span: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    def agrees(self, other: Moment) -> bool:
        """Say whether both name a part in common and no part differently."""
        pairs = [
            (mine, theirs)
            for mine, theirs in (
                (self.year, other.year),
                (self.month, other.month),
                (self.day, other.day),
                (self.weekday, other.weekday),
            )
            if mine is not None and theirs is not None
        ]
        return bool(pairs) and all(mine == theirs for mine, theirs in pairs)

    def is_within(self, others: list[Moment]) -> bool:
        """Say whether every part that is named is named by a date of `others` that agrees."""
        return any(
            self.agrees(other)
            and all(
                theirs is not None or mine is None
                for mine, theirs in (
                    (self.year, other.year),
                    (self.month, other.month),
                    (self.day, other.day),
                    (self.weekday, other.weekday),
                )
            )
            for other in others
        )


def moments(text: str) -> list[Moment]:
    """Return the dates in `text`, in order."""
    return [_moment(match) for match in _patterns()["date"].finditer(text)]


def figures(text: str) -> list[Figure]:
    """Return the numbers in `text`, in order, those in dates left out; ordinals and “one” are none."""
    words = _patterns()
    text = words["date"].sub(lambda match: "\x00" * len(match[0]), text)
    found = []
    for match in words["figure"].finditer(text):
        value = _value(match)
        if value is not None:
            found.append(Figure(span=match[0].strip(" -,"), value=value))
    return found


def _value(match: re.Match[str]) -> float | None:
    scales: dict[str, float] = language()["scales"] | {"k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9}
    if match["digits"]:
        value = float(match["digits"].replace(",", ""))
        scale = match["scale"]
        return value * scales.get(scale.lower(), 1) if scale else value
    numbers = language()["numbers"]
    total = current = 0.0
    for word in re.findall(r"[a-z]+", match["words"].lower()):
        if word in numbers:
            current += numbers[word]
        elif word in scales:
            current = (current or 1) * scales[word]
            if scales[word] > 100:  # noqa: PLR2004 (“two hundred thousand” multiplies what stands before)
                total, current = total + current, 0.0
    return total + current or None


def _moment(match: re.Match[str]) -> Moment:
    found = {key: value for key, value in match.groupdict().items() if value}

    def number(name: str) -> int | None:
        return next((int(value) for key, value in found.items() if key.startswith(name)), None)

    month = next((value for key, value in found.items() if key.startswith("month")), "")
    return Moment(
        span=match[0].strip(" ,"),
        year=number("year"),
        month=int(month) if month.isdecimal() else _names().get(month.lower()[:3]),
        day=number("day"),
        weekday=_names().get(found.get("weekday", "").lower()),
    )


@cache
def _names() -> dict[str, int]:
    dates = language()["dates"]
    months = {name: n for n, name in enumerate(dates["short-months"].split(), 1)}
    return months | {name: n for n, name in enumerate(dates["weekdays"].split())}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data: dict[str, Any] = language()
    dates = data["dates"]
    names = [*dates["months"].split(), *(rf"{each}\.?" for each in dates["short-months"].split()), r"sept\.?"]
    # A month has its capital, and two of them a date beside them: “may” and “march” are mostly words.
    month = "(?:" + "|".join(each.capitalize() for each in names) + ")"
    verbs = "(?:May|March)"
    day, year = r"[12]?\d|3[01]", r"1\d{3}|20\d{2}|21\d{2}"
    alone = rf"(?!{verbs}\b){month}|(?:(?<=[Ii]n )|(?<=[Ss]ince )|(?<=of )){verbs}|{verbs}(?= (?:{year}))"
    ordinal = "(?:st|nd|rd|th)?"
    number = "|".join([*data["numbers"], *data["scales"]])
    scale = "|".join([*data["scales"], "bn", "mn", "k", "m", "b"])
    date = "|".join(
        (
            r"\b(?P<year_0>\d{4})-(?P<month_0>\d\d)-(?P<day_0>\d\d)\b",
            rf"\b(?P<day_1>{day}){ordinal}(?: of)? (?P<month_1>{month})\b,?(?: (?P<year_1>{year})\b)?",
            rf"\b(?P<month_2>{month}) (?P<day_2>{day}){ordinal}\b(?:,? (?P<year_2>{year})\b)?",
            rf"\b(?P<month_3>{alone})\b,?(?: (?P<year_3>{year})\b)?",
            rf"(?<![\d.,$£€-])(?P<year_4>{year})(?![\d%]|[.,]\d| (?:{scale}|percent)\b)",
            rf"\b(?i:(?P<weekday>{'|'.join(dates['weekdays'].split())}))s?\b",
        )
    )
    figure = (
        rf"(?<![\w.,])[$£€]?(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
        rf"(?!\d|st\b|nd\b|rd\b|th\b)(?:[ -]?(?P<scale>{scale})\b|(?!\w))(?: ?%| per ?cent\b)?"
        rf"|\b(?P<words>(?:{number})(?:(?:[ -]| and )(?:{number}))*)\b(?: ?%| per ?cent\b)?"
    )
    return {"date": re.compile(date), "figure": re.compile(figure, re.IGNORECASE)}
