"""Looking something up by a command, a shortcut or a menu: the asker alone sees what comes of it.

Each function returns what to show, also where nothing can be shown; what cannot be foreseen is raised.
"""

from __future__ import annotations

import asyncio
from typing import Final

from bot import desk
from bot.answers import Tier
from bot.cards import Match
from bot.claims import Claim
from bot.errors import BadInputError, NotOnFileError
from bot.questions import Place, Way
from bot.wording import catalogue
from handlers import demand, sharpening
from handlers.outcomes import Answered, Card, Listed, Outcome, Past, Recorded, Said
from handlers.replies import DEADLINE
from handlers.services import Services

_STOP: Final = "stop"
_WITH_STOP: Final = 2
"""Words: the id, and that."""


def refused(services: Services, place: Place, person: str) -> Said | None:
    """Count one more look-up, press or report of a person; where it is too much, return what to say."""
    sentence = services.limits.acted(place, person)
    return None if sentence is None else Said(text=sentence)


async def check(  # noqa: PLR0917
    services: Services, place: Place, person: str, way: Way, text: str, titles: tuple[str, ...] = ()
) -> Outcome:
    """Return what is on file about `text`, and write the question down under an id for its buttons."""
    text = text.strip()
    if not text and not titles:
        return Card()
    try:
        async with asyncio.timeout(DEADLINE):
            with services.metrics.stage("check"):
                answer = await sharpening.answered(services, text, titles, view=services.view(place))
    except BadInputError as error:
        return Said(text=str(error))
    question = await services.ledger.questions().ask(place, person, way, desk.asked_text(text, titles))
    services.metrics.answered(place.platform, answer.tier)
    if answer.tier is Tier.NONE:
        await demand.missed(services, place, person, desk.asked_text(text, titles))
    return Answered(answer=answer, question=question)


async def show(services: Services, place: Place, key: str) -> Outcome:
    """Return the full record of the claim with the id `key`."""
    try:
        answer = await desk.record(services.ledger, key.strip(), view=services.view(place))
    except NotOnFileError as error:
        return Said(text=str(error))
    return Recorded(claim=answer.claims[0])


async def search(services: Services, place: Place, words: str) -> Outcome:
    """Return the claims that hold the `words`."""
    found = await desk.matches(services.ledger, words, view=services.view(place))
    return Listed(matches=tuple(map(_match, found)))


async def history(services: Services, place: Place, key: str) -> Outcome:
    """Return who changed the entry of the claim with the id `key`, and when."""
    try:
        items = await desk.changes(services.ledger, key.strip(), view=services.view(place))
    except NotOnFileError as error:
        return Said(text=str(error))
    return Past(items=items)


async def follow(services: Services, place: Place, address: str, key: str) -> Outcome:
    """Note that whoever is at `address` wants to be told when the record of the claim `key` changes.

    With the word “stop” after the id they are told no more.
    """
    words = key.split()
    if len(words) == _WITH_STOP and words[1].casefold() == _STOP:
        # Also of a claim that is not shown any more.
        was = await services.ledger.questions().unfollow(words[0], place, address)
        return Said(text=catalogue().say("demand.unfollowed" if was else "demand.not_followed"))
    try:
        # A claim that a reader may not see cannot be followed, and is not said to exist.
        view = services.view(place)
        answer = await desk.record(services.ledger, key.strip(), view=view)
    except NotOnFileError as error:
        return Said(text=str(error))
    is_new = await services.ledger.questions().follow(answer.claims[0].id, place, address, view)
    return Said(text=catalogue().say("press.follows" if is_new else "press.follows_already"))


def _match(claim: Claim) -> Match:
    return (claim.id, claim.text, claim.story)
