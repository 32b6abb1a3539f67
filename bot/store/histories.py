"""What the log tells a reader: who changed an entry and when, and how the entry stood on another day."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import TypeAdapter

from bot.answers import HistoryItem
from bot.claims import Claim
from bot.sources import Artifact, Source, Speaker
from bot.statements import State, Statement
from bot.store.reading import visible_claim

T = TypeVar("T")


def history(conn: sqlite3.Connection, key: str, *, today: str) -> tuple[HistoryItem, ...] | None:
    """Return the changes of the claim `key` and of what is shown with it, oldest first.

    The log holds texts that were never vetted, so an item names the fields that changed and not what
    stood in them. None: a reader may not see the claim.
    """
    claim = visible_claim(conn, key, today=today)
    if claim is None:
        return None
    shown = {("claim", claim.id)}
    shown |= {("statement", each.id) for each in claim.statements}
    shown |= {("speaker", each.id) for each in claim.speakers}
    shown |= {("source", each.id) for each in claim.sources}
    shown |= {("artifact", each.id) for each in claim.artifacts}
    items: list[HistoryItem] = []
    for entity, row_id in sorted(shown):
        rows = conn.execute("SELECT * FROM revision WHERE entity = ? AND id = ?", (entity, row_id))
        items += [_item(row) for row in rows]
    return tuple(sorted(items, key=lambda item: item.n))


def _item(row: sqlite3.Row) -> HistoryItem:
    before = json.loads(row["before"]) if row["before"] else {}
    after = json.loads(row["after"])
    changed = tuple(name for name in after if before and before.get(name) != after[name])
    return HistoryItem(
        n=row["n"],
        at=row["at"],
        actor=row["actor"],
        action=row["action"],
        reason=row["reason"],
        entity=row["entity"],
        id=row["id"],
        changed=changed,
    )


def claim_as_of(conn: sqlite3.Connection, key: str, day: str, *, today: str) -> Claim | None:
    """Return the claim `key` as a reader saw it at the end of `day` (`YYYY-MM-DD`, UTC), or None.

    What has been withdrawn since does not come back this way: the claim must be visible today, and a
    statement must be vetted or superseded today.
    """
    if visible_claim(conn, key, today=today) is None:
        return None
    document = _document(conn, "claim", key, day)
    if document is None or document["state"] != State.VETTED:
        return None
    if document["embargo_until"] is not None and document["embargo_until"] > day:
        return None
    names = {name: document.pop(name) for name in ("statements", "speakers", "sources", "artifacts")}
    statements = tuple(
        each
        for each in _values(conn, Statement, "statement", names["statements"], day)
        if each.state is State.VETTED and _is_still_shown(conn, each.id)
    )
    claim = TypeAdapter(Claim).validate_json(json.dumps(document))
    relations = tuple(
        each for each in claim.relations if visible_claim(conn, each.to, today=today) is not None
    )
    artifacts = _values(conn, Artifact, "artifact", names["artifacts"], day)
    sources = {citation.source for each in statements for citation in each.citations}
    sources |= {each.about.id for each in statements if each.about}
    sources |= {step.source for each in artifacts for step in each.custody if step.source}
    speakers = {each.id: each for each in _values(conn, Speaker, "speaker", names["speakers"], day)}
    named = {each.speaker for each in statements if each.speaker} | set(claim.concerns)
    # A speaker who was merged into another is shown under the other's name.
    while further := {speakers[each].merged_into for each in named if each in speakers} - named - {None}:
        named |= {each for each in further if each}
    return replace(
        claim,
        statements=statements,
        relations=relations,
        artifacts=artifacts,
        sources=tuple(
            each for each in _values(conn, Source, "source", names["sources"], day) if each.id in sources
        ),
        speakers=tuple(each for each in speakers.values() if each.id in named),
    )


def _document(conn: sqlite3.Connection, entity: str, key: str, day: str) -> Any:
    row = conn.execute(
        "SELECT after FROM revision WHERE entity = ? AND id = ? AND substr(at, 1, 10) <= ?"
        " ORDER BY n DESC LIMIT 1",
        (entity, key, day),
    ).fetchone()
    return json.loads(row["after"]) if row else None


def _values(conn: sqlite3.Connection, cls: type[T], entity: str, keys: list[str], day: str) -> tuple[T, ...]:
    adapter = TypeAdapter(cls)
    documents = (_document(conn, entity, key, day) for key in keys)
    return tuple(adapter.validate_json(json.dumps(each)) for each in documents if each is not None)


def _is_still_shown(conn: sqlite3.Connection, key: str) -> bool:
    row = conn.execute("SELECT state FROM statement WHERE id = ?", (key,)).fetchone()
    return row is not None and row["state"] in {State.VETTED, State.SUPERSEDED}
