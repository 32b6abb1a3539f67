"""Replies on Discord stay true: edited in place, a line for what is grave, one message to each follower."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest

from bot.questions import Platform
from bot.store.ledger import Ledger
from handlers.discord.bot import DiscordBot
from tests.fakes.discord import FakeDiscord, FakeMessage, FakeUser, Kind, Trouble
from tests.handlers.discord.conftest import QUICK, services_for, serving, settings_for, settled
from tests.handlers.mending import (
    AMENDED,
    CORRECTED,
    ENTRY,
    QUESTION,
    WITHDRAWN,
    WORDS,
    fast,
    follow,
    save,
    telling,
    told,
)

Bridge = Callable[..., AbstractAsyncContextManager[DiscordBot]]


@pytest.fixture
def bridge(server: FakeDiscord, ledger: Ledger) -> Bridge:
    """Return a function that runs a bot which answers from the one entry and tells its changes."""

    @asynccontextmanager
    async def run(*, digest_seconds: int = 1) -> AsyncIterator[DiscordBot]:
        await save(ledger, ENTRY)
        services = services_for(fast(settings_for(server), digest_seconds=digest_seconds), ledger)
        async with serving(DiscordBot(services, patience=QUICK)) as bot:
            await server.wait_until_connected()
            async with telling(bot, services):
                yield bot

    return run


async def asked(server: FakeDiscord, ledger: Ledger, asker: FakeUser) -> FakeMessage:
    """Ask in the channel and return the reply, once it is on file."""
    message = await server.mention(server.channel, asker, QUESTION)
    reply = await server.wait_for_reply(message)
    await settled(ledger)
    assert WORDS in reply.text
    return reply


def lines(server: FakeDiscord, reply: FakeMessage) -> list[FakeMessage]:
    """Return the lines below a reply."""
    return [each for each in server.posts if each.reference is reply]


async def test_an_amended_entry_is_edited_in_place(
    server: FakeDiscord, ledger: Ledger, bridge: Bridge, asker: FakeUser
) -> None:
    """What was added stands in the reply, which says so with the day; nothing else is posted."""
    async with bridge():
        reply = await asked(server, ledger, asker)
        await save(ledger, AMENDED)
        await told(ledger)
        assert "It was open." in reply.text
        assert "Updated on" in reply.text
        assert len(reply.edits) == 1
        assert server.posts == [reply]


async def test_a_correction_gets_a_line_as_well(
    server: FakeDiscord, ledger: Ledger, bridge: Bridge, asker: FakeUser
) -> None:
    """What was corrected is replaced in the reply, and one line below it says so, pinging nobody."""
    async with bridge():
        reply = await asked(server, ledger, asker)
        await save(ledger, CORRECTED)
        await told(ledger)
        assert WORDS not in reply.text
        assert "Corrected on" in reply.text
        (line,) = lines(server, reply)
        assert line.text.startswith("Corrected on")
        assert not line.pings
        assert not reply.pings


async def test_a_withdrawn_entry_leaves_nothing(
    server: FakeDiscord, ledger: Ledger, bridge: Bridge, asker: FakeUser
) -> None:
    """After five changes that end in a withdrawal nothing of it is left, and a follower is told once."""
    async with bridge(digest_seconds=2):
        reply = await asked(server, ledger, asker)
        await follow(ledger, Platform.DISCORD, str(server.guild.id), str(asker.id))
        for entry in (AMENDED, replace(AMENDED, story="Bridges"), replace(AMENDED, text="It was closed.")):
            await save(ledger, entry)
        await save(ledger, replace(AMENDED, text="It was shut."))
        await save(ledger, replace(AMENDED, state=WITHDRAWN.state))
        await told(ledger)
        for word in (WORDS, ENTRY.text, "Quill", "Gazette", "It was open."):
            assert word not in f"{reply.components}"
        assert "was withdrawn on" in reply.text
        (line,) = lines(server, reply)
        assert line.text.startswith("Withdrawn on")
        direct = await server.wait_for_direct_message(asker)
        assert "1 entry that you follow was withdrawn" in direct.text
        assert len(server.posts) == 3


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(kind=Kind.LIMITED, retry_after=0.5),
        Trouble(kind=Kind.BROKEN, status=503),
        Trouble(kind=Kind.BROKEN_AFTER, status=500),
        Trouble(kind=Kind.CUT_AFTER),
    ],
    ids=lambda trouble: trouble.kind.value,
)
async def test_all_is_told_once_whatever_befalls_it(
    server: FakeDiscord, ledger: Ledger, bridge: Bridge, asker: FakeUser, trouble: Trouble
) -> None:
    """Edit, line and message get through a limit, a refusal and a cut, and the latter two stand once."""
    async with bridge():
        reply = await asked(server, ledger, asker)
        await follow(ledger, Platform.DISCORD, str(server.guild.id), str(asker.id))
        server.troubles.next(trouble, method="PATCH")
        server.troubles.next(trouble, trouble, method="POST", path="*/messages")
        await save(ledger, CORRECTED)
        await told(ledger)
        assert "It was closed on my order." in reply.text
        assert len(lines(server, reply)) == 1
        assert len(server.posts) == 3


async def test_a_message_that_is_gone_is_left_alone(
    server: FakeDiscord, ledger: Ledger, bridge: Bridge, asker: FakeUser
) -> None:
    """A reply that was deleted is marked gone: no line is posted about it, and no later change tries it."""
    async with bridge():
        reply = await asked(server, ledger, asker)
        reply.deleted = True
        await save(ledger, CORRECTED)
        await told(ledger)
        await save(ledger, ENTRY)
        await asyncio.sleep(0)
        assert await ledger.deliveries().waiting() == 0
        assert server.posts == []
