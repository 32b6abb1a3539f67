"""Posting a reply on Discord: once, to the message that asks, without pings or previews.

The nonce is made from the id of the asking message, and Discord is told to enforce it: a second post
with the same nonce within a few minutes is answered with the first message. So a reply can be posted
again after a crash, a cut connection or an error whose meaning is not known. A job that is older than
that is looked up in the channel first.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from typing import Final

import aiohttp
import discord

from bot.answers import Answer
from bot.questions import Job, Place, Platform, Posted
from bot.wording import catalogue
from handlers.discord import rendering
from handlers.discord.components import Component
from handlers.discord.sending import sendable
from handlers.metrics import Metrics
from handlers.replies import Help, Notice, PostFailedError, Reply
from handlers.templates import Templates

log = logging.getLogger(__name__)

LONGEST_WAIT: Final = 30.0
"""Seconds that a post may wait for a rate limit; less than a question is leased for, less its deadline."""

NONCE_KEPT: Final = 120.0
"""Seconds for which Discord surely knows a nonce; it says “the past few minutes”."""

LOOKED_AT: Final = 100
"""Messages after the asking one that are searched for an earlier reply; as many as one request gives."""

_AGAIN: Final = 1.0
_ILL_FORMED: Final = 400
_REFUSALS: Final[dict[int, tuple[str, float | None]]] = {
    _ILL_FORMED: ("ill_formed", None),
    401: ("unauthorized", LONGEST_WAIT),
    403: ("forbidden", None),
    404: ("not_found", None),
    429: ("blocked", LONGEST_WAIT),
}
"""What a refused request is called, and the seconds after which to try again, by HTTP status."""


class DiscordPoster:
    """Posts replies through the client that is logged in at the time (`client`), else asks to wait."""

    platform = Platform.DISCORD

    def __init__(self, metrics: Metrics) -> None:
        self.client: discord.Client | None = None
        self._metrics = metrics
        self._templates = Templates(rendered)

    async def post(self, job: Job, reply: Reply) -> Posted:
        """Post `reply` to the message that asks; raise `PostFailedError` where Discord did not take it."""
        with self._metrics.stage("render"):
            components: list[Component]
            if isinstance(reply, Answer):
                components = json.loads(self._templates.text(reply, job.question))
            else:
                components = rendered(reply, job.question)
        try:
            return await self._sent(job, components)
        except discord.HTTPException as error:
            if error.status != _ILL_FORMED:
                raise failed(error) from error
            # The message itself is at fault, which no second try would mend: say so instead.
            reference = secrets.token_hex(4)
            log.exception("Discord refused a reply as ill-formed", extra={"ref": reference})
        return await self._apologised(job, reference)

    async def posted(self, job: Job) -> Posted | None:
        """Return the reply that an earlier try left; None where there is none, or the nonce tells it."""
        if time.time() - job.received_at < NONCE_KEPT:
            return None
        me = self._client().user
        channel = self.channel(job.incoming.place)
        asked = int(job.incoming.message)
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                async for message in channel.history(
                    limit=LOOKED_AT, after=discord.Object(asked), oldest_first=True
                ):
                    reference = message.reference
                    is_mine = me is not None and message.author.id == me.id
                    if is_mine and reference is not None and reference.message_id == asked:
                        return Posted(message=str(message.id))
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            if isinstance(error, discord.Forbidden | discord.NotFound):
                return None
            raise failed(error) from error
        return None

    async def _sent(self, job: Job, components: list[Component]) -> Posted:
        incoming = job.incoming
        try:
            return await self.send(
                incoming.place, components, nonce=incoming.message, to=int(incoming.message)
            )
        except (discord.RateLimited, aiohttp.ClientError, OSError) as error:
            raise failed(error) from error

    async def send(
        self, place: Place, components: list[Component], *, nonce: str, to: int | None = None
    ) -> Posted:
        """Post `components` in `place` as a reply `to` a message; raise what discord.py raises."""
        channel = self.channel(place)
        async with asyncio.timeout(LONGEST_WAIT):
            view = sendable(components)
            if to is None:
                message = await channel.send(view=view, nonce=nonce, suppress_embeds=True)
            else:
                # Where the asking message was deleted meanwhile, the reply stands by itself.
                reference = channel.get_partial_message(to).to_reference(fail_if_not_exists=False)
                message = await channel.send(
                    view=view, nonce=nonce, reference=reference, mention_author=False, suppress_embeds=True
                )
        return Posted(message=str(message.id))

    async def stands(self, place: Place, message: str) -> bool:
        """Say whether a message that was posted is still there; where that cannot be known, it is."""
        try:
            await self.channel(place).fetch_message(int(message))
        except discord.NotFound:
            return False
        except (PostFailedError, discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError):
            return True
        return True

    def channel(self, place: Place) -> discord.PartialMessageable:
        """Return the channel of `place`, to be written to without looking it up; raise `PostFailedError`."""
        guild = int(place.tenant) if place.tenant else None
        return self._client().get_partial_messageable(int(place.channel), guild_id=guild)

    async def _apologised(self, job: Job, reference: str) -> Posted:
        text = catalogue().say("press.failed", reference=reference)
        try:
            return await self._sent(job, rendering.notice(text, question=job.question))
        except discord.HTTPException as error:
            raise failed(error) from error

    def _client(self) -> discord.Client:
        # Without a user it is not logged in yet.
        if self.client is None or self.client.is_closed() or self.client.user is None:
            raise PostFailedError("disconnected", _AGAIN)
        return self.client


def rendered(reply: Reply, question: str) -> list[Component]:
    """Return the components of a public reply."""
    match reply:
        case Answer():
            return rendering.reply(reply, question=question)
        case Notice():
            return rendering.notice(reply.text, question=question)
        case Help():
            return rendering.help_card(question=question)


def failed(error: Exception) -> PostFailedError:
    """Return what an error of discord.py or the network means for another try."""
    kind: str
    wait: float | None
    match error:
        case discord.RateLimited():
            kind, wait = "rate_limited", error.retry_after
        case discord.HTTPException():
            kind, wait = _REFUSALS.get(error.status, ("server", _AGAIN))
        case TimeoutError():
            kind, wait = "timeout", _AGAIN
        case _:
            kind, wait = "connection", _AGAIN
    return PostFailedError(kind, wait)
