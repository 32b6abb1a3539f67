"""Newton with matrices: what `bot.newton` does, with numpy, where it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.newton import LEAST_SPREAD, MOST_ODDS, NO_HOLD, RIDGE, STEPS, Group, Row, stepped

Numbers = NDArray[np.float64]


def conditional(groups: Sequence[Group], size: int) -> Row:
    """Return what `bot.newton.conditional` returns."""
    groups = [group for group in groups if any(group[1])]
    if not groups:
        return (0.0,) * size
    rows = np.array([row for held, _ in groups for row in held], dtype=float)
    counts = np.array([len(held) for held, _ in groups])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    group = np.repeat(np.arange(len(counts)), counts)
    right = np.array([each for _, labels in groups for each in labels], dtype=float)
    right /= np.add.reduceat(right, starts)[group]
    scale = _spread(rows)
    rows /= scale
    weights = np.zeros(size)
    for _ in range(STEPS):
        scores = rows @ weights
        parts = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        parts /= np.add.reduceat(parts, starts)[group]
        mean = np.add.reduceat(rows * parts[:, None], starts, axis=0)
        gradient = rows.T @ (right - parts) - RIDGE * weights
        curve = RIDGE * np.eye(size) + (rows * parts[:, None]).T @ rows - mean.T @ mean
        weights = _stepped(weights, curve, gradient)
    return tuple((weights / scale).tolist())


def logistic(
    rows: Sequence[Row],
    labels: Sequence[float],
    *,
    offsets: Sequence[float] | None = None,
    ridge: float = RIDGE,
) -> tuple[Row, float]:
    """Return what `bot.newton.logistic` returns."""
    if not rows:
        raise ValueError("nothing to fit")
    plain = np.array(rows, dtype=float)
    mean, scale = plain.mean(axis=0), _spread(plain)
    scaled = np.hstack([(plain - mean) / scale, np.ones((len(plain), 1))])
    given = np.zeros(len(plain)) if offsets is None else np.array(offsets, dtype=float)
    wanted = np.array(labels, dtype=float)
    penalties = np.array([ridge] * len(mean) + [NO_HOLD])
    weights = np.zeros(len(penalties))
    for _ in range(STEPS):
        chances = 1 / (1 + np.exp(-np.clip(scaled @ weights + given, -MOST_ODDS, MOST_ODDS)))
        gradient = scaled.T @ (wanted - chances) - penalties * weights
        curve = np.diag(penalties) + (scaled * (chances * (1 - chances))[:, None]).T @ scaled
        weights = _stepped(weights, curve, gradient)
    found = weights[:-1] / scale
    return tuple(found.tolist()), float(weights[-1] - found @ mean)


def _spread(rows: Numbers) -> Numbers:
    spread = rows.std(axis=0)
    found: Numbers = np.where(spread > LEAST_SPREAD, spread, 1.0)
    return found


def _stepped(weights: Numbers, curve: Any, gradient: Any) -> Numbers:
    return np.array(stepped(weights.tolist(), np.linalg.solve(curve, gradient).tolist()))
