"""What a question needs and its event did not hold: a message that was reacted to, the title of a link.

It is fetched after the question was put on the work list, so that a crash meanwhile loses nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
import discord

from bot.questions import Job, Way
from handlers.discord.events import asks_by_link, spoken, titles_of
from handlers.discord.posting import DiscordPoster, failed


class DiscordReading:
    """Fetches with the client that posts; `edited` has to be told of every edit.

    A link that Discord does not know yet gets its title within `unfurl` seconds, if it does at all.
    """

    def __init__(self, poster: DiscordPoster, unfurl: float) -> None:
        self._poster = poster
        self._unfurl = unfurl
        self._awaited: dict[int, asyncio.Future[tuple[str, ...]]] = {}

    async def __call__(self, job: Job) -> Job:
        """Return `job` with what was fetched; raise `PostFailedError` where Discord cannot be asked."""
        if job.incoming.way is Way.REACTION:
            return await self._reacted_to(job)
        return await self._unfurled(job) if asks_by_link(job.incoming) else job

    def edited(self, message: discord.Message) -> None:
        """Note that a message changed: Discord does that when its links unfurled."""
        awaited = self._awaited.get(message.id)
        if awaited is not None and not awaited.done() and (titles := titles_of(message.embeds)):
            awaited.set_result(titles)

    async def _reacted_to(self, job: Job) -> Job:
        message = await self._fetched(job)
        text, titles = spoken(message)
        unread = not text and not titles
        return replace(job, incoming=replace(job.incoming, text=text, titles=titles, unread=unread))

    async def _unfurled(self, job: Job) -> Job:
        message = int(job.incoming.message)
        awaited = self._awaited[message] = asyncio.get_running_loop().create_future()
        try:
            titles = titles_of((await self._fetched(job)).embeds)
            if not titles:
                async with asyncio.timeout(self._unfurl):
                    titles = await awaited
        except TimeoutError:
            return job
        finally:
            del self._awaited[message]
        return replace(job, incoming=replace(job.incoming, titles=titles))

    async def _fetched(self, job: Job) -> discord.Message:
        channel = self._poster.channel(job.incoming.place)
        try:
            return await channel.fetch_message(int(job.incoming.message))
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            raise failed(error) from error
