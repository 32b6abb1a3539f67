"""The verbs of what has to be told on an open ledger: each one operation, whole in itself."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence

from bot.questions import Platform
from bot.store import delivering, outbox
from bot.store.connections import Connection
from bot.store.delivering import Claims, Held, Standing, Telling
from bot.store.feedback import set_setting
from bot.views import View


class Deliveries:
    """What has to be told. Times are seconds since the epoch, taken when a verb is called."""

    def __init__(self, reader: Connection, writer: Connection) -> None:
        self._reader = reader
        self._writer = writer
        self._memory = Held()

    async def configure(self, *, reply_days: int, digest_seconds: float) -> None:
        """Write down for how long replies are kept true, and how long changes are gathered for followers."""
        await self._writer.write(_configure, reply_days, digest_seconds)

    async def take(
        self, platform: Platform, kinds: Sequence[str], owner: str, limit: int
    ) -> tuple[Telling, ...]:
        """Take on what has waited longest, at most `limit`."""
        if not await self._reader.read(delivering.is_due, platform, kinds, time.time()):
            return ()
        return await self._writer.write(delivering.take, platform, kinds, owner, time.time(), limit)

    async def take_over(self, is_gone: Callable[[str], bool]) -> None:
        """Free the rows of processes that are gone, before their leases run out."""
        owners = await self._reader.read(delivering.owners)
        gone = tuple(each for each in owners if is_gone(each))
        if gone:
            await self._writer.write(delivering.free, gone)

    async def renew(self, telling: Telling, owner: str) -> bool:
        """Begin the lease of a row anew; False where it is no longer this process's to tell."""
        return await self._writer.write(delivering.renew, telling, owner, time.time())

    async def release(self, telling: Telling, wait: float, *, tried: bool = True) -> None:
        """Give a row back for `wait` seconds; unless it was `tried`, that does not count as a try."""
        await self._writer.write(delivering.release, telling, time.time(), wait, tried=tried)

    async def finish(self, telling: Telling, state: str, *, revision: int | None = None) -> None:
        """Cross a row off as `done`, `gone` or `dropped`; `revision` is what an edited reply shows now."""
        await self._writer.write(delivering.finish, telling, state, time.time(), revision)

    async def finish_edits(self, edited: Sequence[tuple[Telling, int]]) -> None:
        """Cross edits off together, each with the revision that its reply shows now."""
        await self._writer.write(delivering.finish_edits, edited, time.time())

    async def standing(self, telling: Telling, view: View) -> Standing | None:
        """Return what a reply should show now."""
        return await self._reader.read(delivering.standing, telling, view, self._memory)

    async def held(self, claims: Sequence[str], view: View) -> Claims:
        """Return claims as readers see them, those that they do not see, and until when."""
        return await self._reader.read(delivering.held, claims, view)

    async def waiting(self) -> int:
        """Return how much waits to be told."""
        return await self._reader.read(delivering.waiting)

    async def clear(self, before: float) -> int:
        """Remove what was crossed off before the time `before`; return how much that was."""
        return await self._writer.write(delivering.clear, before)


def _configure(conn: sqlite3.Connection, reply_days: int, digest_seconds: float) -> None:
    set_setting(conn, outbox.REPLY_DAYS[0], str(reply_days))
    set_setting(conn, outbox.DIGEST_SECONDS[0], str(digest_seconds))
