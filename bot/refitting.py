"""Refitting: a calibration brought nearer to what readers said of answers, and how far its word can be taken.

Pure. The weights that there are stay where they are unless the readers say otherwise: what is fitted is the
difference, held small. The order of the entries and the thresholds stay: readers say only of what they were
shown whether it was theirs, so what they say teaches how sure to be, not where to begin to answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from zlib import crc32

from bot.calibration import Calibration
from bot.errors import BadInputError
from bot.fitting import FOLDS
from bot.newton import Row, logistic
from bot.records import record
from bot.reliability import Curve, curve

LEAST: Final = 100
"""Pairs below which nothing is refitted."""
LEAST_EACH: Final = 20
"""Pairs that were right, and pairs that were not, below which nothing is refitted."""
HOLD: Final = 10.0
"""How strongly the weights are held where they are; `bot.newton.RIDGE` for weights from nothing is 1."""
BINS: Final = 5
"""Of the curves: what readers said is little."""


@record
class Lesson:
    """One pair: the key of its text, the features of the entry for it, and whether it was the claim."""

    text: str
    row: Row
    right: bool


@record
class Refitted:
    """What came of it. Both curves are of texts that the weights were not fitted on."""

    made: Calibration
    before: Curve
    after: Curve

    @property
    def is_better(self) -> bool:
        """Whether the refitted weights err less than those before."""
        return self.after.brier < self.before.brier


def refit(lessons: Sequence[Lesson], weights: Calibration, *, date: str) -> Refitted:
    """Return `weights` refitted on the lessons, on the day `date`.

    Raises BadInputError where there are too few: it says how many there are, and how many it takes.
    """
    right = sum(each.right for each in lessons)
    wrong = len(lessons) - right
    if len(lessons) < LEAST or min(right, wrong) < LEAST_EACH:
        raise BadInputError(
            f"Readers have labelled {len(lessons)} pairs whose text is still kept, {right} right and {wrong} "
            f"not; it takes {LEAST}, and {LEAST_EACH} of either kind. The calibration stays as it is."
        )
    before, after = [], []
    for fold in range(FOLDS):
        held = [each for each in lessons if _fold(each) == fold]
        rest = [each for each in lessons if _fold(each) != fold]
        taught = _taught(rest, weights)
        before += [(_chance(each.row, weights), each.right) for each in held]
        after += [(_chance(each.row, taught), each.right) for each in held]
    made = _taught(lessons, weights)
    curves = curve(before, BINS), curve(after, BINS)
    figures = {
        "feedback_pairs": float(len(lessons)),
        "feedback_brier_before": curves[0].brier,
        "feedback_brier_after": curves[1].brier,
    }
    return Refitted(
        made=replace(
            made, date=date, sets=(*weights.sets, "what readers said"), figures={**weights.figures, **figures}
        ),
        before=curves[0],
        after=curves[1],
    )


def _fold(lesson: Lesson) -> int:
    return crc32(lesson.text.encode(errors="replace")) % FOLDS


def _taught(lessons: Sequence[Lesson], weights: Calibration) -> Calibration:
    rows = [each.row for each in lessons]
    offsets = [_odds(row, weights) for row in rows]
    change, bias = logistic(rows, [float(each.right) for each in lessons], offsets=offsets, ridge=HOLD)
    together = tuple(one + more for one, more in zip(weights.probability, change, strict=True))
    return replace(weights, probability=together, bias=weights.bias + bias)


def _odds(row: Row, weights: Calibration) -> float:
    return weights.bias + sum(one * value for one, value in zip(weights.probability, row, strict=True))


def _chance(row: Row, weights: Calibration) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, _odds(row, weights)))))
