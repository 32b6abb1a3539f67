"""The sketches of the vectors of a large ledger in a file beside it: at start they need not be made again.

The file is written anew under another name and takes the old one's place whole, so that a kill at any moment
leaves one or the other. It can be deleted at any time, and is not believed: it has to be of this ledger's
history and of this model, unharmed, and to agree with the ledger in how many vectors there are and in some
of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.records import record
from bot.store import marks
from bot.store.nearness import held

if TYPE_CHECKING:
    from bot.vectors import Sketches

FORMAT: Final = 1
"""Raised when what the file holds changes: an older one is then made anew."""
LEAST_CHANGES: Final = 2_000
SHARE: Final = 50
"""The file is written again when one vector in so many has come or gone since, `LEAST_CHANGES` at least."""
SAMPLE: Final = 128
"""Vectors of the ledger that are compared with what the file has of them, and as many of the newest."""

_COUNT: Final = "SELECT count(*) FROM vector WHERE model = ?"
_SAMPLE: Final = """
    SELECT n, data FROM vector WHERE n IN (SELECT value FROM json_each(:numbers)) AND model = :model
    UNION SELECT n, data FROM (
        SELECT n, data FROM vector WHERE model = :model AND n <= :last ORDER BY n DESC LIMIT :limit)"""


@record
class Snapshot:
    """What is to be written, and where: the bytes of a file."""

    path: Path
    head: bytes
    parts: tuple[Any, ...]


def place(ledger: Path, model: str) -> Path:
    """Return where the sketches of the vectors of `model` stand beside the file `ledger`."""
    name = hashlib.blake2s(model.encode(errors="replace"), digest_size=6).hexdigest()
    return marks.folder(ledger) / f"vectors-{name}.sketches"


def due_after(size: int) -> int:
    """Return how many of `size` vectors have come or gone when the file is to be written again."""
    return max(LEAST_CHANGES, size // SHARE)


def snapshot(conn: sqlite3.Connection, ledger: Path, model: str, known: Sketches) -> Snapshot:
    """Return what to write of `known`, which is as the ledger is on the snapshot of `conn`."""
    import numpy as np  # noqa: PLC0415 - of an extra

    columns, bits, names = known.columns()
    arrays = (bits, *columns.values())
    parts = tuple(each.reshape(-1).view(np.uint8).data for each in arrays)
    crc = 0
    for part in parts:
        crc = zlib.crc32(part, crc)
    head = {
        "format": FORMAT,
        "model": model,
        "dimensions": known.dimensions,
        "mark": marks.dump(marks.mark(conn, known.seq)),
        "last": known.last,
        "size": int(bits.shape[1]),
        "names": names,
        "crc": crc,
    }
    return Snapshot(path=place(ledger, model), head=json.dumps(head).encode() + b"\n", parts=parts)


def write(made: Snapshot) -> None:
    """Write the file; on disk, whole, when this returns. Raises OSError."""
    made.path.parent.mkdir(mode=0o700, exist_ok=True)
    for old in made.path.parent.glob(f"{made.path.name}.*.part"):
        old.unlink(missing_ok=True)
    part = made.path.with_name(f"{made.path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            for each in (made.head, *made.parts):
                file.write(each)
            file.flush()
            os.fsync(file.fileno())
        part.replace(made.path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(made.path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def restored(conn: sqlite3.Connection, ledger: Path, model: str, dimensions: int) -> Sketches | None:
    """Return the sketches from the file, brought up to date with the snapshot; None where it is of no use."""
    known = _read(conn, place(ledger, model), model, dimensions)
    if known is None:
        return None
    known = held(conn, model, known, dimensions)
    numbers = known.numbers[: known.size]
    some = numbers[:: max(1, known.size // SAMPLE)].tolist()
    values = {"numbers": json.dumps(some), "model": model, "last": known.last, "limit": SAMPLE}
    rows = [(row[0], row[1]) for row in conn.execute(_SAMPLE, values)]
    count = conn.execute(_COUNT, (model,)).fetchone()[0]
    return known if known.live == count and known.agrees(rows) else None


def _read(conn: sqlite3.Connection, path: Path, model: str, dimensions: int) -> Sketches | None:
    import numpy as np  # noqa: PLC0415 - of an extra

    from bot.vectors import COLUMNS, Sketches, words  # noqa: PLC0415 - loads numpy

    with suppress(OSError, ValueError, TypeError, KeyError), path.open("rb") as file:
        head = json.loads(file.readline(1 << 24))
        mark = marks.load(head["mark"])
        size, last, names = int(head["size"]), int(head["last"]), [str(each) for each in head["names"]]
        of_ours = (head["format"], head["model"], head["dimensions"]) == (FORMAT, model, dimensions)
        if not of_ours or mark is None or not marks.is_of(conn, mark):
            return None
        bits = np.empty((2 * words(dimensions), size), dtype=np.uint64)
        empty = Sketches(dimensions)
        columns = {name: np.empty(size, dtype=getattr(empty, name).dtype) for name in COLUMNS}
        crc = 0
        for each in (bits, *columns.values()):
            part = each.reshape(-1).view(np.uint8).data
            if file.readinto(part) != len(part):
                return None
            crc = zlib.crc32(part, crc)
        if crc != head["crc"] or file.read(1):
            return None
        known = Sketches.restored(dimensions, columns, bits, names)
        known.last, known.seq = last, mark.reached
        return known
    return None
