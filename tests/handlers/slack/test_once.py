"""Exactly one reply on Slack, whatever is delivered twice, refused, cut off or dropped."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path

import pytest

from bot.store.ledger import Ledger
from handlers.slack.bot import SlackBot
from tests.fakes.slack import ALL_SCOPES, ASKER, GENERAL, Disconnect, FakeSlack, Fault, Kind
from tests.handlers.slack.conftest import CLAIM, QUICK, Running, services_for, serving, settings_for


async def settled(slack: FakeSlack, ledger: Ledger) -> None:
    """Wait until nothing is under way on either side."""
    await slack.wait_settled()
    async with asyncio.timeout(10):
        while await ledger.questions().waiting():
            await asyncio.sleep(0.02)


async def test_a_redelivery_is_dropped(slack: FakeSlack, running: Running, sample_ledger: Ledger) -> None:
    """An event that is delivered again, with retry numbers, is answered once."""
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        for attempt in (1, 2, 3):
            await slack.deliver_again(ts, attempt=attempt, reason="timeout")
        await slack.wait_for_message()
        await settled(slack, sample_ledger)
    assert len(slack.messages) == 1


async def test_two_events_of_one_message_are_answered_once(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """The same mention under two event ids is answered once."""
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        slack.emit({**slack.events[0].payload["event"]})
        await slack.wait_for_message()
        await settled(slack, sample_ledger)
    assert [each.thread_ts for each in slack.messages] == [ts]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=Kind.LIMITED, retry_after=1),
        Fault(kind=Kind.LIMITED, retry_after=6),
        Fault(kind=Kind.ERROR, status=500),
        Fault(kind=Kind.ERROR, status=503),
        Fault(kind=Kind.ERROR_AFTER, status=502),
        Fault(kind=Kind.CUT_BEFORE),
        Fault(kind=Kind.CUT_AFTER),
        Fault(kind=Kind.SLOW, seconds=0.3),
    ],
    ids=lambda fault: f"{fault.kind.value} {fault.retry_after} {fault.status}",
)
async def test_one_reply_whatever_befalls_the_post(
    slack: FakeSlack, running: Running, sample_ledger: Ledger, fault: Fault
) -> None:
    """A post that was limited, refused or cut, before or after it was stored, ends in one reply."""
    slack.faults = deque([fault])
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message(timeout=45)
        async with asyncio.timeout(45):
            await settled(slack, sample_ledger)
    assert len(slack.replies_to(ts)) == 1


async def test_a_second_look_that_fails_posts_nothing(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """Where the thread cannot be looked at, nothing is posted until it can."""
    slack.faults = deque(
        [
            Fault(kind=Kind.CUT_AFTER),
            Fault(kind=Kind.ERROR, method="conversations.replies"),
            Fault(kind=Kind.CUT_BEFORE, method="conversations.replies"),
        ]
    )
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message()
        await settled(slack, sample_ledger)
    assert len(slack.replies_to(ts)) == 1
    assert slack.calls["conversations.replies"] == 3


async def test_without_the_scope_a_lost_ok_posts_twice(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """Where the thread may not be read, a reply whose ok was lost is posted again: never none."""
    slack.space.scopes = ALL_SCOPES - {"channels:history", "groups:history"}
    slack.faults = deque([Fault(kind=Kind.CUT_AFTER)])
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message(2)
        await settled(slack, sample_ledger)
    assert len(slack.replies_to(ts)) == 2


async def test_a_lost_ok_in_a_direct_message_posts_once(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """A direct conversation can be looked at without the scopes of channels, so the reply comes once."""
    slack.space.scopes = ALL_SCOPES - {"channels:history", "groups:history"}
    slack.faults = deque([Fault(kind=Kind.CUT_AFTER)])
    async with running():
        ts = await slack.direct_message(ASKER, CLAIM)
        await slack.wait_for_message()
        await settled(slack, sample_ledger)
    assert len(slack.replies_to(ts)) == 1


async def test_a_message_that_is_gone_gets_no_reply(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """Where nothing can ever be posted, the question is dropped and not tried for ever."""
    slack.faults = deque([Fault(kind=Kind.ERROR)])
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        del slack.space.channels[GENERAL].messages[ts]
        await settled(slack, sample_ledger)
    assert slack.messages == []


async def test_what_an_earlier_process_left_is_answered(
    slack: FakeSlack, sample_ledger: Ledger, tmp_path: Path
) -> None:
    """A reply that was posted and not crossed off before the end is found by the next process."""
    services = services_for(settings_for(slack, tmp_path), sample_ledger)
    slack.faults = deque([Fault(kind=Kind.CUT_AFTER)])
    async with serving(SlackBot(services, patience=QUICK)):
        await slack.wait_connected()
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message()
    assert await sample_ledger.questions().waiting() == 1
    async with serving(SlackBot(services, patience=QUICK)):
        await settled(slack, sample_ledger)
    assert len(slack.replies_to(ts)) == 1


async def test_a_dropped_socket_loses_nothing(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """Events whose socket is dropped beneath them come again and are answered once."""
    slack.sockets.drop_every = 3
    slack.sockets.retry_delays = (0.05,) * 20
    async with running():
        asked = [await slack.mention(GENERAL, ASKER, CLAIM) for _ in range(10)]
        await slack.wait_until(lambda: len(slack.messages) >= 10, timeout=20)
        slack.sockets.drop_every = None
        await settled(slack, sample_ledger)
    assert [len(slack.replies_to(ts)) for ts in asked] == [1] * 10


@pytest.mark.parametrize("reason", list(Disconnect))
async def test_a_disconnect_frame_is_followed(
    slack: FakeSlack, running: Running, sample_ledger: Ledger, reason: Disconnect
) -> None:
    """Where Slack says that it will close the socket, another one is opened and serves."""
    async with running():
        await slack.disconnect(reason, close_after=0.05)
        await slack.wait_until(lambda: slack.sockets.handshakes >= 2)
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message()
        await settled(slack, sample_ledger)
    assert len(slack.replies_to(ts)) == 1


async def test_refused_tickets_are_not_used_again(slack: FakeSlack, running: Running) -> None:
    """Where a handshake is refused, a fresh ticket is asked for."""
    slack.sockets.refuse_next_handshakes = 2
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        reply = await slack.wait_for_message()
    assert reply.thread_ts == ts
    assert slack.sockets.handshakes >= 1


async def test_a_socket_that_answers_no_ping_is_replaced(slack: FakeSlack, running: Running) -> None:
    """A socket that is open and dead is replaced by a fresh one."""
    slack.sockets.answer_pings = False
    async with running():
        await slack.wait_until(lambda: slack.sockets.handshakes >= 2, timeout=45)
        slack.sockets.answer_pings = True
        await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message(timeout=45)


async def test_too_many_questions_are_told_once(slack: FakeSlack, running: Running) -> None:
    """Whoever asks more than the limit is told so once, and then not answered for a while."""
    async with running(limits={"person": 2}):
        for _ in range(5):
            await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message(3)
        await slack.wait_settled()
        await asyncio.sleep(0.1)
    told = [each.text for each in slack.messages if not each.text.startswith("On record")]
    assert len(slack.messages) == 3
    assert len(told) == 1
    assert "please wait" in told[0]


async def test_stopping_finishes_what_is_in_hand(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """A reply that is on its way when the bot is stopped is posted and crossed off."""
    slack.faults = deque([Fault(kind=Kind.SLOW, seconds=0.4)])
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_until(lambda: slack.calls["chat.postMessage"] == 1)
    assert len(slack.replies_to(ts)) == 1
    assert await sample_ledger.questions().waiting() == 0
    assert slack.connections == 0
