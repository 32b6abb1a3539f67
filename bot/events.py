"""Events: whether a paste that names the same people tells of another deed of theirs.

Pure. A text shares its names and places with every claim about them. What is told of them are the other
words: where most of those of the paste are not in the record, and the paste does not tell most of a wording,
it is another event. A synonym counts as another word, so that this only ever makes a “same” a “close”.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Final

from bot.answers import Difference, DifferenceKind
from bot.claims import Claim
from bot.folding import fold_typography
from bot.known import known_text, own_names, own_terms, remembered, wordings
from bot.languages import language
from bot.names import names
from bot.naming import is_missed, may_be_name
from bot.negation import paired
from bot.terms import RARE, share, terms

UNKNOWN: Final = 0.51
"""Share of the weight of the paste's words from which they tell of something else."""
COVERED: Final = 0.8
"""Share of the weight of a wording's words up to which the paste does not tell of it."""
LONGEST: Final = 20
"""Words of a text beyond which what else it says tells nothing of which event it is about."""
LONGEST_NAMED: Final = 25
"""Words of a text beyond which one more name in it tells nothing of whom it is about."""
LEAST: Final = 2
"""Words of weight that a paste has at least, for its words to tell anything."""
ALIKE: Final = 5
"""Letters at the beginning that two terms of one word have in common."""
_WEIGHTS: Final = ((1 / 30, 0.2), (1 / 60, 0.4), (1 / 400, 0.7))
_DATES: Final = ("months", "short-months", "weekdays")


def unlike(text: str, claim: Claim) -> tuple[float, float]:
    """Return the share of the words of `text` that the record lacks, and the most of a wording that it has.

    Names, figures and dates are left out; the words count by how rare they are at large.
    """
    text = fold_typography(text)
    named = frozenset(term for name in names(text) for term in terms(name))
    mine = {_one(each) for each in terms(text) if _tells(each) and each not in named}
    known = _keys(own_terms(known_text(claim)))
    own_named = frozenset(term for wording in wordings(claim) for term in _named(wording))
    said = [each for each in mine if each not in own_named]
    if len(said) < LEAST:
        return 0.0, 1.0
    unknown = sum(_weight(each) for each in said if not _has(known, each)) / sum(map(_weight, said))
    cores = [
        frozenset(_one(each) for each in own_terms(wording) if _tells(each)) - own_named
        for wording in wordings(claim)
    ]
    covered = max((_share(core, said) for core in cores if core), default=1.0)
    return unknown, covered


def is_another(text: str, claim: Claim, differences: Iterable[Difference]) -> bool:
    """Say whether `text`, which resembles `claim`, tells of another event, or of somebody else.

    `differences` are those of the two: a name that the record lacks, and one of the claim's that the paste
    lacks, make it somebody else.
    """
    length = len(text.split())
    names_another = length <= LONGEST_NAMED and any(each.kind is DifferenceKind.NAME for each in differences)
    if names_another and is_missed(text, claim):
        return True
    if length > LONGEST:
        return False
    unknown, covered = unlike(text, claim)
    return unknown >= UNKNOWN and covered < COVERED


def _share(core: Collection[str], said: Iterable[str]) -> float:
    mine = _begun(said)
    return sum(_weight(each) for each in core if _has(mine, each)) / sum(map(_weight, core))


def _has(known: frozenset[str], term: str) -> bool:
    return term in known or (len(term) >= ALIKE and term[:ALIKE] in known)


def _begun(found: Iterable[str]) -> frozenset[str]:
    """Return the terms with what they begin with: “photograph” is told by “photographer”."""
    return frozenset(each for term in found for each in (term, term[:ALIKE]))


@remembered
def _keys(found: frozenset[str]) -> frozenset[str]:
    return _begun(_one(each) for each in found)


@remembered
def _named(text: str) -> frozenset[str]:
    """Return the terms of the names in a wording; its first word is one where it is no word for anything."""
    found = [each for each in own_names(text) if may_be_name(each.split(" ")[-1]) or each in names(text)]
    return frozenset(_one(term) for name in found for term in terms(name))


def _one(term: str) -> str:
    return paired(term)[0]


def _tells(term: str) -> bool:
    return not term[:1].isdigit() and term not in _idle()


def _weight(term: str) -> float:
    found = share(term)
    return next((weight for least, weight in _WEIGHTS if found > least), 1.0 if found <= RARE else 0.7)


@cache
def _idle() -> frozenset[str]:
    data = language()
    listed = " ".join(str(data["dates"][key]) for key in _DATES)
    words = [*listed.split(), *data["scales"], *data["dates"]["units"], *data["events"]["idle"].split()]
    return frozenset(term for word in words for term in terms(word))
