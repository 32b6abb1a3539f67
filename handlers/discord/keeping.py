"""Those who keep the ledger, on Discord: what they type, press and fill in, and what comes of it.

A form has to be the first response, and Discord waits three seconds for that one. So here the work is done
first, as long as it is quick, and what it needs to begin again stands in the custom ids: no form and no
button is kept in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, Final

import discord

from bot.moderation.deeds import Deed, Do
from bot.wording import catalogue
from handlers.discord import forms
from handlers.discord.files import brought
from handlers.discord.interactions import Interaction, actor_of, messages_alone, tell, think
from handlers.discord.sending import sendable
from handlers.drafting import Given
from handlers.moderating import deeds
from handlers.outcomes import Asked, Board, Gone, Outcome, Said
from handlers.replies import DEADLINE
from handlers.services import Services

PATIENCE: Final = 1.5
"""Seconds after which a first response is sent without what came of it; half of what Discord waits."""

_LISTS: Final = frozenset({Deed.QUEUE, Deed.DRAFTS, Deed.DRAFT})
"""What is gone through: another page of it takes the place of the one pressed on."""


class Keeping:
    """Carries deeds and forms to `handlers.moderating` and shows what came of them to one person alone."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def command(self, interaction: Interaction, do: Do, words: str) -> None:
        """Answer a command."""
        await self._show(interaction, deeds.done(self._services, actor_of(interaction), do, words), ())

    async def message(self, interaction: Interaction, text: str, link: str) -> None:
        """Begin an entry with the `text` of a message and the address at which that stands."""
        actor = actor_of(interaction)
        await self._show(interaction, deeds.begun(self._services, actor, text, link), ())

    async def draft(self, interaction: Interaction, text: str, file: discord.Attachment | None) -> None:
        """Make drafts of a text, an address or a file: said at once, shown when they are there."""
        actor = actor_of(interaction)

        async def bring() -> Given:
            return await brought(file, self._services.settings.discord) if file else Given(text=text)

        await think(interaction)
        await tell(interaction, Said(text=catalogue().say("draft.working")))
        await tell(interaction, await deeds.drafts_of(self._services, actor, bring))

    async def press(self, interaction: Interaction, do: Do) -> None:
        """Answer a button."""
        private = interaction.message is not None and interaction.message.flags.ephemeral
        in_place = (Board,) if private and (do.page or do.deed in _LISTS) else ()
        await self._show(interaction, deeds.done(self._services, actor_of(interaction), do), in_place)

    async def open(self, interaction: Interaction, sheet: str, page: int) -> None:
        """Open a page of a form that is under way, with what was typed there."""
        work = deeds.opened(self._services, actor_of(interaction), sheet, page)
        await self._show(interaction, work, _step(interaction, sheet))

    async def submit(self, interaction: Interaction, sheet: str, page: int) -> None:
        """Take a page of a form on."""
        data: Any = interaction.data or {}
        typed = forms.typed(data.get("components"))
        work = deeds.filled(self._services, actor_of(interaction), sheet, page, typed)
        await self._show(interaction, work, _step(interaction, sheet))

    async def _show(
        self,
        interaction: Interaction,
        work: Coroutine[Any, Any, Outcome],
        in_place: tuple[type[Outcome], ...],
    ) -> None:
        """Do the work and show its outcome; one of the types `in_place` takes the place of the message."""
        task = asyncio.create_task(work)
        try:
            await asyncio.wait((task,), timeout=PATIENCE)
            if not task.done():
                await (interaction.response.defer() if in_place else think(interaction))
            async with asyncio.timeout(DEADLINE):
                outcome = await task
        finally:
            task.cancel()
        await _shown(interaction, outcome, in_place)


async def _shown(interaction: Interaction, outcome: Outcome, in_place: tuple[type[Outcome], ...]) -> None:
    response = interaction.response
    if isinstance(outcome, Asked) and _may_open(interaction, outcome):
        await response.send_modal(forms.modal(outcome))
    elif isinstance(outcome, Gone):
        if not response.is_done():
            await response.defer()
        await interaction.delete_original_response()
    elif isinstance(outcome, in_place):
        first, *others = messages_alone(outcome)
        if response.is_done():
            await interaction.edit_original_response(view=sendable(first))
        else:
            await response.edit_message(view=sendable(first))
        for each in others:
            await interaction.followup.send(view=sendable(each), ephemeral=True)
    else:
        await tell(interaction, outcome)


def _may_open(interaction: Interaction, asked: Asked) -> bool:
    """Say whether a form can be the response: the first one, and not to a form."""
    is_form = interaction.type is discord.InteractionType.modal_submit
    # What is to be mended has to be read first, unless its button was just pressed.
    return not (is_form or interaction.response.is_done() or (asked.faults and not _is_opened(interaction)))


def _is_opened(interaction: Interaction) -> bool:
    data: Any = interaction.data or {}
    return forms.decoded(str(data.get("custom_id", ""))) is not None


def _step(interaction: Interaction, sheet: str) -> tuple[type[Outcome], ...]:
    """Return what may take the place of the message that leads to the pages of a sheet, if that was used."""
    message = interaction.message
    if message is None or not message.flags.ephemeral:
        return ()
    return (Said, Board, Asked) if forms.leads_to(_custom_ids(message.components), sheet) else ()


def _custom_ids(components: Any) -> Iterator[str]:
    for each in components:
        if isinstance(found := getattr(each, "custom_id", None), str):
            yield found
        yield from _custom_ids(getattr(each, "children", ()))
