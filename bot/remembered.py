"""Remembered: what a model answered a while ago, so that the same is not asked twice.

In memory alone, and of a question only a hash: on disk even that would outlive the time for which what
somebody pasted is kept, and a reader at the terminal writes nothing. What is held are labels and numbers.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.prompting import Prompt

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

    def keep(self, asked: bytes, value: Any) -> None:
        """Hold `value`, which is not None, under `asked`."""
        self._held[asked] = (self._clock(), value)
        self._held.move_to_end(asked)
        while len(self._held) > MOST:
            self._held.popitem(last=False)
