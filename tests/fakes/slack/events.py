"""What people do that the bot hears of as an event: mention it, write to it, react, open its Home tab."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.fakes.slack.core import Core
from tests.fakes.slack.payloads import message_json
from tests.fakes.slack.records import Message, Via
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.sockets import Delivery

_NEEDED: Final = {
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}
"""Without this scope Slack never sends the event."""
_MESSAGES: Final = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}


@dataclass(slots=True, eq=False, kw_only=True)
class Event:
    """An event that happened: its payload and each time that it was sent."""

    id: str
    payload: Json
    deliveries: list[Delivery]

    @property
    def ts(self) -> str | None:
        """The `ts` of the message, where the event is about one."""
        found = self.payload["event"].get("ts")
        return None if found is None else str(found)

    @property
    def type(self) -> str:
        """Slack's name for it."""
        return str(self.payload["event"]["type"])


class Events(Core):
    """The drivers of events."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.events: list[Event] = []
        """All that was sent, in order."""
        self.withheld: list[Json] = []
        """What was not sent, because the scope for it was not granted or the bot is not in the channel."""
        self._by_ts: dict[str, Event] = {}
        self.space.own_event = self.emit

    def emit(self, event: Json) -> Event | None:
        """Send any event; None where the scope for it was not granted.

        Args:
            event: the inner event, with its `type`.
        """
        kind = event["type"]
        needed = _MESSAGES.get(event.get("channel_type", "")) if kind == "message" else _NEEDED.get(kind)
        if needed is not None and needed not in self.space.scopes:
            self.withheld.append(event)
            return None
        made = Event(
            id=f"Ev{self.space.number():08d}",
            payload={
                "token": "verification",
                "team_id": self.team,
                "api_app_id": self.space.app,
                "event": event,
                "type": "event_callback",
                "event_id": "",
                "event_time": int(time.time()),
                "authorizations": [
                    {
                        "enterprise_id": None,
                        "team_id": self.team,
                        "user_id": self.bot_user,
                        "is_bot": True,
                        "is_enterprise_install": False,
                    }
                ],
                "is_ext_shared_channel": False,
                "event_context": "4-context",
            },
            deliveries=[],
        )
        made.payload["event_id"] = made.id
        made.deliveries.append(self._send("events_api", made.payload))
        self.events.append(made)
        if made.ts is not None:
            self._by_ts.setdefault(made.ts, made)
        return made

    def say(
        self,
        channel: str,
        user: str,
        text: str,
        *,
        thread_ts: str | None = None,
        attachments: Sequence[Json] | None = None,
        age: float = 0.0,
    ) -> Message:
        """Let a person write into a channel, of which the bot hears nothing, and return the message."""
        if user not in self.space.users:
            raise KeyError(f"no user {user}: add_user first")
        place = self.space.channels[channel]
        if thread_ts is not None and thread_ts not in place.messages:
            raise KeyError(f"no message {thread_ts} in {channel}")
        return self.space.keep(
            Message(
                channel=channel,
                ts=self.space.new_ts(age),
                user=user,
                text=text,
                via=Via.PERSON,
                attachments=list(attachments or ()),
                thread_ts=thread_ts,
            )
        )

    async def mention(
        self,
        channel: str,
        user: str,
        text: str,
        *,
        thread_ts: str | None = None,
        also_as_message: bool = False,
        attachments: Sequence[Json] | None = None,
        age: float = 0.0,
    ) -> str:
        """Let a person mention the bot and return the `ts` of the message; the event is on its way.

        Args:
            channel: where.
            user: who.
            text: in Slack's escaped form; the mention is put before it unless it holds one.
            thread_ts: the message to reply to.
            also_as_message: send the same message as a `message` event too, with another event id.
            attachments: what Slack made of the links (`title`, `original_url`, `from_url`).
            age: seconds since it was written.
        """
        mark = f"<@{self.bot_user}>"
        said = self.say(
            channel,
            user,
            text if mark in text else f"{mark} {text}".strip(),
            thread_ts=thread_ts,
            attachments=attachments,
            age=age,
        )
        place = self.space.channels[channel]
        event = {**message_json(self.space, said), "channel": channel, "event_ts": said.ts}
        if not place.member:
            self.withheld.append({**event, "type": "app_mention"})
            return said.ts
        self.emit({**event, "type": "app_mention"})
        if also_as_message:
            kind = {"channel": "channel", "private": "group", "im": "im"}[place.kind]
            self.emit({**event, "channel_type": kind})
        return said.ts

    async def direct_message(
        self,
        user: str,
        text: str,
        *,
        thread_ts: str | None = None,
        attachments: Sequence[Json] | None = None,
        age: float = 0.0,
    ) -> str:
        """Let a person write to the bot and return the `ts` of the message."""
        channel = self.space.direct_channel(user).id
        said = self.say(channel, user, text, thread_ts=thread_ts, attachments=attachments, age=age)
        shown = message_json(self.space, said)
        self.emit({**shown, "channel": channel, "channel_type": "im", "event_ts": said.ts})
        return said.ts

    async def reaction(self, user: str, emoji: str, channel: str, ts: str, *, added: bool = True) -> None:
        """Let a person react to a message, or take the reaction back."""
        message = self.space.channels[channel].messages[ts]
        users = message.reactions.setdefault(emoji, set())
        change: Callable[[str], None] = users.add if added else users.discard
        change(user)
        self.emit(
            {
                "type": "reaction_added" if added else "reaction_removed",
                "user": user,
                "reaction": emoji,
                "item_user": message.user,
                "item": {"type": "message", "channel": channel, "ts": ts},
                "event_ts": self.space.new_ts(),
            }
        )

    async def home_opened(self, user: str, *, tab: str = "home") -> None:
        """Let a person open the bot's Home tab, or with `messages` the conversation with it."""
        channel = self.space.direct_channel(user).id
        self.emit(
            {
                "type": "app_home_opened",
                "user": user,
                "channel": channel,
                "tab": tab,
                "event_ts": self.space.new_ts(),
            }
        )

    async def uninstall(self) -> None:
        """Take the app out of the team: its tokens are revoked, and it is told so."""
        self.site.revoked = True
        self.emit({"type": "tokens_revoked", "tokens": {"bot": [self.bot_user]}})
        self.emit({"type": "app_uninstalled"})

    async def deliver_again(
        self, event: Event | str, *, attempt: int = 1, reason: str = "timeout"
    ) -> Delivery:
        """Send an event, or the first one about the message with this `ts`, once more, acked or not."""
        found = self._by_ts[event] if isinstance(event, str) else event
        delivery = self._send("events_api", found.payload, attempt=attempt, reason=reason)
        found.deliveries.append(delivery)
        return delivery
