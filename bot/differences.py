"""Differences: what a paste says that the record does not, as far as it can be read off the words.

Pure. Four things are compared: numbers, names, dates (and statements of when), and negation. A difference
is shown to the reader and never used to call anything untrue. The words are data of `bot.languages`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from bot.anchors import Anchor, anchors, one_of
from bot.answers import Difference, DifferenceKind
from bot.claims import Claim
from bot.figures import Figure, Moment, figures, moments
from bot.folding import fold, fold_typography
from bot.names import names, title_pattern
from bot.negation import Reading, read
from bot.paste import sentences
from bot.polarity import contrast
from bot.statements import State, Statement
from bot.terms import terms

MOST: Final = 6
"""Differences that are told; more only say that the paste is about something else."""
LANGUAGES: Final = frozenset({"en"})
"""Languages whose words are on file; of others only figures and dates are compared."""


REMEMBERED: Final = 2048
"""Texts of records whose reading is kept in memory."""


def differences(part: str, claim: Claim) -> tuple[Difference, ...]:
    """Return what `part`, a pasted text, says that the record of `claim` does not, the first six.

    `pasted` is a span of `part`; `record` is a span of the claim's text or of a wording of it.
    """
    if fold(part) in {fold(each) for each in (claim.text, *claim.aliases)}:
        return ()
    text = fold_typography(part)
    vetted = [each for each in claim.statements if each.state is State.VETTED]
    found = [*_numbers(text, claim, vetted), *_dates(text, claim, vetted)]
    if claim.language in LANGUAGES:
        found = [*_names(text, claim, vetted), *found, *_anchors(text, claim), *_negations(text, claim)]
    return tuple(dict.fromkeys(found))[:MOST]


def _wordings(claim: Claim) -> list[str]:
    return [_own_wording(each) for each in (claim.text, *claim.aliases)]


def _known_text(claim: Claim, vetted: Iterable[Statement]) -> str:
    """Return everything that the record says, as one text."""
    parts: list[str | None] = [*_wordings(claim)]
    for each in vetted:
        parts += [
            each.text,
            each.role,
            each.on_behalf_of,
            each.told_to,
            each.venue,
            each.anonymous,
            each.part,
        ]
    said = {each.speaker for each in vetted} | set(claim.concerns)
    for speaker in claim.speakers:
        if speaker.id in said:
            parts += [speaker.name, *speaker.aliases]
    parts += [each.name for each in claim.artifacts]
    return _joined(tuple(each for each in parts if each))


# What a record says is read once and remembered: its texts come back with every question about it. What
# people paste goes through none of these.


@lru_cache(maxsize=REMEMBERED)
def _joined(parts: tuple[str, ...]) -> str:
    return fold_typography("\n".join(parts))


@lru_cache(maxsize=REMEMBERED)
def _own_wording(text: str) -> str:
    return fold_typography(text)


@lru_cache(maxsize=REMEMBERED)
def _own_terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))


@lru_cache(maxsize=REMEMBERED)
def _own_figures(text: str) -> tuple[Figure, ...]:
    return tuple(figures(text))


@lru_cache(maxsize=REMEMBERED)
def _own_moments(text: str) -> tuple[Moment, ...]:
    return tuple(moments(text))


@lru_cache(maxsize=REMEMBERED)
def _own_anchors(text: str) -> tuple[Anchor, ...]:
    return tuple(anchors(text))


@lru_cache(maxsize=REMEMBERED)
def _own_names(text: str) -> tuple[str, ...]:
    return tuple(names(text, strict=False))


@lru_cache(maxsize=REMEMBERED)
def _own_reading(text: str) -> Reading:
    return read(text)


# Numbers and dates


def _numbers(text: str, claim: Claim, vetted: list[Statement]) -> Iterator[Difference]:
    pasted = figures(text)
    if not pasted:
        return
    known = {each.value for each in _own_figures(_known_text(claim, vetted))}
    said = {each.value for each in pasted}
    open_ = [each for each in _own_figures(_wordings(claim)[0]) if each.value not in said]
    for each in pasted:
        if each.value not in known:
            yield _difference(DifferenceKind.NUMBER, each.span, _counterpart(each, open_))


def _counterpart(figure: Figure, others: list[Figure]) -> str | None:
    """Return the record's figure that stands for `figure`: the nearest in size, by ratio."""
    same = [each for each in others if each.span.endswith("%") == figure.span.endswith("%")] or others
    return min(same, key=lambda each: _ratio(each.value, figure.value)).span if same else None


def _ratio(one: float, other: float) -> float:
    return max(one, other) / min(one, other) if min(one, other) > 0 else max(one, other) + 1


def _dates(text: str, claim: Claim, vetted: list[Statement]) -> Iterator[Difference]:
    pasted = moments(text)
    if not pasted:
        return
    own = _own_moments(_wordings(claim)[0])
    known = list(_own_moments(_known_text(claim, vetted)))
    known += [_on(each.said_on) for each in vetted if each.said_on]
    for each in pasted:
        if not each.is_within(known):
            other = next((one for one in own if not each.agrees(one)), None)
            yield _difference(DifferenceKind.DATE, each.span, other.span if other else None)


def _on(date: str) -> Moment:
    parts = [int(each) for each in date.split("-")] + [None, None]
    return Moment(span=date, year=parts[0], month=parts[1], day=parts[2])


# Statements of when


def _anchors(text: str, claim: Claim) -> Iterator[Difference]:
    pasted = anchors(text)
    if not pasted:
        return
    own = _own_anchors(_wordings(claim)[0])
    every = [each for wording in _wordings(claim) for each in _own_anchors(wording)]
    titles = title_pattern()
    known = {one_of(term) for wording in _wordings(claim) for term in _own_terms(titles.sub(" ", wording))}
    for each in pasted:
        near = [other for other in every if other.terms & each.terms]
        turned = [other for other in near if {other.side, each.side} == {"before", "after"}]
        unknown = each.terms - known
        if turned and len(turned) == len(near):
            yield _difference(DifferenceKind.DATE, each.span, turned[0].span)
        elif not near and 2 * len(unknown) > len(each.terms):
            yield _difference(DifferenceKind.DATE, each.span, own[0].span if own else None)


# Names


def _names(text: str, claim: Claim, vetted: list[Statement]) -> Iterator[Difference]:
    pasted = names(text)
    if not pasted:
        return
    everything = _known_text(claim, vetted)
    known = _own_terms(everything)
    own = list(_own_names(_wordings(claim)[0]))
    said = frozenset(terms(text))
    for each in pasted:
        unknown = [word for word in each.split(" ") if not _is_known(word, known)]
        if unknown and not _is_known(each, known) and _is_other(each.split(" "), unknown, own):
            open_ = [other for other in own if not said.intersection(terms(other))]
            yield _difference(DifferenceKind.NAME, each, open_[0] if len(open_) == 1 else None)


def _is_known(word: str, known: frozenset[str]) -> bool:
    found = terms(word)
    return all(term in known for term in found)


def _is_other(words: list[str], unknown: list[str], own: list[str]) -> bool:
    """Say whether a name with `unknown` words names somebody that the record does not.

    “Vladimir Putin” is the record's “Putin”; “Melania Trump” is not the record's “Donald Trump”, and
    “Donald Tusk” is not either.
    """
    if words[-1] in unknown or len(words) == 1:
        return True
    last = words[-1]
    fuller = [each.split(" ") for each in own if each.split(" ")[-1] == last and " " in each]
    return len(words) == 2 and bool(fuller)  # noqa: PLR2004 (a first name and a last name)


# Negation


def _negations(text: str, claim: Claim) -> Iterator[Difference]:
    wordings = [_own_reading(each) for each in _wordings(claim)]
    for each in sentences(text):
        if (found := contrast(read(each), wordings)) is not None:
            yield _difference(DifferenceKind.NEGATION, *found)
            return


def _difference(kind: DifferenceKind, pasted: str, record_: str | None) -> Difference:
    return Difference(kind=kind, pasted=pasted, record=record_)
