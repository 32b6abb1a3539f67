"""Claims from their rows: as a reader may see them, or whole for the people who keep the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

from bot.answers import RelatedClaim
from bot.claims import Claim, Relation, RelationKind, ResponseRequest
from bot.sources import Artifact, Custody, Source, Speaker
from bot.statements import Citation, Statement
from bot.store.rows import from_row, target
from bot.store.visibility import VISIBLE
from bot.views import View

# Each part of a claim has two queries: of all its rows, and of those that a reader may see.
_STATEMENTS: Final = "SELECT * FROM statement WHERE claim = :claim"
_VETTED: Final = " AND state = 'vetted'"
_SOURCES: Final = (
    "SELECT source.* FROM claim_source JOIN source USING (id) WHERE claim = :claim ORDER BY id",
    """SELECT * FROM source WHERE id IN (
        SELECT citation.source FROM citation JOIN statement ON statement.id = citation.statement
            WHERE statement.claim = :claim AND statement.state = 'vetted'
        UNION SELECT about_id FROM statement
            WHERE claim = :claim AND state = 'vetted' AND about_kind = 'source'
        UNION SELECT custody.source FROM custody JOIN claim_artifact ON claim_artifact.id = custody.artifact
            WHERE claim_artifact.claim = :claim) ORDER BY id""",
)
_SPEAKERS: Final = (
    "SELECT speaker.* FROM claim_speaker JOIN speaker USING (id) WHERE claim = :claim ORDER BY id",
    """WITH RECURSIVE named (id) AS (
        SELECT speaker FROM statement WHERE claim = :claim AND state = 'vetted' AND speaker IS NOT NULL
        UNION SELECT concern.value FROM claim, json_each(claim.concerns) AS concern WHERE claim.id = :claim
        UNION SELECT speaker.merged_into FROM named JOIN speaker USING (id)
            WHERE speaker.merged_into IS NOT NULL)
    SELECT speaker.* FROM named JOIN speaker USING (id) ORDER BY id""",
)
_ARTIFACTS: Final = (
    "SELECT artifact.* FROM claim_artifact JOIN artifact USING (id) WHERE claim = :claim ORDER BY id"
)
_RELATIONS: Final = (
    'SELECT relation.kind, relation."to" FROM relation WHERE relation.claim = :claim ORDER BY position',
    f"""SELECT relation.kind, relation."to" FROM relation JOIN claim ON claim.id = relation."to"
        WHERE relation.claim = :claim AND {VISIBLE} ORDER BY position""",
)

INVERSE: Final = {
    RelationKind.NARROWS: RelationKind.BROADENS,
    RelationKind.BROADENS: RelationKind.NARROWS,
}
"""How a relation reads from its other end; the rest read alike, or have no word for it."""


def whole_claim(conn: sqlite3.Connection, key: str) -> Claim | None:
    """Return the claim with the id `key` with all that it holds, whatever the state; None: no such id."""
    row = conn.execute("SELECT * FROM claim WHERE id = ?", (key,)).fetchone()
    return _assembled(conn, row, visible=False, view=View(today="")) if row else None


def whole_claims(conn: sqlite3.Connection) -> Iterator[Claim]:
    """Yield every claim whatever its state, in the order in which they were first saved."""
    for row in conn.execute("SELECT * FROM claim ORDER BY n").fetchall():
        yield _assembled(conn, row, visible=False, view=View(today=""))


def visible_claim(conn: sqlite3.Connection, key: str, *, view: View) -> Claim | None:
    """Return the claim with the id `key` as a reader of `view` may see it, or None."""
    row = conn.execute(
        f"SELECT * FROM claim WHERE id = :key AND {VISIBLE}",
        {"key": key, **view.values()},
    ).fetchone()
    return _assembled(conn, row, visible=True, view=view) if row else None


def visible_claims(conn: sqlite3.Connection, *, view: View) -> Iterator[Claim]:
    """Yield every claim that a reader may see, in the order in which they were first saved."""
    rows = conn.execute(
        f"SELECT * FROM claim WHERE {VISIBLE} ORDER BY n",
        {**view.values()},
    ).fetchall()
    for row in rows:
        yield _assembled(conn, row, visible=True, view=view)


def final_id(conn: sqlite3.Connection, key: str, *, view: View) -> str:
    """Return the id of the claim that the claim `key` was merged into in the end, else `key` itself."""
    query = """SELECT merged_into FROM claim WHERE id = :key AND state = 'superseded'
        AND merged_into IS NOT NULL AND workspace IN ('', :workspace)"""
    seen = {key}
    while row := conn.execute(query, {"key": key, **view.values()}).fetchone():
        if row["merged_into"] in seen:
            break
        key = row["merged_into"]
        seen.add(key)
    return key


def is_vetted_alone(conn: sqlite3.Connection, key: str, day: str | None = None) -> bool:
    """Say whether the claim was vetted last (or last by the end of `day`) by the person who wrote it."""
    row = conn.execute(
        """SELECT vetting.author, vetting.approver FROM vetting JOIN revision ON revision.n = vetting.revision
            WHERE vetting.claim = :claim AND (:day IS NULL OR substr(revision.at, 1, 10) <= :day)
            ORDER BY vetting.revision DESC LIMIT 1""",
        {"claim": key, "day": day},
    ).fetchone()
    # Of a change that was taken back to one that nobody is on file for, both are empty.
    return row is not None and row["author"] == row["approver"] != ""


def related_claims(conn: sqlite3.Connection, key: str, *, view: View) -> tuple[RelatedClaim, ...]:
    """Return the visible claims that `key` is related to, in either direction, each once."""
    rows = conn.execute(
        f"""SELECT claim.id, claim.text, other.kind, other.inverse FROM (
                SELECT "to" AS id, kind, 0 AS inverse, position FROM relation WHERE claim = :key
                UNION ALL SELECT claim, kind, 1, position FROM relation WHERE "to" = :key) AS other
            JOIN claim ON claim.id = other.id WHERE {VISIBLE}
            ORDER BY other.inverse, other.position, claim.n""",
        {"key": key, **view.values()},
    )
    found: dict[str, RelatedClaim] = {}
    for row in rows:
        kind = RelationKind(row["kind"])
        kind = INVERSE.get(kind, kind) if row["inverse"] else kind
        related = RelatedClaim(id=row["id"], text=row["text"], kind=kind)
        found.setdefault(related.id, related)
    return tuple(found.values())


def _assembled(conn: sqlite3.Connection, row: sqlite3.Row, *, visible: bool, view: View) -> Claim:
    given = {"claim": row["id"], **view.values()}
    statements = conn.execute(_STATEMENTS + (_VETTED if visible else "") + " ORDER BY position", given)
    return from_row(
        Claim,
        row,
        statements=tuple(_statement(conn, each) for each in statements.fetchall()),
        speakers=tuple(from_row(Speaker, each) for each in conn.execute(_SPEAKERS[visible], given)),
        sources=tuple(from_row(Source, each) for each in conn.execute(_SOURCES[visible], given)),
        artifacts=tuple(artifact(conn, each) for each in conn.execute(_ARTIFACTS, given).fetchall()),
        relations=tuple(from_row(Relation, each) for each in conn.execute(_RELATIONS[visible], given)),
        requests=tuple(
            from_row(ResponseRequest, each)
            for each in conn.execute("SELECT * FROM request WHERE claim = :claim ORDER BY position", given)
        ),
    )


def _statement(conn: sqlite3.Connection, row: sqlite3.Row) -> Statement:
    cited = conn.execute("SELECT * FROM citation WHERE statement = ? ORDER BY position", (row["id"],))
    return from_row(
        Statement, row, about=target(row), citations=tuple(from_row(Citation, each) for each in cited)
    )


def artifact(conn: sqlite3.Connection, row: sqlite3.Row) -> Artifact:
    """Return the artifact that `row` holds, with its chain of custody."""
    steps = conn.execute("SELECT * FROM custody WHERE artifact = ? ORDER BY position", (row["id"],))
    return from_row(Artifact, row, custody=tuple(from_row(Custody, each) for each in steps))
