"""Buttons, and the form behind “Report a problem”: Discord's side of what `handlers.presses` decides.

All that a press needs stands in the button's custom id, and in the form's. So no view is kept in memory,
and both work after a restart, also between the opening of a form and its submission, which discord.py's
own views and modals do not.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

import aiohttp
import discord

from bot.actions import Action, Button, decoded, encoded
from bot.moderation import deeds
from bot.questions import Platform
from bot.wording import catalogue
from handlers import presses
from handlers.discord import forms
from handlers.discord.interactions import (
    Interaction,
    asked_in,
    may_write,
    moderates,
    refused,
    seen_alone,
    seen_by_all,
    tell,
    think,
)
from handlers.discord.keeping import Keeping
from handlers.discord.posting import DiscordPoster, failed
from handlers.discord.sending import sendable
from handlers.outcomes import Gone, Outcome, Recorded, Said, Shared
from handlers.presses import Press
from handlers.replies import PostFailedError
from handlers.services import Services

LONGEST_REPORT: Final = 2_000
"""Characters that the form takes."""
FIELD: Final = "problem"
WRONG: Final = "wrong"


class Presses:
    """Answers presses and forms, with what `services` holds, and shares through `poster`."""

    def __init__(self, services: Services, poster: DiscordPoster) -> None:
        self._services = services
        self._poster = poster
        self._keeping = Keeping(services)

    async def press(self, interaction: Interaction) -> None:
        """Answer a button of one of our messages; whoever presses too much is told so instead."""
        if (at := forms.decoded(_custom_id(interaction))) is not None:
            # Whoever fills in a form is not kept from it half-way.
            await self._keeping.open(interaction, *at)
            return
        if (said := refused(interaction, self._services)) is not None:
            await tell(interaction, said)
            return
        if (do := deeds.decoded(_custom_id(interaction))) is not None:
            await self._keeping.press(interaction, do)
            return
        button = decoded(_custom_id(interaction))
        if button is None:
            await tell(interaction, Said(text=catalogue().say("press.unknown")))
            return
        if button.action is Action.REPORT:
            # A form has to be the first response.
            await interaction.response.send_modal(report_form(button))
            return
        press = self._press(interaction, button)
        if button.action is Action.DISMISS or _turns(press):
            # It concerns the message pressed on, which stays as it is until more is known.
            await interaction.response.defer()
        else:
            await think(interaction)
        await self._show(interaction, press, await presses.pressed(self._services, press))

    async def submit(self, interaction: Interaction) -> None:
        """Store what somebody wrote into a form, unless they do too much; then they are told so."""
        if (at := forms.decoded(_custom_id(interaction))) is not None:
            # What was typed would be lost with a refusal.
            await self._keeping.submit(interaction, *at)
            return
        if (said := refused(interaction, self._services)) is not None:
            await tell(interaction, said)
            return
        await think(interaction)
        button = decoded(_custom_id(interaction))
        if button is None:
            await tell(interaction, Said(text=catalogue().say("press.unknown")))
            return
        data: Any = interaction.data or {}
        typed = forms.typed(data.get("components"))
        outcome = await presses.reported(
            self._services,
            button,
            asked_in(interaction),
            str(interaction.user.id),
            typed.get(FIELD, ""),
            presses.chosen(typed.get(WRONG)),
        )
        await tell(interaction, outcome)

    def _press(self, interaction: Interaction, button: Button) -> Press:
        message = interaction.message
        if message is None:
            raise ValueError("a press without the message that it is on")
        asking = message.reference.resolved if message.reference else None
        person = interaction.user.id
        return Press(
            button=button,
            place=asked_in(interaction),
            message=str(message.id),
            person=str(person),
            moderator=moderates(interaction, self._services.settings.discord.moderators),
            asker=isinstance(asking, discord.Message) and asking.author.id == person,
            private=message.flags.ephemeral,
        )

    async def _show(self, interaction: Interaction, press: Press, outcome: Outcome) -> None:
        match outcome:
            case Gone():
                # Through the interaction, which needs no permission to manage messages.
                with suppress(discord.NotFound):
                    # Somebody else was quicker.
                    await interaction.delete_original_response()
                if not press.private:
                    await self._services.ledger.questions().dismiss(press.place, press.message)
            case Shared():
                await tell(interaction, await self._share(interaction, press, outcome))
            case Recorded(is_turned=True):
                await interaction.edit_original_response(view=sendable(seen_alone(outcome)))
            case _:
                await tell(interaction, outcome)

    async def _share(self, interaction: Interaction, press: Press, shared: Shared) -> Said:
        """Post what was shared, once however often that is pressed on one page, and remember it.

        Whoever may not write there cannot have the bot do it for them.
        """
        if not may_write(interaction):
            return Said(text=catalogue().say("press.you_may_not_write"))
        questions = self._services.ledger.questions()
        # The nonce tells a second press from the first for some minutes, the ledger from then on.
        earlier = await questions.shared_as(press.place, shared.question)
        if earlier is not None and await self._poster.stands(press.place, earlier):
            return Said(text=catalogue().say("press.shared"))
        # The pages of a record take each other's place in one message. Discord takes 25 characters: an id
        # has at most 20.
        nonce = press.message if shared.page is None else f"{press.message}:{shared.page}"
        metadata = interaction.message.interaction_metadata if interaction.message else None
        about = metadata.target_message_id if metadata else None
        try:
            posted = await self._poster.send(press.place, seen_by_all(shared), nonce=nonce, to=about)
        except (discord.Forbidden, discord.NotFound):
            return Said(text=catalogue().say("press.may_not_write"))
        except (discord.RateLimited, discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
            self._services.metrics.failed(Platform.DISCORD, failed(error).kind)
            return Said(text=catalogue().say("press.not_posted"))
        except PostFailedError as error:
            self._services.metrics.failed(Platform.DISCORD, error.kind)
            return Said(text=catalogue().say("press.not_posted"))
        await questions.remember(press.place, shared.question, posted, shared.answer)
        return Said(text=catalogue().say("press.shared"))


def report_form(button: Button) -> discord.ui.Modal:
    """Return the form with one choice and one text, for a problem with the reply that `button` stands on."""
    say = catalogue().say
    form = forms.ReadyForm(title=say("report.title"), custom_id=encoded(button))
    field: discord.ui.TextInput[discord.ui.LayoutView] = discord.ui.TextInput(
        style=discord.TextStyle.paragraph, custom_id=FIELD, max_length=LONGEST_REPORT
    )
    choice: discord.ui.Select[discord.ui.LayoutView] = discord.ui.Select(
        custom_id=WRONG,
        options=[
            discord.SelectOption(label=label, value=each.value, default=each is presses.Wrong.RECORD)
            for each, label in presses.wrong_words().items()
        ],
    )
    form.add_item(discord.ui.Label(text=say("report.wrong"), component=choice))
    form.add_item(discord.ui.Label(text=say("report.label"), description=say("report.hint"), component=field))
    return form


def _turns(press: Press) -> bool:
    button = press.button
    return press.private and button.action is Action.RECORD and button.question is None


def _custom_id(interaction: Interaction) -> str:
    data: Any = interaction.data or {}
    return str(data.get("custom_id", ""))
