"""What nothing on file answers: noted whenever that happens, and asked of the moderators by who wants it."""

from __future__ import annotations

import logging
import secrets
from typing import Final

from bot.questions import Place
from bot.store.demand import A_DAY, Noted
from bot.wording import catalogue
from handlers.outcomes import Said
from handlers.services import Services

log = logging.getLogger(__name__)

_SAID: Final = {
    Noted.COUNTED: "press.asked",
    Noted.BEFORE: "press.asked_before",
    Noted.FULL: "demand.full",
    Noted.MUTED: "demand.muted",
    Noted.FORGOTTEN: "press.forgotten",
}


async def missed(services: Services, place: Place, person: str, text: str) -> None:
    """Count that `person` asked about `text` and nothing on file answered it; the text is not kept.

    Whatever goes wrong here, the person has had an answer; it is logged and no more.
    """
    try:
        await services.ledger.demand().note(
            services.workspace(place), place, person, text, services.calibration
        )
    except Exception:
        log.exception("a demand could not be counted", extra={"ref": secrets.token_hex(4)})


async def asked(services: Services, place: Place, person: str, question: str) -> Said:
    """Note that `person` wants the moderators to answer the question with this id, and say so."""
    noted = await services.ledger.demand().ask(
        services.workspace(place), place, person, question, services.calibration
    )
    return Said(text=catalogue().say(_SAID[noted], most=str(A_DAY)))
