"""What the tests of every platform's bot share: the claims they ask about, and a bot that runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from bot import sample
from bot.calibration import load
from bot.config import Settings
from bot.store.ledger import Ledger, open_ledger
from handlers.limits import Limiter, Limits
from handlers.metrics import Metrics
from handlers.running import Bot
from handlers.services import Services
from tests.conftest import CHANGE

CLAIM = "Trump warned Putin that he would bomb Moscow if Russia invaded Ukraine"
"""Answered by the sample ledger."""
CLAIM_ID = "trump-moscow-threat"
UNKNOWN = "The harbour at Fen was painted blue by a choir of retired dentists last winter"

_Bot = TypeVar("_Bot", bound=Bot)


def fill_sample(path: Path) -> Path:
    """Make a ledger file with the sample in it."""

    async def fill() -> None:
        async with open_ledger(path, writable=True, create=True) as opened:
            await opened.import_lines(sample.lines, CHANGE, vouched=True)

    asyncio.run(fill())
    return path


def services_for(settings: Settings, ledger: Ledger, **limits: int) -> Services:
    """Return what a bot is given; `limits` are the keys of `Limits`."""
    return Services(
        settings=settings,
        ledger=ledger,
        calibration=load(),
        limits=Limiter(Limits(**({"person": 10_000, "channel": 10_000, "queue": 10_000} | limits))),
        metrics=Metrics(),
    )


@asynccontextmanager
async def serving(bot: _Bot) -> AsyncIterator[_Bot]:
    """Run a bot for as long as the block lasts, then stop it as SIGTERM does."""
    stop = asyncio.Event()
    task = asyncio.create_task(bot.run(stop))
    try:
        yield bot
    finally:
        stop.set()
        await task


async def settled(ledger: Ledger) -> None:
    """Wait until nothing waits on the work list any more."""
    async with asyncio.timeout(20):
        while await ledger.questions().waiting():
            await asyncio.sleep(0.01)


async def until(look: Callable[[], object]) -> None:
    """Wait until `look` sees something."""
    async with asyncio.timeout(10):
        while not look():
            await asyncio.sleep(0.01)
