"""What has to be told of a change: written in the transaction that makes the change, so none is lost.

A reply that shows a claim gets an edit; a correction or withdrawal also a line in its thread; each follower
one message, for which changes are gathered for a while. A row that waits takes later changes in, so that
many of them are told together. `bot.store.delivering` hands the rows out.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bot.answers import Answer, ChangeClass
from bot.claims import Claim
from bot.moderation.changes import change_of, gravest, shared_change
from bot.store.feedback import setting
from bot.store.revisions import Change, newest

REPLY_DAYS: Final = ("outbox.reply_days", 90.0)
DIGEST_SECONDS: Final = ("outbox.digest_seconds", 60.0)
"""Settings that the running program writes from its configuration, and what holds until it did."""

DAY: Final = 86_400.0

Where = tuple[str, str, str, str]
"""A reply: platform, tenant, channel, message."""

_SHOWN: Final = """SELECT reply.platform, reply.tenant, reply.channel, reply.message
    FROM reply_claim JOIN reply USING (platform, tenant, channel, message)
    WHERE reply_claim.claim = ? AND reply.posted_at >= ? AND reply.dismissed_at IS NULL
    ORDER BY reply.posted_at DESC"""
_RELATED: Final = """SELECT "to" FROM relation WHERE claim = :claim
    UNION SELECT claim FROM relation WHERE "to" = :claim"""
_LOUD: Final = frozenset({ChangeClass.CORRECTED, ChangeClass.WITHDRAWN})
"""What is told in the thread as well."""


def changed(conn: sqlite3.Connection, before: Claim | None, after: Claim, change: Change, now: float) -> None:
    """Write down what has to be told of the change from `before` to `after`, if anything.

    Call it in the transaction that saves `after`, after its rows were written. `now` is in seconds.
    """
    how = change_of(before, after, today=_day(now), classed=change.classed)
    if before is not None:
        if after.merged_into is not None and before.merged_into is None:
            _stand_in(conn, after.id, after.merged_into)
        if how is not None:
            _tell(conn, after.id, how, now)
        if after.embargo_until is not None and after.embargo_until > _day(now):
            _later(conn, after.id, after.embargo_until, now)
    if how is not None:
        # Replies to a related claim name this one.
        related = {each["to"] for each in conn.execute(_RELATED, {"claim": after.id})}
        related |= {each.to for each in before.relations} if before is not None else set()
        for other in sorted(related - {after.id}):
            _edit(conn, other, ChangeClass.UPDATED, now)


def shared(conn: sqlite3.Connection, claim: Claim, change: Change, now: float) -> None:
    """Write down what has to be told of `claim`, of which another claim's saving changed a shared row."""
    found = []
    for entity, rows in (
        ("speaker", claim.speakers),
        ("source", claim.sources),
        ("artifact", claim.artifacts),
    ):
        for each in rows:
            row = conn.execute(
                'SELECT at, "before", "after" FROM revision WHERE entity = ? AND id = ?'
                " ORDER BY n DESC LIMIT 1",
                (entity, each.id),
            ).fetchone()
            if row is not None and row["at"] == change.at and row["before"] is not None:
                found.append(shared_change(json.loads(row["before"]), json.loads(row["after"])))
    told = [each for each in found if each is not None]
    # Nobody is shown what is not vetted, whatever changes in it.
    if told and change_of(None, claim, today=_day(now)) is not None:
        how = gravest(told)
        _tell(conn, claim.id, change.classed if change.classed and how in _LOUD else how, now)


def overtaken(conn: sqlite3.Connection, where: Where, answer: Answer, now: float) -> None:
    """Write down that a reply, noted this moment, shows what was changed while it was on its way."""
    since = answer.ledger_revision
    if not answer.claims or newest(conn) <= since:
        return
    for each in answer.claims:
        how = _since(conn, each.id, since, now)
        if how is not None:
            _one(conn, where, each.id, how, now)


def _day(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def _number(conn: sqlite3.Connection, of: tuple[str, float]) -> float:
    held = setting(conn, of[0])
    return float(held) if held is not None else of[1]


def _tell(conn: sqlite3.Connection, claim: str, how: ChangeClass, now: float) -> None:
    """Write down all that a change of `claim` asks for."""
    replies = _edit(conn, claim, how, now)
    if how in _LOUD:
        for where in replies:
            _line(conn, where, claim, how, now)
    due = now + _number(conn, DIGEST_SECONDS)
    for row in conn.execute(
        "SELECT platform, tenant, address FROM follow WHERE claim = ?", (claim,)
    ).fetchall():
        to = (row["platform"], row["tenant"], row["address"], None)
        ref = ":".join(("digest", *to[:3]))
        _put(conn, "digest", ref, to, _payload(conn, claim, how, now), now, due=due)


def _edit(conn: sqlite3.Connection, claim: str, how: ChangeClass, now: float) -> list[Where]:
    """Write down an edit for each reply that shows `claim`, and return those replies, newest first."""
    replies = _replies(conn, claim, now)
    payload = _payload(conn, claim, how, now) if replies else {}
    for where in replies:
        _put(conn, "edit", ":".join(("edit", *where)), where, payload, now, due=now)
    return replies


def _one(conn: sqlite3.Connection, where: Where, claim: str, how: ChangeClass, now: float) -> None:
    payload = _payload(conn, claim, how, now)
    _put(conn, "edit", ":".join(("edit", *where)), where, payload, now, due=now)
    if how in _LOUD:
        _line(conn, where, claim, how, now)


def _line(conn: sqlite3.Connection, where: Where, claim: str, how: ChangeClass, now: float) -> None:
    _put(conn, "line", ":".join(("line", *where)), where, _payload(conn, claim, how, now), now, due=now)


def _later(conn: sqlite3.Connection, claim: str, day: str, now: float) -> None:
    """Write down that replies that show `claim` are to be looked at again on `day`: its embargo ends then."""
    due = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
    payload = {"claims": {claim: ChangeClass.UPDATED.value}, "on": day, "revision": None}
    for where in _replies(conn, claim, now):
        _put(conn, "edit", ":".join(("later", day, *where)), where, payload, now, due=due)


def _replies(conn: sqlite3.Connection, claim: str, now: float) -> list[Where]:
    since = now - DAY * _number(conn, REPLY_DAYS)
    return [(row[0], row[1], row[2], row[3]) for row in conn.execute(_SHOWN, (claim, since)).fetchall()]


def _stand_in(conn: sqlite3.Connection, claim: str, into: str) -> None:
    """Let replies that show `claim`, and those who follow it, be found by the claim that it went into."""
    conn.execute(
        "INSERT INTO reply_claim (platform, tenant, channel, message, claim, position, shown)"
        " SELECT platform, tenant, channel, message, ?, position, 0 FROM reply_claim WHERE claim = ?"
        " ON CONFLICT DO NOTHING",
        (into, claim),
    )
    conn.execute(
        "INSERT INTO follow (claim, platform, tenant, address, at)"
        " SELECT ?, platform, tenant, address, at FROM follow WHERE claim = ? ON CONFLICT DO NOTHING",
        (into, claim),
    )


def _since(conn: sqlite3.Connection, claim: str, revision: int, now: float) -> ChangeClass | None:
    """Return what became of `claim` after `revision`, as far as the log tells without reading documents."""
    row = conn.execute(
        "SELECT state, embargo_until, merged_into FROM claim WHERE id = ?", (claim,)
    ).fetchone()
    if row is None:
        return None
    if row["merged_into"] is not None:
        _stand_in(conn, claim, row["merged_into"])
        return ChangeClass.UPDATED
    if row["state"] != "vetted" or (row["embargo_until"] or "") > _day(now):
        return ChangeClass.WITHDRAWN
    given = {"claim": claim, "since": revision}
    of_claim = 'SELECT entity, "before" IS NULL AS is_new FROM revision WHERE claim = :claim AND n > :since'
    of_shared = " UNION ALL ".join(
        f"""SELECT entity, "before" IS NULL FROM revision WHERE n > :since AND claim <> :claim
            AND entity = '{each}' AND id IN (SELECT id FROM claim_{each} WHERE claim = :claim)"""
        for each in ("speaker", "source", "artifact")
    )
    of_related = (
        f"SELECT entity, 1 FROM revision WHERE n > :since AND entity = 'claim' AND claim IN ({_RELATED})"
    )
    rows = conn.execute(f"{of_claim} UNION ALL {of_shared} UNION ALL {of_related}", given).fetchall()
    if not rows:
        return None
    altered = any(each["entity"] != "claim" and not each["is_new"] for each in rows)
    return ChangeClass.CORRECTED if altered else ChangeClass.UPDATED


def _payload(conn: sqlite3.Connection, claim: str, how: ChangeClass, now: float) -> dict[str, Any]:
    return {"claims": {claim: how.value}, "on": _day(now), "revision": newest(conn)}


def merged_payload(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two rows for one thing to tell come to: of each claim the gravest, of the days the last."""
    claims: dict[str, str] = dict(old["claims"])
    for claim, how in new["claims"].items():
        known: Iterable[str] = (claims[claim], how) if claim in claims else (how,)
        claims[claim] = gravest(map(ChangeClass, known)).value
    revisions = [each["revision"] for each in (old, new)]
    return {
        "claims": claims,
        "on": max(old["on"], new["on"]),
        "revision": None if None in revisions else max(revisions),
    }


def _put(  # noqa: PLR0917
    conn: sqlite3.Connection,
    kind: str,
    ref: str,
    to: tuple[str, str, str, str | None],
    payload: Mapping[str, Any],
    now: float,
    *,
    due: float,
) -> None:
    """Add a row, or add to the one that waits under `ref` and that nobody has begun to tell."""
    done = conn.execute(
        "INSERT INTO outbox (id, kind, ref, platform, tenant, channel, message, payload, state, leased_until,"
        " tries, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, 0, ?) ON CONFLICT DO NOTHING",
        (secrets.token_hex(8), kind, ref, *to, json.dumps(payload), due, now),
    )
    if done.rowcount:
        return
    row = conn.execute(
        "SELECT id, payload FROM outbox WHERE ref = ? AND state = 'waiting' AND taken_by IS NULL", (ref,)
    ).fetchone()
    merged = merged_payload(json.loads(row["payload"]), payload)
    conn.execute("UPDATE outbox SET payload = ? WHERE id = ?", (json.dumps(merged), row["id"]))
