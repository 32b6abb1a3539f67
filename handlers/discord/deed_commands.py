"""`/claim VERB` for those who keep the ledger, and “Add to the ledger” on a message.

What is typed into the options goes on as the words after the verb, as somebody would type them in a line.
Who may do what is decided where it is done (`handlers.moderating`), and nothing of that is known here:
Discord shows these commands to everybody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from itertools import takewhile
from typing import Any, Final, Literal, TypeAlias

import discord
from discord import app_commands

from bot.claims import RelationKind
from bot.moderation.deeds import COMMANDS, Deed, Do
from bot.moderation.members import Role
from handlers.discord.events import spoken
from handlers.discord.interactions import Interaction, attended, refused, tell
from handlers.discord.keeping import Keeping
from handlers.discord.suggesting import Suggesting
from handlers.hands import Hands
from handlers.services import Services

MENU: Final = "Add to the ledger"

_Text: TypeAlias = app_commands.Range[str, 1, 500]
_Key: TypeAlias = app_commands.Range[str, 1, 100]
_Command: TypeAlias = Callable[..., Coroutine[Any, Any, None]]
_CLAIM: Final = "Type words of the claim and choose it, or paste its id"
_REASON: Final = "Why; the history of the entry shows this"


class DeedCommands:
    """What the commands do: each hands its words on, and whoever acts too much is told so instead."""

    def __init__(self, services: Services, hands: Hands) -> None:
        self._services = services
        self._hands = hands
        self._keeping = Keeping(services)

    @app_commands.describe(text="The claim in one sentence; the form asks for it where you leave this out")
    async def add(self, interaction: Interaction, text: _Text | None = None) -> None:
        """Propose a new entry."""
        await self._do(interaction, Deed.ADD, text)

    @app_commands.describe(
        text="The article's text, or its address; without text and file, the drafts that wait",
        file="The article as .txt, .html or .pdf",
    )
    async def draft(
        self,
        interaction: Interaction,
        text: app_commands.Range[str, 1, 6000] | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        """Make drafts of who said what from an article."""
        if file is None and not (text or "").strip():
            await self._do(interaction, Deed.DRAFT)
            return
        await self._attend(interaction, lambda: self._keeping.draft(interaction, text or "", file))

    @app_commands.describe(claim=_CLAIM)
    async def edit(self, interaction: Interaction, claim: _Key) -> None:
        """Propose a change of an entry."""
        await self._do(interaction, Deed.EDIT, claim)

    async def drafts(self, interaction: Interaction) -> None:
        """Your own drafts, and forms that you left half-way."""
        await self._do(interaction, Deed.DRAFTS)

    async def queue(self, interaction: Interaction) -> None:
        """What waits for a reviewer."""
        await self._do(interaction, Deed.QUEUE)

    @app_commands.describe(proposal="Its id; without it, the one that has waited longest")
    async def review(self, interaction: Interaction, proposal: _Key | None = None) -> None:
        """What a proposal would change."""
        await self._do(interaction, Deed.REVIEW, proposal)

    @app_commands.describe(claim=_CLAIM, reason=_REASON)
    async def withdraw(self, interaction: Interaction, claim: _Key, reason: _Text | None = None) -> None:
        """Hide an entry at once."""
        await self._do(interaction, Deed.WITHDRAW, claim, reason)

    async def undo(self, interaction: Interaction) -> None:
        """Take back what you did within the last ten minutes."""
        await self._do(interaction, Deed.UNDO)

    @app_commands.describe(
        claim=_CLAIM, revision="The number of the revision, as the history shows it", reason=_REASON
    )
    async def revert(
        self,
        interaction: Interaction,
        claim: _Key,
        revision: app_commands.Range[int, 1] | None = None,
        reason: _Text | None = None,
    ) -> None:
        """Propose an entry as it stood at an earlier revision."""
        await self._do(interaction, Deed.REVERT, claim, str(revision) if revision else None, reason)

    @app_commands.describe(
        claim="The one that ends", into="The one that stays", what="What is merged", reason=_REASON
    )
    async def merge(
        self,
        interaction: Interaction,
        claim: _Key,
        into: _Key | None = None,
        reason: _Text | None = None,
        what: Literal["claim", "speaker"] = "claim",
    ) -> None:
        """Make one claim, or one speaker, of two."""
        first = () if what == "claim" else (what,)
        await self._do(interaction, Deed.MERGE, *first, claim, into, reason)

    @app_commands.describe(claim=_CLAIM, how="How it stands to the other one", to="The other claim")
    @app_commands.choices(
        how=[
            app_commands.Choice(name=each.value.replace("_", " "), value=each.value) for each in RelationKind
        ]
    )
    async def relate(
        self,
        interaction: Interaction,
        claim: _Key,
        how: str | None = None,
        to: _Key | None = None,
        reason: _Text | None = None,
    ) -> None:
        """Say how one claim stands to another."""
        await self._do(interaction, Deed.RELATE, claim, how, to, reason)

    @app_commands.describe(claim=_CLAIM)
    async def ask(self, interaction: Interaction, claim: _Key) -> None:
        """Note whom you asked for a response, how and by when."""
        await self._do(interaction, Deed.ASK, claim)

    @app_commands.describe(claim=_CLAIM)
    async def dispute(self, interaction: Interaction, claim: _Key) -> None:
        """Note a complaint or a legal notice about an entry."""
        await self._do(interaction, Deed.DISPUTE, claim)

    @app_commands.describe(person="Who", days="For how many days; 0 ends it")
    async def mute(
        self,
        interaction: Interaction,
        person: discord.User,
        days: app_commands.Range[int, 0, 3650] | None = None,
    ) -> None:
        """Keep somebody from asking the moderators for a while."""
        await self._do(interaction, Deed.MUTE, person.mention, None if days is None else str(days))

    @app_commands.describe(person="Who; without this, who has which role is listed", role="Their role here")
    async def roles(
        self,
        interaction: Interaction,
        person: discord.User | None = None,
        role: Role | None = None,
    ) -> None:
        """Who has which role here, or give somebody one."""
        words = (person.mention, role.value if role else None, person.display_name) if person else ()
        await self._do(interaction, Deed.ROLES, *words)

    async def privacy(self, interaction: Interaction) -> None:
        """What is stored about you."""
        await self._do(interaction, Deed.PRIVACY)

    async def forget(self, interaction: Interaction) -> None:
        """Have what is stored about you removed."""
        await self._do(interaction, Deed.FORGET)

    async def keep_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Begin an entry with what a message says, which comes with the interaction whatever the intents."""
        text, _ = spoken(message)
        await self._attend(interaction, lambda: self._keeping.message(interaction, text, message.jump_url))

    async def _do(self, interaction: Interaction, deed: Deed, *words: str | None) -> None:
        # What comes after one that was left out would be taken for that one.
        given = takewhile(bool, (each.strip() if each else "" for each in words))
        said = " ".join(given)
        await self._attend(interaction, lambda: self._keeping.command(interaction, Do(deed=deed), said))

    async def _attend(self, interaction: Interaction, doing: Callable[[], Awaitable[None]]) -> None:
        async def work() -> None:
            if (said := refused(interaction, self._services)) is not None:
                await tell(interaction, said)
            else:
                await doing()

        await attended(interaction, self._hands, work)


def made(deeds: DeedCommands, suggesting: Suggesting) -> Iterator[app_commands.Command[Any, ..., None]]:
    """Yield a command for each deed that is typed."""
    for deed in COMMANDS:
        callback: _Command = getattr(deeds, deed.value)
        command: app_commands.Command[Any, ..., None] = app_commands.Command(
            name=deed.value, description=(callback.__doc__ or "").rstrip("."), callback=callback
        )
        suggested = suggesting.either if deed is Deed.MERGE else suggesting.claims
        for option in command.parameters:
            if option.name in {"claim", "into", "to"}:
                command.autocomplete(option.name)(suggested)
        yield command
