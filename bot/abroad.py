"""Abroad: a paste in another language than the claim: its figures and dates are compared, its words are not.

Pure. Figures and dates are put the way English writes them (“4,7 Millionen” is 4.7 million, “3 de febrero de
2025” is 3 February 2025); what stands for them in `bot.tongues` data. Of a language without such data digits
alone are compared.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from functools import cache
from typing import Final

from bot.answers import Difference, DifferenceKind
from bot.claims import Claim
from bot.differences import differences
from bot.folding import fold, fold_typography
from bot.records import record
from bot.tongues import OTHER, differ, figures_data, tongue

ENGLISH: Final = "en"
COMPARED: Final = frozenset({DifferenceKind.NUMBER, DifferenceKind.DATE})
_MONTHS: Final = tuple(calendar.month_name)[1:]
_FIGURE: Final = re.compile(
    r"(?<![\w.,])(?P<whole>\d{1,3}(?:[.\u0020\u00a0\u202f’']\d{3})+|\d+)(?:,(?P<part>\d+))?(?!\w|[.,]\d)"
)
_ORDINAL: Final = re.compile(r"(?<![\w.,])([1-9]|[12]\d|3[01])(?:\.|er|º|°)(?= )")


@record
class Reading:
    """How one language writes dates and great figures."""

    date: re.Pattern[str]
    months: tuple[str, ...]
    scale: re.Pattern[str]
    scales: dict[str, str]


def pasted_language(part: str, claim: Claim) -> str | None:
    """Return the language of `part`, a pasted text, where it is known and not that of `claim`; else None.

    A wording on file is a wording of the claim, whatever its language.
    """
    if fold(part) in {fold(each) for each in (claim.text, *claim.aliases)}:
        return None
    found = tongue(part)
    return found if differ(found, claim.language) else None


def compared(part: str, claim: Claim, *, today: str | None = None) -> tuple[Difference, ...]:
    """Return what `part` says that the record of `claim` does not (see `bot.differences`).

    Across languages only figures and dates are compared, and only those with digits: a word of one language
    means something else in another.
    """
    code = pasted_language(part, claim)
    if code is None:
        return differences(part, claim, today=today)
    text, own = _as_english(fold_typography(part), code)
    return tuple(
        replace(each, pasted=_own_words(each.pasted, own))
        for each in differences(text, claim, today=today)
        if each.kind in COMPARED and each.pasted and any(map(str.isdigit, each.pasted))
    )


def _own_words(span: str, own: dict[str, str]) -> str:
    """Return `span` as it was pasted."""
    for new, old in sorted(own.items(), key=lambda pair: -len(pair[0])):
        span = span.replace(new, old)
    return span


def _as_english(text: str, code: str) -> tuple[str, dict[str, str]]:
    """Return `text` with figures and dates as English writes them, and what each of them was."""
    reading = _reading(code) if code != OTHER else None
    own: dict[str, str] = {}

    def put(pattern: re.Pattern[str], form: str, text: str) -> str:
        def one(match: re.Match[str]) -> str:
            new = _english(match, form, reading)
            if new != match[0]:
                own[new] = _own_words(match[0], own)
            return new

        return pattern.sub(one, text)

    if reading is None:
        return text, own
    text = put(_FIGURE, "figure", text)
    text = put(_ORDINAL, "ordinal", text)
    text = put(reading.date, "date", text)
    return put(reading.scale, "scale", text), own


def _english(match: re.Match[str], form: str, reading: Reading | None) -> str:
    if form == "figure":
        whole = re.sub(r"\D", ",", match["whole"])
        return f"{whole}.{match['part']}" if match["part"] else whole
    if form == "ordinal":
        return match[1]
    assert reading is not None  # noqa: S101 - the other forms come from one
    if form == "scale":
        return f"{match['figure']} {reading.scales[match['word'].casefold()]}"
    month = _MONTHS[reading.months.index(match["month"].casefold())]
    return " ".join(filter(None, (match["day"], month, match["year"])))


@cache
def _reading(code: str) -> Reading | None:
    data = figures_data(code)
    if data is None:
        return None
    months = tuple(data["months"].casefold().split())
    between = "|".join(data["between"].split())
    join = rf"\s(?:(?:{between})\s)?" if between else r"\s"
    scales = dict(pair.casefold().split("=") for pair in data["scales"].split())
    return Reading(
        date=re.compile(
            rf"(?<![\w.,])(?P<day>\d{{1,2}}){join}(?P<month>{'|'.join(months)})\b(?:{join}(?P<year>\d{{4}})\b)?",
            re.IGNORECASE,
        ),
        months=months,
        scale=re.compile(
            rf"(?P<figure>\d[\d.,]*)\s?(?P<word>{'|'.join(sorted(scales, key=len, reverse=True))})\b",
            re.IGNORECASE,
        ),
        scales=scales,
    )
