"""Starting, staying connected, and being told why not."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.store.ledger import Ledger
from handlers.discord.bot import DiscordBot
from handlers.services import StartError
from tests.fakes.discord import FakeDiscord, FakeUser, Kind, Trouble
from tests.fakes.discord.world import MESSAGE_CONTENT
from tests.handlers.discord.conftest import (
    CLAIM,
    QUICK,
    Running,
    services_for,
    serving,
    settings_for,
    until,
)

ANOTHER = "another" + ".one"


async def test_preflight_says_who_and_where(server: FakeDiscord, sample_ledger: Ledger) -> None:
    """A good set-up is told in one line, and no connection is opened for that."""
    bot = DiscordBot(services_for(settings_for(server), sample_ledger))
    assert (await bot.preflight()).startswith("Discord: counterclaim in ")
    assert server.gateway.handshakes == 0
    assert not bot.connected


async def test_an_unknown_token_is_told(server: FakeDiscord, sample_ledger: Ledger) -> None:
    """A token that Discord does not know becomes a sentence that says where to get another."""
    bot = DiscordBot(services_for(settings_for(server), sample_ledger), patience=QUICK)
    server.token = ANOTHER
    with pytest.raises(StartError, match="Reset Token"):
        await bot.preflight()
    with pytest.raises(StartError, match="Reset Token"):
        await bot.run(asyncio.Event())


async def test_a_missing_intent_is_told(server: FakeDiscord, sample_ledger: Ledger) -> None:
    """Reactions need an intent; without it the sentence says what to switch on."""
    bot = DiscordBot(services_for(settings_for(server, reaction="🔎"), sample_ledger), patience=QUICK)
    with pytest.raises(StartError, match="Message Content Intent"):
        await bot.preflight()
    with pytest.raises(StartError, match="Message Content Intent"):
        await bot.run(asyncio.Event())
    server.world.granted = MESSAGE_CONTENT
    assert (await bot.preflight()).startswith("Discord: ")


async def test_a_token_that_is_revoked_meanwhile_ends_the_bot(
    server: FakeDiscord, sample_ledger: Ledger
) -> None:
    """A token that is reset while the bot runs is told, and not tried for ever."""
    bot = DiscordBot(services_for(settings_for(server), sample_ledger), patience=QUICK)
    running = asyncio.create_task(bot.run(asyncio.Event()))
    await server.wait_until_connected()
    server.token = ANOTHER
    server.gateway.drop(4000)
    with pytest.raises(StartError, match="Reset Token"):
        await running


async def test_an_address_where_nobody_answers_is_told(server: FakeDiscord, sample_ledger: Ledger) -> None:
    """Where Discord cannot be reached, the sentence names the address."""
    settings = settings_for(server, api_url="http://127.0.0.1:9/api/v10")
    with pytest.raises(StartError, match=r"127\.0\.0\.1:9"):
        await DiscordBot(services_for(settings, sample_ledger)).preflight()
    server.troubles.next(Trouble(Kind.BLOCKED), path="/users/@me")
    with pytest.raises(StartError, match="429"):
        await DiscordBot(services_for(settings_for(server), sample_ledger)).preflight()


async def test_a_gateway_that_refuses_is_tried_again(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """Refused handshakes at the start end in a connection."""
    server.gateway.refusing = 2
    async with running() as bot:
        await until(lambda: bot.connected)
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
    assert server.gateway.handshakes >= 3


async def test_without_an_address_the_gateway_is_asked_for(server: FakeDiscord, running: Running) -> None:
    """Where no gateway is configured, Discord's answer names it."""
    async with running(gateway_url=None) as bot:
        await until(lambda: bot.connected)
    assert [each for each in server.world.requests if each.path == "/gateway/bot"]


async def test_a_server_that_breaks_at_the_login_is_tried_again(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """An error at the login is no reason to end."""
    server.troubles.next(Trouble(Kind.BROKEN, status=503), Trouble(Kind.CUT_BEFORE), path="/users/@me")
    async with running():
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))


async def test_a_connection_without_a_session_is_made_afresh(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """When the connection cannot be had back for too long, a fresh client is made."""
    async with running() as bot:
        await until(lambda: bot.connected)
        first = bot._client
        server.gateway.refusing = 1000
        server.gateway.drop()
        await until(lambda: not bot.connected)
        await until(lambda: bot._client is not first and bot._client is not None)
        server.gateway.refusing = 0
        await until(lambda: bot.connected)
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))


@pytest.mark.parametrize("how", ["reconnect", "invalid", "invalid-resumable"])
async def test_discord_may_ask_to_connect_anew(
    server: FakeDiscord, asker: FakeUser, running: Running, how: str
) -> None:
    """The frames that end a connection are followed, and questions are answered afterwards."""
    async with running() as bot:
        await until(lambda: bot.connected)
        if how == "reconnect":
            server.gateway.ask_to_reconnect()
        else:
            server.gateway.invalidate(resumable=how != "invalid")
        message = await server.mention(server.channel, asker, CLAIM)
        await server.wait_for_reply(message)
    assert len(server.replies(message)) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("MESSAGE_CREATE", {"id": "not a number"}),
        ("MESSAGE_CREATE", None),
        ("INTERACTION_CREATE", {"type": 2, "id": "1"}),
        ("INTERACTION_CREATE", {"type": 3, "id": "1", "data": {}}),
        ("MESSAGE_REACTION_ADD", {}),
        ("GUILD_CREATE", {"id": "1", "channels": 3}),
        ("MESSAGE_UPDATE", []),
        ("NOBODY_KNOWS_THIS", {"x": 1}),
    ],
)
async def test_an_event_that_cannot_be_read_is_skipped(  # noqa: PLR0917 - fixtures and cases
    server: FakeDiscord,
    asker: FakeUser,
    running: Running,
    caplog: pytest.LogCaptureFixture,
    name: str,
    data: Any,
) -> None:
    """A malformed event is logged under a reference, and the next one is heard over the same connection."""
    async with running():
        server.dispatch(name, data)
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
    if name != "NOBODY_KNOWS_THIS":
        assert [each for each in caplog.records if each.__dict__.get("ref")]
    assert server.gateway.handshakes == 1


@pytest.mark.parametrize("frame", ["no JSON at all", "[]", '{"op": 0, "t": "RESUMED", "s": 1, "d": null}'])
async def test_a_frame_that_cannot_be_read_is_lived_through(
    server: FakeDiscord, asker: FakeUser, running: Running, frame: str
) -> None:
    """A frame that discord.py itself cannot take ends one client, and a fresh one goes on."""
    async with running() as bot:
        await until(lambda: bot.connected)
        server.gateway.raw(frame)
        await server.wait_until_connected()
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))


async def test_a_stop_before_the_connection_ends_at_once(server: FakeDiscord, sample_ledger: Ledger) -> None:
    """A bot that is stopped before it is connected, or while nobody answers, ends."""
    server.gateway.refusing = 1000
    async with serving(DiscordBot(services_for(settings_for(server), sample_ledger))):
        await until(lambda: server.gateway.handshakes)


async def test_a_stop_during_the_login_ends_the_bot(server: FakeDiscord, sample_ledger: Ledger) -> None:
    """A bot that is stopped while Discord does not let it in does not wait for that."""
    server.troubles.next(*[Trouble(Kind.BROKEN)] * 50, path="/users/@me")
    async with asyncio.timeout(10), serving(DiscordBot(services_for(settings_for(server), sample_ledger))):
        await until(lambda: server.troubles.happened)


async def test_a_message_of_an_unknown_server_is_not_taken_for_a_direct_one(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """Talk in a server that could not be read gets no reply."""
    async with running():
        said = await server.say(server.channel, asker, CLAIM)
        data = server.world.events[said.id].data | {"guild_id": "12345", "id": str(said.id + 1)}
        server.dispatch("MESSAGE_CREATE", data)
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
    assert len(server.posts) == 1


async def test_addresses_are_put_back(server: FakeDiscord, running: Running) -> None:
    """What is set in discord.py's classes lasts as long as the bot, and no longer."""
    before = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    async with running():
        assert server.api_url == Route.BASE
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_nothing_is_kept_of_what_was_posted(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """Neither views nor messages are held in memory after a reply, a look-up and a form."""
    async with running() as bot:
        reply = await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
        asked = await server.command(asker, "claim", "check", options={"text": CLAIM})
        await asked.wait_for_response()
        opened = await server.press(reply, reply.buttons["Report a problem"], asker)
        await opened.wait_for_modal()
        client = bot._client
        assert isinstance(client, discord.Client)
        assert client.persistent_views == []
        assert len(client.cached_messages) == 0
        store = client._connection._view_store
        assert (store._views, store._modals, store._synced_message_views) == ({}, {}, {})


async def test_no_text_and_no_token_stands_in_the_log(
    server: FakeDiscord, asker: FakeUser, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither what was asked nor the token is logged, also where things go wrong."""
    caplog.set_level(logging.INFO)
    server.troubles.next(
        Trouble(Kind.LIMITED), Trouble(Kind.CUT_BEFORE), method="POST", path="/channels/*/messages"
    )
    server.troubles.next(Trouble(Kind.LIMITED), method="PATCH", path="/webhooks/*")
    async with running():
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
        asked = await server.command(asker, "claim", "check", options={"text": CLAIM})
        await asked.wait_for_response()
        server.dispatch("MESSAGE_CREATE", {"id": "no number", "content": CLAIM})
        await until(lambda: "could not be read" in caplog.text)
    assert caplog.records
    assert CLAIM not in caplog.text
    assert server.token not in caplog.text
    assert asked.token not in caplog.text
