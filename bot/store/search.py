"""Search: the rows that matching reads, and the queries that find candidates in them.

Every query joins the table `claim` and holds the condition of what a reader may see. A paste reaches
SQLite only as quoted terms, so nothing in it can be read as a query.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from bot.calibration import Calibration
from bot.claims import Claim
from bot.folding import fold
from bot.matching import KEYWORDS, LINK_CHANCE, Asked, Candidates, Hit, judged, merged
from bot.paste import Paste, sentences
from bot.signals import Compared, Entry, Rarity, query
from bot.statements import State, Statement
from bot.store.visibility import VISIBLE
from bot.terms import terms
from bot.views import View

__all__ = ["Hit", "candidates", "index", "lookup", "search_words"]

CANDIDATES: Final = 40
"""Entries that are compared with one text; more change nothing in what is found (dev splits)."""
QUERY_ENTRIES: Final = 2_000
"""Entries in which the terms asked for may stand together: bm25 reads each of them (dev splits)."""
QUERY_LEAST: Final = 3
"""Terms that are asked for however many entries hold them."""
BY_RECORD: Final = 10
"""Entries that are compared because of what was said about them."""
QUERY_TERMS: Final = 32
"""Terms of one text that the index is asked for: the rarest, and the first of those equally rare."""
MOST_COMPARED: Final = 4_000
"""Entries kept in memory ready to be compared: some 10 kB each."""
MOST_TERMS: Final = 200_000
"""Terms whose weight is kept in memory."""
RECORD_WEIGHT: Final = 0.3
"""What a word in the statements counts in a search by words, beside one in the claim's wordings."""

_CANDIDATES: Final = f"""
    SELECT claim.n
    FROM wording_fts JOIN claim ON claim.n = wording_fts.rowid
    WHERE wording_fts MATCH :match AND {VISIBLE}
    ORDER BY bm25(wording_fts) LIMIT :limit"""
_BY_RECORD: Final = f"""
    SELECT claim.n
    FROM record_fts JOIN claim ON claim.n = record_fts.rowid
    WHERE record_fts MATCH :match AND {VISIBLE}
    ORDER BY bm25(record_fts) LIMIT :limit"""
_ENTRIES: Final = """
    SELECT claim.n, claim.id, wording_fts.text, wording_fts.aliases, record_fts.statements
    FROM claim JOIN wording_fts ON wording_fts.rowid = claim.n
    LEFT JOIN record_fts ON record_fts.rowid = claim.n
    WHERE claim.n IN (SELECT value FROM json_each(:rows))"""
_BY_FOLD: Final = f"""
    SELECT claim.id FROM fold JOIN claim ON claim.n = fold.claim
    WHERE fold.fold = :fold AND {VISIBLE} ORDER BY claim.n"""
_BY_ADDRESS: Final = f"""
    SELECT DISTINCT claim.id FROM address
    JOIN citation ON citation.source = address.source
    JOIN statement ON statement.id = citation.statement AND statement.state = 'vetted'
    JOIN claim ON claim.id = statement.claim
    WHERE address.address = :address AND {VISIBLE} ORDER BY claim.n"""
_MORE: Final = "INSERT INTO term VALUES (?, 1) ON CONFLICT (term) DO UPDATE SET entries = entries + 1"
_FEWER: Final = "UPDATE term SET entries = entries - 1 WHERE term = ?"
_NO_MORE: Final = "DELETE FROM term WHERE term = ? AND entries = 0"
_DOCUMENTS: Final = "SELECT term, entries FROM term WHERE term IN (SELECT value FROM json_each(:terms))"
_WORDS: Final = {
    "wording_fts": f"""
        SELECT claim.id, -bm25(wording_fts), wording_fts.text || ' ' || wording_fts.aliases
        FROM wording_fts JOIN claim ON claim.n = wording_fts.rowid
        WHERE wording_fts MATCH :match AND {VISIBLE} ORDER BY bm25(wording_fts) LIMIT :limit""",
    "record_fts": f"""
        SELECT claim.id, -bm25(record_fts), record_fts.statements || ' ' || record_fts.names
        FROM record_fts JOIN claim ON claim.n = record_fts.rowid
        WHERE record_fts MATCH :match AND {VISIBLE} ORDER BY bm25(record_fts) LIMIT :limit""",
}


class Known:
    """What was worked out about the rows for earlier questions; of use while they are the same."""

    def __init__(self) -> None:
        self.compared: dict[int, Compared] = {}
        self._weigh: Rarity | None = None

    def is_full(self) -> bool:
        """Say whether it has become so much that it is better begun anew."""
        terms_held = len(self._weigh.documents) if self._weigh else 0
        return len(self.compared) > MOST_COMPARED or terms_held > MOST_TERMS

    def weigh(self, conn: sqlite3.Connection) -> Rarity:
        """Return how much each term weighs in the ledger."""
        if self._weigh is None:
            size = conn.execute("SELECT count(*) FROM claim WHERE state = 'vetted'").fetchone()[0]
            self._weigh = Rarity({}, size)
        return self._weigh


def index(conn: sqlite3.Connection, claim: Claim) -> None:
    """Bring the rows that matching reads in line with `claim`, which is stored already.

    A claim that is not vetted has no such rows, and neither has a statement that is not; an embargo is
    left to the queries, since it ends without a change.
    """
    row = conn.execute("SELECT n FROM claim WHERE id = ?", (claim.id,)).fetchone()[0]
    before = conn.execute("SELECT text || ' ' || aliases FROM wording_fts WHERE rowid = ?", (row,)).fetchone()
    if before is not None:
        held = [(term,) for term in set(before[0].split())]
        conn.executemany(_FEWER, held)
        conn.executemany(_NO_MORE, held)
    conn.execute("DELETE FROM fold WHERE claim = ?", (row,))
    conn.execute("DELETE FROM wording_fts WHERE rowid = ?", (row,))
    conn.execute("DELETE FROM record_fts WHERE rowid = ?", (row,))
    if claim.state is not State.VETTED:
        return
    folds = {key for each in (claim.text, *claim.aliases) if (key := fold(each))}
    conn.executemany("INSERT INTO fold (fold, claim) VALUES (?, ?)", ((key, row) for key in sorted(folds)))
    text, aliases = _line(claim.text), "\n".join(filter(None, map(_line, claim.aliases)))
    conn.execute("INSERT INTO wording_fts (rowid, text, aliases) VALUES (?, ?, ?)", (row, text, aliases))
    conn.executemany(_MORE, ((term,) for term in {*text.split(), *aliases.split()}))
    vetted = [each for each in claim.statements if each.state is State.VETTED]
    if vetted:
        known = _speaker_names(claim)
        said = (_line(f"{_voice(each, known)}: {each.text}") for each in vetted)
        names = {name for each in vetted for name in known.get(each.speaker or "", ())}
        conn.execute(
            "INSERT INTO record_fts (rowid, statements, names) VALUES (?, ?, ?)",
            (row, "\n".join(filter(None, said)), "\n".join(filter(None, map(_line, sorted(names))))),
        )


def lookup(
    conn: sqlite3.Connection,
    paste: Paste,
    *,
    view: View,
    weights: Calibration,
    limit: int,
    known: Known,
    without: Collection[str] = (),
) -> tuple[Hit, ...]:
    """Return the claims that `paste` may be about, best first, at most `limit`.

    Addresses and exact wordings come first, then words. Only what `view` shows is found; the claims
    `without` count as if they were not on file. `known` is what was worked out for earlier questions on
    the same rows.
    """
    linked = {key for each in paste.urls for key in _keys(conn, _BY_ADDRESS, view, address=each)}
    linked.difference_update(without)
    if len(paste.text.split()) <= KEYWORDS and linked:
        return tuple(_by_link(each, 1.0, exact=True) for each in sorted(linked))[:limit]
    found = candidates(conn, paste, view=view, known=known, spare=len(without))
    hits = merged([_exact(conn, paste, view, without), judged(found, weights, without)])
    matched = {hit.claim for hit in hits}
    raised = (_linked(hit) if hit.claim in linked else hit for hit in hits)
    more = (_by_link(each, LINK_CHANCE) for each in sorted(linked - matched))
    return merged([raised, more])[:limit]


def candidates(
    conn: sqlite3.Connection, paste: Paste, *, view: View, known: Known, spare: int = 0
) -> Candidates:
    """Return the entries to compare `paste` with; `spare` are fetched beyond the limit.

    Where the whole paste is matched, its sentences are compared with the entries found for the whole.
    """
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
    _learn(conn, weigh, (term for each in asked for term in each.query.unique))
    rows: dict[int, None] = {}
    for each in asked[:1] if any(each.part is None for each in asked) else asked:
        if each.query.unique:
            rare = _rarest(each.query.unique, weigh.documents)
            rows |= dict.fromkeys(_nearest(conn, rare, view=view, spare=spare))
    return Candidates(asked=asked, entries=_compared(conn, tuple(rows), known), weigh=weigh)


def search_words(conn: sqlite3.Connection, words: str, *, view: View, limit: int) -> tuple[str, ...]:
    """Return the ids of the claims that hold `words` in their wordings, statements or names, best first.

    A claim with more of the words stands before one with fewer.
    """
    asked = list(dict.fromkeys(terms(words)))[:QUERY_TERMS]
    if not asked:
        return ()
    score: Counter[str] = Counter()
    held: dict[str, set[str]] = {}
    for table, weight in (("wording_fts", 1.0), ("record_fts", RECORD_WEIGHT)):
        values = {"match": _match(asked), **view.values(), "limit": 10 * limit}
        for key, relevance, text in conn.execute(_WORDS[table], values):
            score[key] += weight * relevance
            held.setdefault(key, set()).update(set(text.split()).intersection(asked))
    return tuple(sorted(score, key=lambda key: (-len(held[key]), -score[key], key))[:limit])


def _exact(conn: sqlite3.Connection, paste: Paste, view: View, without: Collection[str]) -> Iterator[Hit]:
    whole = fold(paste.text)
    for unit in dict.fromkeys((paste.text, *paste.units)):
        key = fold(unit)
        for claim in _keys(conn, _BY_FOLD, view, fold=key) if key else ():
            if claim not in without:
                part = None if key == whole else unit
                yield Hit(claim=claim, probability=1.0, exact=True, part=part, terms=tuple(terms(unit)))


def _by_link(claim: str, probability: float, *, exact: bool = False) -> Hit:
    return Hit(claim=claim, probability=probability, exact=exact, linked=True)


def _linked(hit: Hit) -> Hit:
    """Return `hit` with what a link to one of its sources adds: two independent reasons to believe it."""
    chance = 1 - (1 - hit.probability) * (1 - LINK_CHANCE)
    return replace(hit, probability=max(hit.probability, chance), linked=True)


def _keys(conn: sqlite3.Connection, sql: str, view: View, **values: str) -> list[str]:
    return [row[0] for row in conn.execute(sql, view.values() | values)]


def _rarest(asked: Iterable[str], documents: Mapping[str, int]) -> list[str]:
    """Return the rarest terms, as many as together stand in `QUERY_ENTRIES` entries or so."""
    rare = sorted(asked, key=lambda term: documents[term])[:QUERY_TERMS]
    total = 0
    for place, term in enumerate(rare):
        total += documents[term]
        if total > QUERY_ENTRIES and place >= QUERY_LEAST:
            return rare[:place]
    return rare


def _nearest(conn: sqlite3.Connection, asked: Iterable[str], *, view: View, spare: int) -> Iterator[int]:
    """Yield the rows of the entries nearest to the terms `asked`, the best first."""
    match = _match(asked)
    for sql, limit in ((_CANDIDATES, CANDIDATES), (_BY_RECORD, BY_RECORD)):
        for row in conn.execute(sql, {"match": match, **view.values(), "limit": limit + spare}):
            yield row[0]


def _compared(conn: sqlite3.Connection, rows: tuple[int, ...], known: Known) -> tuple[Compared, ...]:
    """Return the entries of `rows`, made ready to be compared."""
    absent = json.dumps([row for row in rows if row not in known.compared])
    if absent != "[]":
        weigh = known.weigh(conn)
        for row, key, text, aliases, said in conn.execute(_ENTRIES, {"rows": absent}):
            entry = Entry(claim=key, wordings=_lines(f"{text}\n{aliases}"), record=_lines(said or ""))
            known.compared[row] = held = Compared(entry, weigh)
            _learn(conn, weigh, held.terms)
    return tuple(known.compared[row] for row in rows)


def _learn(conn: sqlite3.Connection, weigh: Rarity, asked: Iterable[str]) -> None:
    """Let `weigh` know in how many entries each term stands."""
    absent = {term for term in asked if term not in weigh.documents}
    if absent:
        weigh.learn(dict(iter(conn.execute(_DOCUMENTS, {"terms": json.dumps(list(absent))}))), absent)


def _match(asked: Iterable[str]) -> str:
    """Return the query for any of the terms, each a quoted string of FTS5."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in asked)


def _line(text: str) -> str:
    return " ".join(terms(text))


def _lines(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split(" ")) for line in text.split("\n") if line)


def _speaker_names(claim: Claim) -> dict[str, tuple[str, ...]]:
    known = {each.id: each for each in claim.speakers}
    names = {}
    for each in claim.speakers:
        other = known.get(each.merged_into or "")
        names[each.id] = (each.name, *each.aliases, *((other.name, *other.aliases) if other else ()))
    return names


def _voice(statement: Statement, known: dict[str, tuple[str, ...]]) -> str:
    return known.get(statement.speaker or "", ("",))[0]
