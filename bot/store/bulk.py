"""Writing many claims that are not on file yet: the rows that saving each would write, table by table."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final

from bot.claims import Claim, Relation, ResponseRequest
from bot.sources import Artifact, Custody, Source, Speaker
from bot.statements import Citation, Statement
from bot.store import outbox
from bot.store.preparing import TABLES, Entry, Row, SharedRow, digest
from bot.store.reading import whole_claim
from bot.store.revisions import Chain, Change, creation
from bot.store.rows import column_names, insertion
from bot.store.writing import CLAIM_APART

Known = Mapping[tuple[int, str], bytes | None]
"""The digest of each shared row (kind and id) that is on file; None of one that is known not to be."""

# In this order each row finds those that it refers to.
_WRITTEN: Final = {
    "speaker": column_names(Speaker),
    "source": column_names(Source),
    "address": ("address", "source"),
    "artifact": column_names(Artifact, without=("custody",)),
    "custody": ("artifact", "position", *column_names(Custody)),
    "claim": ("n", *column_names(Claim, without=CLAIM_APART)),
    "statement": ("claim", "position", *column_names(Statement, without=("citations",))),
    "citation": ("statement", "position", *column_names(Citation)),
    "relation": ("claim", "position", *column_names(Relation)),
    "request": ("claim", "position", *column_names(ResponseRequest)),
    "claim_speaker": ("claim", "id"),
    "claim_source": ("claim", "id"),
    "claim_artifact": ("claim", "id"),
    "touched": ("claim",),
    "fold": ("fold", "claim"),
    "wording_fts": ("rowid", "text", "aliases"),
    "record_fts": ("rowid", "statements", "names"),
}
_IN_TURN: Final = frozenset({"claim", "touched", "wording_fts", "record_fts"})
"""Tables whose rows have ascending numbers."""
_BEGINNING: Final = itemgetter(0, 1)
_HANGS_ON: Final = {1: "address", 2: "custody"}
_MORE: Final = """INSERT INTO term VALUES (?, ?)
    ON CONFLICT (term) DO UPDATE SET entries = entries + excluded.entries"""


def on_file(conn: sqlite3.Connection, table: str, ids: Iterable[str]) -> set[str]:
    """Return those of `ids` that a row of `claim` or `statement` has."""
    query = f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
    return {row[0] for row in conn.execute(query, (json.dumps(list(ids)),))}


def digests(conn: sqlite3.Connection, entity: str, ids: Iterable[str]) -> dict[str, bytes | None]:
    """Return the digest of each row on file, by its newest document in the log; None of what is not there."""
    query = """SELECT value, (SELECT "after" FROM revision WHERE entity = ? AND id = value
        ORDER BY n DESC LIMIT 1) FROM json_each(?)"""
    rows = conn.execute(query, (entity, json.dumps(list(ids))))
    return {key: digest(held) if held is not None else None for key, held in rows}


def shared_on_file(
    conn: sqlite3.Connection, shared: Iterable[tuple[int, str]], known: Known
) -> dict[tuple[int, str], bytes | None]:
    """Return the digests of those of the rows `shared` that `known` has not."""
    asked: dict[int, dict[str, None]] = {}
    for kind, key in shared:
        if (kind, key) not in known:
            asked.setdefault(kind, {})[key] = None
    return {
        (kind, key): mark
        for kind, keys in asked.items()
        for key, mark in digests(conn, TABLES[kind], keys).items()
    }


def write_new(  # noqa: PLR0917
    conn: sqlite3.Connection,
    entries: Sequence[Entry],
    shared: Sequence[SharedRow],
    change: Change,
    known: dict[tuple[int, str], bytes | None],
    now: float,
) -> None:
    """Write claims that are not on file, and log them, within the caller's transaction.

    None of their statements is on file either, and what they share is either not on file or the same there:
    `known` tells, and is brought up to date.
    """
    rows: dict[str, list[Row]] = {table: [] for table in _WRITTEN}
    counts: Counter[str] = Counter()
    chain = Chain(conn, change)
    last: int = conn.execute("SELECT coalesce(max(n), 0) FROM claim").fetchone()[0]
    for number, entry in enumerate(entries, last + 1):
        for place in entry.shared:
            held = shared[place]
            table = TABLES[held.kind]
            rows[f"claim_{table}"].append((entry.id, held.id))
            if known.get((held.kind, held.id)) is None:
                known[held.kind, held.id] = held.digest
                rows[table].append(held.row)
                if held.more:
                    rows[_HANGS_ON[held.kind]] += held.more
                hashed = creation(change, table, held.id, entry.id, held.document)
                chain.created(table, held.id, entry.id, held.document, hashed)
        rows["claim"].append((number, *entry.row))
        chain.created("claim", entry.id, entry.id, *entry.log)
        for key, row, document, hashed in entry.statements:
            rows["statement"].append(row)
            chain.created("statement", key, entry.id, document, hashed)
        rows["citation"] += entry.citations
        rows["relation"] += entry.relations
        rows["request"] += entry.requests
        rows["touched"].append((number,))
        if entry.matched is not None:
            made = entry.matched
            rows["fold"] += [(key, number) for key in made.folds]
            rows["wording_fts"].append((number, made.text, made.aliases))
            counts.update(made.terms)
            if made.said is not None:
                rows["record_fts"].append((number, made.said, made.names))
    for table, names in _WRITTEN.items():
        if rows[table]:
            # In the order of their keys they fall on fewer pages; the key of most is what they begin with.
            ordered = rows[table] if table in _IN_TURN else sorted(rows[table], key=_BEGINNING)
            conn.executemany(insertion(table, names), ordered)
    conn.executemany(_MORE, sorted(counts.items()))
    chain.write()
    _tell_related(conn, entries, change, now)


def _tell_related(conn: sqlite3.Connection, entries: Sequence[Entry], change: Change, now: float) -> None:
    """Let replies to the claims that new ones are related to be edited, as the saving of each would."""
    if conn.execute("SELECT 1 FROM reply_claim LIMIT 1").fetchone() is None:
        return
    ids = [each.id for each in entries]
    query = 'SELECT DISTINCT "to" FROM relation WHERE "to" IN (SELECT value FROM json_each(?))'
    named = {row[0] for row in conn.execute(query, (json.dumps(ids),))}
    for each in entries:
        if each.relations or each.id in named:
            claim = whole_claim(conn, each.id)
            if claim is not None:
                outbox.changed(conn, None, claim, change, now)
