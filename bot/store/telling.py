"""Answering a demand: a group is closed by the claim that answers it, and those who asked are told once.

What is told waits in the outbox; where the claim is under an embargo, until that ends.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from datetime import UTC, datetime

from bot import grouping
from bot.answers import Tier
from bot.calibration import Calibration, load
from bot.claims import Claim
from bot.matching import tiers
from bot.paste import clean
from bot.store.search import Known, lookup
from bot.store.wordings import fold_hash
from bot.views import HOUSE, View
from bot.wording import catalogue


def answered(conn: sqlite3.Connection, key: str, claim: str, now: float) -> int:
    """Close the group `key`: `claim` answers it. Return how many people will be told, each once.

    Call it in the transaction that vets the claim. An unknown group, or a closed one, is left as it is.
    """
    done = conn.execute(
        "UPDATE unanswered SET state = 'answered', claim = ? WHERE id = ? AND state = 'open'", (claim, key)
    )
    return tell(conn, key, claim, now) if done.rowcount else 0


def is_open_in(conn: sqlite3.Connection, key: str, workspace: str) -> bool:
    """Say whether the group `key` of this workspace waits for an answer."""
    query = "SELECT 1 FROM unanswered WHERE id = ? AND workspace = ? AND state = 'open'"
    return conn.execute(query, (key, workspace)).fetchone() is not None


def vetted(conn: sqlite3.Connection, claim: Claim, now: float, weights: Calibration | None = None) -> int:
    """Close every group that the newly vetted `claim` answers as the same; return how many people are told.

    Call it in the transaction that vets the claim, after its rows are saved and indexed. `weights` are
    those of matching; the ones that the program brings where there are none.
    """
    weights = weights or load()
    wordings = (claim.text, *claim.aliases)
    folds = [fold_hash(conn, folded) for each in wordings if (folded := grouping.key(each))]
    rows = conn.execute(
        f"""SELECT id, workspace, text, id IN (SELECT unanswered FROM unanswered_fold
                WHERE fold IN (SELECT value FROM json_each(:folds))) AS exact
            FROM unanswered WHERE state = 'open' AND (:workspace = '{HOUSE}' OR workspace = :workspace)""",
        {"folds": json.dumps(folds), "workspace": claim.workspace},
    ).fetchall()
    texts = {row["id"]: row["text"] for row in rows if row["text"] is not None and not row["exact"]}
    today = max(_day(now), claim.embargo_until or "")
    found = {row["id"] for row in rows if row["exact"]}
    known = Known()
    workspaces = {row["id"]: row["workspace"] for row in rows}
    for key in grouping.nearest(wordings, texts):
        view = View(today=today, workspace=workspaces[key])
        if _is_answered(conn, texts[key], claim, view, weights, known):
            found.add(key)
    return sum(answered(conn, key, claim.id, now) for key in sorted(found))


def tell(conn: sqlite3.Connection, group: str, claim: str, now: float) -> int:
    """Write down that each person who left an address is told of `claim`, and forget the address."""
    row = conn.execute("SELECT text, embargo_until FROM claim WHERE id = ?", (claim,)).fetchone()
    if row is None:
        return 0
    said = catalogue().say("demand.answered", text=row["text"], id=claim)
    due = _moment(row["embargo_until"], now)
    people = conn.execute(
        "SELECT person, platform, tenant, address FROM asker WHERE unanswered = ? AND address IS NOT NULL"
        " AND told_at IS NULL",
        (group,),
    ).fetchall()
    for each in people:
        conn.execute(
            "INSERT INTO outbox (id, kind, ref, platform, tenant, channel, message, payload, state,"
            " leased_until, tries, made_at) VALUES (?, 'answer', ?, ?, ?, ?, NULL, ?, 'waiting', ?, 0, ?)"
            " ON CONFLICT DO NOTHING",
            (
                secrets.token_hex(8),
                f"answer:{group}:{each['person']}",
                each["platform"],
                each["tenant"],
                each["address"],
                json.dumps({"text": said, "claim": claim}),
                due,
                now,
            ),
        )
    conn.execute(
        "UPDATE asker SET told_at = ?, address = NULL WHERE unanswered = ? AND address IS NOT NULL",
        (now, group),
    )
    return len(people)


def unanswered_again(conn: sqlite3.Connection, claim: str) -> None:
    """Open the groups that `claim` answered again, where readers do not get to see it after all.

    Whoever has not been told yet waits on, for what will answer.
    """
    row = conn.execute("SELECT state FROM claim WHERE id = ?", (claim,)).fetchone()
    if row is not None and row["state"] == "vetted":
        return
    groups = conn.execute("SELECT id FROM unanswered WHERE state = 'answered' AND claim = ?", (claim,))
    for group in [each["id"] for each in groups.fetchall()]:
        conn.execute("UPDATE unanswered SET state = 'open', claim = NULL WHERE id = ?", (group,))
        ref = f"answer:{group}:"
        waiting = conn.execute(
            "SELECT id, ref, channel FROM outbox WHERE kind = 'answer' AND state = 'waiting'"
            " AND taken_by IS NULL AND substr(ref, 1, ?) = ?",
            (len(ref), ref),
        ).fetchall()
        for each in waiting:
            conn.execute(
                "UPDATE asker SET address = ?, told_at = NULL WHERE unanswered = ? AND person = ?",
                (each["channel"], group, each["ref"].removeprefix(ref)),
            )
            conn.execute("DELETE FROM outbox WHERE id = ?", (each["id"],))


def _is_answered(  # noqa: PLR0917
    conn: sqlite3.Connection, text: str, claim: Claim, view: View, weights: Calibration, known: Known
) -> bool:
    paste = clean(text)
    hits = lookup(conn, paste, view=view, weights=weights, limit=3, known=known)
    same = any(hit.claim == claim.id and tier is Tier.SAME for hit, tier in tiers(hits, paste, weights))
    return same and not grouping.denies(paste.text, claim)


def _day(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def _moment(day: str | None, now: float) -> float:
    """Return the moment from which a claim under an embargo until `day` may be told of."""
    return max(now, datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) if day else now
