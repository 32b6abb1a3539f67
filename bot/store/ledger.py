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
from bot.store.deliveries import Deliveries
from bot.store.migrating import STEPS, back_up, migrate, version
from bot.store.questions import Questions
from bot.store.revisions import Broken, Change, newest
from bot.views import View

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.calibration import Calibration
    from bot.refitting import Lesson
    from bot.store.demand import Demand
    from bot.store.importing import Imported
    from bot.store.moderation import Moderation
    from bot.store.muting import Muting
    from bot.store.privacy import Privacy
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

    # For readers: only what their `view` shows.

    async def revision(self) -> int:
        """Return the ledger's revision: the number of the newest change."""
        return await self._reader.read(newest)

    async def lookup(self, paste: Paste, *, view: View, weights: Calibration, limit: int) -> Lookup:
        """Find the claims that `paste` may be about, with their records, in one operation."""
        return await self._reader.read(_lookup, paste, view, weights, limit, self._memory)

    async def claim(self, key: str, *, view: View, as_of: str | None = None) -> tuple[int, Found] | None:
        """Return the ledger's revision and the claim `key`, as it stands or stood at the end of `as_of`.

        The id of a claim that was merged into another one leads to that one.
        """
        return await self._reader.read(_claim, key, view, as_of)

    async def search(self, words: str, *, view: View, limit: int) -> tuple[Claim, ...]:
        """Return the claims that hold the `words`, best first."""
        return await self._reader.read(_search, words, view, limit)

    async def history(self, key: str, *, view: View) -> tuple[HistoryItem, ...] | None:
        """Return the changes of the claim `key`, oldest first; None where a reader may not see it."""
        from bot.store.histories import history  # noqa: PLC0415 - loads pydantic

        return await self._reader.read(history, key, view=view)

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

    async def claims(self, *, public_on: View | None = None) -> tuple[Claim, ...]:
        """Return all claims in the order in which they came.

        `public_on` leaves out what a reader of that view may not see; without it, nothing is left out.
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

    def moderation(self) -> Moderation:
        """Return the verbs of keeping this ledger."""
        from bot.store.moderation import Moderation  # noqa: PLC0415 - loads pydantic

        return Moderation(self._reader, self._writing())

    async def lessons(
        self, weights: Calibration, *, workspace_of: Callable[[str, str], str], today: str
    ) -> tuple[Lesson, ...]:
        """Return what readers said of answers, as labelled pairs (see `bot.store.lessons`)."""
        from bot.store.lessons import lessons  # noqa: PLC0415 - for one command

        return await self._reader.read(lessons, weights, workspace_of, today)

    def demand(self) -> Demand:
        """Return the verbs of what people ask and nothing on file answers."""
        from bot.store.demand import Demand  # noqa: PLC0415 - not needed by those who look things up

        return Demand(self._reader, self._writing())

    def privacy(self) -> Privacy:
        """Return the verbs of what is kept of people, and how it goes."""
        from bot.store.privacy import Privacy  # noqa: PLC0415 - not needed by those who look things up

        return Privacy(self._reader, self._writing())

    def muting(self) -> Muting:
        """Return the verbs of muting."""
        from bot.store.muting import Muting  # noqa: PLC0415 - not needed by those who look things up

        return Muting(self._reader, self._writing())

    def deliveries(self) -> Deliveries:
        """Return the verbs of what has to be told of changes."""
        return Deliveries(self._reader, self._writing())

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
    """What was read and worked out for the last questions, while the ledger stays as it is."""

    def __init__(self) -> None:
        self._revision = -1
        self._shown: dict[tuple[View, str], Found] = {}
        self.known = search.Known()

    def at(self, revision: int) -> None:
        """Forget what is of another revision, or too much."""
        if self._revision != revision or len(self._shown) > MOST_SHOWN:
            self._revision, self._shown = revision, {}
            self.known = search.Known()
        elif self.known.is_full():
            self.known = search.Known()

    def found(self, conn: sqlite3.Connection, key: str, view: View) -> Found | None:
        """Return the claim `key` as readers of `view` see it."""
        held = self._shown.get((view, key)) or _found(conn, key, view)
        if held is not None:
            self._shown[view, key] = held
        return held


def _lookup(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection, paste: Paste, view: View, weights: Calibration, limit: int, memory: _Memory
) -> Lookup:
    revision = newest(conn)
    memory.at(revision)
    hits = search.lookup(conn, paste, view=view, weights=weights, limit=limit, known=memory.known)
    # The tiers are known before a record is read, so that only what can be shown is read.
    near = ((hit, tier, memory.found(conn, hit.claim, view)) for hit, tier in tiers(hits, paste, weights))
    return Lookup(
        revision=revision,
        found=tuple((hit, tier, found) for hit, tier, found in near if found is not None),
    )


def _found(conn: sqlite3.Connection, key: str, view: View) -> Found | None:
    claim = reading.visible_claim(conn, key, view=view)
    if claim is None:
        return None
    return Found(
        claim=claim,
        related=reading.related_claims(conn, key, view=view),
        vetted_alone=reading.is_vetted_alone(conn, key),
    )


def _claim(conn: sqlite3.Connection, key: str, view: View, as_of: str | None) -> tuple[int, Found] | None:
    key = reading.final_id(conn, key, view=view)
    if as_of is None:
        found = _found(conn, key, view)
    else:
        from bot.store.histories import claim_as_of, related_as_of  # noqa: PLC0415 - loads pydantic

        claim = claim_as_of(conn, key, as_of, view=view)
        related = related_as_of(conn, key, as_of, view=view) if claim else ()
        alone = reading.is_vetted_alone(conn, key, as_of)
        found = Found(claim=claim, related=related, vetted_alone=alone) if claim else None
    return (newest(conn), found) if found else None


def _search(conn: sqlite3.Connection, words: str, view: View, limit: int) -> tuple[Claim, ...]:
    keys = search.search_words(conn, words, view=view, limit=limit)
    claims = (reading.visible_claim(conn, key, view=view) for key in keys)
    return tuple(each for each in claims if each is not None)


def _claims(conn: sqlite3.Connection, public_on: View | None) -> tuple[Claim, ...]:
    if public_on is None:
        return tuple(reading.whole_claims(conn))
    return tuple(reading.visible_claims(conn, view=public_on))


def _save(conn: sqlite3.Connection, claim: Claim, change: Change, vouched: bool) -> Saved:  # noqa: FBT001
    from bot.store.writing import save_claim  # noqa: PLC0415 - not needed by those who read

    return save_claim(conn, claim, change, vouched=vouched)


def _verify(conn: sqlite3.Connection) -> tuple[int, Broken | None]:
    from bot.store.verification import first_fault  # noqa: PLC0415 - not needed by those who read

    return newest(conn), first_fault(conn)
