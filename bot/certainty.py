"""Certainty: how surely a paste says what a record says, as far as the words for it tell.

Pure. “May have told”, “is said to have told”, “planned to tell” and “will tell” are not “told”, and the other
way round. What is compared is the word that such a marker stands before. The words are data of
`bot.languages`; nothing here says how sure a thing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Final

from bot.known import remembered
from bot.languages import language, phrases
from bot.negation import Reading, read
from bot.records import record

NEAR: Final = 2
"""Terms that a sentence shares with a wording before their certainty is compared."""
MOST: Final = 12
"""Markers of a sentence that are looked at; it also bounds the work on a long text."""
_VERBS: Final = 2
"""Words between a form of “to be” and its participle at most."""


class Degree(StrEnum):
    """How surely something is said."""

    OPEN = "open"
    """It may be, or others say that it is."""
    TRIED = "tried"
    """Somebody wants or wanted it."""
    PLANNED = "planned"
    """It is planned, promised or threatened."""
    WILL = "will"
    """It is yet to come."""


_LIKE: Final = {
    Degree.OPEN: frozenset({Degree.OPEN}),
    Degree.TRIED: frozenset({Degree.TRIED, Degree.PLANNED}),
    Degree.PLANNED: frozenset({Degree.PLANNED, Degree.WILL, Degree.TRIED}),
    Degree.WILL: frozenset({Degree.WILL, Degree.PLANNED}),
}


@record
class Marker:
    """The words `start` up to `end` of a sentence, which say how surely what stands in `scope` is said.

    `main`: it stands in what the sentence itself says, not in what somebody is told to have said.
    """

    degree: Degree
    start: int
    end: int
    scope: range
    main: bool


@record
class Sureness:
    """A sentence with its markers."""

    reading: Reading
    markers: tuple[Marker, ...]

    def over(self, key: str) -> Iterator[tuple[int, frozenset[Degree]]]:
        """Yield the places of the term `key`, each with the degrees of the markers over it."""
        for place, keys in enumerate(self.reading.terms):
            if key in keys:
                yield place, frozenset(each.degree for each in self.markers if place in each.scope)


def sureness(reading: Reading) -> Sureness:
    """Return how surely the sentence `reading` says what."""
    return Sureness(reading=reading, markers=tuple(islice(_markers(reading), MOST)))


@remembered
def own_sureness(text: str) -> Sureness:
    """Return how surely a wording of a record says what, which is remembered."""
    return sureness(read(text))


def shift(paste: Sureness, wordings: Sequence[Sureness]) -> tuple[str, str | None] | None:
    """Return the words of the paste and of the record where the one is surer than the other, or None."""
    near = [each for each in wordings if len(each.reading.known & paste.reading.known) >= NEAR]
    if not near:
        return None
    return _hedged(paste, near) or _done(paste, near) or _unhedged(paste, near)


def _hedged(paste: Sureness, wordings: Sequence[Sureness]) -> tuple[str, str | None] | None:
    reading = paste.reading
    for each in paste.markers:
        key = _head(reading, each, wordings)
        if key is None and _permits(reading, each):
            continue
        held = {degree for other in wordings for degree in _degrees(other, key)}
        if held & _LIKE[each.degree] or (key is None and _is_said_besides(paste, each, wordings)):
            continue
        said = [(other, place) for other in wordings for place in _places(other, key) if key]
        finite = [(other, place) for other, place in said if not other.reading.words[place].endswith("ing")]
        # Of what is to come, only what the record says to be there already tells something.
        if (each.degree is Degree.WILL and not finite) or (said and not finite):
            continue
        shown = finite[0][0].reading.shown(finite[0][1], finite[0][1] + 1) if finite else None
        return reading.shown(each.start, each.end), shown
    return None


def _done(paste: Sureness, wordings: Sequence[Sureness]) -> tuple[str, str | None] | None:
    """Return what the paste says to have been done where the record has it planned, or yet to come."""
    for place, keys in enumerate(paste.reading.terms):
        if not _is_past(paste.reading, place) or any(place in each.scope for each in paste.markers):
            continue
        for key in keys:
            held = [(other, at, found) for other in wordings for at, found in other.over(key)]
            verbs = [each for each in held if not each[0].reading.words[each[1]].endswith("ing")]
            if verbs and all(found for _, _, found in verbs):
                other, at, _ = verbs[0]
                marker = next(each for each in other.markers if at in each.scope)
                shown = other.reading.shown(marker.start, marker.end)
                return paste.reading.shown(place, place + 1), shown
    return None


def _unhedged(paste: Sureness, wordings: Sequence[Sureness]) -> tuple[str, str | None] | None:
    """Return where the record leaves open, or has planned, what the paste says outright."""
    text = wordings[0]
    main = [each for each in text.markers if each.main and each.degree is not Degree.WILL]
    if not main:
        return None
    held = {each.degree for other in wordings for each in other.markers}
    mine = {each.degree for each in paste.markers}
    if any(held & _LIKE[degree] for degree in mine) or not _shares_deed(paste, wordings):
        return None
    return " ".join(paste.reading.text.split(" ")[:6]), text.reading.shown(main[0].start, main[0].end)


def _shares_deed(paste: Sureness, wordings: Sequence[Sureness]) -> bool:
    """Say whether the paste shares what a marker of the record stands before."""
    heads = (_first(other.reading, each) for other in wordings for each in other.markers)
    return any(keys & paste.reading.known for keys in heads)


def _head(reading: Reading, marker: Marker, wordings: Sequence[Sureness]) -> str | None:
    """Return the first term behind a marker that a wording has; None where that has another word."""
    known = frozenset(key for each in wordings for key in each.reading.known)
    return next((key for key in sorted(_first(reading, marker)) if key in known), None)


def _permits(reading: Reading, marker: Marker) -> bool:
    """Say whether a marker may give leave instead: “may carry 220 people”, and not “may have carried”."""
    data = language()["certainty"]
    after = reading.words[marker.end : marker.end + 1]
    return reading.words[marker.start] in data["leave"].split() and not {*after} & {*data["perfect"].split()}


def _first(reading: Reading, marker: Marker) -> frozenset[str]:
    idle = frozenset(language()["certainty"]["light"].split())
    for place in range(marker.end, len(reading.words)):
        if place not in marker.scope:
            break
        if reading.terms[place] and reading.words[place] not in idle and not _is_name(reading, place):
            return frozenset(reading.terms[place])
    return frozenset()


def _is_name(reading: Reading, place: int) -> bool:
    return bool(frozenset(reading.terms[place]) & reading.weak)


def _degrees(other: Sureness, key: str | None) -> Iterator[Degree]:
    if key is None or not any(found for _, found in other.over(key)):
        # Of another word, or of none, all that the record says with reserve counts.
        yield from (each.degree for each in other.markers if key is None or each.main)
        return
    for _, found in other.over(key):
        yield from found


def _places(other: Sureness, key: str | None) -> Iterator[int]:
    if key is not None:
        yield from (place for place, _ in other.over(key))


def _is_said_besides(paste: Sureness, marker: Marker, wordings: Sequence[Sureness]) -> bool:
    """Say whether the paste says a deed of the record outside of what `marker` stands over."""
    known = frozenset(key for each in wordings for key in each.reading.known)
    return any(
        place not in marker.scope and _is_past(paste.reading, place) and known.intersection(keys)
        for place, keys in enumerate(paste.reading.terms)
    )


def _is_past(reading: Reading, place: int) -> bool:
    data = language()["certainty"]
    if place >= len(reading.words):
        return False
    word, before = reading.words[place], reading.words[max(0, place - _VERBS) : place]
    if word not in data["idle-past"].split() and before and before[-1] in data["perfect"].split():
        return bool(reading.terms[place]) and not _is_name(reading, place)
    if word not in _irregular() and not (word.endswith("ed") and reading.terms[place]):
        return False
    return not frozenset(data["present"].split()).intersection(before) and not _is_name(reading, place)


@cache
def _irregular() -> frozenset[str]:
    return frozenset(language()["certainty"]["past"].split())


def _markers(reading: Reading) -> Iterator[Marker]:
    text = reading.text
    data = language()["negation"]
    hanging = frozenset(f"{data['within']} {data['subordinate']}".split())
    idle = [each.span() for each in phrases("certainty", "idle").finditer(text)]
    for degree in Degree:
        for found in _pattern(degree).finditer(text):
            places = [
                n
                for n, (start, end) in enumerate(reading.spans)
                if start < found.end() and end > found.start()
            ]
            # “May 2025” is a month.
            if not places or found[0] == "May" or any(a <= found.start() < b for a, b in idle):
                continue
            start, end = places[0], places[-1] + 1
            # “Nearly failed” is not “nearly 3,000”.
            if phrases("certainty", "short-of").fullmatch(found[0]) and not _is_past(reading, end):
                continue
            wide = phrases("certainty", "wide").fullmatch(found[0]) is not None
            scope = range(len(reading.words)) if wide else reading.rest_of_clause(end - 1)
            main = not hanging.intersection(reading.words[:start])
            yield Marker(degree=degree, start=start, end=end, scope=scope, main=main)


@cache
def _pattern(degree: Degree) -> re.Pattern[str]:
    return phrases("certainty", degree.value)
