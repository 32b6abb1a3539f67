"""Vectors in memory: a sketch of each, two bits a number, to find the few vectors that are worth reading.

Pure. The bits are the sign of each number and whether it is a large one. A text is compared with half of the
signs of all vectors, with all signs of the best, and by its own numbers with both bits of the best of those;
what is left after that is read from the ledger. Of the forty nearest that finds 99 in 100.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from bot.views import View

Floats = NDArray[np.float32]
Places = NDArray[np.intp]
Far = NDArray[np.uint8] | NDArray[np.uint16]
Row = tuple[int, int, str | None, str, bytes]
"""One vector on file: its number, its claim's row, end of embargo and workspace, and the data."""

STEPS: Final = 127
WORD: Final = 64
"""Signs that are compared by one step of the processor."""
CHUNK: Final = 16_384
"""Vectors that are compared at a time: what is worked out of them stays in the processor's cache."""
COARSE: Final = 130
"""Times as many vectors as are asked for that are compared by all of their signs."""
FINE: Final = 13
"""Times as many vectors as are asked for that are compared by both bits with the numbers of the text."""
LARGE: Final = 0.9
"""A number of a vector is large from here on, as a part of what it were if all were alike."""
LARGE_WORTH: Final = 3
"""What a large number counts in a sketch, beside 1."""
SAMPLE: Final = 65_536
MARGIN: Final = 1.05
LEAST_ROOM: Final = 1_024
MOST_VIEWS: Final = 64
"""Views for which it is kept which vectors they show."""
COLUMNS: Final = ("numbers", "claims", "until", "homes")
GONE: Final = np.iinfo(np.int32).max
"""The day from which a vector may be found that is no longer on file."""
ANYWHERE: Final = 0
UNTOLD: Final = np.iinfo(np.uint16).max
"""The workspace of a vector where there are more workspaces than can be told apart: the query decides."""


def pack(vector: Floats) -> bytes:
    """Return `vector` as it is kept, a scale and one byte a number; a cosine changes by less than 0.01."""
    scale = float(np.abs(vector).max()) / STEPS or 1.0
    numbers: bytes = np.rint(vector / scale).astype(np.int8).tobytes()
    return struct.pack("<f", scale) + numbers


def unpack(data: Sequence[bytes]) -> Floats:
    """Return one row for each of `data`, vectors as they are kept; those of one model have one length."""
    if not data:
        return np.zeros((0, 0), dtype=np.float32)
    held = np.frombuffer(b"".join(data), dtype=np.uint8).reshape(len(data), -1)
    scales: Floats = np.ascontiguousarray(held[:, :4]).view("<f4")
    rows: Floats = held[:, 4:].view(np.int8).astype(np.float32) * scales
    return rows


def _packed(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return each row of `flags`, `WORD` of them in each number; what lacks to a whole number is 0."""
    bits = np.packbits(flags, axis=1)
    missing = -bits.shape[1] % (WORD // 8)
    return np.pad(bits, ((0, 0), (0, missing))).view(np.uint64)


class Sketches:
    """The sketches of the vectors of one model, in no order, with who may see their claims."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self.size = 0
        self.gone = 0
        """Vectors among them that are no longer on file, or stand here a second time; never found."""
        self.last = 0
        """The number of the newest vector taken in."""
        self.seq = 0
        """The number of the newest change taken in of what decides who may see them."""
        self._words = words(dimensions)
        # Half of the signs tell enough for a first look; more than 192 do not fit in a byte.
        self._coarse = min(self._words, max(3, min(6, self._words // 2)))
        # First the signs and then whether each is large; a column for each word, since few are read of most.
        self._bits = np.zeros((2 * self._words, LEAST_ROOM), dtype=np.uint64)
        self.numbers = np.zeros(LEAST_ROOM, dtype=np.int64)
        self.claims = np.zeros(LEAST_ROOM, dtype=np.int64)
        self.until = np.zeros(LEAST_ROOM, dtype=np.int32)
        self.homes = np.zeros(LEAST_ROOM, dtype=np.uint16)
        self._names: dict[str, int] = {"": ANYWHERE}
        self._shown: dict[View, NDArray[np.bool_] | None] = {}

    @property
    def live(self) -> int:
        """How many of them are on file."""
        return self.size - self.gone

    def add(self, rows: Sequence[Row]) -> None:
        """Take in vectors."""
        if not rows:
            return
        end = self.size + len(rows)
        if end > self.numbers.shape[0]:
            self._make_room(max(end, self.size + self.size // 4, LEAST_ROOM))
        new = slice(self.size, end)
        numbers, claims, embargoes, workspaces, data = zip(*rows, strict=True)
        self._bits[:, new] = sketched(unpack(data)).T
        self.numbers[new] = numbers
        self.claims[new] = claims
        self.until[new] = [day(each) if each else 0 for each in embargoes]
        self.homes[new] = [self._home(each) for each in workspaces]
        self.size = end
        self.last = max(self.last, *numbers)
        self._shown.clear()

    def drop(self, claims: Sequence[int]) -> list[int]:
        """Let the vectors of `claims` go; return those of the claims that had any."""
        held = self.claims[: self.size]
        places = np.flatnonzero(np.isin(held, np.array(claims, dtype=np.int64)))
        places = places[self.until[places] != GONE]
        found = [int(each) for each in np.unique(held[places])]
        if found:
            self.until[places] = GONE
            self.gone += int(places.size)
            self._shown.clear()
            if self.gone > self.size // 4 + LEAST_ROOM:
                self._close_up()
        return found

    def nearest(self, vector: Floats, count: int, view: View) -> list[int]:
        """Return the numbers of the `count` vectors or so that seem nearest to `vector`, in no order.

        Those of claims that `view` does not show are left out as far as is known here; whoever reads them
        has to ask once more.
        """
        asked = _packed(vector[None, :] > 0)[0]
        coarse = self._coarse if self.size > 2 * COARSE * count else self._words
        far = self._far(asked, coarse)
        seen = self._seen(view)
        if seen is not None:
            np.putmask(far, ~seen, np.iinfo(far.dtype).max)
        places = _least(far, (COARSE if coarse < self._words else FINE) * count)
        if places.size > FINE * count and coarse < self._words:
            rest = far.take(places).astype(np.uint16)
            for word in range(coarse, self._words):
                rest += np.bitwise_count(self._bits[word].take(places) ^ asked[word])
            places = places[_least(rest, FINE * count)]
        if places.size > count:
            near = _near(self._bits.take(places, axis=1), vector)
            places = places[np.argpartition(-near, count - 1)[:count]]
        found: list[int] = self.numbers[places].tolist()
        return found

    def columns(self) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.uint64], tuple[str, ...]]:
        """Return copies of what `restored` takes: the columns, the signs, the names; without what is gone."""
        kept = np.flatnonzero(self.until[: self.size] != GONE)
        columns = {name: getattr(self, name)[kept] for name in COLUMNS}
        return columns, self._bits[:, kept], tuple(self._names)

    @classmethod
    def restored(
        cls,
        dimensions: int,
        columns: Mapping[str, NDArray[np.int64]],
        held: NDArray[np.uint64],
        names: Sequence[str],
    ) -> Self:
        """Return them as they were when `columns` was asked."""
        made = cls(dimensions)
        made.size = held.shape[1]
        made._bits = held
        for name in COLUMNS:
            setattr(made, name, columns[name])
        made._names = {name: place for place, name in enumerate(names)}
        return made

    def agrees(self, rows: Sequence[tuple[int, bytes]]) -> bool:
        """Say whether each of the vectors on file `rows`, numbers and data, has its own sketch or none."""
        right = dict(
            zip((number for number, _ in rows), sketched(unpack([data for _, data in rows])), strict=True)
        )
        wanted = np.fromiter(right, dtype=np.int64, count=len(right))
        places = np.flatnonzero(np.isin(self.numbers[: self.size], wanted))
        return all(np.array_equal(self._bits[:, each], right[int(self.numbers[each])]) for each in places)

    def _far(self, asked: NDArray[np.uint64], words: int) -> Far:
        """Return for each vector how many of its signs, in the first `words`, are other than `asked`."""
        is_small = words * WORD < np.iinfo(np.uint8).max
        far: Far = np.empty(self.size, np.uint8) if is_small else np.empty(self.size, np.uint16)
        other = np.empty(CHUNK, dtype=np.uint64)
        count = np.empty(CHUNK, dtype=np.uint8)
        for start in range(0, self.size, CHUNK):
            part = far[start : start + CHUNK]
            size = len(part)
            for word in range(words):
                np.bitwise_xor(self._bits[word, start : start + size], asked[word], out=other[:size])
                np.bitwise_count(other[:size], out=count[:size])
                if word:
                    np.add(part, count[:size], out=part)
                else:
                    part[:] = count[:size]
        return far

    def _seen(self, view: View) -> NDArray[np.bool_] | None:
        """Return for each vector whether `view` shows it as far as is known here; None where it shows all."""
        if view not in self._shown:
            homes = self.homes[: self.size]
            home = self._names.get(view.workspace, ANYWHERE)
            seen = (homes == ANYWHERE) | (homes == home) | (homes == UNTOLD)
            seen &= self.until[: self.size] <= day(view.today)
            if len(self._shown) >= MOST_VIEWS:
                self._shown.clear()
            self._shown[view] = None if seen.all() else seen
        return self._shown[view]

    def _home(self, workspace: str) -> int:
        if workspace not in self._names and len(self._names) >= UNTOLD:
            return UNTOLD
        return self._names.setdefault(workspace, len(self._names))

    def _make_room(self, room: int) -> None:
        more = room - self.numbers.shape[0]
        self._bits = np.pad(self._bits, ((0, 0), (0, more)))
        for name in COLUMNS:
            setattr(self, name, np.pad(getattr(self, name), (0, more)))

    def _close_up(self) -> None:
        columns, self._bits, _ = self.columns()
        for name in COLUMNS:
            setattr(self, name, columns[name])
        self.size, self.gone = self._bits.shape[1], 0
        self._shown.clear()


def words(dimensions: int) -> int:
    """Return how many words the signs of a vector take."""
    return -(-dimensions // WORD)


def sketched(rows: Floats) -> NDArray[np.uint64]:
    """Return the sketch of each of `rows`, of length 1: the words of its signs, and of which are large."""
    if not rows.size:
        return np.zeros((0, 0), dtype=np.uint64)
    large = np.abs(rows) > LARGE / math.sqrt(rows.shape[1])
    return np.concatenate([_packed(rows > 0), _packed(large)], axis=1)


def _near(bits: NDArray[np.uint64], vector: Floats) -> Floats:
    """Return the cosine of `vector` with what each sketch stands for, the columns of `bits`."""
    both = np.ascontiguousarray(bits.T).view(np.uint8).reshape(bits.shape[1], 2, -1)
    is_positive, is_large = both[:, 0], both[:, 1]
    # Four numbers at a time: what the vector makes of each of their 256 sketches is worked out once.
    halves = np.stack(
        [is_positive & 0xF0 | is_large >> 4, is_positive << 4 | is_large & 0xF], axis=2
    ).reshape(len(both), -1)
    asked = np.pad(vector, (0, halves.shape[1] * 4 - len(vector))).reshape(-1, 4)
    parts = asked @ _fours().T
    rows = halves + np.arange(0, parts.size, 256, dtype=np.int32)
    sums: Floats = parts.ravel().take(rows).sum(axis=1)
    many = np.bitwise_count(bits[len(bits) // 2 :]).sum(axis=0, dtype=np.int32)
    near: Floats = sums / np.sqrt(len(vector) + (LARGE_WORTH**2 - 1) * many, dtype=np.float32)
    return near


@cache
def _fours() -> Floats:
    """Return the four numbers that each of 256 sketches of four stands for."""
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(np.float32)
    return (2 * bits[:, :4] - 1) * ((LARGE_WORTH - 1) * bits[:, 4:] + 1)


def day(text: str | None) -> int:
    """Return the day `YYYY-MM-DD` as a number that grows with it; 0, left to the query, where it is none."""
    digits = (text or "").replace("-", "")
    return int(digits) if len(digits) == len("20260101") and digits.isdecimal() else 0


def _least(far: Far, count: int) -> Places:
    """Return the places of the `count` least of `far`, and of all that are as small; never the greatest."""
    most = int(np.iinfo(far.dtype).max)
    count = min(count, len(far))
    step = max(1, len(far) // SAMPLE)
    # How far they reach is guessed from a part of them, and looked up in all where that was too near.
    end = _reach(far[::step], count / step * MARGIN)
    if np.count_nonzero(far <= end) < count:
        end = _reach(far, count)
    return np.flatnonzero(far <= min(end, most - 1))


def _reach(far: Far, count: float) -> int:
    """Return the least number that `count` of `far` do not exceed."""
    return int(np.searchsorted(np.bincount(far, minlength=1).cumsum(), count))
