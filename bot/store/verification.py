"""Checking a ledger against itself: SQLite's own checks, the chain of the log, and each row against it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict

from bot.sources import Artifact, Source, Speaker
from bot.store.reading import artifact, whole_claims
from bot.store.revisions import Broken, canonical, first_broken_link, latest_documents
from bot.store.rows import from_row
from bot.store.writing import claim_document


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
            yield ("statement", statement.id), canonical(asdict(statement))
    # Read from their tables: such a row stays when the last claim that had it lets go of it.
    for cls in (Speaker, Source, Artifact):
        table = cls.__name__.lower()
        for row in conn.execute(f"SELECT * FROM {table}").fetchall():
            each = artifact(conn, row) if cls is Artifact else from_row(cls, row)
            yield (table, row["id"]), canonical(asdict(each))  # type: ignore[call-overload]
