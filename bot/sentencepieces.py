"""Sentence pieces: a text as the numbers that the multilingual model reads (Kudo and Richardson 2018).

Pure: it is made of the bytes of a SentencePiece model, which hold the pieces with their scores and the table
by which characters are made one (as NFKC does, and a little more). The rules are those of the library of
that name, so that the model sees what it was trained on; the library is a large one, and these are few.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

MOST_PIECES: Final = 256
"""Pieces of one text that are read, both marks included; what is vetted and what is pasted has fewer."""
MOST_CHARACTERS: Final = 4_000
"""Characters that are looked at."""
SPACE: Final = "\u2581"
UNKNOWN, BEGIN, END = 0, 1, 2
_UNLIKELY: Final = 10.0
"""What a character without a piece costs beyond the dearest piece."""


class Pieces:
    """The vocabulary of one model."""

    def __init__(self, model: bytes) -> None:
        fields = list(_fields(model))
        self._pieces: dict[str, tuple[int, float]] = {}
        for number, part in enumerate(part for field, part in fields if field == 1):
            piece = dict(_fields(part))
            score = struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0  # noqa: PLR2004 - a field's number
            self._pieces[piece[1].decode()] = (number, score)
        self._longest = max(map(len, self._pieces))
        self._unlikely = min(score for _, score in self._pieces.values()) - _UNLIKELY
        self._same = _Same(next(dict(_fields(part))[2] for field, part in fields if field == 3))  # noqa: PLR2004

    def __call__(self, text: str) -> list[int]:
        """Return the numbers of the pieces of `text`, from 3 to `MOST_PIECES`, both marks included."""
        text = self._same(text[:MOST_CHARACTERS].encode(errors="ignore")).decode(errors="ignore")
        words = text.split()
        found = self._likeliest(SPACE + SPACE.join(words)) if words else [UNKNOWN]
        return [BEGIN, *found[: MOST_PIECES - 2], END]

    def _likeliest(self, text: str) -> list[int]:
        """Return the pieces that make up `text` with the greatest sum of scores."""
        best = [0.0] + [-1e38] * len(text)
        came = [(0, UNKNOWN)] * (len(text) + 1)
        for start in range(len(text)):
            single = False
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                known = self._pieces.get(text[start:end])
                if known is not None:
                    single = single or end == start + 1
                    if best[start] + known[1] > best[end]:
                        best[end], came[end] = best[start] + known[1], (start, known[0])
            if not single and best[start] + self._unlikely > best[start + 1]:
                best[start + 1], came[start + 1] = best[start] + self._unlikely, (start, UNKNOWN)
        found, place = [], len(text)
        while place:
            place, number = came[place]
            found.append(number)
        return found[::-1]


class _Same:
    """What stands for a run of bytes: a table in the form of a double-array trie (Aoe 1989)."""

    def __init__(self, table: bytes) -> None:
        size = struct.unpack_from("<I", table)[0]
        self._units = struct.unpack_from(f"<{size // 4}I", table, 4)
        self._texts = table[4 + size :]

    def __call__(self, data: bytes) -> bytes:
        """Return `data`, a text in UTF-8, with each longest run that the table knows replaced."""
        found, place = [], 0
        while place < len(data):
            length, text = self._longest(data, place)
            if not length:
                length = 1
                while place + length < len(data) and data[place + length] & 0xC0 == 0x80:  # noqa: PLR2004
                    length += 1
                text = data[place : place + length]
            found.append(text)
            place += length
        return b"".join(found)

    def _longest(self, data: bytes, place: int) -> tuple[int, bytes]:
        """Return how many bytes from `place` on the longest known run has, and what stands for it."""
        units, node = self._units, _offset(self._units[0])
        length, text = 0, 0
        for end in range(place, len(data)):
            node ^= data[end]
            unit = units[node]
            if unit & 0x800000FF != data[end]:
                break
            node ^= _offset(unit)
            if unit & 0x100:
                length, text = end + 1 - place, units[node] & 0x7FFFFFFF
        return length, self._texts[text : self._texts.index(b"\0", text)] if length else b""


def _offset(unit: int) -> int:
    return (unit >> 10) << ((unit & 0x200) >> 6)


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the fields of a protocol buffer that are text, bytes, messages or floats: number and bytes."""
    place = 0
    while place < len(data):
        tag, place = _number(data, place)
        kind = tag & 7
        if kind == 0:
            _, place = _number(data, place)
            continue
        size = {1: 8, 5: 4}.get(kind)
        if size is None:
            size, place = _number(data, place)
        yield tag >> 3, data[place : place + size]
        place += size


def _number(data: bytes, place: int) -> tuple[int, int]:
    """Return the whole number at `place`, seven bits a byte, and the place behind it."""
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the eighth bit says that there is more
            return value, place
