"""Vectors of a crowd of claims: of the real ones their own, of a distractor the mean of its parents'."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.corpus import Entry, filed
from bot.embedding import wording_key
from bot.store.marks import newest

if TYPE_CHECKING:
    from bot.embedding import Numbers

TOGETHER: Final = 10_000
"""Vectors that are written at a time."""


def known_vectors(folder: Path) -> dict[str, Any]:
    """Return the vectors that were computed before, by their texts."""
    import numpy as np  # noqa: PLC0415 - of an extra

    known: dict[str, Any] = {}
    for file in sorted(folder.glob("vectors*.npz")):
        held = np.load(file, allow_pickle=True)
        known |= dict(zip(held["texts"].tolist(), held["v"], strict=True))
    return known


def vectors_of(
    entries: Iterable[Entry], vector: Callable[[str], Numbers]
) -> Iterator[tuple[Entry, str, Numbers]]:
    """Yield for each wording of `entries` the entry, the wording and a vector of length 1.

    `vector` gives that of a text; a distractor's is the mean of its parents', not that of its text.
    """
    import numpy as np  # noqa: PLC0415 - of an extra

    for each in entries:
        for wording in (each.text, each.title):
            if wording:
                mean = np.sum([vector(parent) for parent in each.parents or (wording,)], axis=0)
                row: Numbers = mean / np.linalg.norm(mean)
                yield each, wording, row


def put_vectors(conn: sqlite3.Connection, model: str, rows: Iterable[tuple[Entry, str, Numbers]]) -> int:
    """Write the vectors of claims on file as `counterclaim embed` does, and return how many."""
    from bot.vectors import pack  # noqa: PLC0415 - loads numpy

    claims = dict(iter(conn.execute("SELECT id, n FROM claim")))
    query = "INSERT INTO vector (claim, model, wording, data) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    made = ((claims[each.id], model, wording_key(filed(text)), pack(row)) for each, text, row in rows)
    count = 0
    while some := list(islice(made, TOGETHER)):
        conn.execute("BEGIN IMMEDIATE")
        conn.executemany(query, some)
        conn.execute("COMMIT")
        count += len(some)
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("INSERT OR REPLACE INTO filled (model, seq) VALUES (?, ?)", (model, newest(conn)))
    conn.execute("INSERT OR REPLACE INTO whole (model) VALUES (?)", (model,))
    conn.execute("COMMIT")
    return count
