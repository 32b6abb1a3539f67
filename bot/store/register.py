"""What the lines of a large file name, in a file of its own that is gone at the end: doubles and loose ends.

A million lines name some millions of things; they are kept by SQLite and not in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from bot.errors import Refusal
from bot.store.importing import differs_between, missing_claim, stands_twice
from bot.store.preparing import LISTS, Keys
from bot.store.writing import belongs_elsewhere

_CLAIM: Final = 0
_STATEMENT: Final = 1
_SHARED: Final = 2
_USUAL: Final = 20_000
"""Shared rows that are remembered in memory: a few of them stand on most lines."""
_ASKED: Final = 10_000
_TABLES: Final = (
    "CREATE TABLE seen (kind INTEGER, key TEXT, line INTEGER, value, PRIMARY KEY (kind, key)) WITHOUT ROWID",
    'CREATE TABLE lead (line INTEGER, position INTEGER, "to" TEXT)',
    "CREATE TABLE apart (line INTEGER PRIMARY KEY)",
)
# Made when all lines are taken in, and only where one of them leads anywhere.
_INDEXES: Final = (
    'CREATE INDEX IF NOT EXISTS lead_to ON lead ("to")',
    "CREATE INDEX IF NOT EXISTS lead_line ON lead (line)",
    "CREATE INDEX IF NOT EXISTS seen_by_line ON seen (line) WHERE kind = 0",
)
_KEEP: Final = "INSERT INTO seen VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"


class Register:
    """The things that good lines name. It is used by one thread at a time."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA cache_size = -32000")
        self._db.execute("PRAGMA synchronous = OFF")
        for each in _TABLES:
            self._db.execute(each)
        self._usual: dict[tuple[int, str], bytes] = {}

    def close(self) -> None:
        """Remove all that is held."""
        self._db.close()

    def take(
        self,
        first: int,
        lines: Sequence[Keys],
        filed: Collection[str],
        refused: dict[int, tuple[Refusal, ...]],
    ) -> dict[int, tuple[Refusal, ...]]:
        """Take in lines and return what is wrong with those that are bad, which are not kept.

        `first` is the number of the line at place 0; `filed` are the claims among them that are on file;
        `refused` has what is wrong with some lines by themselves.
        """
        if not refused and self._all_taken(first, lines, filed):
            return {}
        bad: dict[int, tuple[Refusal, ...]] = {}
        self._db.execute("BEGIN")
        for each in lines:
            number = first + each.line
            faults = self._faults(each)
            if not faults:
                faults = [*refused.get(number, ()), *self._foreign(each)]
            if faults:
                bad[number] = tuple(faults)
            else:
                self._db.executemany(_KEEP, self._rows(number, each, filed))
                self._lead(number, each)
        self._db.execute("COMMIT")
        return bad

    def loose(self, on_file: Callable[[Iterable[str]], set[str]]) -> dict[int, tuple[Refusal, ...]]:
        """Return the lines whose relations lead to no claim, with what is wrong with them."""
        if not self._is_leading():
            return {}
        for each in _INDEXES:
            self._db.execute(each)
        query = f"""SELECT DISTINCT "to" FROM lead
            WHERE NOT EXISTS (SELECT 1 FROM seen WHERE kind = {_CLAIM} AND key = lead."to")"""
        wanted = [row[0] for row in self._db.execute(query)]
        gone: set[str] = set()
        for start in range(0, len(wanted), _ASKED):
            part = wanted[start : start + _ASKED]
            gone |= set(part) - on_file(part)
        return self._leading_to(gone)

    def drop(self, lines: Iterable[int]) -> set[str]:
        """Forget lines; return the claims that are then neither in the file nor on file."""
        gone = set()
        for line in lines:
            row = self._db.execute(
                f"SELECT key, value FROM seen WHERE line = ? AND kind = {_CLAIM}", (line,)
            ).fetchone()
            self._db.execute("DELETE FROM seen WHERE kind = ? AND key = ?", (_CLAIM, row[0]))
            self._db.execute("DELETE FROM lead WHERE line = ?", (line,))
            if not row[1]:
                gone.add(row[0])
        return gone

    def leading_to(self, gone: Iterable[str]) -> dict[int, tuple[Refusal, ...]]:
        """Return the lines whose relations lead to a claim in `gone`, which are not there any more."""
        return self._leading_to(gone)

    def apart(self, batch_of: Callable[[int], int]) -> Iterator[int]:
        """Yield the lines that can only be written together with others, in order.

        A line that leads to a new claim of a later batch is one, and so is each line that leads to one.
        """
        if not self._is_leading():
            return
        self._db.create_function("batch_of", 1, batch_of, deterministic=True)
        self._db.execute(
            f"""WITH RECURSIVE held (line) AS (
                SELECT lead.line FROM lead JOIN seen ON seen.kind = {_CLAIM} AND seen.key = lead."to"
                    WHERE NOT seen.value AND batch_of(seen.line) > batch_of(lead.line)
                UNION SELECT lead.line FROM held
                    JOIN seen ON seen.kind = 0 AND seen.line = held.line AND NOT seen.value
                    JOIN lead ON lead."to" = seen.key)
            INSERT INTO apart SELECT line FROM held"""
        )
        for row in self._db.execute("SELECT line FROM apart ORDER BY line"):
            yield row[0]

    def _is_leading(self) -> bool:
        return self._db.execute("SELECT 1 FROM lead LIMIT 1").fetchone() is not None

    def _all_taken(self, first: int, lines: Sequence[Keys], filed: Collection[str]) -> bool:
        """Take all lines in at once, or none where one of them names what another one names differently."""
        rows: list[tuple[int, str, int, object]] = []
        fresh: dict[tuple[int, str], bytes] = {}
        for each in lines:
            number = first + each.line
            rows.append((_CLAIM, each.id, number, each.id in filed))
            for key, _ in each.statements:
                rows.append((_STATEMENT, key, number, each.id))
            for kind, key, mark in each.shared:
                held = self._usual.get((kind, key)) or fresh.get((kind, key))
                if held is None:
                    fresh[kind, key] = mark
                    rows.append((_SHARED + kind, key, number, mark))
                elif held != mark:
                    return False
        self._db.execute("BEGIN")
        done = self._db.executemany(_KEEP, rows).rowcount
        if done < len(rows):
            self._db.execute("ROLLBACK")
            return False
        for each in lines:
            self._lead(first + each.line, each)
        self._db.execute("COMMIT")
        if len(self._usual) > _USUAL:
            self._usual = {}
        self._usual |= fresh
        return True

    def _rows(
        self, number: int, each: Keys, filed: Collection[str]
    ) -> Iterator[tuple[int, str, int, object]]:
        yield _CLAIM, each.id, number, each.id in filed
        for key, _ in each.statements:
            yield _STATEMENT, key, number, each.id
        for kind, key, mark in each.shared:
            yield _SHARED + kind, key, number, mark

    def _lead(self, number: int, each: Keys) -> None:
        for place, to in enumerate(each.leads):
            self._db.execute("INSERT INTO lead VALUES (?, ?, ?)", (number, place, to))

    def _held(self, kind: int, key: str) -> tuple[int, object] | None:
        query = "SELECT line, value FROM seen WHERE kind = ? AND key = ?"
        found: tuple[int, object] | None = None
        # A lone surrogate stands in no id that was kept.
        with suppress(UnicodeEncodeError):
            found = self._db.execute(query, (kind, key)).fetchone()
        return found

    def _faults(self, each: Keys) -> list[Refusal]:
        """Return where a line says again, or otherwise, what an earlier one said."""
        faults = []
        if (found := self._held(_CLAIM, each.id)) is not None:
            faults.append(stands_twice(each.id, found[0]))
        before = 0
        for place, (kind, key, mark) in enumerate(each.shared):
            before = place if not place or each.shared[place - 1][0] != kind else before
            found = self._held(_SHARED + kind, key)
            if found is not None and mark and found[1] != mark:
                faults.append(differs_between(f"{LISTS[kind]}[{place - before}].id", key, found[0]))
        return faults

    def _foreign(self, each: Keys) -> Iterator[Refusal]:
        for place, (key, _) in enumerate(each.statements):
            if (found := self._held(_STATEMENT, key)) is not None:
                yield belongs_elsewhere(place, key, str(found[1]))

    def _leading_to(self, gone: Iterable[str]) -> dict[int, tuple[Refusal, ...]]:
        faults: dict[int, list[Refusal]] = {}
        for key in gone:
            for line, place in self._db.execute('SELECT line, position FROM lead WHERE "to" = ?', (key,)):
                faults.setdefault(line, []).append(missing_claim(place, key))
        return {line: tuple(faults[line]) for line in sorted(faults)}
