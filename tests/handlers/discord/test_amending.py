"""Replies kept true on Discord: edited in place, a line below, a direct message; once, and nobody pinged."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest

from bot.questions import Place, Platform, Posted
from handlers.discord import rendering
from handlers.discord.amending import AmendingPoster
from handlers.discord.posting import LONGEST_WAIT
from handlers.metrics import Metrics
from handlers.replies import GoneError, PostFailedError
from tests.fakes.discord import FakeChannel, FakeDiscord, FakeMessage, FakeUser, Kind, Trouble
from tests.fakes.discord.bodies import SUPPRESS_EMBEDS, V2
from tests.fakes.discord.library import discord, pointed_at
from tests.handlers.test_rendering import close, same

EDIT = "PATCH /channels/{channel}/messages/{message}"
HOSTILE = "Ana Ng, @everyone <@1> [x](https://evil.example) https://evil.example **now** withdrawn"
HOUR = 3_601.0


@pytest.fixture
async def poster(server: FakeDiscord) -> AsyncIterator[AmendingPoster]:
    """What posts with a client that is logged in, and need not listen."""
    made = AmendingPoster(Metrics())
    with pointed_at(server):
        async with discord.Client(
            intents=discord.Intents.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_WAIT,
        ) as client:
            await client.login(server.token)
            made.client = client
            yield made


def place_of(server: FakeDiscord, channel: FakeChannel | None = None) -> Place:
    """Return a channel of the server as a place."""
    at = channel or server.channel
    return Place(platform=Platform.DISCORD, tenant=str(server.guild.id), channel=str(at.id))


@pytest.fixture
async def reply(server: FakeDiscord, poster: AmendingPoster, asker: FakeUser) -> FakeMessage:
    """A reply that was posted to a mention."""
    return await replied(server, poster, asker, server.channel)


async def replied(
    server: FakeDiscord, poster: AmendingPoster, asker: FakeUser, channel: FakeChannel
) -> FakeMessage:
    """Return the reply that is posted to a mention in a channel."""
    message = await server.mention(channel, asker, "The bridge was closed")
    made = rendering.reply(close(), question="q1")
    await poster.send(place_of(server, channel), made, nonce=str(message.id), to=message.id)
    return await server.wait_for_reply(message)


async def edit(poster: AmendingPoster, server: FakeDiscord, message: FakeMessage) -> None:
    """Let a message show another answer."""
    await poster.edit(place_of(server, message.channel), str(message.id), None, same(), "q1")


async def test_a_reply_is_edited_in_place(
    server: FakeDiscord, poster: AmendingPoster, reply: FakeMessage
) -> None:
    """An edit shows the new answer with its buttons, pings nobody, previews nothing, and posts nothing."""
    await edit(poster, server, reply)
    made = rendering.reply(same(), question="q1")
    assert [each["type"] for each in reply.components] == [each["type"] for each in made]
    assert reply.text == "\n".join(each["content"] for each in made if each["type"] == 10)
    assert reply.flags == V2 | SUPPRESS_EMBEDS
    assert reply.body["allowed_mentions"]["parse"] == []
    assert reply.pings == frozenset()
    assert (len(reply.edits), len(server.posts)) == (1, 1)


async def test_what_is_gone_is_told_apart(
    server: FakeDiscord, poster: AmendingPoster, asker: FakeUser, reply: FakeMessage
) -> None:
    """A message that was deleted, and a channel that the bot does not see or that is not there, is gone."""
    hidden = server.add_channel("hidden")
    other = await replied(server, poster, asker, hidden)
    hidden.visible = False
    reply.deleted = True
    nowhere = Place(platform=Platform.DISCORD, tenant=str(server.guild.id), channel="1")
    for work in (
        edit(poster, server, reply),
        edit(poster, server, other),
        poster.edit(nowhere, "2", None, same(), "q1"),
        poster.note(place_of(server), None, str(reply.id), "It changed.", "m1"),
        poster.note(place_of(server, hidden), None, str(other.id), "It changed.", "m2"),
    ):
        with pytest.raises(GoneError):
            await work


async def test_a_limit_is_waited_for(
    server: FakeDiscord, poster: AmendingPoster, asker: FakeUser, reply: FakeMessage
) -> None:
    """Edits answered 429 are made when Discord says that they may be, each once."""
    others = [await replied(server, poster, asker, server.channel) for _ in range(4)]
    server.rate_limits.limits[EDIT] = (2, 0.2)
    server.troubles.next(Trouble(Kind.LIMITED, retry_after=0.05), method="PATCH", path="/channels/*")
    for each in (reply, *others):
        await edit(poster, server, each)
    assert [len(each.edits) for each in (reply, *others)] == [1] * 5


async def test_a_long_wait_is_handed_on(
    server: FakeDiscord, poster: AmendingPoster, reply: FakeMessage
) -> None:
    """A wait that is longer than a post may take is told with its seconds, and nothing is edited."""
    server.troubles.next(Trouble(Kind.LIMITED, retry_after=900.0), method="PATCH", path="/channels/*")
    with pytest.raises(PostFailedError) as failed:
        await edit(poster, server, reply)
    assert (failed.value.kind, failed.value.wait) == ("rate_limited", 900.0)
    assert reply.edits == []


async def test_old_messages_have_a_limit_of_their_own(
    server: FakeDiscord, poster: AmendingPoster, asker: FakeUser, reply: FakeMessage
) -> None:
    """One edit too many of messages older than an hour is to be tried again later, not given up."""
    other = await replied(server, poster, asker, server.channel)
    for each in (reply, other):
        each.grow_older(HOUR)
    server.rate_limits.old_edits = (1, 100.0)
    await edit(poster, server, reply)
    with pytest.raises(PostFailedError) as failed:
        await edit(poster, server, other)
    assert not isinstance(failed.value, GoneError)
    assert (failed.value.kind, len(other.edits)) == ("rate_limited", 0)
    assert failed.value.wait is not None


async def test_an_archived_thread_is_never_tried_again(
    server: FakeDiscord, poster: AmendingPoster, asker: FakeUser
) -> None:
    """A message in an archived thread cannot be edited, and is not gone."""
    thread = server.add_thread("bridge", server.channel)
    message = await replied(server, poster, asker, thread)
    thread.archived = True
    with pytest.raises(PostFailedError) as failed:
        await edit(poster, server, message)
    assert not isinstance(failed.value, GoneError)
    assert (failed.value.kind, failed.value.wait) == ("archived", None)


async def test_without_a_session_it_waits(server: FakeDiscord, poster: AmendingPoster) -> None:
    """Where nobody is logged in, all three are to be tried again."""
    poster.client = None
    for work in (
        poster.edit(place_of(server), "1", None, same(), "q1"),
        poster.note(place_of(server), None, "1", "It changed.", "m"),
        poster.tell("", "1", "It changed.", "m"),
    ):
        with pytest.raises(PostFailedError) as failed:
            await work
        assert (failed.value.kind, failed.value.wait) == ("disconnected", 1.0)


async def test_a_note_stands_below_the_reply_once(
    server: FakeDiscord, poster: AmendingPoster, reply: FakeMessage
) -> None:
    """A line replies to our reply, once for its mark however often it is posted, and pings nobody."""
    server.troubles.next(Trouble(Kind.CUT_AFTER), method="POST", path="/channels/*/messages")
    noted: list[Posted] = []
    while len(noted) < 3:
        # Where the answer was lost, nobody can know whether it was posted.
        with contextlib.suppress(PostFailedError):
            noted.append(await poster.note(place_of(server), None, str(reply.id), HOSTILE, "outbox:17"))
    (note,) = [each for each in server.posts if each.reference is reply]
    assert {each.message for each in noted} == {str(note.id)}
    assert "withdrawn" in note.text
    assert (note.pings, note.unfurls, note.buttons) == (frozenset(), (), {})
    await poster.note(place_of(server), None, str(reply.id), HOSTILE, "outbox:18")
    assert len(server.replies(reply)) == 2


async def test_a_person_is_told_once(server: FakeDiscord, poster: AmendingPoster, asker: FakeUser) -> None:
    """A direct message is sent once for its mark, its lines each on their own, and pings nobody."""
    for _ in range(2):
        await poster.tell(str(server.guild.id), str(asker.id), f"Two changes\n{HOSTILE}", "digest:1")
    message = await server.wait_for_direct_message(asker)
    assert [each for each in server.posts if each.channel is message.channel] == [message]
    assert message.text.split("\n")[0] == "Two changes"
    assert (message.pings, message.unfurls) == (frozenset(), ())


async def test_whoever_takes_no_messages_is_gone(server: FakeDiscord, poster: AmendingPoster) -> None:
    """Somebody who takes no direct messages, and an account that is no more, is not tried again."""
    shut = server.add_user("eve")
    shut.accepts_messages = False
    for address in (str(shut.id), "1"):
        with pytest.raises(GoneError):
            await poster.tell("", address, "It changed.", f"digest:{address}")


async def test_a_long_digest_is_cut_with_a_count(
    server: FakeDiscord, poster: AmendingPoster, asker: FakeUser
) -> None:
    """A text beyond what a message holds is shown by whole lines, and the rest is counted."""
    await poster.tell("", str(asker.id), "\n".join(f"{n} " + "word " * 20 for n in range(200)), "digest:2")
    message = await server.wait_for_direct_message(asker)
    assert len(message.text) <= 4_000
    assert "more are not shown" in message.text
