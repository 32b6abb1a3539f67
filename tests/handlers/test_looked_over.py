"""Where an answer is looked over: replies, commands and buttons alike, and none is late for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.answers import Answer, Tier
from bot.questions import Incoming, Job, Way
from bot.store.ledger import Ledger
from handlers import lookups
from handlers.outcomes import Answered, Shared
from handlers.presses import pressed
from handlers.replies import reply_to
from handlers.services import Services
from tests.handlers.test_presses import CLAIM, PLACE, services, share
from tests.models import Answers, labelled


def looking_over(ledger: Ledger, model: Answers, seconds: float = 15.0) -> Services:
    """Return the parts with a model."""
    parts = services(ledger)
    section = replace(parts.settings.openai, timeout_seconds=seconds)
    return replace(parts, settings=replace(parts.settings, openai=section), model=model)


def job(text: str) -> Job:
    """Return a message that asks."""
    incoming = Incoming(
        delivery="d", place=PLACE, message="1.0", thread="1.0", person="U1", way=Way.MENTION, text=text
    )
    return Job(incoming=incoming, question="q-1", tries=0, received_at=0.0)


async def test_a_mention_is_looked_over(sample_ledger: Ledger) -> None:
    """The reply to a mention has the tier that the model leaves."""
    reply = await reply_to(job(CLAIM), looking_over(sample_ledger, Answers(labelled("related"))))
    assert isinstance(reply, Answer)
    assert reply.tier is Tier.CLOSE


async def test_a_mention_is_answered_at_the_deadline(sample_ledger: Ledger) -> None:
    """A model that does not answer costs the seconds of the configuration, and no reply."""
    plain = await reply_to(job(CLAIM), services(sample_ledger))
    parts = looking_over(sample_ledger, Answers(labelled("related"), wait=3_600), seconds=0.05)
    async with asyncio.timeout(10):
        assert await reply_to(job(CLAIM), parts) == plain


async def test_what_is_shared_is_what_was_looked_over(sample_ledger: Ledger) -> None:
    """Sharing an answer shows the same to all, and does not ask the model again."""
    model = Answers(labelled("related"))
    parts = looking_over(sample_ledger, model)
    shown = await lookups.check(parts, PLACE, "U1", Way.SHORTCUT, CLAIM)
    assert isinstance(shown, Answered)
    assert shown.answer.tier is Tier.CLOSE
    count = len(model.asked)
    shared = await pressed(parts, share(shown.question, "U1"))
    assert isinstance(shared, Shared)
    assert shared.answer == shown.answer
    assert len(model.asked) == count


async def test_what_is_left_out_is_nothing_on_file(sample_ledger: Ledger) -> None:
    """Where the model leaves nothing, the asker is told so as without one, and it counts as unanswered."""
    parts = looking_over(sample_ledger, Answers(labelled("unrelated")))
    shown = await lookups.check(parts, PLACE, "U1", Way.COMMAND, CLAIM)
    assert isinstance(shown, Answered)
    assert (shown.answer.tier, shown.answer.claims) == (Tier.NONE, ())
