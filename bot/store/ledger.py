"""The ledger: every operation that the rest of the program has on it, each whole in itself.

Reads run on a connection that cannot write, each on one snapshot; writes run one after another, each one
transaction. What a verb for readers returns is filtered inside its query.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answers import HistoryItem
from bot.claims import Claim
from bot.embedding import Warmed
from bot.errors import LedgerError
from bot.paste import Paste
from bot.recent import Found, Recent
from bot.store import reading, showing, vectors
from bot.store.connections import Connection, connect
from bot.store.looking import Look, Lookup, Memory, found_by_words, looked_up
from bot.store.migrating import STEPS, back_up, migrate, version
from bot.store.renewing import left, renew, renew_at_once
from bot.store.revisions import Broken, Change, newest
from bot.store.search import LARGE
from bot.store.sketches import write
from bot.store.words import Words
from bot.views import View

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.calibration import Calibration
    from bot.embedding import Meaning
    from bot.refitting import Lesson
    from bot.store.deliveries import Deliveries
    from bot.store.demand import Demand
    from bot.store.doubles import Looked
    from bot.store.importing import Imported
    from bot.store.mass import Imports
    from bot.store.moderation import Moderation
    from bot.store.muting import Muting
    from bot.store.privacy import Privacy
    from bot.store.questions import Questions
    from bot.store.spending import Spending
    from bot.store.writing import Saved


class Ledger:
    """An open ledger. Get one from `open_ledger`, which closes it again."""

    def __init__(
        self, reader: Connection, writer: Connection | None, meaning: Meaning | None, memory: Memory
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._meaning = meaning
        self.recent = Recent()
        self._memory = memory

    @property
    def meaning(self) -> Meaning | None:
        """What the ledger was opened with for matching by meaning."""
        return self._meaning

    # For readers: only what their `view` shows.

    async def revision(self) -> int:
        """Return the ledger's revision: the number of the newest change."""
        return await self._reader.read(newest)

    async def lookup(
        self, paste: Paste, *, view: View, weights: Calibration, limit: int, every: bool = False
    ) -> Lookup:
        """Find the claims that `paste` may be about, by words and, where there are some, vectors.

        With `every` also those that were compared and are not near enough to be shown, as of no tier.
        """
        look = Look(paste=paste, view=view, weights=weights, limit=limit, meaning=self._meaning, every=every)
        if self._meaning is None or not paste.units:
            return await self._reader.read(looked_up, look, self._memory)
        # The vectors of the paste are made in a thread while it is looked up by words.
        made, words = await asyncio.gather(
            asyncio.to_thread(self._memory.made, paste, self._memory.meaning),
            self._reader.read(found_by_words, look, self._memory),
        )
        if words.meaning is not None and (made is None or made.model != words.meaning.embedder.model):
            made = await asyncio.to_thread(self._memory.made, paste, words.meaning)
        return await self._reader.read(looked_up, look, self._memory, words, made)

    async def claim(self, key: str, *, view: View, as_of: str | None = None) -> tuple[int, Found] | None:
        """Return the ledger's revision and the claim `key`, as it stands or stood at the end of `as_of`.

        The id of a claim that was merged into another one leads to that one.
        """
        return await self._reader.read(showing.claim, key, view, as_of)

    async def search(self, words: str, *, view: View, limit: int) -> tuple[Claim, ...]:
        """Return the claims that hold the `words`, best first."""
        return await self._reader.read(_search, words, view, limit, self._memory)

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

    def imports(self) -> Imports:
        """Return the verbs of importing files."""
        from bot.store.mass import Imports  # noqa: PLC0415 - loads pydantic

        return Imports(self._reader, self._writing())

    async def save(self, claim: Claim, change: Change, *, vouched: bool) -> Saved:
        """Save one claim; on disk when this returns (see `bot.store.writing`)."""
        from bot.store.writing import save_claim  # noqa: PLC0415 - not needed by those who read

        return await self._writing().write(save_claim, claim, change, vouched=vouched)

    async def claims(self, *, public_on: View | None = None) -> tuple[Claim, ...]:
        """Return all claims in the order in which they came.

        `public_on` leaves out what a reader of that view may not see; without it, nothing is left out.
        """
        return await self._reader.read(_claims, public_on)

    async def renew(self) -> int:
        """Make anew what matching reads of some claims of an older ledger; return how many are left."""
        return await self._writing().write(renew) if await self._reader.read(left) else 0

    async def doubles(
        self, after: int, *, since: str | None, least: float, view: View, weights: Calibration
    ) -> Looked:
        """Look for claims that look like another one, from the row `after` on (see `bot.store.doubles`)."""
        from bot.store.doubles import doubles  # noqa: PLC0415 - for one command

        memory, meaning = self._memory, self._meaning
        return await self._reader.read(doubles, after, since, least, view, weights, memory, meaning)

    async def verify(self) -> tuple[int, Broken | None]:
        """Check the ledger against its log; return its revision and the first broken link, if any."""
        return await self._reader.read(_verify)

    async def back_up(self, target: Path) -> None:
        """Copy the ledger to the new file `target` while others go on using it."""
        await self._reader.plain(back_up, target)

    def questions(self) -> Questions:
        """Return the verbs of questions on this ledger."""
        from bot.store.questions import Questions  # noqa: PLC0415 - not needed by one look-up at a terminal

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

    def vectors(self) -> vectors.Embeddings:
        """Return the verbs of vectors."""
        return vectors.Embeddings(self._reader, self._writing())

    async def keep_up(self, *, at_once: bool = False) -> None:
        """Bring what is in memory of the vectors up to date, and the file beside a large ledger.

        The file waits until enough has changed, unless it is to be `at_once`. Raises OSError where it cannot
        be written.
        """
        if self._meaning is not None:
            made = await self._reader.read(self._memory.unwritten, self._meaning, at_once=at_once)
            if made is not None:
                await asyncio.to_thread(write, made)

    async def warm_up(self) -> None:
        """Load what the first look-up would wait for: the model, and the vectors in memory."""
        if self._meaning is None:
            return
        embedder = self._meaning.embedder
        if isinstance(embedder, Warmed) and await self._reader.read(vectors.are_held, embedder.model):
            await asyncio.to_thread(embedder.warm)
        await self.keep_up()

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

    def spending(self) -> Spending:
        """Return the verbs of what a language model took."""
        from bot.store.spending import Spending  # noqa: PLC0415 - not needed by those who look things up

        return Spending(self._reader, self._writing())

    def deliveries(self) -> Deliveries:
        """Return the verbs of what has to be told of changes."""
        from bot.store.deliveries import Deliveries  # noqa: PLC0415 - not needed by those who look things up

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
    meaning: Meaning | None = None,
    large: int = LARGE,
) -> AsyncIterator[Ledger]:
    """Open the ledger at `path` and close it at the end; an older schema is brought up to date first.

    With `meaning` it is searched by vectors too; from `large` vetted claims on by the indexes beside it.

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
            if steps is STEPS:
                await writer.plain(renew_at_once)
        memory = Memory(Words(path, large), path)
        yield Ledger(reader, writer if writable else None, meaning, memory)


async def _connected(stack: AsyncExitStack, path: Path, *, writable: bool) -> Connection:
    connection = await connect(path, writable=writable)
    stack.push_async_callback(connection.close)
    return connection


def _create(path: Path) -> None:
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise LedgerError(f"{path} cannot be created: {error.strerror or error}.") from error


def _search(conn: sqlite3.Connection, asked: str, view: View, limit: int, held: Memory) -> tuple[Claim, ...]:
    from bot.store import finding  # noqa: PLC0415 - not needed by those who paste

    held.at(newest(conn))
    keys = finding.search_words(conn, asked, view=view, limit=limit, known=held.known)
    claims = (reading.visible_claim(conn, key, view=view) for key in keys)
    return tuple(each for each in claims if each is not None)


def _claims(conn: sqlite3.Connection, public_on: View | None) -> tuple[Claim, ...]:
    return tuple(reading.visible_claims(conn, view=public_on) if public_on else reading.whole_claims(conn))


def _verify(conn: sqlite3.Connection) -> tuple[int, Broken | None]:
    from bot.store.verification import first_fault  # noqa: PLC0415 - not needed by those who read

    return newest(conn), first_fault(conn)
