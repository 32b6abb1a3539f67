"""What the log tells a reader: who changed an entry and when, and how the entry stood on another day."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.answers import HistoryItem, RelatedClaim
from bot.claims import Claim, RelationKind
from bot.sources import Artifact, Source, Speaker
from bot.statements import State, Statement
from bot.store.reading import INVERSE, final_id, visible_claim
from bot.store.rows import UnreadableError
from bot.views import View

T = TypeVar("T")

# What an entry shares with one of another workspace was changed there too, by people of no concern here.
_LOGGED: Final = """
    SELECT revision.* FROM revision JOIN claim ON claim.id = revision.claim
    WHERE revision.entity = :entity AND revision.id = :id AND claim.workspace IN ('', :workspace)"""


def history(conn: sqlite3.Connection, key: str, *, view: View) -> tuple[HistoryItem, ...] | None:
    """Return the changes of the claim `key` and of what is shown with it, oldest first.

    The log holds texts that were never vetted, so an item names the fields that changed and not what
    stood in them. None: a reader may not see the claim.
    """
    claim = visible_claim(conn, final_id(conn, key, view=view), view=view)
    if claim is None:
        return None
    shown = {("claim", claim.id)}
    shown |= {("statement", each.id) for each in claim.statements}
    shown |= {("speaker", each.id) for each in claim.speakers}
    shown |= {("source", each.id) for each in claim.sources}
    shown |= {("artifact", each.id) for each in claim.artifacts}
    items: list[HistoryItem] = []
    for entity, row_id in sorted(shown):
        rows = conn.execute(_LOGGED, {"entity": entity, "id": row_id, **view.values()})
        items += [_item(row) for row in rows]
    return tuple(sorted(items, key=lambda item: item.n))


def whole_history(conn: sqlite3.Connection, workspace: str, key: str) -> tuple[HistoryItem, ...]:
    """Return all changes of an entry of a workspace, oldest first: what was withdrawn or undone included.

    For those who keep it. Empty: the workspace has no such entry.
    """
    rows = conn.execute(
        "SELECT revision.* FROM revision JOIN claim ON claim.id = revision.claim"
        " WHERE claim.id = ? AND claim.workspace = ? ORDER BY revision.n",
        (key, workspace),
    )
    return tuple(map(_item, rows))


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


def claim_as_of(conn: sqlite3.Connection, key: str, day: str, *, view: View) -> Claim | None:
    """Return the claim `key` as a reader saw it at the end of `day` (`YYYY-MM-DD`, UTC), or None.

    What has been withdrawn since does not come back this way: the claim must be visible today, and a
    statement must be vetted or superseded today.
    """
    if visible_claim(conn, key, view=view) is None:
        return None
    document = _document(conn, "claim", key, day)
    if document is None or not _was_shown(document, day):
        return None
    names = {name: document.pop(name) for name in ("statements", "speakers", "sources", "artifacts")}
    statements = tuple(
        each
        for each in _values(conn, Statement, "statement", names["statements"], day)
        if each.state is State.VETTED and _is_still_shown(conn, each.id)
    )
    claim = value_of(Claim, "claim", key, document)
    relations = tuple(each for each in claim.relations if visible_claim(conn, each.to, view=view) is not None)
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


def related_as_of(conn: sqlite3.Connection, key: str, day: str, *, view: View) -> tuple[RelatedClaim, ...]:
    """Return the claims that `key` was related to at the end of `day`, in either direction, each once.

    Each must be visible today, and have been vetted on that day; its text is that of the day.
    """
    own = _document(conn, "claim", key, day)
    ends = [(each["to"], each["kind"], False) for each in own["relations"]] if own else []
    mention = f'%"to":{json.dumps(key, ensure_ascii=False)}%'
    rows = conn.execute(
        "SELECT DISTINCT id FROM revision WHERE entity = 'claim' AND after LIKE ?", (mention,)
    ).fetchall()
    for row in rows:
        other = _document(conn, "claim", row["id"], day)
        relations = other["relations"] if other else ()
        ends += [(row["id"], each["kind"], True) for each in relations if each["to"] == key]
    found: dict[str, RelatedClaim] = {}
    for other_key, kind, is_inverse in ends:
        document = _document(conn, "claim", other_key, day)
        is_shown = document is not None and _was_shown(document, day)
        if other_key not in found and is_shown and visible_claim(conn, other_key, view=view):
            relation = RelationKind(kind)
            found[other_key] = RelatedClaim(
                id=other_key,
                text=document["text"],
                kind=INVERSE.get(relation, relation) if is_inverse else relation,
            )
    return tuple(found.values())


def _was_shown(document: Any, day: str) -> bool:
    """Say whether a reader saw the claim of a logged document at the end of `day`."""
    embargo = document["embargo_until"]
    return document["state"] == State.VETTED and (embargo is None or embargo <= day)


def _document(conn: sqlite3.Connection, entity: str, key: str, day: str) -> Any:
    row = conn.execute(
        "SELECT after FROM revision WHERE entity = ? AND id = ? AND substr(at, 1, 10) <= ?"
        " ORDER BY n DESC LIMIT 1",
        (entity, key, day),
    ).fetchone()
    if row is None:
        return None
    try:
        return json.loads(row["after"])
    except ValueError as error:
        raise UnreadableError(entity, key, "revision") from error


def _values(conn: sqlite3.Connection, cls: type[T], entity: str, keys: list[str], day: str) -> tuple[T, ...]:
    documents = ((key, _document(conn, entity, key, day)) for key in keys)
    return tuple(value_of(cls, entity, key, each) for key, each in documents if each is not None)


def value_of(cls: type[T], entity: str, key: str, document: Any) -> T:
    """Return the `cls` that a logged document holds.

    Raises:
        UnreadableError: It is nothing that we write.
    """
    try:
        return TypeAdapter(cls).validate_json(json.dumps(document))
    except ValidationError as error:
        raise UnreadableError(entity, key, "revision") from error


def _is_still_shown(conn: sqlite3.Connection, key: str) -> bool:
    row = conn.execute("SELECT state FROM statement WHERE id = ?", (key,)).fetchone()
    return row is not None and row["state"] in {State.VETTED, State.SUPERSEDED}
