"""Numerals in a text: which of them count, date or measure something, and which are somebody's number.

Pure. National telephone numbers are told by how they are written: a library of the numbering plans has to
know the country, which a paste does not say, and with all plans at once nearly every number is somewhere
valid. Where a number could be an amount or a telephone number, thousands and ranges stay.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

PHONE: Final = "[phone number]"
ID: Final = "[id]"

LEAST_PHONE: Final = 8
"""Digits of a telephone number that nothing but its form shows to be one."""
LEAST_ID: Final = 9
"""Digits in one run that are no ordinary number any more."""
LEAST_CARD: Final = 14
"""Digits in groups that are more than a telephone number has."""
MOST_RISE: Final = 9
"""Digits in thousands after a plus that are a rise and no telephone number."""

_SPACE: Final = "[ \\t\u00a0\u2009\u202f]"
_BEFORE_NUMBER: Final = "[ \\t\u00a0\u2009\u202f.\\-\u2010\u2011\u2013\u2014/()]"
_DAY: Final = (
    r"(?:\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2})"
    rf"|\d{{1,2}}\.{_SPACE}\d{{1,2}}\.{_SPACE}\d{{4}}|(?:0?[1-9]|1[0-2])[./-](?:1[5-9]|20)\d\d"
    r"|\d{1,2}[.:]\d\d(?::\d\d)?)"
)
_AMOUNT: Final = (
    r"(?:[1-9]\d{0,2}(?:(?: \d{3})+|(?:,\d{3})+|(?:\.\d{3})+|(?:['’]\d{3})+|(?:[\u00a0\u2009\u202f]\d{3})+)"
    r"(?:[.,]\d{1,3})?)"
)
KEPT: Final = (
    rf"{_DAY}(?:\s?[-–—]\s?{_DAY})?(?!\d|[-./]\d)"
    rf"|{_AMOUNT}(?:\s?[-–—]\s?{_AMOUNT})?(?!\d|{_BEFORE_NUMBER}\d)"
)
"""The pattern of a day, a time, an amount in thousands, or a range of two of them."""

_KEPT: Final = re.compile(KEPT)
_UNIT: Final = re.compile(
    rf"{_SPACE}?(?:[%€$£¥₽₴₹]|(?:USD|EUR|GBP|RUB|UAH|dollars?|euros?|pounds?|rubles?|people|persons|citizens"
    r"|inhabitants|votes|voters|barrels|tons?|tonnes|km|miles|years|times|bytes|percent)\b)",
    re.IGNORECASE,
)
_CURRENCY: Final = re.compile(rf"(?:[€$£¥₽₴₹]|USD|EUR|GBP|RUB|UAH){_SPACE}?$", re.IGNORECASE)
_NORTH_AMERICAN: Final = re.compile(r"(?:1[ .-]?)?\(?[2-9]\d\d\)?[ .-]{0,2}[2-9]\d\d[ .-]\d{4}")
_YEAR: Final = re.compile(r"1[5-9]\d\d|20\d\d")
_RUN: Final = re.compile(r"\d+")
_RANGE: Final = re.compile(r"\s?[-–—]\s?")
_ROUND: Final = "00000"
"""How a count ends that is written out: 5000000000."""


def kept(text: str) -> bool:
    """Say whether `text` is a day, an amount in thousands, or a row of years."""
    runs = _RUN.findall(text)
    return _KEPT.fullmatch(text) is not None or bool(runs and all(map(_YEAR.fullmatch, runs)))


def marked(text: str, *, before: str = "", after: str = "") -> str:
    """Return the numeral `text`, its groups joined by blanks and marks, with what is a person's replaced.

    `before` and `after` are what stands beside it: a currency or a unit shows an amount.
    """
    runs = list(_RUN.finditer(text))
    first, last = 0, len(runs)
    if not _is_known(text, runs):
        # A year beside a number is no part of it: “in 2024 (0171) 2345678”.
        while last - first > 1 and _is_year_beside(text, runs[first], runs[first + 1]):
            first += 1
        while last - first > 1 and _is_year_beside(text, runs[last - 1], runs[last - 2]):
            last -= 1
    left = runs[first:last]
    start = left[0].start() if first else 0
    if start and text[start - 1] in "+(":
        start -= 1
    part = text[start : left[-1].end()]
    head = text[:start]
    if part.startswith("(") and ")" not in part:
        head, part = f"{head}(", part[1:]
    mark = _mark(part, before if not first else "", after if last == len(runs) else "")
    return text if mark is None else f"{head}{mark}{text[left[-1].end() :]}"


def _mark(text: str, before: str, after: str) -> str | None:  # noqa: PLR0911 - one return a form
    """Return what a numeral is replaced by, or None where it stays."""
    runs = _RUN.findall(text)
    count = sum(map(len, runs))
    if text.startswith(("+", "(+")):
        rises = _is_in_thousands(text.lstrip("(+")) and count <= MOST_RISE
        return None if rises or count < LEAST_PHONE or _UNIT.match(after) else PHONE
    if len(runs) == 1:
        return _mark_of_run(runs[0], before, after)
    if _is_card(runs, count):
        return ID
    if count < LEAST_PHONE or text.startswith("0.") or _is_range(text):
        return None
    if _is_network(text, runs):
        return ID
    if runs[0].startswith("0"):
        return None if _is_day_in_groups(runs) or count > LEAST_CARD + 3 else PHONE
    if _NORTH_AMERICAN.fullmatch(text):
        return PHONE
    return PHONE if _is_grouped_as_phone(text, runs) and count < LEAST_CARD else None


def _mark_of_run(run: str, before: str, after: str) -> str | None:
    if run.startswith("0") and LEAST_ID <= len(run) <= LEAST_CARD + 3:
        return PHONE
    if len(run) < LEAST_ID or _CURRENCY.search(before) or _UNIT.match(after) or run.endswith(_ROUND):
        return None
    return ID


def _is_known(text: str, runs: list[re.Match[str]]) -> bool:
    """Say whether the whole is a form in which a group may look like a year."""
    groups = [each[0] for each in runs]
    plain = "".join(groups)
    is_card = LEAST_CARD <= len(plain) <= 19 and _has_check_digit(plain)  # noqa: PLR2004 - ISO 7812
    return text.startswith(("+", "(+", "0", "(0")) or is_card or _NORTH_AMERICAN.fullmatch(text) is not None


def _is_year_beside(text: str, year: re.Match[str], other: re.Match[str]) -> bool:
    start, end = sorted((year.span(), other.span()))
    between = text[start[1] : end[0]]
    return _YEAR.fullmatch(year[0]) is not None and not between.strip(" \t\u00a0\u2009\u202f()–—-/")


def _is_card(runs: list[str], count: int) -> bool:
    return count >= LEAST_CARD and min(map(len, runs[:-1])) >= 3 and not runs[0].startswith("0")  # noqa: PLR2004


def _has_check_digit(digits: str) -> bool:
    """Say whether the last digit is the one that Luhn's rule gives (ISO 7812)."""
    total = 0
    for place, each in enumerate(reversed(digits)):
        value = int(each) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - of two digits
    return total % 10 == 0


def _is_network(text: str, runs: list[str]) -> bool:
    return len(runs) == 4 and text == ".".join(runs) and all(int(each) <= 255 for each in runs)  # noqa: PLR2004


def _is_range(text: str) -> bool:
    """Say whether two amounts or short numbers stand on both sides of a dash."""
    sides = _RANGE.split(text)
    return len(sides) == 2 and all(  # noqa: PLR2004
        kept(each) or re.fullmatch(r"[1-9]\d{0,7}(?:[.,]\d{1,3})?", each) for each in sides
    )


def _is_day_in_groups(runs: list[str]) -> bool:
    """Say whether “01 02 2024” is a day."""
    if [len(each) for each in runs] != [2, 2, 4] or not _YEAR.fullmatch(runs[2]):
        return False
    return int(runs[0]) <= 31 and int(runs[1]) <= 31  # noqa: PLR2004


def _is_in_thousands(text: str) -> bool:
    return re.fullmatch(_AMOUNT, text.strip()) is not None


def _is_grouped_as_phone(text: str, runs: list[str]) -> bool:
    """Say whether the groups are those of a national number that begins with no zero."""
    between = {text[one.end() : two.start()].strip() for one, two in pairwise(_RUN.finditer(text))}
    if _is_in_thousands(text) or min(map(len, runs[1:])) < 2:  # noqa: PLR2004
        return False
    if len(runs) == 2:  # noqa: PLR2004 - a decimal, a range or a fraction, unless a blank stands between
        return between <= {"", ")"}
    return "." not in between or between == {"."}
