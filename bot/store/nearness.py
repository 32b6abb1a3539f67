"""Nearness: what is near in meaning to a paste, on one snapshot of the ledger.

What is in memory is never believed by itself: it says which vectors are worth reading, and those are read
from the ledger, joined to the claim with the condition of what a reader may see.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from bot.embedding import InOne
from bot.paste import Paste, sentences
from bot.store import marks
from bot.store.visibility import VISIBLE
from bot.views import View

if TYPE_CHECKING:
    from bot.embedding import Embedder, Numbers
    from bot.vectors import Sketches

    Asked = tuple[tuple[str, ...], Numbers]
    """Texts, and one row for each: its vector."""

LOADED: Final = 20_000
"""Vectors that are read from the file at a time."""
READ: Final = 4
"""Vectors that are read for each claim that is asked for: claims have several, and a sketch is no vector."""
LEAST_READ: Final = 160
"""Vectors that are read at least, so that of few all are."""
ALIKE: Final = 5
"""Decimals of a cosine that count: beyond them it is chance which of two equal vectors is nearer."""
FURTHER: Final = 8
"""How many times as many are read where too many of them may not be seen."""
MOST_EMBEDDED: Final = 2_500
"""Characters of a paste of which vectors are made while somebody waits; words find what is beyond."""
MOST_OF_UNIT: Final = 600
"""Characters of one unit that an embedder reads at most, or nearly so."""

_READ: Final = "SELECT claim, data FROM vector WHERE n IN (SELECT value FROM json_each(?)) ORDER BY n"
# CROSS JOIN keeps SQLite from walking through every claim of the workspace.
_VISIBLE: Final = f"""
    SELECT claim.n FROM json_each(:claims) AS asked CROSS JOIN claim ON claim.n = asked.value
    WHERE {VISIBLE}"""
# A claim with a wording that has no vector yet is left out: that may be the very one, and words know it.
_OF_CLAIMS: Final = """
    SELECT claim.id, vector.data FROM vector JOIN claim ON claim.n = vector.claim
    WHERE vector.claim IN (SELECT value FROM json_each(:claims)) AND vector.model = :model
    AND (SELECT count(*) FROM vector AS held WHERE held.claim = claim.n AND held.model = :model)
        >= (SELECT count(*) FROM (SELECT claim.text UNION SELECT value FROM json_each(claim.aliases)))"""
_NEW: Final = """
    SELECT vector.n, claim.n, claim.embargo_until, claim.workspace, vector.data
    FROM vector JOIN claim ON claim.n = vector.claim
    WHERE vector.model = ? AND vector.n > ? ORDER BY vector.n LIMIT ?"""
_AGAIN: Final = """
    SELECT vector.n, claim.n, claim.embargo_until, claim.workspace, vector.data
    FROM vector JOIN claim ON claim.n = vector.claim
    WHERE vector.claim IN (SELECT value FROM json_each(?)) AND vector.model = ? AND vector.n <= ?"""
_CHANGED: Final = "SELECT claim FROM touched WHERE seq > ? AND seq <= ?"


def held(conn: sqlite3.Connection, model: str, known: Sketches | None, dimensions: int) -> Sketches:
    """Return the vectors of `model` in memory as they are on this snapshot, `known` being what is there.

    Where it fails `known` is of no use any more.
    """
    from bot.vectors import Sketches  # noqa: PLC0415 - loads numpy

    if known is None:
        known = Sketches(dimensions)
    newest = marks.newest(conn)
    if known.seq < newest:
        if known.size:
            changed = [row[0] for row in conn.execute(_CHANGED, (known.seq, newest))]
            again = known.drop(changed)
            for start in range(0, len(again), LOADED):
                some = json.dumps(again[start : start + LOADED])
                known.add([tuple(row) for row in conn.execute(_AGAIN, (some, model, known.last))])
        known.seq = newest
    while rows := [tuple(row) for row in conn.execute(_NEW, (model, known.last, LOADED))]:
        known.add(rows)
    return known


def embedded(embedder: Embedder, paste: Paste) -> Asked:
    """Return the units of `paste` with a vector of each; slow, so not for the event loop.

    The author's name counts as one more word of each, as it does in matching by words. Of a very long paste
    the last units have none.
    """
    units: list[str] = []
    left = MOST_EMBEDDED
    for unit in paste.units:
        left -= min(len(unit), MOST_OF_UNIT)
        if units and left < 0:
            break
        units.append(unit)
    parts = sentences(paste.text)
    if len(units) > 1 and units[0] == " ".join(parts) and isinstance(embedder, InOne):
        # The whole is read once, and what was read of each sentence in it is the vector of that sentence.
        rows = embedder.embed_parts(parts, paste.author)
        places = {text: place for place, text in enumerate((units[0], *parts))}
        return tuple(units), rows[[places[unit] for unit in units]]
    texts = [f"{unit} {paste.author}" if paste.author else unit for unit in units]
    return tuple(units), embedder.embed(texts)


class Near:
    """The vectors on file, compared with the texts that are looked up: `asked` has theirs."""

    def __init__(self, model: str, held: Sketches, asked: Asked) -> None:
        self._model = model
        self._held = held
        self._units, self._vectors = asked
        # Of the claims that were asked about: the same for every unit of a paste.
        self._compared: dict[str, tuple[list[str], Numbers]] = {}

    def knows(self, unit: str) -> bool:
        """Say whether there is a vector of the text `unit`."""
        return unit in self._units

    def rows(self, conn: sqlite3.Connection, unit: str, *, view: View, limit: int) -> tuple[int, ...]:
        """Return the rows of the `limit` visible claims nearest in meaning to `unit`, nearest first."""
        from bot.vectors import unpack  # noqa: PLC0415 - loads numpy

        vector = self._vectors[self._units.index(unit)]
        wanted = max(READ * limit, LEAST_READ)
        while True:
            numbers = self._held.nearest(vector, wanted, view)
            rows = conn.execute(_READ, (json.dumps(numbers),)).fetchall()
            cosines = (unpack([row[1] for row in rows]) @ vector).round(ALIKE).tolist() if rows else []
            # Of equal ones the older comes first, so that the order is always the same.
            order = sorted(range(len(rows)), key=lambda place: (-cosines[place], place))
            near = list(dict.fromkeys(rows[place][0] for place in order))
            found: list[int] = []
            for start in range(0, len(near), 2 * limit):
                some = near[start : start + 2 * limit]
                values = {"claims": json.dumps(some), **view.values()}
                seen = {row[0] for row in conn.execute(_VISIBLE, values)}
                found += [claim for claim in some if claim in seen]
                if len(found) >= limit:
                    return tuple(found[:limit])
            # Where many of the nearest may not be seen, those that may are looked for further away.
            if len(numbers) < wanted:
                return tuple(found)
            wanted *= FURTHER

    def cosines(self, conn: sqlite3.Connection, unit: str, claims: Iterable[int]) -> dict[str, float]:
        """Return for each of the `claims` (rows), by its id, the cosine of its best wording.

        Of those that have not all their vectors there is none.
        """
        from bot.vectors import unpack  # noqa: PLC0415 - loads numpy

        asked = json.dumps(list(claims))
        if asked not in self._compared:
            rows = conn.execute(_OF_CLAIMS, {"claims": asked, "model": self._model}).fetchall()
            near = self._vectors @ unpack([row[1] for row in rows]).T if rows else self._vectors[:, :0]
            self._compared[asked] = ([row[0] for row in rows], near)
        keys, near = self._compared[asked]
        best: dict[str, float] = {}
        for key, cosine in zip(keys, near[self._units.index(unit)].tolist(), strict=True):
            best[key] = max(best.get(key, -1.0), cosine)
        return best
