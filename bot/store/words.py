"""The entries nearest by words in a large ledger: from the index beside it, and from what that lacks yet.

The index is never believed alone. A row that it gives is joined to the claim with the condition of what a
reader may see, and left out where the claim has changed since; the changed ones, few as they are, are read
from the ledger and scored here. So a change counts from the moment at which it is committed.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from bot.records import record
from bot.signals import K1, USUAL_LENGTH, B
from bot.store import marks
from bot.store.postings import NAME, Field, Reader, UnusableError, is_installed, state
from bot.store.visibility import VISIBLE
from bot.views import View

BEHIND: Final = 2_000
"""Changes that may be read from the ledger for each look-up; further behind, the index is not asked."""
FURTHER: Final = 8
"""How many times as many rows are asked for where too many of the best have changed since."""
FURTHEST: Final = 20_000
"""Rows that the index is asked for at most."""

_STANDING: Final = f"""
    SELECT claim.n FROM claim
    WHERE claim.n IN (SELECT value FROM json_each(:rows)) AND {VISIBLE}
    AND NOT EXISTS (SELECT 1 FROM touched WHERE touched.claim = claim.n AND touched.seq > :reached)"""
_BEHIND: Final = "SELECT count(*) FROM (SELECT 1 FROM touched WHERE seq > ? LIMIT ?)"
# CROSS JOIN keeps SQLite from walking through every claim of the workspace.
_CHANGED: Final = f"""
    SELECT touched.seq, claim.n FROM touched CROSS JOIN claim ON claim.n = touched.claim
    WHERE touched.seq > :reached AND {VISIBLE} ORDER BY touched.seq"""
_TERMS: Final = """
    SELECT wording_fts.text || ' ' || wording_fts.aliases,
        coalesce(record_fts.statements || ' ' || record_fts.names, '')
    FROM wording_fts LEFT JOIN record_fts ON record_fts.rowid = wording_fts.rowid
    WHERE wording_fts.rowid = ?"""


@record
class Changed:
    """The terms of an entry that has changed since, with how often each stands in it."""

    row: int
    counts: Mapping[Field, Counter[str]]


class Words:
    """The index of words of one ledger as one reader has it open, over many look-ups and revisions."""

    def __init__(self, ledger: Path, large: int) -> None:
        self.large = large
        self._folder = marks.folder(ledger) / NAME
        self._state: tuple[int, ...] | None = None
        self._sound: set[str] = set()
        self._reader: Reader | None = None
        self._changed: dict[int, Changed] = {}

    def at(self, conn: sqlite3.Connection, size: int) -> Standing | None:
        """Return the index as it can be asked on the snapshot of `conn`, a ledger of `size` vetted claims.

        None where there is none, or it is of another ledger, or too far behind: FTS5 does it all then.
        """
        if size < self.large or not is_installed():
            return None
        self._open()
        if self._reader is None or not marks.is_of(conn, self._reader.mark):
            return None
        reached = self._reader.mark.reached
        behind: int = conn.execute(_BEHIND, (reached, BEHIND + 1)).fetchone()[0]
        return Standing(self, self._reader, size, behind) if behind <= BEHIND else None

    def _open(self) -> None:
        """Open the newest commit, where it is another than the one that is open."""
        found = state(self._folder)
        if found == self._state:
            return
        self._reader, self._changed, self._state = None, {}, found
        if found is not None:
            # What cannot be used is made anew by whoever writes it, and looked at again then.
            with suppress(UnusableError):
                self._reader = Reader(self._folder, self._sound)

    def failed(self) -> None:
        """Do without the index until another one is written."""
        self._reader = None

    def changed(self, conn: sqlite3.Connection, seq: int, row: int) -> Changed:
        """Return the terms of the entry that the change `seq` left; the same number means the same terms."""
        held = self._changed.get(seq)
        if held is None:
            found = conn.execute(_TERMS, (row,)).fetchone() or ("", "")
            counts = dict(zip(Field, (Counter(each.split()) for each in found), strict=True))
            held = self._changed[seq] = Changed(row=row, counts=counts)
        return held


class Standing:
    """The index with what has changed since, on one snapshot of the ledger."""

    def __init__(self, words: Words, reader: Reader, size: int, behind: int) -> None:
        self._words, self._reader, self._size, self._behind = words, reader, size, behind

    def nearest(
        self,
        conn: sqlite3.Connection,
        field: Field,
        terms: Iterable[str],
        documents: Mapping[str, int],
        *,
        view: View,
        limit: int,
    ) -> list[tuple[int, float]] | None:
        """Return the rows nearest to `terms` that `view` shows, each with its bm25; None where that failed.

        `documents` says in how many entries a term stands. At least the best `limit` are given, and as many
        of those that the index lacks.
        """
        asked = list(terms)
        wanted = limit
        while True:
            try:
                found = self._reader.nearest(field, asked, view=view, limit=wanted)
            except UnusableError:
                self._words.failed()
                return None
            rows = self._standing(conn, [row for row, _ in found], view)
            kept = [(row, score) for row, score in found if row in rows]
            # Where many of the best have changed, those that have not are looked for further away.
            if len(kept) >= limit or len(found) < wanted or wanted >= FURTHEST:
                break
            wanted *= FURTHER
        kept = kept[: 3 * limit] + self._lacking(conn, field, asked, documents, view, limit)
        return sorted(kept, key=lambda each: (-each[1], each[0]))

    def _standing(self, conn: sqlite3.Connection, rows: list[int], view: View) -> set[int]:
        values = {"rows": json.dumps(rows), "reached": self._reader.mark.reached, **view.values()}
        return {row[0] for row in conn.execute(_STANDING, values)}

    def _lacking(  # noqa: PLR0917
        self,
        conn: sqlite3.Connection,
        field: Field,
        asked: list[str],
        documents: Mapping[str, int],
        view: View,
        limit: int,
    ) -> list[tuple[int, float]]:
        """Return the best of what the index lacks."""
        if not self._behind:
            return []
        weights = {}
        for term in asked:
            held = documents.get(term, 0)
            weights[term] = math.log(1 + (max(self._size - held, 0) + 0.5) / (held + 0.5))
        values = {"reached": self._reader.mark.reached, **view.values()}
        found = []
        for seq, row in conn.execute(_CHANGED, values).fetchall():
            counts = self._words.changed(conn, seq, row).counts[field]
            score = _score(counts, weights)
            if score:
                found.append((row, score))
        return sorted(found, key=lambda each: (-each[1], each[0]))[:limit]


def _score(counts: Counter[str], weights: Mapping[str, float]) -> float:
    """Return the bm25 of an entry of those terms."""
    common = [(counts[term], weight) for term, weight in weights.items() if term in counts]
    if not common:
        return 0.0
    dampened = K1 * (1 - B + B * counts.total() / USUAL_LENGTH)
    return sum(weight * count * (K1 + 1) / (count + dampened) for count, weight in common)
