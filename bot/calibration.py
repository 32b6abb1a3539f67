"""The calibration: fitted weights that turn signals into a probability, and the thresholds of the tiers.

A calibration belongs to one way of matching (`model`) and to one prior: the share of pastes whose claim
is on file. It is a JSON file; the one beside this module is used unless the configuration names another.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from bot.errors import BadInputError
from bot.records import record
from bot.signals import SIGNALS

MODEL: Final = "words-1"
CONTEXT: Final = ("score", "lead", "lag")
"""Numbers that an entry has among the others: its score, and how far it is before or behind the best."""
FEATURES: Final = (*SIGNALS, *CONTEXT)
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
        return sum(weight * value for weight, value in zip(self.rank, signals, strict=True))

    def chance(self, signals: tuple[float, ...], score: float, other: float) -> float:
        """Return the probability (0 to 1) that the entry is the claim; `other` is the best other score."""
        ahead = score - other
        values = (*signals, score, max(ahead, 0.0), min(ahead, 0.0))
        odds = self.bias + sum(w * v for w, v in zip(self.probability, values, strict=True))
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))


def load(path: Path | None = None) -> Calibration:
    """Return the calibration in the file `path`, or the shipped one.

    Raises BadInputError, with one sentence, where the file cannot be read or does not fit this program.
    """
    if path is None:
        return _shipped()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"The calibration {path} cannot be read: {error}.") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Calibration:
    """Return the calibration written in `text`; `name` says in an error where it stands."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"The calibration {name} is not JSON: {error}.") from error
    fault = _fault(found)
    if fault is not None:
        raise BadInputError(f"The calibration {name} cannot be used: {fault}; refit it with `calibrate`.")
    return Calibration(
        model=found["model"],
        rank=tuple(float(found["rank"][each]) for each in SIGNALS),
        probability=tuple(float(found["probability"][each]) for each in FEATURES),
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
    document = {
        "model": made.model,
        "date": made.date,
        "sets": list(made.sets),
        "prior": made.prior,
        "same": round(made.same, 4),
        "close": round(made.close, 4),
        "figures": {key: round(value, 4) for key, value in made.figures.items()},
        "features": list(FEATURES),
        "bias": round(made.bias, 5),
        "rank": dict(zip(SIGNALS, (round(each, 5) for each in made.rank), strict=True)),
        "probability": dict(zip(FEATURES, (round(each, 5) for each in made.probability), strict=True)),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@cache
def _shipped() -> Calibration:
    text = resources.files("bot").joinpath("calibration.json").read_text("utf-8")
    return parse(text, "calibration.json")


def _fault(found: Any) -> str | None:
    """Return what keeps `found` from being a calibration for this program."""
    if not isinstance(found, dict):
        return "it is not an object"
    missing = [each for each in FIELDS if each not in found]
    if missing:
        return f"it has no “{missing[0]}”"
    if found["model"] != MODEL:
        return f"it was fitted for “{found['model']}”, and this program matches by “{MODEL}”"
    return next(_value_faults(found), None)


def _value_faults(found: dict[str, Any]) -> Iterator[str]:
    if found["features"] != list(FEATURES):
        yield "its features are not those of this program"
    for key, names in (("rank", SIGNALS), ("probability", FEATURES), ("figures", None)):
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
