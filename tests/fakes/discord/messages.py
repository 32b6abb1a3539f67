"""A message on the local Discord: what was posted, what became of it, whom it notified, how it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.fakes.discord.bodies import EPHEMERAL, LOADING, SUPPRESS_EMBEDS, V2
from tests.fakes.discord.components import BUTTON, displayed, walk
from tests.fakes.discord.people import DIRECT, FakeChannel, FakeUser, Json

if TYPE_CHECKING:
    from tests.fakes.discord.interactions import FakeInteraction

USER_MENTION: Final = re.compile(r"<@!?([0-9]+)>", re.ASCII)
ROLE_MENTION: Final = re.compile(r"<@&([0-9]+)>", re.ASCII)
EVERYONE: Final = re.compile(r"@(everyone|here)\b")
LINK: Final = re.compile(r"(?<!<)\bhttps?://[^\s<>()\[\]]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Edit:
    """What a message showed before it was edited."""

    content: str
    components: list[Json]
    flags: int


@dataclass(eq=False)
class FakeMessage:
    """A message and its story. `nonce`, `allowed_mentions` and `body` are as the sender gave them."""

    id: int
    channel: FakeChannel
    author: FakeUser
    content: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    reference: FakeMessage | None = None
    allowed_mentions: Json | None = None
    edits: list[Edit] = field(default_factory=list)
    deleted: bool = False
    reactions: dict[str, list[FakeUser]] = field(default_factory=dict)
    interaction: FakeInteraction | None = None
    viewer: FakeUser | None = None
    """The one person who sees it, where it is ephemeral."""
    body: Json = field(default_factory=dict)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def ephemeral(self) -> bool:
        """Return whether one person alone sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def age(self) -> float:
        """Return the seconds since it was posted."""
        return (datetime.now(UTC) - self.created).total_seconds()

    def grow_older(self, seconds: float) -> None:
        """Let it be as if `seconds` had gone by."""
        self.created -= timedelta(seconds=seconds)

    @property
    def loading(self) -> bool:
        """Return whether it still says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def v2(self) -> bool:
        """Return whether it is made of the second kind of components."""
        return bool(self.flags & V2)

    @property
    def text(self) -> str:
        """Return all that is to be read: the content, then every text display, on lines of their own."""
        return "\n".join(filter(None, (self.content, *displayed(self.components))))

    @property
    def buttons(self) -> dict[str, str]:
        """Return the custom ids of the buttons that can be pressed, by their labels."""
        return {
            value.get("label") or "": value["custom_id"]
            for value in walk(self.components)
            if value["type"] == BUTTON and value.get("custom_id") and not value.get("disabled")
        }

    @property
    def pings(self) -> frozenset[str]:
        """Return whom posting it notified: ids of users and roles, `everyone`, `here`.

        Code spans and backslashes are not taken into account: what could ping counts as a ping.
        """
        allowed, text = self.allowed_mentions, self.text
        found: set[str] = set()
        if "@" in text:
            parse = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or ())
            users = set(map(str, (allowed or {}).get("users") or ()))
            roles = set(map(str, (allowed or {}).get("roles") or ()))
            found |= {one for one in USER_MENTION.findall(text) if "users" in parse or one in users}
            found |= {one for one in ROLE_MENTION.findall(text) if "roles" in parse or one in roles}
            if "everyone" in parse:
                found |= set(EVERYONE.findall(text))
        if self.reference is not None and (allowed is None or allowed.get("replied_user")):
            found.add(str(self.reference.author.id))
        return frozenset(found)

    @property
    def unfurls(self) -> tuple[str, ...]:
        """Return the links that get a preview: none in a V2 message or with suppressed embeds."""
        if self.flags & (V2 | SUPPRESS_EMBEDS):
            return ()
        return tuple(LINK.findall(self.content))

    def mentions(self, user: FakeUser) -> bool:
        """Return whether the message addresses `user`, by name or as the one replied to."""
        return str(user.id) in USER_MENTION.findall(self.content) or str(user.id) in self.pings

    def change(self, body: Json) -> None:
        """Apply the body of an edit, already checked, and note what was there before."""
        self.edits.append(Edit(self.content, self.components, self.flags))
        for name in ("content", "components", "embeds", "attachments", "allowed_mentions"):
            if name in body:
                setattr(self, name, body[name] or type(getattr(self, name))())
        kept = self.flags & ~(LOADING | SUPPRESS_EMBEDS)
        suppress = body["flags"] if body.get("flags") is not None else self.flags
        self.flags = kept | (suppress & SUPPRESS_EMBEDS) | ((body.get("flags") or 0) & V2)
        self.body = body


def withheld(message: FakeMessage, bot: FakeUser) -> bool:
    """Return whether what the message says is kept from a bot without the message content intent."""
    return not (
        message.author is bot
        or message.channel.kind == DIRECT
        or message.mentions(bot)
        or message.interaction
    )


def message_payload(message: FakeMessage, bot: FakeUser, people: dict[int, FakeUser], *, full: bool) -> Json:
    """Return the message as Discord writes it for `bot`; `full` says that it may read everything."""
    hidden = not full and withheld(message, bot)
    guild, pings = message.channel.guild, message.pings
    data: Json = {
        "id": str(message.id),
        "type": _type(message),
        "channel_id": str(message.channel.id),
        "author": message.author.payload(),
        "content": "" if hidden else message.content,
        "embeds": [] if hidden else message.embeds,
        "attachments": [] if hidden else message.attachments,
        "components": [] if hidden else message.components,
        "timestamp": message.created.isoformat(),
        "edited_timestamp": datetime.now(UTC).isoformat() if message.edits else None,
        "flags": message.flags,
        "tts": False,
        "pinned": False,
        "mention_everyone": bool({"everyone", "here"} & pings),
        "mentions": [_mentioned(people[one], guild) for one in _users(message.content, pings, people)],
        "mention_roles": sorted(set(ROLE_MENTION.findall(message.content))),
    }
    if message.nonce is not None:
        data["nonce"] = message.nonce
    if message.reactions:
        data["reactions"] = [_reaction(emoji, users, bot) for emoji, users in message.reactions.items()]
    if message.interaction is not None:
        data |= {"application_id": str(bot.id), "webhook_id": str(bot.id)}
        data["interaction_metadata"] = message.interaction.metadata()
    if message.reference is not None:
        data |= _referenced(message.reference, bot, people, full=full)
    return data


def event_payload(message: FakeMessage, bot: FakeUser, people: dict[int, FakeUser], *, full: bool) -> Json:
    """Return MESSAGE_CREATE's data: the message with its server and the author's membership."""
    data = message_payload(message, bot, people, full=full)
    if message.channel.guild is not None:
        data["guild_id"] = str(message.channel.guild)
        data["member"] = message.author.member(with_user=False)
    return data


def _type(message: FakeMessage) -> int:
    if message.interaction is not None and message.interaction.kind == 2:
        return message.interaction.message_type
    return 19 if message.reference is not None else 0


def _users(content: str, pings: frozenset[str], people: dict[int, FakeUser]) -> list[int]:
    named = {int(one) for one in USER_MENTION.findall(content)}
    named |= {int(one) for one in pings if one.isdecimal()}
    return sorted(named & people.keys())


def _mentioned(user: FakeUser, guild: int | None) -> Json:
    member = {} if guild is None else {"member": user.member(with_user=False)}
    return user.payload() | member


def _reaction(emoji: str, users: list[FakeUser], bot: FakeUser) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me": bot in users,
        "me_burst": False,
    }


def _referenced(first: FakeMessage, bot: FakeUser, people: dict[int, FakeUser], *, full: bool) -> Json:
    link: Json = {"type": 0, "message_id": str(first.id), "channel_id": str(first.channel.id)}
    if first.channel.guild is not None:
        link["guild_id"] = str(first.channel.guild)
    shown: Any = None if first.deleted else message_payload(first, bot, people, full=full)
    if shown is not None:
        # Discord goes one step back and no further.
        shown.pop("referenced_message", None)
    return {"message_reference": link, "referenced_message": shown}
