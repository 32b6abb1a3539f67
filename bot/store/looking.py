"""Looking up a paste: by words on one hop, and by the vectors of it, once they are made, on a second one.

Between the two others are served. Where the ledger has changed meanwhile, the first is done again on the
second's snapshot, so that an answer is always of one revision.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.answers import Tier
from bot.calibration import Calibration
from bot.embedding import EmbeddingError
from bot.matching import Hit, tiers
from bot.paste import Paste
from bot.placing import placed
from bot.recent import Found
from bot.records import record
from bot.store import nearness, search, showing, sketches, vectors
from bot.store.revisions import newest
from bot.views import View

if TYPE_CHECKING:
    from bot.across import Across
    from bot.embedding import Meaning
    from bot.store.words import Words
    from bot.vectors import Sketches

MOST_SHOWN: Final = 500
"""Claims kept in memory as they were read for the last questions."""
MOST_ASKED: Final = 256
"""Pastes whose vectors are kept in memory."""
ASKED_SECONDS: Final = 300.0
"""How long they are kept: as long as an answer is."""


@record
class Look:
    """What is looked up, for whom, and how; `meaning` is None where words alone count.

    With `every` also what was compared and is not near enough to be shown is returned, as of no tier.
    """

    paste: Paste
    view: View
    weights: Calibration
    limit: int
    meaning: Meaning | None = None
    every: bool = False


@record
class Lookup:
    """What matching found, best first, on one snapshot.

    `fused` judged what vectors counted for, `across` what is in another language. `is_whole` is false where
    it was found by words alone because there was no vector of the paste.
    """

    revision: int
    found: tuple[tuple[Hit, Tier, Found], ...]
    fused: Calibration | None = None
    across: Across | None = None
    is_whole: bool = True


@record
class ByWords:
    """What was found by words, at which revision, and what the vectors were made with that serve there."""

    revision: int
    found: search.ByWords
    meaning: Meaning | None


@record
class Made:
    """The vectors of a paste by one model; None where the embedder failed."""

    model: str
    asked: nearness.Asked | None


class Memory:
    """What was read and worked out for the last questions, while the ledger stays as it is."""

    def __init__(self, index: Words, ledger: Path) -> None:
        self._ledger = ledger
        self._index = index
        self._revision = -1
        self._shown: dict[tuple[View, str], Found] = {}
        self.known = search.Known(self._index)
        self._sketches: Sketches | None = None
        # The size of the sketches and their newest vector when they were read from their file, or written.
        self._written: tuple[int, int, int] | None = None
        self._was_read = False
        self._asked: OrderedDict[bytes, tuple[float, nearness.Asked]] = OrderedDict()
        self._model = ""
        self.meaning: Meaning | None = None
        """What the vectors that served the last question were made with."""

    def at(self, revision: int) -> None:
        """Forget what is of another revision, or too much."""
        if self._revision != revision or len(self._shown) > MOST_SHOWN:
            self._revision, self._shown = revision, {}
            self.known = search.Known(self._index)
        elif self.known.is_full():
            self.known = search.Known(self._index)

    def made(self, paste: Paste, meaning: Meaning | None) -> Made | None:
        """Return the vectors of a paste, those of a moment ago where it is the same; slow, for a thread.

        None where `meaning` is: the model is not loaded for a ledger without vectors.
        """
        if meaning is None:
            return None
        embedder, now = meaning.embedder, time.monotonic()
        text = json.dumps([embedder.model, paste.author, paste.text])
        key = hashlib.sha256(text.encode(errors="replace")).digest()
        held = self._asked.get(key)
        if held is None or held[0] < now - ASKED_SECONDS:
            try:
                held = (now, nearness.embedded(embedder, paste))
            except EmbeddingError:
                return Made(model=embedder.model, asked=None)
            self._asked[key] = held
            self._drop_old(now - ASKED_SECONDS)
        return Made(model=embedder.model, asked=held[1])

    def _drop_old(self, before: float) -> None:
        # Several threads may be at it at once, so that what is looked at may be gone.
        for key, (made, _) in list(self._asked.items()):
            if made < before or len(self._asked) > MOST_ASKED:
                self._asked.pop(key, None)

    def held(self, conn: sqlite3.Connection, meaning: Meaning) -> Sketches:
        """Return the vectors on file as they are kept in memory, with what has changed since."""
        known, self._sketches = self._sketches, None
        model, dimensions = meaning.embedder.model, meaning.embedder.dimensions
        if model != self._model:
            self._model, self._written, self._was_read, known = model, None, False, None
        if known is None and not self._was_read:
            self._was_read = True
            known = sketches.restored(conn, self._ledger, model, dimensions)
            self._written = _extent(known) if known else None
        self._sketches = nearness.held(conn, model, known, dimensions)
        return self._sketches

    def near(self, conn: sqlite3.Connection, meaning: Meaning, asked: nearness.Asked) -> nearness.Near:
        """Return the vectors `asked` beside those on file."""
        return nearness.Near(meaning.embedder.model, self.held(conn, meaning), asked)

    def unwritten(
        self, conn: sqlite3.Connection, meaning: Meaning, *, at_once: bool = False
    ) -> sketches.Snapshot | None:
        """Bring what is in memory up to date; return what is to be written to its file, where that is due.

        `at_once`: however few have come or gone since it was written.
        """
        self.meaning = found = vectors.in_use(conn, meaning)
        if found is None:
            return None
        known = self.held(conn, found)
        now, before = _extent(known), self._written
        changes = sum(abs(new - old) for new, old in zip(now, before, strict=True)) if before else known.live
        least = 1 if at_once else sketches.due_after(known.live)
        if known.live < self._index.large or changes < least:
            return None
        self._written = now
        return sketches.snapshot(conn, self._ledger, found.embedder.model, known)

    def found(self, conn: sqlite3.Connection, key: str, view: View) -> Found | None:
        """Return the claim `key` as readers of `view` see it."""
        held = self._shown.get((view, key)) or showing.found(conn, key, view)
        if held is not None:
            self._shown[view, key] = held
        return held


def _extent(known: Sketches) -> tuple[int, int, int]:
    return known.size, known.gone, known.last


def found_by_words(conn: sqlite3.Connection, look: Look, memory: Memory) -> ByWords:
    """Return what is near to the paste by words, and bring what is in memory of the vectors up to date."""
    revision = newest(conn)
    memory.at(revision)
    memory.meaning = meaning = vectors.in_use(conn, look.meaning) if look.meaning else None
    find = search.by_words if meaning is None else search.by_words_ahead
    found = find(conn, look.paste, view=look.view, known=memory.known)
    if meaning is not None:
        memory.held(conn, meaning)
    return ByWords(revision=revision, found=found, meaning=meaning)


def looked_up(
    conn: sqlite3.Connection,
    look: Look,
    memory: Memory,
    words: ByWords | None = None,
    made: Made | None = None,
) -> Lookup:
    """Return what the paste may be about, with the records; `made` are its vectors."""
    revision = newest(conn)
    memory.at(revision)
    near = fused = across = None
    meaning = words.meaning if words else None
    # Meanwhile the vectors may have gone: those of another model serve from now on.
    if meaning and made and made.asked and vectors.are_held(conn, meaning.embedder.model):
        near = memory.near(conn, meaning, made.asked)
        fused, across = meaning.weights, meaning.across
    hits = search.lookup(
        conn,
        look.paste,
        view=look.view,
        weights=look.weights,
        limit=look.limit,
        known=memory.known,
        near=near,
        fused=fused,
        across=across,
        words=words.found if words is not None and words.revision == revision else None,
    )
    # The tiers are known before a record is read, so that only what can be shown is read.
    shown = tiers(hits, look.paste, look.weights, fused, across)
    if look.every:
        tier_of = {hit.claim: tier for hit, tier in shown}
        shown = tuple((hit, tier_of.get(hit.claim, Tier.NONE)) for hit in hits)
    records = (
        (placed(hit, look.paste), tier, memory.found(conn, hit.claim, look.view)) for hit, tier in shown
    )
    return Lookup(
        revision=revision,
        fused=fused,
        across=across,
        is_whole=meaning is None or near is not None,
        found=tuple((hit, tier, found) for hit, tier, found in records if found is not None),
    )
