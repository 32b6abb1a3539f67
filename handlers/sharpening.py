"""Sharpening: an answer, and where there is a language model, the same answer looked over by it in time.

The one place where replies, commands, buttons and the terminal ask the desk about a pasted text. The answer
without the model is ready first. The model has until the deadline, counted from when the question was taken
up; what it has not said by then, or says otherwise than asked, changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from bot import desk, highlights, second_look, spans
from bot.prompting import Outcome, prompt
from bot.records import record
from bot.remembered import Remembered, key
from bot.wording import catalogue

if TYPE_CHECKING:
    from bot.answers import Answer, ClaimRecord
    from bot.calibration import Calibration
    from bot.prompting import Model
    from bot.store.ledger import Ledger
    from bot.views import View
    from handlers.services import Services

log = logging.getLogger(__name__)

_Read = TypeVar("_Read")

_LEAST: Final = 0.001

_ABOUT_THIS: Final = frozenset(
    {Outcome.REFUSAL, Outcome.CUT_OFF, Outcome.NOT_JSON, Outcome.WRONG_SHAPE, Outcome.BAD_REQUEST}
)
"""Failures that say nothing of what else the model would answer."""

LONGEST: Final = 18.0
"""Seconds that a model has at most, so that the answer is given before looking up is given up."""
AHEAD: Final = 0.05
"""Seconds before the deadline at which asking is to end by itself, so that the failure is counted there."""


@record
class Sharpener:
    """A model, how many seconds a question may take with it, and what it answered before."""

    model: Model
    seconds: float
    remembered: Remembered


def sharpener(services: Services) -> Sharpener | None:
    """Return what answers are looked over with, or None where there is no model."""
    if services.model is None:
        return None
    seconds = services.settings.openai.timeout_seconds
    return Sharpener(model=services.model, seconds=seconds, remembered=services.remembered)


async def answered(
    services: Services,
    text: str,
    titles: tuple[str, ...] = (),
    *,
    view: View,
    revision: int | None = None,
    anew: bool = True,
) -> Answer:
    """Return what the ledger has on a message; where it is a link alone, on the titles that it unfurled to.

    `revision` is the ledger's, where the caller knows it. Where not `anew`, the model is not asked, and what
    it answered a while ago counts.

    Raises:
        BadInputError: There is nothing in the message that could be a claim, or it is too long.
    """
    return await answer(
        services.ledger,
        desk.asked_text(text, titles),
        calibration=services.calibration,
        view=view,
        revision=revision,
        by=sharpener(services),
        anew=anew,
    )


async def answer(
    ledger: Ledger,
    text: str,
    *,
    calibration: Calibration,
    view: View,
    revision: int | None = None,
    by: Sharpener | None,
    anew: bool = True,
) -> Answer:
    """Return the answer to the pasted `text`, looked over `by` a model where there is one (see `answered`).

    Raises:
        BadInputError: There is nothing in `text` that could be a claim, or it is too long.
    """
    if by is None:
        return await desk.check(ledger, text, calibration=calibration, view=view, revision=revision)
    until = asyncio.get_running_loop().time() + min(by.seconds, LONGEST)
    found = await desk.findings(ledger, text, calibration=calibration, view=view)
    state = _Sharpening(by, until, found, anew=anew)
    try:
        async with asyncio.timeout_at(until):
            if spans.is_long(found.paste) and (places := await state.spans()):
                state.take(
                    await desk.findings(ledger, text, calibration=calibration, view=view, spans=places)
                )
            await state.look_again()
            await state.sum_up()
    except TimeoutError:
        pass
    except Exception:
        # A model is a help, and no reason to give no answer.
        log.exception("asking the model failed", extra={"ref": secrets.token_hex(4)})
    return state.answer


class _Sharpening:
    """One question: what was found for it, and the answer as far as the model has looked it over."""

    def __init__(self, by: Sharpener, until: float, found: desk.Findings, *, anew: bool) -> None:
        self._by = by
        self._until = until
        self._anew = anew
        self._is_over = False
        self.take(found)

    def take(self, found: desk.Findings) -> None:
        """Go on with what was found."""
        self._found = found
        self.answer = desk.concluded(found)

    async def spans(self) -> tuple[tuple[int, int], ...]:
        """Return the passages of the paste that state something."""
        paste = self._found.paste
        found = await self._ask("spans", spans.variables(paste), lambda value: spans.spans_in(value, paste))
        return found or ()

    async def look_again(self) -> None:
        """Let the model say of each entry what the paste is to it; what is exact needs no second look."""
        found = self._found
        records = [each for each in found.records if each.id not in found.exact][: second_look.MOST]
        if not records:
            return
        asked = second_look.variables(found.paste.text, records)
        count = len(records)
        labels = await self._ask("second_look", asked, lambda value: second_look.labels_in(value, count))
        if labels is None or not any(labels):
            return
        rows = second_look.looked_again(
            found.records,
            dict(zip((each.id for each in records), labels, strict=True)),
            exact=found.exact,
            text=found.paste.text,
        )
        self.take(replace(found, records=rows))

    async def sum_up(self) -> None:
        """Let the model choose what stands in the summaries of the claims that are shown."""
        claims = self.answer.claims
        made = await asyncio.gather(*(self._summed_up(each) for each in claims))
        if any(new is not old for new, old in zip(made, claims, strict=True)):
            self.answer = replace(self.answer, claims=tuple(made))

    async def _summed_up(self, claim: ClaimRecord) -> ClaimRecord:
        if not highlights.offered(claim):
            return claim
        asked = highlights.variables(claim)
        picks = await self._ask("summary", asked, lambda value: highlights.picks_in(value, claim))
        return highlights.highlighted(claim, picks, catalogue()) if picks else claim

    async def _ask(
        self, name: str, variables: Mapping[str, str], read: Callable[[object], _Read]
    ) -> _Read | None:
        """Return what `read` makes of the model's answer, now or a while ago; None where there is none."""
        by, asked = self._by, prompt(name)
        known = key(asked, by.model.name, variables)
        held: _Read | None = by.remembered.get(known)
        if held is not None or not self._anew or self._is_over:
            return held

        async def asking() -> _Read | None:
            left = self._until - asyncio.get_running_loop().time()
            reply = await by.model.ask(asked, variables, seconds=max(left - min(AHEAD, left / 10), _LEAST))
            if reply.outcome is Outcome.OK:
                return read(reply.value)
            # A model that cannot be asked is not asked again for the same question.
            if reply.outcome not in _ABOUT_THIS:
                self._is_over = True
            return None

        return await by.remembered.once(known, asking)
