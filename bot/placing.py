"""Placing: which part of a paste a claim answers, where it was found for the paste as a whole.

Pure. A claim that has all but a little in common with one sentence answers that sentence; one that is told
over several answers the whole.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from bot.matching import Hit
from bot.paste import Paste, sentences
from bot.terms import share, terms

MOST_OF_IT: Final = 0.8
"""The share of what paste and claim have in common, by the weight of the words, that one sentence holds."""


def placed(hit: Hit, paste: Paste) -> Hit:
    """Return `hit` with the sentence of `paste` that it answers, as it is where that is the whole."""
    if hit.part is not None or hit.exact or len(paste.units) < 2:  # noqa: PLR2004 - a part of several
        return hit
    author = set(terms(paste.author or ""))
    common = {term: -math.log(share(term)) for term in hit.terms if term not in author}
    best, most = None, MOST_OF_IT * sum(common.values())
    for each in sentences(paste.text):
        held = sum(common.get(term, 0.0) for term in set(terms(each)))
        if held > most:
            best, most = each, held
    return replace(hit, part=best)
