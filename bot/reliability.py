"""Reliability: how far a probability can be taken at its word, and how well it tells right from wrong.

Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from bot.records import record

BINS: Final = 10


@record
class Bin:
    """What had a probability from `least` up to `most`: how many, what was said on average, what was."""

    least: float
    most: float
    count: int
    said: float
    was: float


@record
class Curve:
    """What was said beside what was. Both numbers are 0 at best.

    `brier` is the mean squared error; `error` the expected calibration error, by how much what was said
    is off, on average over all, each bin taken together.
    """

    bins: tuple[Bin, ...]
    brier: float
    error: float


def curve(judged: Sequence[tuple[float, bool]], count: int = BINS) -> Curve:
    """Return how far probabilities agree with what was, in `count` bins of one width less the empty ones."""
    bins = []
    for place in range(count):
        least, most = place / count, (place + 1) / count
        inside = [each for each in judged if least <= each[0] < most or (each[0] == most == 1)]
        if inside:
            said = math.fsum(chance for chance, _ in inside) / len(inside)
            was = sum(right for _, right in inside) / len(inside)
            bins.append(Bin(least=least, most=most, count=len(inside), said=said, was=was))
    size = max(len(judged), 1)
    return Curve(
        bins=tuple(bins),
        brier=math.fsum((chance - right) ** 2 for chance, right in judged) / size,
        error=math.fsum(each.count * abs(each.said - each.was) for each in bins) / size,
    )


def auroc(scored: Sequence[tuple[float, bool]]) -> float:
    """Return the chance that a right one scores above a wrong one; ties count half. 0.5 for one kind only."""
    order = sorted(scored)
    positive = sum(right for _, right in order)
    negative = len(order) - positive
    if not positive or not negative:
        return 0.5
    total, below, start = 0.0, 0, 0
    while start < len(order):
        end = start
        while end < len(order) and order[end][0] == order[start][0]:
            end += 1
        right = sum(label for _, label in order[start:end])
        wrong = end - start - right
        total += right * (below + wrong / 2)
        below += wrong
        start = end
    return total / (positive * negative)
