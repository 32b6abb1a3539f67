"""Matching: signals mean the same in every ledger, and tiers follow from the probability and the length."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import Difference, DifferenceKind, Tier
from bot.calibration import load
from bot.matching import (
    PART_ODDS,
    Asked,
    Candidates,
    Hit,
    demoted,
    judged,
    less_sure,
    merged,
    others,
    tiers,
)
from bot.paste import clean
from bot.signals import SIGNALS, TOP_WEIGHT, Compared, Entry, Rarity, Sought, Weighed, query, signals
from bot.terms import terms

LONG = "The mayor of Larkmoor knew for months about the limit on the bridge"
SHORT = "The mayor of Larkmoor knew it"


def _hit(**changes: object) -> Hit:
    made: dict[str, object] = {"claim": "a", "probability": 0.99, "terms": ("mayor", "larkmoor")}
    return Hit(**(made | changes))  # type: ignore[arg-type]


def _entry(key: str, *wordings: str, said: tuple[str, ...] = ()) -> Entry:
    return Entry(
        claim=key,
        wordings=tuple(tuple(terms(each)) for each in wordings),
        record=tuple(tuple(terms(each)) for each in said),
    )


def _sought(text: str) -> Sought:
    return Sought(query(text), Rarity({}, 1))


def _candidates(text: str, *entries: Entry) -> Candidates:
    documents: dict[str, int] = {}
    for entry in entries:
        for term in {term for wording in entry.wordings for term in wording}:
            documents[term] = documents.get(term, 0) + 1
    weigh = Rarity(documents, len(entries))
    return Candidates(
        asked=(Asked(part=None, query=query(text)),),
        entries=tuple(Compared(each, weigh) for each in entries),
        weigh=weigh,
    )


def test_a_word_weighs_the_same_in_a_small_and_a_large_ledger() -> None:
    """An entry's own word is rare, and a word of every day is common, whatever the size of the ledger."""
    small, large = (
        Rarity({"quillbrook": 1, "people": 1}, 40),
        Rarity({"quillbrook": 1, "people": 900}, 14_000),
    )
    assert small("quillbrook") == large("quillbrook") == TOP_WEIGHT
    assert small("peopl") < TOP_WEIGHT / 2


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 50)), st.text(max_size=3), st.integers(0, 50))
def test_weights_stay_within_bounds(documents: dict[str, int], term: str, entries: int) -> None:
    """No count makes a weight negative or larger than the largest."""
    assert 0 <= Rarity(documents, entries)(term) <= TOP_WEIGHT


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3))
def test_signals_of_any_text_are_finite(text: str, wordings: list[str]) -> None:
    """There is one number for each name, whatever is compared."""
    found = signals(_sought(text), Weighed(tuple(tuple(terms(each)) for each in wordings), Rarity({}, 1)))
    assert len(found) == len(SIGNALS)
    assert all(map(math.isfinite, found))


def test_same_text_covers_everything() -> None:
    """A text and its own entry have all their weight in common."""
    found = signals(_sought(LONG), Weighed((tuple(terms(LONG)),), Rarity({}, 1)))
    values = dict(zip(SIGNALS, found, strict=True))
    for name in ("query_coverage", "entry_coverage", "text_coverage", "similarity", "best_similarity"):
        assert values[name] == pytest.approx(1)


def test_claim_in_other_words_is_more_probable_than_its_sibling() -> None:
    """What is told apart is told apart by its own words."""
    hits = judged(
        _candidates(
            "The mayor was told of the weight limit on the Tallow Bridge long before it closed",
            _entry("limit", "Mayor Pryle knew of the weight limit before the Tallow Bridge was closed."),
            _entry("cost", "The repair of the Tallow Bridge will cost 4.7 million crowns."),
        ),
        load(),
    )
    assert [each.claim for each in hits] == ["limit", "cost"]
    assert hits[0].probability > 10 * hits[1].probability


def test_what_one_unit_of_several_is_about_is_less_sure() -> None:
    """The unit that is nearest is named, and its claim is as sure as the whole makes it, or less."""
    text = "The mayor knew of the limit on the Tallow Bridge"
    entry = _entry("limit", "Mayor Pryle knew of the weight limit before the Tallow Bridge was closed.")
    whole = _candidates(text, entry)
    part = replace(whole, asked=(replace(whole.asked[0], part=text),))
    longer = Asked(part=None, query=query(f"{text}. We had soup and cheese for lunch and bread at seven."))
    both = replace(whole, asked=(longer, *part.asked))
    (alone,), (less,), (mixed,) = judged(whole, load()), judged(part, load()), judged(both, load())
    log_odds = [math.log(each.probability / (1 - each.probability)) for each in (alone, less)]
    assert log_odds[0] - log_odds[1] == pytest.approx(PART_ODDS)
    (by_whole,) = judged(replace(whole, asked=(longer,)), load())
    assert (mixed.part, mixed.probability) == (text, max(less.probability, by_whole.probability))


@given(chance=st.floats(0, 1), odds=st.floats(0, 9))
def test_less_sure_is_a_probability_and_no_more(chance: float, odds: float) -> None:
    """What is taken off the log-odds never makes surer, and leaves what is certain certain."""
    assert 0 <= less_sure(chance, odds) <= chance + 1e-12
    assert less_sure(1.0, odds) == 1


def test_claim_taken_away_is_as_if_it_had_never_been() -> None:
    """Without the right claim the others are judged as in a ledger that does not hold it."""
    cost = _entry("cost", "The repair of the Tallow Bridge will cost 4.7 million crowns.")
    dogs = _entry("dogs", "Dogs are banned from the Tallow ferry.")
    limit = _entry("limit", "Mayor Pryle knew of the weight limit before the Tallow Bridge was closed.")
    text = "The mayor knew of the limit on the Tallow Bridge"
    assert judged(_candidates(text, limit, cost, dogs), load(), {"limit"}) == judged(
        _candidates(text, cost, dogs), load()
    )


def test_words_of_statements_never_make_the_same_claim() -> None:
    """A paste that is a statement on file leads to its claim, as a close one."""
    said = "Callum Reith: I only told the newspaper what every nurse in the ward had seen."
    entry = _entry("nurse", "Brinewick General dismissed the nurse Callum Reith.", said=(said,))
    other = _entry("parking", "Brinewick General takes a million in parking fees.")
    text = "I only told the newspaper what every nurse in the ward had seen"
    (found, *_) = judged(_candidates(text, entry, other), load())
    assert found.claim == "nurse"
    assert [tier for _, tier in tiers([found], clean(text), load())] == [Tier.CLOSE]


@given(st.lists(st.floats(-5, 5), max_size=8))
def test_best_other_score(scores: list[float]) -> None:
    """Each score has beside it the best of the rest, and nothing where it stands alone."""
    expected = [max(scores[:n] + scores[n + 1 :], default=0.0) for n in range(len(scores))]
    assert others(scores) == expected


def test_each_claim_stands_once_with_its_best_hit() -> None:
    """Exact hits come first, then the more probable."""
    low, high = _hit(probability=0.2, part="x"), _hit(probability=0.6)
    exact = _hit(claim="b", probability=1.0, exact=True)
    assert merged([[low, high], [exact]]) == (exact, high)


@pytest.mark.parametrize(
    ("text", "hit", "tier"),
    [
        (LONG, _hit(), Tier.SAME),
        (LONG, _hit(probability=load().close), Tier.CLOSE),
        (LONG, _hit(probability=0.01), Tier.NONE),
        (LONG, _hit(probability=load().close, terms=("home",)), Tier.NONE),
        (SHORT, _hit(), Tier.CLOSE),
        (SHORT, _hit(exact=True), Tier.SAME),
        ("Larkmoor mayor", _hit(exact=True), Tier.CLOSE),
        ("Larkmoor mayor", _hit(probability=0.01, signals=(1.0, *[0.0] * 17)), Tier.CLOSE),
        ("Larkmoor mayor", _hit(probability=0.01, signals=(0.5, *[0.0] * 17)), Tier.NONE),
        ("", _hit(exact=True, linked=True, terms=()), Tier.SAME),
        ("true?", _hit(exact=True, linked=True, terms=()), Tier.SAME),
        (LONG, _hit(probability=0.5, linked=True, terms=()), Tier.CLOSE),
    ],
)
def test_tier_follows_from_probability_and_length(text: str, hit: Hit, tier: Tier) -> None:
    """Three words are a look-up, fewer than eight are the same only if exact, else the thresholds decide."""
    found = tiers([hit], clean(text), load())
    assert [each for _, each in found] == ([] if tier is Tier.NONE else [tier])


def test_what_is_settled_is_not_muddied() -> None:
    """Beside the claim itself nothing that is merely close to the same part is shown."""
    same, close, other = (
        _hit(part=LONG),
        _hit(claim="b", probability=0.5, part=LONG),
        _hit(claim="c", probability=0.5, part="Another sentence of the paste with words of its own"),
    )
    found = tiers([same, close, other], clean(f"{LONG}. Another sentence"), load())
    assert [(hit.claim, tier) for hit, tier in found] == [("a", Tier.SAME), ("c", Tier.CLOSE)]


def test_negation_demotes() -> None:
    """A paste that negates what the record says is not the same claim."""
    negated = Difference(kind=DifferenceKind.NEGATION, pasted="never knew", record=None)
    number = Difference(kind=DifferenceKind.NUMBER, pasted="5", record="4")
    assert demoted(Tier.SAME, (number, negated)) is Tier.CLOSE
    assert demoted(Tier.SAME, (number,)) is Tier.SAME
    assert demoted(Tier.CLOSE, (negated,)) is Tier.CLOSE
