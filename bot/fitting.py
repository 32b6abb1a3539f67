"""Fitting: the weights of a calibration from labelled texts, by plain Newton steps.

Pure and without dependencies. Two models are fitted one after the other: a conditional logit (McFadden
1974) that puts the entries of one text in order, and a logistic regression that gives each entry the
probability of being the claim. Both are held small by a ridge penalty on the standardised weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final
from zlib import crc32

from bot.calibration import MODEL, Calibration
from bot.errors import BadInputError
from bot.matching import others
from bot.records import record
from bot.signals import SIGNALS

Row = tuple[float, ...]

RIDGE: Final = 1.0
STEPS: Final = 12
"""Newton steps; the weights stand still after eight or so."""
COMPARED: Final = 20
"""Entries of a text, the first by relevance, that the order is fitted on."""
JUDGED: Final = 3
"""Entries of a text, the first by score, that the probability is fitted on."""
FOLDS: Final = 5
SAME_PRECISION: Final = 0.95
"""How often “same claim” must be right, with every text asked once with and once without its claim."""
CLOSE_FALSE: Final = 0.10
"""Share of the texts without a claim on file that may be shown something close."""
LEAST_TEXTS: Final = 100
"""Labelled texts below which nothing is fitted: one wrong text in a fold of 20 moves a share by 5 %."""
LEAST_SAME: Final = 0.5
"""“Same claim” is never said of what is more probably another claim, however clean the set."""
LEAST_CLOSE: Final = 0.2
"""Nothing is called close that is another claim in more than four cases of five."""
PRIOR: Final = 0.5
"""Every text is taken once with its claim on file and once without."""


@record
class Sample:
    """The candidates of the text with the id `text`: their signals, and which of them are right.

    `absent` are the signals of the candidates there would be without the right ones.
    """

    text: str
    rows: tuple[Row, ...]
    right: tuple[bool, ...]
    absent: tuple[Row, ...]


def fit(
    samples: Sequence[Sample],
    *,
    sets: Iterable[str],
    date: str,
    progress: Callable[[str], None] = lambda _: None,
) -> Calibration:
    """Return the calibration fitted on `samples`; `date` is the day of it, `YYYY-MM-DD`.

    The thresholds are chosen on texts that the weights were not fitted on, by folds. Texts with the
    same id count as one. Raises BadInputError where there are fewer than `LEAST_TEXTS`.
    """
    count = len({each.text for each in samples})
    if count < LEAST_TEXTS:
        raise BadInputError(
            f"The sets label {count} {'text' if count == 1 else 'texts'}, each id counted once, and a "
            f"calibration needs {LEAST_TEXTS}; label at least {LEAST_TEXTS - count} more, or keep the "
            "shipped weights."
        )
    progress("fitting the order")
    rank = _order([each for each in samples if any(each.right)])
    draft = Calibration(
        model=MODEL,
        rank=rank,
        probability=(),
        bias=0.0,
        same=1.0,
        close=0.0,
        prior=PRIOR,
        date=date,
        sets=tuple(sets),
        figures={},
    )
    tops: list[tuple[float, bool, bool]] = []
    for fold in range(FOLDS):
        progress(f"choosing the thresholds, fold {fold + 1} of {FOLDS}")
        held = [each for each in samples if crc32(each.text.encode()) % FOLDS == fold]
        rest = [each for each in samples if crc32(each.text.encode()) % FOLDS != fold]
        if held and rest:
            weights = _with_probability(draft, rest)
            tops.extend(top for each in held for top in _tops(each, weights))
    progress("fitting the probability")
    made = _with_probability(draft, samples)
    same, close = thresholds(tops)
    return replace(made, same=same, close=min(same, close), figures=_shares(tops, same, min(same, close)))


def thresholds(tops: Sequence[tuple[float, bool, bool]]) -> tuple[float, float]:
    """Return the least probabilities of “same” and “close”.

    `tops` holds for each text asked the probability of its first hit, whether that was right, and
    whether the claim was on file. Neither is below its floor (`LEAST_SAME`, `LEAST_CLOSE`).
    """
    same, right, count = 1.0, 0, 0
    for chance, equal in groupby(sorted(tops, reverse=True), key=lambda top: top[0]):
        labels = [is_right for _, is_right, _ in equal]
        right, count = right + sum(labels), count + len(labels)
        if right / count >= SAME_PRECISION:
            same = chance
    wrong = sorted((chance for chance, _, on_file in tops if not on_file), reverse=True)
    close = wrong[int(CLOSE_FALSE * len(wrong))] if wrong else 0.0
    return max(same, LEAST_SAME), max(close, LEAST_CLOSE)


def _shares(tops: Sequence[tuple[float, bool, bool]], same: float, close: float) -> dict[str, float]:
    """Return what the thresholds do to texts that the weights were not fitted on."""
    sure = [is_right for chance, is_right, _ in tops if chance >= same]
    on_file = sum(there for *_, there in tops)
    absent = max(len(tops) - on_file, 1)
    on_file = max(on_file, 1)
    return {
        "texts": float(sum(there for *_, there in tops)),
        "same_precision": sum(sure) / len(sure) if sure else 0.0,
        "same_answered": sum(sure) / on_file,
        "close_right": sum(1 for chance, right, _ in tops if right and chance >= close) / on_file,
        "close_false": sum(1 for chance, _, there in tops if not there and chance >= close) / absent,
    }


def _with_probability(draft: Calibration, samples: Sequence[Sample]) -> Calibration:
    rows: list[Row] = []
    labels: list[float] = []
    for sample in samples:
        for candidates, right in (
            (sample.rows, sample.right),
            (sample.absent, (False,) * len(sample.absent)),
        ):
            for values, label in _in_context(candidates, right, draft)[:JUDGED]:
                rows.append(values)
                labels.append(float(label))
    weights, bias = logistic(rows, labels)
    return replace(draft, probability=weights, bias=bias)


def _in_context(rows: Sequence[Row], right: Sequence[bool], draft: Calibration) -> list[tuple[Row, bool]]:
    """Return the features of the candidates of one text, best first, each with its label."""
    scores = [draft.score(row) for row in rows]
    found = sorted(
        zip(scores, others(scores), rows, right, strict=True), key=lambda each: each[0], reverse=True
    )
    return [
        ((*row, score, max(score - other, 0.0), min(score - other, 0.0)), label)
        for score, other, row, label in found
    ]


def _tops(sample: Sample, weights: Calibration) -> Iterable[tuple[float, bool, bool]]:
    for rows, right, there in (
        (sample.rows, sample.right, True),
        (sample.absent, (False,) * len(sample.absent), False),
    ):
        scores = [weights.score(row) for row in rows]
        chances = [
            (weights.chance(row, score, other), label)
            for row, score, other, label in zip(rows, scores, others(scores), right, strict=True)
        ]
        yield (*max(chances, default=(0.0, False)), there)


def _order(samples: Sequence[Sample]) -> Row:
    """Fit the conditional logit: of the candidates of one text, the right ones share the probability 1."""
    relevance = SIGNALS.index("relevance")
    groups = []
    for sample in samples:
        both = sorted(zip(sample.rows, sample.right, strict=True), key=lambda each: -each[0][relevance])
        if any(right for _, right in both[:COMPARED]):
            groups.append(both[:COMPARED])
    if not groups:
        return (0.0,) * len(SIGNALS)
    scale = _spread([row for group in groups for row, _ in group])[1]
    size = len(scale)
    scaled = [
        ([_divided(row, scale) for row, _ in group], [float(right) for _, right in group]) for group in groups
    ]
    weights = [0.0] * size
    for _ in range(STEPS):
        gradient = [-RIDGE * each for each in weights]
        curve = [[RIDGE * (i == j) for j in range(size)] for i in range(size)]
        for rows, right in scaled:
            scores = [_product(weights, row) for row in rows]
            top = max(scores)
            parts = [math.exp(score - top) for score in scores]
            total, hits = sum(parts), sum(right)
            mean = [0.0] * size
            for row, part, label in zip(rows, parts, right, strict=True):
                chance = part / total
                for i, value in enumerate(row):
                    mean[i] += chance * value
                    gradient[i] += (label / hits - chance) * value
                _add_outer(curve, row, chance)
            _add_outer(curve, mean, -1.0)
        weights = _stepped(weights, _solved(curve, gradient))
    return tuple(weight / each for weight, each in zip(weights, scale, strict=True))


def logistic(
    rows: Sequence[Row],
    labels: Sequence[float],
    *,
    offsets: Sequence[float] | None = None,
    ridge: float = RIDGE,
) -> tuple[Row, float]:
    """Return the weights and the bias of the ridge logistic regression of `labels` (0 or 1) on `rows`.

    `offsets` are log-odds that each row has already: what is returned is to be added to what gave them.
    """
    if not rows:
        raise ValueError("nothing to fit")
    mean, scale = _spread(rows)
    size = len(mean) + 1
    scaled = [[*((value - m) / s for value, m, s in zip(row, mean, scale, strict=True)), 1.0] for row in rows]
    weights = [0.0] * size
    penalties = [ridge] * (size - 1) + [1e-6]
    given = offsets or (0.0,) * len(rows)
    for _ in range(STEPS):
        gradient = [-penalty * each for penalty, each in zip(penalties, weights, strict=True)]
        curve = [[penalties[i] * (i == j) for j in range(size)] for i in range(size)]
        for row, label, offset in zip(scaled, labels, given, strict=True):
            chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, _product(weights, row) + offset))))
            for i, value in enumerate(row):
                gradient[i] += (label - chance) * value
            _add_outer(curve, row, chance * (1 - chance))
        weights = _stepped(weights, _solved(curve, gradient))
    plain = [weight / s for weight, s in zip(weights, scale, strict=False)]
    return tuple(plain), weights[-1] - _product(plain, mean)


def _spread(rows: Sequence[Row]) -> tuple[list[float], list[float]]:
    """Return the mean and the standard deviation of each column; 1 where a column never changes."""
    count = len(rows)
    columns = list(zip(*rows, strict=True))
    mean = [math.fsum(column) / count for column in columns]
    spread = [
        math.sqrt(math.fsum((value - m) ** 2 for value in column) / count)
        for column, m in zip(columns, mean, strict=True)
    ]
    return mean, [each if each > 1e-9 else 1.0 for each in spread]  # noqa: PLR2004 (rounding)


def _divided(row: Row, scale: Sequence[float]) -> list[float]:
    return [value / each for value, each in zip(row, scale, strict=True)]


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=False))


def _add_outer(curve: list[list[float]], row: Sequence[float], weight: float) -> None:
    """Add `weight` times the outer product of `row` to the lower half of `curve`."""
    for i, value in enumerate(row):
        if value:
            line, times = curve[i], weight * value
            for j in range(i + 1):
                line[j] += times * row[j]


def _stepped(weights: list[float], step: list[float]) -> list[float]:
    """Return `weights` after `step`, which is shortened where it would overshoot."""
    longest = max(map(abs, step), default=0.0)
    part = min(1.0, 2.0 / longest) if longest else 1.0
    return [weight + part * each for weight, each in zip(weights, step, strict=True)]


def _solved(lower: list[list[float]], right: list[float]) -> list[float]:
    """Solve the positive definite system, of which the lower half is given, by Cholesky's method."""
    size = len(right)
    root = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = lower[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = math.sqrt(max(rest, 1e-12)) if i == j else rest / root[j][j]
    found = [0.0] * size
    for i in range(size):
        found[i] = (right[i] - sum(root[i][k] * found[k] for k in range(i))) / root[i][i]
    for i in reversed(range(size)):
        found[i] = (found[i] - sum(root[k][i] * found[k] for k in range(i + 1, size))) / root[i][i]
    return found
