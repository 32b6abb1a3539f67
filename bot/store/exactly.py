"""Exactly: what a paste is, or links to, word for word; each query holds what may be seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from bot.folding import fold
from bot.matching import LINK_CHANCE, Hit
from bot.paste import Paste
from bot.store.visibility import VISIBLE
from bot.terms import terms
from bot.views import View

_BY_FOLD: Final = f"""
    SELECT claim.id FROM fold JOIN claim ON claim.n = fold.claim
    WHERE fold.fold = :fold AND {VISIBLE} ORDER BY claim.n"""
_BY_ADDRESS: Final = f"""
    SELECT DISTINCT claim.id FROM address
    JOIN citation ON citation.source = address.source
    JOIN statement ON statement.id = citation.statement AND statement.state = 'vetted'
    JOIN claim ON claim.id = statement.claim
    WHERE address.address = :address AND {VISIBLE} ORDER BY claim.n"""


def by_address(conn: sqlite3.Connection, paste: Paste, view: View) -> set[str]:
    """Return the ids of the claims to one of whose sources `paste` links."""
    return {key for each in paste.urls for key in _keys(conn, _BY_ADDRESS, view, address=each)}


def exact(conn: sqlite3.Connection, paste: Paste, view: View, without: Collection[str]) -> Iterator[Hit]:
    """Yield the claims of which the paste, or a unit of it, is a wording; not those `without`."""
    whole = fold(paste.text)
    for unit in dict.fromkeys((paste.text, *paste.units)):
        key = fold(unit)
        for claim in _keys(conn, _BY_FOLD, view, fold=key) if key else ():
            if claim not in without:
                part = None if key == whole else unit
                yield Hit(claim=claim, probability=1.0, exact=True, part=part, terms=tuple(terms(unit)))


def by_link(claim: str, probability: float, *, exact: bool = False) -> Hit:
    """Return a claim that was found by a link to one of its sources."""
    return Hit(claim=claim, probability=probability, exact=exact, linked=True)


def raised_by_link(hit: Hit) -> Hit:
    """Return `hit` with what a link to one of its sources adds: two independent reasons to believe it."""
    chance = 1 - (1 - hit.probability) * (1 - LINK_CHANCE)
    return replace(hit, probability=max(hit.probability, chance), linked=True)


def _keys(conn: sqlite3.Connection, sql: str, view: View, **values: str) -> list[str]:
    return [row[0] for row in conn.execute(sql, view.values() | values)]
