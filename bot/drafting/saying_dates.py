"""When something was said, as far as the article's words tell it, with the words it was worked out from.

Pure. A year that neither the words nor the day of publication give is not made up: the words stand alone.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from bot.dates import PartialDate, Precision, precision
from bot.drafting.drafts import Span
from bot.drafting.english import pattern
from bot.moments import Moment, moments, patterns
from bot.records import record

_WEEK: Final = 7
_BETWEEN: Final = re.compile(r"[\s,]*(?:the )?")


@record
class Told:
    """A date in a text: its words at `basis`, and the day, month or year where that can be told."""

    basis: Span
    on: PartialDate | None


def said_on(words: str, published: PartialDate | None) -> PartialDate | None:
    """Return the date that `words` (“Tuesday, July 8”) tell, read against the day of publication, or None.

    Without a year in the words it is the last such date up to the day of publication; where that is not
    known to the day (for a date within a year: to the year), there is none.
    """
    known = precision(published)
    day = date.fromisoformat(published) if known is Precision.DAY and published else None
    found = moments(words, published if day else None)
    dates = {each for moment in found if (each := _date(moment, day)) is not None}
    exact = [each for each in dates if not any(other != each and other.startswith(each) for other in dates)]
    return exact[0] if len(exact) == 1 else None


def dates_told(text: str, among: list[Span], published: PartialDate | None) -> Told | None:
    """Return the first date in the parts `among` of `text` that tells when something was said, or None."""
    for part in among:
        words = part.of(text)
        found = [each.span() for each in patterns().finditer(words) if not each.groupdict().get("clock")]
        for n, (start, end) in enumerate(found):
            if _is_other(words[:start], words[start:end]):
                continue
            last = end
            for more, stop in found[n + 1 :]:
                if not _BETWEEN.fullmatch(words[last:more]):
                    break
                last = stop
            basis = words[start:last].rstrip(" ,")
            at = Span(start=part.start + start, end=part.start + start + len(basis))
            return Told(basis=at, on=said_on(basis, published))
    return None


def _is_other(before: str, words: str) -> bool:
    """Say whether a date is the day of something else: “since Monday”, “in their 2024 book”."""
    if pattern("other-dates").search(before):
        return True
    return words.strip().isdecimal() and not pattern("year-dates").search(before)


def _date(moment: Moment, published: date | None) -> PartialDate | None:
    if moment.is_now or moment.days:
        return _relative(moment, published)
    if moment.season is not None:
        return None
    if moment.month is None and moment.weekday is not None:
        back = (published.weekday() - moment.weekday) % _WEEK if published else 0
        return _whole(published - timedelta(back) if published else None)
    if moment.month is None:
        return PartialDate(f"{moment.year:04}") if moment.year else None
    year = moment.year
    if year is None and published is not None:
        year = published.year - ((moment.month, moment.day or 1) > (published.month, published.day))
    return None if year is None else _partial(year, moment.month, moment.day)


def _relative(moment: Moment, published: date | None) -> PartialDate | None:
    """Return the one day that is told by its distance from the day of publication, or by figures alone."""
    if moment.is_now:
        return _whole(published)
    first, last = moment.days[0]
    if len(moment.days) > 1:
        past = [each[0] for each in moment.days if published and each[0] == each[1] <= published]
        return _whole(max(past, default=None))
    if moment.span.lower() == "yesterday":
        # The day before, to which the matching of claims adds one on either side.
        return _whole(first + timedelta(1))
    return _whole(first if first == last else None)


def _whole(day: date | None) -> PartialDate | None:
    return None if day is None else PartialDate(day.isoformat())


def _partial(year: int, month: int, day: int | None) -> PartialDate | None:
    try:
        return PartialDate(date(year, month, day or 1).isoformat()[: 10 if day else 7])
    except ValueError:
        return None
