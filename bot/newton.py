"""Newton: the two models of a calibration fitted by plain Newton steps.

Pure and without dependencies; `bot.newton_matrices` does the same with numpy, a hundred times faster.
Both models are held small by a ridge penalty on the standardised weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

Row = tuple[float, ...]
Group = tuple[Sequence[Row], Sequence[bool]]
"""The entries of one text, and which of them are right."""

RIDGE: Final = 1.0
STEPS: Final = 12
"""The weights stand still after eight or so."""
LEAST_SPREAD: Final = 1e-9
"""A column that changes less than this does not change."""
NO_HOLD: Final = 1e-6
"""The penalty on the bias: none to speak of."""
MOST_ODDS: Final = 30.0


def conditional(groups: Sequence[Group], size: int) -> Row:
    """Return the `size` weights of the conditional logit.

    The right entries of a text share the probability 1. A group without a right entry teaches nothing.
    """
    groups = [group for group in groups if any(group[1])]
    if not groups:
        return (0.0,) * size
    scale = _spread([row for rows, _ in groups for row in rows])[1]
    scaled = [
        ([_divided(row, scale) for row in rows], [float(each) for each in right]) for rows, right in groups
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
        weights = stepped(weights, _solved(curve, gradient))
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
    penalties = [ridge] * (size - 1) + [NO_HOLD]
    given = offsets or (0.0,) * len(rows)
    for _ in range(STEPS):
        gradient = [-penalty * each for penalty, each in zip(penalties, weights, strict=True)]
        curve = [[penalties[i] * (i == j) for j in range(size)] for i in range(size)]
        for row, label, offset in zip(scaled, labels, given, strict=True):
            chance = 1 / (1 + math.exp(-_held(_product(weights, row) + offset)))
            for i, value in enumerate(row):
                gradient[i] += (label - chance) * value
            _add_outer(curve, row, chance * (1 - chance))
        weights = stepped(weights, _solved(curve, gradient))
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
    return mean, [each if each > LEAST_SPREAD else 1.0 for each in spread]


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


def stepped(weights: Sequence[float], step: Sequence[float]) -> list[float]:
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


def _held(odds: float) -> float:
    return max(-MOST_ODDS, min(MOST_ODDS, odds))
