"""Signals: what a paste and an entry have in common, as a few numbers that weights can be fitted to.

Pure, and cheap enough to be taken of some fifty entries for every text that is looked up. The numbers
mean the same in a ledger of forty claims and of forty thousand: see `Rarity`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import pairwise
from operator import mul
from typing import Final

from bot.records import record
from bot.terms import share, terms
from bot.tongues import small_terms, tongue

SIGNALS: Final = (
    "query_coverage",
    "entry_coverage",
    "text_coverage",
    "similarity",
    "best_similarity",
    "mass",
    "rarest",
    "second_rarest",
    "shared",
    "pairs",
    "pair_share",
    "names",
    "numbers_clash",
    "near",
    "sentence",
    "relevance",
    "query_length",
    "entry_length",
)
"""The numbers that `signals` returns, in order.

The shares of the paste's and of the entry's weight that both have (of the entry: of its best wording,
and of its text); the cosine of the weights (all wordings together, and the best one); the logarithm of
the weight in common, the weight of the rarest and second rarest common term, the logarithm of their
number; neighbouring pairs in common, by weight and as a share; the share of the paste's names that the
entry has; whether both have figures and none in common; terms that begin alike; the cosine of the best
sentence; bm25 (Robertson and Zaragoza 2009, k1 1.2, b 0.75); the logarithms of both lengths.
"""

MEANING: Final = ("cosine", "cosine_lead", "cosine_lag")
"""The numbers that vectors add, in order: the cosine of the best wording, and how far it is before or behind
the best of the other entries."""

BACKGROUND: Final = 200
"""Texts at large that are mixed into the ledger's own count of a term (chosen on the dev splits)."""
LEAST_SHARE: Final = 1 / 3_000
"""No term counts as rarer than this, so that the weights mean the same in ledgers of any size."""
TOP_WEIGHT: Final = -math.log(LEAST_SHARE)
K1: Final = 1.2
B: Final = 0.75
USUAL_LENGTH: Final = 20
"""Terms of a usual entry, title and all; the mean of the sets that the weights were fitted on."""
LEAST_ENTRY: Final = 3
"""Terms below which the coverage of a wording is scaled down: one common word proves nothing."""
NO_NAMES: Final = 0.5
MANY_CAPITALS: Final = 0.6
"""Share of words with a capital above which capitals show no names (headlines, shouting)."""
PREFIX: Final = 4

_WORD: Final = re.compile(r"[^\W\d_][\w'’]*")


class Rarity:
    """How much a term weighs: the rarer, the more.

    `documents` is in how many entries a term stands, `entries` how many there are. An entry that
    matches always holds the term itself, so one is taken off; texts at large are mixed in, so that a
    small ledger does not take “people” for a rare word.
    """

    def __init__(self, documents: Mapping[str, int], entries: int) -> None:
        self.documents = dict(documents)
        self._entries = entries
        self._fewer: Counter[str] = Counter()
        self._weights: dict[str, float] = {}

    def learn(self, documents: Mapping[str, int], asked: Iterable[str]) -> None:
        """Take in how many entries hold the terms `asked`, of which `documents` lacks those of none."""
        self.documents.update((term, documents.get(term, 0)) for term in asked)

    def without(self, entries: Collection[Entry]) -> Rarity:
        """Return the weights as they would be were `entries` not on file."""
        less = Rarity({}, self._entries - len(entries))
        less.documents = self.documents
        for entry in entries:
            less._fewer.update({term for wording in entry.wordings for term in wording})
        return less

    def __call__(self, term: str) -> float:
        """Return the weight of `term`, from 0 to `TOP_WEIGHT`, in nats."""
        weight = self._weights.get(term)
        if weight is None:
            others = max(self.documents.get(term, 0) - self._fewer[term] - 1, 0)
            part = (others + BACKGROUND * share(term)) / (self._entries + BACKGROUND)
            weight = self._weights[term] = -math.log(min(1.0, max(part, LEAST_SHARE)))
        return weight


@record
class Query:
    """One text that is looked up, in terms: in order, without doubles, by sentence, and its names."""

    text: str
    sequence: tuple[str, ...]
    unique: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    names: frozenset[str]


@record
class Entry:
    """One entry of the ledger, in terms: the text first, then each alias, then what is said about it."""

    claim: str
    wordings: tuple[tuple[str, ...], ...]
    record: tuple[tuple[str, ...], ...] = ()


def query(text: str, author: str | None = None, sentences: Iterable[str] = ()) -> Query:
    """Return `text` made ready to be compared; the author's name counts as one more word of it.

    Small words of another language than English are left out, as those of English are.
    """
    small = small_terms(tongue(text))
    sequence = [term for term in terms(text) if term not in small]
    return Query(
        text=text,
        sequence=tuple(sequence),
        unique=tuple(dict.fromkeys(sequence + terms(author or ""))),
        sentences=tuple(
            tuple(dict.fromkeys(found))
            for each in sentences
            if len(found := [term for term in terms(each) if term not in small]) >= LEAST_ENTRY
        ),
        names=capitalised(text),
    )


def capitalised(text: str) -> frozenset[str]:
    """Return the terms of the words with a capital inside the sentences of `text`."""
    found = list(_WORD.finditer(text))
    capital = [each for each in found if each[0][0].isupper()]
    if len(capital) > MANY_CAPITALS * len(found):
        return frozenset()
    inside = (each for each in capital if text[: each.start()].rstrip(" \"'(")[-1:] not in {"", *".!?:\n"})
    return frozenset(term for each in inside for term in terms(each[0]))


class Weighed:
    """The wordings of one entry with the weight of every term; made once, compared with many texts."""

    def __init__(self, wordings: tuple[tuple[str, ...], ...], weigh: Rarity) -> None:
        self.weigh = weigh
        self.counts = Counter(term for wording in wordings for term in wording)
        self.weight = {term: weigh(term) for term in self.counts}
        self.norm = _norm(self.weight.values())
        self.length = self.counts.total()
        self.figures = frozenset(term for term in self.counts if term.isdigit())
        self.pairs = frozenset(pair for wording in wordings for pair in _pairs(wording))
        self.wordings = []
        for wording in wordings:
            unique = frozenset(wording)
            weights = [self.weight[term] for term in unique]
            self.wordings.append((unique, sum(weights), _norm(weights)))
        self.by_prefix: dict[str, list[str]] = {}
        for term in self.counts:
            if len(term) >= PREFIX:
                self.by_prefix.setdefault(term[:PREFIX], []).append(term)

    def mass(self, asked: Iterable[str]) -> float:
        """Return the weight of the terms that `asked` and the entry have in common."""
        weight = self.weight
        return sum(weight[term] for term in asked if term in weight)


class Compared:
    """An entry made ready to be compared with many texts, as far as it is asked for."""

    def __init__(self, entry: Entry, weigh: Rarity) -> None:
        self.entry = entry
        self.terms = frozenset(term for wording in entry.wordings + entry.record for term in wording)
        self._weigh = weigh

    @cached_property
    def by_wording(self) -> Weighed:
        """The entry by its text and its aliases."""
        return Weighed(self.entry.wordings, self._weigh)

    @cached_property
    def by_record(self) -> Weighed:
        """The entry with what is said about it taken in."""
        return Weighed(self.entry.wordings + self.entry.record, self._weigh)


class Sought:
    """A text that is looked up with the weight of every term; made once, compared with many entries."""

    def __init__(self, asked: Query, weigh: Rarity) -> None:
        self.unique = asked.unique
        own = [weigh(term) for term in asked.unique]
        self.mass, self.norm = sum(own) or 1.0, _norm(own)
        self.pairs = _pairs(asked.sequence)
        self.figures = frozenset(term for term in asked.sequence if term.isdigit())
        self.names, self.named = asked.names, sum(map(weigh, asked.names))
        self.sentences = [(each, _norm(map(weigh, each))) for each in asked.sentences]


def signals(asked: Sought, entry: Weighed) -> tuple[float, ...]:
    """Return the numbers named by `SIGNALS` for `asked` and `entry`."""
    weight, counts = entry.weight, entry.counts
    common = [term for term in asked.unique if term in weight]
    shared = [weight[term] for term in common]
    mass = sum(shared)
    rare = sorted(shared, reverse=True)[:2]
    similarity = _dot(shared) / asked.norm / entry.norm
    coverage = best = text_coverage = 0.0
    terms_asked = frozenset(common)
    for place, (unique, wording_mass, wording_norm) in enumerate(entry.wordings):
        both = [weight[term] for term in unique & terms_asked]
        if both:
            part = sum(both) / wording_mass if wording_mass else 0.0
            part *= min(1.0, len(unique) / LEAST_ENTRY)
            coverage, best = max(coverage, part), max(best, _dot(both) / asked.norm / wording_norm)
            text_coverage = text_coverage if place else part
    both_have = asked.pairs & entry.pairs
    pair_mass = sum([weight[one] + weight[two] for one, two in both_have]) if both_have else 0.0
    dampened = K1 * (1 - B + B * entry.length / USUAL_LENGTH)
    return (
        mass / asked.mass,
        coverage,
        text_coverage,
        similarity,
        best,
        math.log1p(mass),
        rare[0] / TOP_WEIGHT if rare else 0.0,
        rare[1] / TOP_WEIGHT if len(rare) > 1 else 0.0,
        math.log1p(len(common)),
        math.log1p(pair_mass),
        pair_mass / (2 * mass) if mass else 0.0,
        entry.mass(asked.names) / asked.named if asked.named else NO_NAMES,
        float(bool(asked.figures and entry.figures and not asked.figures & entry.figures)),
        _near(asked.unique, entry) / asked.mass,
        max((_cosine(each, norm, entry) for each, norm in asked.sentences), default=similarity),
        sum([weight[term] * (K1 + 1) * counts[term] / (counts[term] + dampened) for term in common])
        / (2 * TOP_WEIGHT),
        math.log1p(len(asked.unique)),
        math.log1p(entry.length),
    )


def _cosine(sentence: tuple[str, ...], norm: float, entry: Weighed) -> float:
    weight = entry.weight
    return _dot([weight[term] for term in sentence if term in weight]) / norm / entry.norm


def _norm(weights: Iterable[float]) -> float:
    return math.sqrt(_dot(weights)) or 1.0


def _dot(weights: Iterable[float]) -> float:
    held = weights if isinstance(weights, list) else list(weights)
    squared: float = sum(map(mul, held, held))
    return squared


def _pairs(sequence: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(sequence))


def _near(asked: tuple[str, ...], entry: Weighed) -> float:
    """Return the weight of the terms that the entry has in a kindred form only (“elect”, “elector”)."""
    known = frozenset(asked)
    found = 0.0
    for term in asked:
        for other in entry.by_prefix.get(term[:PREFIX], ()) if term not in entry.weight else ():
            long = PREFIX + 2
            alike = term.startswith(other) or other.startswith(term) or term[:long] == other[:long]
            if alike and other not in known:
                found += min(entry.weigh(term), entry.weight[other])
                break
    return found
