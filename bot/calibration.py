"""The calibration: fitted weights that turn signals into a probability, and the thresholds of the tiers.

A calibration belongs to one way of matching (`model`) and to one prior: the share of pastes whose claim
is on file. It is a JSON file; the one beside this module is used unless the configuration names another.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from operator import mul
from pathlib import Path
from typing import Any, Final

from bot.errors import BadInputError
from bot.records import record
from bot.signals import MEANING, SIGNALS

WORDS: Final = "words-1"
"""Matching by words alone."""
FUSED: Final = "words+minilm-1"
"""Matching by words and by the vectors of `bot.minilm`."""
ABROAD: Final = "words+multilingual-1"
"""Matching by words and by the vectors of `bot.multilingual`."""
SHIPPED: Final = {
    WORDS: "calibration.json",
    FUSED: "calibration-minilm.json",
    ABROAD: "calibration-multilingual.json",
}
"""The weights that the program brings, for each way of matching."""
CONTEXT: Final = ("score", "lead", "lag", "clear", "share")
"""Numbers that an entry has among the others, see `contexts`."""
FAR: Final = 8.0
"""The most that one entry is before or behind another; a score is in log-odds, so this is 3,000 to 1."""
FEATURES: Final = (*SIGNALS, *CONTEXT)
"""Of matching by words."""
FIELDS: Final = (
    "model", "features", "rank", "probability", "bias", "same", "close", "prior", "date", "sets", "figures",
)  # fmt: skip


@record
class Calibration:
    """What was fitted.

    `rank` weighs the signals into a score, `probability` and `bias` the signals and the context into
    log-odds. `same` and `close` are the least probabilities of the two tiers. `prior` is the share of
    texts whose claim was on file when it was fitted, on `date`, with the labelled `sets`; `figures` are
    what was measured then.
    """

    model: str
    rank: tuple[float, ...]
    probability: tuple[float, ...]
    bias: float
    same: float
    close: float
    prior: float
    date: str
    sets: tuple[str, ...]
    figures: dict[str, float]

    def score(self, signals: tuple[float, ...]) -> float:
        """Return the score by which entries are put in order; it has no unit and no zero."""
        score: float = sum(map(mul, self.rank, signals))
        return score

    def chance(self, signals: tuple[float, ...], context: tuple[float, ...]) -> float:
        """Return the probability (0 to 1) that the entry is the claim; `context` is from `contexts`."""
        values = (*signals, *context)
        odds: float = self.bias + sum(map(mul, self.probability, values))
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))


def contexts(scores: Sequence[float]) -> list[tuple[float, ...]]:
    """Return for each of `scores`, those of the entries for one text, the numbers named by `CONTEXT`.

    The score; how far it is before (`lead`) or behind (`lag`) the best other one; how far before the best
    but one of the others (`clear`); and the logarithm of its share of all of them (`share`). Where there is
    no other, an entry is as far before it as can be.
    """
    if not scores:
        return []
    first, second, third = (sorted(scores, reverse=True) + [-math.inf] * 2)[:3]
    total = first + math.log(math.fsum(math.exp(max(score - first, -60.0)) for score in scores))
    found: list[tuple[float, ...]] = []
    for score in scores:
        other = second if score == first else first
        ahead = max(-FAR, min(FAR, score - other))
        clear = max(0.0, min(FAR, score - (third if score >= second else second)))
        found.append((score, max(ahead, 0.0), min(ahead, 0.0), clear, max(score - total, -FAR)))
    return found


def signals_of(model: str) -> tuple[str, ...]:
    """Return the names of the signals that the way of matching `model` weighs."""
    return SIGNALS if model == WORDS else (*SIGNALS, *MEANING)


def load(path: Path | None = None, model: str = WORDS) -> Calibration:
    """Return the calibration of `model` in the file `path`, or the shipped one.

    Raises BadInputError, with one sentence, where the file cannot be read or does not fit this program.
    """
    if path is None:
        return _shipped(model)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"The calibration {path} cannot be read: {error}.") from error
    return parse(text, str(path), model)


def parse(text: str, name: str, model: str = WORDS) -> Calibration:
    """Return the calibration of `model` written in `text`; `name` says in an error where it stands."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"The calibration {name} is not JSON: {error}.") from error
    fault = _fault(found, model)
    if fault is not None:
        raise BadInputError(f"The calibration {name} cannot be used: {fault}; refit it with `calibrate`.")
    names = signals_of(model)
    return Calibration(
        model=found["model"],
        rank=tuple(float(found["rank"][each]) for each in names),
        probability=tuple(float(found["probability"][each]) for each in (*names, *CONTEXT)),
        bias=float(found["bias"]),
        same=float(found["same"]),
        close=float(found["close"]),
        prior=float(found["prior"]),
        date=found["date"],
        sets=tuple(found["sets"]),
        figures={key: float(value) for key, value in found["figures"].items()},
    )


def dump(made: Calibration) -> str:
    """Return `made` as the text of a file that `load` reads, readable and the same for the same values."""
    names = signals_of(made.model)
    features = (*names, *CONTEXT)
    document = {
        "model": made.model,
        "date": made.date,
        "sets": list(made.sets),
        "prior": made.prior,
        "same": round(made.same, 4),
        "close": round(made.close, 4),
        "figures": {key: round(value, 4) for key, value in made.figures.items()},
        "features": list(features),
        "bias": round(made.bias, 5),
        "rank": dict(zip(names, (round(each, 5) for each in made.rank), strict=True)),
        "probability": dict(zip(features, (round(each, 5) for each in made.probability), strict=True)),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@cache
def _shipped(model: str) -> Calibration:
    name = SHIPPED[model]
    return parse(resources.files("bot").joinpath(name).read_text("utf-8"), name, model)


def _fault(found: Any, model: str) -> str | None:
    """Return what keeps `found` from being a calibration for this program."""
    if not isinstance(found, dict):
        return "it is not an object"
    missing = [each for each in FIELDS if each not in found]
    if missing:
        return f"it has no “{missing[0]}”"
    if found["model"] != model:
        return f"it was fitted for “{found['model']}”, and this program matches by “{model}”"
    return next(_value_faults(found, signals_of(model)), None)


def _value_faults(found: dict[str, Any], signals: tuple[str, ...]) -> Iterator[str]:
    features = (*signals, *CONTEXT)
    if found["features"] != list(features):
        yield "its features are not those of this program"
    for key, names in (("rank", signals), ("probability", features), ("figures", None)):
        value = found[key]
        if not isinstance(value, dict) or (names is not None and set(value) != set(names)):
            yield f"“{key}” does not have one number for each feature"
        elif not all(map(_is_number, value.values())):
            yield f"“{key}” holds something that is not a number"
    numbers = [key for key in ("bias", "same", "close", "prior") if not _is_number(found[key])]
    if numbers:
        yield f"“{numbers[0]}” is not a number"
    elif not 0 <= found["close"] <= found["same"] <= 1:
        yield "“close” and “same” must be probabilities, and “close” the smaller one"
    if not isinstance(found["date"], str) or not isinstance(found["sets"], list):
        yield "“date” must be a text and “sets” a list"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
