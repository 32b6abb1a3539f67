"""Handing out what has to be told: each row to one process at a time, done when the platform said ok.

Each function is one transaction's work on the connection. A row that was begun once takes no further
changes in, because nobody knows whether it was told; its id marks what is told, so that it is told once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

from bot.answers import Tier
from bot.dates import Day
from bot.questions import Place, Platform
from bot.recent import Found
from bot.records import record
from bot.store.outbox import merged_payload
from bot.store.reading import related_claims, visible_claim
from bot.store.revisions import newest
from bot.views import View

LEASE: Final = 180.0
"""Seconds for which a process has a row to itself; longer than a batch may take at the slowest pace."""

NOBODY: Final = ""
"""Who has a row that was begun and given back."""

EDITS: Final = ("edit",)
MESSAGES: Final = ("line", "digest", "answer", "author")
"""The kinds that are told in two lanes, since platforms count edits and messages apart."""

_FURTHEST: Final = 8
"""How often a claim may have gone into another one, one after the other."""


_MOST_HELD: Final = 64

Claims = tuple[tuple[tuple[str, Found], ...], tuple[tuple[str, str], ...], Day | None]
"""The claims that readers see, those that they do not, and the day until which those are under embargo."""


@record
class Telling:
    """One row that this process has taken on.

    `id` marks what is told. `message` is the reply, None for what goes to one person, whose address is the
    place's channel. `payload` has what changed (`claims`, `on`, `revision`) or the `text`.
    """

    id: str
    kind: str
    place: Place
    message: str | None
    payload: dict[str, Any]
    tries: int
    made_at: float


@record
class Standing:
    """A reply as the rows would have it now.

    `found` are the claims that it showed, in order, as readers see them, with the ids under which the
    reply knew them; `hidden` are those that readers do not see, each as the id under which the reply knew
    it and the id that it has now, `until` the day until which the last of them is under embargo. `text` is
    what was asked, where that is kept.
    """

    question: str
    thread: str | None
    tier: Tier
    shown_revision: int
    posted_at: float
    is_dismissed: bool
    revision: int
    found: tuple[tuple[str, Found], ...]
    hidden: tuple[tuple[str, str], ...]
    until: Day | None
    text: str | None


_DUE: Final = """platform = :platform AND state = 'waiting' AND leased_until <= :now
    AND kind IN (SELECT value FROM json_each(:kinds))"""
# One edit of a message is under way at a time, and what is said of it is said after its edit.
_FREE: Final = """NOT EXISTS (SELECT 1 FROM outbox AS other
    WHERE outbox.message IS NOT NULL AND other.state = 'waiting' AND other.id <> outbox.id
        AND other.platform = outbox.platform AND other.tenant = outbox.tenant
        AND other.channel = outbox.channel AND other.message = outbox.message AND other.kind = 'edit'
        AND CASE outbox.kind WHEN 'edit' THEN other.taken_by <> '' AND other.leased_until > :now
            ELSE other.taken_by IS NOT NULL OR other.leased_until <= :now END)"""


def is_due(conn: sqlite3.Connection, platform: Platform, kinds: Sequence[str], now: float) -> bool:
    """Say whether something of these kinds waits to be told: a look that needs no lock."""
    given = {"platform": platform, "kinds": json.dumps(kinds), "now": now}
    return conn.execute(f"SELECT 1 FROM outbox WHERE {_DUE} LIMIT 1", given).fetchone() is not None


def take(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection, platform: Platform, kinds: Sequence[str], owner: str, now: float, limit: int
) -> tuple[Telling, ...]:
    """Take on the rows of these kinds that have waited longest, at most `limit`."""
    given = {"platform": platform, "kinds": json.dumps(kinds), "now": now, "limit": limit}
    rows = conn.execute(
        f"SELECT * FROM outbox WHERE {_DUE} AND {_FREE} ORDER BY leased_until LIMIT :limit", given
    ).fetchall()
    made: list[Telling] = []
    absorbed: set[str] = set()
    for row in rows:
        if row["id"] in absorbed:
            continue
        payload = json.loads(row["payload"])
        if row["kind"] == "edit":
            payload = _with_others(conn, row, payload, now, absorbed)
        conn.execute(
            "UPDATE outbox SET taken_by = ?, leased_until = ?, tries = tries + 1, payload = ? WHERE id = ?",
            (owner, now + LEASE, json.dumps(payload), row["id"]),
        )
        made.append(
            Telling(
                id=row["id"],
                kind=row["kind"],
                place=Place(platform=Platform(row["platform"]), tenant=row["tenant"], channel=row["channel"]),
                message=row["message"],
                payload=payload,
                tries=row["tries"] + 1,
                made_at=row["made_at"],
            )
        )
    return tuple(made)


def _with_others(
    conn: sqlite3.Connection, row: sqlite3.Row, payload: dict[str, Any], now: float, absorbed: set[str]
) -> dict[str, Any]:
    """Return the payload with that of the other edits of the message, which are thereby dropped."""
    others = conn.execute(
        "SELECT id, payload FROM outbox WHERE platform = ? AND tenant = ? AND channel = ? AND message = ?"
        " AND state = 'waiting' AND kind = 'edit' AND leased_until <= ? AND id <> ?",
        (row["platform"], row["tenant"], row["channel"], row["message"], now, row["id"]),
    ).fetchall()
    for other in others:
        payload = merged_payload(payload, json.loads(other["payload"]))
        absorbed.add(other["id"])
        conn.execute("UPDATE outbox SET state = 'dropped', done_at = ? WHERE id = ?", (now, other["id"]))
    return payload


def renew(conn: sqlite3.Connection, telling: Telling, owner: str, now: float) -> bool:
    """Begin the lease of a row anew; False where somebody else has taken it on or it is done."""
    done = conn.execute(
        "UPDATE outbox SET leased_until = ?"
        " WHERE id = ? AND state = 'waiting' AND taken_by = ? AND tries = ?",
        (now + LEASE, telling.id, owner, telling.tries),
    )
    return done.rowcount == 1


def release(
    conn: sqlite3.Connection, telling: Telling, now: float, wait: float, *, tried: bool = True
) -> None:
    """Give a row back, to be taken on by anybody after `wait` seconds."""
    conn.execute(
        "UPDATE outbox SET taken_by = ?, leased_until = ?, tries = tries - ?"
        " WHERE id = ? AND state = 'waiting'",
        (NOBODY, now + wait, 0 if tried else 1, telling.id),
    )


def owners(conn: sqlite3.Connection) -> tuple[str, ...]:
    """Return who has rows that wait."""
    query = "SELECT DISTINCT taken_by FROM outbox WHERE state = 'waiting' AND taken_by <> ''"
    return tuple(row[0] for row in conn.execute(query))


def free(conn: sqlite3.Connection, gone: Iterable[str]) -> None:
    """Take the rows back from those who are gone: anybody may have them now."""
    conn.executemany(
        "UPDATE outbox SET taken_by = '', leased_until = 0 WHERE state = 'waiting' AND taken_by = ?",
        [(each,) for each in gone],
    )


def finish_edits(conn: sqlite3.Connection, edited: Sequence[tuple[Telling, int]], now: float) -> None:
    """Cross edits off that the platform said ok to, each with the revision that its reply shows now."""
    for telling, revision in edited:
        finish(conn, telling, "done", now, revision)


def finish(
    conn: sqlite3.Connection, telling: Telling, state: str, now: float, revision: int | None = None
) -> None:
    """Cross a row off: `done` after the platform's ok, `gone` with its message, or `dropped`.

    `revision` is that of the ledger that an edited reply shows now. A reply that is gone is not looked at
    again, and no line is told about it. Of what went to one person no address is kept.
    """
    if telling.message is None:
        conn.execute(
            "UPDATE outbox SET state = ?, done_at = ?, taken_by = NULL, channel = '', ref = id,"
            " payload = '{}' WHERE id = ?",
            (state, now, telling.id),
        )
        return
    conn.execute(
        "UPDATE outbox SET state = ?, done_at = ?, taken_by = NULL WHERE id = ?", (state, now, telling.id)
    )
    where = (telling.place.platform, telling.place.tenant, telling.place.channel, telling.message)
    of_reply = "platform = ? AND tenant = ? AND channel = ? AND message = ?"
    if state == "gone":
        conn.execute(
            f"UPDATE reply SET dismissed_at = coalesce(dismissed_at, ?) WHERE {of_reply}", (now, *where)
        )
        conn.execute(
            "UPDATE outbox SET state = 'gone', done_at = ?, taken_by = NULL"
            f" WHERE state = 'waiting' AND {of_reply}",
            (now, *where),
        )
    elif revision is not None:
        conn.execute(f"UPDATE reply SET revision = ? WHERE {of_reply}", (revision, *where))


class Held:
    """Claims as they were read for the last replies, while the ledger stays as it is."""

    def __init__(self) -> None:
        self._revision = -1
        self._known: dict[tuple[View, tuple[str, ...]], Claims] = {}

    def of(self, conn: sqlite3.Connection, revision: int, claims: tuple[str, ...], view: View) -> Claims:
        """Return what `held` does, the same object for the same claims."""
        if self._revision != revision or len(self._known) >= _MOST_HELD:
            self._revision, self._known = revision, {}
        known = self._known.get((view, claims))
        if known is None:
            known = self._known[view, claims] = held(conn, claims, view)
        return known


def standing(conn: sqlite3.Connection, telling: Telling, view: View, memory: Held) -> Standing | None:
    """Return what the reply of `telling` should show to its readers now; None where it is not on file."""
    where = (telling.place.platform, telling.place.tenant, telling.place.channel, telling.message)
    row = conn.execute(
        """SELECT reply.*, question.text FROM reply JOIN question ON question.id = reply.question
            WHERE reply.platform = ? AND reply.tenant = ? AND reply.channel = ? AND reply.message = ?""",
        where,
    ).fetchone()
    if row is None:
        return None
    claims = conn.execute(
        """SELECT claim FROM reply_claim
            WHERE platform = ? AND tenant = ? AND channel = ? AND message = ? AND shown = 1
            ORDER BY position, claim""",
        where,
    ).fetchall()
    revision = newest(conn)
    found, hidden, until = memory.of(conn, revision, tuple(each["claim"] for each in claims), view)
    return Standing(
        question=row["question"],
        thread=row["thread"],
        tier=Tier(row["tier"]),
        shown_revision=row["revision"],
        posted_at=row["posted_at"],
        is_dismissed=row["dismissed_at"] is not None,
        revision=revision,
        found=found,
        hidden=hidden,
        until=until,
        text=row["text"],
    )


def held(conn: sqlite3.Connection, claims: Iterable[str], view: View) -> Claims:
    """Return the `claims` as readers of `view` see them, those that they do not see, and until when.

    Each is named as it was given; one that is not seen also by the id that it has now.

    A claim that was merged is the one that it went into; two that went into one are shown once.
    """
    found: dict[str, tuple[str, Found]] = {}
    hidden: list[tuple[str, str]] = []
    days: list[str | None] = []
    for key in claims:
        at = resolved(conn, key)
        if at in found:
            continue
        claim = visible_claim(conn, at, view=view)
        if claim is not None:
            found[at] = key, Found(claim=claim, related=related_claims(conn, at, view=view))
            continue
        hidden.append((key, at))
        row = conn.execute("SELECT state, embargo_until FROM claim WHERE id = ?", (at,)).fetchone()
        days.append(row["embargo_until"] if row is not None and row["state"] == "vetted" else None)
    known = [each for each in days if each is not None]
    until = Day(max(known)) if known and len(known) == len(days) else None
    return tuple(found.values()), tuple(hidden), until


def resolved(conn: sqlite3.Connection, key: str) -> str:
    """Return the id of the claim that `key` went into, or `key` itself."""
    for _ in range(_FURTHEST):
        row = conn.execute("SELECT merged_into FROM claim WHERE id = ?", (key,)).fetchone()
        if row is None or row["merged_into"] is None:
            break
        key = row["merged_into"]
    return key


def waiting(conn: sqlite3.Connection) -> int:
    """Return how many rows wait to be told, those that are not due yet included."""
    found: int = conn.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()[0]
    return found


def clear(conn: sqlite3.Connection, before: float) -> int:
    """Remove what was crossed off before the time `before`, and return how much that was."""
    return conn.execute("DELETE FROM outbox WHERE state <> 'waiting' AND done_at < ?", (before,)).rowcount
