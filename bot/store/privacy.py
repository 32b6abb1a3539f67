"""Privacy: what is kept of a person, removing it on their word, and removing what has had its time.

A person is known by a keyed hash (`bot.store.people`), those who keep the ledger by their key as well.
What is removed is overwritten in the file, and the log of writes beside it is emptied.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
import time
from typing import Any, Final

from bot.questions import Place
from bot.records import record
from bot.store import retention
from bot.store.connections import Connection
from bot.store.people import person_hash
from bot.store.retention import Removed
from bot.store.wordings import reword

log = logging.getLogger(__name__)


@record
class Stored:
    """What is kept of one person. The first and last times are of questions, in seconds since the epoch.

    `texts` counts the questions whose text is kept, `wishes` what the person waits to be told of, `choices`
    what they said of answers. `role` is one that was given by a command, `muted_until` None where the
    person is not muted, and infinite where that has no end.
    """

    questions: int
    texts: int
    first_at: float | None
    last_at: float | None
    demands: int
    wishes: int
    follows: int
    reports: int
    choices: int
    sheets: int
    proposals: int
    role: str | None
    muted_until: float | None


_HASHED: Final = ("question", "feedback", "demand", "asker", "problem")
"""Tables with the hash of whoever asked, pressed or reported."""

_COUNTS: Final = {
    "questions": "SELECT count(*) FROM question WHERE person = :who",
    "texts": "SELECT count(*) FROM question WHERE person = :who AND text IS NOT NULL",
    "first_at": "SELECT min(asked_at) FROM question WHERE person = :who",
    "last_at": "SELECT max(asked_at) FROM question WHERE person = :who",
    "demands": "SELECT count(*) FROM asker WHERE person = :who",
    "wishes": "SELECT count(*) FROM asker WHERE person = :who AND address IS NOT NULL",
    "follows": "SELECT count(*) FROM follow WHERE platform = :platform AND address = :person",
    "reports": "SELECT count(*) FROM problem WHERE person = :who",
    "choices": "SELECT count(*) FROM feedback WHERE person = :who",
    "sheets": "SELECT count(*) FROM sheet WHERE member = :member",
    "proposals": "SELECT count(*) FROM proposal WHERE author = :member",
    "role": "SELECT role FROM member WHERE workspace = :workspace AND member = :member",
    "muted_until": "SELECT coalesce(until, 9e999) FROM muted WHERE workspace = :workspace AND person = :who"
    " AND (until IS NULL OR until > :now)",
}


class Privacy:
    """The verbs of privacy on an open ledger, each one operation. Times are taken when a verb is called."""

    def __init__(self, reader: Connection, writer: Connection) -> None:
        self._reader = reader
        self._writer = writer

    async def stored(self, workspace: str, place: Place, person: str) -> Stored:
        """Return what is kept of `person`."""
        return await self._writer.write(_stored, workspace, place, person, time.time())

    async def forget(self, workspace: str, place: Place, person: str) -> Stored:
        """Remove what is kept of `person` but a role and a mute; return what there was."""
        found = await self._writer.write(_forget, workspace, place, person, time.time())
        await self._writer.plain(_empty_log)
        return found

    async def remove_old(self, before: float) -> Removed:
        """Remove what is older than the time `before` and is not kept for longer; return how much."""
        removed = await self._writer.write(retention.remove_old, before, time.time())
        await self._writer.plain(_empty_log)
        return removed


def _stored(conn: sqlite3.Connection, workspace: str, place: Place, person: str, now: float) -> Stored:
    values = _values(conn, workspace, place, person, now)
    found: dict[str, Any] = {}
    for name, query in _COUNTS.items():
        row = conn.execute(query, values).fetchone()
        found[name] = row[0] if row else None
    return Stored(**found)


def _forget(conn: sqlite3.Connection, workspace: str, place: Place, person: str, now: float) -> Stored:
    found = _stored(conn, workspace, place, person, now)
    values = _values(conn, workspace, place, person, now) | {"nobody": secrets.token_hex(16)}
    groups = [
        row[0] for row in conn.execute("SELECT unanswered FROM asker WHERE person = :who", values).fetchall()
    ]
    for key in groups:
        _leave(conn, key, str(values["who"]))
    for each in (
        # What waits for its reply holds all of it. A reply that is being posted at this moment is.
        """UPDATE event SET payload = NULL, state = iif(state = 'waiting', 'dropped', state)
            WHERE question IN (SELECT id FROM question WHERE person = :who)""",
        "UPDATE question SET text = NULL WHERE person = :who",
        "UPDATE problem SET text = NULL WHERE person = :who",
        "UPDATE asker SET address = NULL WHERE person = :who",
        "DELETE FROM follow WHERE platform = :platform AND address = :person",
        """DELETE FROM outbox WHERE kind IN ('answer', 'digest') AND platform = :platform
            AND channel = :person""",
        "DELETE FROM sheet WHERE member = :member",
        *(f"UPDATE {table} SET person = :nobody WHERE person = :who" for table in _HASHED),
    ):
        conn.execute(each, values)
    return found


def _values(
    conn: sqlite3.Connection, workspace: str, place: Place, person: str, now: float
) -> dict[str, str | float]:
    return {
        "who": person_hash(conn, place.platform, person),
        "platform": place.platform,
        "person": person,
        "member": f"{place.platform}:{place.tenant}:{person}",
        "workspace": workspace,
        "now": now,
    }


def _leave(conn: sqlite3.Connection, key: str, who: str) -> None:
    """Take a person's wording out of a group; another one's who agreed stands in, if there is one.

    Whose wording a group has is not noted, so it is taken out wherever the person asked. A group that
    nobody else asked about goes as a whole.
    """
    others = conn.execute(
        "SELECT 1 FROM asker WHERE unanswered = ? AND person <> ? LIMIT 1", (key, who)
    ).fetchone()
    if others is None:
        for each in (
            "DELETE FROM asker WHERE unanswered = ?",
            "DELETE FROM unanswered_fold WHERE unanswered = ?",
            "DELETE FROM unanswered WHERE id = ?",
        ):
            conn.execute(each, (key,))
        return
    reword(conn, [key], without=who)


def _empty_log(conn: sqlite3.Connection) -> None:
    """Bring the log of writes into the file and empty it; where a reader is in the way, the next one does."""
    busy = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        log.warning("the log of writes beside the ledger could not be emptied: it is being read")
