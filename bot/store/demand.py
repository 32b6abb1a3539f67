"""Demand: what people ask and nothing on file answers, grouped, counted by people, and told when answered.

A text is kept of those alone who asked the moderators; of the others a keyed hash of its folded form, by
which the same wording is known again. A person counts once in a group, and for so many groups a day.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from enum import StrEnum
from typing import Final

from bot import grouping
from bot.calibration import Calibration
from bot.moderation.deeds import Deed
from bot.moderation.members import Member
from bot.questions import Place
from bot.records import record
from bot.redaction import redacted
from bot.store import members, muting
from bot.store.connections import Connection
from bot.store.people import person_hash, storable
from bot.store.telling import answered, tell, vetted
from bot.store.wordings import fold_hash

__all__ = ["A_DAY", "Demand", "Noted", "Wanted", "answered", "drop", "note", "unanswered", "vetted"]

DAY: Final = 86_400.0
A_DAY: Final = 20
"""Groups that one person may add to within a day."""

MOST_COMPARED: Final = 2_000
"""Groups that a new wording is compared with, the last ones asked about: some 20 ms of work."""


class Noted(StrEnum):
    """What became of a person's wish."""

    COUNTED = "counted"
    BEFORE = "before"
    """The person is counted for this already."""
    FULL = "full"
    """The person has asked for as much as counts in a day."""
    MUTED = "muted"
    FORGOTTEN = "forgotten"
    """What was asked is no longer kept, or says nothing."""


@record
class Wanted:
    """What nothing on file answers: one wording, where somebody agreed to its being kept, and the demand.

    `people` counts distinct people; times are seconds since the epoch.
    """

    id: str
    text: str | None
    people: int
    first_at: float
    last_at: float


class Demand:
    """The verbs of demand on an open ledger, each one operation. Times are taken when a verb is called."""

    def __init__(self, reader: Connection, writer: Connection) -> None:
        self._reader = reader
        self._writer = writer

    async def note(self, workspace: str, place: Place, person: str, text: str, weights: Calibration) -> Noted:
        """Count that `person` asked about `text` and nothing answered; the text itself is not kept."""
        return await self._writer.write(note, workspace, place, person, text, weights, time.time())

    async def ask(
        self, workspace: str, place: Place, person: str, question: str, weights: Calibration
    ) -> Noted:
        """Note that `person` asked the moderators to answer a question, and wants to be told."""
        return await self._writer.write(_ask, workspace, place, person, question, weights, time.time())

    async def unanswered(self, workspace: str, limit: int, page: int = 0) -> tuple[Wanted, ...]:
        """Return what waits for an answer, `limit` of it from page `page` (from 0): most people first."""
        return await self._reader.read(unanswered, workspace, limit, page)

    async def wanted(self, workspace: str, key: str) -> Wanted | None:
        """Return what waits for an answer under the id `key`."""
        return await self._reader.read(_wanted, workspace, key)

    async def drop(self, key: str, by: Member) -> bool:
        """Take something off the queue of the workspace of `by` for good; False where it is not on it."""
        return await self._writer.write(drop, by, key)


def note(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection,
    workspace: str,
    place: Place,
    person: str,
    text: str,
    weights: Calibration,
    now: float,
    address: str | None = None,
) -> Noted:
    """Count `person` for what `text` asks; with an `address` its text is kept, and the person told there."""
    text = storable(redacted(text))
    folded = grouping.key(text)
    if not folded:
        return Noted.FORGOTTEN
    who = person_hash(conn, place.platform, person)
    if muting.is_muted(conn, workspace, who, now):
        return Noted.MUTED
    fold = fold_hash(conn, folded)
    group = _group(conn, workspace, fold, text, weights)
    held = None
    if group is not None:
        held = conn.execute(
            "SELECT address, told_at FROM asker WHERE unanswered = ? AND person = ?", (group, who)
        ).fetchone()
    if held is None and _is_full(conn, who, now):
        return Noted.FULL
    if group is None:
        group = secrets.token_urlsafe(8)
        conn.execute(
            "INSERT INTO unanswered (id, workspace, text, state, first_at, last_at)"
            " VALUES (?, ?, NULL, 'open', ?, ?)",
            (group, workspace, now, now),
        )
    conn.execute(
        "INSERT INTO unanswered_fold (workspace, fold, unanswered) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (workspace, fold, group),
    )
    conn.execute(
        "INSERT INTO asker (unanswered, person, platform, tenant, address, at) VALUES (?, ?, ?, ?, NULL, ?)"
        " ON CONFLICT DO NOTHING",
        (group, who, place.platform, place.tenant, now),
    )
    if held is None:
        conn.execute("UPDATE unanswered SET last_at = ? WHERE id = ?", (now, group))
    is_new = held is None or (address is not None and held["address"] is None)
    if address is not None:
        _agree(conn, group, who, place, address, text)
    _settle(conn, group, now)
    return Noted.COUNTED if is_new else Noted.BEFORE


def unanswered(conn: sqlite3.Connection, workspace: str, limit: int, page: int) -> tuple[Wanted, ...]:
    """Return one page of what waits, by the number of people, then the newest first."""
    query = f"{_WANTED} GROUP BY unanswered.id ORDER BY people DESC, last_at DESC, id LIMIT ? OFFSET ?"
    rows = conn.execute(query, (workspace, limit, limit * page))
    return tuple(Wanted(**dict(row)) for row in rows)


def drop(conn: sqlite3.Connection, by: Member, key: str) -> bool:
    """Take a group off the queue, with its text and the addresses of those who asked."""
    members.authorise(conn, by, Deed.DROP)
    done = conn.execute(
        "UPDATE unanswered SET state = 'dropped', text = NULL"
        " WHERE id = ? AND workspace = ? AND state = 'open'",
        (key, by.workspace),
    )
    if done.rowcount:
        conn.execute("UPDATE asker SET address = NULL WHERE unanswered = ?", (key,))
    return done.rowcount == 1


_WANTED: Final = """SELECT unanswered.id, unanswered.text, count(asker.person) AS people,
    unanswered.first_at, unanswered.last_at
    FROM unanswered JOIN asker ON asker.unanswered = unanswered.id
    WHERE unanswered.state = 'open' AND unanswered.workspace = ?"""


def _wanted(conn: sqlite3.Connection, workspace: str, key: str) -> Wanted | None:
    row = conn.execute(f"{_WANTED} AND unanswered.id = ? GROUP BY unanswered.id", (workspace, key)).fetchone()
    return Wanted(**dict(row)) if row else None


def _ask(  # noqa: PLR0917
    conn: sqlite3.Connection, workspace: str, place: Place, person: str, question: str,
    weights: Calibration, now: float,
) -> Noted:  # fmt: skip
    row = conn.execute("SELECT text FROM question WHERE id = ?", (question,)).fetchone()
    if row is None or row["text"] is None:
        return Noted.FORGOTTEN
    noted = note(conn, workspace, place, person, row["text"], weights, now, address=person)
    if noted in {Noted.COUNTED, Noted.BEFORE}:
        # What the person agreed to, question by question; `bot.store.privacy` goes by it.
        conn.execute(
            "INSERT INTO demand (question, person, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (question, person_hash(conn, place.platform, person), now),
        )
    return noted


def _group(
    conn: sqlite3.Connection, workspace: str, fold: str, text: str, weights: Calibration
) -> str | None:
    """Return the group that asks the same: by the wording, else by the matcher among those that wait."""
    row = conn.execute(
        "SELECT unanswered FROM unanswered_fold WHERE workspace = ? AND fold = ?", (workspace, fold)
    ).fetchone()
    if row is not None:
        found: str = row["unanswered"]
        return found
    query = (
        "SELECT id, text FROM unanswered WHERE workspace = ? AND state = 'open' AND text IS NOT NULL"
        " ORDER BY last_at DESC LIMIT ?"
    )
    known = {row["id"]: row["text"] for row in conn.execute(query, (workspace, MOST_COMPARED))}
    return grouping.same_as(text, known, weights)


def _is_full(conn: sqlite3.Connection, who: str, now: float) -> bool:
    query = "SELECT count(*) FROM asker WHERE person = ? AND at > ?"
    count: int = conn.execute(query, (who, now - DAY)).fetchone()[0]
    return count >= A_DAY


def _agree(  # noqa: PLR0917
    conn: sqlite3.Connection, group: str, who: str, place: Place, address: str, text: str
) -> None:
    conn.execute(
        "UPDATE asker SET address = ?, platform = ?, tenant = ?, told_at = NULL"
        " WHERE unanswered = ? AND person = ?",
        (address, place.platform, place.tenant, group, who),
    )
    conn.execute(
        "UPDATE unanswered SET text = ? WHERE id = ? AND text IS NULL AND state = 'open'", (text, group)
    )


def _settle(conn: sqlite3.Connection, group: str, now: float) -> None:
    """Treat a group that was closed and is asked about again."""
    row = conn.execute("SELECT state, claim FROM unanswered WHERE id = ?", (group,)).fetchone()
    if row["state"] == "dropped":
        conn.execute("UPDATE asker SET address = NULL WHERE unanswered = ?", (group,))
    elif row["state"] == "answered":
        query = "SELECT 1 FROM claim WHERE id = ? AND state = 'vetted'"
        if conn.execute(query, (row["claim"],)).fetchone() is not None:
            tell(conn, group, row["claim"], now)
        else:
            conn.execute("UPDATE unanswered SET state = 'open', claim = NULL WHERE id = ?", (group,))
