"""How an entry stands for those who keep it: whole, its newest revision, at an earlier one, whether frozen.

An editor works on the entries of their own workspace. The house's they see as readers do, unless they are
the house.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any, Final

from bot.claims import Claim
from bot.folding import fold
from bot.moderation.members import Member
from bot.sources import Artifact, Source, Speaker
from bot.statements import Kind, State, Statement, TargetKind
from bot.store.faults import cannot
from bot.store.histories import value_of
from bot.store.reading import visible_claim, whole_claim
from bot.store.rows import from_row
from bot.store.sharing import shared_rows
from bot.store.visibility import VISIBLE
from bot.views import HOUSE, View, now

SUGGESTED: Final = 25
"""Speakers that are suggested at most; Discord's limit for a choice, the tightest."""

_SPEAKERS: Final = f"""
    SELECT DISTINCT speaker.* FROM claim JOIN statement ON statement.claim = claim.id
        JOIN speaker ON speaker.id = statement.speaker WHERE statement.state = 'vetted' AND {VISIBLE}
    UNION SELECT DISTINCT speaker.* FROM claim, json_each(claim.concerns) AS concern
        JOIN speaker ON speaker.id = concern.value WHERE {VISIBLE}"""


def newest_of(conn: sqlite3.Connection, claim: Claim) -> int:
    """Return the newest revision that changed what `claim` shows: its own rows and those that it shares."""
    query = "SELECT coalesce(max(n), 0) FROM revision WHERE claim = ?"
    found: int = conn.execute(query, (claim.id,)).fetchone()[0]
    for _, each in shared_rows(claim):
        found = max(found, newest_of_row(conn, type(each).__name__.lower(), each.id))
    return found


def newest_of_row(conn: sqlite3.Connection, entity: str, key: str) -> int:
    """Return the newest revision of one row; 0 where there is none."""
    query = "SELECT coalesce(max(n), 0) FROM revision WHERE entity = ? AND id = ?"
    found: int = conn.execute(query, (entity, key)).fetchone()[0]
    return found


def held(conn: sqlite3.Connection, workspace: str, key: str) -> tuple[int, Claim] | None:
    """Return an entry and its newest revision: one's own workspace's whole, the house's as readers see it."""
    claim = whole_claim(conn, key)
    if claim is not None and claim.workspace != workspace:
        claim = visible_claim(conn, key, view=now(workspace)) if claim.workspace == HOUSE else None
    return (newest_of(conn, claim), claim) if claim else None


def own_claim(conn: sqlite3.Connection, by: Member, key: str) -> Claim:
    """Return an entry of one's own workspace, whole.

    Raises:
        BadInputError: There is none, or it is the house's. What is another workspace's is not told.
    """
    found = held(conn, by.workspace, key)
    if found is None:
        raise cannot("no_claim", claim=shown(key))
    claim = found[1]
    if claim.workspace != by.workspace:
        raise cannot("house", claim=shown(key))
    return claim


def editable(conn: sqlite3.Connection, by: Member, key: str) -> Claim:
    """Return an entry of one's own workspace that can still be changed.

    Raises:
        BadInputError: As for `own_claim`, or it was merged into another one.
    """
    claim = own_claim(conn, by, key)
    if claim.state is State.SUPERSEDED and claim.merged_into is not None:
        raise cannot("merged_already", claim=claim.id, into=claim.merged_into)
    return claim


def claim_at(conn: sqlite3.Connection, key: str, revision: int) -> Claim | None:
    """Return the entry as it stood, whole, when `revision` was the newest; None where it was not there."""
    document = _document(conn, "claim", key, revision)
    if document is None:
        return None
    lists: dict[str, type[Any]] = {
        "statements": Statement,
        "speakers": Speaker,
        "sources": Source,
        "artifacts": Artifact,
    }
    names = {name: document.pop(name) for name in lists}
    rows: dict[str, Any] = {
        name: tuple(
            value_of(cls, cls.__name__.lower(), each, _document(conn, cls.__name__.lower(), each, revision))
            for each in names[name]
        )
        for name, cls in lists.items()
    }
    return replace(value_of(Claim, "claim", key, document), **rows)


def put_back(then: Claim, present: Claim) -> Claim:
    """Return the entry as it stood then, with what came since withdrawn: nothing on file is deleted.

    What came since keeps the speakers and sources that it names. It lets go of an artifact that the entry
    no longer has, which a reader would otherwise go on seeing.
    """
    known = {each.id for each in then.statements}
    artifacts = {each.id for each in then.artifacts}
    later = tuple(_let_go(each, artifacts) for each in present.statements if each.id not in known)
    named = {each.speaker for each in later}
    cited = {citation.source for each in later for citation in each.citations}
    cited |= {each.about.id for each in later if each.about and each.about.kind is TargetKind.SOURCE}
    speakers = {each.id: each for each in then.speakers}
    ours = {each.id: each for each in present.speakers}
    while further := {each for each in named if each in ours} - speakers.keys():
        speakers |= {each: ours[each] for each in further}
        named |= {ours[each].merged_into for each in further}
    sources = {each.id: each for each in present.sources if each.id in cited}
    sources |= {each.id: each for each in then.sources}
    return replace(
        then,
        statements=(*then.statements, *later),
        speakers=tuple(speakers.values()),
        sources=tuple(sources.values()),
    )


def _let_go(statement: Statement, artifacts: set[str]) -> Statement:
    gone = replace(statement, state=State.WITHDRAWN, superseded_by=None)
    about = statement.about
    if about is not None and about.kind is TargetKind.ARTIFACT and about.id not in artifacts:
        gone = replace(gone, kind=Kind.CONTEXT, about=None, part=None)
    return gone


def speakers(conn: sqlite3.Connection, view: View, words: str) -> tuple[Speaker, ...]:
    """Return the speakers whose names hold `words`, of what `view` shows, by name; at most 25."""
    asked = fold(words)
    found = [
        each
        for each in (from_row(Speaker, row) for row in conn.execute(_SPEAKERS, view.values()))
        if each.merged_into is None and any(asked in fold(name) for name in (each.name, *each.aliases))
    ]
    # Whoever types a beginning means a name that begins so.
    found.sort(key=lambda each: (not fold(each.name).startswith(asked), each.name, each.id))
    return tuple(found[:SUGGESTED])


def stale(conn: sqlite3.Connection, workspace: str, before: str) -> tuple[Claim, ...]:
    """Return the vetted entries of a workspace that were last reviewed before the day `before`."""
    rows = conn.execute(
        "SELECT id FROM claim WHERE workspace = ? AND state = 'vetted' AND last_reviewed_on < ?"
        " ORDER BY last_reviewed_on, n",
        (workspace, before),
    ).fetchall()
    claims = (whole_claim(conn, row["id"]) for row in rows)
    return tuple(each for each in claims if each is not None)


def shown(key: str) -> str:
    """Return an id as a sentence repeats it."""
    return key if len(key) <= 80 else f"{key[:80]}…"  # noqa: PLR2004 - as much as fits on a line


def _document(conn: sqlite3.Connection, entity: str, key: str, revision: int) -> Any:
    row = conn.execute(
        "SELECT after FROM revision WHERE entity = ? AND id = ? AND n <= ? ORDER BY n DESC LIMIT 1",
        (entity, key, revision),
    ).fetchone()
    return json.loads(row["after"]) if row else None
