"""Grouping: which of the texts that people asked about is the same as another one, by the matcher.

Pure. What counts as the same is what counts as the same claim in an answer, and one thing more: a text with
other numbers, other roles or a negation that the other lacks is a question of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from bot.addresses import canonical_address
from bot.answers import DifferenceKind, Tier
from bot.calibration import Calibration
from bot.claims import Claim
from bot.differences import differences
from bot.folding import fold
from bot.matching import Asked, Candidates, judged, tiers
from bot.paste import clean, sentences
from bot.signals import SIGNALS, Compared, Entry, Rarity, query
from bot.terms import terms

NEAREST: Final = 40
"""Texts that are compared closely: those with the most terms in common."""
LEAST_SHARED: Final = 0.6
"""Share of the weight of either text that the other has too: among few texts the best one is easily sure."""
_SHARES: Final = tuple(SIGNALS.index(each) for each in ("query_coverage", "entry_coverage"))
_APART: Final = frozenset({DifferenceKind.NUMBER, DifferenceKind.NEGATION, DifferenceKind.ROLES})


def key(text: str) -> str:
    """Return the key under which two texts count as one: words folded, or the first link; "" for neither."""
    paste = clean(text)
    return fold(paste.text) or next((canonical_address(each) or "" for each in paste.urls), "")


def nearest(wordings: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of the texts of `known` that share the most terms with any of `wordings`, best first."""
    asked = {term for each in wordings for term in _terms(each)}
    shared = {name: len(asked.intersection(_terms(text))) for name, text in known.items()}
    found = sorted((name for name in shared if shared[name]), key=lambda name: (-shared[name], name))
    return tuple(found[:NEAREST])


def same_as(text: str, known: Mapping[str, str], weights: Calibration) -> str | None:
    """Return the id of the text in `known` (texts by their ids) that asks the same as `text`, or None."""
    paste = clean(text)
    parts = sentences(paste.text)
    whole = " ".join(parts)
    # Of a long text only its sentences would be matched, and it may ask several things at once.
    if whole not in paste.units:
        return None
    documents = Counter(term for each in known.values() for term in set(_terms(each)))
    weigh = Rarity(documents, len(known))
    near = nearest((text,), known)
    entries = tuple(Compared(Entry(claim=name, wordings=(_terms(known[name]),)), weigh) for name in near)
    asked = Asked(part=None, query=query(whole, paste.author, parts))
    hits = judged(Candidates(asked=(asked,), entries=entries, weigh=weigh), weights)
    for hit, tier in tiers(hits, paste, weights):
        alike = hit.exact or min(hit.signals[place] for place in _SHARES) >= LEAST_SHARED
        if tier is Tier.SAME and alike and not _is_apart(whole, known[hit.claim]):
            return hit.claim
    return None


def denies(text: str, claim: Claim) -> bool:
    """Say whether `text` negates what the record of `claim` does not."""
    return any(each.kind is DifferenceKind.NEGATION for each in differences(text, claim))


def _is_apart(one: str, other: str) -> bool:
    """Say whether either text has a number, roles or a negation that the other lacks."""
    both = ((one, other), (other, one))
    return any(
        each.kind in _APART
        for text, held in both
        for each in differences(text, Claim(id="asked", text=clean(held).text))
    )


@lru_cache(maxsize=4_096)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(terms(clean(text).text))
