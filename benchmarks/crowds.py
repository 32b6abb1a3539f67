"""People on a local platform who ask one bot, one after another or many at a time, and wait for replies.

One interface for both platforms, so that a benchmark need not know which one it measures.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import ASKER, GENERAL, FakeSlack
from tests.handlers.processes import Setup

PATIENCE: Final = 30.0
"""Seconds within which a bot must come online, or reply."""


class Crowd(ABC):
    """The people of one platform; use as an asynchronous context manager."""

    platform: str

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @abstractmethod
    def point(self, setup: Setup) -> None:
        """Let the configuration of our bot point here."""

    @abstractmethod
    def arguments(self) -> Sequence[str]:
        """Return what an echo bot is told on its command line, beside the platform."""

    @abstractmethod
    async def connected(self) -> None:
        """Wait until the bot is online."""

    @abstractmethod
    async def ask(self, text: str) -> None:
        """Mention the bot with `text` and wait for its reply."""

    @abstractmethod
    def wrong(self) -> Sequence[object]:
        """Return what the bot did that no bot may do."""

    async def latencies(self, texts: Sequence[str]) -> list[float]:
        """Ask one text after another; return the seconds from each mention to its reply."""
        taken = []
        for text in texts:
            start = time.perf_counter()
            await self.ask(text)
            taken.append(time.perf_counter() - start)
        return taken

    async def rate(self, texts: Sequence[str], at_once: int) -> float:
        """Ask all texts, `at_once` of them at a time; return the replies a second."""
        waiting = iter(texts)

        async def person() -> None:
            for text in waiting:
                await self.ask(text)

        start = time.perf_counter()
        await asyncio.gather(*(person() for _ in range(at_once)))
        return len(texts) / (time.perf_counter() - start)


class OnSlack(Crowd):
    """People in a channel of Slack."""

    platform = "slack"

    def __init__(self) -> None:
        self._fake = FakeSlack(deep=False)
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._seen = 0

    async def __aenter__(self) -> Self:
        await self._fake.__aenter__()
        # A reply wakes the one who asked for it, and nobody else: with the fake's own waiting each reply
        # would be looked at by all, and the watch would cost more than the bot.
        before = self._fake.space.changed

        def changed() -> None:
            before()
            for message in self._fake.messages[self._seen :]:
                self._seen += 1
                if (asker := self._waiting.pop(message.thread_ts or "", None)) and not asker.done():
                    asker.set_result(None)

        self._fake.space.changed = changed
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._fake.__aexit__(kind, error, trace)

    def point(self, setup: Setup) -> None:
        """Let the configuration of our bot point at this Slack."""
        setup.use(slack=self._fake)

    def arguments(self) -> Sequence[str]:
        """Return address and tokens of this Slack."""
        return self._fake.api_url, self._fake.bot_token, self._fake.app_token

    async def connected(self) -> None:
        """Wait until the bot is online."""
        await self._fake.wait_connected(timeout=PATIENCE)

    async def ask(self, text: str) -> None:
        """Mention the bot with `text` and wait for its reply."""
        ts = await self._fake.mention(GENERAL, ASKER, text)
        replied = self._waiting[ts] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(PATIENCE):
            await replied

    def wrong(self) -> Sequence[object]:
        """Return what the bot did that no bot may do."""
        return self._fake.violations


class OnDiscord(Crowd):
    """People in a channel of Discord."""

    platform = "discord"

    def __init__(self) -> None:
        self._fake = FakeDiscord(deep=False)
        self._asker = self._fake.add_user("ada")

    async def __aenter__(self) -> Self:
        await self._fake.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._fake.__aexit__(kind, error, trace)

    def point(self, setup: Setup) -> None:
        """Let the configuration of our bot point at this Discord."""
        setup.use(discord=self._fake)

    def arguments(self) -> Sequence[str]:
        """Return addresses and token of this Discord."""
        return self._fake.api_url, self._fake.token, self._fake.gateway_url

    async def connected(self) -> None:
        """Wait until the bot is online."""
        await self._fake.wait_until_connected(timeout=PATIENCE)

    async def ask(self, text: str) -> None:
        """Mention the bot with `text` and wait for its reply."""
        message = await self._fake.mention(self._fake.channel, self._asker, text)
        await self._fake.wait_for_reply(message, PATIENCE)

    def wrong(self) -> Sequence[object]:
        """Return what the bot did that no bot may do."""
        return self._fake.violations
