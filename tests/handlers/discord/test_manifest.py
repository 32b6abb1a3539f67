"""What `counterclaim manifest discord` lists is what the bot registers, listens to and does; and no more."""

from __future__ import annotations

import fnmatch
from typing import Final

import discord
import pytest
from discord import app_commands

from bot.store.ledger import Ledger
from handlers.discord import commands, deed_commands, invite
from handlers.discord.amending import AmendingPoster
from handlers.discord.client import Client
from handlers.discord.events import place_of
from handlers.hands import Hands
from handlers.metrics import Metrics
from tests.fakes.discord import FakeDiscord, FakeUser
from tests.fakes.discord.world import MESSAGE_CONTENT
from tests.handlers.discord.conftest import CLAIM, CLAIM_ID, Running, settled
from tests.handlers.test_rendering import same

EMOJI: Final = "🔍"

HEARD: Final = {
    "on_message": {"guild_messages", "dm_messages"},
    "on_raw_message_edit": {"guild_messages", "dm_messages"},
    "on_raw_reaction_add": {"guild_reactions"},
    # These come whatever the intents.
    "on_interaction": set[str](),
    "on_connect": set[str](),
    "on_ready": set[str](),
    "on_resumed": set[str](),
    "on_disconnect": set[str](),
    "on_error": set[str](),
}
"""What is needed to be told of an event (Discord's documentation, List of Intents)."""

BESIDES: Final = {"guilds", "message_content"}
"""Channels and their permissions are looked at, and the text of a message that was reacted to is read."""

NEEDED: Final = {
    # A reply to a message needs the history as well.
    ("POST", "/channels/*/messages"): {"send_messages", "read_message_history"},
    ("GET", "/channels/*/messages"): {"read_message_history", "view_channel"},
    ("GET", "/channels/*/messages/*"): {"read_message_history", "view_channel"},
    # Its own messages alone.
    ("PATCH", "/channels/*/messages/*"): {"view_channel"},
    ("POST", "/users/@me/channels"): set[str](),
    ("GET", "/users/@me"): set[str](),
    ("GET", "/oauth2/applications/@me"): set[str](),
    ("PUT", "/applications/*/commands"): set[str](),
    ("POST", "/interactions/*/*/callback"): set[str](),
    ("*", "/webhooks/*/*/messages/*"): set[str](),
    ("POST", "/webhooks/*/*"): set[str](),
}
"""The permissions that a request needs in a server (Discord's documentation of each)."""


def needed(method: str, path: str) -> set[str]:
    """Return the permissions that a request needs; fail on one that was never thought of."""
    for (known_method, known_path), permissions in NEEDED.items():
        if known_method in {method, "*"} and fnmatch.fnmatch(path, known_path):
            return permissions
    raise AssertionError(f"{method} {path} is not known to need nothing")


@pytest.mark.parametrize("reaction", [False, True])
def test_each_intent_is_for_an_event_that_is_handled(*, reaction: bool) -> None:
    """The intents are those that the handled events need, and no other."""
    handled = {name for name in vars(Client) if name.startswith("on_")}
    assert handled == HEARD.keys()
    if not reaction:
        handled.remove("on_raw_reaction_add")
    wanted = set().union(*(HEARD[name] for name in handled))
    wanted |= BESIDES if reaction else BESIDES - {"message_content"}
    assert wanted == invite.wanted_intents(reaction=reaction).keys()


async def test_each_permission_is_for_something_that_is_done(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """Whatever the bot does needs no more than what is listed, and all of that is used."""
    server.world.granted = MESSAGE_CONTENT
    # Asked before the start, so that the channel's history is looked at.
    missed = await server.mention(server.channel, asker, CLAIM)
    said = await server.say(server.channel, asker, CLAIM)
    thread = server.add_thread("bridge", server.channel)
    async with running(reaction=EMOJI) as bot:
        reply = await server.wait_for_reply(missed)
        await server.wait_for_reply(await server.mention(thread, asker, CLAIM))
        await server.wait_for_reply(await server.direct_message(asker, CLAIM))
        await server.react(asker, EMOJI, said)
        await server.wait_for_reply(said)
        asked = await server.command(asker, "claim", "check", options={"text": CLAIM})
        answer = await asked.wait_for_response()
        shared = await server.press(answer, answer.buttons["Share"], asker)
        await shared.wait_for_response()
        await (await server.context_menu(asker, commands.MENU, said)).wait_for_response()
        await server.autocomplete(asker, "claim", "show", option="claim", text=CLAIM_ID[:5])
        pressed = await server.press(reply, reply.buttons["Full record"], asker)
        await pressed.wait_for_response()
        await (await server.context_menu(asker, deed_commands.MENU, said)).wait_for_response()
        poster, place = AmendingPoster(Metrics()), place_of(server.guild.id, server.channel.id)
        poster.client = bot._client
        await poster.edit(place, str(reply.id), None, same(), "q1")
        await poster.note(place, None, str(reply.id), "It was corrected.", "note")
        await poster.tell("", str(asker.id), "It was corrected.", "digest")
        await settled(sample_ledger)
    requests = {(each.method, each.path) for each in server.world.requests if each.status}
    used = set().union(*(needed(*each) for each in requests))
    # To write in a thread is a permission of its own.
    assert ("POST", f"/channels/{thread.id}/messages") in requests
    assert used | {"send_messages_in_threads"} == invite.PERMISSIONS.keys()


def test_what_is_registered_is_named_with_its_scope() -> None:
    """The scope that commands need is asked for, and its reason names each of them."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    services = None
    commands.add_commands(tree, commands.Claims(services, Hands()))  # type: ignore[arg-type]
    names = {each["name"]: each["type"] for each in commands.payloads(tree)}
    why = invite.SCOPES["applications.commands"]
    slash = discord.AppCommandType.chat_input.value
    assert all((f"/{name}" if kind == slash else f"“{name}”") in why for name, kind in names.items())
    assert len(names) == 3
