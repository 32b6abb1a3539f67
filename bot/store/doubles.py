"""Doubles: which claims on file look like another one, looked for a few claims at a time.

Each claim is asked for by its own text as a paste is, with itself left out. Its vector is the one on file,
so that nothing has to be embedded.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.calibration import Calibration
from bot.embedding import wording_key
from bot.folding import fold
from bot.matching import Candidates, Hit, judged, merged
from bot.paste import Paste, clean, sentences
from bot.records import record
from bot.store.nearness import Near
from bot.store.revisions import newest
from bot.store.search import candidates
from bot.store.vectors import in_use
from bot.store.visibility import VISIBLE
from bot.terms import terms
from bot.views import View

if TYPE_CHECKING:
    from bot.embedding import Meaning
    from bot.store.looking import Memory

TOGETHER: Final = 20
"""Claims that are looked at in one read: some 0.2 s of work."""
LIKELY: Final = 6
"""Others that are compared closely: so many by their words, and as many by their meaning."""
NEAREST: Final = 5
"""Others that one claim is taken to look like at most."""

_WHICH: Final = f"""
    FROM claim WHERE {VISIBLE} AND claim.workspace = :workspace AND (:since IS NULL OR EXISTS (
        SELECT 1 FROM revision WHERE revision.claim = claim.id AND substr(revision.at, 1, 10) >= :since))"""
_NEXT: Final = (
    f"SELECT claim.n, claim.id, claim.text {_WHICH} AND claim.n > :after ORDER BY claim.n LIMIT :limit"
)
_OTHERS: Final = f"""
    SELECT claim.id FROM fold JOIN claim ON claim.n = fold.claim
    WHERE fold.fold = :fold AND claim.id <> :key AND {VISIBLE}"""
_HELD: Final = "SELECT data FROM vector WHERE claim = ? AND model = ? AND wording = ?"
_OTHER: Final = "SELECT n, workspace FROM claim WHERE id = ?"
_RELATED: Final = """SELECT EXISTS (SELECT 1 FROM relation
    WHERE (claim = :one AND "to" = :other) OR (claim = :other AND "to" = :one))"""


@record
class Double:
    """A claim (`newer`) that looks like an older one; the `hit` is of the one for the text of the other.

    `asked` is the id of the claim whose text was asked for; `related`: they are related on file.
    """

    newer: str
    older: str
    asked: str
    hit: Hit
    related: bool


@record
class Looked:
    """What was found among so many `claims`, up to the row `last`; `is_end` where there are none beyond.

    `total` is how many there are to look at, counted at the beginning alone.
    """

    doubles: tuple[Double, ...]
    claims: int
    last: int
    is_end: bool
    total: int = 0


def doubles(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection,
    after: int,
    since: str | None,
    least: float,
    view: View,
    weights: Calibration,
    memory: Memory,
    meaning: Meaning | None,
) -> Looked:
    """Return what the claims beyond the row `after` look like with a probability of `least` (0 to 1).

    They are those of the workspace of `view` that were changed on the day `since` or after it.
    """
    memory.at(newest(conn))
    values = {**view.values(), "since": since, "after": after, "limit": TOGETHER}
    rows = [tuple(row) for row in conn.execute(_NEXT, values)]
    asked = {row: _paste(text) for row, _, text in rows}
    meaning = in_use(conn, meaning) if meaning else None
    near = _near(conn, {row: (asked[row], text) for row, _, text in rows}, memory, meaning)
    fused = meaning.weights if meaning and near else None
    found = []
    for row, key, _ in rows:
        entries = candidates(conn, asked[row], view=view, known=memory.known, spare=1, near=near)
        others = _likeliest(entries, key)
        hits = merged([_exact(conn, asked[row], key, view), judged(others, weights, (), fused)])
        for hit in hits[:NEAREST]:
            other = conn.execute(_OTHER, (hit.claim,)).fetchone()
            if hit.probability >= least and other["workspace"] == view.workspace:
                found.append(_double(conn, (row, key), (other["n"], hit.claim), hit))
    return Looked(
        doubles=tuple(found),
        claims=len(rows),
        last=rows[-1][0] if rows else after,
        is_end=len(rows) < TOGETHER,
        total=0 if after else conn.execute(f"SELECT count(*) {_WHICH}", values).fetchone()[0],
    )


def _likeliest(found: Candidates, key: str) -> Candidates:
    """Return the few of the entries, `key` left out, that a double can be among."""
    others = [each for each in found.entries if each.entry.claim != key]
    asked, cosines = found.asked[0].query, found.asked[0].cosines or {}
    by_words = sorted(
        others, key=lambda each: -sum(found.weigh(term) for term in asked.unique if term in each.terms)
    )
    by_meaning = sorted(others, key=lambda each: -cosines.get(each.entry.claim, -1.0)) if cosines else []
    return replace(found, entries=tuple(dict.fromkeys((*by_words[:LIKELY], *by_meaning[:LIKELY]))))


def _double(conn: sqlite3.Connection, one: tuple[int, str], other: tuple[int, str], hit: Hit) -> Double:
    (_, older), (_, newer) = sorted((one, other))
    related = conn.execute(_RELATED, {"one": older, "other": newer}).fetchone()[0]
    return Double(newer=newer, older=older, asked=one[1], hit=hit, related=bool(related))


def _paste(text: str) -> Paste:
    """Return the text of a claim as one that is asked for, as a whole."""
    cleaned = clean(text).text or text
    return Paste(text=cleaned, author=None, urls=(), units=(" ".join(sentences(cleaned)),))


def _exact(conn: sqlite3.Connection, paste: Paste, key: str, view: View) -> list[Hit]:
    whole = fold(paste.text)
    rows = conn.execute(_OTHERS, {"fold": whole, "key": key, **view.values()}) if whole else ()
    return [Hit(claim=row[0], probability=1.0, exact=True, terms=tuple(terms(paste.text))) for row in rows]


def _near(
    conn: sqlite3.Connection,
    asked: dict[int, tuple[Paste, str]],
    memory: Memory,
    meaning: Meaning | None,
) -> Near | None:
    """Return the vectors on file of the texts `asked`; None where there are none."""
    if meaning is None:
        return None
    held = {}
    for row, (paste, text) in asked.items():
        found = conn.execute(_HELD, (row, meaning.embedder.model, wording_key(text))).fetchone()
        if found is not None:
            held[paste.units[0]] = bytes(found[0])
    if not held:
        return None
    import numpy as np  # noqa: PLC0415 - the extra's

    from bot.vectors import unpack  # noqa: PLC0415 - loads numpy

    long = unpack(list(held.values()))
    long /= np.maximum(np.linalg.norm(long, axis=1, keepdims=True), 1e-9)
    return Near(meaning.embedder.model, memory.held(conn, meaning), (tuple(held), long))
