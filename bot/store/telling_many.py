"""Telling those who asked the moderators, after an import that vetted many claims in several transactions.

Where the import began is written down with it, so that the next one tells what an import that was broken off
did not get to tell.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Final

from bot import grouping
from bot.calibration import load
from bot.paste import clean
from bot.store import telling
from bot.store.feedback import set_setting, setting
from bot.store.reading import whole_claim
from bot.store.search import Known, lookup
from bot.store.wordings import fold_hash
from bot.views import View

_BEGUN: Final = "import.begun"
"""The setting that holds the highest number in `touched` before the import; gone when all were told."""
FEW: Final = 200
"""With no more claims than these each is looked at by itself; of more, those that the questions find."""
_FOUND: Final = 3
_LAST_DAY: Final = "9999-12-31"


def begin(conn: sqlite3.Connection) -> None:
    """Write down where an import begins, unless one that was broken off began earlier."""
    if setting(conn, _BEGUN) is None:
        set_setting(
            conn, _BEGUN, str(conn.execute("SELECT coalesce(max(seq), 0) FROM touched").fetchone()[0])
        )


def tell(conn: sqlite3.Connection, now: float) -> None:
    """Close the groups that claims vetted since `begin` answer, so that those who asked are told."""
    begun = int(setting(conn, _BEGUN) or 0)
    if conn.execute("SELECT 1 FROM unanswered WHERE state = 'open' LIMIT 1").fetchone() is not None:
        vetted = """SELECT claim.n, claim.id FROM touched JOIN claim ON claim.n = touched.claim
            WHERE touched.seq > ? AND claim.state = 'vetted'"""
        count = conn.execute(f"SELECT count(*) FROM ({vetted})", (begun,)).fetchone()[0]
        if count <= FEW:
            keys = [row[1] for row in conn.execute(f"{vetted} ORDER BY claim.n", (begun,))]
        else:
            keys = sorted({*_asked_for(conn, begun), *_worded_alike(conn, begun)})
        for key in keys:
            claim = whole_claim(conn, key)
            if claim is not None:
                telling.vetted(conn, claim, now)
    conn.execute("DELETE FROM setting WHERE name = ?", (_BEGUN,))


def _asked_for(conn: sqlite3.Connection, begun: int) -> Iterator[str]:
    """Yield the new claims that are found for the texts of open groups."""
    new = "SELECT 1 FROM claim JOIN touched ON touched.claim = claim.n WHERE claim.id = ? AND touched.seq > ?"
    query = "SELECT workspace, text FROM unanswered WHERE state = 'open' AND text IS NOT NULL"
    known, weights = Known(), load()
    for workspace, text in conn.execute(query).fetchall():
        view = View(today=_LAST_DAY, workspace=workspace)
        for hit in lookup(conn, clean(text), view=view, weights=weights, limit=_FOUND, known=known):
            if conn.execute(new, (hit.claim, begun)).fetchone() is not None:
                yield hit.claim


def _worded_alike(conn: sqlite3.Connection, begun: int) -> Iterator[str]:
    """Yield the new claims with a wording that was asked for just so, of which only the hash may be kept."""
    folds = {
        row[0]
        for row in conn.execute(
            "SELECT fold FROM unanswered_fold JOIN unanswered ON unanswered.id = unanswered_fold.unanswered"
            " WHERE unanswered.state = 'open'"
        )
    }
    query = """SELECT claim.id, claim.text, claim.aliases FROM touched JOIN claim ON claim.n = touched.claim
        WHERE touched.seq > ? AND claim.state = 'vetted'"""
    for key, text, aliases in conn.execute(query, (begun,)):
        for each in (text, *json.loads(aliases)):
            if (folded := grouping.key(each)) and fold_hash(conn, folded) in folds:
                yield key
