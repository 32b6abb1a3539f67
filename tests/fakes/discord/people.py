"""Who is on the local Discord and where they talk: users, roles, one server and its channels.

Knows nothing about requests or sessions.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

EPOCH: Final = 1_420_070_400_000
"""The first millisecond of Discord's ids: 1 January 2015."""
JOINED: Final = "2024-01-01T00:00:00+00:00"
TEXT, DIRECT, THREAD = 0, 1, 11

ADMINISTRATOR: Final = 1 << 3
MANAGE_MESSAGES: Final = 1 << 13
MEMBERS_MAY: Final = 1 << 6 | 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 31 | 1 << 38
"""Add reactions, view, send, embed links, attach files, read history, use commands, send in threads."""

Json = dict[str, Any]


class Snowflakes:
    """Ids that rise: milliseconds since Discord's epoch, then a counter."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> int:
        """Return the next id."""
        now = (int(time.time() * 1000) - EPOCH) << 22
        self._last = max(self._last + 1, now)
        return self._last


@dataclass(eq=False, slots=True)
class FakeFile:
    """A file that somebody attaches to a command, and where it can be fetched."""

    id: int
    name: str
    body: bytes
    kind: str
    url: str

    def payload(self) -> Json:
        """Return the attachment as Discord writes it."""
        return {
            "id": str(self.id),
            "filename": self.name,
            "size": len(self.body),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.kind,
            "ephemeral": True,
        }


@dataclass(eq=False, slots=True)
class FakeRole:
    """A role of the server."""

    id: int
    name: str
    permissions: int = MEMBERS_MAY
    managed: bool = False

    def payload(self) -> Json:
        """Return the role as Discord writes it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "position": 0 if self.name == "@everyone" else 1,
            "permissions": str(self.permissions),
            "managed": self.managed,
            "mentionable": False,
            "flags": 0,
        }


@dataclass(eq=False, slots=True)
class FakeUser:
    """An account; whoever is not `in_guild` can only be met in direct messages."""

    id: int
    name: str
    bot: bool = False
    roles: tuple[FakeRole, ...] = ()
    locale: str = "en-US"
    accepts_messages: bool = True
    in_guild: bool = True

    @property
    def mention(self) -> str:
        """Return what stands in a text for this user."""
        return f"<@{self.id}>"

    @property
    def permissions(self) -> int:
        """Return the permission bits that the roles add up to."""
        bits = MEMBERS_MAY
        for role in self.roles:
            bits |= role.permissions
        return bits

    def payload(self) -> Json:
        """Return the account as Discord writes it."""
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": self.name.title(),
            "discriminator": "0",
            "avatar": None,
            "avatar_decoration_data": None,
            "bot": self.bot,
            "public_flags": 0,
            "primary_guild": None,
        }

    def member(self, *, with_user: bool = True, with_permissions: bool = False) -> Json:
        """Return the membership as Discord writes it; within a message it comes without the user."""
        data: Json = {
            "roles": [str(role.id) for role in self.roles],
            "nick": None,
            "avatar": None,
            "banner": None,
            "joined_at": JOINED,
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }
        if with_user:
            data["user"] = self.payload()
        if with_permissions:
            data["permissions"] = str(self.permissions)
        return data


@dataclass(eq=False, slots=True)
class FakeChannel:
    """A text channel, a thread or a direct message; the bot may be kept from seeing it or writing there."""

    id: int
    name: str
    kind: int = TEXT
    guild: int | None = None
    parent: int | None = None
    owner: int | None = None
    recipient: FakeUser | None = None
    visible: bool = True
    writable: bool = True
    archived: bool = False
    last_message: int | None = None

    def payload(self) -> Json:
        """Return the channel as Discord writes it."""
        last = None if self.last_message is None else str(self.last_message)
        data: Json = {"id": str(self.id), "type": self.kind, "last_message_id": last, "flags": 0}
        if self.recipient is not None:
            return data | {"recipients": [self.recipient.payload()]}
        data |= {
            "guild_id": str(self.guild),
            "name": self.name,
            "parent_id": None if self.parent is None else str(self.parent),
            "rate_limit_per_user": 0,
        }
        if self.kind == THREAD:
            return data | {
                "owner_id": str(self.owner),
                "message_count": 0,
                "member_count": 1,
                "total_message_sent": 0,
                "thread_metadata": {
                    "archived": self.archived,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": JOINED,
                    "locked": False,
                    "create_timestamp": JOINED,
                },
            }
        return data | {"position": 0, "topic": None, "nsfw": False, "permission_overwrites": []}


@dataclass(eq=False, slots=True)
class FakeGuild:
    """The one server that the bot was invited to."""

    id: int
    name: str
    owner: int
    locale: str = "en-US"
    roles: list[FakeRole] = field(default_factory=list)
    channels: list[FakeChannel] = field(default_factory=list)
    members: list[FakeUser] = field(default_factory=list)

    def partial(self) -> Json:
        """Return the server as an interaction carries it."""
        return {"id": str(self.id), "locale": self.locale, "features": []}

    def payload(self) -> Json:
        """Return the server as REST gives it: without channels and members."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner),
            "icon": None,
            "splash": None,
            "banner": None,
            "description": None,
            "features": [],
            "emojis": [],
            "stickers": [],
            "roles": [role.payload() for role in self.roles],
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "afk_timeout": 300,
            "afk_channel_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": self.locale,
            "vanity_url_code": None,
        }

    def created(self, bot: FakeUser, *, everyone: bool) -> Json:
        """Return GUILD_CREATE's data; members beside the bot only where the session may see `everyone`."""
        shown = [channel for channel in self.channels if channel.visible]
        people = self.members if everyone else [bot]
        return self.payload() | {
            "joined_at": JOINED,
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [user.member() for user in people],
            "channels": [channel.payload() for channel in shown if channel.kind == TEXT],
            "threads": [channel.payload() for channel in shown if channel.kind == THREAD],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
