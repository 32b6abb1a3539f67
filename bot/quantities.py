"""Figures and dates of a paste against those of a record: which of them the record does not have.

Pure. What a claim's own wordings say comes first: a figure or a date that stands only in something that was
said about the claim does not stand for the claim's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.answers import Difference, DifferenceKind
from bot.claims import Claim
from bot.figures import Figure, figures
from bot.known import known_text, own_figures, own_moments, vetted, wordings
from bot.moments import Moment, moments
from bot.terms import terms

_YEARS_OFF: Final = 1.5
"""Years by which “for fifty years” may be off the year since when."""


def numbers(text: str, claim: Claim, today: str | None) -> Iterator[Difference]:
    """Yield the numbers of `text` that the record does not have."""
    pasted = figures(text)
    if not pasted:
        return
    own = [each for wording in wordings(claim) for each in own_figures(wording)]
    known = own_figures(known_text(claim))
    # What the record counts and the paste does not: the claim's own figures, the text's first.
    open_ = [each for each in own if not any(one.may_be(each) for one in pasted)]
    for each in pasted:
        if any(each.may_be(other) for other in own) or _spans_years(each, claim, today):
            continue
        others = [one for one in open_ if one.noun and one.noun == each.noun and one.ordinal == each.ordinal]
        if each.ordinal:
            # “A second memo” is told; where no place in a row is on file, one more is not.
            if not (any(one.ordinal for one in own) or each.noun.endswith("est")):
                continue
        elif each.value == 1 and not each.span[0].isdigit() and not any(one.value > 1 for one in others):
            continue
        if others or not any(each.may_be(other) for other in known):
            yield _difference(DifferenceKind.NUMBER, each.span, _counterpart(each, others or open_))


def _spans_years(figure: Figure, claim: Claim, today: str | None) -> bool:
    """Say whether a figure counts the years from one that the record names until `today`."""
    if today is None or figure.noun not in terms("years"):
        return False
    years = [each.year for wording in wordings(claim) for each in own_moments(wording) if each.year]
    slack = max(_YEARS_OFF, figure.value / 10 if figure.rough else 0)
    return any(abs(int(today[:4]) - year - figure.value) <= slack for year in years)


def _counterpart(figure: Figure, others: Sequence[Figure]) -> str | None:
    """Return the record's figure that stands for `figure`: the nearest in size, by ratio."""
    same = [each for each in others if each.ordinal == figure.ordinal]
    same = [each for each in same if (each.noun == "%") == (figure.noun == "%")] or same
    return min(same, key=lambda each: _ratio(each.value, figure.value)).span if same else None


def _ratio(one: float, other: float) -> float:
    return max(one, other) / min(one, other) if min(one, other) > 0 else max(one, other) + 1


def dates(text: str, claim: Claim, today: str | None) -> Iterator[Difference]:
    """Yield the dates of `text` that the record does not have; `today` is the day of the question."""
    pasted = moments(text, today)
    if not pasted:
        return
    own = [each for wording in wordings(claim) for each in own_moments(wording)]
    said = [_on(each.said_on) for each in vetted(claim) if each.said_on]
    known = [*own_moments(known_text(claim)), *said]
    left = [one for one in own if not any(each.agrees(one) for each in pasted)]
    for each in pasted:
        if each.is_within(own) or (each.is_now and not own):
            continue
        # A day on which something was said about the claim is not the day of which the claim speaks.
        if left or not each.is_within(known):
            other = next((one for one in (left or own) if not each.agrees(one)), None)
            yield _difference(DifferenceKind.DATE, each.span, other.span if other else None)


def _on(day: str) -> Moment:
    parts = [int(each) for each in day.split("-")] + [None, None]
    return Moment(span=day, year=parts[0], month=parts[1], day=parts[2])


def _difference(kind: DifferenceKind, pasted: str, record_: str | None) -> Difference:
    return Difference(kind=kind, pasted=pasted, record=record_)
