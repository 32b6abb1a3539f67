"""Evaluation: how well matching finds the right claim, and how well it knows that there is none.

Pure but for the clock and for reading the labelled files. What is measured is a function that is handed
in; the ledger that it asks is the caller's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from bot.claims import Claim
from bot.errors import BadInputError
from bot.fitting import Sample
from bot.matching import Candidates, Hit, measured
from bot.records import record
from bot.statements import State

DEPTH: Final = 10
"""Hits that are looked at for each text."""
CUT: Final = 5
"""Hits that MAP and MRR look at, as in the shared tasks of CheckThat! (2022)."""

Look = Callable[[str, frozenset[str]], Sequence[Hit]]
"""From a text and the claims to be taken for absent to at least `DEPTH` hits, the best first."""


@record
class Labelled:
    """Texts, and the claims that each is about: `right` holds the ids for each text's id."""

    claims: tuple[Claim, ...]
    texts: tuple[tuple[str, str], ...]
    right: dict[str, frozenset[str]]


@record
class Figures:
    """What was measured; all but the last three are shares from 0 to 1.

    `right_at_10` and `right_at_1` are the shares of all texts whose first hit is right and surer than
    all but 10 % (1 %) of the first hits of texts whose claim was taken away. `auroc` is the chance that
    a right first hit is surer than a wrong one, over both halves. The latencies are in milliseconds.
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


def read_set(folder: Path, split: str | None = None) -> Labelled:
    """Return the labelled set in `folder`: `claims.jsonl`, `queries.jsonl` and `qrels.jsonl`.

    With `split` the last two are `queries.SPLIT.jsonl` and `qrels.SPLIT.jsonl`. A claim's title counts
    as another wording of it. Texts without a right claim are left out.

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
        claims[line["id"]] = Claim(
            id=line["id"],
            text=line["text"],
            aliases=(title,) if title and title.strip() else (),
            state=State.VETTED,
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
            if not isinstance(found.get(field), str) or not found[field]:
                raise BadInputError(f"{where}: “{field}” is missing or is not a text; each line has it.")
        yield found, where


def evaluate(
    labelled: Labelled, look: Look, progress: Callable[[int, int], None] = lambda *_: None
) -> Figures:
    """Return what `look` does on `labelled`: each text is looked up with, and without, its right claims.

    `progress` is called with the number of texts done and the number of all.
    """
    found: list[list[bool]] = []
    counts: list[int] = []
    tops: list[tuple[float, bool]] = []
    absent: list[float] = []
    took: list[float] = []
    for number, (key, text) in enumerate(labelled.texts, 1):
        right = labelled.right[key]
        start = time.perf_counter()
        hits = look(text, frozenset())
        took.append((time.perf_counter() - start) * 1000)
        found.append([hit.claim in right for hit in hits[:DEPTH]])
        counts.append(len(right))
        tops.append((hits[0].probability, hits[0].claim in right) if hits else (0.0, False))
        left = look(text, right)
        absent.append(left[0].probability if left else 0.0)
        progress(number, len(labelled.texts))
    size = len(found)
    return Figures(
        map_at_5=sum(map(average_precision, found, counts)) / size,
        mrr_at_5=sum(map(reciprocal_rank, found)) / size,
        p_at_1=sum(each[:1] == [True] for each in found) / size,
        recall_at_10=sum(map(any, found)) / size,
        auroc=auroc([*tops, *((chance, False) for chance in absent)]),
        right_at_10=right_at(0.10, tops, absent),
        right_at_1=right_at(0.01, tops, absent),
        p50_ms=quantile(took, 0.50),
        p95_ms=quantile(took, 0.95),
        texts=size,
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
                        rows=tuple(one.signals for one in present),
                        right=tuple(one.claim in right for one in present),
                        absent=tuple(one.signals for one in left),
                    )
                )
        progress(number, len(labelled.texts))
    return found


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
