"""Renewing beside the answering: what matching reads of an older ledger, made anew by the bot."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from bot.store.ledger import Ledger
from handlers.pacing import paused

log = logging.getLogger(__name__)

BREATH: Final = 0.05
"""Seconds between two pieces, in which others write."""
SOON: Final = 600.0
"""Seconds until it is tried again after a fault."""
TOLD: Final = 10_000
"""Claims between two lines in the log."""


async def renewing(stop: asyncio.Event, ledger: Ledger) -> None:
    """Bring what matching reads up to date, a few claims at a time, until all is done or `stop` is set.

    What fails here must not end the answering: a claim that is not renewed is found as before.
    """
    told: int | None = None
    while not stop.is_set():
        try:
            left = await ledger.renew()
        except Exception:
            log.exception("what matching reads of an older ledger could not be made anew")
            await paused(stop, SOON)
            continue
        if not left:
            if told is not None:
                log.info("what matching reads of an older ledger is made anew")
            return
        if told is None or told - left >= TOLD:
            log.info("what matching reads of an older ledger is being made anew", extra={"claims_left": left})
            told = left
        await paused(stop, BREATH)
