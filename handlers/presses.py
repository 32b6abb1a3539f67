"""Pressing a button of a reply: who may, what is noted, and what is shown for it, on every platform alike.

A press carries ids and nothing else; what it needs is looked up anew, so that it works on a reply of
last month. A press that cannot be honoured any more is answered with a sentence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Final, TypeAlias

from bot import desk
from bot.actions import Action, Button
from bot.errors import BadInputError, NotOnFileError
from bot.questions import Place, Way
from bot.records import record
from bot.store.feedback import Choice
from bot.wording import catalogue
from handlers import demand, lookups, sharpening
from handlers.outcomes import Form, Gone, Listed, Outcome, Recorded, Said, Shared
from handlers.replies import DEADLINE
from handlers.services import Services


class Wrong(StrEnum):
    """What somebody who reports a problem says is wrong."""

    CLAIM = "claim"
    """The answer is about another claim: a labelled pair as well as a report."""
    RECORD = "record"


@record
class Press:
    """A button pressed by `person` on the message with the id `message` in `place`.

    `moderator`: the person is one by the configuration. `asker`: the platform itself says that the
    message answers this person. `private`: nobody else sees the message.
    """

    button: Button
    place: Place
    message: str
    person: str
    moderator: bool = False
    asker: bool = False
    private: bool = False


_Deed: TypeAlias = Callable[[Services, Press], Awaitable[Outcome]]


async def pressed(services: Services, press: Press) -> Outcome:
    """Do what the button asks for, and return what to show."""
    try:
        async with asyncio.timeout(DEADLINE):
            if await _is_anothers(services, press.button, press.place, press.person):
                return _said("press.not_yours")
            return await _DEEDS[press.button.action](services, press)
    except (BadInputError, NotOnFileError) as error:
        return Said(text=str(error))


async def _is_anothers(services: Services, button: Button, place: Place, person: str) -> bool:
    """Say whether the question of the button was answered to somebody else alone."""
    question, questions = button.question, services.ledger.questions()
    if question is None or await questions.text(question) is None:
        return False
    return not await questions.may_use(question, place.platform, person)


async def reported(  # noqa: PLR0917 - who reports what, and where
    services: Services, button: Button, place: Place, person: str, text: str, wrong: Wrong = Wrong.RECORD
) -> Outcome:
    """Note the problem that somebody wrote into the form of `button`; with what is `wrong`, as they chose."""
    words, questions = text.strip() or None, services.ledger.questions()
    counted = await questions.report(
        button.question, button.claim, place.platform, person, words, services.workspace(place)
    )
    is_pair = counted and wrong is Wrong.CLAIM and button.question is not None and button.claim is not None
    if is_pair and not await _is_anothers(services, button, place, person):
        await questions.choose(
            str(button.question), (str(button.claim),), place.platform, person, Choice.NOT_MINE
        )
    return _said("report.thanks" if counted else "demand.muted_report")


def wrong_words() -> dict[Wrong, str]:
    """Return what can be chosen in the form, in its order."""
    return {each: catalogue().say(f"report.wrong_{each}") for each in Wrong}


def chosen(value: str | None) -> Wrong:
    """Return what was chosen; a form from before there was a choice says nothing of it."""
    return Wrong(value) if value in set(Wrong) else Wrong.RECORD


def _said(key: str) -> Said:
    return Said(text=catalogue().say(key))


async def _record(services: Services, press: Press) -> Outcome:
    button = press.button
    if button.claim is None:
        return _said("press.forgotten")
    answer = await desk.record(services.ledger, button.claim, view=services.view(press.place))
    # The buttons of a page name no question, those of a reply do (see `Recorded`).
    is_turned = press.private and button.question is None
    return Recorded(claim=answer.claims[0], page=button.page, is_turned=is_turned)


async def _more(services: Services, press: Press) -> Outcome:
    text = await _text(services, press)
    if text is None:
        return _said("press.forgotten")
    found = await desk.near(
        services.ledger, text, calibration=services.calibration, view=services.view(press.place)
    )
    records = (each.record for each in found)
    return Listed(matches=tuple((each.id, each.text, each.story) for each in records))


async def _mine(services: Services, press: Press) -> Outcome:
    await _choose(services, press, Choice.MINE)
    return await _record(services, press)


async def _not_mine(services: Services, press: Press) -> Outcome:
    is_noted = await _choose(services, press, Choice.NOT_MINE)
    return _said("press.not_mine" if is_noted else "press.forgotten")


async def _none(services: Services, press: Press) -> Outcome:
    text = await _text(services, press)
    if press.button.question is None or text is None:
        return _said("press.forgotten")
    answer = await sharpening.answered(services, text, view=services.view(press.place), anew=False)
    claims = tuple(each.id for each in answer.claims)
    await services.ledger.questions().choose(
        press.button.question, claims, press.place.platform, press.person, Choice.NONE
    )
    await demand.missed(services, press.place, press.person, text)
    return _said("press.none")


async def _ask(services: Services, press: Press) -> Outcome:
    question = press.button.question
    if question is None or await _text(services, press) is None:
        return _said("press.forgotten")
    return await demand.asked(services, press.place, press.person, question)


async def _follow(services: Services, press: Press) -> Outcome:
    if press.button.claim is None:
        return _said("press.forgotten")
    return await lookups.follow(services, press.place, press.person, press.button.claim)


async def _report(_: Services, press: Press) -> Outcome:
    return Form(button=press.button)


async def _dismiss(services: Services, press: Press) -> Outcome:
    if press.private or press.moderator:
        return Gone()
    reply = await services.ledger.questions().reply(press.place, press.message, press.person)
    # An error or a help card is not on file as a reply; there the platform's word has to do.
    may = press.asker if reply is None else reply.is_askers
    return Gone() if may else _said("press.not_allowed")


async def _share(services: Services, press: Press) -> Outcome:
    button, view = press.button, services.view(press.place)
    text = await _text(services, press)
    if button.question is not None and text is not None:
        answer = await sharpening.answered(services, text, view=view, anew=False)
        return Shared(answer=answer, question=button.question)
    if button.claim is None:
        return _said("press.forgotten")
    answer = await desk.record(services.ledger, button.claim, view=view)
    # Whoever shares a page becomes the one who asked, and may take it away again. Pressed a second time,
    # it is the same question, so that what the first press posted is found.
    question = await services.ledger.questions().ask(
        press.place,
        press.person,
        Way.COMMAND,
        answer.claims[0].text,
        mark=f"{press.place.tenant}:{press.place.channel}:{press.message}:{button.page}:{button.claim}",
    )
    return Shared(answer=answer, question=question, page=button.page)


async def _choose(services: Services, press: Press, choice: Choice) -> bool:
    button = press.button
    if button.question is None or button.claim is None:
        return False
    return await services.ledger.questions().choose(
        button.question, (button.claim,), press.place.platform, press.person, choice
    )


async def _text(services: Services, press: Press) -> str | None:
    """Return what was asked, or None where it is not known or no longer kept."""
    question = press.button.question
    return (await services.ledger.questions().text(question) or None) if question is not None else None


_DEEDS: Final[dict[Action, _Deed]] = {
    Action.RECORD: _record,
    Action.MORE: _more,
    Action.MINE: _mine,
    Action.NOT_MINE: _not_mine,
    Action.NONE: _none,
    Action.ASK: _ask,
    Action.FOLLOW: _follow,
    Action.REPORT: _report,
    Action.DISMISS: _dismiss,
    Action.SHARE: _share,
}
