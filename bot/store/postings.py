"""An index of words in files of its own, by tantivy: for ledgers so large that FTS5 reads too much.

FTS5 scores every row that holds any of the terms; tantivy skips those that cannot be among the best (Ding and
Suel 2011, block-max WAND). It does that only for a plain union of terms, so what a reader may see is part of
the terms: those of a workspace's own entries carry its mark and the house's do not, and entries with an
embargo stand in fields of their own, which are asked with the day. What is not vetted is not in it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.records import record
from bot.store.marks import Mark, dump, load
from bot.views import HOUSE, View

if TYPE_CHECKING:
    import tantivy

    Clause = tuple[tantivy.Occur, tantivy.Query]

NAME: Final = "words"
"""The folder of the index, beside the other indexes of the ledger."""
HEAP: Final = 60_000_000
"""Bytes in which new entries wait to be written."""
CHUNK: Final = 1 << 20
_META: Final = "meta.json"
_PARTS: Final = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_MAGIC: Final = (1337).to_bytes(4, "little")
_NOTE: Final = "note"


class Field(StrEnum):
    """What is asked: the wordings of a claim, or what was said about it."""

    WORDING = "wording"
    RECORD = "record"


class UnusableError(Exception):
    """The index is not there, or not as it was written."""


@record
class Document:
    """One entry: the row of its claim, its terms in order, and what decides who may see it."""

    row: int
    wording: tuple[str, ...]
    record: tuple[str, ...]
    workspace: str
    embargo_until: str | None


@cache
def is_installed() -> bool:
    """Say whether tantivy is there; it is not loaded."""
    return find_spec("tantivy") is not None


class Reader:
    """The index as it was at one commit; it stays so, whatever is written meanwhile."""

    def __init__(self, folder: Path, sound: set[str]) -> None:
        """Open the index in `folder`; `sound` are the files known to be whole, to which the new ones come.

        Raises:
            UnusableError: There is none, or it is damaged.
        """
        import tantivy  # noqa: PLC0415 - of an extra

        with _faults():
            _check(folder, sound)
            self._index = tantivy.Index.open(str(folder))
            self._index.config_reader("manual")
            self._index.reload()
            self._searcher = self._index.searcher()
            self._schema = self._index.schema
            found = self._searcher.search(self._term(_NOTE, _NOTE), 1, count=False).hits
            text = self._searcher.doc(found[0][1]).get_first("mark") if found else None
        mark = load(text) if isinstance(text, str) else None
        if mark is None:
            raise UnusableError
        self.mark: Mark = mark

    def nearest(
        self, field: Field, terms: Iterable[str], *, view: View, limit: int
    ) -> list[tuple[int, float]]:
        """Return the rows of the entries nearest to the `terms` as `view` shows them, each with its bm25.

        Each of the house, of the workspace and of those whose embargo has ended gives its best `limit`; the
        best of each come first.

        Raises:
            UnusableError: The index turned out to be damaged.
        """
        import tantivy  # noqa: PLC0415 - of an extra

        asked = list(terms)
        own = [_own(view.workspace, each) for each in asked] if view.workspace != HOUSE else []
        union = tantivy.Query.boolean_query
        due = tantivy.Query.range_query(
            self._schema, "embargo", tantivy.FieldType.Integer, 0, _day(view.today)
        )
        with _faults():
            queries = [union(self._any(field, each)) for each in (asked, own) if each]
            late = union(self._any(f"late_{field}", asked + own))
            due = tantivy.Query.const_score_query(due, 0.0)
            queries.append(union([(tantivy.Occur.Must, late), (tantivy.Occur.Must, due)]))
            found: list[tuple[int, float]] = []
            for each in queries:
                hits = self._searcher.search(each, limit, count=False).hits
                rows = self._searcher.fast_field_values("row", [place for _, place in hits]) if hits else []
                found += [
                    (int(row), score) for row, (score, _) in zip(rows, hits, strict=True) if row is not None
                ]
        return found

    def _any(self, field: str, terms: Sequence[str]) -> list[Clause]:
        import tantivy  # noqa: PLC0415 - of an extra

        return [(tantivy.Occur.Should, self._term(field, each)) for each in terms]

    def _term(self, field: str, term: str) -> tantivy.Query:
        import tantivy  # noqa: PLC0415 - of an extra

        return tantivy.Query.term_query(self._schema, field, term, "freq" if field != _NOTE else "basic")


class Writer:
    """The index as it is being written; what is not committed is lost with the process, and nothing else."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or begin one there. One process at a time (see `bot.store.marks.sole`).

        Raises:
            UnusableError: What is there is damaged.
        """
        import tantivy  # noqa: PLC0415 - of an extra

        with _faults():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            index = tantivy.Index(_schema(), str(folder), reuse=True)
            self._writer = index.writer(heap_size=HEAP, num_threads=1)

    def put(self, document: Document, *, is_new: bool) -> None:
        """Take in an entry; one that `is_new` is known not to be in the index."""
        import tantivy  # noqa: PLC0415 - of an extra

        if not is_new:
            self.drop(document.row)
        late = "late_" if document.embargo_until else ""
        made = tantivy.Document()
        made.add_integer("row", document.row)
        for field, terms in ((Field.WORDING, document.wording), (Field.RECORD, document.record)):
            own = terms if document.workspace == HOUSE else [_own(document.workspace, each) for each in terms]
            made.add_text(f"{late}{field}", " ".join(own))
        if document.embargo_until:
            made.add_integer("embargo", _day(document.embargo_until))
        self._writer.add_document(made)

    def drop(self, row: int) -> None:
        """Let the entry of `row` go, if it is there."""
        self._writer.delete_documents_by_term("row", row)

    def commit(self, mark: Mark) -> None:
        """Write what was taken in, and with it, whole or not at all, the `mark` of how far that goes."""
        import tantivy  # noqa: PLC0415 - of an extra

        with _faults():
            self._writer.delete_documents_by_term(_NOTE, _NOTE)
            made = tantivy.Document()
            made.add_text(_NOTE, _NOTE)
            made.add_text("mark", dump(mark))
            self._writer.add_document(made)
            self._writer.commit()

    def close(self, *, merged: bool) -> None:
        """Let go of the files; where `merged`, after those that are to become one have."""
        with _faults():
            if merged:
                self._writer.wait_merging_threads()
            else:
                self._writer.rollback()


def state(folder: Path) -> tuple[int, ...] | None:
    """Return what changes with every commit; None where there is no index."""
    try:
        found = (folder / _META).stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_ino, found.st_size)


def remove(folder: Path) -> None:
    """Remove the index."""
    shutil.rmtree(folder, ignore_errors=True)


def _own(workspace: str, term: str) -> str:
    """Return how a term of an entry of `workspace` is written; no term holds a slash."""
    return f"{hashlib.blake2s(workspace.encode(errors='replace'), digest_size=8).hexdigest()}/{term}"


def _day(text: str) -> int:
    """Return the day `YYYY-MM-DD` as a number; what is none is beyond all days."""
    digits = text.replace("-", "")
    return int(digits) if len(digits) == len("20260101") and digits.isdecimal() else 99_999_999


@cache
def _schema() -> tantivy.Schema:
    import tantivy  # noqa: PLC0415 - of an extra

    made = tantivy.SchemaBuilder()
    # Signed, since the library deletes nothing by an unsigned number.
    made.add_integer_field("row", indexed=True, fast=True)
    made.add_integer_field("embargo", indexed=True, fast=True)
    for field in Field:
        for name in (field, f"late_{field}"):
            # How often a term stands in an entry, and not where: no phrase is ever asked for.
            made.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    made.add_text_field(_NOTE, tokenizer_name="raw", index_option="basic")
    made.add_text_field("mark", stored=True, tokenizer_name="raw", index_option="basic")
    return made.build()


def _check(folder: Path, sound: set[str]) -> None:
    """Raise UnusableError where a file is not what was written: each ends with the checksum of the rest."""
    meta: Any = json.loads((folder / _META).read_bytes())
    names = []
    for segment in meta["segments"]:
        key = segment["segment_id"].replace("-", "")
        names += [f"{key}.{each}" for each in _PARTS if (folder / f"{key}.{each}").exists()]
        if segment["deletes"]:
            names.append(f"{key}.{segment['deletes']['opstamp']}.del")
    for name in names:
        if name not in sound and not _is_whole(folder / name):
            raise UnusableError
    sound.clear()
    sound.update(names)


def _is_whole(path: Path) -> bool:
    """Say whether a file is as it was written: data, an object with their checksum, its length, a mark."""
    length, found = path.stat().st_size, 0
    with path.open("rb") as file:
        file.seek(max(0, length - 8))
        tail = file.read(8)
        size = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or size + 8 > length:
            return False
        left = length - size - 8
        file.seek(0)
        while left and (data := file.read(min(left, CHUNK))):
            found = zlib.crc32(data, found)
            left -= len(data)
        right: int = json.loads(file.read(size))["crc"]
    return found == right


@contextmanager
def _faults() -> Iterator[None]:
    """Raise as UnusableError whatever the library or the files do, a panic of its own included."""
    try:
        yield
    except (UnusableError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except Exception as error:
        raise UnusableError(str(error)) from error
    except BaseException as error:
        # A panic is no Exception; the class has no public name.
        if type(error).__name__ != "PanicException":
            raise
        raise UnusableError(str(error)) from error
