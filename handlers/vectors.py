"""An embedder that is a service: texts go out through the one door, vectors come back, or one error.

What comes back is checked before anything is done with it. A service that fails is left alone for a while,
and the log says so once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from bot.credentials import Secret
from bot.embedding import EmbeddingError
from bot.sections import EmbeddingSection
from handlers.models import Door, FaultError

if TYPE_CHECKING:
    from bot.embedding import Numbers

log = logging.getLogger(__name__)

AT_LEISURE: Final = 60.0
"""Seconds that an answer may take where nobody waits for it."""
RESTING: Final = 30.0
"""Seconds for which a service that failed is not asked."""
LONGEST_REST: Final = 600.0
MOST_BYTES: Final = 32_000_000
"""Bytes of an answer; 32 vectors of 8,192 numbers have a fifth of them."""
MOST_CHARACTERS: Final = 4_000
"""Characters of a text that are sent, as many as the models of this machine look at."""


class Service:
    """An embedder that is a service. Nothing is connected before the first text comes."""

    def __init__(self, section: EmbeddingSection, key: Secret | None) -> None:
        self.dimensions: Final = section.dimensions
        self.model: Final = f"service:{section.model}:{section.dimensions}"
        self.name: Final = self.model
        self._section = section
        self._door = Door(section.base_url, key)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._until = 0.0
        self._failed = False

    def embed(self, texts: Sequence[str], *, at_leisure: bool = False) -> Numbers:
        """Return one row of length 1 for each of `texts`.

        Raises:
            EmbeddingError: The service failed, now or a moment ago, or did not answer in time.
        """
        import numpy as np  # noqa: PLC0415 - an extra's

        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        left = self._until - time.monotonic()
        if left > 0:
            raise EmbeddingError("the service for vectors failed a moment ago", left)
        seconds = AT_LEISURE if at_leisure else self._section.timeout_seconds
        sent = [text[:MOST_CHARACTERS].encode(errors="replace").decode() for text in texts]
        asked = asyncio.run_coroutine_threadsafe(self._ask(sent, seconds), self._running())
        try:
            rows = asked.result()
        except FaultError as fault:
            raise self._rested(fault) from None
        if self._failed:
            self._failed = False
            log.info("the service for vectors answers again")
        found = np.array(rows, dtype=np.float32)
        numbers: Numbers = found / np.linalg.norm(found, axis=1, keepdims=True)
        return numbers

    def close(self) -> None:
        """Close the connections, and end the thread that they live in."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._door.close(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
            loop.close()

    def _rested(self, fault: FaultError) -> EmbeddingError:
        seconds = min(max(fault.seconds, RESTING), LONGEST_REST)
        self._until = time.monotonic() + seconds
        if not self._failed:
            self._failed = True
            log.warning(
                "the service for vectors failed (%s); claims are found by their words meanwhile", fault
            )
        return EmbeddingError(f"The service for vectors failed: {fault}.", seconds)

    def _running(self) -> asyncio.AbstractEventLoop:
        # A loop of its own, so that a connection can be kept, and an answer cut off in the middle.
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="service for vectors", daemon=True
                )
                self._thread.start()
            return self._loop

    async def _ask(self, texts: list[str], seconds: float) -> list[list[float]]:
        shortened = self.dimensions if self._section.shortened else None
        body = await self._door.vectors(
            texts, self._section.model, shortened, seconds=seconds, most=MOST_BYTES
        )
        return vectors_in(body, len(texts), self.dimensions)


def vectors_in(body: bytes, count: int, dimensions: int) -> list[list[float]]:
    """Return the `count` vectors in an answer, in order; raises `FaultError` where they are not there."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise FaultError("its answer is not JSON") from None
    data = found.get("data") if isinstance(found, dict) else None
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        raise FaultError("its answer holds no vectors")
    places = [each.get("index", place) for place, each in enumerate(data)]
    if not all(type(each) is int for each in places) or sorted(places) != list(range(count)):
        raise FaultError(f"it answers with {len(data)} vectors to {count} texts")
    rows: list[list[float]] = [[] for _ in range(count)]
    for place, each in zip(places, data, strict=True):
        rows[place] = _vector(each.get("embedding"), dimensions)
    return rows


def _vector(row: Any, dimensions: int) -> list[float]:
    if not isinstance(row, list) or not all(type(value) in {int, float} for value in row):
        raise FaultError("its answer holds something that is no vector")
    if len(row) != dimensions:
        raise FaultError(f"its vectors have {len(row)} numbers, and [embedding] dimensions is {dimensions}")
    # A greater number could not be squared in the form in which vectors are kept.
    if not all(math.isfinite(value) and abs(value) < 1e15 for value in row):  # noqa: PLR2004
        raise FaultError("a vector of it holds something that is no finite number")
    if math.hypot(*row) < 1e-6:  # noqa: PLR2004
        raise FaultError("a vector of it has no direction")
    return [float(value) for value in row]
