"""From what Discord tells of to a question: mentions, direct messages and reactions.

Pure. It decides who addressed the bot and with what; it answers nothing. Without the privileged intent
Discord withholds what a message says, unless it is a direct message, the bot's own, or mentions the bot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import discord

from bot.asking import asks_about_another
from bot.paste import clean
from bot.questions import Incoming, Place, Platform, Way

_WRITTEN: Final = frozenset({discord.MessageType.default, discord.MessageType.reply})


def place_of(guild: int | None, channel: int | None) -> Place:
    """Return where something stands by Discord's ids; a direct message has no server."""
    return Place(platform=Platform.DISCORD, tenant=str(guild or ""), channel=str(channel or ""))


def question_in(message: discord.Message, me: int) -> Incoming | None:
    """Return what `message` asks the bot with the id `me`; None where it does not address it.

    A mention has to stand in the text: a mere reply to one of the bot's replies asks nothing. A reply
    that has no words of its own, or only asks whether “this” is true, asks about its parent.
    """
    if message.author.bot or message.webhook_id is not None or message.type not in _WRITTEN:
        return None
    mention = re.compile(rf"<@!?{me}>")
    is_direct = message.guild is None
    if not is_direct and not mention.search(message.content):
        return None
    text = mention.sub(" ", message.content).strip()
    titles = titles_of(message.embeds)
    unread = False
    if not text and message.message_snapshots:
        text, titles = spoken(message)
    elif message.reference is not None and not titles and asks_about_another(text):
        parent = message.reference.resolved
        text = ""
        if not isinstance(parent, discord.Message):
            unread = True
        elif parent.author.id != me:
            text, titles = spoken(parent)
            unread = not text and not titles
    return Incoming(
        delivery=str(message.id),
        place=place_of(message.guild.id if message.guild else None, message.channel.id),
        message=str(message.id),
        thread=None,
        person=str(message.author.id),
        way=Way.DIRECT if is_direct else Way.MENTION,
        text=text,
        titles=titles,
        unread=unread,
    )


def question_by_reaction(event: discord.RawReactionActionEvent, wanted: str, me: int) -> Incoming | None:
    """Return the question that a reaction asks about the message it stands on, whose text is not known yet.

    None where the emoji is not the one that is `wanted`, a bot reacted, or the message is the bot's own.
    """
    is_bot = event.user_id == me or (event.member is not None and event.member.bot)
    if is_bot or event.message_author_id == me or not is_emoji(event.emoji, wanted):
        return None
    return Incoming(
        delivery=f"{event.message_id}:{event.user_id}:reaction",
        place=place_of(event.guild_id, event.channel_id),
        message=str(event.message_id),
        thread=None,
        person=str(event.user_id),
        way=Way.REACTION,
        text="",
    )


def is_emoji(emoji: discord.PartialEmoji, wanted: str) -> bool:
    """Say whether `emoji` is the one that asks: itself, or the name or id of a server's own one."""
    names = {emoji.name, str(emoji), f"{emoji.name}:{emoji.id}", str(emoji.id)}
    return wanted.strip(":") in names


def asks_by_link(incoming: Incoming) -> bool:
    """Say whether the question is a link alone of which no title is known yet."""
    if incoming.titles or "://" not in incoming.text:
        return False
    paste = clean(incoming.text)
    return bool(paste.urls) and not paste.text


def titles_of(embeds: Iterable[discord.Embed]) -> tuple[str, ...]:
    """Return the titles of what the links of a message unfurled to."""
    return tuple(each.title for each in embeds if each.title)


def spoken(message: discord.Message) -> tuple[str, tuple[str, ...]]:
    """Return what a message says, of itself or of what it forwards, and the titles of its links."""
    parts: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    text = "\n".join(filter(None, (each.content.strip() for each in parts)))
    return text, tuple(title for each in parts for title in titles_of(each.embeds))
