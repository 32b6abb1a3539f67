"""The ledger: every operation that the rest of the program has on it, each whole in itself.

Reads run on a connection that cannot write, each on one snapshot; writes run one after another, each one
transaction. What a verb for readers returns is filtered inside its query.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.answers import HistoryItem, Tier
from bot.claims import Claim
from bot.errors import LedgerError
from bot.matching import Hit, tiers
from bot.paste import Paste
from bot.recent import Found, Recent
from bot.records import record
from bot.store import reading, search
from bot.store.connections import Connection, connect
from bot.store.migrating import STEPS, back_up, migrate, version
from bot.store.questions import Questions
from bot.store.revisions import Broken, Change, newest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.calibration import Calibration
    from bot.store.importing import Imported
    from bot.store.writing import Saved


MOST_SHOWN: Final = 500
"""Claims kept in memory as they were read for the last questions."""


@record
class Lookup:
    """What matching found for a paste, best first, on one snapshot of the ledger."""

    revision: int
    found: tuple[tuple[Hit, Tier, Found], ...]


class Ledger:
    """An open ledger. Get one from `open_ledger`, which closes it again."""

    def __init__(self, reader: Connection, writer: Connection | None) -> None:
        self._reader = reader
        self._writer = writer
        self.recent = Recent()
        self._memory = _Memory()

    # For readers: only what is vetted and not embargoed on the day `today` (`YYYY-MM-DD`, UTC).

    async def revision(self) -> int:
        """Return the ledger's revision: the number of the newest change."""
        return await self._reader.read(newest)

    async def lookup(self, paste: Paste, *, today: str, weights: Calibration, limit: int) -> Lookup:
        """Find the claims that `paste` may be about, with their records, in one operation."""
        return await self._reader.read(_lookup, paste, today, weights, limit, self._memory)

    async def claim(self, key: str, *, today: str, as_of: str | None = None) -> tuple[int, Found] | None:
        """Return the ledger's revision and the claim `key`, as it stands or stood at the end of `as_of`."""
        return await self._reader.read(_claim, key, today, as_of)

    async def search(self, words: str, *, today: str, limit: int) -> tuple[Claim, ...]:
        """Return the claims that hold the `words`, best first."""
        return await self._reader.read(_search, words, today, limit)

    async def history(self, key: str, *, today: str) -> tuple[HistoryItem, ...] | None:
        """Return the changes of the claim `key`, oldest first; None where a reader may not see it."""
        from bot.store.histories import history  # noqa: PLC0415 - loads pydantic

        return await self._reader.read(history, key, today=today)

    # For the people who keep the ledger.

    async def import_lines(
        self,
        lines: Callable[[], Iterable[bytes]],
        change: Change,
        *,
        vouched: bool,
        keep_going: bool = False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Imported:
        """Save the claims of a file in one transaction (see `bot.store.importing`)."""
        from bot.store.importing import import_lines  # noqa: PLC0415 - loads pydantic

        return await self._writing().write(import_lines, lines, change, vouched, keep_going, progress)

    async def save(self, claim: Claim, change: Change, *, vouched: bool) -> Saved:
        """Save one claim; on disk when this returns (see `bot.store.writing`)."""
        return await self._writing().write(_save, claim, change, vouched)

    async def claims(self, *, public_on: str | None = None) -> tuple[Claim, ...]:
        """Return all claims in the order in which they came.

        `public_on` leaves out what a reader may not see on that day; without it, nothing is left out.
        """
        return await self._reader.read(_claims, public_on)

    async def verify(self) -> tuple[int, Broken | None]:
        """Check the ledger against its log; return its revision and the first broken link, if any."""
        return await self._reader.read(_verify)

    async def back_up(self, target: Path) -> None:
        """Copy the ledger to the new file `target` while others go on using it."""
        await self._reader.plain(back_up, target)

    def questions(self) -> Questions:
        """Return the verbs of questions on this ledger."""
        return Questions(self._reader, self._writing())

    def _writing(self) -> Connection:
        if self._writer is None:
            raise LedgerError("The ledger was opened for reading only.")
        return self._writer


@asynccontextmanager
async def open_ledger(
    path: Path,
    *,
    writable: bool = False,
    create: bool = False,
    steps: Sequence[Sequence[str]] = STEPS,
) -> AsyncIterator[Ledger]:
    """Open the ledger at `path` and close it at the end; an older schema is brought up to date first.

    Raises:
        LedgerError: There is no such file (and `create` is not set), it is no ledger, it is damaged, it
            is of a newer Counterclaim, or it cannot be read or written.
    """
    if path.is_dir():
        raise LedgerError(f"{path} is a folder. Name the ledger's file, such as {path / 'counterclaim.db'}.")
    if not path.exists():
        if not create:
            raise LedgerError(f"There is no ledger at {path}. Create one with: counterclaim init")
        _create(path)
    async with AsyncExitStack() as stack:
        reader = await _connected(stack, path, writable=False)
        found = await reader.plain(version, path, steps)
        if not found and not create:
            raise LedgerError(f"{path} is empty. Make a ledger of it with: counterclaim init")
        writer: Connection | None = None
        if writable or found < len(steps):
            writer = await _connected(stack, path, writable=True)
            await writer.plain(migrate, path, steps)
        yield Ledger(reader, writer if writable else None)


async def _connected(stack: AsyncExitStack, path: Path, *, writable: bool) -> Connection:
    connection = await connect(path, writable=writable)
    stack.push_async_callback(connection.close)
    return connection


def _create(path: Path) -> None:
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise LedgerError(f"{path} cannot be created: {error.strerror or error}.") from error


class _Memory:
    """What was read and worked out for the last questions, while the revision and the day are the same."""

    def __init__(self) -> None:
        self._of: tuple[int, str] = (-1, "")
        self._shown: dict[str, Found] = {}
        self.known = search.Known()

    def at(self, revision: int, today: str) -> None:
        """Forget what is of another revision or day, or too much."""
        if self._of != (revision, today) or len(self._shown) > MOST_SHOWN:
            self._of, self._shown = (revision, today), {}
            self.known = search.Known()
        elif self.known.is_full():
            self.known = search.Known()

    def found(self, conn: sqlite3.Connection, key: str, today: str) -> Found | None:
        """Return the claim `key` as readers see it."""
        held = self._shown.get(key) or _found(conn, key, today)
        if held is not None:
            self._shown[key] = held
        return held


def _lookup(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection, paste: Paste, today: str, weights: Calibration, limit: int, memory: _Memory
) -> Lookup:
    revision = newest(conn)
    memory.at(revision, today)
    hits = search.lookup(conn, paste, today=today, weights=weights, limit=limit, known=memory.known)
    # The tiers are known before a record is read, so that only what can be shown is read.
    near = ((hit, tier, memory.found(conn, hit.claim, today)) for hit, tier in tiers(hits, paste, weights))
    return Lookup(
        revision=revision,
        found=tuple((hit, tier, found) for hit, tier, found in near if found is not None),
    )


def _found(conn: sqlite3.Connection, key: str, today: str) -> Found | None:
    claim = reading.visible_claim(conn, key, today=today)
    if claim is None:
        return None
    return Found(claim=claim, related=reading.related_claims(conn, key, today=today))


def _claim(conn: sqlite3.Connection, key: str, today: str, as_of: str | None) -> tuple[int, Found] | None:
    if as_of is None:
        found = _found(conn, key, today)
    else:
        from bot.store.histories import claim_as_of, related_as_of  # noqa: PLC0415 - loads pydantic

        claim = claim_as_of(conn, key, as_of, today=today)
        related = related_as_of(conn, key, as_of, today=today) if claim else ()
        found = Found(claim=claim, related=related) if claim else None
    return (newest(conn), found) if found else None


def _search(conn: sqlite3.Connection, words: str, today: str, limit: int) -> tuple[Claim, ...]:
    keys = search.search_words(conn, words, today=today, limit=limit)
    claims = (reading.visible_claim(conn, key, today=today) for key in keys)
    return tuple(each for each in claims if each is not None)


def _claims(conn: sqlite3.Connection, public_on: str | None) -> tuple[Claim, ...]:
    if public_on is None:
        return tuple(reading.whole_claims(conn))
    return tuple(reading.visible_claims(conn, today=public_on))


def _save(conn: sqlite3.Connection, claim: Claim, change: Change, vouched: bool) -> Saved:  # noqa: FBT001
    from bot.store.writing import save_claim  # noqa: PLC0415 - not needed by those who read

    return save_claim(conn, claim, change, vouched=vouched)


def _verify(conn: sqlite3.Connection) -> tuple[int, Broken | None]:
    from bot.store.verification import first_fault  # noqa: PLC0415 - not needed by those who read

    return newest(conn), first_fault(conn)
