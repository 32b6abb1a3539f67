"""Files that somebody attaches to a command: brought from where Discord keeps them, and from nowhere else."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import discord

from bot.errors import BadInputError
from bot.sections import DiscordSection
from bot.wording import catalogue
from handlers.articles import MOST_BYTES, paper_of
from handlers.drafting import Given

SECONDS: Final = 20.0
"""Seconds that a file may take to come, as on Slack."""
_KEPT_AT: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})


async def brought(file: discord.Attachment, section: DiscordSection) -> Given:
    """Return the file; nothing is asked for that could not be read.

    Raises:
        BadInputError: It is too large, of another sort, not kept by Discord, or cannot be had.
    """
    say = catalogue().say
    paper_of(file.filename, file.content_type or "")
    if file.size > MOST_BYTES:
        raise BadInputError(say("paper.large"))
    # With another address of the API, as in tests, its host keeps the files.
    own, kept = urlsplit(section.api_url), urlsplit(file.url)
    known = {("https", each) for each in _KEPT_AT} | {(own.scheme, own.hostname)}
    if (kept.scheme, kept.hostname) not in known:
        raise BadInputError(say("draft.no_file"))
    try:
        async with asyncio.timeout(SECONDS):
            body = await file.read()
    except (TimeoutError, discord.HTTPException, aiohttp.ClientError, OSError):
        raise BadInputError(say("draft.no_file")) from None
    return Given(body=body, name=file.filename, content_type=file.content_type or "")
