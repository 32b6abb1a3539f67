"""Embedding beside the answering: vectors of what is new or changed, made by the bot itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable
from typing import Final

from bot.embedding import Embedder, EmbeddingError
from bot.filling import fill
from bot.store.ledger import Ledger
from handlers.pacing import paused

log = logging.getLogger(__name__)

WATCHED: Final = 2.0
"""Seconds between two looks at whether the ledger has changed."""
SOON: Final = 600.0
"""Seconds until it is tried again after a fault."""
TOLD: Final = 60.0
"""Seconds between two lines of the log that say how far it is."""


async def embedding(stop: asyncio.Event, ledger: Ledger, embedder: Embedder) -> None:
    """Make the vectors that are missing, now and after each change, until `stop`.

    What fails here must not end the answering: without a vector a claim is found by its words.
    """
    filled = -1
    await _kept_up(ledger.warm_up())
    while not stop.is_set():
        wait = WATCHED
        try:
            revision = await ledger.revision()
            if revision != filled:
                made = await fill(ledger.vectors(), embedder, Told())
                await _kept_up(ledger.keep_up())
                filled = revision
                if made:
                    # What was answered without them a moment ago is not to be given again.
                    ledger.recent.forget()
                    log.info("vectors were made", extra={"vectors": made})
        except EmbeddingError as error:
            # The service itself has told of it, once.
            wait = max(error.seconds, WATCHED)
        except Exception:
            log.exception("vectors could not be made; claims without one are found by their words")
            wait = SOON
        await paused(stop, wait)


async def _kept_up(work: Awaitable[None]) -> None:
    """Let `work` be done; where it fails, the first look-up does what it has to, only slower."""
    try:
        await work
    except Exception:
        log.exception("what is kept in memory of the vectors, or beside the ledger, could not be made")


class Told:
    """Tells the log now and then how far the vectors are; what takes less than a minute is not told."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()
        self._first: int | None = None

    def __call__(self, done: int, total: int) -> None:
        """Take note that `done` claims of `total` are looked through."""
        now = time.monotonic()
        if self._first is None:
            self._first = done
        if now - self._last >= TOLD:
            self._last = now
            rate = (done - self._first) / (now - self._begun)
            log.info(
                "vectors are being made",
                extra={"claims": done, "of": total, "claims_a_second": round(rate, 1)},
            )
