"""Speakers, sources and artifacts: rows that claims share, and what a change of one does to the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from bot.addresses import canonical_address
from bot.claims import Claim
from bot.sources import Artifact, Source, Speaker
from bot.statements import TargetKind
from bot.store.reading import artifact, whole_claim
from bot.store.revisions import Change, Document, append
from bot.store.rows import columns, document, from_row, insert

Shared = Speaker | Source | Artifact


def shared_rows(claim: Claim) -> list[tuple[str, Shared]]:
    """Return what `claim` shares with others: the field that names it, and the row."""
    lists: tuple[tuple[str, tuple[Shared, ...]], ...] = (
        ("speakers", claim.speakers),
        ("sources", claim.sources),
        ("artifacts", claim.artifacts),
    )
    return [(f"{name}[{index}].id", each) for name, held in lists for index, each in enumerate(held)]


def held_row(conn: sqlite3.Connection, shared: Shared) -> Shared | None:
    """Return what is on file under the kind and id of `shared`."""
    row = conn.execute(f"SELECT * FROM {_table(shared)} WHERE id = ?", (shared.id,)).fetchone()
    if row is None:
        return None
    if isinstance(shared, Artifact):
        return artifact(conn, row)
    return from_row(Source, row) if isinstance(shared, Source) else from_row(Speaker, row)


def is_shown(conn: sqlite3.Connection, shared: Shared) -> bool:
    """Say whether a vetted claim, embargoed or not, has `shared` in it.

    A claim has in it all that its reader is shown: `with_members` keeps it so.
    """
    query = f"""SELECT 1 FROM claim_{_table(shared)} AS member JOIN claim ON claim.id = member.claim
        WHERE member.id = ? AND claim.state = 'vetted'"""
    return conn.execute(query, (shared.id,)).fetchone() is not None


def save_shared(conn: sqlite3.Connection, shared: Shared, claim: Claim, change: Change) -> bool:
    """Write one shared row where it differs from what is on file, and say whether it did."""
    held = held_row(conn, shared)
    if held == shared:
        return False
    table = _table(shared)
    insert(conn, table, columns(shared, without=("custody",)), key="id")
    if isinstance(shared, Artifact):
        conn.execute("DELETE FROM custody WHERE artifact = ?", (shared.id,))
        for position, step in enumerate(shared.custody):
            insert(conn, "custody", {"artifact": shared.id, "position": position} | columns(step))
    if isinstance(shared, Source):
        conn.execute("DELETE FROM address WHERE source = ?", (shared.id,))
        for address in addresses(shared):
            insert(conn, "address", {"address": address, "source": shared.id})
    before: Document | None = document(held) if held else None
    append(conn, change, entity=table, key=shared.id, claim=claim.id, before=before, after=document(shared))
    return True


def addresses(source: Source) -> tuple[str, ...]:
    """Return the addresses of `source` in the form under which a pasted link is looked up."""
    found = {canonical_address(url) for url in (source.url, source.archive_url) if url}
    return tuple(sorted(each for each in found if each))


def others_with(conn: sqlite3.Connection, touched: Iterable[Shared], key: str) -> Iterator[Claim]:
    """Yield the claims other than `key` that a changed row belongs to."""
    others: set[str] = set()
    for each in touched:
        query = f"SELECT claim FROM claim_{_table(each)} WHERE id = ? AND claim <> ?"
        others.update(row["claim"] for row in conn.execute(query, (each.id, key)))
    for other in sorted(others):
        claim = whole_claim(conn, other)
        if claim is not None:
            yield claim


def with_members(conn: sqlite3.Connection, claim: Claim) -> Claim:
    """Return `claim` with just the speakers and sources that its statements and artifacts name now.

    Another claim can change what a shared row names: an artifact's chain of custody gets a source, a
    speaker turns out to be another one.
    """
    speakers: dict[str, Speaker] = {}
    names = {each.speaker for each in claim.statements if each.speaker} | set(claim.concerns)
    while names:
        found = [_row(conn, Speaker, name) for name in sorted(names)]
        speakers |= {each.id: each for each in found}
        names = {each.merged_into for each in found if each.merged_into} - speakers.keys()
    cited = {citation.source for each in claim.statements for citation in each.citations}
    cited |= {
        each.about.id for each in claim.statements if each.about and each.about.kind is TargetKind.SOURCE
    }
    cited |= {step.source for each in claim.artifacts for step in each.custody if step.source}
    return replace(
        claim,
        speakers=tuple(speakers[name] for name in sorted(speakers)),
        sources=tuple(_row(conn, Source, name) for name in sorted(cited)),
    )


def _row(conn: sqlite3.Connection, cls: type[Speaker | Source], key: str) -> Any:
    return from_row(
        cls, conn.execute(f"SELECT * FROM {cls.__name__.lower()} WHERE id = ?", (key,)).fetchone()
    )


def _table(shared: Shared) -> str:
    return type(shared).__name__.lower()
