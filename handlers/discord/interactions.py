"""Answering an interaction: the first response in time, then what came of it, and an error never silently.

Discord waits three seconds for the first response, so it is sent before any work. Whether an answer is
for one person alone is fixed by that first response.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, TypeAlias

import aiohttp
import discord

from bot.questions import Place
from bot.wording import catalogue
from handlers import lookups
from handlers.discord import boards, forms, rendering
from handlers.discord.components import Component
from handlers.discord.events import place_of
from handlers.discord.sending import sendable
from handlers.hands import Hands
from handlers.moderating.deeds import Actor
from handlers.outcomes import (
    Answered,
    Asked,
    Board,
    Card,
    Form,
    Gone,
    Listed,
    Outcome,
    Past,
    Recorded,
    Said,
    Shared,
)
from handlers.services import Services

log = logging.getLogger(__name__)

Interaction: TypeAlias = discord.Interaction[Any]

_TOO_LATE: Final = frozenset({10062, 10015, 50027})
"""Discord's codes for an interaction that can no longer be answered: unknown, or its token has ended."""


async def attended(interaction: Interaction, hands: Hands, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` for an interaction; what goes wrong is logged under a reference, which its person is told.

    Nothing is done once nothing new is taken on: Discord then says that there was no answer.
    """
    if not hands.open:
        return
    with hands.holding():
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - logged and told
            await apologise(interaction, error)


async def apologise(interaction: Interaction, error: Exception) -> None:
    """Log `error` under a reference and tell it to the person; where it is too late for that, only log."""
    if isinstance(error, discord.HTTPException) and error.code in _TOO_LATE:
        log.warning("an interaction was answered too late and got no answer")
        return
    reference = secrets.token_hex(4)
    log.error("an interaction failed", exc_info=error, extra={"ref": reference})
    # There may be no way left to tell; the log has it.
    with suppress(discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError):
        await tell(interaction, Said(text=catalogue().say("press.failed", reference=reference)))


async def think(interaction: Interaction) -> None:
    """Respond at once that an answer for this person alone is coming."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def tell(interaction: Interaction, outcome: Outcome) -> None:
    """Show `outcome` to this person alone, in the place of a response that said it was coming."""
    first, *others = messages_alone(outcome)
    view = sendable(first)
    response = interaction.response
    if not response.is_done():
        await response.send_message(view=view, ephemeral=True)
    elif response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.edit_original_response(view=view)
    else:
        await interaction.followup.send(view=view, ephemeral=True)
    for each in others:
        await interaction.followup.send(view=sendable(each), ephemeral=True)


def messages_alone(outcome: Outcome) -> list[list[Component]]:
    """Return the messages by which one person alone is shown `outcome`: one, but for a long board."""
    match outcome:
        case Board():
            return boards.messages(outcome)
        case Asked():
            return boards.messages(forms.step(outcome))
        case _:
            return [seen_alone(outcome)]


def seen_alone(outcome: Outcome) -> list[Component]:
    """Return the message by which one person alone is shown `outcome`."""
    match outcome:
        case Answered(answer=answer, question=question):
            return rendering.reply(answer, question=question, visible_to_asker=True)
        case Recorded(claim=claim, page=page):
            return rendering.record_page(claim, page, visible_to_asker=True)
        case Listed(matches=found):
            return rendering.matches(found)
        case Past(items=items):
            return rendering.history(items)
        case Card(role=role):
            return rendering.help_card(role=role)
        case Said(text=text):
            return rendering.notice(text)
        case Form() | Gone() | Shared() | Board() | Asked():
            raise TypeError(f"{type(outcome).__name__} is not one message for one person")


def seen_by_all(shared: Shared) -> list[Component]:
    """Return the message that shares an answer with everybody in a channel."""
    if shared.page is None:
        return rendering.reply(shared.answer, question=shared.question)
    return rendering.record_page(shared.answer.claims[0], shared.page, question=shared.question)


def asked_in(interaction: Interaction) -> Place:
    """Return where the person acted."""
    return place_of(interaction.guild_id, interaction.channel_id)


def actor_of(interaction: Interaction) -> Actor:
    """Return who acted and where, with the roles that Discord says they have at this moment.

    In a direct message nobody has any.
    """
    person = interaction.user
    roles = person.roles if isinstance(person, discord.Member) else ()
    return Actor(
        place=asked_in(interaction),
        person=str(person.id),
        name=person.display_name,
        groups=tuple(str(role.id) for role in roles),
    )


def refused(interaction: Interaction, services: Services) -> Said | None:
    """Count what the person does against their limit; where it is too much, return what to say."""
    return lookups.refused(services, asked_in(interaction), str(interaction.user.id))


def may_write(interaction: Interaction) -> bool:
    """Say whether the person may write where they acted, by what Discord says of it with the interaction."""
    if interaction.guild_id is None:
        return True
    may = interaction.permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    return may.send_messages_in_threads if in_thread else may.send_messages


def moderates(interaction: Interaction, moderators: tuple[str, ...]) -> bool:
    """Say whether the person is a moderator, by id or by one of their roles."""
    ids = {str(interaction.user.id)}
    if isinstance(interaction.user, discord.Member):
        ids |= {str(role.id) for role in interaction.user.roles}
    return not ids.isdisjoint(moderators)
