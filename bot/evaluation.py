"""Evaluation: how well matching finds the right claim, and how well it knows that there is none.

Pure but for the clock and for reading the labelled files. What is measured is a function that is handed
in; the ledger that it asks is the caller's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bot.answers import Tier
from bot.claims import Claim
from bot.errors import BadInputError
from bot.fitting import Sample
from bot.folds import Fold
from bot.matching import Candidates, Hit, measured
from bot.records import record
from bot.reliability import Curve, auroc, curve
from bot.statements import State

DEPTH: Final = 10
"""Hits that are looked at for each text."""
CUT: Final = 5
"""Hits that MAP and MRR look at, as in the shared tasks of CheckThat! (2022)."""

Look = Callable[[str, frozenset[str]], tuple[Sequence[Hit], Tier]]
"""From a text and the claims to be taken for absent to at least `DEPTH` hits, the best first, and the tier
of the first."""


@record
class Labelled:
    """Texts, and the claims that each is about: `right` holds the ids for each text's id."""

    claims: tuple[Claim, ...]
    texts: tuple[tuple[str, str], ...]
    right: dict[str, frozenset[str]]


@record
class Told:
    """What the first hits of one tier were: how many they were, and how many of them were right."""

    count: int
    right: int


@record
class Trial:
    """What came of one text, with and without its claims on file.

    `top` and `absent` are of the first hit its probability, whether it was right, and its tier.
    """

    found: tuple[bool, ...]
    count: int
    top: tuple[float, bool, Tier]
    absent: tuple[float, bool, Tier]
    ms: float


@record
class Figures:
    """What was measured; all but the latencies and the number of `texts` are shares from 0 to 1.

    `right_at_10` and `right_at_1` are the shares of all texts whose first hit is right and surer than
    all but 10 % (1 %) of the first hits of texts whose claim was taken away. `auroc` is the chance that
    a right first hit is surer than a wrong one, over both halves; `curve` says how far its probability can
    be taken at its word, and `tiers` what each tier was worth, over both halves as well. The latencies are
    in milliseconds.
    """

    map_at_5: float
    mrr_at_5: float
    p_at_1: float
    recall_at_10: float
    auroc: float
    right_at_10: float
    right_at_1: float
    p50_ms: float
    p95_ms: float
    texts: int
    curve: Curve
    tiers: dict[Tier, Told]


def held_in(labelled: Labelled, folds: Collection[Fold]) -> Labelled:
    """Return `labelled` with the texts of these folds alone; the claims stay."""
    texts = tuple(each for each in labelled.texts if any(fold.holds(each[0]) for fold in folds))
    return replace(labelled, texts=texts, right={key: labelled.right[key] for key, _ in texts})


def read_set(folder: Path, split: str | None = None) -> Labelled:
    """Return the labelled set in `folder`: `claims.jsonl`, `queries.jsonl` and `qrels.jsonl`.

    With `split` the last two are `queries.SPLIT.jsonl` and `qrels.SPLIT.jsonl`. A claim's title counts
    as another wording of it. Texts without a right claim are left out, and claims without a word.

    Raises BadInputError where a file is missing or a line is not as it must be.
    """
    middle = f".{split}" if split else ""
    claims = {}
    for line, where in _lines(folder / "claims.jsonl", ("id", "text")):
        title = line.get("title")
        if title is not None and not isinstance(title, str):
            raise BadInputError(f"{where}: “title” is not a text; leave it out or give a text.")
        if line["id"] in claims:
            raise BadInputError(f"{where}: the claim “{line['id']}” stands there twice; keep one of them.")
        wordings = [each for each in (line["text"], title) if each and each.strip()]
        if wordings:
            claims[line["id"]] = Claim(
                id=line["id"], text=wordings[0], aliases=tuple(wordings[1:]), state=State.VETTED
            )
    queries = {
        line["id"]: line["text"] for line, _ in _lines(folder / f"queries{middle}.jsonl", ("id", "text"))
    }
    right: dict[str, set[str]] = {}
    for line, where in _lines(folder / f"qrels{middle}.jsonl", ("query", "claim")):
        for key, known, file in (("query", queries, "queries"), ("claim", claims, "claims")):
            if line[key] not in known:
                raise BadInputError(f"{where}: there is no {key} “{line[key]}”; name one of the {file} file.")
        right.setdefault(line["query"], set()).add(line["claim"])
    if not right:
        raise BadInputError(f"{folder / f'qrels{middle}.jsonl'} labels no text; give one line for each pair.")
    return Labelled(
        claims=tuple(claims.values()),
        texts=tuple((key, text) for key, text in queries.items() if key in right),
        right={key: frozenset(value) for key, value in right.items()},
    )


def _lines(path: Path, fields: tuple[str, str]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the objects of a JSON Lines file, each with the place to name in an error."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise BadInputError(f"There is no file {path}; a labelled set has it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path} cannot be read: {error}.") from error
    for number, line in enumerate(text.split("\n"), 1):
        where = f"{path}, line {number}"
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            raise BadInputError(f"{where}: this is not JSON; write one object a line.") from None
        if not isinstance(found, dict):
            raise BadInputError(f"{where}: this is not an object; write one object a line.")
        for field in fields:
            # A set may hold a claim without a word; without its id nothing can be told of a line.
            if not isinstance(found.get(field), str) or (field != "text" and not found[field]):
                raise BadInputError(f"{where}: “{field}” is missing or is not a text; each line has it.")
        yield found, where


def evaluate(
    labelled: Labelled, look: Look, progress: Callable[[int, int], None] = lambda *_: None
) -> dict[str, Trial]:
    """Return by its id what `look` does on each text: it is asked with, and without, its right claims.

    `progress` is called with the number of texts done and the number of all.
    """
    found = {}
    for number, (key, text) in enumerate(labelled.texts, 1):
        found[key] = _asked(text, labelled.right[key], look)
        progress(number, len(labelled.texts))
    return found


def _asked(text: str, right: frozenset[str], look: Look) -> Trial:
    start = time.perf_counter()
    hits, tier = look(text, frozenset())
    took = (time.perf_counter() - start) * 1000
    left, other = look(text, right)
    return Trial(
        found=tuple(hit.claim in right for hit in hits[:DEPTH]),
        count=len(right),
        top=(hits[0].probability, hits[0].claim in right, tier) if hits else (0.0, False, Tier.NONE),
        absent=(left[0].probability, False, other) if left else (0.0, False, Tier.NONE),
        ms=took,
    )


def figures(trials: Sequence[Trial]) -> Figures:
    """Return the figures of what came of some texts, of which there is at least one."""
    size = len(trials)
    tops = [each.top for each in trials]
    both = tops + [each.absent for each in trials]
    judged = [(chance, right) for chance, right, _ in both]
    present = [(chance, right) for chance, right, _ in tops]
    absent = [each.absent[0] for each in trials]
    took = [each.ms for each in trials]
    return Figures(
        map_at_5=sum(average_precision(each.found, each.count) for each in trials) / size,
        mrr_at_5=sum(reciprocal_rank(each.found) for each in trials) / size,
        p_at_1=sum(each.found[:1] == (True,) for each in trials) / size,
        recall_at_10=sum(any(each.found) for each in trials) / size,
        auroc=auroc(judged),
        right_at_10=right_at(0.10, present, absent),
        right_at_1=right_at(0.01, present, absent),
        p50_ms=quantile(took, 0.50),
        p95_ms=quantile(took, 0.95),
        texts=size,
        curve=curve(judged),
        tiers={
            tier: Told(
                count=sum(told is tier for *_, told in both),
                right=sum(right for _, right, told in both if told is tier),
            )
            for tier in (Tier.SAME, Tier.CLOSE)
        },
    )


def average_precision(found: Sequence[bool], count: int) -> float:
    """Return the average precision over the first five hits; `count` is how many claims are right."""
    hits, total = 0, 0.0
    for rank, right in enumerate(found[:CUT], 1):
        if right:
            hits += 1
            total += hits / rank
    return total / min(count, CUT)


def reciprocal_rank(found: Sequence[bool]) -> float:
    """Return one over the place of the first right hit among the first five, or 0."""
    return next((1 / rank for rank, right in enumerate(found[:CUT], 1) if right), 0.0)


def right_at(share: float, tops: Sequence[tuple[float, bool]], absent: Sequence[float]) -> float:
    """Return the share of all texts answered rightly where at most `share` of `absent` would be answered.

    An answer is given where the first hit is surer than a bar, and the bar is the lowest that keeps the
    promise.
    """
    order = sorted(absent, reverse=True)
    allowed = int(share * len(order))
    bar = order[allowed] if allowed < len(order) else -1.0
    return sum(right and chance > bar for chance, right in tops) / len(tops) if tops else 0.0


def quantile(values: Sequence[float], part: float) -> float:
    """Return the value below which `part` of `values` lie (the nearest rank)."""
    order = sorted(values)
    return order[min(len(order) - 1, int(part * len(order)))] if order else 0.0


def samples(
    labelled: Labelled,
    gather: Callable[[str, int], Candidates],
    progress: Callable[[int, int], None] = lambda *_: None,
) -> list[Sample]:
    """Return the signals of the candidates of every text, with and without its right claims, to fit on.

    `gather` returns the candidates of a text, as many beyond the usual as its second argument says. Only
    texts that are matched as a whole are taken: a label says nothing about one sentence of many.
    """
    found = []
    for number, (key, text) in enumerate(labelled.texts, 1):
        right = labelled.right[key]
        gathered = gather(text, len(right))
        for (asked, present), (_, left) in zip(measured(gathered), measured(gathered, right), strict=True):
            if asked.part is None:
                found.append(
                    Sample(
                        text=key,
                        rows=tuple(one.signals + (one.meaning or ()) for one in present),
                        right=tuple(one.claim in right for one in present),
                        absent=tuple(one.signals + (one.meaning or ()) for one in left),
                    )
                )
        progress(number, len(labelled.texts))
    return found


def spread(labelled: Labelled, *, most: int) -> Labelled:
    """Return the set with every second, third … of its texts, so that there are at most `most`."""
    texts = labelled.texts[:: -(-len(labelled.texts) // most)]
    return replace(labelled, texts=texts, right={key: labelled.right[key] for key, _ in texts})


def shards(labelled: Labelled, size: int) -> Iterator[Labelled]:
    """Yield small sets of about `size` claims that together hold every text once.

    Weights that were fitted on a large collection alone are too sure of themselves in a small one,
    where the best of few entries stands far before the next although it has little to do with the text.
    """
    claims = {claim.id: claim for claim in labelled.claims}
    spread = labelled.claims[:: max(1, len(labelled.claims) // size)]
    step = max(1, size // 2)
    for start in range(0, len(labelled.texts), step):
        texts = labelled.texts[start : start + step]
        right = {key: labelled.right[key] for key, _ in texts}
        kept = {key: claims[key] for each in right.values() for key in sorted(each)}
        for claim in spread[start // step % 7 :: 2]:
            if len(kept) < size:
                kept.setdefault(claim.id, claim)
        yield Labelled(claims=tuple(kept.values()), texts=texts, right=right)
