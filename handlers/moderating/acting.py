"""Somebody acting on the ledger: who they are there, what they may, and what every deed needs."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.calibration import Calibration
from bot.config import Settings
from bot.errors import NotAllowedError
from bot.moderation.boards import counts_words
from bot.moderation.deeds import LEAST, Deed
from bot.moderation.forms import Form, Typed
from bot.moderation.members import Member
from bot.moderation.policy import holders, is_two_person
from bot.records import record
from bot.store.ledger import Ledger
from bot.views import View
from bot.wording import catalogue
from handlers.outcomes import Asked, Board, Said

if TYPE_CHECKING:
    from bot.moderation.boards import Shown
    from bot.prompting import Model
    from bot.store.moderation import Moderation
    from handlers.fetching import Fetcher

NAMED = 5
"""People whom a refusal names at most."""


@record
class Acting:
    """One member at one moment. `person` is their bare id, and `tenant` what ids of others begin with.

    `fetcher` fetches what they name, as the settings say where it is None; `model` is a language model.
    """

    ledger: Ledger
    settings: Settings
    calibration: Calibration
    member: Member
    view: View
    person: str
    tenant: str
    fetcher: Fetcher | None = None
    model: Model | None = None

    @property
    def moderation(self) -> Moderation:
        """The verbs of those who keep the ledger."""
        return self.ledger.moderation()

    @property
    def workspace(self) -> str:
        """Whose entries are worked on."""
        return self.member.workspace

    async def authorise(self, deed: Deed) -> None:
        """Let the deed pass, or raise `NotAllowedError` with the role that it takes and who has it."""
        least = LEAST[deed]
        if self.member.may(least):
            return
        say = catalogue().say
        rows = await self.moderation.members(self.workspace)
        configured = holders(least, self.settings.slack, self.settings.discord)
        known = await self.moderation.names(self.workspace, configured)
        found = [*(each.name for each in rows if each.may(least)), *known.values()]
        names = list(dict.fromkeys(found))[:NAMED]
        # Of an id that has not acted here yet the name is not known.
        if configured - known.keys():
            names.append(say("board.configured"))
        if not names:
            names.append(say("board.nobody"))
        role, own = say(f"role.{least}"), say(f"role.{self.member.role}")
        raise NotAllowedError(say("board.not_allowed", role=role, own=own, who=", ".join(names)))

    async def two_person(self) -> bool:
        """Say whether another person than its author has to vet an entry here."""
        rows = await self.moderation.members(self.workspace)
        people = {self.person, *(each.key.rsplit(":", 1)[-1] for each in rows)}
        return is_two_person(self.settings.policy.two_person, self._configured(), rows, people)

    async def counts(self) -> dict[str, str]:
        """Return what readers said of each entry that is worked on here, in words, by the entries' ids."""
        found = await self.ledger.questions().feedback_counts(self.view)
        return {each.claim: counts_words(each, catalogue()) for each in found}

    def _configured(self) -> Collection[str]:
        return holders(LEAST[Deed.APPROVE], self.settings.slack, self.settings.discord)

    async def open(self, form: Form, about: dict[str, str], typed: Typed) -> Asked:
        """Open a form; one of the same kind about the same thing that was left half-way is gone on with."""
        for each in await self.moderation.sheets(self.member):
            if each.form == form.name and each.about == about:
                return Asked(form=form, sheet=each.id, page=0, typed={**typed, **each.typed}, faults={})
        sheet = await self.moderation.open_sheet(self.member, form.name, about, typed)
        return Asked(form=form, sheet=sheet, page=0, typed=typed, faults={})


def ending() -> str:
    """Return the random ending of a new id."""
    return secrets.token_hex(3)


def today() -> str:
    """Return the day, in UTC."""
    return datetime.now(UTC).date().isoformat()


def day_before(days: int) -> str:
    """Return the day that was `days` days ago, in UTC."""
    return datetime.fromtimestamp(time.time() - days * 86_400, UTC).date().isoformat()


def board(shown: Shown) -> Board:
    """Return what is shown as an outcome."""
    return Board(paragraphs=shown[0], rows=shown[1])


def said(key: str, /, **values: str) -> Said:
    """Return a sentence of the catalogue as an outcome."""
    return Said(text=catalogue().say(key, **values))
