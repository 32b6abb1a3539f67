"""Dates in a text: the parts that are named, and the days that they can mean.

Pure. “Last Tuesday”, “three years ago” and “this spring” are read against the day of the question. The words
are data of `bot.languages`; nothing here knows what is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any, Final, TypeAlias

from bot.languages import language
from bot.number_words import amount, in_digits, in_words
from bot.records import record

Days: TypeAlias = "tuple[date, date]"
"""The first and the last day of a span of time."""

_ANY_YEAR: Final = 2000
"""A year, a leap one, in which dates are compared that both name none."""
_MONTH: Final = 31
_WEEK: Final = 7
_YEAR: Final = 365
_YEARS: Final = (1, 9998)


@record
class Moment:
    """A date as it stands in a text (`span`): the parts that are named, None for the others.

    `month` counts from 1 and `weekday` from 0 for Monday; `season` is the first and the last month of one.
    `days` are the days that a date can mean which is not told by its parts (“last week”, “3/2/2025”).
    `is_now`: it names the day of the question, as news do that tell no date.
    """

    span: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    season: tuple[int, int] | None = None
    days: tuple[Days, ...] = ()
    is_now: bool = False

    def agrees(self, other: Moment) -> bool:
        """Say whether both name a part in common and no part differently."""
        if self._is_plain() and other._is_plain():
            pairs = [(a, b) for a, b in zip(self._parts(), other._parts(), strict=True)]
            both = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
            return bool(both) and all(mine == theirs for mine, theirs in both)
        if other._is_weekday():
            return other.agrees(self) if not self._is_weekday() else self.weekday == other.weekday
        years = {*self._years(), *other._years()} or {_ANY_YEAR}
        theirs = list(other._spans(years))
        if self._is_weekday():
            short = [each for each in theirs if _length(each) <= _WEEK + 1]
            days = (start + timedelta(n) for start, to in short for n in range(_length((start, to))))
            return any(each.weekday() == self.weekday for each in days)
        return any(
            first <= to and start <= last for first, last in self._spans(years) for start, to in theirs
        )

    def is_within(self, others: list[Moment]) -> bool:
        """Say whether every part that is named is named by a date of `others` that agrees."""
        return any(self.agrees(other) and self._is_no_more_exact(other) for other in others)

    def _is_no_more_exact(self, other: Moment) -> bool:
        if self._is_plain() and other._is_plain():
            pairs = zip(self._parts()[:3], other._parts()[:3], strict=True)
            return all(theirs is not None or mine is None for mine, theirs in pairs)
        years = {*self._years(), *other._years()} or {_ANY_YEAR}
        mine = max((_length(each) for each in self._spans(years)), default=0)
        theirs = min((_length(each) for each in other._spans(years)), default=0)
        return theirs <= max(mine, _WEEK) * 4

    def _is_weekday(self) -> bool:
        return self._is_plain() and self.weekday is not None and self._parts()[:3] == (None, None, None)

    def _is_plain(self) -> bool:
        return not self.days and self.season is None

    def _parts(self) -> tuple[int | None, ...]:
        weekday = self.weekday
        if weekday is None and None not in {self.year, self.month, self.day}:
            found = _day(self.year, self.month, self.day)
            weekday = found.weekday() if found else None
        return self.year, self.month, self.day, weekday

    def _years(self) -> Iterator[int]:
        if self.year is not None:
            yield self.year
        for first, last in self.days:
            yield first.year
            yield last.year

    def _spans(self, years: Iterable[int]) -> Iterator[Days]:
        """Yield the days that are meant, in each of `years` where none is named."""
        if self.days:
            yield from self.days
            return
        for year in years if self.year is None else (self.year,):
            if self.season is not None:
                yield from _season(year, *self.season)
            elif self.day is not None:
                found = _day(year, self.month, self.day)
                if found:
                    yield found, found
            elif self.month is not None:
                yield _month(year, self.month)
            else:
                yield date(year, 1, 1), date(year, 12, 31)


def _length(span: Days) -> int:
    return (span[1] - span[0]).days + 1


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or _ANY_YEAR, month or 1, day or 1)
    except ValueError:
        return None


def _month(year: int, month: int, to: int | None = None) -> Days:
    last = to or month
    start = date(year, month, 1)
    end = date(year + (last < month), last, 28) + timedelta(4)
    return start, end.replace(day=1) - timedelta(1)


def _season(year: int, first: int, last: int) -> Iterator[Days]:
    if not _YEARS[0] < year < _YEARS[1]:
        return
    yield _month(year, first, last)
    if last < first:
        yield _month(year - 1, first, last)


def moments(text: str, today: str | None = None) -> list[Moment]:
    """Return the dates in `text`, in order; those that hang on the day of the question if it is `today`."""
    found = (_moment(match, today) for match in patterns().finditer(text))
    return [each for each in found if each is not None]


def blanked(text: str) -> str:
    """Return `text` with its dates and times of day blanked out, as long as before."""
    return patterns().sub(lambda match: "\x00" * len(match[0]), text)


def _moment(match: re.Match[str], today: str | None) -> Moment | None:
    found = {key: value for key, value in match.groupdict().items() if value}
    if "clock" in found:
        return None
    span = match[0].strip(" ,")
    if any(each in found for each in ("named", "ago", "spell", "day_of_week")):
        return None if today is None else _relative(span, found, date.fromisoformat(today))

    def number(name: str) -> int | None:
        return next((int(value) for key, value in found.items() if key.startswith(name)), None)

    if "decade" in found:
        start = int(found["decade"])
        return Moment(span=span, days=((date(start, 1, 1), date(start + 9, 12, 31)),))
    if "from" in found:
        start = int(found["from"])
        end = int(found["till"]) if len(found["till"]) > 2 else start // 100 * 100 + int(found["till"])  # noqa: PLR2004
        return Moment(span=span, days=((date(start, 1, 1), date(max(start, end), 12, 31)),))
    if "one" in found:
        year = int(found["in"])
        ways = {(int(found["one"]), int(found["two"])), (int(found["two"]), int(found["one"]))}
        if "." in match[0]:
            ways = {(int(found["one"]), int(found["two"]))}
        days = sorted(each for a, b in ways if (each := _day(year, b, a)) is not None)
        return Moment(span=span, days=tuple((each, each) for each in days)) if days else None
    month = next((value for key, value in found.items() if key.startswith("month")), "")
    season = found.get("season", "").lower()
    seasons: dict[str, list[int]] = language()["dates"]["seasons"]
    return Moment(
        span=span,
        year=number("year"),
        month=int(month) if month.isdecimal() else _names().get(month.lower()[:3]),
        day=number("day"),
        weekday=_names().get(found.get("weekday", "").lower()),
        season=(seasons[season][0], seasons[season][1]) if season else None,
    )


def _relative(span: str, found: dict[str, str], today: date) -> Moment | None:
    """Return the days that are told by how far they are from `today`."""
    data = language()["dates"]
    if "named" in found:
        day = today + timedelta(data["days"][found["named"].lower()])
        # The paste may come from another part of the world, or be a few hours old.
        return Moment(span=span, days=((day - timedelta(1), day + timedelta(1)),), is_now=day == today)
    if "ago" in found:
        many = found["many"].lower()
        count = 1.0 if many in data["one"].split("|") else amount(many)
        if many.split(" ")[-1] in data["vague"].split("|"):
            count = 2.5
        unit = data["units"][found["unit"].lower().removesuffix("s")]
        if not count or count * unit > _YEAR * 1_500:
            return None
        return Moment(span=span, days=(_ago(today, count, unit),))
    if "day_of_week" in found:
        way = _way(found["that_week"])
        monday = today - timedelta(today.weekday()) + timedelta(_WEEK * way)
        day = monday + timedelta(_names()[found["day_of_week"].lower()])
        return Moment(span=span, days=((day, day),))
    return _spell(span, _way(found["way"]), found["spell"].lower(), today)


def _ago(today: date, count: float, unit: int) -> Days:
    """Return the days that lie about `count` units of `unit` days back; a year ago may be the year before."""
    slack = max(1.0, unit * max(0.6, count * 0.1)) if unit > 1 else 1.0
    middle = today - timedelta(count * (unit if unit < _YEAR else unit * 365.25 / _YEAR))
    first, last = middle - timedelta(slack), middle + timedelta(slack)
    if unit < _MONTH or unit >= _YEAR * 2:
        return first, last
    if unit < _YEAR:
        return min(first, first.replace(day=1)), last
    return min(first, date(middle.year, 1, 1)), max(last, date(middle.year, 12, 31))


def _spell(span: str, way: int, what: str, today: date) -> Moment | None:
    """Return “last week”, “this spring”, “next May” and “last Tuesday”, `way` -1, 0 or 1."""
    seasons: dict[str, list[int]] = language()["dates"]["seasons"]
    weekday = _names().get(what)
    if what in seasons or (weekday is not None and what not in language()["dates"]["weekdays"].split()):
        first, last = seasons.get(what) or (weekday or 1, weekday or 1)
        years = (today.year, today.year + way) if way else (today.year,)
        return Moment(span=span, days=tuple(each for year in years for each in _of_year(year, first, last)))
    if weekday is not None:
        ahead = (weekday - today.weekday()) % _WEEK
        gaps = {
            -1: (ahead - _WEEK, ahead - 2 * _WEEK),
            0: (ahead, ahead - _WEEK),
            1: (ahead or _WEEK, ahead + _WEEK),
        }
        days = [today + timedelta(gap) for gap in gaps[way]]
        return Moment(span=span, days=tuple((each, each) for each in days))
    if what == "year":
        return Moment(span=span, year=today.year + way)
    return _unit(span, way, what, today)


def _unit(span: str, way: int, what: str, today: date) -> Moment | None:
    if what == "week":
        monday = today - timedelta(today.weekday()) + timedelta(_WEEK * way)
        # On a Monday “last week” may be the last seven days.
        return Moment(span=span, days=((monday - timedelta(way == -1), monday + timedelta(_WEEK - 1)),))
    if what == "month":
        months = today.year * 12 + today.month - 1 + way
        return Moment(span=span, days=(_month(months // 12, months % 12 + 1),))
    days = language()["dates"]["units"].get(what)
    if days is None:
        return None
    middle = today + timedelta(days * way)
    return Moment(span=span, days=((middle - timedelta(days), middle + timedelta(days)),))


def _of_year(year: int, first: int, last: int) -> Iterator[Days]:
    return _season(year, first, last)


def _way(words: str) -> int:
    data = language()["dates"]
    return next(
        (
            way
            for way, key in ((-1, "last"), (0, "this"), (1, "next"))
            if words.lower() in data[key].split("|")
        ),
        0,
    )


@cache
def _names() -> dict[str, int]:
    dates = language()["dates"]
    months = {name: n for n, name in enumerate(dates["short-months"].split(), 1)}
    months |= {name: n for n, name in enumerate(dates["months"].split(), 1)}
    return months | {name: n for n, name in enumerate(dates["weekdays"].split())}


@cache
def patterns() -> re.Pattern[str]:
    """Return what finds a date or a time of day."""
    data: dict[str, Any] = language()
    dates = data["dates"]
    names = [*dates["months"].split(), *(rf"{each}\.?" for each in dates["short-months"].split()), r"sept\.?"]
    # A month has its capital, and two of them a date beside them: “may” and “march” are mostly words.
    month = "(?:" + "|".join(each.capitalize() for each in names) + ")"
    verbs = "(?:May|March)"
    day, year = r"[12]?\d|3[01]", r"1\d{3}|20\d{2}|21\d{2}"
    alone = (
        rf"(?!{verbs}\b){month}|(?:(?<=[Ii]n )|(?<=[Ss]ince )|(?<=of )){verbs}|{verbs}(?= (?:of )?(?:{year}))"
    )
    ordinal = "(?:st|nd|rd|th)?"
    scale = "|".join([*data["scales"], "bn", "mn", "k", "m", "b"])
    weekdays, seasons = "|".join(dates["weekdays"].split()), "|".join(dates["seasons"])
    ways = "|".join((dates["last"], dates["this"], dates["next"]))
    units = "|".join(dates["units"])
    longer = (each for each in dates["units"] if each != "day")
    many = rf"(?:(?:{dates['one']}|the) )?(?:{dates['vague']})|{in_words()}|{in_digits()}|{dates['one']}"
    spells = "|".join((weekdays, seasons, *longer, *dates["months"].split()))
    clock = "|".join(re.escape(each) for each in dates["clock"].split("|"))
    in_year = rf",?(?:(?: of)? (?P<year_1>{year})\b)?"
    date_ = "|".join(
        (
            rf"\b(?P<clock>\d{{1,2}}:\d\d(?: ?(?i:{clock}))?|\d{{1,2}}(?:\.\d\d)? ?(?i:{clock}))(?!\w)",
            r"\b(?P<year_0>\d{4})-(?P<month_0>\d\d)-(?P<day_0>\d\d)\b",
            rf"\b(?P<one>\d{{1,2}})[./](?P<two>\d{{1,2}})[./](?P<in>{year})\b",
            rf"\b(?P<day_1>{day}){ordinal}(?: of)? (?P<month_1>{month})\b{in_year}",
            rf"\b(?P<month_2>{month}) (?P<day_2>{day}){ordinal}\b(?:,? (?P<year_2>{year})\b)?",
            rf"\b(?i:(?P<day_of_week>{weekdays})(?: {dates['of']})? (?P<that_week>{ways}) week)\b",
            rf"\b(?i:(?P<named>{'|'.join(dates['days'])}))\b",
            rf"\b(?i:(?P<many>{many}) (?P<unit>{units})s? (?P<ago>{dates['ago']}))\b",
            rf"\b(?i:(?P<way>{ways}) (?P<spell>{spells}))\b(?! \d)",
            rf"\b(?P<month_3>{alone})\b,?(?:(?: of)? (?P<year_3>{year})\b)?",
            rf"\b(?i:(?P<season>{seasons})(?: of)?) (?P<year_5>{year})\b",
            rf"(?<![\d.,$£€-])(?P<from>{year})[-/](?P<till>{year}|\d\d)(?!\d)",
            rf"(?<![\d.,$£€-])(?P<decade>{year})(?='?s\b)",
            rf"(?<![\d.,$£€])(?<!\d-)(?P<year_4>{year})(?![\d%]|[.,]\d| (?:{scale}|percent)\b)",
            rf"\b(?i:(?P<weekday>{weekdays}))s?\b",
        )
    )
    return re.compile(date_)
