"""Likeness: which of a few texts that are in no index, such as proposals that wait, say the same as another.

Pure but for the embedder, which is slow: call it in a thread. Nothing of a ledger is asked: a word weighs
what it weighs in texts at large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from bot.answers import Tier
from bot.calibration import Calibration
from bot.embedding import EmbeddingError
from bot.folding import fold
from bot.matching import Asked, Candidates, Hit, judged, merged, tiers
from bot.paste import Paste, sentences
from bot.signals import Compared, Entry, Rarity, query
from bot.terms import terms

if TYPE_CHECKING:
    from bot.embedding import Meaning

MOST: Final = 12
"""Texts that are compared closely: those with the most words in common."""
WORDINGS: Final = 4
"""Wordings of each of them that get a vector, the first ones."""


def alike(
    paste: Paste, others: Mapping[str, Sequence[str]], weights: Calibration, meaning: Meaning | None
) -> tuple[tuple[Hit, Tier], ...]:
    """Return which of `others`, wordings by an id, are the same as `paste` or close to it, best first.

    `meaning` adds vectors, which are made for the occasion. The ids stand where a hit names a claim.
    """
    weigh = Rarity({}, 0)
    asked = query(paste.text, paste.author, sentences(paste.text))
    entries = [
        Compared(Entry(claim=key, wordings=tuple(tuple(terms(each)) for each in wordings)), weigh)
        for key, wordings in others.items()
    ]
    entries.sort(key=lambda each: -sum(weigh(term) for term in asked.unique if term in each.terms))
    near = entries[:MOST]
    cosines = _cosines(paste, {each.entry.claim: others[each.entry.claim] for each in near}, meaning)
    found = Candidates(
        asked=(Asked(part=None, query=asked, cosines=cosines),), entries=tuple(near), weigh=weigh
    )
    own = fold(paste.text)
    exact = (
        Hit(claim=key, probability=1.0, exact=True, terms=asked.unique)
        for key, wordings in others.items()
        if own and own in map(fold, wordings)
    )
    fused = meaning.weights if meaning else None
    return tiers(merged([exact, judged(found, weights, (), fused)]), paste, weights, fused)


def _cosines(
    paste: Paste, others: Mapping[str, Sequence[str]], meaning: Meaning | None
) -> dict[str, float] | None:
    """Return how near in meaning the best wording of each of `others` is; None without vectors."""
    if meaning is None or not others or not paste.text:
        return None
    asked = [(key, each) for key, wordings in others.items() for each in wordings[:WORDINGS]]
    try:
        own, *rest = meaning.embedder.embed([paste.text, *(each for _, each in asked)])
    except EmbeddingError:
        return None
    best: dict[str, float] = {}
    for (key, _), vector in zip(asked, rest, strict=True):
        best[key] = max(best.get(key, -1.0), float(own @ vector))
    return best
