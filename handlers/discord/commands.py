"""`/claim` and what stands in the menu of a message: what is registered with Discord, and what answers it.

What is registered is sent to Discord only where it is not what was sent last, or not what Discord has:
doing it at every start is slow and counts against a limit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import discord
from discord import app_commands

from bot.questions import Way
from handlers import lookups
from handlers.discord import deed_commands
from handlers.discord.events import spoken
from handlers.discord.interactions import (
    Interaction,
    actor_of,
    apologise,
    asked_in,
    attended,
    refused,
    tell,
    think,
)
from handlers.discord.suggesting import Suggesting
from handlers.hands import Hands
from handlers.moderating import deeds
from handlers.outcomes import Card, Outcome
from handlers.services import Services

GROUP: Final = "claim"
MENU: Final = "Check this claim"

_Text: TypeAlias = app_commands.Range[str, 1, 6000]
_Key: TypeAlias = app_commands.Range[str, 1, 100]


class Claims(app_commands.Group):
    """The group `/claim`, answered to the person who asks alone."""

    def __init__(self, services: Services, hands: Hands) -> None:
        super().__init__(
            name=GROUP,
            description="Who asserted a claim, who denied it, and what was officially answered",
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        self._services = services
        self._hands = hands
        self.deeds = deed_commands.DeedCommands(services, hands)
        suggesting = Suggesting(services)
        for each in (self.show, self.history, self.follow):
            each.autocomplete("claim")(suggesting.claims)
        for command in deed_commands.made(self.deeds, suggesting):
            self.add_command(command)

    @app_commands.command(description="What is on file about a claim")
    @app_commands.describe(text="The claim: one or a few sentences, or a link")
    async def check(self, interaction: Interaction, text: _Text) -> None:
        """Look a claim up."""
        await self._answer(interaction, lambda: self._checked(interaction, Way.COMMAND, text))

    @app_commands.command(description="The full record of one claim")
    @app_commands.describe(claim="Type words of the claim and choose it, or paste its id")
    async def show(self, interaction: Interaction, claim: _Key) -> None:
        """Show a record."""
        await self._answer(interaction, lambda: lookups.show(self._services, asked_in(interaction), claim))

    @app_commands.command(description="The claims that have these words")
    @app_commands.describe(words="Words to look for")
    async def search(self, interaction: Interaction, words: _Text) -> None:
        """List claims."""
        await self._answer(interaction, lambda: lookups.search(self._services, asked_in(interaction), words))

    @app_commands.command(description="Who changed an entry, when and why")
    @app_commands.describe(claim="Type words of the claim and choose it, or paste its id")
    async def history(self, interaction: Interaction, claim: _Key) -> None:
        """Show the log of an entry."""
        await self._answer(interaction, lambda: deeds.past(self._services, actor_of(interaction), claim))

    @app_commands.command(description="Be told when the record of a claim changes")
    @app_commands.describe(claim="Type words of the claim and choose it, or paste its id")
    async def follow(self, interaction: Interaction, claim: _Key) -> None:
        """Follow a claim."""
        person = str(interaction.user.id)
        await self._answer(
            interaction, lambda: lookups.follow(self._services, asked_in(interaction), person, claim)
        )

    @app_commands.command(description="What can be asked")
    async def help(self, interaction: Interaction) -> None:
        """Show what can be asked."""
        await self._answer(interaction, lambda: _card(interaction, self._services), is_limited=False)

    async def check_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Look up what a message says, which comes with the interaction whatever the intents."""
        text, titles = spoken(message)
        await self._answer(interaction, lambda: self._checked(interaction, Way.SHORTCUT, text, titles))

    async def _checked(
        self, interaction: Interaction, way: Way, text: str, titles: tuple[str, ...] = ()
    ) -> Outcome:
        person = str(interaction.user.id)
        return await lookups.check(self._services, asked_in(interaction), person, way, text, titles)

    async def _answer(
        self,
        interaction: Interaction,
        outcome: Callable[[], Awaitable[Outcome]],
        *,
        is_limited: bool = True,
    ) -> None:
        """Show what comes of a command; whoever looks up too much is told so instead."""

        async def work() -> None:
            if is_limited and (said := refused(interaction, self._services)) is not None:
                await tell(interaction, said)
                return
            await think(interaction)
            await tell(interaction, await outcome())

        await attended(interaction, self._hands, work)


class Tree(app_commands.CommandTree[Any]):
    """The commands in force; what goes wrong before one of them is reached is told too."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Tell that something went wrong, as where Discord still has a command of an earlier version."""
        await apologise(interaction, error)


def add_commands(tree: app_commands.CommandTree[Any], claims: Claims) -> None:
    """Put all that is registered into `tree`."""
    tree.add_command(claims)
    for name, callback in ((MENU, claims.check_message), (deed_commands.MENU, claims.deeds.keep_message)):
        menu = app_commands.ContextMenu(
            name=name,
            callback=callback,
            type=discord.AppCommandType.message,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        tree.add_command(menu)


def payloads(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """Return what is sent to Discord to register the commands of `tree`."""
    return [each.to_dict(tree) for each in tree.get_commands()]


def fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    """Return a hash of all that is registered: SHA-256, in hexadecimal."""
    return hashlib.sha256(json.dumps(payloads(tree), sort_keys=True).encode()).hexdigest()


def are_registered(there: Iterable[Mapping[str, Any]], tree: app_commands.CommandTree[Any]) -> bool:
    """Say whether the commands that Discord has, as its API lists them, are those of `tree`.

    Compared is what people see and type: names, descriptions and options. Discord fills in much else.
    """
    return sorted(map(_looks, there)) == sorted(map(_looks, payloads(tree)))


def _looks(command: Mapping[str, Any]) -> tuple[Any, ...]:
    options = tuple(_looks(each) for each in command.get("options") or ())
    flags = (bool(command.get("required")), bool(command.get("autocomplete")))
    kind = int(command.get("type") or discord.AppCommandType.chat_input.value)
    return str(command.get("name")), kind, str(command.get("description") or ""), flags, options


def setting_name(application: int) -> str:
    """Return the ledger's setting that holds the fingerprint last registered for an application."""
    return f"discord.commands.{application}"


async def register(tree: app_commands.CommandTree[Any], services: Services, application: int) -> bool:
    """Register the commands where Discord has others, or none; say whether they were sent."""
    questions, made = services.ledger.questions(), fingerprint(tree)
    if await questions.setting(setting_name(application)) == made:
        # Somebody with the same token may have replaced or removed them since.
        there = [each.to_dict() for each in await tree.fetch_commands()]
        if are_registered(there, tree):
            return False
    await tree.sync()
    await questions.set(setting_name(application), made)
    return True


async def _card(interaction: Interaction, services: Services) -> Outcome:
    return Card(role=(await deeds.acting_as(services, actor_of(interaction))).member.role)
