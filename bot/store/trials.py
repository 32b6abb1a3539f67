"""Trials: matching measured and fitted on labelled sets, in throw-away ledgers in memory.

What is measured is what a reader gets: the same cleaning, the same queries, the same weights.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.calibration import Calibration
from bot.claims import Claim
from bot.evaluation import DEPTH, Figures, Labelled, evaluate, read_set, samples, shards
from bot.fitting import Sample, fit
from bot.matching import Candidates, Hit
from bot.paste import clean
from bot.store.migrating import STEPS
from bot.store.search import Known, candidates, index, lookup
from bot.views import View

SIZES: Final = (400, 40)
"""Claims in the small ledgers that weights are fitted on beside the whole set."""
_VIEW: Final = View(today="9999-12-31")
"""No claim of a labelled set is under an embargo."""
_EVERY: Final = 500


def quiet(what: str, done: int, total: int) -> None:
    """Report no progress."""


def measure(
    folder: Path,
    split: str | None,
    weights: Calibration,
    *,
    progress: Callable[[str, int, int], None] = quiet,
) -> Figures:
    """Return how matching with `weights` does on the labelled set in `folder`.

    `progress` is called with what is being done, how much of it is done, and how much there is.
    Raises BadInputError where the set cannot be read.
    """
    labelled = read_set(folder, split)
    with scratch(labelled.claims, progress) as conn:
        known = Known()

        def look(text: str, without: frozenset[str]) -> Sequence[Hit]:
            return lookup(
                conn, clean(text), view=_VIEW, weights=weights, limit=DEPTH, known=known, without=without
            )

        return evaluate(labelled, look, lambda done, total: progress("texts", done, total))


def refit(
    sets: Sequence[tuple[Path, str | None]],
    *,
    date: str,
    progress: Callable[[str, int, int], None] = quiet,
) -> Calibration:
    """Return the calibration fitted on the labelled `sets`, each a folder and a split; `date` is today.

    Each text is taken in the whole set and in small ones of `SIZES`, so that the weights hold in
    ledgers of any size. Raises BadInputError where a set cannot be read.
    """
    found: list[Sample] = []
    names = []
    for folder, split in sets:
        labelled = read_set(folder, split)
        names.append(f"{folder.name} {split}" if split else folder.name)
        for part in (labelled, *(each for size in SIZES for each in shards(labelled, size))):
            with scratch(part.claims, progress) as conn:
                found += _samples(part, conn, progress)
    return fit(found, sets=names, date=date, progress=lambda what: progress(what, 0, 0))


def _samples(
    labelled: Labelled, conn: sqlite3.Connection, progress: Callable[[str, int, int], None]
) -> list[Sample]:
    known = Known()

    def gather(text: str, spare: int) -> Candidates:
        return candidates(conn, clean(text), view=_VIEW, known=known, spare=spare)

    return samples(labelled, gather, lambda done, total: progress("texts", done, total))


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
                " embargo_until) VALUES (?, ?, ?, '[]', 0, 0, '[]', ?, ?)",
                (claim.id, claim.text, claim.language, claim.state, claim.embargo_until),
            )
            index(conn, claim)
            if number % _EVERY == 0 or number == len(claims):
                progress("claims", number, len(claims))
        yield conn
    finally:
        conn.close()
