"""Events that ask: on disk before Slack is told that they arrived; what they lack is fetched later."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.asking import asks_about_another
from bot.paste import clean
from bot.questions import Incoming, Job, Way
from handlers.hands import Hands
from handlers.slack import manifest
from handlers.slack.decoding import Json, MalformedError, Reader, incoming, is_direct, said, titles
from handlers.slack.posting import message_at

log = logging.getLogger(__name__)

UNFURL: Final = 2.0
"""Seconds after which Slack has unfurled a link, as a rule; the event comes before that."""

_OK: Final = 200
_NOT_NOW: Final = 503


class Inbox(AsyncMiddleware):
    """Takes every event, and hands those that ask to `accept`, which drops what was delivered before.

    It answers Slack itself: an event that asks is acked when it is on disk; one that is malformed is
    logged and acked, for it would come again as it is; one that could not be stored is not acked, and
    so comes again. `revoked` is called when Slack says that the app is no longer wanted, `home` with the
    id of somebody who opened the Home tab.
    """

    def __init__(
        self,
        reader: Reader,
        accept: Callable[[Incoming], Awaitable[bool]],
        *,
        hands: Hands,
        revoked: Callable[[], None],
        home: Callable[[str], None],
    ) -> None:
        self._reader = reader
        self._accept = accept
        self._hands = hands
        self._revoked = revoked
        self._home = home

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt calls it by this name
    ) -> BoltResponse:
        """Answer an event; leave anything else to the listeners."""
        del resp
        if "event" not in req.body and req.body.get("type") != "event_callback":
            return await next()
        if not self._hands.open:
            return BoltResponse(status=_NOT_NOW)
        with self._hands.holding():
            return BoltResponse(status=_OK if await self._take(req.body) else _NOT_NOW)

    async def _take(self, body: Json) -> bool:
        """Take one event; False where Slack should send it again."""
        try:
            if body["event"]["type"] in {manifest.UNINSTALLED, manifest.REVOKED}:
                self._revoked()
                return True
            if body["event"]["type"] == manifest.HOME_OPENED:
                if body["event"].get("tab") == "home":
                    self._home(str(body["event"]["user"]))
                return True
            asked = incoming(body, self._reader)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it must not end the client
            # No traceback: some exceptions quote the value, which may be what somebody wrote.
            why = error if isinstance(error, MalformedError) else type(error).__name__
            log.warning("a malformed event is skipped: %s", why, extra={"ref": secrets.token_hex(4)})
            return True
        if asked is None:
            return True
        try:
            await self._accept(asked)
        except Exception:
            log.exception("an event could not be stored", extra={"ref": secrets.token_hex(4)})
            return False
        return True


class Fetching:
    """Fetches what a job needs and its event did not hold: the parent, the message reacted to, a title.

    `can_look` says whether a scope to read channels was granted; direct messages can be read without one.
    `unfurl` is `UNFURL`, or shorter.
    """

    def __init__(
        self, client: AsyncWebClient, reader: Reader, *, can_look: bool, unfurl: float = UNFURL
    ) -> None:
        self._client = client
        self._reader = reader
        self._can_look = can_look
        self._unfurl = unfurl

    async def __call__(self, job: Job) -> Job:
        """Return `job` with the text that it is about.

        Raises:
            PostFailedError: Slack cannot be asked at present.
        """
        asked = job.incoming
        if asked.way is Way.REACTION:
            return replace(job, incoming=await self._about(asked, asked.message.partition(":")[0]))
        is_within = asked.thread not in {None, asked.message}
        if is_within and not asked.titles and asks_about_another(asked.text):
            return replace(job, incoming=await self._about(asked, asked.thread or ""))
        if self._may_look(asked) and not asked.titles and _is_link_alone(asked.text):
            return replace(job, incoming=await self._unfurled(asked))
        return job

    async def _about(self, asked: Incoming, ts: str) -> Incoming:
        """Return `asked` with the text of the message `ts`, which it is about."""
        message = await message_at(self._client, asked.place.channel, ts) if self._may_look(asked) else None
        if message is None:
            return replace(asked, unread=True)
        thread = str(message.get("thread_ts") or ts)
        if message.get("user") == self._reader.bot_user:
            # What the bot wrote is an answer, not a claim: nothing is asked, and the help card says how to.
            return replace(asked, text="", thread=thread)
        text = said(message, self._reader.bot_user)
        return replace(asked, text=text, titles=titles(message), thread=thread)

    def _may_look(self, asked: Incoming) -> bool:
        # What is written to the bot directly comes under a scope that it cannot run without.
        return self._can_look or is_direct(asked.place.channel)

    async def _unfurled(self, asked: Incoming) -> Incoming:
        await asyncio.sleep(max(0.0, min(self._unfurl, float(asked.message) + self._unfurl - time.time())))
        message = await message_at(self._client, asked.place.channel, asked.message)
        return replace(asked, titles=titles(message)) if message is not None else asked


def _is_link_alone(text: str) -> bool:
    # Most messages are no link at all; those that may be one are looked at closely.
    if "http" not in text and "www." not in text:
        return False
    paste = clean(text)
    return bool(paste.urls) and not paste.text
