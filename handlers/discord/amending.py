"""After a reply was posted: it is edited, gets a line below it, and those who follow are told directly.

Each can be done again without harm: an edit by its nature, the others within the few minutes for which
Discord knows the nonce that is made of their mark.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp
import discord
from discord.http import handle_message_parameters

from bot import cards
from bot.answers import Answer
from bot.questions import Place, Posted
from bot.wording import catalogue
from handlers.discord.components import MOST, Component, Setting
from handlers.discord.posting import LONGEST_WAIT, DiscordPoster, failed
from handlers.discord.sending import sendable
from handlers.replies import GoneError, PostFailedError

LONGEST_NONCE: Final = 25

_GONE: Final = frozenset({10003, 10004, 10008, 10013, 50001, 50007})
"""Discord's codes: unknown channel, server, message, user; no access to the channel; takes no messages."""
_ARCHIVED: Final = 50083
_TOO_MANY_EDITS: Final = 30046
"""Discord's code for one edit too many of messages older than an hour, which has a limit of its own."""
_REPLIED_TO: Final = "message_reference"
"""The field that Discord names where the message that is replied to is gone."""
_ILL_FORMED: Final = 50035


class AmendingPoster(DiscordPoster):
    """A poster that also keeps what it posted as the record is. Nothing that it does pings anybody."""

    async def edit(
        self, place: Place, message: str, thread: str | None, answer: Answer, question: str
    ) -> None:
        """Let the reply with the id `message` show `answer`; `thread` is of no use here.

        Raises `GoneError` where the message or its channel is gone, else `PostFailedError`.
        """
        del thread  # A thread of Discord's is a channel.
        client, channel = self._client(), self.channel(place)
        components: list[Component] = json.loads(self._templates.text(answer, question))
        # By hand, for `PartialMessage.edit` cannot keep previews suppressed (2.7.1).
        flags = discord.MessageFlags(suppress_embeds=True)
        with (
            handle_message_parameters(
                view=sendable(components), flags=flags, allowed_mentions=discord.AllowedMentions.none()
            ) as parameters,
            _told_apart(),
        ):
            async with asyncio.timeout(LONGEST_WAIT):
                await client.http.edit_message(channel.id, int(message), params=parameters)

    async def note(self, place: Place, thread: str | None, message: str, text: str, mark: str) -> Posted:
        """Post `text` as a reply to our reply with the id `message`, once for each `mark`.

        Raises `GoneError` where that message or its channel is gone, else `PostFailedError`.
        """
        del thread
        channel = self.channel(place)
        reference = channel.get_partial_message(int(message)).to_reference(fail_if_not_exists=True)
        with _told_apart():
            async with asyncio.timeout(LONGEST_WAIT):
                posted = await channel.send(
                    view=sendable(line(text)),
                    nonce=nonce_of(mark),
                    reference=reference,
                    mention_author=False,
                    suppress_embeds=True,
                )
        return Posted(message=str(posted.id))

    async def tell(self, tenant: str, address: str, text: str, mark: str) -> None:
        """Send `text` to the person with the id `address` alone, once for each `mark`.

        Raises `GoneError` where that person is gone or takes no messages, else `PostFailedError`.
        """
        del tenant  # Whom one writes to directly one meets in no server.
        client = self._client()
        with _told_apart():
            async with asyncio.timeout(LONGEST_WAIT):
                channel = await client.create_dm(discord.Object(int(address)))
                await channel.send(view=sendable(line(text)), nonce=nonce_of(mark), suppress_embeds=True)


def line(text: str) -> list[Component]:
    """Return a message of `text`, a paragraph for each of its lines, without any button."""
    words, setting = catalogue(), Setting()
    items = tuple(
        (cards.sentence(each, words, size=setting.size, room=MOST),)
        for each in text.splitlines()
        if each.strip()
    )
    return setting.text(cards.shown(cards.Card(title="", items=items), words, size=setting.size, room=MOST))


def nonce_of(mark: str) -> str:
    """Return a nonce for `mark`, of the 25 characters that Discord takes; the same one each time."""
    return hashlib.sha256(mark.encode()).hexdigest()[:LONGEST_NONCE]


@contextmanager
def _told_apart() -> Iterator[None]:
    """Raise what Discord or the network answers as `GoneError` or `PostFailedError`."""
    try:
        yield
    except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
        if isinstance(error, discord.HTTPException):
            nowhere = error.code == _ILL_FORMED and _REPLIED_TO in error.text
            if error.code in _GONE or nowhere:
                raise GoneError("gone") from error
            if error.code == _ARCHIVED:
                raise PostFailedError("archived", None) from error
            if error.code == _TOO_MANY_EDITS:
                raise PostFailedError("rate_limited", LONGEST_WAIT) from error
        raise failed(error) from error
