"""Fitting: the weights of a calibration from labelled texts.

Pure. Two models are fitted one after the other: a conditional logit (McFadden 1974) that puts the entries
of one text in order, and a logistic regression that gives each entry the probability of being the claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from typing import Any, Final
from zlib import crc32

from bot.calibration import WORDS, Calibration, contexts, signals_of
from bot.errors import BadInputError
from bot.folds import is_held_out
from bot.newton import Row
from bot.records import record
from bot.reliability import auroc, curve

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

Top = tuple[float, bool, bool]
"""Of a text that was asked: the probability of its first hit, whether that was right, and whether the claim
was on file."""


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
    model: str = WORDS,
    order: Sequence[Sample] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Calibration:
    """Return the calibration fitted on `samples`; `date` is the day of it, `YYYY-MM-DD`.

    The `order` of the entries is fitted on those samples as well, and how sure to be is not: of a set whose
    labels leave out right claims one can learn which claim comes first, and not whether there is one.

    One text in `bot.folds.HELD_OUT` is not fitted on: those say in the figures how the weights do. The
    thresholds are chosen on texts that the weights were not fitted on either, by folds. Texts with the same
    id count as one. Raises BadInputError where there are fewer than `LEAST_TEXTS`.
    """
    count = len({each.text for each in samples})
    if count < LEAST_TEXTS:
        raise BadInputError(
            f"The sets label {count} {'text' if count == 1 else 'texts'}, each id counted once, and a "
            f"calibration needs {LEAST_TEXTS}; label at least {LEAST_TEXTS - count} more, or keep the "
            "shipped weights."
        )
    progress("fitting the order")
    unseen = [each for each in samples if is_held_out(each.text)]
    samples = [each for each in samples if not is_held_out(each.text)]
    ordered = [*samples, *(each for each in order if not is_held_out(each.text))]
    rank = _newton().conditional([(each.rows, each.right) for each in ordered], len(signals_of(model)))
    draft = Calibration(
        model=model,
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
    tops: list[Top] = []
    for fold in range(FOLDS):
        progress(f"choosing the thresholds, fold {fold + 1} of {FOLDS}")
        held = [each for each in samples if crc32(each.text.encode(errors="replace")) % FOLDS == fold]
        rest = [each for each in samples if crc32(each.text.encode(errors="replace")) % FOLDS != fold]
        if held and rest:
            weights = _with_probability(draft, rest)
            tops.extend(top for each in held for top in _tops(each, weights))
    progress("fitting the probability")
    made = _with_probability(draft, samples)
    same, close = thresholds(tops)
    made = replace(made, same=same, close=min(same, close))
    figures = _shares(tops, made.same, made.close)
    if unseen:
        held_out = _shares([top for each in unseen for top in _tops(each, made)], made.same, made.close)
        figures |= {f"held_out_{key}": value for key, value in held_out.items()}
    return replace(made, figures=figures)


def thresholds(tops: Sequence[Top]) -> tuple[float, float]:
    """Return the least probabilities of “same” and “close”.

    Neither is below its floor (`LEAST_SAME`, `LEAST_CLOSE`).
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


def _shares(tops: Sequence[Top], same: float, close: float) -> dict[str, float]:
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
        "auroc": auroc([(chance, is_right) for chance, is_right, _ in tops]),
        "calibration_error": curve([(chance, is_right) for chance, is_right, _ in tops]).error,
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
    weights, bias = _newton().logistic(rows, labels)
    return replace(draft, probability=weights, bias=bias)


def _in_context(rows: Sequence[Row], right: Sequence[bool], draft: Calibration) -> list[tuple[Row, bool]]:
    """Return the features of the candidates of one text, best first, each with its label."""
    scores = [draft.score(row) for row in rows]
    found = sorted(
        zip(scores, contexts(scores), rows, right, strict=True), key=lambda each: each[0], reverse=True
    )
    return [((*row, *context), label) for _, context, row, label in found]


def _tops(sample: Sample, weights: Calibration) -> Iterable[Top]:
    for rows, right, there in (
        (sample.rows, sample.right, True),
        (sample.absent, (False,) * len(sample.absent), False),
    ):
        around = contexts([weights.score(row) for row in rows])
        chances = [
            (weights.chance(row, context), label)
            for row, context, label in zip(rows, around, right, strict=True)
        ]
        yield (*max(chances, default=(0.0, False)), there)


@cache
def _newton() -> Any:
    """Return what takes the steps: with numpy a hundred times faster, and without it as well."""
    return import_module("bot.newton_matrices" if find_spec("numpy") else "bot.newton")
