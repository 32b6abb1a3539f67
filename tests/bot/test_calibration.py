"""Calibration: the shipped weights are usable, and others are checked before they are used."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import newton, newton_matrices
from bot.calibration import FAR, FEATURES, contexts, dump, load, parse
from bot.errors import BadInputError
from bot.fitting import LEAST_CLOSE, LEAST_SAME, LEAST_TEXTS, Sample, _shares, fit, thresholds
from bot.folds import is_held_out
from bot.signals import SIGNALS


def test_shipped_calibration_loads() -> None:
    """The program brings weights with their date, their sets and their figures."""
    shipped = load()
    assert shipped.date
    assert shipped.sets == ("ct22a train", "ct22b train")
    assert 0 < shipped.close < shipped.same < 1
    assert shipped.figures["same_precision"] >= 0.95


def test_shipped_file_is_as_it_is_written() -> None:
    """Loading and writing changes no byte."""
    text = resources.files("bot").joinpath("calibration.json").read_text("utf-8")
    assert dump(parse(text, "shipped")) == text


def test_file_is_read_where_one_is_named(tmp_path: Path) -> None:
    """A refitted calibration takes the place of the shipped one."""
    path = tmp_path / "own.json"
    path.write_text(dump(load()), "utf-8")
    assert load(path) == load()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"model": "vectors-1"}, "fitted for “vectors-1”"),
        ({"features": ["mass"]}, "features are not those"),
        ({"rank": {"mass": 1}}, "“rank” does not have"),
        ({"probability": []}, "“probability” does not have"),
        ({"bias": "0"}, "“bias” is not a number"),
        ({"same": 0.1, "close": 0.2}, "the smaller one"),
        ({"same": float("nan")}, "“same” is not a number"),
        ({"figures": {"texts": None}}, "not a number"),
        ({"date": 3}, "“date” must be a text"),
        ({"prior": None}, "“prior” is not a number"),
    ],
)
def test_calibration_that_does_not_fit_is_refused(tmp_path: Path, change: dict[str, Any], word: str) -> None:
    """One sentence says what is wrong and how to mend it."""
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(json.loads(dump(load())) | change), "utf-8")
    with pytest.raises(BadInputError, match=word) as caught:
        load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"model": "words-1"}', "null"])
def test_what_is_no_calibration_is_refused(text: str) -> None:
    """Broken or foreign files are told apart from weights."""
    with pytest.raises(BadInputError):
        parse(text, "file")


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is said with the path."""
    with pytest.raises(BadInputError, match="nowhere"):
        load(tmp_path / "nowhere.json")


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=len(SIGNALS), max_size=len(SIGNALS)),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=4),
)
def test_chance_is_a_probability(values: list[float], scores: list[float]) -> None:
    """Whatever the signals, the result lies between 0 and 1."""
    for context in contexts(scores):
        assert all(map(math.isfinite, context))
        assert 0 <= load().chance(tuple(values), context) <= 1


def test_context_by_hand() -> None:
    """An entry is before the next, clear of the one after, and has its share; alone it is before all."""
    total = math.log(math.exp(3) + math.exp(2) + math.exp(-1))
    expected = (
        (2.0, 0.0, -1.0, 3.0, 2 - total),
        (3.0, 1.0, 0.0, 4.0, 3 - total),
        (-1.0, 0.0, -4.0, 0.0, -1 - total),
    )
    for found, wanted in zip(contexts([2.0, 3.0, -1.0]), expected, strict=True):
        assert found == pytest.approx(wanted)
    assert contexts([0.5]) == [(0.5, FAR, 0.0, FAR, 0.0)]
    assert contexts([]) == []


def test_logistic_regression_finds_the_weights() -> None:
    """On data made by known log-odds the fit comes back to them, and to the rate at which they hold."""
    rows, labels = [], []
    for value, hits in ((-1.0, 12), (0.0, 50), (1.0, 88)):
        rows += [(value, 0.0)] * 100
        labels += [1.0] * hits + [0.0] * (100 - hits)
    weights, bias = newton.logistic(rows, labels)
    assert weights[0] == pytest.approx(2.0, abs=0.1)
    assert weights[1] == 0
    assert bias == pytest.approx(0.0, abs=0.05)


@given(st.integers(0, 1_000))
@settings(max_examples=20, deadline=None)
def test_matrices_take_the_same_steps(seed: int) -> None:
    """With numpy and without it the fitted weights are the same."""
    dice = random.Random(seed)
    rows = [tuple(dice.gauss(0, place) for place in range(4)) for _ in range(60)]
    labels = [float(sum(row) + dice.gauss(0, 3) > 0) for row in rows]
    groups = [(rows[n : n + 5], [bool(each) for each in labels[n : n + 5]]) for n in range(0, 60, 5)]
    for ours, theirs in (
        (newton.conditional(groups, 4), newton_matrices.conditional(groups, 4)),
        (newton.logistic(rows, labels)[0], newton_matrices.logistic(rows, labels)[0]),
        (
            newton.logistic(rows, labels, offsets=labels, ridge=5)[0],
            newton_matrices.logistic(rows, labels, offsets=labels, ridge=5)[0],
        ),
    ):
        assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-9)


def test_held_out_texts_are_not_fitted_on() -> None:
    """What a held out text says of its entries changes no weight, and is measured by itself."""
    size = len(SIGNALS)
    dice = random.Random(3)

    def rows() -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(dice.random() for _ in range(size)) for _ in range(2))

    known = [Sample(text=str(n), rows=rows(), right=(True, False), absent=rows()[:1]) for n in range(300)]
    turned = [replace(each, right=(False, True)) if is_held_out(each.text) else each for each in known]
    made, other = (fit(each, sets=["made up"], date="2026-11-23") for each in (known, turned))
    assert (made.rank, made.probability, made.same) == (other.rank, other.probability, other.same)
    assert made.figures["texts"] + made.figures["held_out_texts"] == 300
    assert made.figures["held_out_texts"] == sum(is_held_out(str(n)) for n in range(300))
    assert made.figures["held_out_auroc"] != other.figures["held_out_auroc"]


def test_on_some_samples_the_order_alone_is_fitted() -> None:
    """They change which claim comes first; the figures and thresholds are of the others."""
    size = len(SIGNALS)

    def told_by(place: int, count: int) -> list[Sample]:
        good, bad = ([0.5] * size for _ in range(2))
        good[place] = 0.9
        rows = (tuple(bad), tuple(good))
        return [Sample(text=str(n), rows=rows, right=(False, True), absent=rows[:1]) for n in range(count)]

    samples, more = told_by(0, 120), told_by(1, 60)
    alone = fit(samples, sets=["made up"], date="2026-11-23")
    both = fit(samples, sets=["made up"], date="2026-11-23", order=more)
    assert alone.rank[1] == pytest.approx(0, abs=1e-6)
    assert both.rank[1] > 0.5
    for key in ("texts", "held_out_texts", "auroc"):
        assert both.figures[key] == alone.figures[key]


def test_thresholds_keep_their_promises() -> None:
    """“Same” is right nineteen times in twenty, and “close” is shown for few texts without a claim."""
    tops = [(0.5 + n / 200, n >= 50, True) for n in range(100)]
    tops += [(n / 200, False, False) for n in range(100)]
    same, close = thresholds(tops)
    sure = [right for chance, right, _ in tops if chance >= same]
    assert sum(sure) / len(sure) >= 0.95
    assert sum(chance > close for chance, _, there in tops if not there) <= 10
    assert thresholds([]) == (1.0, LEAST_CLOSE)


def test_thresholds_have_a_floor() -> None:
    """A set without a hard text does not make “same claim” of what is less likely than not."""
    clean = [(0.04 + n / 1000, True, True) for n in range(200)] + [(0.01, False, False)] * 200
    assert thresholds(clean) == (LEAST_SAME, LEAST_CLOSE)


def test_fit_learns_what_tells_right_from_wrong() -> None:
    """A signal that marks the right entries gets them in front, with and without others beside them."""
    size = len(SIGNALS)
    samples = []
    for n in range(120):
        noise = n % 7 / 10
        good = (0.9 - noise / 10, *([noise] * (size - 1)))
        bad = (0.2 + noise / 10, *([noise] * (size - 1)))
        samples.append(Sample(text=str(n), rows=(bad, good), right=(False, True), absent=(bad,)))
    made = fit(samples, sets=["made up"], date="2026-11-22")
    assert made.score(samples[0].rows[1]) > made.score(samples[0].rows[0])
    assert made.figures["same_precision"] >= 0.95
    assert len(made.probability) == len(FEATURES)
    assert parse(dump(made), "made") is not None


@pytest.mark.parametrize(("count", "said"), [(0, "0 texts"), (1, "1 text"), (99, "99 texts")])
def test_too_few_texts_are_refused(count: int, said: str) -> None:
    """One sentence says how many there are and how many it takes; a text counts once however often asked."""
    row = (0.5,) * len(SIGNALS)
    few = [Sample(text=str(n), rows=(row,), right=(True,), absent=()) for n in range(count)]
    with pytest.raises(BadInputError, match=f"label {said},.*{LEAST_TEXTS}") as caught:
        fit(few * 3, sets=["few"], date="2026-11-22")
    assert "\n" not in str(caught.value)


def test_no_share_is_a_negative_zero() -> None:
    """Shares are printed as they are: nought has no sign, also where no text was left out."""
    row = (0.5,) * len(SIGNALS)
    same = [Sample(text="one" * n, rows=(row,), right=(True,), absent=(row,)) for n in range(LEAST_TEXTS)]
    made = fit(same, sets=["same"], date="2026-11-22")
    assert all(math.copysign(1, value) > 0 for value in made.figures.values())
    assert _shares([], 1.0, 0.2)["close_false"] == 0
    assert math.copysign(1, _shares([], 1.0, 0.2)["close_false"]) > 0
