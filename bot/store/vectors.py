"""Vectors on file: written in the background, and gone when their wording is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from bot.claims import Claim
from bot.embedding import FORMER, former, wording_key
from bot.records import record
from bot.statements import State
from bot.store import marks
from bot.store.connections import Connection

if TYPE_CHECKING:
    from bot.embedding import Meaning

SCANNED: Final = 500
"""Claims that are looked through at a time."""
DROPPED: Final = 5_000
"""Vectors that are removed at a time."""

_CHANGED: Final = """
    SELECT touched.seq, claim.n, claim.text, claim.aliases FROM touched JOIN claim ON claim.n = touched.claim
    WHERE claim.state = 'vetted' AND touched.seq > :after ORDER BY touched.seq LIMIT :limit"""
_COUNT: Final = """
    SELECT count(*) FROM touched JOIN claim ON claim.n = touched.claim
    WHERE claim.state = 'vetted' AND touched.seq > ?"""
_FILLED: Final = """
    INSERT INTO filled (model, seq) VALUES (?, ?) ON CONFLICT (model) DO UPDATE SET seq = excluded.seq"""
_HELD: Final = """
    SELECT claim, wording FROM vector
    WHERE claim IN (SELECT value FROM json_each(:claims)) AND model = :model"""
_KEEP: Final = """
    INSERT INTO vector (claim, model, wording, data) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"""


@record
class Wording:
    """One wording of a vetted claim: the claim's row, and the text."""

    claim: int
    text: str


@record
class Lacking:
    """What has no vector among so many changed `claims` up to the change `last`; `is_end`: that is all."""

    claims: int
    wordings: tuple[Wording, ...]
    last: int
    is_end: bool


@record
class Made:
    """How many of the vetted `claims` have a vector of a model, and which others are whole."""

    claims: int
    done: int
    others: tuple[str, ...]


class Embeddings:
    """The verbs of vectors on one ledger, for whoever fills them in."""

    def __init__(self, reader: Connection, writer: Connection) -> None:
        self._reader = reader
        self._writer = writer

    async def lacking(self, model: str, after: int) -> Lacking:
        """Return what has no vector of `model` among the next claims that changed after `after`."""
        return await self._reader.read(lacking, model, after)

    async def keep(self, model: str, made: Sequence[tuple[Wording, bytes]]) -> None:
        """Write vectors; those of a wording that has changed meanwhile are left out."""
        await self._writer.write(keep, model, made)

    async def switch(self, model: str) -> None:
        """Let the vectors of `model` serve, which are whole, and remove those of every other one."""
        await self._writer.write(be_whole, model)
        # A little at a time, so that nobody who writes meanwhile has to wait for long.
        while await self._writer.write(drop_others, model):
            pass

    async def state(self, model: str) -> Made:
        """Return how far the vectors of `model` are."""
        return await self._reader.read(state, model)

    async def filled(self, model: str) -> int:
        """Return up to which change every wording has its vector of `model`; 0 where that is unknown."""
        return await self._reader.read(filled, model)

    async def reached(self, model: str, change: int) -> None:
        """Note that up to `change` every wording has its vector of `model`."""
        await self._writer.write(_reached, model, change)

    async def newest(self) -> int:
        """Return the number of the newest change of what matching reads."""
        return await self._reader.read(marks.newest)

    async def count(self, after: int = 0) -> int:
        """Return how many vetted claims changed after the change `after`; since 0 that is all of them."""
        return await self._reader.read(_count, after)


def lacking(conn: sqlite3.Connection, model: str, after: int) -> Lacking:
    """Return what has no vector of `model` among the next `SCANNED` vetted claims changed after `after`."""
    rows = conn.execute(_CHANGED, {"after": after, "limit": SCANNED}).fetchall()
    values = {"claims": json.dumps([row[1] for row in rows]), "model": model}
    held = {(claim, bytes(wording)) for claim, wording in conn.execute(_HELD, values)}
    return Lacking(
        claims=len(rows),
        wordings=tuple(
            Wording(claim=n, text=text)
            for _, n, claim_text, aliases in rows
            for text in dict.fromkeys((claim_text, *json.loads(aliases)))
            if (n, wording_key(text)) not in held
        ),
        last=rows[-1][0] if rows else after,
        is_end=len(rows) < SCANNED,
    )


def keep(conn: sqlite3.Connection, model: str, made: Iterable[tuple[Wording, bytes]]) -> None:
    """Write vectors, as far as their claim is still vetted and still has the wording."""
    for wording, data in made:
        query = "SELECT text, aliases FROM claim WHERE n = ? AND state = 'vetted'"
        row = conn.execute(query, (wording.claim,)).fetchone()
        if row is not None and wording.text in {row[0], *json.loads(row[1])}:
            conn.execute(_KEEP, (wording.claim, model, wording_key(wording.text), data))


def be_whole(conn: sqlite3.Connection, model: str) -> None:
    """Note that every wording has its vector of `model`, and that no other model serves any more."""
    found = [row[0] for row in conn.execute("SELECT model FROM whole")]
    if found != [model]:
        conn.execute("DELETE FROM whole")
        conn.execute("INSERT INTO whole (model) VALUES (?)", (model,))
    # Also of one that never became whole: its vectors go, so how far they were is not true any more.
    conn.execute("DELETE FROM filled WHERE model <> ?", (model,))


def drop_others(conn: sqlite3.Connection, model: str) -> bool:
    """Remove some vectors of other models than `model`; say whether there may be more."""
    for side in ("<", ">"):
        found = conn.execute(
            f"SELECT n FROM vector WHERE model {side} ? LIMIT ?", (model, DROPPED)
        ).fetchall()
        if found:
            conn.executemany("DELETE FROM vector WHERE n = ?", found)
            return True
    return False


def serving(conn: sqlite3.Connection, model: str, loadable: Collection[str]) -> str | None:
    """Return the model by whose vectors to look things up where `model` is the one that is wanted.

    It is another one, of those `loadable`, while that one's are whole and those of `model` are not; None
    where there are no vectors at all.
    """
    whole = [row[0] for row in conn.execute("SELECT model FROM whole ORDER BY model")]
    usable = [] if model in whole else [each for each in whole if each in loadable]
    return next((each for each in (*usable, model) if are_held(conn, each)), None)


def in_use(conn: sqlite3.Connection, wanted: Meaning) -> Meaning | None:
    """Return what the vectors that serve at present were made with; None where there are none."""
    own = wanted.embedder.model
    model = serving(conn, own, FORMER)
    if model is None or model == own:
        return wanted if model else None
    return former(model)


def state(conn: sqlite3.Connection, model: str) -> Made:
    """Return how far the vectors of `model` are."""
    query = "SELECT count(DISTINCT claim) FROM vector WHERE model = ?"
    others = conn.execute("SELECT model FROM whole WHERE model <> ? ORDER BY model", (model,))
    return Made(
        claims=_count(conn, 0),
        done=conn.execute(query, (model,)).fetchone()[0],
        others=tuple(row[0] for row in others),
    )


def drop_changed(conn: sqlite3.Connection, row: int, claim: Claim) -> None:
    """Remove the vectors of wordings that `claim`, of the row `row`, does not have, or may not show."""
    kept = {wording_key(each) for each in (claim.text, *claim.aliases)} if claim.state is State.VETTED else ()
    held = conn.execute("SELECT n, wording FROM vector WHERE claim = ?", (row,)).fetchall()
    gone = [(number,) for number, wording in held if bytes(wording) not in kept]
    if gone:
        conn.executemany("DELETE FROM vector WHERE n = ?", gone)


def are_held(conn: sqlite3.Connection, model: str) -> bool:
    """Say whether there is any vector of `model`."""
    query = "SELECT EXISTS (SELECT 1 FROM vector WHERE model = ?)"
    return bool(conn.execute(query, (model,)).fetchone()[0])


def filled(conn: sqlite3.Connection, model: str) -> int:
    """Return up to which change every wording has its vector of `model`; 0 where that is unknown."""
    row = conn.execute("SELECT seq FROM filled WHERE model = ?", (model,)).fetchone()
    return int(row[0]) if row else 0


def _reached(conn: sqlite3.Connection, model: str, change: int) -> None:
    conn.execute(_FILLED, (model, change))


def _count(conn: sqlite3.Connection, after: int) -> int:
    count: int = conn.execute(_COUNT, (after,)).fetchone()[0]
    return count
