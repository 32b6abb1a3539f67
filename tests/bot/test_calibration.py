"""Calibration: the shipped weights are usable, and others are checked before they are used."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calibration import FEATURES, dump, load, parse
from bot.errors import BadInputError
from bot.fitting import Sample, fit, logistic, thresholds
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
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6),
)
def test_chance_is_a_probability(values: list[float], score: float, other: float) -> None:
    """Whatever the signals, the result lies between 0 and 1."""
    assert 0 <= load().chance(tuple(values), score, other) <= 1


def test_logistic_regression_finds_the_weights() -> None:
    """On data made by known log-odds the fit comes back to them, and to the rate at which they hold."""
    rows, labels = [], []
    for value, hits in ((-1.0, 12), (0.0, 50), (1.0, 88)):
        rows += [(value, 0.0)] * 100
        labels += [1.0] * hits + [0.0] * (100 - hits)
    weights, bias = logistic(rows, labels)
    assert weights[0] == pytest.approx(2.0, abs=0.1)
    assert weights[1] == 0
    assert bias == pytest.approx(0.0, abs=0.05)


def test_thresholds_keep_their_promises() -> None:
    """“Same” is right nineteen times in twenty, and “close” is shown for few texts without a claim."""
    tops = [(0.5 + n / 200, n >= 50, True) for n in range(100)]
    tops += [(n / 200, False, False) for n in range(100)]
    same, close = thresholds(tops)
    sure = [right for chance, right, _ in tops if chance >= same]
    assert sum(sure) / len(sure) >= 0.95
    assert sum(chance > close for chance, _, there in tops if not there) <= 10
    assert thresholds([]) == (1.0, 0.0)


def test_fit_learns_what_tells_right_from_wrong() -> None:
    """A signal that marks the right entries gets them in front, with and without others beside them."""
    size = len(SIGNALS)
    samples = []
    for n in range(60):
        noise = n % 7 / 10
        good = (0.9 - noise / 10, *([noise] * (size - 1)))
        bad = (0.2 + noise / 10, *([noise] * (size - 1)))
        samples.append(Sample(text=str(n), rows=(bad, good), right=(False, True), absent=(bad,)))
    made = fit(samples, sets=["made up"], date="2026-11-22")
    assert made.score(samples[0].rows[1]) > made.score(samples[0].rows[0])
    assert made.figures["same_precision"] >= 0.95
    assert len(made.probability) == len(FEATURES)
    assert parse(dump(made), "made") is not None
