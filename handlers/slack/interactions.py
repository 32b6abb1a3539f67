"""What commands, shortcuts and buttons have in common: who asks, where, and what that person is shown.

Every handler acks first and works under `guarded`, so that nobody is left without an answer.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Mapping
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.questions import Place
from bot.records import record
from bot.wording import catalogue
from handlers.hands import Hands
from handlers.outcomes import Answered, Board, Card, Listed, Outcome, Past, Recorded, Said, Shared
from handlers.services import Services
from handlers.slack import boards, rendering
from handlers.slack.decoding import Reader, place
from handlers.slack.home import Homes
from handlers.slack.people import People
from handlers.slack.posting import SlackPoster, Whisper
from handlers.slack.rendering import Payload

log = logging.getLogger(__name__)

_THREAD: Final = "in:"


@record
class Counter:
    """What every handler of an interaction works with.

    `sharing` holds the ids of the questions whose answers are being posted at this moment, so that
    pressing twice posts once.
    """

    services: Services
    client: AsyncWebClient
    poster: SlackPoster
    reader: Reader
    hands: Hands
    people: People
    homes: Homes
    sharing: set[str]


@record
class Caller:
    """Who acts, where, and how to answer: `whisper` is None where Slack gave no address for answers.

    `thread` is where a shared answer goes; None for the channel itself.
    """

    place: Place
    person: str
    whisper: Whisper | None
    thread: str | None = None

    async def show(self, outcome: Outcome, *, in_place: bool = False) -> None:
        """Show what came of it to this person alone."""
        if self.whisper is not None:
            await self.whisper.say(anchored(private(outcome), self.thread), in_place=in_place)


def caller(
    counter: Counter,
    channel: str,
    person: str,
    url: object,
    *,
    thread: str | None = None,
    beside: str | None = None,
) -> Caller:
    """Return who acts; `beside` is the thread that this person reads, `thread` the one to share into."""
    whisper = Whisper(counter.client, url, beside) if isinstance(url, str) and url else None
    return Caller(place=place(counter.reader.team, channel), person=person, whisper=whisper, thread=thread)


async def guarded(counter: Counter, whisper: Whisper | None, work: Awaitable[None]) -> None:
    """Do the work of an interaction that was acked; tell its person where it fails."""
    with counter.hands.holding():
        try:
            await work
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("an interaction failed", extra={"ref": reference})
            counter.services.metrics.failed("slack", "interaction")
            if whisper is not None:
                await whisper.say(private(failure(reference)))


def failure(reference: str) -> Said:
    """Return what is said where something failed that nobody foresaw."""
    return Said(text=catalogue().say("press.failed", reference=reference))


def private(outcome: Outcome) -> Payload:
    """Return the message by which one person alone is shown `outcome`."""
    match outcome:
        case Answered(answer=answer, question=question):
            made = rendering.reply(answer, question=question, visible_to_asker=True)
        case Recorded(claim=claim, page=page):
            made = rendering.record_page(claim, page, visible_to_asker=True)
        case Listed(matches=found):
            made = rendering.matches(found)
        case Past(items=items):
            made = rendering.history(items)
        case Card(role=role):
            made = rendering.help_card(role=role)
        case Said(text=text):
            made = rendering.notice(text)
        case Board():
            made = boards.message(outcome)
        case _:
            raise TypeError(f"{type(outcome).__name__} is not shown in a message")
    return made


def public(shared: Shared) -> Payload:
    """Return the message by which everybody is shown what a person shares."""
    if shared.page is None:
        return rendering.reply(shared.answer, question=shared.question)
    return rendering.record_page(shared.answer.claims[0], shared.page, question=shared.question)


def anchored(payload: Payload, thread: str | None) -> Payload:
    """Return `payload` with the thread to share into noted on its rows of buttons.

    Nothing is kept here about a message that one person sees; what a press has to know goes with it.
    """
    if thread is None:
        return payload
    blocks = [
        {**block, "block_id": f"{_THREAD}{thread}:{row}"} if block["type"] == "actions" else block
        for row, block in enumerate(payload["blocks"])
    ]
    return {**payload, "blocks": blocks}


def anchor(action: Mapping[str, Any]) -> str | None:
    """Return the thread that `anchored` noted on the row of a button that was pressed."""
    block = str(action.get("block_id", ""))
    return block.split(":")[1] if block.startswith(_THREAD) else None
