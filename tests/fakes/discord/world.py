"""The state of the local Discord: who and what is there, what was said, refused, and is to be told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fakes.discord.bodies import EPHEMERAL
from tests.fakes.discord.commands import Registry
from tests.fakes.discord.components import numbered
from tests.fakes.discord.interactions import FakeInteraction
from tests.fakes.discord.messages import FakeMessage, event_payload, message_payload, withheld
from tests.fakes.discord.people import DIRECT, FakeChannel, FakeGuild, FakeRole, FakeUser, Json, Snowflakes
from tests.fakes.discord.refusals import ILL_FORMED, Code, Faults, Refused
from tests.fakes.discord.schema import Schema
from tests.fakes.discord.trouble import RateLimits, Troubles
from tests.fakes.discord.waiting import Bell

GUILDS: Final = 1 << 0
GUILD_MEMBERS: Final = 1 << 1
GUILD_PRESENCES: Final = 1 << 8
GUILD_MESSAGES: Final = 1 << 9
GUILD_REACTIONS: Final = 1 << 10
DIRECT_MESSAGES: Final = 1 << 12
DIRECT_REACTIONS: Final = 1 << 13
MESSAGE_CONTENT: Final = 1 << 15
PRIVILEGED: Final = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell the bot's sessions: to those with one of the `intents`, or to all where that is 0.

    `withheld` is what sessions without the message content intent get, where that differs.
    """

    name: str
    data: Any
    intents: int = 0
    withheld: Any = None
    guild: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request or a session that was answered no: what it was, the code, and what was wrong."""

    what: str
    code: int
    errors: Any = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived, and the status it was answered with (0: the connection was cut)."""

    method: str
    path: str
    status: int


@dataclass
class World:
    """All of it. Seconds: `response_deadline`, `token_lifetime`, `nonce_window`."""

    token: str
    guild: FakeGuild
    bot: FakeUser
    ids: Snowflakes
    granted: int = 0
    schema: Schema | None = None
    response_deadline: float = 3.0
    token_lifetime: float = 900.0
    nonce_window: float = 300.0
    echo: bool = True
    bell: Bell = field(default_factory=Bell)
    troubles: Troubles = field(default_factory=Troubles)
    rates: RateLimits = field(default_factory=RateLimits)
    users: dict[int, FakeUser] = field(default_factory=dict)
    channels: dict[int, FakeChannel] = field(default_factory=dict)
    direct: dict[int, FakeChannel] = field(default_factory=dict)
    messages: dict[int, FakeMessage] = field(default_factory=dict)
    replies: dict[int, list[FakeMessage]] = field(default_factory=dict)
    nonces: dict[str, tuple[float, FakeMessage]] = field(default_factory=dict)
    deduplicated: int = 0
    interactions: dict[int, FakeInteraction] = field(default_factory=dict)
    by_token: dict[str, FakeInteraction] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    violations: list[Refusal] = field(default_factory=list)
    events: dict[int, Event] = field(default_factory=dict)
    """The event that told of a message or an interaction, by its id, to be told again."""
    tell: Callable[[Event], None] = field(default=lambda _: None)

    def __post_init__(self) -> None:
        self.users[self.bot.id] = self.bot
        self.registry = Registry(self.application, self.ids)

    @property
    def application(self) -> int:
        """Return the application's id, which is the bot's."""
        return self.bot.id

    def new_user(self, name: str, *, roles: tuple[FakeRole, ...] = (), in_guild: bool = True) -> FakeUser:
        """Return a new person, a member of the server unless told otherwise."""
        user = FakeUser(self.ids(), name, roles=roles, in_guild=in_guild)
        self.users[user.id] = user
        if in_guild:
            self.guild.members.append(user)
        return user

    def new_channel(self, channel: FakeChannel) -> FakeChannel:
        """Add a channel or thread to the server and tell the bot if it may see it."""
        self.channels[channel.id] = channel
        self.guild.channels.append(channel)
        if channel.visible:
            name = "CHANNEL_CREATE" if channel.parent is None else "THREAD_CREATE"
            self.tell(Event(name, channel.payload(), GUILDS, guild=self.guild.id))
        return channel

    def direct_channel(self, user: FakeUser) -> FakeChannel:
        """Return the channel of direct messages between the bot and `user`."""
        if user.id not in self.direct:
            channel = FakeChannel(self.ids(), user.name, DIRECT, recipient=user)
            self.direct[user.id] = self.channels[channel.id] = channel
        return self.direct[user.id]

    def written(self, message: FakeMessage) -> Json:
        """Return a message as REST gives it to the bot."""
        full = bool(self.granted & MESSAGE_CONTENT)
        return message_payload(message, self.bot, self.users, full=full)

    def written_in_full(self, message: FakeMessage) -> Json:
        """Return a message as an interaction about it carries it: with its content, whatever the intents."""
        return message_payload(message, self.bot, self.users, full=True)

    def store(self, message: FakeMessage) -> FakeMessage:
        """Keep a new message and tell the sessions, unless one person alone sees it."""
        numbered(message.components)
        self.messages[message.id] = message
        if message.ephemeral:
            return message
        message.channel.last_message = message.id
        if message.reference is not None:
            self.replies.setdefault(message.reference.id, []).append(message)
            self.bell.ring(("replies", message.reference.id))
        if not message.loading and (self.echo or message.author is not self.bot):
            self._tell_of(message, "MESSAGE_CREATE")
        self.bell.ring()
        return message

    def changed(self, message: FakeMessage) -> None:
        """Tell that a message was edited or deleted."""
        numbered(message.components)
        if not message.ephemeral and (self.echo or message.author is not self.bot):
            if message.deleted:
                data: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
                if message.channel.guild is not None:
                    data["guild_id"] = str(message.channel.guild)
                self.tell(
                    Event("MESSAGE_DELETE", data, self.message_intent(message), guild=message.channel.guild)
                )
            else:
                self._tell_of(message, "MESSAGE_UPDATE")
        self.bell.ring()

    def message_intent(self, message: FakeMessage) -> int:
        """Return the intent that a session needs to hear of a message."""
        return DIRECT_MESSAGES if message.channel.kind == DIRECT else GUILD_MESSAGES

    def _tell_of(self, message: FakeMessage, name: str) -> None:
        if not message.channel.visible:
            return
        data = event_payload(message, self.bot, self.users, full=True)
        hidden = None
        if withheld(message, self.bot) or (message.reference and withheld(message.reference, self.bot)):
            hidden = event_payload(message, self.bot, self.users, full=False)
        event = Event(name, data, self.message_intent(message), hidden, message.channel.guild)
        if name == "MESSAGE_CREATE":
            self.events[message.id] = event
        self.tell(event)

    def ask(self, interaction: FakeInteraction) -> FakeInteraction:
        """Keep a new interaction and tell every session of it."""
        self.interactions[interaction.id] = interaction
        self.by_token[interaction.token] = interaction
        shown = None if interaction.message is None else self.written_in_full(interaction.message)
        data = interaction.payload(self.application, self.guild, shown)
        event = Event("INTERACTION_CREATE", data, guild=interaction.channel.guild)
        self.events[interaction.id] = event
        self.tell(event)
        return interaction

    def remembered(self, nonce: Any) -> FakeMessage | None:
        """Return the message that the bot posted with this nonce within the window, if any."""
        found = self.nonces.get(str(nonce))
        if found is None or time.monotonic() - found[0] > self.nonce_window:
            return None
        return found[1]

    def bot_message(self, channel: FakeChannel, body: Json, **more: Any) -> FakeMessage:
        """Return a message of the bot made of a checked body; it is not stored yet."""
        flags = (body.get("flags") or 0) | (EPHEMERAL if more.get("viewer") else 0)
        return FakeMessage(
            id=self.ids(),
            channel=channel,
            author=self.bot,
            content=body.get("content") or "",
            components=body.get("components") or [],
            embeds=body.get("embeds") or [],
            attachments=body.get("attachments") or [],
            flags=flags,
            nonce=body.get("nonce"),
            allowed_mentions=body.get("allowed_mentions"),
            body=body,
            **more,
        )

    def judge(self, faults: Faults, what: str) -> None:
        """Note unknown fields as violations, and raise Refused where something is wrong."""
        for path in faults.unknown:
            self.violations.append(Refusal(what, 0, {"unknown field": ".".join(map(str, path))}))
        faults.raise_any()

    def refuse(self, refused: Refused, what: str) -> None:
        """Note an answer that was no; as a violation too where a correct client would not meet it."""
        refusal = Refusal(what, refused.code.value[1], refused.errors)
        self.refusals.append(refusal)
        if refused.code in ILL_FORMED and not refused.foreseen:
            self.violations.append(refusal)
        self.bell.ring()

    def channel(self, number: int | str) -> FakeChannel:
        """Return a channel that the bot may see; Refused otherwise."""
        found = self.channels.get(int(number)) if str(number).isdecimal() else None
        if found is None:
            raise Refused(Code.UNKNOWN_CHANNEL)
        if not found.visible:
            raise Refused(Code.MISSING_ACCESS)
        return found

    def message(self, channel: FakeChannel, number: int | str) -> FakeMessage:
        """Return a message of a channel that all there can see; Refused otherwise."""
        found = self.messages.get(int(number)) if str(number).isdecimal() else None
        if found is None or found.deleted or found.ephemeral or found.channel is not channel:
            raise Refused(Code.UNKNOWN_MESSAGE)
        return found
