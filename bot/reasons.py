"""Reasons: why a claim was found for a text, and what keeps it from being the same claim.

Pure. For those who keep the ledger: readers are shown the record and the differences. All that a reason
quotes is of the claim as its reader may see it, and of the text itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from bot.addresses import canonical_address
from bot.answers import Difference, DifferenceKind, Tier
from bot.claims import Claim
from bot.folding import fold
from bot.matched import Matched, matched, wordings
from bot.matching import ALIKE, FEW_WORDS, KEYWORDS, LEAST_TERMS, Hit, Thresholds
from bot.paste import Paste
from bot.records import record
from bot.terms import share, terms

RUN: Final = 3
"""Neighbouring words that are named together."""
LONGEST: Final = 40
"""Characters of one word that are named; where words have no spaces between them, a line is one word."""

_TOKEN: Final = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


class Kept(StrEnum):
    """What keeps a claim that was found from being shown as the same claim, or at all."""

    KEYWORDS = "keywords"
    """So few words are a search, and no claim."""
    FEW_WORDS = "few_words"
    """A text so short has to be a wording on file, word for word."""
    DIFFERENCE = "difference"
    """The text negates what the record does not."""
    ROLES = "roles"
    """The text turns round who did it to whom."""
    ANOTHER = "another"
    """It is probable enough, and the text tells of somebody else or of another event."""
    BELOW_SAME = "below_same"
    BELOW_CLOSE = "below_close"
    FEW_TERMS = "few_terms"
    """They share one word, and are not near in meaning either."""
    ANSWERED = "answered"
    """Another claim is the same as this part of the text."""


@record
class Reason:
    """Why a claim was found.

    `nearest` is the text of the claim that has the most in common with what was asked, None where it
    has no word in common. `shared` are the words in common, as the asker wrote them, neighbours
    together; `words` (0 to 1) is how close the two are by their words, `cosine` (-1 to 1) by their
    meaning, None where vectors did not count. `exact`: it is a wording on file; `source` is the cited
    source that the text links to. `probability` is 0 to 1, `bar` the least one of the tier that was
    missed; `kept` says what kept it from being the same claim, None where it is.
    """

    tier: Tier
    probability: float
    nearest: Matched | None
    shared: tuple[str, ...]
    words: float
    cosine: float | None
    exact: bool
    source: str | None
    kept: Kept | None
    bar: float | None = None


def reason(
    paste: Paste,
    hit: Hit,
    claim: Claim,
    tier: Tier,
    *,
    bars: Thresholds,
    differences: Sequence[Difference] = (),
    answered: bool = False,
) -> Reason:
    """Return why `hit` was found for `paste`.

    `tier` is the one under which it is shown, `bars` are the thresholds by which it was judged, and
    `answered` says that its part of the paste has the same claim elsewhere.
    """
    asked = hit.part or paste.text
    nearest, closeness = nearest_of(f"{asked} {paste.author or ''}", matched(claim))
    exact = next((each for each in wordings(claim) if hit.exact and fold(each.text) == fold(asked)), None)
    nearest = exact or nearest
    kept = _kept(asked, hit, tier, bars, differences, answered=answered)
    least = {Kept.BELOW_SAME: bars.same, Kept.BELOW_CLOSE: bars.close}
    return Reason(
        tier=tier,
        probability=hit.probability,
        nearest=nearest,
        shared=shared_words(asked, nearest.whole) if nearest else (),
        words=1.0 if exact else closeness,
        cosine=hit.cosine,
        exact=exact is not None,
        source=_source(paste, claim) if hit.linked else None,
        kept=kept,
        bar=least.get(kept) if kept else None,
    )


def nearest_of(text: str, among: Iterable[Matched]) -> tuple[Matched | None, float]:
    """Return which of the texts `among` has the most in common with `text`, and how much (0 to 1).

    That is the cosine of the weights of their words, the rarer the heavier; of equal ones the first counts.
    """
    asked = {term: _weight(term) for term in terms(text)}
    found: tuple[Matched | None, float] = (None, 0.0)
    for each in among:
        held = {term: _weight(term) for term in terms(each.whole)}
        both = sum(weight * weight for term, weight in held.items() if term in asked)
        if both:
            close = both / math.sqrt(_square(asked) * _square(held))
            if close > found[1]:
                found = (each, min(close, 1.0))
    return found


def shared_words(text: str, other: str) -> tuple[str, ...]:
    """Return the words of `text` that `other` has too in some form, in order, neighbours together."""
    known = set(terms(other))
    runs: list[list[str]] = []
    end = -1
    for each in _TOKEN.finditer(text):
        if not known.intersection(terms(each[0])):
            continue
        if runs and end >= 0 and not text[end : each.start()].strip() and len(runs[-1]) < RUN:
            runs[-1].append(each[0])
        else:
            runs.append([each[0]])
        end = each.end()
    named: set[str] = set()
    found = []
    for run in runs:
        words = {fold(each) for each in run}
        if not words <= named:
            found.append(" ".join(run)[:LONGEST])
        named |= words
    return tuple(found)


def _kept(
    asked: str,
    hit: Hit,
    tier: Tier,
    bars: Thresholds,
    differences: Sequence[Difference],
    *,
    answered: bool,
) -> Kept | None:
    length = len(asked.split())
    kinds = {each.kind for each in differences}
    few = len(hit.terms) < LEAST_TERMS and not hit.linked and (hit.cosine or 0.0) < ALIKE
    # The first that holds is the one that decided (`bot.matching.tiers`, `demoted` and `is_another`).
    reasons: dict[Tier, tuple[tuple[bool, Kept | None], ...]] = {
        Tier.SAME: ((True, None),),
        Tier.CLOSE: (
            (length <= KEYWORDS, Kept.KEYWORDS),
            (length < FEW_WORDS and not hit.exact, Kept.FEW_WORDS),
            (DifferenceKind.NEGATION in kinds, Kept.DIFFERENCE),
            (DifferenceKind.ROLES in kinds, Kept.ROLES),
            (hit.probability >= bars.same and not hit.is_across, Kept.ANOTHER),
            (True, Kept.BELOW_SAME),
        ),
        Tier.NONE: (
            (hit.probability < bars.close, Kept.BELOW_CLOSE),
            (few and not answered, Kept.FEW_TERMS),
            (True, Kept.ANSWERED),
        ),
    }
    return next(kept for holds, kept in reasons[tier] if holds)


def _source(paste: Paste, claim: Claim) -> str | None:
    """Return the id of the source whose address is in the paste."""
    asked = set(paste.urls)
    for each in claim.sources:
        if asked.intersection(canonical_address(url) for url in (each.url, each.archive_url) if url):
            return each.id
    return None


def _weight(term: str) -> float:
    return -math.log(share(term))


def _square(weights: dict[str, float]) -> float:
    return sum(weight * weight for weight in weights.values())
