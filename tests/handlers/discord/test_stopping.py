"""Between being told to stop and the end of the connection: finished, left to the next one, or not begun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest

from bot.store.ledger import Ledger
from handlers.discord.bot import DiscordBot
from tests.fakes.discord import FakeDiscord, FakeUser, Kind, Trouble
from tests.fakes.discord.world import MESSAGE_CONTENT
from tests.handlers.discord.conftest import (
    CLAIM,
    CLAIM_ID,
    QUICK,
    Running,
    services_for,
    serving,
    settings_for,
    settled,
    until,
)

POSTS = "/channels/*/messages"
EMOJI = "🔍"

Stopping = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
def stopping(server: FakeDiscord, sample_ledger: Ledger, asker: FakeUser) -> Stopping:
    """Return a block that runs while a bot was told to stop and still has one reply in hand."""
    server.world.granted = MESSAGE_CONTENT

    @asynccontextmanager
    async def last_moments() -> AsyncIterator[None]:
        bot = DiscordBot(services_for(settings_for(server, reaction=EMOJI), sample_ledger), patience=QUICK)
        stop = asyncio.Event()
        task = asyncio.create_task(bot.run(stop))
        await server.wait_until_connected()
        server.troubles.next(Trouble(Kind.SLOW, seconds=0.5), method="POST", path=POSTS)
        message = await server.mention(server.channel, asker, CLAIM)
        await until(lambda: server.troubles.happened)
        stop.set()
        # Until the bot has seen it.
        await asyncio.sleep(0.05)
        yield
        await task
        assert len(server.replies(message)) == 1

    return last_moments


@pytest.mark.parametrize("way", ["mention", "direct", "reaction"])
async def test_what_is_asked_during_the_stop_is_answered_by_the_next_start(  # noqa: PLR0917 - fixtures
    server: FakeDiscord,
    asker: FakeUser,
    running: Running,
    stopping: Stopping,
    sample_ledger: Ledger,
    way: str,
) -> None:
    """What asks while the last reply is finished waits on the work list, and is answered once after that."""
    said = await server.say(server.channel, asker, CLAIM)
    async with stopping():
        match way:
            case "mention":
                message = await server.mention(server.channel, asker, CLAIM)
            case "direct":
                message = await server.direct_message(asker, CLAIM)
            case _:
                message = said
                await server.react(asker, EMOJI, message)
    assert server.replies(message) == []
    assert await sample_ledger.questions().waiting() == 1
    async with running(reaction=EMOJI):
        await server.wait_for_reply(message)
        await settled(sample_ledger)
    assert len(server.replies(message)) == 1


async def test_a_direct_message_just_before_the_stop_is_not_lost(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """A message that is still on its way at the moment of the stop gets its reply."""
    services = services_for(settings_for(server), sample_ledger)
    async with serving(DiscordBot(services, patience=replace(QUICK, linger=1.0))) as bot:
        await server.wait_until_connected()
        await until(lambda: bot.connected)
        message = await server.direct_message(asker, CLAIM)
    assert server.gateway.connected == []
    async with running():
        await server.wait_for_reply(message)
        await settled(sample_ledger)
    assert len(server.replies(message)) == 1


async def test_no_interaction_is_begun_during_the_stop(
    server: FakeDiscord, asker: FakeUser, stopping: Stopping, caplog: pytest.LogCaptureFixture
) -> None:
    """Commands, suggestions, menus and buttons get no response any more, and no error is logged for them."""
    said = await server.say(server.channel, asker, CLAIM)
    async with stopping():
        typed = asyncio.create_task(
            server.autocomplete(asker, "claim", "show", option="claim", text="Moscow")
        )
        asked = await server.command(asker, "claim", "check", options={"text": CLAIM})
        picked = await server.context_menu(asker, "Check this claim", said)
        await asyncio.sleep(0.1)
    assert not typed.done()
    typed.cancel()
    assert asked.response is picked.response is None
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_a_suggestion_that_was_begun_is_finished(
    server: FakeDiscord, asker: FakeUser, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """What is suggested to somebody who was typing at the moment of the stop still arrives."""
    async with running() as bot:
        await until(lambda: bot.connected)
        server.troubles.next(Trouble(Kind.SLOW, seconds=0.3), method="POST", path="/interactions/*")
        typed = asyncio.create_task(
            server.autocomplete(asker, "claim", "show", option="claim", text="Moscow")
        )
        await until(lambda: server.troubles.happened)
    assert CLAIM_ID in {each["value"] for each in await typed}
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []
