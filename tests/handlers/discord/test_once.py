"""Exactly one reply: however often a message is delivered, whatever breaks, whoever dies."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.questions import Incoming, Job, Place, Platform, Way
from bot.store.ledger import Ledger
from handlers.discord.bot import DiscordBot
from handlers.discord.client import Client
from handlers.discord.posting import NONCE_KEPT
from handlers.replies import Notice
from tests.fakes.discord import FakeDiscord, FakeMessage, FakeUser, Kind, Trouble
from tests.handlers.discord.conftest import (
    CLAIM,
    QUICK,
    Running,
    services_for,
    serving,
    settings_for,
    settled,
    until,
)

POSTS = "/channels/*/messages"


async def test_a_message_told_twice_is_answered_once(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """The same message, delivered again at once and later, gets one reply."""
    async with running():
        message = await server.mention(server.channel, asker, CLAIM)
        server.deliver_again(message)
        await server.wait_for_reply(message)
        server.deliver_again(message)
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
        await settled(sample_ledger)
    assert len(server.replies(message)) == 1


async def test_two_processes_on_one_ledger_answer_once(
    server: FakeDiscord, asker: FakeUser, sample_ledger: Ledger
) -> None:
    """Two bots that both hear of every message post one reply to each."""
    services = services_for(settings_for(server), sample_ledger)
    async with serving(DiscordBot(services, patience=QUICK)), serving(DiscordBot(services, patience=QUICK)):
        await server.wait_until_connected(2)
        messages = [await server.mention(server.channel, asker, CLAIM) for _ in range(20)]
        await asyncio.gather(*map(server.wait_for_reply, messages))
        await settled(sample_ledger)
    assert [len(server.replies(each)) for each in messages] == [1] * 20


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(Kind.LIMITED, retry_after=0.05),
        Trouble(Kind.LIMITED, retry_after=0.05, everywhere=True),
        Trouble(Kind.BROKEN, status=503),
        Trouble(Kind.BROKEN_AFTER, status=503),
        Trouble(Kind.CUT_BEFORE),
        Trouble(Kind.CUT_AFTER),
        Trouble(Kind.SLOW_AFTER, seconds=0.2),
    ],
    ids=lambda each: f"{each.kind}-{each.everywhere}",
)
async def test_a_failing_post_ends_in_one_reply(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger, trouble: Trouble
) -> None:
    """A limit, an error and a cut connection, before or after the message was stored, end in one reply."""
    server.troubles.next(trouble, trouble, method="POST", path=POSTS)
    async with running():
        message = await server.mention(server.channel, asker, CLAIM)
        await server.wait_for_reply(message)
        await settled(sample_ledger)
    assert server.troubles.happened
    assert len(server.replies(message)) == 1


async def test_an_error_of_the_server_is_tried_again_by_the_library(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """After a 500 whose message was stored, the second post is answered with the first message."""
    server.troubles.next(Trouble(Kind.BROKEN_AFTER, status=500), method="POST", path=POSTS)
    async with running():
        message = await server.mention(server.channel, asker, CLAIM)
        await settled_reply(server, sample_ledger, message)
    assert server.world.deduplicated == 1
    assert len(server.replies(message)) == 1


async def settled_reply(server: FakeDiscord, ledger: Ledger, message: FakeMessage) -> None:
    """Wait for the reply and until the work list knows of it."""
    await server.wait_for_reply(message)
    await settled(ledger)


async def test_a_limit_of_a_channel_holds_no_reply_back_for_ever(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """With a real limit of a channel all replies come, and the limit is never exceeded."""
    server.rate_limits.limits["POST /channels/{channel}/messages"] = (5, 0.2)
    async with running():
        messages = [await server.mention(server.channel, asker, CLAIM) for _ in range(20)]
        await asyncio.gather(*map(server.wait_for_reply, messages))
        await settled(sample_ledger)
    assert [len(server.replies(each)) for each in messages] == [1] * 20


@pytest.mark.parametrize("code", [None, 4000, 1001])
async def test_what_came_while_the_socket_was_lost_is_answered(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger, code: int | None
) -> None:
    """A dropped socket is resumed, and what was asked meanwhile is answered once."""
    async with running():
        before = await server.mention(server.channel, asker, CLAIM)
        server.gateway.drop(code)
        meanwhile = await server.mention(server.channel, asker, CLAIM)
        await server.wait_for_reply(before)
        await server.wait_for_reply(meanwhile)
        await settled(sample_ledger)
    assert [len(server.replies(each)) for each in (before, meanwhile)] == [1, 1]


async def test_what_came_before_a_session_is_found_in_the_channels(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """A mention while no process ran is answered at the next start, once, and talk is left alone."""
    async with running():
        first = await server.mention(server.channel, asker, CLAIM)
        await settled_reply(server, sample_ledger, first)
    missed = await server.mention(server.channel, asker, CLAIM)
    await server.say(server.channel, asker, CLAIM)
    async with running():
        await settled_reply(server, sample_ledger, missed)
    async with running():
        last = await server.mention(server.channel, asker, CLAIM)
        await settled_reply(server, sample_ledger, last)
    assert [len(server.replies(each)) for each in (first, missed, last)] == [1, 1, 1]
    assert len(server.posts) == 3


async def test_channels_that_may_not_be_read_are_passed_over(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """A channel that cannot be looked at for missed questions keeps no other from being looked at."""
    other = server.add_channel("other")
    await server.mention(other, asker, CLAIM)
    missed = await server.mention(server.channel, asker, CLAIM)
    server.troubles.next(Trouble(Kind.BLOCKED), method="GET", path=f"/channels/{other.id}/messages")
    async with running():
        await settled_reply(server, sample_ledger, missed)
    assert len(server.replies(missed)) == 1


async def test_a_new_session_after_a_lost_one_misses_nothing(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """Where a session cannot be resumed, what was asked in between is found in the channels."""
    async with running():
        await settled_reply(server, sample_ledger, await server.mention(server.channel, asker, CLAIM))
        server.gateway.sessions.clear()
        server.gateway.stop()
        missed = await server.mention(server.channel, asker, CLAIM)
        await settled_reply(server, sample_ledger, missed)
    assert len(server.replies(missed)) == 1


async def test_what_a_dead_process_had_in_hand_is_answered(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """A message that was put on the work list and not answered is answered by the next process."""
    message = await server.direct_message(asker, CLAIM)
    incoming = Incoming(
        delivery=str(message.id),
        place=Place(platform=Platform.DISCORD, tenant="", channel=str(message.channel.id)),
        message=str(message.id),
        thread=None,
        person=str(asker.id),
        way=Way.DIRECT,
        text=CLAIM,
    )
    job = await sample_ledger.questions().receive(incoming, "a process that died")
    assert job is not None
    await sample_ledger.questions().release(job, 0.0)
    async with running():
        await settled_reply(server, sample_ledger, message)
    assert len(server.replies(message)) == 1


def job_for(message: FakeMessage, received_at: float) -> Job:
    """Return the job of a message in a channel of the server."""
    place = Place(
        platform=Platform.DISCORD, tenant=str(message.channel.guild), channel=str(message.channel.id)
    )
    incoming = Incoming(
        delivery="1",
        place=place,
        message=str(message.id),
        thread=None,
        person="1",
        way=Way.MENTION,
        text=CLAIM,
    )
    return Job(incoming=incoming, question="q", tries=1, received_at=received_at)


async def test_an_old_post_is_found_in_the_channel(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """When Discord may have forgotten the nonce, an earlier reply is found by the message it replies to."""
    async with running() as bot:
        message = await server.mention(server.channel, asker, CLAIM)
        await settled_reply(server, sample_ledger, message)
        unanswered = await server.say(server.channel, asker, "hello")
        client = bot._client
        assert isinstance(client, Client)
        poster = client._presses._poster
        (reply,) = server.replies(message)
        old = time.time() - NONCE_KEPT - 1
        found = await poster.posted(job_for(message, old))
        assert found is not None
        assert found.message == str(reply.id)
        assert await poster.posted(job_for(message, time.time())) is None
        assert await poster.posted(job_for(unanswered, old)) is None


async def test_a_deleted_question_is_answered_without_a_reference(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """Where the asking message is gone by the time of the reply, the reply stands by itself."""
    server.troubles.next(Trouble(Kind.CUT_BEFORE), method="POST", path=POSTS)
    async with running():
        message = await server.mention(server.channel, asker, CLAIM)
        await until(lambda: server.troubles.happened)
        await server.delete(message)
        await settled(sample_ledger)
    (post,) = server.posts
    assert post.reference is None


async def test_a_channel_where_the_bot_may_not_write_is_given_up(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """A reply that can never be posted is dropped, and not tried for an hour."""
    closed = server.add_channel("closed", writable=False)
    async with running():
        await server.mention(closed, asker, CLAIM)
        await until(lambda: [each for each in server.refusals if each.code == 50013])
        await settled(sample_ledger)
    assert server.posts == []


async def test_a_reply_that_discord_calls_ill_formed_becomes_an_error_with_a_reference(
    server: FakeDiscord, asker: FakeUser, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the reply itself is refused, an honest error is posted in its place."""
    async with running() as bot:
        message = await server.say(server.channel, asker, "hello")
        client = bot._client
        assert isinstance(client, Client)
        poster = client._presses._poster
        components = [{"type": 10, "content": "x" * 4001}]
        with pytest.MonkeyPatch.context() as patch:
            # No answer is known that the renderer makes too long; so one is put in its place.
            patch.setattr("handlers.discord.posting.rendered", lambda *_: components)
            await poster.post(job_for(message, time.time()), Notice(text="x"))
    server.violations.clear()
    (reply,) = server.replies(message)
    references = [each.__dict__["ref"] for each in caplog.records if "ref" in each.__dict__]
    assert references[0] in reply.text


async def test_stopping_finishes_what_is_in_hand(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """What was taken on before the stop is posted before the bot ends."""
    server.troubles.next(Trouble(Kind.SLOW, seconds=0.3), method="POST", path=POSTS)
    async with running():
        message = await server.mention(server.channel, asker, CLAIM)
        await until(lambda: server.troubles.happened)
    assert len(server.replies(message)) == 1
    assert await sample_ledger.questions().waiting() == 0
    assert server.gateway.connected == []
