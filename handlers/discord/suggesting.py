"""What is suggested while somebody types an option of a command: claims and speakers that they may see."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, TypeAlias

from discord import app_commands

from bot import desk
from handlers.discord.components import shortened
from handlers.discord.interactions import Interaction, asked_in
from handlers.services import Services

log = logging.getLogger(__name__)

SUGGESTED: Final = 25
"""Suggestions at most; the most that Discord shows."""
_LONGEST_NAME: Final = 100

Choices: TypeAlias = list[app_commands.Choice[str]]
_Found: TypeAlias = Iterable[tuple[str, str]]
"""What is suggested, each by its id and its text."""

Suggest: TypeAlias = Callable[[Interaction, str], Awaitable[Choices]]


class Suggesting:
    """Suggests what a reader may see, whoever types. Where that fails, nothing is suggested."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def claims(self, interaction: Interaction, current: str) -> Choices:
        """Return the claims that have the words typed so far, each by its text, standing for its id."""
        return await _made(self._claims(interaction, current))

    async def either(self, interaction: Interaction, current: str) -> Choices:
        """Return claims, or speakers where the option `what` says so, each standing for its id."""
        what = getattr(interaction.namespace, "what", None)
        found = self._speakers if what == "speaker" else self._claims
        return await _made(found(interaction, current))

    async def _claims(self, interaction: Interaction, current: str) -> _Found:
        view = self._services.view(asked_in(interaction))
        found = await desk.matches(self._services.ledger, current, view=view)
        return [(each.id, each.text) for each in found]

    async def _speakers(self, interaction: Interaction, current: str) -> _Found:
        view = self._services.view(asked_in(interaction))
        found = await self._services.ledger.moderation().speakers(view, current)
        return [(each.id, each.name) for each in found]


async def _made(work: Awaitable[_Found]) -> Choices:
    try:
        found = list(await work)
    except Exception:
        log.exception("suggesting failed", extra={"ref": secrets.token_hex(4)})
        return []
    made: dict[str, app_commands.Choice[Any]] = {}
    for key, text in found:
        made.setdefault(key, app_commands.Choice(name=shortened(text, _LONGEST_NAME), value=key))
    return list(made.values())[:SUGGESTED]
