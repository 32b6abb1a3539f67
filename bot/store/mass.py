"""Importing a large file: every line is checked before anything is written, then it is written in parts.

Two passes. In the first one nothing is written, so that a bad line keeps the whole file out. In the second
one each part is a transaction of its own, of about half a second: readers see whole claims, other programs
write in between, and what was written stays when the import is broken off. The same command then goes on from
there, since lines that say what is on file are passed over. A line that leads to a new claim of a later part
waits for the end, where all such lines are written together.
"""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import time
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from enum import IntFlag, StrEnum
from pathlib import Path
from typing import IO, Any, Final

from bot.errors import BadInputError, Refusal, RefusedError
from bot.records import record
from bot.store import telling_many
from bot.store.bulk import on_file
from bot.store.connections import Connection
from bot.store.crew import BATCH_LINES, RARELY, Batch, Crew, batches, content_of, count_lines
from bot.store.importing import BadLine, Imported, ImportFailedError, import_lines
from bot.store.parts import Marks, Part, Way, standing, tried, write_parts
from bot.store.preparing import Checked, Prepared, Task, lines_at
from bot.store.register import Register
from bot.store.revisions import newest
from bot.store.writing import Saved

LARGE: Final = 10_000
"""Lines from which a file is imported in parts, by several processes; with fewer that takes no less time."""
CACHE_KIB: Final = 64_000
"""What SQLite may keep of the ledger in memory meanwhile: with less, indexes are read again and again."""
_USUAL_CACHE_KIB: Final = 2_000
MOST_KNOWN: Final = 50_000
"""Shared rows of which it is remembered what is on file."""


class Pass(StrEnum):
    """What an import is at."""

    CHECKING = "checking"
    WRITING = "writing"


class _Plan(IntFlag):
    """What becomes of a line in the second pass: nothing, or these."""

    NEW = 1
    SINGLY = 2
    APART = 4


@record
class Sizes:
    """From how many lines on a file is large, how many a part has, how many helpers read; None: as pay."""

    large: int = LARGE
    lines: int = BATCH_LINES
    helpers: int | None = None


class ChangedMeanwhileError(BadInputError):
    """The ledger was changed by somebody else, so that a line is refused that was good before."""

    def __init__(self, faults: str) -> None:
        super().__init__(
            f"{faults}\nThe ledger was changed meanwhile. What was imported before that is on file: mend the "
            "file and run the same command again."
        )


class Imports:
    """The verbs of importing files into one ledger."""

    def __init__(self, reader: Connection, writer: Connection) -> None:
        self._reader = reader
        self._writer = writer

    async def file(
        self,
        file: Path,
        way: Way,
        progress: Callable[[Pass, int], None] = lambda *_: None,
        sizes: Sizes = Sizes(),  # noqa: B008 - frozen
    ) -> Imported:
        """Save the claims of a file: in one transaction, or in parts where it is large.

        `progress` is called with what is being done and the number of the last line that it is done for.
        """
        if await asyncio.to_thread(count_lines, file) >= sizes.large:
            return await MassImport(self._reader, self._writer, file, way, progress, sizes).run()

        def lines() -> Iterator[bytes]:
            with file.open("rb") as handle:
                yield from handle

        def told(number: int) -> None:
            progress(Pass.WRITING, number)

        return await self._writer.write(import_lines, lines, way.change, way.vouched, way.keep_going, told)


class MassImport:
    """One import of a large file."""

    def __init__(  # noqa: PLR0917
        self,
        reader: Connection,
        writer: Connection,
        file: Path,
        way: Way,
        progress: Callable[[Pass, int], None],
        sizes: Sizes,
    ) -> None:
        self._reader, self._writer = reader, writer
        self._file, self._way = file, way
        self._progress, self._sizes = progress, sizes
        self._batches = batches(file, sizes.lines)
        self._starts = [each.first for each in self._batches]
        self._plans: list[bytearray] = []
        self._marks: list[int] = []
        self._bad: dict[int, tuple[Refusal, ...]] = {}
        self._saved = dict.fromkeys(Saved, 0)
        self._hidden = 0
        self._known: Marks = {}
        self._revision = -1

    async def run(self) -> Imported:
        """Check the file and write it.

        Raises:
            ImportFailedError: A line is bad and is not to be left out; nothing was written.
            ChangedMeanwhileError: A line has become bad; what was written before stays.
            LedgerError: A helper has ended, or the file was changed; what was written before stays.
        """
        thresholds = gc.get_threshold()
        gc.set_threshold(RARELY)
        try:
            return await self._run()
        finally:
            gc.set_threshold(*thresholds)

    async def _run(self) -> Imported:
        is_empty = await self._reader.read(newest) == 0
        task = Task(vouched=self._way.vouched, change=self._way.change, with_digests=not is_empty)
        await self._writer.plain(_cache, CACHE_KIB)
        try:
            with Crew(self._file, task, self._sizes.helpers) as crew, self._file.open("rb") as handle:
                await self._check(crew, handle, is_empty=is_empty)
                if self._bad and not self._way.keep_going:
                    raise ImportFailedError(self._faults())
                if self._way.vouched:
                    await self._writer.write(telling_many.begin)
                await self._write(crew, handle)
        finally:
            await self._writer.plain(_cache, _USUAL_CACHE_KIB)
        if self._way.vouched:
            await self._writer.write(telling_many.tell, time.time())
        return Imported(
            created=self._saved[Saved.CREATED],
            amended=self._saved[Saved.AMENDED],
            unchanged=self._saved[Saved.UNCHANGED],
            hidden=self._hidden,
            bad=self._faults(),
        )

    def _faults(self) -> tuple[BadLine, ...]:
        return tuple(BadLine(number=number, refusals=self._bad[number]) for number in sorted(self._bad))

    # The first pass.

    async def _check(self, crew: Crew, handle: IO[bytes], *, is_empty: bool) -> None:
        """Find what is bad, and what is to be done with each good line, without writing."""
        register = Register()
        try:
            answers = crew.checked(self._batches)
            for batch in self._batches:
                found: Checked = await asyncio.to_thread(next, answers)
                self._marks.append(found.mark)
                await self._take(register, batch, found, handle, is_empty=is_empty)
                self._progress(Pass.CHECKING, batch.first + batch.lines - 1)
            await self._find_loose(register)
            for number in await asyncio.to_thread(lambda: list(register.apart(self._batch_of))):
                self._mark(number, _Plan.APART)
        finally:
            register.close()

    async def _take(
        self, register: Register, batch: Batch, found: Checked, handle: IO[bytes], *, is_empty: bool
    ) -> None:
        """Judge the lines of one batch by those before them and by the ledger."""
        refused = {batch.first + each.line: each.refusals for each in found.keys if each.refusals}
        filed: Collection[str] = ()
        same: Collection[int] = ()
        singly: Collection[int] = ()
        if not is_empty:
            filed, same, singly = await self._reader.read(standing, found.keys)
            if singly:
                texts = lines_at(content_of(handle, batch), singly, is_first=batch.first == 1)
                # What the ledger says of them is all that there is to say.
                for line in singly:
                    refused.pop(batch.first + line, None)
                faults = await _undone(self._writer, tried, texts, self._way)
                refused |= {batch.first + line: each for line, each in faults.items()}
        bad = await asyncio.to_thread(register.take, batch.first, found.keys, filed, refused)
        bad |= {batch.first + line: refusals for line, refusals in found.unreadable}
        plan = bytearray(batch.lines)
        for each in found.keys:
            if batch.first + each.line in bad:
                continue
            if each.line in same:
                self._saved[Saved.UNCHANGED] += 1
                self._hidden += each.hides
            else:
                plan[each.line] = _Plan.SINGLY if each.line in singly else _Plan.NEW
        self._bad |= bad
        self._plans.append(plan)

    async def _find_loose(self, register: Register) -> None:
        """Find the lines that lead nowhere; where bad ones are left out, those that lead to one too."""

        def found(conn: sqlite3.Connection) -> dict[int, tuple[Refusal, ...]]:
            return register.loose(lambda ids: on_file(conn, "claim", ids))

        loose = await self._reader.read(found)
        while loose:
            for number, refusals in loose.items():
                self._bad[number] = refusals
                self._plans[self._batch_of(number)][self._place(number)] = 0
            if not self._way.keep_going:
                return
            loose = await asyncio.to_thread(lambda gone: register.leading_to(register.drop(gone)), loose)

    def _batch_of(self, number: int) -> int:
        return bisect_right(self._starts, number) - 1

    def _place(self, number: int) -> int:
        return number - self._starts[self._batch_of(number)]

    def _mark(self, number: int, plan: _Plan) -> None:
        self._plans[self._batch_of(number)][self._place(number)] |= plan

    # The second pass.

    async def _write(self, crew: Crew, handle: IO[bytes]) -> None:
        """Write the file part by part, and what has to be written together at the end."""
        chosen = self._chosen(apart=False)
        answers = crew.prepared([(self._batches[place], wanted) for place, wanted, _ in chosen])
        for place, _, singly in chosen:
            prepared: Prepared = await asyncio.to_thread(next, answers)
            await self._written([self._part(place, prepared, singly, handle)])
            self._progress(Pass.WRITING, self._batches[place].first + self._batches[place].lines - 1)
        apart = self._chosen(apart=True)
        if apart:
            answers = crew.prepared([(self._batches[place], wanted) for place, wanted, _ in apart])
            together = (
                self._part(place, prepared, singly, handle)
                for (place, _, singly), prepared in zip(apart, answers, strict=True)
            )
            await self._written(together)

    def _chosen(self, *, apart: bool) -> list[tuple[int, bytes, tuple[int, ...]]]:
        """Return the batches that have lines to write: their place, which lines are new, which go singly."""
        ways = {each | (_Plan.APART if apart else 0) for each in (_Plan.NEW, _Plan.SINGLY)}
        new = bytes(each in ways and bool(each & _Plan.NEW) for each in range(256))
        chosen = []
        for place, plan in enumerate(self._plans):
            if any(each in plan for each in ways):
                way = _Plan.SINGLY | (_Plan.APART if apart else 0)
                singly = tuple(n for n, each in enumerate(plan) if each == way) if way in plan else ()
                chosen.append((place, bytes(plan.translate(new)), singly))
        return chosen

    def _part(self, place: int, prepared: Prepared, singly: Sequence[int], handle: IO[bytes]) -> Part:
        batch = self._batches[place]
        if prepared.mark != self._marks[place]:
            raise FileChangedError(self._file)

        def texts(lines: Collection[int]) -> dict[int, bytes]:
            return lines_at(content_of(handle, batch), lines, is_first=batch.first == 1) if lines else {}

        return Part(first=batch.first, prepared=prepared, singly=frozenset(singly), texts=texts)

    async def _written(self, parts: Iterator[Part] | Sequence[Part]) -> None:
        try:
            done = await self._writer.write(write_parts, parts, self._way, self._known, self._revision)
        except RefusedError as error:
            raise ChangedMeanwhileError(str(error)) from None
        for way, count in done.saved.items():
            self._saved[way] += count
        self._hidden += done.hidden
        self._bad |= done.bad
        self._known = done.known if len(done.known) < MOST_KNOWN else {}
        self._revision = done.revision


class FileChangedError(BadInputError):
    """The file was written to while it was being imported."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} was changed while it was imported. What was imported before that is on file: run the "
            "same command again once the file is whole."
        )


class _Undone(Exception):  # noqa: N818 - no error: what is raised to undo a transaction
    def __init__(self, result: Any) -> None:
        self.result = result


async def _undone(writer: Connection, fn: Callable[..., Any], *args: object) -> Any:
    """Return what `fn(conn, …)` does, in a transaction that is then undone."""

    def run(conn: sqlite3.Connection) -> None:
        raise _Undone(fn(conn, *args))

    try:
        await writer.write(run)
    except _Undone as undone:
        return undone.result


def _cache(conn: sqlite3.Connection, kib: int) -> None:
    conn.execute(f"PRAGMA cache_size = -{kib}")
