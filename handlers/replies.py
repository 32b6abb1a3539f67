"""What is posted as the reply to a message that asks, and what a platform has to do for that.

A platform's own form of it, and the work list that it comes from, are no concern of this module.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import Final, Protocol

from bot.answers import Answer
from bot.errors import BadInputError
from bot.questions import Job, Place, Platform, Posted
from bot.records import record
from bot.wording import catalogue
from handlers import sharpening
from handlers.services import Services

log = logging.getLogger(__name__)

_FRESH: Final = 1.0
"""Seconds for which the ledger's revision is taken to be what it was when the message came."""

DEADLINE: Final = 20.0
"""Seconds that looking a question up may take."""


@record
class Notice:
    """A reply of one sentence, where there is no record to show."""

    text: str


@record
class Help:
    """A reply that says what can be typed."""


Reply = Answer | Notice | Help


class PostFailedError(Exception):
    """The platform did not take the reply. It may be tried again after `wait` seconds, or never (None)."""

    def __init__(self, kind: str, wait: float | None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.wait = wait


class GoneError(PostFailedError):
    """The message, its channel or the person is not there any more, so it is never tried again."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind, None)


class Poster(Protocol):
    """How a reply gets to one platform."""

    platform: Platform

    async def post(self, job: Job, reply: Reply) -> Posted:
        """Post the reply; raise `PostFailedError` where the platform did not take it."""
        ...

    async def posted(self, job: Job) -> Posted | None:
        """Return the reply to this job that an earlier try left on the platform, where that can be known."""
        ...


class Teller(Protocol):
    """How what changed later gets to one platform.

    Each method raises `PostFailedError` where the platform did not take it, and `GoneError` where there is
    nothing left that could be edited or written to.
    """

    platform: Platform

    async def edit(
        self, place: Place, message: str, thread: str | None, answer: Answer, question: str
    ) -> None:
        """Put `answer` in the place of what the reply `message` shows; the same again changes nothing."""
        ...

    async def note(self, place: Place, thread: str | None, message: str, text: str, mark: str) -> Posted:
        """Post one line below the reply `message`, once for each `mark`, without pinging anybody."""
        ...

    async def tell(self, tenant: str, address: str, text: str, mark: str) -> None:
        """Write `text` to one person, once for each `mark`."""
        ...


async def reply_to(job: Job, services: Services) -> Reply:
    """Return what to post for a message: what is on file, how to ask, or why it could not be looked up."""
    incoming = job.incoming
    text = incoming.text.strip()
    if incoming.unread:
        return Notice(text=catalogue().say("reply.unread"))
    if (not text and not incoming.titles) or _asks_for_help(text):
        return Help()
    try:
        async with asyncio.timeout(DEADLINE):
            with services.metrics.stage("check"):
                return await sharpening.answered(
                    services,
                    text,
                    incoming.titles,
                    view=services.view(incoming.place),
                    revision=job.revision if time.time() - job.received_at < _FRESH else None,
                )
    except BadInputError as error:
        return Notice(text=str(error))
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("a question failed", extra={"ref": reference})
        return Notice(text=catalogue().say("press.failed", reference=reference))


def _asks_for_help(text: str) -> bool:
    return text == "?" or text.casefold().strip(" .!?…") == "help"
