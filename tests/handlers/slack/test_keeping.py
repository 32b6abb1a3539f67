"""What was posted is kept true: edited in place, noted in its thread once, told to one person once."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers import Answer, Tier
from bot.composition import answer
from bot.questions import Place, Platform
from handlers.metrics import Metrics
from handlers.replies import GoneError, PostFailedError
from handlers.slack.identity import web_client
from handlers.slack.keeping import LONGEST_UPDATE, shortened
from handlers.slack.posting import SlackPoster
from handlers.slack.rendering import reply
from tests.entries import claim, recorded, statement
from tests.fakes.slack import ALL_SCOPES, ASKER, GENERAL, FakeSlack, Fault, Kind, Message, pings
from tests.handlers.test_rendering import same

PLACE = Place(platform=Platform.SLACK, tenant="T0TEAM", channel=GENERAL)
SAID = "The record that this reply showed was corrected: <!channel> & <@U0ASKER>."


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    """The client that the bot has, with all that it does again by itself."""
    async with web_client(slack.bot_token, slack.api_url) as made:
        yield made


@pytest.fixture
def poster(slack: FakeSlack, client: AsyncWebClient) -> SlackPoster:
    """A poster that may look at what stands in channels."""
    return SlackPoster(client, Metrics(), bot_user=slack.bot_user, can_look=True)


async def posted(slack: FakeSlack, poster: SlackPoster, question: str = "q1") -> Message:
    """Post a reply into a thread and return it."""
    asked = slack.say(GENERAL, ASKER, "a claim")
    await poster.send(GENERAL, asked.ts, reply(same(), question=question), question)
    return await slack.wait_for_message()


def changed() -> Answer:
    """Return the answer that stands on record after a change."""
    shown = recorded(claim(text="The bridge was closed & opened again"))
    return answer([shown], tier=Tier.SAME, ledger_revision=2)


async def test_a_reply_is_edited_in_place(slack: FakeSlack, poster: SlackPoster) -> None:
    """An edit shows the new record in the same message, with the buttons of its question, found as before."""
    message = await posted(slack, poster)
    await poster.edit(PLACE, message.ts, message.thread_ts, changed(), "q1")
    assert "closed &amp; opened again" in message.text
    assert len(slack.messages) == len(message.edits) == 1
    assert any(":q1:" in str(each) for each in message.blocks)
    assert message.thread_ts is not None
    found = await poster.found(GENERAL, message.thread_ts, "q1", since=message.thread_ts)
    assert found is not None
    assert found.message == message.ts


async def test_a_long_reply_is_edited_too(slack: FakeSlack, poster: SlackPoster) -> None:
    """The plain text of an edit is cut to what Slack takes there; its blocks are whole."""
    message = await posted(slack, poster)
    rows = tuple(statement(id=f"s-{n}", text=f"{n} & " + "wörd " * 150) for n in range(8))
    shown = answer([recorded(claim(statements=rows))], tier=Tier.SAME, ledger_revision=2)
    await poster.edit(PLACE, message.ts, message.thread_ts, shown, "q1")
    assert message.blocks == reply(shown, question="q1")["blocks"]
    assert 1_000 < len(message.text.encode()) <= LONGEST_UPDATE
    assert message.text.endswith("…")


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("short", 10, "short"),
        ("one line\nand another", 15, "one line…"),
        ("a &amp; b", 8, "a …"),
        ("a &amp; b", 10, "a &amp; b"),
        ("öööö", 7, "öö…"),
    ],
)
def test_a_text_is_cut_between_lines_and_never_in_an_escape(text: str, most: int, expected: str) -> None:
    """What is cut stays within the bytes, at a line's end where there is one, and breaks no escape."""
    assert shortened(text, most) == expected
    assert len(expected.encode()) <= most


@pytest.mark.parametrize("how", ["deleted", "archived", "too old", "no channel"])
async def test_what_is_gone_is_said_to_be_gone(slack: FakeSlack, poster: SlackPoster, how: str) -> None:
    """A reply that cannot be edited any more is told apart from one that can be tried again."""
    message, where = await posted(slack, poster), PLACE
    match how:
        case "deleted":
            message.deleted = True
        case "archived":
            slack.space.channels[GENERAL].archived = True
        case "too old":
            message.uneditable = True
        case _:
            where = replace(PLACE, channel="C0AWAY")
    with pytest.raises(GoneError) as caught:
        await poster.edit(where, message.ts, message.thread_ts, changed(), "q1")
    assert caught.value.wait is None
    assert not message.edits


async def test_a_limit_is_handed_on_at_once(slack: FakeSlack, poster: SlackPoster) -> None:
    """Where Slack says how long to wait, whoever paces the work is told so, and nothing waits here."""
    message = await posted(slack, poster)
    slack.faults = deque([Fault(kind=Kind.LIMITED, method="chat.update", retry_after=3)])
    with pytest.raises(PostFailedError) as caught:
        await poster.edit(PLACE, message.ts, message.thread_ts, changed(), "q1")
    assert caught.value.kind == "ratelimited"
    assert caught.value.wait == 3.0
    assert slack.calls["chat.update"] == 1


async def test_a_line_in_the_thread_is_posted_once(slack: FakeSlack, poster: SlackPoster) -> None:
    """A line whose ok was lost is found by its mark and not posted again; another mark is another line."""
    message = await posted(slack, poster)
    slack.faults = deque([Fault(kind=Kind.CUT_AFTER)])
    with pytest.raises(PostFailedError) as caught:
        await poster.note(PLACE, message.thread_ts, message.ts, SAID, "m1")
    assert caught.value.wait is not None
    first = await poster.note(PLACE, message.thread_ts, message.ts, SAID, "m1")
    second = await poster.note(PLACE, message.thread_ts, message.ts, SAID, "m2")
    assert first != second
    assert message.thread_ts is not None
    _, *lines = slack.replies_to(message.thread_ts)
    assert [each.ts for each in lines] == [first.message, second.message]
    assert all(pings(each) == [] for each in lines)
    assert "&lt;!channel&gt; &amp;" in lines[0].text


async def test_a_line_below_a_reply_that_stands_alone(slack: FakeSlack, poster: SlackPoster) -> None:
    """A reply that was shared into the channel itself gets its line in a thread of its own."""
    await poster.send(GENERAL, None, reply(same(), question="q1"), "q1")
    message = await slack.wait_for_message()
    done = await poster.note(PLACE, None, message.ts, SAID, "m1")
    assert done.thread == message.ts
    assert [each.ts for each in slack.replies_to(message.ts)] == [done.message]


async def test_a_line_below_a_thread_that_is_gone(poster: SlackPoster) -> None:
    """Where the thread is not there any more, its line never will be."""
    with pytest.raises(GoneError):
        await poster.note(PLACE, "1.000001", "1.000002", SAID, "m1")


@pytest.mark.parametrize("scopes", [ALL_SCOPES, ALL_SCOPES - {"im:write"}])
async def test_a_person_is_told_directly(
    slack: FakeSlack, poster: SlackPoster, scopes: frozenset[str]
) -> None:
    """A message to one person comes in their conversation with the bot, with and without the look before."""
    slack.space.scopes = scopes
    await poster.tell("T0TEAM", ASKER, SAID, "m1")
    message = await slack.wait_for_message()
    assert slack.space.channels[message.channel].user == ASKER
    assert pings(message) == []


async def test_a_person_is_told_once(slack: FakeSlack, poster: SlackPoster) -> None:
    """What was told already, as far as its mark can be seen, is not told again."""
    for mark in ("m1", "m1", "m2"):
        await poster.tell("T0TEAM", ASKER, SAID, mark)
    assert len(slack.messages) == 2


async def test_somebody_who_left_is_told_nothing(slack: FakeSlack, poster: SlackPoster) -> None:
    """Somebody who is not there any more is said to be gone."""
    with pytest.raises(GoneError):
        await poster.tell("T0TEAM", "U0LEFT", SAID, "m1")
    assert slack.messages == []
