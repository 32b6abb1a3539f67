"""What a record says, read once: its wordings, all of its text, and the figures, dates and names in them.

Pure. A record's texts come back with every question about it, so that their readings are remembered. What
people paste goes through none of these.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, ParamSpec, TypeVar

from bot.anchors import Anchor, anchors
from bot.claims import Claim
from bot.figures import Figure, figures
from bot.folding import fold_typography
from bot.moments import Moment, moments
from bot.names import names
from bot.negation import Reading, read
from bot.statements import State, Statement
from bot.terms import terms

REMEMBERED: Final = 2048
"""Texts of records whose reading is kept in memory."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


def remembered(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Return `function` with its last results kept, for what is read off the text of a record."""
    return lru_cache(maxsize=REMEMBERED)(function)  # type: ignore[return-value]


def vetted(claim: Claim) -> list[Statement]:
    """Return the statements that readers see."""
    return [each for each in claim.statements if each.state is State.VETTED]


def wordings(claim: Claim) -> list[str]:
    """Return the claim's text and its aliases, with folded typography."""
    return [own_wording(each) for each in (claim.text, *claim.aliases)]


def known_text(claim: Claim) -> str:
    """Return everything that the record says, as one text."""
    said_ = vetted(claim)
    parts: list[str | None] = [*wordings(claim)]
    for each in said_:
        parts += [
            each.text,
            each.role,
            each.on_behalf_of,
            each.told_to,
            each.venue,
            each.anonymous,
            each.part,
            each.date_note,
        ]
    said = {each.speaker for each in said_} | set(claim.concerns)
    for speaker in claim.speakers:
        if speaker.id in said:
            parts += [speaker.name, *speaker.aliases]
    parts += [each.name for each in claim.artifacts]
    return _joined(tuple(each for each in parts if each))


@remembered
def _joined(parts: tuple[str, ...]) -> str:
    return fold_typography("\n".join(parts))


@remembered
def own_wording(text: str) -> str:
    """Return a wording of a record with folded typography."""
    return fold_typography(text)


@remembered
def own_terms(text: str) -> frozenset[str]:
    """Return the terms of a text of a record."""
    return frozenset(terms(text))


@remembered
def own_figures(text: str) -> tuple[Figure, ...]:
    """Return the figures in a text of a record."""
    return tuple(figures(text))


@remembered
def own_moments(text: str) -> tuple[Moment, ...]:
    """Return the dates in a text of a record; those told by a day of which nothing is known are none."""
    return tuple(moments(text))


@remembered
def own_anchors(text: str) -> tuple[Anchor, ...]:
    """Return the statements of when in a text of a record."""
    return tuple(anchors(text))


@remembered
def own_names(text: str) -> tuple[str, ...]:
    """Return the names in a text of a record."""
    return tuple(names(text, strict=False))


@remembered
def own_reading(text: str) -> Reading:
    """Return how a wording of a record is read."""
    return read(text)
