"""One connection to Discord: what is heard becomes questions and presses; nothing is decided here.

Discord does not ask for an acknowledgement of a message. What came while a socket was lost is told again
when its session is resumed; a session does not outlive the process. So what was asked between the end of
one session and the start of the next is looked for in the channels (`handlers.discord.missed`), and what
reached the work list before a crash is answered from there. Until the connection is closed everything that
asks is put on that list, also what the program has no time left to answer.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import discord

from bot.questions import Incoming
from handlers.answering import Answering
from handlers.discord import commands
from handlers.discord.events import question_by_reaction, question_in
from handlers.discord.interactions import Interaction, attended
from handlers.discord.invite import intents
from handlers.discord.missed import missed_questions
from handlers.discord.posting import LONGEST_WAIT, DiscordPoster
from handlers.discord.presses import Presses
from handlers.discord.reading import DiscordReading
from handlers.hands import Hands
from handlers.owners import owner_name
from handlers.services import Services

log = logging.getLogger(__name__)

_STALE_AFTER: Final = 60.0
"""Seconds without a heartbeat's answer after which discord.py connects anew."""


class Tree(commands.Tree):
    """The commands in force, each of which is in hand for as long as it lasts, suggestions as well."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._hands = client.hands

    async def _call(self, interaction: Interaction) -> None:
        # Not public, and the one place through which suggestions pass from beginning to end (2.7.1).
        with self._hands.holding():
            await super()._call(interaction)


class Client(discord.Client):
    """Hears what Discord tells and hands it on. Nothing that it sends can ping; it keeps no messages.

    `online` says that messages arrive at present; `offline_since` is when that was last not so, in
    seconds of the monotonic clock. `settle` is for how many seconds no further server may be told of at
    the beginning of a session before all are taken to be known.
    """

    def __init__(
        self,
        services: Services,
        answering: Answering,
        poster: DiscordPoster,
        reading: DiscordReading,
        *,
        settle: float = 2.0,
    ) -> None:
        self.reaction = services.settings.discord.reaction
        super().__init__(
            intents=intents(reaction=self.reaction is not None),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=LONGEST_WAIT,
            heartbeat_timeout=_STALE_AFTER,
            guild_ready_timeout=settle,
        )
        self.hands = Hands()
        self.online = False
        self.offline_since = time.monotonic()
        self._services = services
        self._answering = answering
        self._reading = reading
        self._presses = Presses(services, poster)
        self.tree = Tree(self)
        commands.add_commands(self.tree, commands.Claims(services, self.hands))
        self._guard_parsers()

    async def setup_hook(self) -> None:
        """Register the commands, if they changed; without that everything else still works."""
        try:
            if await commands.register(self.tree, self._services, self._me):
                log.info("the commands were registered with Discord")
        except (discord.HTTPException, discord.RateLimited):
            log.exception("the commands could not be registered", extra={"ref": secrets.token_hex(4)})

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Hand an event on, unless the client is closed: discord.py may still have one under way then."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    async def on_connect(self) -> None:
        """Note that a new session began."""
        self.online = True

    async def on_ready(self) -> None:
        """Look for what was asked before the session began, now that its channels are known."""
        with self.hands.holding():
            async for message in missed_questions(self, self._me):
                if not self.hands.open:
                    return
                await self.on_message(message)

    async def on_resumed(self) -> None:
        """Note that the session goes on."""
        self.online = True

    async def on_disconnect(self) -> None:
        """Note that nothing arrives at present."""
        if self.online:
            self.offline_since = time.monotonic()
        self.online = False

    async def on_message(self, message: discord.Message) -> None:
        """Put a message that asks on the work list."""
        if (incoming := question_in(message, self._me)) is not None:
            await self._accept(incoming)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Note that the links of a message unfurled."""
        self._reading.edited(event.message)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Put a message that was reacted to on the work list, where reactions ask."""
        if self.reaction is None:
            return
        incoming = question_by_reaction(event, self.reaction, self._me)
        if incoming is not None:
            await self._accept(incoming)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer buttons and forms; commands are answered by the tree."""
        if interaction.type is discord.InteractionType.component:
            await attended(interaction, self.hands, lambda: self._presses.press(interaction))
        elif interaction.type is discord.InteractionType.modal_submit:
            await attended(interaction, self.hands, lambda: self._presses.submit(interaction))

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Log what went wrong with one event; the next ones are heard all the same."""
        reference = secrets.token_hex(4)
        log.error("an event failed: %s", event_method, exc_info=sys.exception(), extra={"ref": reference})

    @property
    def _me(self) -> int:
        """Return the bot's own id, which is known from the login on."""
        if self.user is None:
            raise RuntimeError("the client is not logged in")
        return self.user.id

    async def _accept(self, incoming: Incoming) -> None:
        with self.hands.holding():
            if self.hands.open:
                await self._answering.accept(incoming)
            else:
                await self._leave(incoming)

    async def _leave(self, incoming: Incoming) -> None:
        """Put a message on the work list for whoever runs next; nobody could find a direct one again."""
        questions = self._services.ledger.questions()
        if (job := await questions.receive(incoming, owner_name())) is not None:
            await questions.release(job, 0.0)

    def _guard_parsers(self) -> None:
        """Let an event that discord.py cannot read be logged and skipped; by itself it ends the client.

        `ConnectionState.parsers` is not public, and there is no other place between the socket and the
        parsers (2.7.1: an exception in one leaves `Client.connect`).
        """
        parsers: dict[str, Callable[[Any], Any]] = self._connection.parsers
        parsers["MESSAGE_CREATE"] = self._of_known_server(parsers["MESSAGE_CREATE"])
        parsers["INTERACTION_CREATE"] = self._while_open(parsers["INTERACTION_CREATE"])
        for event, parse in list(parsers.items()):
            parsers[event] = _guarded(event, parse)

    def _of_known_server(self, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Keep a message in a server that is not known from being taken for a direct one (2.7.1 does).

        What a bot wrote, our own replies above all, asks nothing and is not read at all.
        """

        def parsed(data: Any) -> Any:
            if data["author"].get("bot"):
                return None
            guild = data.get("guild_id")
            if guild is not None and self.get_guild(int(guild)) is None:
                raise LookupError("a message in a server that is not known")
            return parse(data)

        return parsed

    def _while_open(self, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Begin no command, suggestion, press or form any more once nothing new is taken on.

        Discord then says itself that there was no answer; a response that is cut off would not say it.
        """

        def parsed(data: Any) -> Any:
            return parse(data) if self.hands.open else None

        return parsed


def _guarded(event: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def guarded(data: Any) -> Any:
        try:
            return parse(data)
        except Exception:
            log.exception("an event could not be read: %s", event, extra={"ref": secrets.token_hex(4)})
            return None

    return guarded
