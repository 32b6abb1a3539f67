"""Questions that were asked on Slack while nobody listened: found in the channels when a socket opens.

Slack sends an event again for some minutes only. After that, what was asked is looked for where this ledger
knows that people ask: in the channels and direct messages of its questions, and in the threads of its
replies. Not found are reactions, which no list of messages dates; mentions in channels in which nobody
asked within 30 days; and those in threads in which the bot posted no record within a day. Nothing is looked
for that is older than an hour, which nobody waits for any more.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.questions import Incoming, Platform
from bot.store.inbox import OLDEST
from bot.store.questions import Questions
from handlers.hands import Hands
from handlers.slack.decoding import MalformedError, Reader, is_direct, overlooked
from handlers.slack.refusals import CALL_ERRORS, LIMITED, fault

log = logging.getLogger(__name__)

MOST_CHANNELS: Final = 50
"""Channels that are looked at, those in which somebody asked last first."""
MOST_THREADS: Final = 50
"""Threads that are looked at, those with the latest replies of the bot first."""
MOST_PAGES: Final = 3
"""Pages of each that are looked at, the newest messages of a channel first."""
ON_PAGE: Final = 200
KNOWN: Final = 30 * 86_400.0
"""Seconds for which a channel is remembered as one in which people ask."""
RECENT: Final = 86_400.0
"""Seconds for which a thread with a reply of the bot is looked at."""
MARGIN: Final = 600.0
"""Seconds before the last sign of Slack that are looked at as well: what was under way then."""

LONGEST_WAIT: Final = 60.0
"""Seconds that are waited at most where Slack asks to wait, before that page is asked for again."""


class CatchUp:
    """Looks for what was missed whenever `seen` is told that a socket opened after a gap.

    `can_look` says whether a scope to read channels was granted; direct messages can be read without one.
    `gap` is for how many seconds without a socket Slack itself surely sends everything again; `pace` is the
    pause between two calls, in seconds. `begin` has to be called before the first socket opens.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        reader: Reader,
        questions: Questions,
        accept: Callable[[Incoming], Awaitable[bool]],
        *,
        hands: Hands,
        can_look: bool,
        gap: float,
        pace: float,
    ) -> None:
        self._client = client
        self._reader = reader
        self._questions = questions
        self._accept = accept
        self._hands = hands
        self._can_look = can_look
        self._gap = gap
        self._pace = pace
        self._heard = 0.0
        """When Slack was heard last, in seconds since the epoch."""
        self._since: float | None = None
        """From when on is being looked at; None where all was looked at."""
        self._is_open = False
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Note when an earlier process heard Slack last."""
        where = (Platform.SLACK, self._reader.team)
        self._heard = await self._questions.newest(*where, time.time() - OLDEST) or 0.0

    async def close(self) -> None:
        """Look no further."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def seen(self, *, is_open: bool) -> None:
        """Take note of whether the socket is open."""
        now = time.time()
        if is_open and not self._is_open and now - self._heard >= self._gap:
            since = max(now - OLDEST, self._heard - MARGIN)
            # What an earlier look had not come to yet is part of this one.
            self._since = since if self._since is None else min(self._since, since)
            if self._task is not None:
                self._task.cancel()
            self._task = asyncio.create_task(self._look(self._since))
        self._is_open = is_open
        if is_open:
            self._heard = now

    async def _look(self, since: float) -> None:
        try:
            async for asked in self._missed(since):
                with self._hands.holding():
                    if not self._hands.open:
                        return
                    await self._accept(asked)
            self._since = None
        except Exception:
            log.exception("looking for missed questions failed", extra={"ref": secrets.token_hex(4)})

    async def _missed(self, since: float) -> AsyncIterator[Incoming]:
        """Yield what asked since the time `since`, known or not, channel by channel, the oldest first."""
        now, where = time.time(), (Platform.SLACK, self._reader.team)
        for channel in await self._questions.channels(*where, now - KNOWN, MOST_CHANNELS):
            async for asked in self._asked(channel, {}, since):
                yield asked
        for channel, thread in await self._questions.threads(*where, now - RECENT, MOST_THREADS):
            async for asked in self._asked(channel, {"ts": thread}, since):
                yield asked

    async def _asked(self, channel: str, thread: Mapping[str, str], since: float) -> AsyncIterator[Incoming]:
        if not self._can_look and not is_direct(channel):
            return
        found: dict[float, Incoming] = {}
        for message in await self._messages({"channel": channel, "oldest": f"{since:.6f}", **thread}):
            try:
                asked = overlooked(message, channel, self._reader)
                # The first message of a thread comes with every page, however old it is.
                if asked is not None and float(asked.message) >= since:
                    found[float(asked.message)] = asked
            except (MalformedError, ValueError):
                log.info("a message that cannot be read is skipped")
        for _, asked in sorted(found.items()):
            yield asked

    async def _messages(self, where: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return the messages of a channel, or of a thread with its `ts`; as many as were read, if any."""
        read = self._client.conversations_replies if "ts" in where else self._client.conversations_history
        made: list[Mapping[str, Any]] = []
        cursor = None
        for _ in range(MOST_PAGES):
            # So many calls in a row would use up what a post needs.
            await asyncio.sleep(self._pace)
            try:
                page = await read(limit=ON_PAGE, cursor=cursor, **where)
            except CALL_ERRORS as error:
                why = fault(error)
                # A channel that is closed to the bot is nothing to be mended.
                level = logging.INFO if why.wait is None else logging.WARNING
                log.log(level, "a channel could not be looked at for missed questions: %s", why.kind)
                if why.kind != LIMITED:
                    break
                await asyncio.sleep(min(why.wait or 0.0, LONGEST_WAIT))
                continue
            made += page.get("messages") or ()
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return made
