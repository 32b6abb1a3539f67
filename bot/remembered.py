"""Remembered: what a model answered a while ago, so that the same is not asked twice.

In memory alone, and of a question only a hash: on disk even that would outlive the time for which what
somebody pasted is kept, and a reader at the terminal writes nothing. What is held are labels and numbers.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from bot.prompting import Prompt

_Value = TypeVar("_Value")

MOST: Final = 4_096
"""Answers held at a time: some 200 bytes each."""
SECONDS: Final = 86_400.0
"""How long one is held."""


def key(prompt: Prompt, model: str, variables: Mapping[str, str]) -> bytes:
    """Return a hash of what was asked: of the prompt, its version, the model's name and the material."""
    asked = json.dumps([prompt.name, prompt.version, model, sorted(variables.items())])
    return hashlib.sha256(asked.encode()).digest()


class Remembered:
    """The checked answers of the last day, the least recently used of which makes room first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[bytes, tuple[float, Any]] = OrderedDict()
        self._coming: dict[bytes, asyncio.Future[Any]] = {}

    def get(self, asked: bytes) -> Any:
        """Return what is held under `asked`, or None where nothing is that is recent."""
        found = self._held.get(asked)
        if found is None:
            return None
        if found[0] < self._clock() - SECONDS:
            del self._held[asked]
            return None
        self._held.move_to_end(asked)
        return found[1]

    async def once(self, asked: bytes, asking: Callable[[], Awaitable[_Value | None]]) -> _Value | None:
        """Return what `asking` gives, and hold it; whoever wants the same meanwhile waits for it.

        Where the first of them gives up, or nothing came, the others get None.
        """
        coming: asyncio.Future[_Value | None] | None = self._coming.get(asked)
        if coming is not None:
            return await asyncio.shield(coming)
        coming = self._coming[asked] = asyncio.get_running_loop().create_future()
        value = None
        try:
            value = await asking()
        finally:
            del self._coming[asked]
            coming.set_result(value)
        if value is not None:
            self.keep(asked, value)
        return value

    def keep(self, asked: bytes, value: Any) -> None:
        """Hold `value`, which is not None, under `asked`."""
        self._held[asked] = (self._clock(), value)
        self._held.move_to_end(asked)
        while len(self._held) > MOST:
            self._held.popitem(last=False)
