"""Lines of a file made ready for the ledger without looking at it: what they name, and the rows they become.

Pure, so that another process can do it: in a first pass each line is judged by itself and says what it
names; in a second one it becomes rows, texts and terms, which need only be written.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from bot.claims import Claim
from bot.errors import Refusal, RefusedError
from bot.exchange import claim_from_line
from bot.rules import completed, refusals
from bot.sources import Source, Speaker
from bot.statements import State
from bot.store.indexed import Indexed, indexed
from bot.store.revisions import Change, canonical, creation
from bot.store.rows import columns, document
from bot.store.sharing import Shared, addresses
from bot.store.writing import CLAIM_APART, claim_document, unvouched

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
LISTS: Final = ("speakers", "sources", "artifacts")
"""The lists of a claim whose rows are shared, in the order in which they are written."""
TABLES: Final = ("speaker", "source", "artifact")

Row = tuple[Any, ...]


class Keys(NamedTuple):
    """What one line names, and what is wrong with it by itself.

    Digests are of documents as the log keeps them; of the claim and its statements they are empty where
    nobody asked for them. `shared` has the place in `LISTS`, the id and the digest of each row.
    """

    line: int
    id: str
    digest: bytes
    statements: tuple[tuple[str, bytes], ...]
    shared: tuple[tuple[int, str, bytes], ...]
    leads: tuple[str, ...]
    hides: bool
    refusals: tuple[Refusal, ...]


class Checked(NamedTuple):
    """What a first pass found in a batch of lines; `mark` tells whether they are the same ones later."""

    mark: int
    keys: tuple[Keys, ...]
    unreadable: tuple[tuple[int, tuple[Refusal, ...]], ...]


class SharedRow(NamedTuple):
    """A speaker, source or artifact, ready to be written: its row, and what hangs on it.

    `kind` is its place in `LISTS`; `more` are rows of `address` for a source, of `custody` for an artifact.
    """

    kind: int
    id: str
    digest: bytes
    document: str
    row: Row
    more: tuple[Row, ...]


class Entry(NamedTuple):
    """A claim ready to be written; `shared` are places in the rows of its batch."""

    line: int
    id: str
    row: Row
    log: tuple[str, str]
    statements: tuple[tuple[str, Row, str, str], ...]
    citations: tuple[Row, ...]
    relations: tuple[Row, ...]
    requests: tuple[Row, ...]
    shared: tuple[int, ...]
    matched: Indexed | None
    digest: bytes
    hides: bool


class Prepared(NamedTuple):
    """A batch of claims ready to be written, in the order of their lines, and the rows that they share."""

    mark: int
    entries: tuple[Entry, ...]
    shared: tuple[SharedRow, ...]


class Task(NamedTuple):
    """How lines are read: whether somebody vouches, what the log says, whether claims get their digests."""

    vouched: bool
    change: Change
    with_digests: bool


def digest(text: str) -> bytes:
    """Return 16 bytes that stand for a document."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def mark_of(content: bytes) -> int:
    """Return a number that tells whether the bytes of a batch are the same ones later."""
    return zlib.crc32(content)


def lines_at(content: bytes, wanted: Iterable[int], *, is_first: bool) -> dict[int, bytes]:
    """Return the lines at the places `wanted` of a batch; `is_first` where the file begins with it."""
    texts = dict(_texts(content, is_first=is_first))
    return {place: texts[place] for place in sorted(wanted)}


def check(content: bytes, task: Task, *, is_first: bool) -> Checked:
    """Judge each line of a batch by itself; blank lines are passed over."""
    found: list[Keys] = []
    unreadable: list[tuple[int, tuple[Refusal, ...]]] = []
    for number, text in _texts(content, is_first=is_first):
        try:
            given = claim_from_line(text)
        except RefusedError as error:
            unreadable.append((number, error.refusals))
            continue
        found.append(_keys(number, given, task))
    return Checked(mark=mark_of(content), keys=tuple(found), unreadable=tuple(unreadable))


def prepare(content: bytes, wanted: Sequence[int], task: Task, *, is_first: bool) -> Prepared:
    """Return the lines of a batch whose place in `wanted` is true as rows; they are judged already."""
    entries: list[Entry] = []
    rows: dict[Shared, int] = {}
    for number, text in _texts(content, is_first=is_first):
        if number < len(wanted) and wanted[number]:
            entries.append(_entry(number, claim_from_line(text, judged=True), task, rows))
    shared = tuple(map(_shared_row, rows))
    return Prepared(mark=mark_of(content), entries=tuple(entries), shared=shared)


def _texts(content: bytes, *, is_first: bool) -> list[tuple[int, bytes]]:
    lines = content.split(b"\n")
    if is_first:
        lines[0] = lines[0].removeprefix(BYTE_ORDER_MARK)
    return [(number, line) for number, line in enumerate(lines) if line and not line.isspace()]


def _kept(given: Claim, task: Task) -> Claim:
    """Return the claim as it is kept where it is not on file yet."""
    claim = completed(given)
    return claim if task.vouched else unvouched(claim)


def _shared(claim: Claim) -> list[tuple[int, Shared]]:
    lists: tuple[tuple[Shared, ...], ...] = (claim.speakers, claim.sources, claim.artifacts)
    return [(place, each) for place, held in enumerate(lists) for each in held]


def _keys(number: int, given: Claim, task: Task) -> Keys:
    claim = _kept(given, task)
    faults = refusals(claim)
    # What a lone surrogate stands in cannot be digested, and is refused.
    clean = not faults
    wanted = task.with_digests and clean
    return Keys(
        line=number,
        id=claim.id,
        digest=digest(_document(claim)) if wanted else b"",
        statements=tuple(
            (each.id, digest(canonical(document(each))) if wanted else b"") for each in claim.statements
        ),
        shared=tuple(
            (place, each.id, _shared_document(each)[1] if clean else b"") for place, each in _shared(claim)
        ),
        leads=tuple(each.to for each in claim.relations),
        hides=_hides(given, task),
        refusals=faults,
    )


def _hides(given: Claim, task: Task) -> bool:
    """Say whether the file calls vetted what is not stored so."""
    return not task.vouched and given.state is State.VETTED


def _document(claim: Claim) -> str:
    return canonical(claim_document(claim))


@lru_cache(maxsize=4_096)
def _shared_document(each: Shared) -> tuple[str, bytes]:
    text = canonical(document(each))
    return text, digest(text)


@lru_cache(maxsize=4_096)
def _shared_row(each: Shared) -> SharedRow:
    text, mark = _shared_document(each)
    if isinstance(each, Speaker | Source):
        row = tuple(columns(each).values())
        found = addresses(each) if isinstance(each, Source) else ()
        more: tuple[Row, ...] = tuple((address, each.id) for address in found)
    else:
        row = tuple(columns(each, without=("custody",)).values())
        more = tuple((each.id, n, *columns(step).values()) for n, step in enumerate(each.custody))
    place = 0 if isinstance(each, Speaker) else 1 if isinstance(each, Source) else 2
    return SharedRow(kind=place, id=each.id, digest=mark, document=text, row=row, more=more)


def _entry(number: int, given: Claim, task: Task, rows: dict[Shared, int]) -> Entry:
    claim = _kept(given, task)
    key, text = claim.id, _document(claim)
    statements = []
    for place, each in enumerate(claim.statements):
        said = canonical(document(each))
        row = (key, place, *columns(each, without=("citations",)).values())
        statements.append((each.id, row, said, creation(task.change, "statement", each.id, key, said)))
    return Entry(
        line=number,
        id=key,
        row=tuple(columns(claim, without=CLAIM_APART).values()),
        log=(text, creation(task.change, "claim", key, key, text)),
        statements=tuple(statements),
        citations=tuple(
            (said.id, n, *columns(each).values())
            for said in claim.statements
            for n, each in enumerate(said.citations)
        ),
        relations=tuple((key, n, *columns(each).values()) for n, each in enumerate(claim.relations)),
        requests=tuple((key, n, *columns(each).values()) for n, each in enumerate(claim.requests)),
        shared=tuple(rows.setdefault(each, len(rows)) for _, each in _shared(claim)),
        matched=indexed(claim),
        digest=digest(text),
        hides=_hides(given, task),
    )
