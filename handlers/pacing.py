"""How fast one platform is written to beside the answers: evenly, and not at all while it asks to wait."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Final

from aiolimiter import AsyncLimiter

MINUTE: Final = 60.0


class Pace:
    """Lets at most `per_minute` through, one at a time rather than in bursts."""

    def __init__(self, per_minute: int) -> None:
        self._limiter = AsyncLimiter(1, MINUTE / per_minute)
        self._held_until = 0.0

    def hold(self, seconds: float) -> None:
        """Let nothing through for `seconds`, counted from now."""
        self._held_until = max(self._held_until, time.monotonic() + seconds)

    @property
    def held(self) -> float:
        """Seconds for which nothing is let through yet."""
        return max(self._held_until - time.monotonic(), 0.0)

    async def turn(self, stop: asyncio.Event) -> bool:
        """Wait until one may go; False where `stop` was set before that."""
        while not stop.is_set():
            if (held := self.held) > 0:
                await paused(stop, held)
                continue
            if self._limiter.has_capacity():
                await self._limiter.acquire()
                return True
            entering = asyncio.ensure_future(self._limiter.acquire())
            stopping = asyncio.ensure_future(stop.wait())
            try:
                await asyncio.wait((entering, stopping), return_when=asyncio.FIRST_COMPLETED)
                if not entering.done():
                    return False
            finally:
                for each in (entering, stopping):
                    each.cancel()
                await asyncio.gather(entering, stopping, return_exceptions=True)
            # The platform may have asked to wait meanwhile.
            if self.held <= 0:
                return True
        return False


async def paused(stop: asyncio.Event, seconds: float) -> None:
    """Wait for `seconds`, or until `stop` is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
