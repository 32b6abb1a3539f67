"""The append-only log: every change of every row, each with the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from bot.answers import ChangeClass
from bot.records import record
from bot.store.rows import insert, insertion

FIRST: Final = "0" * 64
"""What stands for “the hash before” in the first revision."""

_HASHED: Final = (
    "n", "at", "actor", "action", "reason", "entity", "id", "claim", "before", "after", "previous",
)  # fmt: skip

# Documents are trees: there is no circle to look for.
_SORTED: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode
_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

Document = Mapping[str, object]
"""A row and the rows that hang from it, as JSON can hold it."""


@record
class Change:
    """Who changes the ledger, when, and why; `at` is the time in UTC, ISO 8601 to the microsecond.

    `classed` is the approver's word for what it is to readers, where it was given; the log has it not.
    """

    actor: str
    reason: str | None = None
    at: str = ""
    classed: ChangeClass | None = None

    def now(self) -> Change:
        """Return this change with the present time."""
        return replace(self, at=datetime.now(UTC).isoformat())


@record
class Broken:
    """The first place where the ledger does not agree with its log: the revision, and what is wrong."""

    revision: int
    fault: str


def canonical(document: Document) -> str:
    """Return `document` as the one JSON text that is stored and hashed."""
    return _SORTED(document)


@lru_cache(maxsize=8)
def _beginning(change: Change) -> str:
    """Return what every revision that `change` creates begins with."""
    return _COMPACT((change.at, change.actor, "created", change.reason))[1:-1]


def creation(change: Change, entity: str, key: str, claim: str, after: str) -> str:
    """Return what is hashed of the revision that creates a row, but for its number and the hash before it.

    `key` and `claim` are ids that the rules have passed, `after` is canonical; see `Chain.created`.
    """
    return f'{_beginning(change)},"{entity}","{key}","{claim}",null,{_COMPACT(after)}'


class Chain:
    """The end of the log, to which many revisions are added at once within the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection, change: Change) -> None:
        last = conn.execute("SELECT n, hash FROM revision ORDER BY n DESC LIMIT 1").fetchone()
        self._change = change
        self._conn = conn
        self._number: int = last["n"] if last else 0
        self._previous: str = last["hash"] if last else FIRST
        self._rows: list[tuple[object, ...]] = []

    def created(self, entity: str, key: str, claim: str, after: str, hashed: str) -> None:
        """Add the revision that creates a row; `after` is canonical and `hashed` what `creation` gives."""
        self._number += 1
        made = hashlib.sha256(f'[{self._number},{hashed},"{self._previous}"]'.encode()).hexdigest()
        held = self._change
        self._rows.append(
            (
                *(self._number, held.at, held.actor, "created", held.reason),
                *(entity, key, claim, None, after, self._previous, made),
            )
        )
        self._previous = made

    def write(self) -> None:
        """Write what was added."""
        self._conn.executemany(insertion("revision", (*_HASHED, "hash")), self._rows)
        self._rows = []


def _hash(row: Mapping[str, object]) -> str:
    """Return the SHA-256, in hexadecimal, of a revision's columns as a JSON array."""
    text = _COMPACT([row[name] for name in _HASHED])
    return hashlib.sha256(text.encode()).hexdigest()


def newest(conn: sqlite3.Connection) -> int:
    """Return the number of the newest revision, which is the ledger's revision; 0 where there is none."""
    found: int = conn.execute("SELECT coalesce(max(n), 0) FROM revision").fetchone()[0]
    return found


def append(
    conn: sqlite3.Connection,
    change: Change,
    *,
    entity: str,
    key: str,
    claim: str,
    before: Document | None,
    after: Document,
) -> int:
    """Add the change of one row to the log, within the caller's transaction, and return its number."""
    last = conn.execute("SELECT n, hash FROM revision ORDER BY n DESC LIMIT 1").fetchone()
    row: dict[str, object] = {
        "n": last["n"] + 1 if last else 1,
        "at": change.at,
        "actor": change.actor,
        "action": _action(before, after),
        "reason": change.reason,
        "entity": entity,
        "id": key,
        "claim": claim,
        "before": canonical(before) if before is not None else None,
        "after": canonical(after),
        "previous": last["hash"] if last else FIRST,
    }
    row["hash"] = _hash(row)
    insert(conn, "revision", row)
    number = row["n"]
    assert isinstance(number, int)  # noqa: S101 - for the type checker
    return number


def _action(before: Document | None, after: Document) -> str:
    """Return what was done, in one word: the new state where that changed, else created or amended."""
    if before is None:
        return "created"
    state = after.get("state")
    return str(state) if state is not None and state != before.get("state") else "amended"


def first_broken_link(conn: sqlite3.Connection) -> Broken | None:
    """Recompute the chain of hashes and return the first revision at which it breaks, or None."""
    previous = FIRST
    for number, row in enumerate(conn.execute("SELECT * FROM revision ORDER BY n"), 1):
        if row["n"] != number:
            return Broken(revision=number, fault=f"it is missing: the next on file is {row['n']}")
        if row["previous"] != previous:
            return Broken(revision=number, fault="it does not carry the hash of the revision before it")
        if row["hash"] != _hash(row):
            return Broken(revision=number, fault="its content does not have the hash that is on file with it")
        previous = row["hash"]
    return None


def latest_documents(conn: sqlite3.Connection) -> Iterator[tuple[int, str, str, str]]:
    """Yield, for every row that was ever logged: its last revision, entity, id and document (JSON)."""
    query = """SELECT n, entity, id, after FROM revision
        WHERE n IN (SELECT max(n) FROM revision GROUP BY entity, id) ORDER BY n"""
    for row in conn.execute(query):
        yield row["n"], row["entity"], row["id"], row["after"]
