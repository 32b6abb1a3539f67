"""Questions that were asked while nobody listened: found in the channels when a session begins.

Only what a mention could have been asked in is looked at: the channels of servers where something was
written within the hour. Direct messages and reactions are not found, for Discord lists neither to a bot;
those are lost where nobody was connected. What is on the work list already is known there and answered once.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final, TypeAlias

import aiohttp
import discord

from bot.store.inbox import OLDEST

log = logging.getLogger(__name__)

MOST_CHANNELS: Final = 100
"""Channels that are looked at, those written to last first."""
MOST_MESSAGES: Final = 100
"""Messages of each that are looked at, the newest; as many as one request gives."""

_Channel: TypeAlias = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


async def missed_questions(client: discord.Client, me: int) -> AsyncIterator[discord.Message]:
    """Yield the messages of the last hour that mention the bot with the id `me`, channel by channel."""
    since = discord.utils.utcnow() - timedelta(seconds=OLDEST)
    first = discord.utils.time_snowflake(since)
    channels = [each for guild in client.guilds for each in _channels(guild)]
    active = sorted(channels, key=lambda each: each.last_message_id or 0, reverse=True)
    for channel in active[:MOST_CHANNELS]:
        if (channel.last_message_id or 0) < first or not _is_readable(channel, me):
            continue
        try:
            async for message in channel.history(limit=MOST_MESSAGES, after=since, oldest_first=False):
                if any(each.id == me for each in message.mentions):
                    yield message
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            log.warning("a channel could not be looked at for missed questions: %s", type(error).__name__)


def _channels(guild: discord.Guild) -> list[_Channel]:
    return [*guild.text_channels, *guild.voice_channels, *guild.stage_channels, *guild.threads]


def _is_readable(channel: _Channel, me: int) -> bool:
    member = channel.guild.get_member(me)
    if member is None:
        return False
    may = channel.permissions_for(member)
    return may.view_channel and may.read_message_history
