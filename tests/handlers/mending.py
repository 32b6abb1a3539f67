"""What the tests of replies that stay true share: an entry, changes of it, and a bot that tells them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.claims import Claim
from bot.config import Settings
from bot.questions import Place, Platform
from bot.sections import OutboxSection
from bot.statements import Kind, QuoteMode, State
from bot.store.ledger import Ledger
from bot.store.revisions import Change
from bot.views import now
from handlers.outbox import Outbox
from handlers.running import Bot
from handlers.services import Services
from tests.entries import claim, statement

ENTRY = claim()
WORDS = ENTRY.statements[0].text
QUESTION = "The mayor of Marsh had the old bridge closed"
DENIAL = statement(
    id="s-2", kind=Kind.DENIAL, text="It was open.", quote_mode=QuoteMode.PARAPHRASE, said_on=None
)
AMENDED = replace(ENTRY, statements=(*ENTRY.statements, DENIAL))
CORRECTED = replace(
    ENTRY,
    statements=(
        replace(ENTRY.statements[0], text="It was closed on my order.", quote_mode=QuoteMode.PARAPHRASE),
    ),
)
WITHDRAWN = replace(ENTRY, state=State.WITHDRAWN)


def fast(settings: Settings, *, digest_seconds: int = 1) -> Settings:
    """Return the settings at a pace for tests."""
    return replace(
        settings, outbox=OutboxSection(slack=100_000, discord=100_000, digest_seconds=digest_seconds)
    )


@asynccontextmanager
async def telling(bot: Bot, services: Services) -> AsyncIterator[None]:
    """Tell what changed for as long as the block lasts."""
    stop = asyncio.Event()
    task = asyncio.create_task(Outbox(services, Platform(bot.name), lambda: bot.teller).run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def save(ledger: Ledger, entry: Claim) -> None:
    """Save an entry as somebody who vouches for it."""
    await ledger.save(entry, Change(actor="Tester", reason="a test").now(), vouched=True)


async def told(ledger: Ledger) -> None:
    """Wait until nothing waits to be told."""
    async with asyncio.timeout(40):
        while await ledger.deliveries().waiting():
            await asyncio.sleep(0.02)


async def follow(ledger: Ledger, platform: Platform, tenant: str, person: str, entry: str = "bridge") -> None:
    """Let somebody follow an entry."""
    await ledger.questions().follow(
        entry, Place(platform=platform, tenant=tenant, channel="any"), person, now()
    )
