"""What is asked on Slack while nobody listens, and of which Slack sends no event any more."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.ledger import Ledger
from handlers.slack import missed
from tests.fakes.slack import ALL_SCOPES, ASKER, GENERAL, FakeSlack, Fault, Kind
from tests.handlers.serving import settled
from tests.handlers.slack.conftest import CLAIM, Running


def mention(slack: FakeSlack) -> str:
    """Return a text that mentions the bot with a claim."""
    return f"<@{slack.space.bot_user}> {CLAIM}"


async def known(slack: FakeSlack, running: Running, *places: str) -> list[str]:
    """Let a first process answer in these places, so that the ledger knows them; return the threads."""
    async with running():
        for place in places:
            if place.startswith("D"):
                await slack.direct_message(ASKER, CLAIM)
            else:
                await slack.mention(place, ASKER, CLAIM)
        await slack.wait_for_message(len(places))
        await slack.wait_settled()
    return [str(each.thread_ts) for each in slack.messages]


async def looked(slack: FakeSlack, ledger: Ledger) -> None:
    """Wait until a process that was started has had time to look at every channel and to answer."""
    await asyncio.sleep(0.6)
    await settled(ledger)
    await slack.wait_settled()


async def test_a_mention_made_while_nothing_ran_is_answered_once(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """A mention of which no event comes is found at the next start, and not again at the one after it."""
    await known(slack, running, GENERAL)
    lost = slack.say(GENERAL, ASKER, mention(slack))
    slack.say(GENERAL, ASKER, CLAIM)
    for _ in range(2):
        async with running():
            await slack.wait_for_message(2)
            await looked(slack, sample_ledger)
    (reply,) = slack.replies_to(lost.ts)
    assert reply.text.startswith("On record")
    assert len(slack.messages) == 2


async def test_the_event_that_comes_late_after_all_is_known(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """Where Slack tells of a mention that was found already, it is not answered again."""
    await known(slack, running, GENERAL)
    lost = slack.say(GENERAL, ASKER, mention(slack))
    event = {"type": "app_mention", "channel": GENERAL, "user": ASKER, "text": lost.text, "ts": lost.ts}
    async with running():
        await slack.wait_for_message(2)
        slack.emit(event)
        await looked(slack, sample_ledger)
    assert len(slack.replies_to(lost.ts)) == 1


async def test_threads_and_direct_messages_are_looked_at(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """A mention in a thread in which the bot replied, and what is written to it directly, are found too."""
    direct = slack.space.direct_channel(ASKER).id
    thread, _ = await known(slack, running, GENERAL, direct)
    below = slack.say(GENERAL, ASKER, mention(slack), thread_ts=thread)
    alone = slack.say(direct, ASKER, CLAIM)
    async with running():
        await slack.wait_for_message(4)
        await looked(slack, sample_ledger)
    assert len(slack.replies_to(thread)) == 2
    assert slack.replies_to(thread)[1].text.startswith("On record")
    assert len(slack.replies_to(alone.ts)) == 1
    assert below.thread_ts == thread
    assert len(slack.messages) == 4


async def test_a_lost_connection_is_caught_up_with(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """What was asked while the socket was lost is looked for when the next one opens."""
    async with running() as bot:
        await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message()
        slack.site.connect_error = "internal_error"
        slack.drop()
        async with asyncio.timeout(5):
            while bot.connected:
                await asyncio.sleep(0.01)
        lost = slack.say(GENERAL, ASKER, mention(slack))
        slack.site.connect_error = None
        await slack.wait_for_message(2)
        await looked(slack, sample_ledger)
    assert len(slack.replies_to(lost.ts)) == 1


async def test_what_is_older_than_an_hour_is_left(
    slack: FakeSlack, running: Running, sample_ledger: Ledger, tmp_path: Path
) -> None:
    """After days without a process the mentions of the last hour are answered, and no older one."""
    await known(slack, running, GENERAL)
    with closing(sqlite3.connect(tmp_path / "sample.db")) as conn:
        conn.execute("UPDATE event SET received_at = received_at - 7200")
        conn.execute("UPDATE question SET asked_at = asked_at - 7200")
        conn.commit()
    old = slack.say(GENERAL, ASKER, mention(slack), age=3700)
    late = slack.say(GENERAL, ASKER, mention(slack), age=3400)
    async with running():
        await slack.wait_for_message(2)
        await looked(slack, sample_ledger)
    assert slack.replies_to(old.ts) == []
    assert len(slack.replies_to(late.ts)) == 1


@pytest.mark.parametrize(("kind", "found"), [(Kind.ERROR, [0, 1]), (Kind.LIMITED, [1, 1])])
async def test_a_channel_that_cannot_be_read_holds_up_no_other(  # noqa: PLR0917 - fixtures and cases
    slack: FakeSlack,
    running: Running,
    sample_ledger: Ledger,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
    found: list[int],
) -> None:
    """Where Slack refuses one channel it is logged and skipped; where it asks to wait, it is asked again."""
    monkeypatch.setattr(missed, "LONGEST_WAIT", 0.1)
    await known(slack, running, "C0NEWS", GENERAL)
    asked = [slack.say(each, ASKER, mention(slack)) for each in (GENERAL, "C0NEWS")]
    first = iter([Fault(kind=kind, method=None, retry_after=7)])
    slack.faults = lambda call: next(first, None) if call.method == "conversations.history" else None
    async with running():
        await slack.wait_for_message(2 + sum(found))
        await looked(slack, sample_ledger)
    assert [len(slack.replies_to(each.ts)) for each in asked] == found
    assert "could not be looked at for missed questions" in caplog.text
    assert CLAIM not in caplog.text


async def test_without_the_scope_no_channel_is_read(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """Where no history may be read, only direct messages are looked at, which come under another scope."""
    direct = slack.space.direct_channel(ASKER).id
    slack.space.scopes = ALL_SCOPES - {"channels:history", "groups:history"}
    await known(slack, running, GENERAL, direct)
    slack.say(GENERAL, ASKER, mention(slack))
    alone = slack.say(direct, ASKER, CLAIM)
    async with running():
        await slack.wait_for_message(3)
        await looked(slack, sample_ledger)
    assert len(slack.replies_to(alone.ts)) == 1
    assert len(slack.messages) == 3
    assert slack.refused == []
