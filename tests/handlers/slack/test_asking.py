"""Every way to ask on Slack, from the event to what the local Slack received."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.store.ledger import Ledger
from tests.fakes.slack import ALL_SCOPES, ASKER, GENERAL, FakeSlack, pings
from tests.handlers.serving import settled
from tests.handlers.slack.conftest import CLAIM, UNKNOWN, Running


async def test_a_mention_gets_one_reply_in_its_thread(slack: FakeSlack, running: Running) -> None:
    """A mention with a claim is answered once, in the thread, without previews and without a ping."""
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        reply = await slack.wait_for_message()
        await slack.wait_settled()
    assert reply.thread_ts == ts
    assert reply.text.startswith("On record")
    assert "Peskov" in reply.text
    assert (reply.unfurl_links, reply.unfurl_media) == (False, False)
    assert pings(reply) == []
    assert len(slack.messages) == 1
    assert reply.metadata is not None
    assert set(reply.metadata["event_payload"]) == {"question"}


async def test_a_mention_within_a_thread_is_answered_in_that_thread(
    slack: FakeSlack, running: Running
) -> None:
    """A mention that is itself a reply is answered in the same thread."""
    parent = slack.say(GENERAL, "U0OTHER", "good morning")
    async with running():
        await slack.mention(GENERAL, ASKER, CLAIM, thread_ts=parent.ts)
        reply = await slack.wait_for_message()
    assert reply.thread_ts == parent.ts
    assert reply.text.startswith("On record")


async def test_a_bare_mention_asks_about_the_parent(slack: FakeSlack, running: Running) -> None:
    """A mention without a text of its own, as a reply, asks about the message that it replies to."""
    parent = slack.say(GENERAL, "U0OTHER", CLAIM)
    async with running():
        await slack.mention(GENERAL, ASKER, "", thread_ts=parent.ts)
        reply = await slack.wait_for_message()
    assert reply.text.startswith("On record")


async def test_without_the_scope_a_bare_mention_points_to_the_shortcut(
    running: Running, slack: FakeSlack
) -> None:
    """Where the parent may not be read, the reply says how to ask instead."""
    slack.space.scopes = ALL_SCOPES - {"channels:history", "groups:history"}
    parent = slack.say(GENERAL, "U0OTHER", CLAIM)
    async with running():
        await slack.mention(GENERAL, ASKER, "", thread_ts=parent.ts)
        reply = await slack.wait_for_message()
    assert "Check this claim" in reply.text
    assert slack.calls["conversations.history"] == 0


async def test_a_bare_mention_below_a_message_that_is_gone_is_answered(
    slack: FakeSlack, running: Running
) -> None:
    """Where the parent was deleted, the reply says that it cannot be read."""
    parent = slack.say(GENERAL, "U0OTHER", CLAIM)
    slack.say(GENERAL, "U0OTHER", "so there", thread_ts=parent.ts)
    async with running():
        parent.deleted = True
        await slack.mention(GENERAL, ASKER, "", thread_ts=parent.ts)
        reply = await slack.wait_for_message()
    assert "cannot read that message" in reply.text


@pytest.mark.parametrize("text", ["", "help", "HELP", "Help!", "help.", "?"])
async def test_an_empty_mention_gets_the_help_card(
    slack: FakeSlack, running: Running, sample_ledger: Ledger, text: str
) -> None:
    """A mention alone, and one that asks for help, are answered with what can be typed, and counted so."""
    async with running() as bot:
        await slack.mention(GENERAL, ASKER, text)
        reply = await slack.wait_for_message()
        await settled(sample_ledger)
    assert "/claim check TEXT" in reply.text
    assert b'counterclaim_questions_total{platform="slack",tier="help"} 1.0' in bot._services.metrics.text()
    assert "Dismiss" in json.dumps(reply.blocks)


async def test_a_direct_message_is_answered(slack: FakeSlack, running: Running) -> None:
    """What is written to the bot directly is answered in its thread."""
    async with running():
        ts = await slack.direct_message(ASKER, CLAIM)
        reply = await slack.wait_for_message()
        await slack.wait_settled()
    assert reply.thread_ts == ts
    assert reply.text.startswith("On record")
    # Slack tells the bot of its own reply as well, which asks nothing.
    assert len(slack.messages) == 1


async def test_a_mention_in_a_direct_message_is_answered_once(slack: FakeSlack, running: Running) -> None:
    """A mention within a direct message comes as two events and is answered once."""
    channel = slack.space.direct_channel(ASKER).id
    async with running():
        await slack.mention(channel, ASKER, CLAIM, also_as_message=True)
        await slack.wait_for_message()
        await slack.wait_settled()
        await asyncio.sleep(0.1)
    assert len(slack.messages) == 1


async def test_what_is_on_nobodys_record_is_said_plainly(slack: FakeSlack, running: Running) -> None:
    """A claim that the ledger does not have is answered with “Nothing on file”."""
    async with running():
        await slack.mention(GENERAL, ASKER, UNKNOWN)
        reply = await slack.wait_for_message()
    assert reply.text.startswith("Nothing on file")


async def test_a_link_alone_is_looked_up_by_the_title_that_slack_unfurled(
    slack: FakeSlack, running: Running
) -> None:
    """Where a message is a link alone, the title that Slack made of it is the claim."""
    link = "https://news.example/2025/07/audio"
    async with running():
        unfurled = {"title": CLAIM, "original_url": link, "from_url": link}
        await slack.mention(GENERAL, ASKER, f"<{link}>", attachments=[unfurled])
        reply = await slack.wait_for_message()
    assert reply.text.startswith("On record")


async def test_a_title_that_comes_later_is_waited_for(slack: FakeSlack, running: Running) -> None:
    """Slack unfurls a link after the event; the message is read again a moment later."""
    link = "https://news.example/2025/07/audio"
    async with running():
        ts = await slack.mention(GENERAL, ASKER, f"<{link}>")
        message = slack.space.channels[GENERAL].messages[ts]
        message.attachments = [{"title": CLAIM, "original_url": link, "from_url": link}]
        reply = await slack.wait_for_message()
    assert reply.text.startswith("On record")


async def test_a_link_is_found_among_the_sources(slack: FakeSlack, running: Running) -> None:
    """A link to a source on file is answered with a claim that it is a source of."""
    async with running():
        await slack.mention(GENERAL, ASKER, "<https://courier.larkmoor.example/2025/03/memo>")
        reply = await slack.wait_for_message()
    assert not reply.text.startswith("Nothing on file")
    assert "courier.larkmoor.example/2025/03/memo" in json.dumps(reply.blocks)


async def test_a_reaction_asks_where_one_is_agreed_on(slack: FakeSlack, running: Running) -> None:
    """The agreed emoji asks for the message that it stands on, once for however many people."""
    said = slack.say(GENERAL, "U0OTHER", CLAIM)
    async with running(reaction="mag"):
        await slack.reaction(ASKER, "mag", GENERAL, said.ts)
        reply = await slack.wait_for_message()
        await slack.reaction("U0MODERATOR", "mag", GENERAL, said.ts)
        await slack.reaction(ASKER, "eyes", GENERAL, said.ts)
        await slack.wait_settled()
        await asyncio.sleep(0.1)
    assert reply.thread_ts == said.ts
    assert reply.text.startswith("On record")
    assert len(slack.messages) == 1


async def test_a_reaction_within_a_thread_is_answered_in_it(slack: FakeSlack, running: Running) -> None:
    """What stands in a thread is answered there, not below itself."""
    parent = slack.say(GENERAL, "U0OTHER", "have you seen this")
    said = slack.say(GENERAL, "U0OTHER", CLAIM, thread_ts=parent.ts)
    async with running(reaction="mag"):
        await slack.reaction(ASKER, "mag", GENERAL, said.ts)
        reply = await slack.wait_for_message()
    assert reply.thread_ts == parent.ts


async def test_a_bare_mention_below_the_bots_own_message_gets_the_help_card(
    slack: FakeSlack, running: Running
) -> None:
    """What the bot shared is no claim: a bare mention below it is answered with what can be typed."""
    async with running():
        own = slack.say(GENERAL, slack.space.bot_user, CLAIM)
        await slack.mention(GENERAL, ASKER, "", thread_ts=own.ts)
        reply = await slack.wait_for_message()
    assert reply.thread_ts == own.ts
    assert "/claim check TEXT" in reply.text


@pytest.mark.parametrize(
    "text",
    [
        "?",
        "👆",
        ":point_up:",
        "<@U0OTHER>",
        "<!here> …",
        "is this true?",
        "Please fact-check this!",
        "Stimmt das?",
    ],
)
async def test_a_mention_without_words_asks_about_the_parent(
    slack: FakeSlack, running: Running, text: str
) -> None:
    """What has no words is no text of its own: the message that the mention replies to is the claim."""
    said = slack.say(GENERAL, "U0OTHER", CLAIM)
    async with running():
        await slack.mention(GENERAL, ASKER, text, thread_ts=said.ts)
        reply = await slack.wait_for_message()
    assert reply.thread_ts == said.ts
    assert reply.text.startswith("On record")


async def test_a_direct_conversation_is_read_without_the_scopes_of_channels(
    slack: FakeSlack, running: Running
) -> None:
    """In a direct message a bare reply asks about its parent, and a link about its title, by `im:history`."""
    slack.space.scopes = ALL_SCOPES - {"channels:history", "groups:history"}
    place = slack.space.direct_channel(ASKER)
    said = slack.say(place.id, ASKER, CLAIM)
    link = "https://news.example/2025/07/audio"
    unfurled = {"title": CLAIM, "original_url": link, "from_url": link}
    async with running():
        await slack.direct_message(ASKER, "?", thread_ts=said.ts)
        below = await slack.wait_for_message()
        ts = await slack.direct_message(ASKER, f"<{link}>")
        place.messages[ts].attachments.append(unfurled)
        titled = await slack.wait_for_message(2)
    assert below.thread_ts == said.ts
    assert below.text.startswith("On record")
    assert titled.text.startswith("On record")


async def test_a_reaction_asks_nothing_by_default(slack: FakeSlack, running: Running) -> None:
    """Without an agreed emoji no reaction asks anything."""
    said = slack.say(GENERAL, "U0OTHER", CLAIM)
    async with running():
        await slack.reaction(ASKER, "mag", GENERAL, said.ts)
        await slack.wait_settled()
        await asyncio.sleep(0.05)
    assert slack.messages == []


async def test_bots_and_edits_are_not_answered(slack: FakeSlack, running: Running) -> None:
    """What a bot writes, and what is an edit or a deletion, asks nothing."""
    channel = slack.space.direct_channel(ASKER).id
    event = {"type": "message", "channel": channel, "channel_type": "im", "user": ASKER, "text": CLAIM}
    async with running():
        slack.emit({**event, "ts": slack.space.new_ts(), "bot_id": "B0OTHER"})
        for subtype in ("message_changed", "message_deleted", "bot_message", "channel_join"):
            slack.emit({**event, "ts": slack.space.new_ts(), "subtype": subtype})
        slack.emit({**event, "type": "app_mention", "ts": slack.space.new_ts(), "bot_id": "B0OTHER"})
        await slack.wait_settled()
        await asyncio.sleep(0.05)
    assert slack.messages == []
