"""Replies on Slack stay true: edited in place, a line for what is grave, one message to each follower."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.dates import Day
from bot.questions import Platform
from bot.store.ledger import Ledger
from handlers.slack.bot import SlackBot
from tests.entries import claim, statement
from tests.fakes.slack import ASKER, GENERAL, FakeSlack, Fault, Kind, Message, pings
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
from tests.handlers.slack.conftest import QUICK, services_for, serving, settings_for

OTHER = "U0OTHER"
Bridge = Callable[..., AbstractAsyncContextManager[SlackBot]]


@pytest.fixture
def bridge(slack: FakeSlack, ledger: Ledger, tmp_path: Path) -> Bridge:
    """Return a function that runs a bot which answers from the one entry and tells its changes."""

    @asynccontextmanager
    async def run(*, digest_seconds: int = 1) -> AsyncIterator[SlackBot]:
        await save(ledger, ENTRY)
        services = services_for(fast(settings_for(slack, tmp_path), digest_seconds=digest_seconds), ledger)
        async with serving(SlackBot(services, patience=QUICK, unfurl=0.05)) as bot:
            await slack.wait_connected()
            async with telling(bot, services):
                yield bot

    return run


async def asked(slack: FakeSlack, ledger: Ledger, text: str = QUESTION) -> Message:
    """Ask in the channel and return the reply, once it is on file."""
    ts = await slack.mention(GENERAL, ASKER, text)
    await slack.wait_until(lambda: slack.replies_to(ts), 20)
    async with asyncio.timeout(10):
        while await ledger.questions().waiting():
            await asyncio.sleep(0.01)
    (reply,) = slack.replies_to(ts)
    assert WORDS in reply.text
    return reply


def lines(slack: FakeSlack, reply: Message) -> list[Message]:
    """Return what stands in the thread of a reply beside it."""
    return [each for each in slack.replies_to(reply.thread_ts or "") if each.ts != reply.ts]


def whole(message: Message) -> str:
    """Return all that a message holds."""
    return f"{message.text} {message.blocks}"


async def test_an_amended_entry_is_edited_in_place(slack: FakeSlack, ledger: Ledger, bridge: Bridge) -> None:
    """What was added stands in the reply, which says so with the day; nothing else is posted."""
    async with bridge():
        reply = await asked(slack, ledger)
        await save(ledger, AMENDED)
        await told(ledger)
        assert "It was open." in whole(reply)
        assert re.search(r"Updated on \d+ \w+ \d{4}", reply.text)
        assert WORDS in reply.text
        assert lines(slack, reply) == []
        assert slack.calls["chat.update"] == 1


async def test_a_correction_gets_a_line_as_well(slack: FakeSlack, ledger: Ledger, bridge: Bridge) -> None:
    """What was corrected is replaced in the reply, and one line in the thread says so, pinging nobody."""
    async with bridge():
        reply = await asked(slack, ledger)
        await save(ledger, CORRECTED)
        await told(ledger)
        assert WORDS not in whole(reply)
        assert "It was closed on my order." in whole(reply)
        assert "Corrected on" in reply.text
        (line,) = lines(slack, reply)
        assert line.text.startswith("Corrected on")
        assert pings(line) == pings(reply) == []


async def test_a_withdrawn_entry_leaves_nothing(slack: FakeSlack, ledger: Ledger, bridge: Bridge) -> None:
    """After five changes that end in a withdrawal nothing of it is left, and a follower is told once."""
    async with bridge(digest_seconds=2):
        reply = await asked(slack, ledger)
        await follow(ledger, Platform.SLACK, slack.team, OTHER)
        for entry in (AMENDED, replace(AMENDED, story="Bridges"), replace(AMENDED, text="It was closed.")):
            await save(ledger, entry)
        await save(ledger, replace(AMENDED, text="It was shut."))
        await save(ledger, replace(AMENDED, state=WITHDRAWN.state))
        await told(ledger)
        shown = whole(reply)
        for word in (WORDS, ENTRY.text, "bridge", "Quill", "Gazette", "It was open."):
            assert word not in shown.replace(":bridge", "")
        assert "was withdrawn on" in reply.text
        (line,) = lines(slack, reply)
        assert line.text.startswith("Withdrawn on")
        (direct,) = [each for each in slack.messages if each.channel.startswith("D")]
        assert "1 entry that you follow was withdrawn" in direct.text
        assert "bridge" not in whole(direct)
        assert pings(direct) == []


async def test_one_message_for_changes_of_several_claims(
    slack: FakeSlack, ledger: Ledger, bridge: Bridge
) -> None:
    """Changes of two claims within the window are one message, which names both."""
    async with bridge(digest_seconds=2):
        tower = claim(id="tower", text="The tower leans.", statements=(statement(id="t-1", about=None),))
        await save(ledger, tower)
        for each in ("bridge", "tower"):
            await follow(ledger, Platform.SLACK, slack.team, OTHER, each)
        await save(ledger, AMENDED)
        await save(ledger, replace(tower, text="The tower leans a little."))
        await told(ledger)
        (direct,) = slack.messages
        assert "Updated: “The mayor of Marsh" in direct.text
        assert "Corrected: “The tower leans a little.”" in direct.text


async def test_undone_in_time_nothing_is_said(slack: FakeSlack, ledger: Ledger, bridge: Bridge) -> None:
    """A withdrawal that was taken back before it was told gets no line, and the reply shows the record."""
    async with bridge():
        reply = await asked(slack, ledger)
        slack.faults = deque([Fault(kind=Kind.LIMITED, method="chat.update", retry_after=2)])
        await save(ledger, AMENDED)
        await slack.wait_until(lambda: slack.calls["chat.update"], 10)
        await save(ledger, WITHDRAWN_AMENDED)
        await save(ledger, AMENDED)
        await told(ledger)
        assert WORDS in reply.text
        assert "ithdrawn" not in reply.text
        assert lines(slack, reply) == []


WITHDRAWN_AMENDED = replace(AMENDED, state=WITHDRAWN.state)


async def test_an_embargo_takes_out_of_view(slack: FakeSlack, ledger: Ledger, bridge: Bridge) -> None:
    """An entry that comes under embargo is shown no more until its day, and what ends it waits for that."""
    async with bridge():
        reply = await asked(slack, ledger)
        await save(ledger, replace(ENTRY, embargo_until=Day("2999-12-31")))
        async with asyncio.timeout(20):
            while not lines(slack, reply):
                await asyncio.sleep(0.02)
        assert "not shown until 31 December 2999" in reply.text
        assert WORDS not in whole(reply)
        assert await ledger.deliveries().waiting() == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=Kind.LIMITED, method="chat.update", retry_after=2),
        Fault(kind=Kind.ERROR, method="chat.update", status=503),
        Fault(kind=Kind.ERROR_AFTER, method="chat.update", status=500),
        Fault(kind=Kind.CUT_AFTER, method="chat.update"),
    ],
    ids=lambda fault: fault.kind.value,
)
async def test_an_edit_gets_through(slack: FakeSlack, ledger: Ledger, bridge: Bridge, fault: Fault) -> None:
    """An edit that was limited, refused or cut off is done again, and `Retry-After` is kept to."""
    async with bridge():
        reply = await asked(slack, ledger)
        slack.faults = deque([fault])
        began = asyncio.get_running_loop().time()
        await save(ledger, AMENDED)
        await told(ledger)
        assert "It was open." in reply.text
        assert slack.calls["chat.update"] == 2
        if fault.kind is Kind.LIMITED:
            assert asyncio.get_running_loop().time() - began >= fault.retry_after


@pytest.mark.parametrize("kind", [Kind.CUT_AFTER, Kind.ERROR_AFTER, Kind.LIMITED])
async def test_a_line_and_a_message_stand_once(
    slack: FakeSlack, ledger: Ledger, bridge: Bridge, kind: Kind
) -> None:
    """What was posted, but not acknowledged, is found again by its mark and not posted twice."""
    async with bridge():
        reply = await asked(slack, ledger)
        slack.faults = deque([Fault(kind=kind), Fault(kind=kind)])
        await follow(ledger, Platform.SLACK, slack.team, OTHER)
        await save(ledger, CORRECTED)
        await told(ledger)
        assert len(lines(slack, reply)) == 1
        assert len([each for each in slack.messages if each.channel.startswith("D")]) == 1


async def test_a_message_that_is_gone_is_left_alone(slack: FakeSlack, ledger: Ledger, bridge: Bridge) -> None:
    """A reply that was deleted is marked gone: no line is posted about it, and no later change tries it."""
    async with bridge():
        reply = await asked(slack, ledger)
        reply.deleted = True
        await save(ledger, CORRECTED)
        await told(ledger)
        await save(ledger, ENTRY)
        assert await ledger.deliveries().waiting() == 0
        assert slack.calls["chat.update"] == 1
        assert slack.messages == [reply]


async def test_nothing_visible_is_nothing_to_tell(slack: FakeSlack, ledger: Ledger, bridge: Bridge) -> None:
    """A change that no reader sees edits nothing."""
    async with bridge():
        await asked(slack, ledger)
        await follow(ledger, Platform.SLACK, slack.team, OTHER)
        await save(ledger, replace(ENTRY, aliases=("Marsh bridge shut",)))
        assert await ledger.deliveries().waiting() == 0


async def test_messages_to_one_person(
    slack: FakeSlack, tmp_path: Path, ledger: Ledger, bridge: Bridge
) -> None:
    """An author hears what came of a proposal; who asked hears of what answers, unless it was withdrawn."""
    author = {"text": ENTRY.text, "stage": "declined", "reviewer": "Ben", "answer": "It is on file <!here>."}
    rows = (
        ("author", author),
        ("answer", {"text": "What you asked is answered.", "claim": "bridge"}),
        ("answer", {"text": "A withdrawn text.", "claim": "gone"}),
    )
    async with bridge():
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as conn, conn:
            conn.executemany(
                "INSERT INTO outbox (id, kind, ref, platform, tenant, channel, payload, state, leased_until,"
                " tries, made_at) VALUES (?1, ?2, ?1, 'slack', ?3, ?4, ?5, 'waiting', 0, 0, 1e12)",
                [
                    (f"row-{n}", kind, slack.team, OTHER, json.dumps(payload))
                    for n, (kind, payload) in enumerate(rows)
                ],
            )
        await told(ledger)
        texts = sorted(each.text for each in slack.messages)
        assert len(texts) == 2
        assert "it is on file now: “The mayor of Marsh had the old bridge closed.”" in texts[0]
        assert texts[1].startswith("Your proposal “The mayor of Marsh")
        assert "declined by Ben" in texts[1]
        assert not any(map(pings, slack.messages))
