"""What is posted as the reply to a message that asks, and what a platform has to do for that.

A platform's own form of it, and the work list that it comes from, are no concern of this module.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Final, Protocol

from bot import desk
from bot.answers import Answer
from bot.calibration import Calibration
from bot.errors import BadInputError
from bot.questions import Incoming, Job, Platform, Posted
from bot.records import record
from bot.store.ledger import Ledger
from bot.wording import catalogue
from handlers.metrics import Metrics

log = logging.getLogger(__name__)

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


class Poster(Protocol):
    """How a reply gets to one platform."""

    platform: Platform

    async def post(self, job: Job, reply: Reply) -> Posted:
        """Post the reply; raise `PostFailedError` where the platform did not take it."""
        ...

    async def posted(self, job: Job) -> Posted | None:
        """Return the reply to this job that an earlier try left on the platform, where that can be known."""
        ...


async def reply_to(incoming: Incoming, ledger: Ledger, calibration: Calibration, metrics: Metrics) -> Reply:
    """Return what to post for a message: what is on file, how to ask, or why it could not be looked up."""
    text = incoming.text.strip()
    if incoming.unread:
        return Notice(text=catalogue().say("reply.unread"))
    if (not text and not incoming.titles) or _asks_for_help(text):
        return Help()
    try:
        async with asyncio.timeout(DEADLINE):
            with metrics.stage("check"):
                return await desk.answer_to(
                    ledger, text, incoming.titles, calibration=calibration, day=desk.today()
                )
    except BadInputError as error:
        return Notice(text=str(error))
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("a question failed", extra={"ref": reference})
        return Notice(text=catalogue().say("press.failed", reference=reference))


def _asks_for_help(text: str) -> bool:
    return text == "?" or text.casefold().strip(" .!?…") == "help"
