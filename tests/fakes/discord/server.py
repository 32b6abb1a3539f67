"""The local Discord itself: started on loopback, filled, disturbed, looked at, stopped without a trace."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.fakes.discord.crowd import Crowd
from tests.fakes.discord.gateway import Gateway, Session
from tests.fakes.discord.interactions import (
    FakeInteraction,
)
from tests.fakes.discord.messages import FakeMessage
from tests.fakes.discord.people import (
    THREAD,
    FakeChannel,
    FakeFile,
    FakeGuild,
    FakeRole,
    FakeUser,
    Snowflakes,
)
from tests.fakes.discord.resources import Resources
from tests.fakes.discord.rest import PREFIX, Rest
from tests.fakes.discord.schema import BESIDE, schema_at
from tests.fakes.discord.trouble import RateLimits, Troubles
from tests.fakes.discord.waiting import DEADLINE
from tests.fakes.discord.webhooks import Webhooks
from tests.fakes.discord.world import Event, Refusal, World


class FakeDiscord(Crowd):
    """A strict Discord with one server (`guild`), one text channel (`channel`) and one bot (`bot_user`).

    `granted_intents`: the privileged intents switched on for the application. `deep`: check bodies a second
    time against Discord's own description at `description`, where that file exists. `echo`: tell the bot of
    its own messages, as Discord does. Times are seconds.
    """

    def __init__(
        self,
        *,
        granted_intents: int = 0,
        deep: bool = True,
        description: Path = BESIDE,
        response_deadline: float = 3.0,
        token_lifetime: float = 900.0,
        nonce_window: float = 300.0,
        heartbeat: float = 41.25,
        echo: bool = True,
    ) -> None:
        ids = Snowflakes()
        owner = FakeUser(ids(), "olga")
        guild = FakeGuild(ids(), "The newsroom", owner.id)
        guild.roles.append(FakeRole(guild.id, "@everyone"))
        mine = FakeRole(ids(), "Counterclaim", managed=True)
        guild.roles.append(mine)
        bot = FakeUser(ids(), "counterclaim", bot=True, roles=(mine,))
        guild.members += [owner, bot]
        world = World(
            token=f"fake.{secrets.token_urlsafe(24)}",
            guild=guild,
            bot=bot,
            ids=ids,
            granted=granted_intents,
            schema=schema_at(description) if deep else None,
            response_deadline=response_deadline,
            token_lifetime=token_lifetime,
            nonce_window=nonce_window,
            echo=echo,
        )
        world.users[owner.id] = self.owner = owner
        super().__init__(world)
        self.gateway = Gateway(self.world, heartbeat=heartbeat)
        self.api_url = self.gateway_url = ""
        self.files: dict[str, FakeFile] = {}

    async def __aenter__(self) -> Self:
        rest = Rest(self.world)
        runner = web.AppRunner(rest.app, access_log=None, shutdown_timeout=0.1)
        self._runner = runner
        rest.app.router.add_get("/gateway/", self.gateway.serve)
        Resources(rest, self.gateway)
        Webhooks(rest)
        rest.app.router.add_get("/attachments/{file}/{name}", self._file)
        rest.finish()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.api_url = f"http://{host}:{port}{PREFIX}"
        self.gateway_url = self.gateway.url = f"ws://{host}:{port}/gateway/"
        return self

    async def _file(self, request: web.Request) -> web.Response:
        """Answer with a file; whoever asks shows no token, for it is kept on another host."""
        file = self.files.get(request.match_info["file"])
        if file is None or "Authorization" in request.headers:
            return web.Response(status=404)
        return web.Response(body=file.body, content_type=file.kind)

    def file(self, name: str, body: bytes, kind: str) -> FakeFile:
        """Return a file that somebody can attach to a command."""
        key = self.world.ids()
        url = f"{self.api_url.removesuffix(PREFIX)}/attachments/{key}/{name}"
        self.files[str(key)] = FakeFile(key, name, body, kind, url)
        return self.files[str(key)]

    async def __aexit__(self, *_: object) -> None:
        self.gateway.stop()
        await self._runner.cleanup()

    # What is there

    @property
    def token(self) -> str:
        """Return the bot's token; setting another makes the old one invalid."""
        return self.world.token

    @token.setter
    def token(self, token: str) -> None:
        self.world.token = token

    @property
    def guild(self) -> FakeGuild:
        """Return the server."""
        return self.world.guild

    @property
    def bot_user(self) -> FakeUser:
        """Return the bot's account."""
        return self.world.bot

    @property
    def application_id(self) -> int:
        """Return the application's id."""
        return self.world.application

    @property
    def troubles(self) -> Troubles:
        """Return the faults to come for requests."""
        return self.world.troubles

    @property
    def rate_limits(self) -> RateLimits:
        """Return the limits in force; none unless set."""
        return self.world.rates

    @property
    def violations(self) -> list[Refusal]:
        """Return what a correct client never does; a test expects none."""
        return self.world.violations

    @property
    def refusals(self) -> list[Refusal]:
        """Return every request and session that was answered no, violations included."""
        return self.world.refusals

    @property
    def messages(self) -> list[FakeMessage]:
        """Return all messages, of people and bot, ephemeral and deleted ones included, in order."""
        return list(self.world.messages.values())

    @property
    def posts(self) -> list[FakeMessage]:
        """Return the bot's messages that still stand."""
        return [
            one for one in self.world.messages.values() if one.author is self.bot_user and not one.deleted
        ]

    @property
    def interactions(self) -> list[FakeInteraction]:
        """Return all interactions, in order."""
        return list(self.world.interactions.values())

    def replies(self, message: FakeMessage) -> list[FakeMessage]:
        """Return the bot's replies to a message that still stand."""
        found = self.world.replies.get(message.id, ())
        return [one for one in found if one.author is self.bot_user and not one.deleted]

    def pings(self, message: FakeMessage) -> frozenset[str]:
        """Return whom a message notified."""
        return message.pings

    # Making it up

    def add_user(
        self, name: str, *, roles: tuple[FakeRole, ...] = (), in_guild: bool = True, locale: str = "en-US"
    ) -> FakeUser:
        """Return a new person."""
        user = self.world.new_user(name, roles=roles, in_guild=in_guild)
        user.locale = locale
        return user

    def add_role(self, name: str, permissions: int = 0) -> FakeRole:
        """Return a new role, in the server from the next GUILD_CREATE on."""
        role = FakeRole(self.world.ids(), name, permissions)
        self.guild.roles.append(role)
        return role

    def add_channel(self, name: str, *, visible: bool = True, writable: bool = True) -> FakeChannel:
        """Return a new text channel; the bot is told of it if it is connected and may see it."""
        channel = FakeChannel(self.world.ids(), name, guild=self.guild.id, visible=visible, writable=writable)
        return self.world.new_channel(channel)

    def add_thread(self, name: str, parent: FakeChannel) -> FakeChannel:
        """Return a new thread in a text channel."""
        channel = FakeChannel(
            self.world.ids(), name, THREAD, self.guild.id, parent=parent.id, owner=self.owner.id
        )
        return self.world.new_channel(channel)

    # What goes wrong

    def deliver_again(self, what: FakeMessage | FakeInteraction) -> None:
        """Tell the same event once more."""
        self.world.tell(self.world.events[what.id])

    def dispatch(self, name: str, data: Any) -> None:
        """Tell all sessions an event of any shape: malformed ones too."""
        self.world.tell(Event(name, data))

    # Waiting

    async def wait_until_connected(self, sessions: int = 1, timeout: float = DEADLINE) -> list[Session]:
        """Return the connected sessions once there are that many."""

        def look() -> list[Session] | None:
            found = self.gateway.connected
            return found if len(found) >= sessions else None

        return await self.world.bell.until(look, f"{sessions} session(s)", timeout=timeout)

    async def wait_for_reply(self, message: FakeMessage, timeout: float = DEADLINE) -> FakeMessage:
        """Return the bot's first reply to a message."""

        def look() -> FakeMessage | None:
            return next(iter(self.replies(message)), None)

        what = f"a reply to “{message.content[:60]}”"
        return await self.world.bell.until(look, what, key=("replies", message.id), timeout=timeout)

    async def wait_for_message(
        self,
        channel: FakeChannel | None = None,
        *,
        containing: str = "",
        after: FakeMessage | None = None,
        timeout: float = DEADLINE,
    ) -> FakeMessage:
        """Return the bot's first standing message in `channel`, with this text, posted `after` another."""

        def look() -> FakeMessage | None:
            for one in self.posts:
                here = channel is None or one.channel is channel
                later = after is None or one.id > after.id
                if here and later and containing in one.text and not one.loading:
                    return one
            return None

        return await self.world.bell.until(look, f"a message with {containing!r}", timeout=timeout)

    async def wait_for_direct_message(self, user: FakeUser, timeout: float = DEADLINE) -> FakeMessage:
        """Return the bot's first direct message to `user`."""
        return await self.wait_for_message(self.world.direct_channel(user), timeout=timeout)
