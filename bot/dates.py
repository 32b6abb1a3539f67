"""Dates as exact as they are known: a year, a month, a day, or nothing.

A partial date is the leading part of an ISO 8601 calendar date: `2025`, `2025-07` or `2025-07-08`.
Its length is its precision, so that two dates compare at the coarser precision of the two by
comparing as many characters as both have.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import NewType

PartialDate = NewType("PartialDate", str)
"""`YYYY`, `YYYY-MM` or `YYYY-MM-DD`; an unknown date is None, never an empty text."""

Day = NewType("Day", str)
"""`YYYY-MM-DD`, a whole date."""

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class Precision(StrEnum):
    """How much of a date is on file."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    UNKNOWN = "unknown"


def precision(value: PartialDate | Day | None) -> Precision:
    """Return how exact `value` is."""
    if value is None:
        return Precision.UNKNOWN
    return {4: Precision.YEAR, 7: Precision.MONTH}.get(len(value), Precision.DAY)


def date_fault(value: str, *, whole: bool = False) -> str | None:
    """Return what is wrong with `value` as a date, or None where it is right.

    `whole` asks for a day; otherwise a year or a month will do.
    """
    found = _SHAPE.fullmatch(value)
    if found is None or (whole and found[3] is None):
        return f"“{value}” is not a date in the form asked for"
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return f"“{value}” is not in the calendar"
    return None


def is_before(earlier: str, later: str) -> bool:
    """Say whether `earlier` is certainly before `later`, compared at the coarser precision of the two."""
    length = min(len(earlier), len(later))
    return earlier[:length] < later[:length]
