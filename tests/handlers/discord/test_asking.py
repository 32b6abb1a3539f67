"""Every way to ask on Discord in public, from the event to what the local Discord received."""

from __future__ import annotations

import pytest

from bot.store.ledger import Ledger
from tests.fakes.discord import FakeDiscord, FakeUser
from tests.fakes.discord.world import MESSAGE_CONTENT
from tests.handlers.discord.conftest import CLAIM, UNKNOWN, Running, settled, until


async def test_a_mention_gets_one_reply_to_its_message(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """A mention with a claim is answered once, as a reply, without previews and without a ping."""
    async with running():
        message = await server.mention(server.channel, asker, CLAIM)
        reply = await server.wait_for_reply(message)
        await settled(sample_ledger)
    assert reply.text.startswith("**On record")
    assert "Peskov" in reply.text
    assert reply.v2
    assert (reply.pings, reply.unfurls) == (frozenset(), ())
    assert reply.nonce == str(message.id)
    assert len(server.posts) == 1


async def test_what_is_not_on_file_is_said_plainly(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """A claim that nothing on file resembles gets a reply that says so, and a way to the moderators."""
    async with running():
        message = await server.mention(server.channel, asker, UNKNOWN)
        reply = await server.wait_for_reply(message)
    assert reply.text.startswith("**Nothing on file")
    assert "Ask the moderators" in reply.buttons


async def test_a_mention_in_the_middle_of_a_text_asks(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """The mention may stand anywhere in the text, and is no part of what is looked up."""
    async with running():
        message = await server.say(
            server.channel, asker, f"so {server.bot_user.mention} {CLAIM}? <@!{server.bot_user.id}>"
        )
        reply = await server.wait_for_reply(message)
    assert reply.text.startswith("**On record")
    assert str(server.bot_user.id) not in reply.text


async def test_a_bare_mention_asks_about_the_message_replied_to(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """A mention without a text of its own asks about the parent, where Discord shows what that says."""
    server.world.granted = MESSAGE_CONTENT
    parent = await server.say(server.channel, server.owner, CLAIM)
    async with running(reaction="🔎"):
        message = await server.mention(server.channel, asker, "", reply_to=parent)
        reply = await server.wait_for_reply(message)
    assert reply.text.startswith("**On record")


@pytest.mark.parametrize(
    "text",
    [
        "?",
        "👆",
        "<@123456789012345678>",
        "<:look:123456789012345678> …",
        "Is this true??",
        "check this, pls",
        "stimmt das",
    ],
)
async def test_a_mention_without_words_asks_about_the_message_replied_to(
    server: FakeDiscord, asker: FakeUser, running: Running, text: str
) -> None:
    """What has no words is no text of its own: the message that was replied to is the claim."""
    parent = await server.say(server.channel, server.owner, f"{CLAIM} {server.bot_user.mention}")
    async with running():
        message = await server.mention(server.channel, asker, text, reply_to=parent)
        reply = await server.wait_for_reply(message)
    assert reply.text.startswith("**On record")


async def test_a_parent_whose_text_is_withheld_gets_a_pointer(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """Where Discord withholds the parent's text, the reply points to the menu of the message."""
    parent = await server.say(server.channel, server.owner, CLAIM)
    async with running():
        message = await server.mention(server.channel, asker, "", reply_to=parent)
        reply = await server.wait_for_reply(message)
    assert "cannot read that message" in reply.text
    assert "“Check this claim”" in reply.text


async def test_a_parent_that_was_deleted_gets_a_pointer(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """Where the parent is gone, the reply says that it cannot be read."""
    parent = await server.say(server.channel, server.owner, CLAIM)
    await server.delete(parent)
    async with running():
        message = await server.mention(server.channel, asker, "", reply_to=parent)
        reply = await server.wait_for_reply(message)
    assert "cannot read that message" in reply.text


async def test_a_direct_message_asks(server: FakeDiscord, asker: FakeUser, running: Running) -> None:
    """A direct message needs no mention."""
    async with running():
        message = await server.direct_message(asker, CLAIM)
        reply = await server.wait_for_reply(message)
    assert reply.text.startswith("**On record")


@pytest.mark.parametrize("text", ["", "help", "HELP", "Help!", "help.", "?"])
async def test_an_empty_mention_gets_the_help_card(
    server: FakeDiscord, asker: FakeUser, running: Running, text: str
) -> None:
    """A mention alone, and one that asks for help, are answered with what can be asked."""
    async with running():
        message = await server.mention(server.channel, asker, text)
        reply = await server.wait_for_reply(message)
    assert "/claim check TEXT" in reply.text
    assert "Dismiss" in reply.buttons


async def test_a_bare_mention_below_a_reply_of_the_bot_gets_the_help_card(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """The bot's own reply is no claim to be looked up."""
    async with running():
        first = await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
        reply = await server.wait_for_reply(await server.mention(server.channel, asker, "", reply_to=first))
    assert "/claim check TEXT" in reply.text


async def test_a_link_is_looked_up_by_its_title(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """Of a link alone that is not on file, the title that Discord unfurled is the claim."""
    embeds = [{"type": "article", "url": "https://unknown.example/a", "title": CLAIM}]
    async with running():
        message = await server.mention(server.channel, asker, "https://unknown.example/a", embeds=embeds)
        reply = await server.wait_for_reply(message)
    assert reply.text.startswith("**On record")


async def test_a_link_that_unfurls_later_is_waited_for(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """A link that Discord did not know yet is answered when its title arrives."""
    embeds = [{"type": "article", "url": "https://unknown.example/a", "title": CLAIM}]
    async with running():
        message = await server.mention(server.channel, asker, "https://unknown.example/a")
        await until(lambda: [each for each in server.world.requests if str(message.id) in each.path])
        await server.edit(message, embeds=embeds)
        reply = await server.wait_for_reply(message)
    assert reply.text.startswith("**On record")


async def test_a_link_to_a_source_is_looked_up_by_its_address(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """A link to a source on file needs no title; one that never unfurls is answered all the same."""
    async with running():
        message = await server.mention(
            server.channel, asker, "https://courier.larkmoor.example/2025/05/committee?utm_source=x"
        )
        reply = await server.wait_for_reply(message)
    assert "Pryle" in reply.text


async def test_a_reaction_asks_where_that_is_configured(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """The agreed emoji asks about the message that it is put on, once, and no other emoji does."""
    server.world.granted = MESSAGE_CONTENT
    async with running(reaction="🔎"):
        message = await server.say(server.channel, server.owner, CLAIM)
        await server.react(asker, "👍", message)
        await server.react(asker, "🔎", message)
        await server.react(server.owner, "🔎", message)
        reply = await server.wait_for_reply(message)
        await settled(sample_ledger)
    assert reply.text.startswith("**On record")
    assert len(server.posts) == 1


async def test_a_reaction_asks_nothing_unless_configured(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """Without a configured emoji reactions are not even heard of."""
    async with running():
        await server.react(asker, "🔎", await server.say(server.channel, server.owner, CLAIM))
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
        await settled(sample_ledger)
        (session,) = server.gateway.connected
        assert session.intents == 4609
    assert len(server.posts) == 1


async def test_a_reaction_to_a_message_that_is_gone_is_dropped(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """Where the message was deleted before it could be read, there is nothing to answer."""
    server.world.granted = MESSAGE_CONTENT
    async with running(reaction="🔎"):
        message = await server.say(server.channel, server.owner, CLAIM)
        message.deleted = True
        await server.react(asker, "🔎", message)
        await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
        await settled(sample_ledger)
    assert server.replies(message) == []


async def test_what_does_not_address_the_bot_gets_no_reply(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """Plain talk, @everyone, a bot's message and a reply to one of the bot's replies ask nothing."""
    other = server.add_user("helper")
    other.bot = True
    async with running():
        reply = await server.wait_for_reply(await server.mention(server.channel, asker, CLAIM))
        await server.say(server.channel, asker, CLAIM)
        await server.say(server.channel, asker, f"@everyone {CLAIM}")
        await server.mention(server.channel, other, CLAIM)
        await server.say(server.channel, asker, "thanks!", reply_to=reply)
        await server.wait_for_reply(await server.mention(server.channel, asker, UNKNOWN))
        await settled(sample_ledger)
    assert len(server.posts) == 2


async def test_a_mention_in_a_thread_is_answered_there(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """A mention in a thread gets its reply in that thread."""
    thread = server.add_thread("bridge", server.channel)
    async with running():
        message = await server.mention(thread, asker, CLAIM)
        reply = await server.wait_for_reply(message)
    assert reply.channel is thread


async def test_a_text_that_is_too_long_is_told(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """What cannot be looked up is answered with the reason."""
    async with running():
        message = await server.mention(server.channel, asker, "🙂")
        reply = await server.wait_for_reply(message)
    assert "no words in it" in reply.text


async def test_who_asks_too_much_is_told_once(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """Beyond the limit a person is told so once, and then gets no reply for the rest of the minute."""
    async with running(limits={"person": 2}):
        messages = [await server.mention(server.channel, asker, CLAIM) for _ in range(5)]
        await server.wait_for_reply(messages[2])
        await settled(sample_ledger)
    assert sum("please wait a little" in each.text for each in server.posts) == 1
    assert len(server.posts) == 3


async def test_no_text_of_a_person_pings_or_links(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """A claim with mentions and links in it is answered without pinging or previewing anybody."""
    text = f"@everyone <@{server.owner.id}> <@&{server.guild.id}> {CLAIM} https://evil.example/x"
    async with running():
        message = await server.mention(server.channel, asker, text)
        reply = await server.wait_for_reply(message)
    assert (reply.pings, reply.unfurls) == (frozenset(), ())
    assert reply.body["allowed_mentions"] == {"parse": [], "replied_user": False}
