"""The work list of questions: written before the platform is told that they came, done when it said ok.

Each function is one transaction's work on the connection. A row is taken by one process at a time, for
as long as its lease; when the process dies, the lease runs out and another one takes the row.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import asdict
from typing import Final

from bot.answers import Answer
from bot.questions import Incoming, Job, Place, Platform, Posted, Way
from bot.redaction import redacted
from bot.store import outbox
from bot.store.people import person_hash, storable
from bot.store.revisions import newest

LEASE: Final = 60.0
"""Seconds for which a process has a row to itself; longer than any answer may take."""

OLDEST: Final = 3600.0
"""Seconds after which a question is dropped: an answer that late would only puzzle."""

_REFUSAL: Final = "refusal"
"""Where the sentence of a refusal stands beside the message in a row's payload."""


def message_key(place: Place, message: str) -> str:
    """Return the key under which a message is known, however often it is delivered."""
    return f"{place.platform}:{place.tenant}:{place.channel}:{message}"


def receive(conn: sqlite3.Connection, incoming: Incoming, owner: str, now: float) -> Job | None:
    """Write the message down and take it on; None where it was delivered before.

    Both the delivery and the message itself are claimed: a redelivery has the id of the first one, and
    one mention can come as two events with an id each.
    """
    key = message_key(incoming.place, incoming.message)
    seen = conn.execute(
        "INSERT INTO delivered (delivery, message) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (f"{incoming.place.platform}:{incoming.delivery}", key),
    ).rowcount
    if not seen:
        return None
    if conn.execute("SELECT 1 FROM event WHERE message = ?", (key,)).fetchone():
        return None
    question = ask(conn, incoming.place, incoming.person, incoming.way, incoming.text, now)
    conn.execute(
        "INSERT INTO event (message, question, payload, state, taken_by, leased_until, tries, received_at)"
        " VALUES (?, ?, ?, 'waiting', ?, ?, 0, ?)",
        (key, question, json.dumps(asdict(incoming), ensure_ascii=True), owner, now + LEASE, now),
    )
    return Job(incoming=incoming, question=question, tries=0, received_at=now, revision=newest(conn))


def ask(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection,
    place: Place,
    person: str,
    way: Way,
    text: str,
    now: float,
    mark: str | None = None,
) -> str:
    """Write a question down and return its id: short, not to be guessed, and fit to stand in a button.

    Its text is kept without what reaches or identifies a person (`bot.redaction`).
    With a `mark`, what one person asks under it is one question with one id, however often it is asked.
    """
    if mark is None:
        question = secrets.token_urlsafe(8)
    else:
        question = person_hash(conn, place.platform, f"{person}:{mark}")[:16]
    conn.execute(
        "INSERT INTO question (id, platform, tenant, channel, person, way, text, asked_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            question,
            place.platform,
            place.tenant,
            place.channel,
            person_hash(conn, place.platform, person),
            way,
            storable(redacted(text)),
            now,
        ),
    )
    return question


def take(conn: sqlite3.Connection, platform: Platform, owner: str, now: float, limit: int) -> tuple[Job, ...]:
    """Take on the oldest rows that nobody has, and drop those that are too old to be answered."""
    conn.execute(
        "UPDATE event SET state = 'dropped', payload = NULL"
        " WHERE state = 'waiting' AND leased_until < ? AND received_at < ?",
        (now, now - OLDEST),
    )
    rows = conn.execute(
        "SELECT message, question, payload, tries, received_at FROM event"
        " WHERE state = 'waiting' AND leased_until < ? AND message LIKE ? ORDER BY received_at LIMIT ?",
        (now, f"{platform}:%", limit),
    ).fetchall()
    jobs = []
    for row in rows:
        conn.execute(
            "UPDATE event SET taken_by = ?, leased_until = ?, tries = tries + 1 WHERE message = ?",
            (owner, now + LEASE, row["message"]),
        )
        jobs.append(
            Job(
                incoming=_incoming(row["payload"]),
                question=row["question"],
                tries=row["tries"] + 1,
                received_at=row["received_at"],
                refusal=json.loads(row["payload"]).get(_REFUSAL),
            )
        )
    return tuple(jobs)


def refuse(conn: sqlite3.Connection, job: Job, sentence: str) -> None:
    """Note that a row is to be answered with `sentence`, whoever takes it on and however often."""
    held = {**asdict(job.incoming), _REFUSAL: sentence}
    conn.execute(
        "UPDATE event SET payload = ? WHERE message = ? AND state = 'waiting'",
        (json.dumps(held, ensure_ascii=True), message_key(job.incoming.place, job.incoming.message)),
    )


def is_due(conn: sqlite3.Connection, platform: Platform, now: float) -> bool:
    """Say whether a row of the platform waits that nobody has: a look that needs no lock."""
    query = "SELECT 1 FROM event WHERE state = 'waiting' AND leased_until < ? AND message LIKE ? LIMIT 1"
    return conn.execute(query, (now, f"{platform}:%")).fetchone() is not None


def owners(conn: sqlite3.Connection) -> tuple[str, ...]:
    """Return who has messages that wait."""
    query = "SELECT DISTINCT taken_by FROM event WHERE state = 'waiting' AND taken_by IS NOT NULL"
    return tuple(row[0] for row in conn.execute(query))


def free(conn: sqlite3.Connection, gone: tuple[str, ...]) -> None:
    """Take the messages back from those who are gone: anybody may have them now."""
    conn.executemany(
        "UPDATE event SET taken_by = NULL, leased_until = 0 WHERE state = 'waiting' AND taken_by = ?",
        [(each,) for each in gone],
    )


def release(conn: sqlite3.Connection, job: Job, now: float, wait: float, *, tried: bool = True) -> None:
    """Give a row back, to be taken on by anybody after `wait` seconds; unless `tried`, as it was taken."""
    key = message_key(job.incoming.place, job.incoming.message)
    # Taking it on counts as a try, so what was not tried is set back by one, which may be below zero.
    conn.execute(
        "UPDATE event SET taken_by = NULL, leased_until = ?, tries = tries - ?"
        " WHERE message = ? AND state = 'waiting'",
        (now + wait, 0 if tried else 1, key),
    )


def renew(conn: sqlite3.Connection, job: Job, owner: str, now: float) -> bool:
    """Begin the lease of a row anew; False where somebody else has taken it on or crossed it off."""
    key = message_key(job.incoming.place, job.incoming.message)
    return (
        conn.execute(
            "UPDATE event SET leased_until = ?"
            " WHERE message = ? AND state = 'waiting' AND taken_by = ? AND tries = ?",
            (now + LEASE, key, owner, job.tries),
        ).rowcount
        == 1
    )


def finish(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection,
    job: Job,
    posted: Posted | None,
    answer: Answer | None,
    text: str | None,
    now: float,
) -> None:
    """Cross a row off, after the platform said ok, and remember the reply with what it showed.

    Without `posted` the row is dropped: nothing can be posted there. `text` is what was looked up, where
    that is not what the message itself said.
    """
    key = message_key(job.incoming.place, job.incoming.message)
    state = "done" if posted else "dropped"
    conn.execute(
        "UPDATE event SET state = ?, payload = NULL, taken_by = NULL WHERE message = ?", (state, key)
    )
    if text is not None:
        # What its asker had removed meanwhile does not come back.
        conn.execute(
            "UPDATE question SET text = ? WHERE id = ? AND text IS NOT NULL",
            (storable(redacted(text)), job.question),
        )
    if posted and answer:
        remember(conn, job.incoming.place, job.question, posted, answer, now)


def remember(  # noqa: PLR0917
    conn: sqlite3.Connection, place: Place, question: str, posted: Posted, answer: Answer, now: float
) -> None:
    """Remember a reply, so that it can be mended when the record changes."""
    where = (place.platform, place.tenant, place.channel, posted.message)
    conn.execute(
        "INSERT INTO reply (platform, tenant, channel, message, thread, question, tier, revision, posted_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (*where, posted.thread, question, answer.tier, answer.ledger_revision, now),
    )
    conn.executemany(
        "INSERT INTO reply_claim (platform, tenant, channel, message, claim, position)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(*where, each.id, position) for position, each in enumerate(answer.claims)],
    )
    outbox.overtaken(conn, where, answer, now)


def waiting(conn: sqlite3.Connection) -> int:
    """Return how many questions wait for their reply."""
    found: int = conn.execute("SELECT count(*) FROM event WHERE state = 'waiting'").fetchone()[0]
    return found


def ahead(conn: sqlite3.Connection, job: Job) -> int:
    """Return how many questions of the same channel, received before this one, wait for their reply."""
    start = message_key(job.incoming.place, "")
    query = (
        "SELECT count(*) FROM event WHERE state = 'waiting' AND received_at < ? AND substr(message, 1, ?) = ?"
    )
    found: int = conn.execute(query, (job.received_at, len(start), start)).fetchone()[0]
    return found


def may_use(conn: sqlite3.Connection, question: str, platform: Platform, person: str) -> bool:
    """Say whether the buttons of a question's answer are this person's to press.

    What was answered to its asker alone is theirs, until it was shared.
    """
    row = conn.execute("SELECT way, person FROM question WHERE id = ?", (question,)).fetchone()
    if row is None or row["way"] not in {Way.COMMAND, Way.SHORTCUT}:
        return row is not None
    if row["person"] == person_hash(conn, platform, person):
        return True
    return conn.execute("SELECT 1 FROM reply WHERE question = ?", (question,)).fetchone() is not None


def question_text(conn: sqlite3.Connection, question: str) -> str | None:
    """Return what was asked, or None where that is not known or no longer kept."""
    row = conn.execute("SELECT text FROM question WHERE id = ?", (question,)).fetchone()
    return row["text"] if row else None


def reply_of(conn: sqlite3.Connection, place: Place, message: str) -> sqlite3.Row | None:
    """Return the reply that stands in `place` as `message`, with who asked for it (a hash)."""
    row: sqlite3.Row | None = conn.execute(
        """SELECT reply.*, question.person FROM reply JOIN question ON question.id = reply.question
            WHERE reply.platform = ? AND reply.tenant = ? AND reply.channel = ? AND reply.message = ?""",
        (place.platform, place.tenant, place.channel, message),
    ).fetchone()
    return row


def shared_as(conn: sqlite3.Connection, place: Place, question: str) -> str | None:
    """Return the id of the message that answers `question` in `place`, unless it was dismissed."""
    row = conn.execute(
        """SELECT message FROM reply
            WHERE platform = ? AND tenant = ? AND channel = ? AND question = ? AND dismissed_at IS NULL""",
        (place.platform, place.tenant, place.channel, question),
    ).fetchone()
    return row["message"] if row else None


def _incoming(payload: str) -> Incoming:
    held = json.loads(payload)
    place = held.pop("place")
    return Incoming(
        **{name: held[name] for name in ("delivery", "message", "thread", "person", "text")},
        way=Way(held["way"]),
        titles=tuple(held["titles"]),
        unread=held.get("unread", False),
        place=Place(platform=Platform(place["platform"]), tenant=place["tenant"], channel=place["channel"]),
    )
