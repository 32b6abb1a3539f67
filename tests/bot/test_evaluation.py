"""Evaluation: the figures are what their names say, and a bad file is named with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import Tier
from bot.errors import BadInputError
from bot.evaluation import (
    Labelled,
    Told,
    average_precision,
    evaluate,
    figures,
    held_in,
    quantile,
    read_set,
    reciprocal_rank,
    right_at,
    shards,
    spread,
)
from bot.folds import HELD_OUT, Fold
from bot.matching import Hit
from bot.reliability import auroc, curve
from tests.entries import claim


def test_average_precision_by_hand() -> None:
    """The precision at each right hit among the first five, over the number of right claims."""
    assert average_precision([False, True, False, True], 2) == (1 / 2 + 2 / 4) / 2
    assert average_precision([True], 2) == 0.5
    assert average_precision([False] * 5 + [True], 1) == 0


def test_reciprocal_rank_by_hand() -> None:
    """One over the place of the first right hit, within five."""
    assert reciprocal_rank([False, False, True, True]) == 1 / 3
    assert reciprocal_rank([False] * 5 + [True]) == 0


def test_auroc_by_hand() -> None:
    """The share of pairs in the right order, a tie for a half; no pairs, no knowledge."""
    assert auroc([(0.9, True), (0.4, True), (0.4, False), (0.1, False)]) == (1 + 1 + 0.5 + 1) / 4
    assert auroc([(0.9, True)]) == 0.5


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans()), max_size=20))
def test_auroc_counts_pairs(scored: list[tuple[float, bool]]) -> None:
    """It is the same as counting every pair."""
    pairs = [
        (one > other) + (one == other) / 2
        for one, right in scored
        for other, wrong in scored
        if right and not wrong
    ]
    assert auroc(scored) == pytest.approx(sum(pairs) / len(pairs) if pairs else 0.5)


def test_right_answers_keep_the_promise() -> None:
    """The bar stands where the allowed share of the texts without a claim is answered, and no more."""
    tops = [(0.9, True), (0.6, True), (0.55, False), (0.3, True)]
    assert right_at(0.5, tops, [0.8, 0.2]) == 3 / 4
    assert right_at(0.1, tops, [0.8, 0.2]) == 1 / 4
    assert right_at(0.1, tops, []) == 3 / 4


@given(st.lists(st.floats(0, 1), min_size=1), st.sampled_from([0.01, 0.1, 0.5]))
def test_false_answers_are_never_more_than_promised(absent: list[float], part: float) -> None:
    """Whatever the scores, at most the promised share stands above the bar."""
    above = [right_at(part, [(chance, True)], absent) for chance in absent]
    assert sum(above) <= part * len(absent)


def test_quantile_is_the_nearest_rank() -> None:
    """Half of the values lie below the median; of nothing it is 0."""
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile([], 0.5) == 0


def _write(folder: Path, name: str, *lines: object) -> None:
    folder.joinpath(name).write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")


def _fill(folder: Path, middle: str = "") -> None:
    _write(folder, "claims.jsonl", {"id": "a", "text": "A", "title": "T", "x": 1}, {"id": "b", "text": "B"})
    _write(folder, f"queries{middle}.jsonl", {"id": "1", "text": "q"}, {"id": "2", "text": "unlabelled"})
    _write(folder, f"qrels{middle}.jsonl", {"query": "1", "claim": "a"})


@pytest.mark.parametrize("split", [None, "dev"])
def test_labelled_set_is_read(tmp_path: Path, split: str | None) -> None:
    """A title becomes another wording, and a text without a label is left out."""
    _fill(tmp_path, f".{split}" if split else "")
    found = read_set(tmp_path, split)
    assert [each.aliases for each in found.claims] == [("T",), ()]
    assert found.texts == (("1", "q"),)
    assert found.right == {"1": frozenset({"a"})}


def test_a_claim_without_a_word_is_left_out(tmp_path: Path) -> None:
    """What has no text is found by its title, and what has no title either cannot be found."""
    _fill(tmp_path)
    _write(tmp_path, "claims.jsonl", {"id": "a", "text": " ", "title": "T"}, {"id": "b", "text": ""})
    assert [(each.id, each.text, each.aliases) for each in read_set(tmp_path).claims] == [("a", "T", ())]


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("claims.jsonl", "{", "claims.jsonl, line 1: this is not JSON"),
        ("claims.jsonl", "[]", "claims.jsonl, line 1: this is not an object"),
        ("claims.jsonl", '{"id": "a"}', "claims.jsonl, line 1: “text” is missing"),
        ("claims.jsonl", '{"id": "a", "text": "A", "title": 1}', "“title” is not a text"),
        ("claims.jsonl", '{"id": "a", "text": "A"}\n\n{"id": "a", "text": "B"}', "line 3: the claim “a”"),
        ("qrels.jsonl", '{"query": "9", "claim": "a"}', "qrels.jsonl, line 1: there is no query “9”"),
        ("qrels.jsonl", '{"query": "1", "claim": "z"}', "there is no claim “z”"),
        ("qrels.jsonl", "", "labels no text"),
    ],
)
def test_bad_file_is_named_with_its_line(tmp_path: Path, name: str, text: str, word: str) -> None:
    """What is wrong is said in one sentence, with the file and the line."""
    _fill(tmp_path)
    tmp_path.joinpath(name).write_text(text, "utf-8")
    with pytest.raises(BadInputError, match=word):
        read_set(tmp_path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A folder without the files is told which one it lacks."""
    with pytest.raises(BadInputError, match=r"claims\.jsonl"):
        read_set(tmp_path)


def test_every_text_is_asked_with_and_without_its_claim() -> None:
    """The decision to answer is measured on both halves, and progress is told."""
    labelled = Labelled(
        claims=(claim(id="a"), claim(id="b")),
        texts=(("1", "one"), ("2", "two")),
        right={"1": frozenset({"a"}), "2": frozenset({"b"})},
    )
    asked: list[tuple[str, frozenset[str]]] = []
    told: list[tuple[int, int]] = []

    def look(text: str, without: frozenset[str]) -> tuple[list[Hit], Tier]:
        asked.append((text, without))
        hits = [
            Hit(claim=key, probability=chance)
            for key, chance in (("a", 0.9), ("b", 0.4))
            if key not in without
        ]
        return hits, Tier.NONE if without else Tier.SAME

    trials = evaluate(labelled, look, lambda *each: told.append(each))
    found = figures(list(trials.values()))
    assert asked == [("one", frozenset()), ("one", {"a"}), ("two", frozenset()), ("two", {"b"})]
    assert told == [(1, 2), (2, 2)]
    assert list(trials) == ["1", "2"]
    assert found.p_at_1 == 0.5
    assert found.map_at_5 == found.mrr_at_5 == 0.75
    assert found.recall_at_10 == 1
    assert found.tiers == {Tier.SAME: Told(count=2, right=1), Tier.CLOSE: Told(count=0, right=0)}
    assert sum(each.count for each in found.curve.bins) == 4


@given(size=st.integers(1, 40), most=st.integers(1, 50))
def test_a_set_is_thinned_evenly(size: int, most: int) -> None:
    """At most so many texts are left, spread over all of them, the first among them, with their labels."""
    labelled = Labelled(
        claims=(claim(id="c"),),
        texts=tuple((f"q{n}", "text") for n in range(size)),
        right={f"q{n}": frozenset({"c"}) for n in range(size)},
    )
    found = spread(labelled, most=most)
    assert labelled.texts[0] in found.texts
    assert min(size, most) / 2 <= len(found.texts) <= most
    assert list(found.right) == [key for key, _ in found.texts]


def test_small_sets_hold_every_text_once_with_its_claim() -> None:
    """Shards are of the size asked for, and no label leads out of them."""
    claims = tuple(claim(id=f"c{n}") for n in range(100))
    texts = tuple((f"q{n}", "text") for n in range(30))
    labelled = Labelled(
        claims=claims, texts=texts, right={f"q{n}": frozenset({f"c{n * 3}"}) for n in range(30)}
    )
    found = list(shards(labelled, 20))
    assert [key for each in found for key, _ in each.texts] == [key for key, _ in texts]
    for each in found:
        assert len(each.claims) <= 20
        assert set().union(*each.right.values()) <= {one.id for one in each.claims}


def test_curve_by_hand() -> None:
    """What was said and what was stand beside each other, and the error is how far off they are."""
    found = curve([(0.05, False), (0.95, True), (0.95, False), (1.0, True)])
    assert [(each.least, each.count, each.was) for each in found.bins] == [(0.0, 1, 0.0), (0.9, 3, 2 / 3)]
    assert found.error == pytest.approx((0.05 + 3 * ((0.95 + 0.95 + 1.0) / 3 - 2 / 3)) / 4)
    assert curve([]).error == 0


@given(st.text())
def test_every_text_is_in_one_fold(key: str) -> None:
    """A text is fitted on or held out, by its id alone."""
    assert Fold.ALL.holds(key)
    assert Fold.FITTED.holds(key) != Fold.HELD_OUT.holds(key)


def test_a_tenth_is_held_out() -> None:
    """Of many texts about one in ten is held out."""
    count = sum(Fold.HELD_OUT.holds(str(n)) for n in range(10_000))
    assert abs(count - 10_000 / HELD_OUT) < 150


def test_folds_share_a_set_out() -> None:
    """The texts of a fold stay with their labels, and every claim stays on file."""
    texts = tuple((str(n), "text") for n in range(50))
    labelled = Labelled(
        claims=(claim(id="a"),), texts=texts, right={key: frozenset({"a"}) for key, _ in texts}
    )
    fitted, held = (held_in(labelled, [fold]) for fold in (Fold.FITTED, Fold.HELD_OUT))
    assert sorted(fitted.texts + held.texts) == sorted(texts)
    assert held.right.keys() == {key for key, _ in held.texts}
    assert held.claims == labelled.claims
    assert held_in(labelled, list(Fold)) == labelled
