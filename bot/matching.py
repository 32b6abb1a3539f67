"""Matching: from the entries that share words with a paste to those that it is about, and how surely.

Pure. The store finds the candidates; here they are compared, put in order, given a probability and sorted
into the tiers of the answer.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import chain
from typing import Final, Protocol

from bot.answers import Difference, DifferenceKind, Tier
from bot.calibration import WORDS, Calibration, contexts
from bot.paste import Paste
from bot.records import record
from bot.signals import SIGNALS, Compared, Query, Rarity, Sought, signals
from bot.terms import word_count

KEYWORDS: Final = 3
"""Texts of so many words or fewer are a look-up by keyword and never the same claim."""
FEW_WORDS: Final = 8
"""Texts of fewer words are never the same claim unless they are exactly a wording on file."""
LEAST_TERMS: Final = 2
"""Terms that a text of more than `KEYWORDS` words has in common with what is shown as close."""
RECORD_SHARE: Final = 0.6
"""What a match by the statements is worth beside a match by the claim's wordings: never the same claim."""
COMPARED: Final = 12
"""Entries by words, and as many by meaning, that a text is compared with closely; more change nothing."""
ALIKE: Final = 0.6
"""The cosine from which a text resembles a claim with which it has hardly a word in common."""
LINK_CHANCE: Final = 0.5
"""The probability that a text is about a claim whose source it links to, its words left aside."""
PART_ODDS: Final = 1.75
"""What is taken off the log-odds of a claim that one unit of several is about (chosen on the dev splits): the
weights are fitted on texts that are about one claim as a whole."""
TURNED: Final = frozenset({DifferenceKind.NEGATION, DifferenceKind.ROLES})
"""Differences with which a paste is not the same claim."""


@record
class Asked:
    """One unit of a paste, in terms; `part` is its text, None where it is all of the paste.

    `cosines` holds the cosine of the entries that have a vector, by their ids; None where the unit has none.
    """

    part: str | None
    query: Query
    cosines: Mapping[str, float] | None = None


@record
class Candidates:
    """The units of a paste, the entries that may answer them, and how much each term weighs.

    `before` holds what was measured of them already, by the text of the unit and the id of the claim.
    """

    asked: tuple[Asked, ...]
    entries: tuple[Compared, ...]
    weigh: Rarity
    before: Mapping[tuple[str, str], Measured] = field(default_factory=dict)


class Thresholds(Protocol):
    """The least probabilities of the two tiers."""

    @property
    def same(self) -> float:
        """From which on it is the same claim."""
        ...

    @property
    def close(self) -> float:
        """From which on it is close."""
        ...


@record
class Measured:
    """One entry with its signals.

    `by_record` are those with what was said about the claim taken in, None where that adds nothing;
    `meaning` those that vectors add, None where there is no vector of the unit or of the entry.
    """

    claim: str
    signals: tuple[float, ...]
    by_record: tuple[float, ...] | None
    terms: tuple[str, ...]
    meaning: tuple[float, ...] | None = None


@record
class Hit:
    """An entry that may be what was pasted.

    `probability` is that of it being the claim (0 to 1). `exact`: a wording on file, or nothing but a
    link to a source of it, was pasted; `linked`: there is such a link in it. `part` is the text that it
    answers, None where that is all of the paste. `terms` are the terms in common and `signals` the
    numbers that the probability was made of; `cosine` is one of them where meaning counted. `is_across`:
    it is in another language, and meaning alone counted.
    """

    claim: str
    probability: float
    exact: bool = False
    linked: bool = False
    part: str | None = None
    terms: tuple[str, ...] = ()
    signals: tuple[float, ...] = ()
    cosine: float | None = None
    is_across: bool = False


def measured(
    candidates: Candidates, without: Collection[str] = ()
) -> tuple[tuple[Asked, tuple[Measured, ...]], ...]:
    """Return for each unit the signals of the entries that have the most in common with it.

    The claims `without` count as if they were not on file.
    """
    kept, weigh = candidates.entries, candidates.weigh
    absent = [each.entry for each in kept if each.entry.claim in without]
    before = {} if absent else candidates.before
    if absent:
        weigh = weigh.without(absent)
        kept = tuple(Compared(each.entry, weigh) for each in kept if each.entry.claim not in without)

    def measure(asked: Sought, held: Compared, common: tuple[str, ...]) -> Measured:
        entry = held.by_wording
        # What was said about a claim matters where it holds a term that the claim's wordings lack.
        more = any(term not in entry.weight for term in common)
        return Measured(
            claim=held.entry.claim,
            signals=signals(asked, entry),
            by_record=signals(asked, held.by_record) if more else None,
            terms=common,
        )

    found = []
    for asked in candidates.asked:
        unique = asked.query.unique
        weight = {term: weigh(term) for term in unique}
        shared = [each.terms.intersection(unique) for each in kept]
        near = sorted(
            (-math.fsum(map(weight.__getitem__, some)), place) for place, some in enumerate(shared) if some
        )
        places = [place for _, place in near[:COMPARED]]
        if asked.cosines is not None:
            places = list(dict.fromkeys(places + _alike(kept, asked.cosines)))
        sought = Sought(asked.query, weigh)
        rows = tuple(
            before.get((asked.query.text, kept[place].entry.claim))
            or measure(sought, kept[place], tuple(term for term in unique if term in shared[place]))
            for place in places
        )
        found.append((asked, rows if asked.cosines is None else _with_meaning(rows, asked.cosines)))
    return tuple(found)


def _alike(kept: Sequence[Compared], cosines: Mapping[str, float]) -> list[int]:
    """Return the places of the entries nearest in meaning, the nearest first."""
    near = [
        (-cosines[each.entry.claim], place) for place, each in enumerate(kept) if each.entry.claim in cosines
    ]
    return [place for _, place in sorted(near)[:COMPARED]]


def _with_meaning(rows: Sequence[Measured], cosines: Mapping[str, float]) -> tuple[Measured, ...]:
    """Return `rows` with the numbers named by `bot.signals.MEANING` for those that have a vector."""
    own = [cosines[each.claim] for each in rows if each.claim in cosines]
    rest = dict(zip((each.claim for each in rows if each.claim in cosines), others(own), strict=True))
    return tuple(
        replace(each, meaning=_meaning(cosines[each.claim], rest[each.claim])) if each.claim in rest else each
        for each in rows
    )


def _meaning(cosine: float, other: float) -> tuple[float, float, float]:
    return cosine, max(cosine - other, 0.0), min(cosine - other, 0.0)


def judged(
    candidates: Candidates,
    weights: Calibration,
    without: Collection[str] = (),
    fused: Calibration | None = None,
) -> tuple[Hit, ...]:
    """Return the claims that the paste may be about, the most probable first, each with its best unit.

    An entry is judged by `fused` where there are vectors of it and of the unit, and else by its words alone.
    The unit is the one that is nearest by itself; how sure it is takes into account that it is one of many.
    """
    groups = [
        tuple(_hits(asked.part, found, weights, fused)) for asked, found in measured(candidates, without)
    ]
    sure: dict[str, float] = {}
    for hit in chain.from_iterable(groups):
        chance = hit.probability if hit.part is None else less_sure(hit.probability, PART_ODDS)
        sure[hit.claim] = max(sure.get(hit.claim, 0.0), chance)
    return merged([[replace(hit, probability=sure[hit.claim]) for hit in merged(groups)]])


def less_sure(chance: float, odds: float) -> float:
    """Return the probability `chance` with `odds` taken off its log-odds."""
    return chance / (chance + (1 - chance) * math.exp(odds))


def _hits(
    part: str | None, found: tuple[Measured, ...], weights: Calibration, fused: Calibration | None
) -> Iterator[Hit]:
    if fused is not None:
        near = [each for each in found if each.meaning is not None]
        yield from _judged(part, near, fused)
        found = tuple(each for each in found if each.meaning is None)
    yield from _judged(part, found, weights)


def _judged(part: str | None, found: Sequence[Measured], weights: Calibration) -> Iterator[Hit]:
    direct = _chances([_row(each.signals, each, weights) for each in found], weights)
    wide = direct
    if any(each.by_record for each in found):
        wide = _chances([_row(each.by_record or each.signals, each, weights) for each in found], weights)
    for each, chance, other in zip(found, direct, wide, strict=True):
        sure = max(chance, RECORD_SHARE * other) if each.by_record else chance
        yield Hit(
            claim=each.claim,
            probability=sure,
            part=part,
            terms=each.terms,
            signals=each.signals,
            cosine=None if weights.model == WORDS or each.meaning is None else each.meaning[0],
        )


def _row(values: tuple[float, ...], entry: Measured, weights: Calibration) -> tuple[float, ...]:
    return values if weights.model == WORDS else (*values, *(entry.meaning or ()))


def others(scores: list[float]) -> list[float]:
    """Return for each of `scores` the best of the others; an entry that stands alone has 0 beside it."""
    if len(scores) < 2:  # noqa: PLR2004 (there is no other)
        return [0.0] * len(scores)
    second, first = sorted(scores)[-2:]
    return [second if score == first else first for score in scores]


def _chances(rows: list[tuple[float, ...]], weights: Calibration) -> list[float]:
    scores = [weights.score(row) for row in rows]
    return [weights.chance(row, each) for row, each in zip(rows, contexts(scores), strict=True)]


def merged(groups: Iterable[Iterable[Hit]]) -> tuple[Hit, ...]:
    """Return each claim once, with its best hit, the exact ones first and then the most probable."""
    best: dict[str, Hit] = {}
    for hit in (hit for group in groups for hit in group):
        known = best.get(hit.claim)
        if known is None or (hit.exact, hit.probability) > (known.exact, known.probability):
            best[hit.claim] = hit
    return tuple(sorted(best.values(), key=lambda hit: (not hit.exact, -hit.probability, hit.claim)))


def tiers(
    hits: Iterable[Hit],
    paste: Paste,
    weights: Calibration,
    fused: Calibration | None = None,
    across: Thresholds | None = None,
) -> tuple[tuple[Hit, Tier], ...]:
    """Return the hits that are shown, each with its tier, in the order given.

    A part of the paste that is the same as a claim on file is answered by that claim alone; what is only
    close to it is left out. The thresholds are those of the weights by which a hit was judged.
    """
    judged_by = ((hit, bars(hit, weights, fused, across)) for hit in hits)
    found = [(hit, tier) for hit, bar in judged_by if (tier := _tier(hit, paste, bar)) is not Tier.NONE]
    settled = {hit.part for hit, tier in found if tier is Tier.SAME}
    return tuple(
        (hit, tier)
        for hit, tier in found
        if tier is Tier.SAME or not (hit.part in settled or (None in settled))
    )


def bars(
    hit: Hit, weights: Calibration, fused: Calibration | None = None, across: Thresholds | None = None
) -> Thresholds:
    """Return the thresholds of the weights by which `hit` was judged."""
    if across is not None and hit.is_across:
        return across
    return fused if fused is not None and hit.cosine is not None else weights


def _tier(hit: Hit, paste: Paste, weights: Thresholds) -> Tier:
    if hit.exact and hit.linked:
        return Tier.SAME
    length = word_count(hit.part or paste.text)
    if 0 < length <= KEYWORDS:
        whole = bool(hit.signals) and hit.signals[SIGNALS.index("query_coverage")] >= 1
        return Tier.CLOSE if hit.exact or whole or hit.probability >= weights.close else Tier.NONE
    if hit.exact or (length >= FEW_WORDS and hit.probability >= weights.same):
        return Tier.SAME
    # In a small ledger one common word can make an entry the best by far; it is no resemblance.
    alike = hit.is_across or (hit.cosine or 0.0) >= ALIKE
    alone = len(hit.terms) < LEAST_TERMS and not hit.linked and not alike
    return Tier.NONE if alone or hit.probability < weights.close else Tier.CLOSE


def demoted(tier: Tier, differences: Iterable[Difference]) -> Tier:
    """Return the tier that is left of `tier` where the paste says the opposite, or of other people."""
    turned = any(each.kind in TURNED for each in differences)
    return Tier.CLOSE if turned and tier is Tier.SAME else tier
