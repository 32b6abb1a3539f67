"""A part of a large file against the ledger: which of its lines are new there, and the writing of them.

Every function runs within the caller's transaction.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.claims import Claim
from bot.errors import Refusal, RefusedError
from bot.exchange import claim_from_line
from bot.records import record
from bot.store.bulk import digests, on_file, shared_on_file, write_new
from bot.store.importing import is_hidden, refuse_frozen
from bot.store.preparing import LISTS, Entry, Keys, Prepared
from bot.store.revisions import Change, newest
from bot.store.writing import Saved, save_claim

Marks = dict[tuple[int, str], bytes | None]
"""The digest of each shared row (kind and id) as it is on file; None where it is not."""


class Standing(NamedTuple):
    """How lines stand to the ledger: the claims on file, which lines say just that, or go singly."""

    filed: frozenset[str]
    same: frozenset[int]
    singly: frozenset[int]


class Part(NamedTuple):
    """Lines to write: those that are ready, and those to save singly; `texts` reads lines from the file."""

    first: int
    prepared: Prepared
    singly: frozenset[int]
    texts: Callable[[Collection[int]], dict[int, bytes]]


@record
class Way:
    """How lines are saved: by whom and why, whether somebody vouches, whether a bad one is left out."""

    change: Change
    vouched: bool
    keep_going: bool


class Written(NamedTuple):
    """What the writing of parts did; `known` is what is on file of shared rows at `revision`."""

    saved: dict[Saved, int]
    hidden: int
    bad: dict[int, tuple[Refusal, ...]]
    known: Marks
    revision: int


def standing(conn: sqlite3.Connection, lines: Sequence[Keys]) -> Standing:
    """Compare lines with the ledger."""
    filed = on_file(conn, "claim", (each.id for each in lines))
    statements = on_file(conn, "statement", (key for each in lines for key, _ in each.statements))
    shared = shared_on_file(conn, ((kind, key) for each in lines for kind, key, _ in each.shared), {})
    known = [each for each in lines if each.id in filed]
    claims = digests(conn, "claim", (each.id for each in known))
    said = digests(conn, "statement", (key for each in known for key, _ in each.statements))
    same: set[int] = set()
    singly: set[int] = set()
    for each in lines:
        alike = all(shared[kind, key] == mark for kind, key, mark in each.shared)
        if each.id in filed:
            whole = (
                alike and each.digest == claims[each.id] and all(said[key] == m for key, m in each.statements)
            )
            (same if whole else singly).add(each.line)
        elif any(key in statements for key, _ in each.statements) or any(
            shared[kind, key] not in {None, mark} for kind, key, mark in each.shared
        ):
            singly.add(each.line)
    return Standing(filed=frozenset(filed), same=frozenset(same), singly=frozenset(singly))


def tried(conn: sqlite3.Connection, texts: Mapping[int, bytes], way: Way) -> dict[int, tuple[Refusal, ...]]:
    """Save lines singly and return those that are refused; the caller undoes the transaction."""
    found: dict[int, tuple[Refusal, ...]] = {}
    for line, text in texts.items():
        try:
            _save(conn, text, way)
        except RefusedError as error:
            found[line] = error.refusals
    return found


def write_parts(
    conn: sqlite3.Connection, parts: Iterable[Part], way: Way, known: Marks, revision: int
) -> Written:
    """Write parts one after another; `known` holds where the ledger is still at `revision`.

    Raises:
        RefusedError: A line is refused that was good before anything was written, and is not to be left out.
    """
    marks = dict(known) if newest(conn) == revision else {}
    saved = dict.fromkeys(Saved, 0)
    bad: dict[int, tuple[Refusal, ...]] = {}
    hidden = 0
    for part in parts:
        shared = part.prepared.shared
        keys = ((each.kind, each.id) for each in shared)
        marks |= shared_on_file(conn, keys, marks)
        filed = on_file(conn, "claim", (each.id for each in part.prepared.entries))
        statements = on_file(
            conn, "statement", (key for e in part.prepared.entries for key, *_ in e.statements)
        )
        entries = {each.line: each for each in part.prepared.entries}
        # What somebody else has saved meanwhile is not new any more.
        stale = {
            place for place, each in enumerate(shared) if marks[each.kind, each.id] not in {None, each.digest}
        }
        overtaken = (
            {each.line for each in entries.values() if not _is_new(each, filed, statements, stale)}
            if filed or statements or stale
            else set()
        )
        texts = part.texts(part.singly | overtaken)
        waiting: list[Entry] = []
        for line in sorted(entries.keys() | part.singly):
            if line not in texts:
                entry = entries[line]
                waiting.append(entry)
                saved[Saved.CREATED] += 1
                hidden += entry.hides
                continue
            write_new(conn, waiting, shared, way.change, marks, time.time())
            waiting = []
            try:
                claim, done = _save(conn, texts[line], way)
            except RefusedError as error:
                if not way.keep_going:
                    raise
                bad[part.first + line] = error.refusals
                continue
            saved[done] += 1
            hidden += is_hidden(conn, claim)
            # What it brought along is what is on file now.
            marks |= shared_on_file(conn, _shared_of(claim), {})
        write_new(conn, waiting, shared, way.change, marks, time.time())
    return Written(saved=saved, hidden=hidden, bad=bad, known=marks, revision=newest(conn))


def _is_new(entry: Entry, filed: set[str], statements: set[str], stale: set[int]) -> bool:
    """Say whether nothing of an entry is on file but what it shares, and that is the same there."""
    if entry.id in filed or any(key in statements for key, *_ in entry.statements):
        return False
    return stale.isdisjoint(entry.shared)


def _shared_of(claim: Claim) -> Iterator[tuple[int, str]]:
    for kind, name in enumerate(LISTS):
        for each in getattr(claim, name):
            yield kind, each.id


def _save(conn: sqlite3.Connection, text: bytes, way: Way) -> tuple[Claim, Saved]:
    """Save one line, whole or not at all."""
    claim = claim_from_line(text)
    conn.execute("SAVEPOINT line")
    try:
        saved = save_claim(conn, claim, way.change, vouched=way.vouched)
        refuse_frozen(conn, claim, saved)
    except RefusedError:
        conn.execute("ROLLBACK TO line")
        conn.execute("RELEASE line")
        raise
    conn.execute("RELEASE line")
    return claim, saved
