"""Keeping what was posted true: a reply edited in place, a line in its thread, a message to one person.

Each may be asked for twice, when a process dies in between: an edit does the same again, and of the others
none is posted whose mark stands there already. Nobody is pinged: the text is escaped, and no mention is
read out of it. A wait that Slack asks for is handed on at once, so that whoever paces this can pace all.
"""

from __future__ import annotations

from typing import Any, Final

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.questions import Posted
from handlers.replies import GoneError, PostFailedError
from handlers.slack import boards
from handlers.slack.refusals import CALL_ERRORS, fault
from handlers.slack.rendering import Payload

NOTE: Final = "counterclaim_note"
"""What the metadata of a line in a thread, or of a message to one person, is called."""

LONGEST_UPDATE: Final = 4_000
"""Bytes of the plain text of an edit; a new message may have ten times as many."""

GONE: Final = frozenset(
    {
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "is_archived",
        "is_inactive",
        "message_not_found",
        "not_in_channel",
        "thread_not_found",
        "user_disabled",
        "user_not_found",
    }
)
"""Refusals by which there is nothing, or nobody, to write to any more."""


def unhurried(client: AsyncWebClient) -> AsyncWebClient:
    """Return a client on the same connections that waits for nothing by itself."""
    return AsyncWebClient(
        client.token,
        base_url=client.base_url,
        session=client.session,
        proxy=client.proxy,
        logger=client.logger,
        retry_handlers=[AsyncConnectionErrorRetryHandler(error_types=[aiohttp.ClientConnectorError])],
    )


async def call(client: AsyncWebClient, method: str, body: dict[str, Any]) -> dict[str, Any]:
    """Call a method that writes and return Slack's answer.

    Raises:
        GoneError: What is written to is not there any more.
        PostFailedError: Slack did not do it, or did not say that it did.
    """
    try:
        # Not the method of that name, which goes through every block in search of the library's own classes.
        done = await client.api_call(method, json=body)
    except CALL_ERRORS as error:
        found = fault(error)
        if found.kind in GONE:
            raise GoneError(found.kind) from None
        raise PostFailedError(found.kind, found.wait) from None
    data: Any = done.data
    return dict(data)


def edited(payload: Payload) -> Payload:
    """Return `payload` as an edit takes it: no switches for links, and not too much plain text."""
    return {"text": shortened(payload["text"], LONGEST_UPDATE), "blocks": payload["blocks"]}


def shortened(text: str, most: int) -> str:
    """Return the first lines of `text` that have at most `most` bytes; of a longer first line, its beginning.

    The text is escaped already, and no escape is cut in two.
    """
    if len(text.encode()) <= most:
        return text
    whole = text.encode()[: most - len("…".encode())].decode(errors="ignore")
    lines, _, _ = whole.rpartition("\n")
    cut = lines or whole
    start = cut.rfind("&")
    if start >= 0 and ";" not in cut[start:]:
        cut = cut[:start]
    return f"{cut}…"


def note(text: str, mark: str) -> Payload:
    """Return a message of one text that is found again by `mark`."""
    marked = {"event_type": NOTE, "event_payload": {"mark": mark}}
    return {**boards.message(boards.said(text)), "metadata": marked}


def posted(done: dict[str, Any], thread: str | None) -> Posted:
    """Return what stands now, by Slack's answer."""
    return Posted(message=str(done["ts"]), thread=thread)
