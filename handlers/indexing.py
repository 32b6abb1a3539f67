"""Indexing beside the answering: the index of words of a large ledger, kept up with it by the bot itself."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Final

from bot.store.indexing import Kept, Outcome, catch_up
from bot.store.search import LARGE
from handlers.pacing import paused

log = logging.getLogger(__name__)

WATCHED: Final = 0.5
"""Seconds between two looks at whether the ledger has changed; until then changes are read from it itself."""
UNNEEDED: Final = 60.0
"""Seconds between two looks at whether the ledger has become so large that it takes an index."""
SOON: Final = 600.0
"""Seconds until it is tried again after a fault."""
PAUSE: Final = 0.02
"""Seconds that are left to the answering between two pieces of a long work."""


async def indexing(stop: asyncio.Event, ledger: Path, large: int = LARGE) -> None:
    """Bring the index of words in line with the file `ledger`, now and after each change, until `stop`.

    What fails here must not end the answering: without an index words are looked up in the ledger itself.
    """
    kept = Kept()
    while not stop.is_set():
        wait = WATCHED
        try:
            # In a thread that sees `stop` by itself: a thread cannot be cancelled.
            made = await asyncio.to_thread(
                catch_up, ledger, large=large, stopped=stop.is_set, pause=PAUSE, kept=kept
            )
            if made.outcome in {Outcome.SMALL, Outcome.ABSENT, Outcome.BUSY}:
                wait = UNNEEDED
            elif made.is_anew:
                log.info("the index of words was made anew", extra={"changes": made.changes})
        except Exception:
            log.exception("the index of words could not be written; words are looked up without it")
            wait = SOON
        await paused(stop, wait)
