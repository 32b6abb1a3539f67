"""Waiting for something to happen on the server, always with a deadline and without polling."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Final, TypeVar

T = TypeVar("T")
DEADLINE: Final = 10.0
"""Seconds that a test waits before it fails with a sentence."""
ANY: Final = "anything"
"""The key that is rung by every change."""


class Bell:
    """Wakes whoever waits for a key when something about it changed."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Hashable, set[asyncio.Future[None]]] = defaultdict(set)

    def ring(self, *keys: Hashable) -> None:
        """Wake those who wait for one of `keys`, or for anything."""
        for key in (*keys, ANY):
            for future in self._waiting.pop(key, ()):
                if not future.done():
                    future.set_result(None)

    async def until(
        self, look: Callable[[], T | None], what: str, *, key: Hashable = ANY, timeout: float = DEADLINE
    ) -> T:
        """Return what `look` sees as soon as that is not None; TimeoutError saying `what` after `timeout`."""
        try:
            async with asyncio.timeout(timeout):
                while (seen := look()) is None:
                    future = asyncio.get_running_loop().create_future()
                    self._waiting[key].add(future)
                    await future
        except TimeoutError:
            raise TimeoutError(f"Waited {timeout:g} s for {what}.") from None
        return seen
