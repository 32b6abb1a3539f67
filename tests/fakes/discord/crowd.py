"""What people do on the local Discord: they write, react, use commands, press buttons and send forms."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.discord import asking
from tests.fakes.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    SUBMIT,
    FakeInteraction,
    FakeModal,
)
from tests.fakes.discord.messages import FakeMessage
from tests.fakes.discord.people import FakeChannel, FakeUser, Json
from tests.fakes.discord.world import DIRECT_REACTIONS, GUILD_REACTIONS, Event, World


class Crowd:
    """The people of one Discord; `channel` is where they are unless told otherwise."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.channel = world.new_channel(FakeChannel(world.ids(), "general", guild=world.guild.id))

    async def say(
        self,
        channel: FakeChannel,
        user: FakeUser,
        content: str,
        *,
        reply_to: FakeMessage | None = None,
        ping: bool = True,
        embeds: Sequence[Json] = (),
    ) -> FakeMessage:
        """Let `user` write in `channel`; a reply notifies its author unless `ping` is false."""
        mentions = None if ping else {"parse": ["users", "roles", "everyone"], "replied_user": False}
        message = FakeMessage(
            self.world.ids(),
            channel,
            user,
            content,
            embeds=list(embeds),
            reference=reply_to,
            allowed_mentions=mentions,
        )
        return self.world.store(message)

    async def mention(
        self,
        channel: FakeChannel,
        user: FakeUser,
        text: str = "",
        *,
        reply_to: FakeMessage | None = None,
        embeds: Sequence[Json] = (),
    ) -> FakeMessage:
        """Let `user` mention the bot, with `text` after it."""
        content = f"{self.world.bot.mention} {text}".rstrip()
        return await self.say(channel, user, content, reply_to=reply_to, embeds=embeds)

    async def direct_message(
        self, user: FakeUser, text: str, *, reply_to: FakeMessage | None = None, embeds: Sequence[Json] = ()
    ) -> FakeMessage:
        """Let `user` write to the bot alone."""
        return await self.say(self.world.direct_channel(user), user, text, reply_to=reply_to, embeds=embeds)

    async def edit(
        self, message: FakeMessage, content: str | None = None, *, embeds: Sequence[Json] = ()
    ) -> None:
        """Let the author change a message, or Discord add the previews (`embeds`) of its links."""
        body: Json = {} if content is None else {"content": content}
        message.change(body | ({"embeds": list(embeds)} if embeds else {}))
        self.world.changed(message)

    async def delete(self, message: FakeMessage) -> None:
        """Let the author delete a message."""
        message.deleted = True
        self.world.changed(message)

    async def react(self, user: FakeUser, emoji: str, message: FakeMessage) -> None:
        """Let `user` put a reaction on a message."""
        message.reactions.setdefault(emoji, []).append(user)
        data: Json = {
            "user_id": str(user.id),
            "channel_id": str(message.channel.id),
            "message_id": str(message.id),
            "message_author_id": str(message.author.id),
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        guild = message.channel.guild
        if guild is not None:
            data |= {"guild_id": str(guild), "member": user.member()}
        intent = DIRECT_REACTIONS if guild is None else GUILD_REACTIONS
        self.world.tell(Event("MESSAGE_REACTION_ADD", data, intent, guild=guild))

    def _ask(
        self, kind: int, user: FakeUser, channel: FakeChannel, data: Json, message: FakeMessage | None = None
    ) -> FakeInteraction:
        token = secrets.token_urlsafe(40)
        bell = self.world.bell
        return self.world.ask(
            FakeInteraction(self.world.ids(), token, kind, user, channel, data, bell, message=message)
        )

    async def command(
        self,
        user: FakeUser,
        *path: str,
        options: Mapping[str, Any] | None = None,
        channel: FakeChannel | None = None,
    ) -> FakeInteraction:
        """Let `user` use the slash command `path` (with its groups); CannotError where the app would not."""
        place = channel or self.channel
        return self._ask(
            COMMAND, user, place, asking.command_data(self.world, place, user, path, options or {})
        )

    async def autocomplete(
        self,
        user: FakeUser,
        *path: str,
        option: str,
        text: str,
        options: Mapping[str, Any] | None = None,
        channel: FakeChannel | None = None,
    ) -> list[Json]:
        """Let `user` type `text` into an option, and return what the bot suggests."""
        place = channel or self.channel
        given = {**(options or {}), option: text}
        data = asking.command_data(self.world, place, user, path, given, focused=option)
        return await self._ask(AUTOCOMPLETE, user, place, data).wait_for_choices()

    async def context_menu(self, user: FakeUser, name: str, message: FakeMessage) -> FakeInteraction:
        """Let `user` pick the command `name` on a message."""
        data = asking.menu_data(self.world, user, name, message)
        return self._ask(COMMAND, user, message.channel, data)

    async def press(
        self, message: FakeMessage, custom_id: str, user: FakeUser, values: Sequence[str] | None = None
    ) -> FakeInteraction:
        """Let `user` press a button, or choose `values` in a select."""
        data = asking.press_data(message, custom_id, user, values)
        return self._ask(COMPONENT, user, message.channel, data, message)

    async def submit(
        self, modal: FakeModal | FakeInteraction, values: Mapping[str, Any], user: FakeUser | None = None
    ) -> FakeInteraction:
        """Let whoever saw the form send it with `values`, by custom id or label."""
        form = await modal.wait_for_modal() if isinstance(modal, FakeInteraction) else modal
        asked = form.interaction
        if user is not None and user is not asked.user:
            raise asking.CannotError(f"{user.name} does not see this form.")
        return self._ask(SUBMIT, asked.user, asked.channel, asking.modal_data(form, values), asked.message)
