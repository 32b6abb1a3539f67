"""Trials: matching measured and fitted on labelled sets, in throw-away ledgers in memory.

What is measured is what a reader gets: the same cleaning, the same queries, the same weights.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.answers import Tier
from bot.calibration import WORDS, Calibration
from bot.claims import Claim
from bot.embedding import Embedder, Meaning, way_of, wording_key
from bot.errors import BadInputError
from bot.evaluation import (
    DEPTH,
    Figures,
    Labelled,
    evaluate,
    figures,
    held_in,
    read_set,
    samples,
    shards,
    spread,
)
from bot.fitting import Sample, fit
from bot.folds import Fold
from bot.matching import Candidates, Hit, tiers
from bot.paste import Paste, clean
from bot.store.migrating import STEPS
from bot.store.nearness import Near, embedded, held
from bot.store.search import Known, candidates, index, lookup
from bot.store.vectors import keep, lacking
from bot.views import View

if TYPE_CHECKING:
    from bot.embedding import Numbers
    from bot.vectors import Sketches

SIZES: Final = (400, 40)
"""Claims in the small ledgers that weights are fitted on beside the whole set."""
ORDERED: Final = 1_000
"""Texts of a set that the order alone is fitted on: many more would outweigh those fitted whole."""
_VIEW: Final = View(today="9999-12-31")
"""No claim of a labelled set is under an embargo."""
_EVERY: Final = 500
_BATCH: Final = 16


def quiet(what: str, done: int, total: int) -> None:
    """Report no progress."""


def measure(
    folder: Path,
    split: str | None,
    weights: Calibration,
    *,
    folds: Sequence[Fold] = (Fold.ALL,),
    meaning: Meaning | None = None,
    progress: Callable[[str, int, int], None] = quiet,
) -> dict[Fold, Figures]:
    """Return how matching with `weights` does on each of the folds of the labelled set in `folder`.

    With `meaning`, by words and vectors; the time of a look-up includes making the vectors of the text.
    `progress` is called with what is being done, how much of it is done, and how much there is.
    Raises BadInputError where the set cannot be read, or a fold holds no text of it.
    """
    labelled = held_in(read_set(folder, split), folds)
    empty = [fold for fold in folds if not any(fold.holds(key) for key, _ in labelled.texts)]
    if empty:
        raise BadInputError(f"No text of {folder} is in the fold “{empty[0]}”; leave --fold out.")
    fused = meaning.weights if meaning else None
    with scratch(labelled.claims, progress) as conn:
        known = Known()
        fill = Filled(meaning.embedder) if meaning else None
        if fill:
            fill.into(conn, progress)

        def look(text: str, without: frozenset[str]) -> tuple[Sequence[Hit], Tier]:
            nonlocal known
            known = Known() if known.is_full() else known
            paste = clean(text)
            hits = lookup(
                conn,
                paste,
                view=_VIEW,
                weights=weights,
                limit=DEPTH,
                known=known,
                without=without,
                near=fill.near(paste) if fill else None,
                fused=fused,
            )
            shown = tiers(hits[:1], paste, weights, fused)
            return hits, shown[0][1] if shown else Tier.NONE

        trials = evaluate(labelled, look, lambda done, total: progress("texts", done, total))
    return {fold: figures([each for key, each in trials.items() if fold.holds(key)]) for fold in folds}


def refit(
    sets: Sequence[tuple[Path, str | None]],
    *,
    date: str,
    order: Sequence[tuple[Path, str | None]] = (),
    embedder: Embedder | None = None,
    progress: Callable[[str, int, int], None] = quiet,
) -> Calibration:
    """Return the calibration fitted on the labelled `sets`, each a folder and a split; `date` is today.

    Each text is taken in the whole set and in small ones of `SIZES`, so that the weights hold in
    ledgers of any size. With an `embedder` they are those of words and its vectors. On the sets `order`, of
    each of which `ORDERED` texts or fewer are taken, the order alone is fitted (see `bot.fitting.fit`).
    Raises BadInputError where a set cannot be read.
    """
    fill = Filled(embedder) if embedder else None

    def sampled(labelled: Labelled) -> list[Sample]:
        with scratch(labelled.claims, progress) as conn:
            if fill:
                fill.into(conn, progress)
            return _samples(labelled, conn, progress, fill)

    found: list[Sample] = []
    for folder, split in sets:
        labelled = read_set(folder, split)
        for part in (labelled, *(each for size in SIZES for each in shards(labelled, size))):
            found += sampled(part)
    more = [
        each for folder, split in order for each in sampled(spread(read_set(folder, split), most=ORDERED))
    ]
    return fit(
        found,
        sets=[*(_name(*each) for each in sets), *(f"{_name(*each)} (order)" for each in order)],
        date=date,
        model=way_of(embedder) if embedder else WORDS,
        order=more,
        progress=lambda what: progress(what, 0, 0),
    )


def _name(folder: Path, split: str | None) -> str:
    return f"{folder.name} {split}" if split else folder.name


def _samples(
    labelled: Labelled,
    conn: sqlite3.Connection,
    progress: Callable[[str, int, int], None],
    fill: Filled | None,
) -> list[Sample]:
    known = Known()

    def gather(text: str, spare: int) -> Candidates:
        nonlocal known
        known = Known() if known.is_full() else known
        paste = clean(text)
        near = fill.near(paste) if fill else None
        return candidates(conn, paste, view=_VIEW, known=known, spare=spare, near=near)

    return samples(labelled, gather, lambda done, total: progress("texts", done, total))


class Filled:
    """Vectors of throw-away ledgers, each text embedded once however many of them it stands in."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._packed: dict[bytes, bytes] = {}
        self._held: Sketches | None = None

    def into(self, conn: sqlite3.Connection, progress: Callable[[str, int, int], None]) -> None:
        """Give every claim of a ledger its vectors."""
        from bot.vectors import pack  # noqa: PLC0415 - loads numpy

        model, last, done = self._embedder.model, 0, 0
        total = conn.execute("SELECT count(*) FROM claim").fetchone()[0]
        while True:
            found = lacking(conn, model, last)
            keyed = [(each, wording_key(each.text)) for each in found.wordings]
            absent = {key: each.text for each, key in keyed if key not in self._packed}
            self._packed.update(zip(absent, map(pack, self._embedded(list(absent.values()))), strict=True))
            keep(conn, model, [(each, self._packed[key]) for each, key in keyed])
            last, done = found.last, done + found.claims
            progress("vectors", done, total)
            if found.is_end:
                break
        self._held = held(conn, model, None, self._embedder.dimensions)

    def _embedded(self, texts: list[str]) -> Iterator[Numbers]:
        """Yield a vector of each of the texts; a local model takes one thread for each processor."""
        parts = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for rows in pool.map(self._embedder.embed, parts):
                yield from rows

    def near(self, paste: Paste) -> Near | None:
        """Return the vectors of a paste beside those of the ledger that was filled last."""
        if self._held is None:
            return None
        return Near(self._embedder.model, self._held, embedded(self._embedder, paste))


@contextmanager
def scratch(
    claims: Sequence[Claim], progress: Callable[[str, int, int], None] = quiet
) -> Iterator[sqlite3.Connection]:
    """Give a ledger in memory with the wordings of `claims` and nothing else of them."""
    conn = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        for step in STEPS:
            for statement in step:
                conn.execute(statement)
        for number, claim in enumerate(claims, 1):
            conn.execute(
                "INSERT INTO claim (id, text, language, aliases, allegation, living_person, concerns, state,"
                " embargo_until, workspace) VALUES (?, ?, ?, ?, 0, 0, '[]', ?, ?, ?)",
                (
                    claim.id,
                    claim.text,
                    claim.language,
                    json.dumps(claim.aliases),
                    claim.state,
                    claim.embargo_until,
                    claim.workspace,
                ),
            )
            index(conn, claim)
            if number % _EVERY == 0 or number == len(claims):
                progress("claims", number, len(claims))
        yield conn
    finally:
        conn.close()
