"""Posting to Slack: one message a reply, marked so that it is found again, and answers for one person alone.

Knows the Web API and the renderer; knows nothing of events, buttons and what is asked.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.answers import Answer
from bot.questions import Job, Place, Platform, Posted
from bot.wording import catalogue
from handlers.metrics import Metrics
from handlers.replies import GoneError, Help, Notice, PostFailedError, Reply
from handlers.slack import keeping, rendering
from handlers.slack.decoding import is_direct
from handlers.slack.refusals import CALL_ERRORS, DEAD_TOKEN, TOO_LONG, fault, retry_handlers
from handlers.slack.rendering import Payload
from handlers.templates import Templates

log = logging.getLogger(__name__)

EVENT_TYPE: Final = "counterclaim_reply"
"""What the metadata of a reply is called. Its payload has the id of the question, and nothing else."""

_TRIES: Final = 2
_PAUSE: Final = 0.3
_PAGES: Final = 10
_ON_PAGE: Final = 200


class SlackPoster:
    """Posts replies, and finds those that an earlier try left.

    `can_look` says whether a scope to read channels was granted; without one nothing can be found but in
    direct messages, and a reply whose ok was lost on the way is posted a second time.
    """

    platform = Platform.SLACK

    def __init__(self, client: AsyncWebClient, metrics: Metrics, *, bot_user: str, can_look: bool) -> None:
        self._client = client
        self._unhurried = keeping.unhurried(client)
        self._metrics = metrics
        self._bot_user = bot_user
        self._can_look = can_look
        self._templates = Templates(rendered)
        self.suspicious = False
        """Set when Slack refused the token in the middle of the work."""

    async def post(self, job: Job, reply: Reply) -> Posted:
        """Post `reply` into the thread of the message that asks."""
        with self._metrics.stage("render"):
            payload: Payload
            if isinstance(reply, Answer):
                payload = json.loads(self._templates.text(reply, job.question))
            else:
                payload = rendered(reply, job.question)
        try:
            return await self.send(job.incoming.place.channel, job.incoming.thread, payload, job.question)
        except PostFailedError as error:
            if error.kind not in TOO_LONG:
                raise
        # A fault of the renderer's: say so, rather than nothing.
        reference = secrets.token_hex(4)
        log.error("Slack did not take a reply of %d blocks", len(payload["blocks"]), extra={"ref": reference})
        said = Notice(text=catalogue().say("press.failed", reference=reference))
        return await self.send(
            job.incoming.place.channel, job.incoming.thread, rendered(said, job.question), job.question
        )

    async def send(self, channel: str, thread: str | None, payload: Payload, question: str) -> Posted:
        """Post `payload` as the answer to `question`, in `thread` or in the channel itself.

        Raises:
            PostFailedError: Slack did not take it, or did not say that it did.
        """
        marked = {"event_type": EVENT_TYPE, "event_payload": {"question": question}}
        try:
            # Not `chat_postMessage`, which goes through every block in search of the library's own classes.
            done = await self._client.api_call(
                "chat.postMessage",
                json={"channel": channel, "thread_ts": thread, "metadata": marked, **payload},
            )
        except CALL_ERRORS as error:
            raise self._failed(error) from None
        return Posted(message=str(done["ts"]), thread=thread)

    async def posted(self, job: Job) -> Posted | None:
        """Return the reply to `job` that stands in the thread already; None where there is none to be seen.

        Raises:
            PostFailedError: Slack cannot be asked at present, so nothing may be posted either.
        """
        asked = job.incoming
        if asked.thread is None:
            return None
        # A reply is younger than what asked for it.
        since = asked.message.partition(":")[0]
        return await self.found(asked.place.channel, asked.thread, job.question, since=since)

    async def found(self, channel: str, thread: str | None, question: str, *, since: str) -> Posted | None:
        """Return the answer to `question` that was posted after the timestamp `since`, if it can be seen.

        It is looked for in `thread`, or with None in the channel itself. Raises as `posted` does.
        """
        return await self._found(channel, thread, EVENT_TYPE, {"question": question}, since=since)

    async def _found(
        self, channel: str, thread: str | None, kind: str, held: Mapping[str, str], *, since: str
    ) -> Posted | None:
        """Return the message of ours whose metadata is called `kind` and is `held`."""
        if not self._can_look and not is_direct(channel):
            return None
        where: dict[str, Any] = {"channel": channel} if thread is None else {"channel": channel, "ts": thread}
        read = self._client.conversations_history if thread is None else self._client.conversations_replies
        cursor = None
        for _ in range(_PAGES):
            try:
                page = await read(
                    **where, oldest=since, limit=_ON_PAGE, cursor=cursor, include_all_metadata=True
                )
            except CALL_ERRORS as error:
                failed = self._failed(error)
                if failed.wait is None:
                    # This kind of channel is closed to the bot, whatever scopes it has elsewhere.
                    return None
                raise failed from None
            for message in page.get("messages") or ():
                if self._is_marked(message, kind, held):
                    return Posted(message=str(message["ts"]), thread=thread)
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return None

    def _is_marked(self, message: Mapping[str, Any], kind: str, held: Mapping[str, str]) -> bool:
        marked = message.get("metadata") or {}
        return (
            # Any app can write such metadata; only ours counts.
            message.get("user") == self._bot_user
            and marked.get("event_type") == kind
            and marked.get("event_payload") == held
        )

    async def edit(
        self, place: Place, message: str, thread: str | None, answer: Answer, question: str
    ) -> None:
        """Make the reply `message` show `answer`, which is what stands on record now.

        Raises:
            GoneError: The message or its channel is not there any more, or can be edited no more.
            PostFailedError: Slack did not do it, or did not say that it did; doing it again does no harm.
        """
        del thread
        body = keeping.edited(json.loads(self._templates.text(answer, question)))
        await self._write("chat.update", {"channel": place.channel, "ts": message, **body})

    async def note(self, place: Place, thread: str | None, message: str, text: str, mark: str) -> Posted:
        """Post `text` into the thread of the reply `message`, unless what has this `mark` stands there.

        A reply that stands in no thread gets one. Raises as `edit` does.
        """
        parent = thread or message
        found = await self._found(place.channel, parent, keeping.NOTE, {"mark": mark}, since=message)
        if found is not None:
            return found
        body = {"channel": place.channel, "thread_ts": parent, **keeping.note(text, mark)}
        return keeping.posted(await self._write("chat.postMessage", body), parent)

    async def tell(self, tenant: str, address: str, text: str, mark: str) -> None:
        """Write `text` to the person `address` alone, unless what has this `mark` was written already.

        Raises as `edit` does.
        """
        del tenant
        channel = address
        try:
            opened = await self._write("conversations.open", {"users": address})
        except GoneError:
            raise
        except PostFailedError as error:
            if error.wait is not None:
                raise
            # Without the scope for it Slack finds the conversation by the person, and nothing is looked up.
        else:
            channel = str(opened["channel"]["id"])
            if await self._found(channel, None, keeping.NOTE, {"mark": mark}, since="0") is not None:
                return
        await self._write("chat.postMessage", {"channel": channel, **keeping.note(text, mark)})

    async def _write(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            return await keeping.call(self._unhurried, method, body)
        except PostFailedError as error:
            self.suspicious = self.suspicious or error.kind in DEAD_TOKEN
            raise

    def _failed(self, error: BaseException) -> PostFailedError:
        found = fault(error)
        self.suspicious = self.suspicious or found.kind in DEAD_TOKEN
        return PostFailedError(found.kind, found.wait)


def rendered(reply: Reply, question: str | None, *, visible_to_asker: bool = False) -> Payload:
    """Return what is posted for `reply`."""
    if isinstance(reply, Answer):
        return rendering.reply(reply, question=question, visible_to_asker=visible_to_asker)
    if isinstance(reply, Help):
        return rendering.help_card(question=question)
    return rendering.notice(reply.text, question=question)


class Whisper:
    """Answers to one interaction that its person alone sees, by its response URL.

    Slack takes five of them within thirty minutes. A failure is logged, and nothing more: there is
    nobody else to tell.
    """

    def __init__(self, client: AsyncWebClient, url: str, thread: str | None = None) -> None:
        self._client = client
        self._url = url
        self._thread = thread

    async def say(self, payload: Payload, *, in_place: bool = False) -> None:
        """Show `payload`, `in_place` of the message that was acted on, or below it."""
        body = {**payload, "response_type": "ephemeral", "replace_original": in_place}
        if self._thread is not None and not in_place:
            body["thread_ts"] = self._thread
        await self._send(body)

    async def remove(self) -> None:
        """Take away the message, seen by its person alone, that was acted on."""
        await self._send({"delete_original": True})

    async def _send(self, body: dict[str, Any]) -> None:
        hook = AsyncWebhookClient(
            self._url,
            session=self._client.session,
            proxy=self._client.proxy,
            logger=self._client.logger,
            retry_handlers=retry_handlers(),
        )
        # One person may see the same twice; nobody sees it for ever, so it may simply be done again.
        kind = ""
        for _ in range(_TRIES):
            try:
                status = (await hook.send_dict(body)).status_code
            except CALL_ERRORS as error:
                kind = fault(error).kind
            else:
                kind = f"HTTP status {status}"
                if status < 500:  # noqa: PLR2004 - below it, Slack took it or never will
                    break
            await asyncio.sleep(_PAUSE)
        if kind != "HTTP status 200":
            log.warning("an answer to one person was lost: %s", kind)


async def message_at(client: AsyncWebClient, channel: str, ts: str) -> Mapping[str, Any] | None:
    """Return the message `ts`, in a thread or not; None where it is gone or may not be read.

    Raises:
        PostFailedError: Slack cannot be asked at present.
    """
    try:
        found = await client.conversations_history(
            channel=channel, oldest=ts, latest=ts, inclusive=True, limit=1
        )
        if (message := _named(found.get("messages"), ts)) is not None:
            return message
        # What stands in a thread is in no channel's history.
        found = await client.conversations_replies(
            channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=_ON_PAGE
        )
    except CALL_ERRORS as error:
        why = fault(error)
        if why.wait is None:
            return None
        raise PostFailedError(why.kind, why.wait) from None
    return _named(found.get("messages"), ts)


def _named(messages: object, ts: str) -> Mapping[str, Any] | None:
    held = messages if isinstance(messages, list) else []
    return next((each for each in held if each.get("ts") == ts and not _is_gone(each)), None)


def _is_gone(message: Mapping[str, Any]) -> bool:
    return message.get("subtype") == "tombstone"
