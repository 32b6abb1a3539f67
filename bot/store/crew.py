"""Helper processes that read the lines of a large file, so that the process that writes need not.

Each is this same program, started anew (nothing is shared with a process that has threads), in a session of
its own, so that Ctrl-C is for the one who started it to act on. It ends when its standard input does: when
the import is done, is broken off, or is killed.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import struct
import subprocess
import sys
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Self

from bot.errors import LedgerError
from bot.store.preparing import Checked, Prepared, Task, check, prepare

MOST: Final = 2
"""Helpers at most: with as many, reading takes no longer than writing does."""
BATCH_LINES: Final = 4_000
"""Lines of a part: with these a transaction takes about half a second."""
BATCH_BYTES: Final = 16_000_000
RARELY: Final = 500_000
"""New objects after which cycles are looked for: the many that a batch has are no reason to."""
_SIZE: Final = struct.Struct("<Q")
# The folders that modules come from are handed over; the present one is not among them by itself.
_BEGIN: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from bot.store.crew import work; work()"
)


class Batch(NamedTuple):
    """Some lines of a file: where they stand in it, in bytes, and the first one's number, counted from 1."""

    offset: int
    size: int
    first: int
    lines: int


def count_lines(file: Path) -> int:
    """Return how many lines a file has."""
    with file.open("rb") as handle:
        return sum(1 for _ in handle)


def batches(file: Path, lines: int = BATCH_LINES) -> tuple[Batch, ...]:
    """Return the parts of a file, in order."""
    found: list[Batch] = []
    start = offset = count = 0
    first = number = 1
    with file.open("rb") as handle:
        for line in handle:
            offset += len(line)
            count += 1
            number += 1
            if count == lines or offset - start >= BATCH_BYTES:
                found.append(Batch(offset=start, size=offset - start, first=first, lines=count))
                start, first, count = offset, number, 0
    if count:
        found.append(Batch(offset=start, size=offset - start, first=first, lines=count))
    return tuple(found)


class Crew:
    """Helpers that read batches of one file. Each batch asked for is answered, in the order of asking.

    Without any, as on a machine with one processor, the batches are read here.
    """

    def __init__(self, file: Path, task: Task, helpers: int | None = None) -> None:
        processors = os.cpu_count() or 1
        self._count = (min(MOST, processors) if processors > 1 else 0) if helpers is None else helpers
        self._begun = (file, task)
        self._helpers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        command = [sys.executable, "-P", "-c", _BEGIN, json.dumps([each for each in sys.path if each])]
        for _ in range(self._count):
            pipe = subprocess.PIPE
            helper = subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True)  # noqa: S603
            self._helpers.append(helper)
            self._ask(helper, self._begun)
        return self

    def __exit__(self, *_: object) -> None:
        for helper in self._helpers:
            helper.kill()
            for stream in (helper.stdin, helper.stdout):
                with suppress(OSError):
                    if stream is not None:
                        stream.close()
            helper.wait()

    def checked(self, batches: Sequence[Batch]) -> Iterator[Checked]:
        """Yield what a first pass finds in each batch."""
        yield from self._answers([(each, None) for each in batches])

    def prepared(self, wanted: Sequence[tuple[Batch, bytes]]) -> Iterator[Prepared]:
        """Yield of each batch the lines whose byte is not zero, as rows."""
        yield from self._answers(wanted)

    def _answers(self, questions: Sequence[tuple[Batch, bytes | None]]) -> Iterator[Any]:
        """Hand the questions round, one to a helper at a time: neither end waits for the other to read."""
        if not self._helpers:
            file, task = self._begun
            with file.open("rb") as handle:
                for batch, wanted in questions:
                    yield _answer(handle, batch, wanted, task)
            return
        left = deque(questions)
        busy: deque[subprocess.Popen[bytes]] = deque()
        for helper in self._helpers[: len(left)]:
            self._ask(helper, left.popleft())
            busy.append(helper)
        while busy:
            helper = busy.popleft()
            content = _received(helper.stdout)
            if content is None:
                told = f"A helper process of the import has ended (exit code {helper.wait()})."
                raise LedgerError(f"{told} Run the same command again: it goes on from what is on file.")
            if left:
                self._ask(helper, left.popleft())
                busy.append(helper)
            good, answer = pickle.loads(content)  # noqa: S301 - of our own process
            if not good:
                raise HelperError(answer)
            yield answer

    def _ask(self, helper: subprocess.Popen[bytes], question: object) -> None:
        assert helper.stdin is not None  # noqa: S101 - for the type checker
        # That it has ended shows when its answer is waited for.
        with suppress(BrokenPipeError):
            _send(helper.stdin, question)


class HelperError(RuntimeError):
    """A fault of the program in a helper process; its text is the traceback there."""


def work() -> None:
    """Answer one question after another until the input ends: the body of a helper."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    # What is printed by accident must not get between the answers.
    sys.stdout = sys.stderr
    begun = _received(source)
    if begun is None:
        return
    # Records are trees: without cycles among them there is next to nothing to look for.
    gc.freeze()
    gc.set_threshold(RARELY)
    file, task = pickle.loads(begun)  # noqa: S301 - of the process that started this one
    with suppress(BrokenPipeError), file.open("rb") as handle:
        while (content := _received(source)) is not None:
            batch, wanted = pickle.loads(content)  # noqa: S301 - the same
            answer: tuple[bool, object]
            try:
                answer = True, _answer(handle, batch, wanted, task)
            except Exception:  # noqa: BLE001 - whoever asked is told
                answer = False, traceback.format_exc()
            _send(target, answer)


def _answer(handle: IO[bytes], batch: Batch, wanted: bytes | None, task: Task) -> Checked | Prepared:
    content = content_of(handle, batch)
    if wanted is None:
        return check(content, task, is_first=batch.first == 1)
    return prepare(content, wanted, task, is_first=batch.first == 1)


def content_of(handle: IO[bytes], batch: Batch) -> bytes:
    """Return the bytes of a batch of lines."""
    handle.seek(batch.offset)
    return handle.read(batch.size)


def _send(stream: IO[bytes], message: object) -> None:
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(_SIZE.pack(len(content)))
    stream.write(content)
    stream.flush()


def _received(stream: IO[bytes] | None) -> bytes | None:
    """Return the next message, or None at the end of the stream, be it in the middle of one."""
    assert stream is not None  # noqa: S101 - for the type checker
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    (size,) = _SIZE.unpack(head)
    content = stream.read(size)
    return content if len(content) == size else None
