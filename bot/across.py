"""Across languages: how sure it is that a paste and a claim in another language say the same.

Pure but for reading the weights. Two texts in two languages have hardly a word in common, so the weights of
`bot.calibration`, fitted on English alone, would call every such pair unlike. Here the vectors judge: the
cosine, how far it is before that of the next claim, and the names and figures that both have.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Final

from bot.matching import Candidates, Hit, others
from bot.records import record
from bot.tongues import differ, small_terms, tongue

SHIPPED: Final = {"multilingual": "calibration-across.json"}
"""The weights that the program brings, by the name of the embedder."""
MOST_LEAD: Final = 0.3
"""A greater lead says no more; in a ledger of few claims every lead is great."""


@record
class Across:
    """What was fitted: log-odds are `bias` + `cosine` × cosine + `lead` × lead + `words` × words.

    `same` and `close` are the least probabilities of the two tiers. `date`, `texts` and `figures` say when
    it was fitted, on what, and what was measured on other texts then.
    """

    model: str
    bias: float
    cosine: float
    lead: float
    words: float
    same: float
    close: float
    date: str
    texts: str
    figures: Mapping[str, float]

    def chance(self, values: tuple[float, float, float]) -> float:
        """Return the probability (0 to 1) that two texts in two languages say the same; see `compared`."""
        cosine, lead, words = values
        odds = self.bias + self.cosine * cosine + self.lead * lead + self.words * words
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))


@cache
def shipped(name: str) -> Across | None:
    """Return the weights for the embedder `name`; None where none were fitted for it."""
    if name not in SHIPPED:
        return None
    return Across(**json.loads(resources.files("bot").joinpath(SHIPPED[name]).read_text("utf-8")))


@record
class Compared:
    """A claim beside a unit of the paste: the cosine, its lead (-0.3 to 0.3), and log words shared."""

    claim: str
    part: str | None
    values: tuple[float, float, float]
    terms: tuple[str, ...]


def compared(
    found: Candidates, languages: Mapping[str, str], without: Collection[str] = ()
) -> Iterator[Compared]:
    """Yield the claims in another language than a unit of the paste, compared with it.

    `languages` are those of the claims found, by their ids; the claims `without` count as if they were not
    on file.
    """
    for asked in found.asked:
        spoken = tongue(asked.query.text) if asked.cosines else None
        if asked.cosines is None or spoken is None:
            continue
        entries = [
            each
            for each in found.entries
            if each.entry.claim in asked.cosines and each.entry.claim not in without
        ]
        own = [term for term in asked.query.unique if term not in small_terms(spoken)]
        cosines = [asked.cosines[each.entry.claim] for each in entries]
        for entry, cosine, other in zip(entries, cosines, others(cosines), strict=True):
            if differ(spoken, languages.get(entry.entry.claim)):
                shared = tuple(term for term in own if term in entry.terms)
                lead = max(-MOST_LEAD, min(MOST_LEAD, cosine - other))
                words = math.log1p(math.fsum(map(found.weigh, shared)))
                yield Compared(
                    claim=entry.entry.claim, part=asked.part, values=(cosine, lead, words), terms=shared
                )


def hits(
    found: Candidates, weights: Across, languages: Mapping[str, str], without: Collection[str] = ()
) -> Iterator[Hit]:
    """Yield the claims that `compared` yields, as surely as they say the same."""
    for each in compared(found, languages, without):
        yield Hit(
            claim=each.claim,
            probability=weights.chance(each.values),
            part=each.part,
            terms=each.terms,
            cosine=each.values[0],
            is_across=True,
        )
