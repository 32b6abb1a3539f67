"""Checking a ledger against itself: the file, the log's chain, each row against the log, and the index."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from bot.sources import Source, Speaker
from bot.store import search
from bot.store.migrating import STEPS
from bot.store.reading import artifact, whole_claims
from bot.store.revisions import Broken, canonical, first_broken_link, latest_documents
from bot.store.rows import UnreadableError, document, from_row
from bot.store.sharing import addresses
from bot.store.writing import claim_document

_INDEX: Final = ("fold", "wording_fts", "record_fts", "term")
"""The tables that matching reads; all that they hold follows from the claims."""
_ROW: Final = {"fold": "claim", "wording_fts": "rowid", "record_fts": "rowid"}
"""Those of them that have rows of a claim, and which column says of which."""


def first_fault(conn: sqlite3.Connection) -> Broken | None:
    """Return the first revision that the ledger does not bear out, or None where all is well.

    A row that was changed, added or removed past the log is named by the last revision that it has;
    revision 0 stands for a fault that no revision can be named for.
    """
    damage: str = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if damage != "ok":
        return Broken(revision=0, fault=f"the file is damaged: {damage}")
    broken = first_broken_link(conn)
    if broken is not None:
        return broken
    try:
        return _row_fault(conn) or _index_fault(conn)
    except UnreadableError as error:
        row = conn.execute(
            "SELECT coalesce(max(n), 0) FROM revision WHERE entity = ? AND id = ?", (error.table, error.key)
        ).fetchone()
        return Broken(revision=row[0], fault=f"the {error.table} “{error.key}” on file cannot be read")


def _row_fault(conn: sqlite3.Connection) -> Broken | None:
    held = dict(_documents(conn))
    for number, entity, key, logged in latest_documents(conn):
        if held.pop((entity, key), None) != logged:
            return Broken(
                revision=number, fault=f"the {entity} “{key}” on file is not the one that it logged"
            )
    for entity, key in held:
        return Broken(revision=0, fault=f"the {entity} “{key}” is on file and was never logged")
    return None


def _documents(conn: sqlite3.Connection) -> Iterator[tuple[tuple[str, str], str | None]]:
    """Yield every row on file as the log would hold it."""
    for claim in whole_claims(conn):
        yield ("claim", claim.id), canonical(claim_document(claim))
        for statement in claim.statements:
            yield ("statement", statement.id), canonical(document(statement))
    # Read from their tables: such a row stays when the last claim that had it lets go of it.
    for row in conn.execute("SELECT * FROM speaker").fetchall():
        yield ("speaker", row["id"]), canonical(document(from_row(Speaker, row)))
    for row in conn.execute("SELECT * FROM source").fetchall():
        yield ("source", row["id"]), canonical(document(from_row(Source, row)))
    for row in conn.execute("SELECT * FROM artifact").fetchall():
        yield ("artifact", row["id"]), canonical(document(artifact(conn, row)))


def _index_fault(conn: sqlite3.Connection) -> Broken | None:
    """Make the tables that matching reads anew, from the claims, and compare."""
    right = "export the ledger and import it into a new one"
    sources = (from_row(Source, row) for row in conn.execute("SELECT * FROM source").fetchall())
    known = {(address, source.id) for source in sources for address in addresses(source)}
    if known != {tuple(row) for row in conn.execute("SELECT address, source FROM address")}:
        return Broken(revision=0, fault=f"the addresses of links are not the sources’; {right}")
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.row_factory = sqlite3.Row
        for step in STEPS:
            for statement in step:
                fresh.execute(statement)
        numbers = {row["id"]: row["n"] for row in conn.execute("SELECT id, n FROM claim")}
        for claim in whole_claims(conn):
            fresh.execute(
                "INSERT INTO claim"
                " (n, id, text, language, aliases, allegation, living_person, concerns, state)"
                " VALUES (?, ?, '', '', '[]', 0, 0, '[]', ?)",
                (numbers[claim.id], claim.id, claim.state),
            )
            search.index(fresh, claim)
        # What an older program made stands as it made it until it is renewed.
        old = json.dumps([row[0] for row in conn.execute(_older(conn))])
        for table in _INDEX if old == "[]" else tuple(_ROW):
            row = _ROW.get(table)
            query = f"SELECT {'rowid, ' if row == 'rowid' else ''}* FROM {table}"
            query += f" WHERE {row} NOT IN (SELECT value FROM json_each(?))" if row else ""
            given = (old,) if row else ()
            held = {tuple(each) for each in conn.execute(query, given)}
            if held != {tuple(each) for each in fresh.execute(query, given)}:
                return Broken(revision=0, fault=f"what matching reads ({table}) is not the claims’; {right}")
    return None


def _older(conn: sqlite3.Connection) -> str:
    """Return the query for the claims whose rows an older program made: all, where its schema is old."""
    query = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'outdated')"
    return "SELECT claim FROM outdated" if conn.execute(query).fetchone()[0] else "SELECT n FROM claim"
