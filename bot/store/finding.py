"""Searching by words: what a person types to find entries, in wordings, statements and names."""

from __future__ import annotations

import json
import sqlite3
from typing import Final

from bot.store.postings import Field
from bot.store.search import QUERY_TERMS, Known, learn, nearest
from bot.terms import terms
from bot.views import View

RECORD_WEIGHT: Final = 0.3
"""What a word in the statements counts in a search by words, beside one in the claim's wordings."""
AHEAD: Final = 10
"""How many times as many entries are put in order as are listed."""

_TEXTS: Final = {
    Field.WORDING: """
        SELECT claim.n, claim.id, wording_fts.text || ' ' || wording_fts.aliases
        FROM wording_fts JOIN claim ON claim.n = wording_fts.rowid
        WHERE claim.n IN (SELECT value FROM json_each(?))""",
    Field.RECORD: """
        SELECT claim.n, claim.id, record_fts.statements || ' ' || record_fts.names
        FROM record_fts JOIN claim ON claim.n = record_fts.rowid
        WHERE claim.n IN (SELECT value FROM json_each(?))""",
}


def search_words(
    conn: sqlite3.Connection, words: str, *, view: View, limit: int, known: Known | None = None
) -> tuple[str, ...]:
    """Return the ids of the claims that hold `words` in their wordings, statements or names, best first.

    A claim with more of the words stands before one with fewer. `known` is what was worked out for earlier
    questions on the same rows.
    """
    known = known or Known()
    asked = list(dict.fromkeys(terms(words)))[:QUERY_TERMS]
    if not asked:
        return ()
    learn(conn, known.weigh(conn), asked)
    documents, standing = known.weigh(conn).documents, known.standing(conn)
    score: dict[str, float] = {}
    held: dict[str, set[str]] = {}
    for field, weight in ((Field.WORDING, 1.0), (Field.RECORD, RECORD_WEIGHT)):
        found = dict(
            nearest(conn, standing, field, asked, documents, view=view, limit=AHEAD * limit, all_terms=True)
        )
        for row, key, text in conn.execute(_TEXTS[field], (json.dumps(list(found)),)):
            score[key] = score.get(key, 0.0) + weight * found[row]
            held.setdefault(key, set()).update(set(text.split()).intersection(asked))
    return tuple(sorted(score, key=lambda key: (-len(held[key]), -score[key], key))[:limit])
