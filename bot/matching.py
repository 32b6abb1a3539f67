"""Matching: from the entries that share words with a paste to those that it is about, and how surely.

Pure. The store finds the candidates; here they are compared, put in order, given a probability and sorted
into the tiers of the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from bot.answers import Difference, DifferenceKind, Tier
from bot.calibration import Calibration
from bot.paste import Paste
from bot.records import record
from bot.signals import SIGNALS, Compared, Query, Rarity, signals

KEYWORDS: Final = 3
"""Texts of so many words or fewer are a look-up by keyword and never the same claim."""
FEW_WORDS: Final = 8
"""Texts of fewer words are never the same claim unless they are exactly a wording on file."""
LEAST_TERMS: Final = 2
"""Terms that a text of more than `KEYWORDS` words has in common with what is shown as close."""
RECORD_SHARE: Final = 0.6
"""What a match by the statements is worth beside a match by the claim's wordings: never the same claim."""
COMPARED: Final = 20
"""Entries that the whole of a paste is compared with closely; more change nothing (dev splits)."""
COMPARED_WITH_PART: Final = 10
"""Entries that one sentence of a paste is compared with closely."""
LINK_CHANCE: Final = 0.5
"""The probability that a text is about a claim whose source it links to, its words left aside."""


@record
class Asked:
    """One unit of a paste, in terms; `part` is its text, None where it is all of the paste."""

    part: str | None
    query: Query


@record
class Candidates:
    """The units of a paste, the entries that may answer them, and how much each term weighs."""

    asked: tuple[Asked, ...]
    entries: tuple[Compared, ...]
    weigh: Rarity


@record
class Measured:
    """One entry with its signals.

    `by_record` are those with what was said about the claim taken in, None where that adds nothing.
    """

    claim: str
    signals: tuple[float, ...]
    by_record: tuple[float, ...] | None
    terms: tuple[str, ...]


@record
class Hit:
    """An entry that may be what was pasted.

    `probability` is that of it being the claim (0 to 1). `exact`: a wording on file, or nothing but a
    link to a source of it, was pasted; `linked`: there is such a link in it. `part` is the text that it
    answers, None where that is all of the paste. `terms` are the terms in common and `signals` the
    numbers that the probability was made of.
    """

    claim: str
    probability: float
    exact: bool = False
    linked: bool = False
    part: str | None = None
    terms: tuple[str, ...] = ()
    signals: tuple[float, ...] = ()


def measured(
    candidates: Candidates, without: Collection[str] = ()
) -> tuple[tuple[Asked, tuple[Measured, ...]], ...]:
    """Return for each unit the signals of the entries that have the most in common with it.

    The claims `without` count as if they were not on file.
    """
    kept, weigh = candidates.entries, candidates.weigh
    absent = [each.entry for each in kept if each.entry.claim in without]
    if absent:
        weigh = weigh.without(absent)
        kept = tuple(Compared(each.entry, weigh) for each in kept if each.entry.claim not in without)

    def measure(asked: Query, held: Compared, common: tuple[str, ...]) -> Measured:
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
        most = COMPARED if asked.part is None else COMPARED_WITH_PART
        common = [tuple(term for term in asked.query.unique if term in each.terms) for each in kept]
        near = sorted((-sum(map(weigh, some)), place) for place, some in enumerate(common) if some)
        rows = (measure(asked.query, kept[place], common[place]) for _, place in near[:most])
        found.append((asked, tuple(rows)))
    return tuple(found)


def judged(candidates: Candidates, weights: Calibration, without: Collection[str] = ()) -> tuple[Hit, ...]:
    """Return the claims that the paste may be about, the most probable first, each with its best unit."""
    return merged(_hits(asked.part, found, weights) for asked, found in measured(candidates, without))


def _hits(part: str | None, found: tuple[Measured, ...], weights: Calibration) -> Iterator[Hit]:
    direct = _chances([each.signals for each in found], weights)
    wide = _chances([each.by_record or each.signals for each in found], weights)
    for each, chance, other in zip(found, direct, wide, strict=True):
        yield Hit(
            claim=each.claim,
            probability=max(chance, RECORD_SHARE * other) if each.by_record else chance,
            part=part,
            terms=each.terms,
            signals=each.signals,
        )


def others(scores: list[float]) -> list[float]:
    """Return for each of `scores` the best of the others; an entry that stands alone has 0 beside it."""
    if len(scores) < 2:  # noqa: PLR2004 (there is no other)
        return [0.0] * len(scores)
    second, first = sorted(scores)[-2:]
    return [second if score == first else first for score in scores]


def _chances(rows: list[tuple[float, ...]], weights: Calibration) -> list[float]:
    scores = [weights.score(row) for row in rows]
    return [
        weights.chance(row, score, other)
        for row, score, other in zip(rows, scores, others(scores), strict=True)
    ]


def merged(groups: Iterable[Iterable[Hit]]) -> tuple[Hit, ...]:
    """Return each claim once, with its best hit, the exact ones first and then the most probable."""
    best: dict[str, Hit] = {}
    for hit in (hit for group in groups for hit in group):
        known = best.get(hit.claim)
        if known is None or (hit.exact, hit.probability) > (known.exact, known.probability):
            best[hit.claim] = hit
    return tuple(sorted(best.values(), key=lambda hit: (not hit.exact, -hit.probability, hit.claim)))


def tiers(hits: Iterable[Hit], paste: Paste, weights: Calibration) -> tuple[tuple[Hit, Tier], ...]:
    """Return the hits that are shown, each with its tier, in the order given.

    A part of the paste that is the same as a claim on file is answered by that claim alone; what is only
    close to it is left out.
    """
    found = [(hit, tier) for hit in hits if (tier := _tier(hit, paste, weights)) is not Tier.NONE]
    settled = {hit.part for hit, tier in found if tier is Tier.SAME}
    return tuple(
        (hit, tier)
        for hit, tier in found
        if tier is Tier.SAME or not (hit.part in settled or (None in settled))
    )


def _tier(hit: Hit, paste: Paste, weights: Calibration) -> Tier:
    if hit.exact and hit.linked:
        return Tier.SAME
    length = len((hit.part or paste.text).split())
    if 0 < length <= KEYWORDS:
        whole = bool(hit.signals) and hit.signals[SIGNALS.index("query_coverage")] >= 1
        return Tier.CLOSE if hit.exact or whole or hit.probability >= weights.close else Tier.NONE
    if hit.exact or (length >= FEW_WORDS and hit.probability >= weights.same):
        return Tier.SAME
    # In a small ledger one common word can make an entry the best by far; it is no resemblance.
    alone = len(hit.terms) < LEAST_TERMS and not hit.linked and not hit.exact
    return Tier.NONE if alone or hit.probability < weights.close else Tier.CLOSE


def demoted(tier: Tier, differences: Iterable[Difference]) -> Tier:
    """Return the tier that is left of `tier` where the paste negates what the record does not."""
    denies = any(each.kind is DifferenceKind.NEGATION for each in differences)
    return Tier.CLOSE if denies and tier is Tier.SAME else tier
