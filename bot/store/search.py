"""Search: the rows that matching reads, and the queries that find candidates in them.

Every query joins the table `claim` and holds the condition of what a reader may see. A paste reaches
SQLite only as quoted terms, so nothing in it can be read as a query.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from bot.across import Across
from bot.across import hits as hits_across
from bot.calibration import Calibration
from bot.claims import Claim
from bot.matching import KEYWORDS, LINK_CHANCE, Asked, Candidates, Hit, Measured, judged, measured, merged
from bot.paste import Paste, sentences
from bot.records import record
from bot.signals import Compared, Entry, Rarity, query
from bot.store.exactly import by_address, by_link, exact, raised_by_link
from bot.store.indexed import indexed
from bot.store.postings import Field
from bot.store.vectors import drop_changed
from bot.store.visibility import VISIBLE
from bot.store.words import Standing, Words
from bot.terms import word_count
from bot.views import View

if TYPE_CHECKING:
    from bot.store.nearness import Near

__all__ = ["Hit", "candidates", "index", "lookup"]

CANDIDATES: Final = 40
"""Entries that are compared with one text; more change nothing in what is found (dev splits)."""
QUERY_ENTRIES: Final = 2_000
"""Entries in which the terms asked for may stand together: bm25 reads each of them (dev splits)."""
QUERY_LEAST: Final = 3
"""Terms that are asked for however many entries hold them."""
LARGE: Final = 10_000
"""Vetted claims from which on words are looked up in an index beside the ledger, where there is one."""
SCORED: Final = 20_000
"""Entries that FTS5 scores at most, the first on file: more would take longer than anybody waits."""
BY_MEANING: Final = 40
"""Entries that are compared because they are near in meaning."""
BY_RECORD: Final = 10
"""Entries that are compared because of what was said about them."""
QUERY_TERMS: Final = 32
"""Terms of one text that the index is asked for: the rarest, and the first of those equally rare."""
MOST_COMPARED: Final = 4_000
"""Entries kept in memory ready to be compared: some 10 kB each."""
MOST_TERMS: Final = 200_000
"""Terms whose weight is kept in memory."""

# The scores are taken by themselves, before the claims are joined, which is what takes long otherwise.
_NEAREST: Final = {
    field: f"""
        SELECT claim.n, -found.score FROM (
            SELECT rowid AS n, rank AS score FROM {table} WHERE {table} MATCH :match LIMIT {SCORED}
        ) AS found JOIN claim USING (n)
        WHERE {VISIBLE} ORDER BY found.score, claim.n LIMIT :limit"""
    for field, table in ((Field.WORDING, "wording_fts"), (Field.RECORD, "record_fts"))
}
_ENTRIES: Final = """
    SELECT claim.n, claim.id, wording_fts.text, wording_fts.aliases, record_fts.statements, record_fts.names
    FROM claim JOIN wording_fts ON wording_fts.rowid = claim.n
    LEFT JOIN record_fts ON record_fts.rowid = claim.n
    WHERE claim.n IN (SELECT value FROM json_each(:rows))"""
_LANGUAGES: Final = "SELECT id, language FROM claim WHERE id IN (SELECT value FROM json_each(:claims))"
_MORE: Final = "INSERT INTO term VALUES (?, 1) ON CONFLICT (term) DO UPDATE SET entries = entries + 1"
_FEWER: Final = "UPDATE term SET entries = entries - 1 WHERE term = ?"
_NO_MORE: Final = "DELETE FROM term WHERE term = ? AND entries = 0"
_DOCUMENTS: Final = "SELECT term, entries FROM term WHERE term IN (SELECT value FROM json_each(:terms))"
_SIZE: Final = "SELECT entries FROM term WHERE term = ''"
"""No term is empty: under that name stands how many claims are vetted."""


class Known:
    """What was worked out about the rows for earlier questions; of use while they are the same."""

    def __init__(self, words: Words | None = None) -> None:
        self.words = words
        self.compared: dict[int, Compared] = {}
        self._weigh: Rarity | None = None

    def is_full(self) -> bool:
        """Say whether it has become so much that it is better begun anew."""
        terms_held = len(self._weigh.documents) if self._weigh else 0
        return len(self.compared) > MOST_COMPARED or terms_held > MOST_TERMS

    def weigh(self, conn: sqlite3.Connection) -> Rarity:
        """Return how much each term weighs in the ledger."""
        if self._weigh is None:
            self._weigh = Rarity({}, size(conn))
        return self._weigh

    def standing(self, conn: sqlite3.Connection) -> Standing | None:
        """Return the index beside the ledger, where there is one that can be asked on this snapshot."""
        return self.words.at(conn, size(conn)) if self.words else None


def size(conn: sqlite3.Connection) -> int:
    """Return how many claims are vetted."""
    row = conn.execute(_SIZE).fetchone()
    return int(row[0]) if row else 0


def index(conn: sqlite3.Connection, claim: Claim) -> None:
    """Bring the rows that matching reads in line with `claim`, which is stored already.

    A claim that is not vetted has no such rows, and neither has a statement that is not; an embargo is
    left to the queries, since it ends without a change.
    """
    row = conn.execute("SELECT n FROM claim WHERE id = ?", (claim.id,)).fetchone()[0]
    before = conn.execute("SELECT text || ' ' || aliases FROM wording_fts WHERE rowid = ?", (row,)).fetchone()
    if before is not None:
        held = [(term,) for term in {"", *before[0].split()}]
        conn.executemany(_FEWER, held)
        conn.executemany(_NO_MORE, held)
    drop_changed(conn, row, claim)
    conn.execute("INSERT OR REPLACE INTO touched (claim) VALUES (?)", (row,))
    conn.execute("DELETE FROM outdated WHERE claim = ?", (row,))
    conn.execute("DELETE FROM fold WHERE claim = ?", (row,))
    conn.execute("DELETE FROM wording_fts WHERE rowid = ?", (row,))
    conn.execute("DELETE FROM record_fts WHERE rowid = ?", (row,))
    held_now = indexed(claim)
    if held_now is None:
        return
    conn.executemany("INSERT INTO fold (fold, claim) VALUES (?, ?)", ((key, row) for key in held_now.folds))
    wordings = (row, held_now.text, held_now.aliases)
    conn.execute("INSERT INTO wording_fts (rowid, text, aliases) VALUES (?, ?, ?)", wordings)
    conn.executemany(_MORE, ((term,) for term in held_now.terms))
    if held_now.said is not None:
        record = (row, held_now.said, held_now.names)
        conn.execute("INSERT INTO record_fts (rowid, statements, names) VALUES (?, ?, ?)", record)


def lookup(
    conn: sqlite3.Connection,
    paste: Paste,
    *,
    view: View,
    weights: Calibration,
    limit: int,
    known: Known,
    without: Collection[str] = (),
    near: Near | None = None,
    fused: Calibration | None = None,
    across: Across | None = None,
    words: ByWords | None = None,
) -> tuple[Hit, ...]:
    """Return the claims that `paste` may be about, best first, at most `limit`.

    Addresses and exact wordings come first, then words. Only what `view` shows is found; the claims
    `without` count as if they were not on file. `known` is what was worked out for earlier questions on
    the same rows. With `near`, the vectors of the paste, what is near in meaning is found as well, and judged
    by `fused`; what is in another language than the paste by `across`. `words` is what `by_words` found of it
    at the same revision.
    """
    linked = by_address(conn, paste, view)
    linked.difference_update(without)
    if word_count(paste.text) <= KEYWORDS and linked:
        return tuple(by_link(each, 1.0, exact=True) for each in sorted(linked))[:limit]
    found = candidates(conn, paste, view=view, known=known, spare=len(without), near=near, found=words)
    judgement = judged(found, weights, without, fused)
    if across is not None:
        keys = [each.entry.claim for each in found.entries]
        spoken = dict(iter(conn.execute(_LANGUAGES, {"claims": json.dumps(keys)})))
        abroad = merged([hits_across(found, across, spoken, without)])
        # Of these, words in common say little: some are other words in the other language.
        named = {each.claim for each in abroad}
        judgement = (*abroad, *(each for each in judgement if each.claim not in named))
    hits = merged([exact(conn, paste, view, without), judgement])
    matched = {hit.claim for hit in hits}
    raised = (raised_by_link(hit) if hit.claim in linked else hit for hit in hits)
    more = (by_link(each, LINK_CHANCE) for each in sorted(linked - matched))
    return merged([raised, more])[:limit]


@record
class ByWords:
    """The units of a paste, and the rows of the entries near to it by words, at one revision.

    `before` is what was measured of them while the vectors of the paste were made.
    """

    asked: tuple[Asked, ...]
    rows: tuple[int, ...]
    before: Mapping[tuple[str, str], Measured] = field(default_factory=dict)


def by_words_ahead(conn: sqlite3.Connection, paste: Paste, *, view: View, known: Known) -> ByWords:
    """Return the entries near to `paste` by words, measured as far as its vectors are not needed for it."""
    found = by_words(conn, paste, view=view, known=known)
    entries = _compared(conn, found.rows, known)
    units = measured(Candidates(asked=found.asked, entries=entries, weigh=known.weigh(conn)))
    before = {(asked.query.text, each.claim): each for asked, rows in units for each in rows}
    return replace(found, before=before)


def by_words(conn: sqlite3.Connection, paste: Paste, *, view: View, known: Known, spare: int = 0) -> ByWords:
    """Return the entries near to `paste` by words, of which `spare` are fetched beyond the limit."""
    parts = sentences(paste.text)
    whole = " ".join(parts)
    asked = tuple(
        Asked(
            part=None if unit == whole else unit,
            query=query(unit, paste.author, parts if unit == whole else ()),
        )
        for unit in paste.units
    )
    weigh = known.weigh(conn)
    learn(conn, weigh, (term for each in asked for term in each.query.unique))
    rows: dict[int, None] = {}
    standing = known.standing(conn)
    for each in _looked_up(asked):
        if each.query.unique:
            for where, limit in ((Field.WORDING, CANDIDATES), (Field.RECORD, BY_RECORD)):
                terms_asked, documents = each.query.unique, weigh.documents
                found = nearest(conn, standing, where, terms_asked, documents, view=view, limit=limit + spare)
                rows |= dict.fromkeys(row for row, _ in found)
    _compared(conn, tuple(rows), known)
    return ByWords(asked=asked, rows=tuple(rows))


def _looked_up(asked: tuple[Asked, ...]) -> tuple[Asked, ...]:
    """Return the units that entries are looked up for: the whole, where that is one of them and short.

    Of a whole with more terms than are asked for, a sentence could be crowded out.
    """
    is_short = any(each.part is None for each in asked) and len(asked[0].query.unique) <= QUERY_TERMS
    return asked[:1] if is_short else asked


def candidates(
    conn: sqlite3.Connection,
    paste: Paste,
    *,
    view: View,
    known: Known,
    spare: int = 0,
    near: Near | None = None,
    found: ByWords | None = None,
) -> Candidates:
    """Return the entries to compare `paste` with; `spare` are fetched beyond the limit.

    Where the whole of a short paste is matched, its sentences are compared with the entries found for it.
    `found` is what `by_words` found of it at the same revision, where that was asked already.
    """
    found = found or by_words(conn, paste, view=view, known=known, spare=spare)
    asked, rows, weigh = found.asked, dict.fromkeys(found.rows), known.weigh(conn)
    learn(conn, weigh, (term for each in asked for term in each.query.unique))
    if near is not None:
        for each in _looked_up(asked):
            if near.knows(each.query.text):
                rows |= dict.fromkeys(near.rows(conn, each.query.text, view=view, limit=BY_MEANING + spare))
        asked = tuple(
            replace(each, cosines=near.cosines(conn, each.query.text, rows))
            if near.knows(each.query.text)
            else each
            for each in asked
        )
    entries = _compared(conn, tuple(rows), known)
    return Candidates(asked=asked, entries=entries, weigh=weigh, before=found.before)


def nearest(
    conn: sqlite3.Connection,
    standing: Standing | None,
    field: Field,
    asked: Iterable[str],
    documents: Mapping[str, int],
    *,
    view: View,
    limit: int,
    all_terms: bool = False,
) -> list[tuple[int, float]]:
    """Return the rows of the entries nearest to the terms `asked`, the best first, each with its bm25.

    `documents` says in how many entries a term stands. FTS5 is asked for the rarest of the terms, as far as
    it has not to read too much, or for `all_terms`, and then scores the first entries on file.
    """
    rare = sorted(asked, key=lambda term: documents[term])
    # Those that no wording holds may stand in what was said; they take no room from the others.
    known = next((place for place, term in enumerate(rare) if documents[term]), len(rare))
    rare = rare[:known][:QUERY_TERMS] + rare[known:][:QUERY_TERMS]
    if standing is not None:
        found = standing.nearest(conn, field, rare, documents, view=view, limit=limit)
        if found is not None:
            return found
    few = rare if all_terms else _rarest(rare, documents)
    values = {"match": _match(few), **view.values(), "limit": limit}
    return [(row[0], row[1]) for row in conn.execute(_NEAREST[field], values)]


def _rarest(rare: list[str], documents: Mapping[str, int]) -> list[str]:
    """Return the first of the terms, as many as together stand in `QUERY_ENTRIES` entries or so."""
    total = 0
    for place, term in enumerate(rare):
        total += documents[term]
        if total > QUERY_ENTRIES and place >= QUERY_LEAST:
            return rare[:place]
    return rare


def _compared(conn: sqlite3.Connection, rows: tuple[int, ...], known: Known) -> tuple[Compared, ...]:
    """Return the entries of `rows`, made ready to be compared."""
    absent = json.dumps([row for row in rows if row not in known.compared])
    if absent != "[]":
        weigh = known.weigh(conn)
        met: set[str] = set()
        for row, key, text, aliases, statements, names in conn.execute(_ENTRIES, {"rows": absent}):
            # Names by themselves are no wording: who it is and what it says make one together.
            named_as, _, titles = (names or "").partition("\n")
            spoken = f"{statements or ''}\n{f'{text} {named_as}' if named_as else ''}\n{titles}"
            entry = Entry(claim=key, wordings=_lines(f"{text}\n{aliases}"), record=_lines(spoken))
            known.compared[row] = held = Compared(entry, weigh)
            met |= held.terms
        learn(conn, weigh, met)
    return tuple(known.compared[row] for row in rows)


def learn(conn: sqlite3.Connection, weigh: Rarity, asked: Iterable[str]) -> None:
    """Let `weigh` know in how many entries each term stands."""
    absent = {term for term in asked if term not in weigh.documents}
    if absent:
        weigh.learn(dict(iter(conn.execute(_DOCUMENTS, {"terms": json.dumps(list(absent))}))), absent)


def _match(asked: Iterable[str]) -> str:
    """Return the query for any of the terms, each a quoted string of FTS5."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in asked)


def _lines(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split(" ")) for line in text.split("\n") if line)
