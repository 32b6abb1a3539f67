"""The team: people, channels, messages, open forms, and who may do what; no sockets, no HTTP."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fakes.slack.blocks import LONGEST_PAYLOAD, check_blocks, payload_length
from tests.fakes.slack.records import (
    Channel,
    Ephemeral,
    Message,
    OpenView,
    Refusal,
    Response,
    ResponseUrl,
    Via,
)
from tests.fakes.slack.shapes import Invalid, Json
from tests.fakes.slack.views import check_view

ALL_SCOPES: Final = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:read",
        "reactions:write",
        "usergroups:read",
        "users:read",
    }
)
RESPONSE_SECONDS: Final = 30 * 60
RESPONSE_USES: Final = 5
HISTORY: Final = {"channel": "channels:history", "private": "groups:history", "im": "im:history"}
READ: Final = {"channel": "channels:read", "private": "groups:read", "im": "im:read"}


@dataclass(slots=True)
class _Trigger:
    user: str
    expires: float
    view: str | None = None
    used: bool = False


@dataclass(slots=True, kw_only=True)
class Workspace:
    """All that the team holds.

    Args:
        scopes: what the bot was granted.
        deep: whether `slack_sdk.models` checks every payload too.
        trigger_seconds: how long a trigger id lives.
        clock: seconds, for what expires; replaceable, so that a test need not wait.
    """

    scopes: frozenset[str] = ALL_SCOPES
    deep: bool = True
    trigger_seconds: float = 3.0
    clock: Callable[[], float] = time.monotonic
    team: str = "T0TEAM"
    app: str = "A0APP"
    bot_user: str = "U0BOT"
    bot_id: str = "B0BOT"
    base_url: str = ""
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    """What stands at the path of each file: its bytes and its type."""
    users: dict[str, Json] = field(default_factory=dict)
    usergroups: dict[str, list[str]] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    ephemerals: list[Ephemeral] = field(default_factory=list)
    views: list[OpenView] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    statuses: list[Json] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    assistant_error: str | None = None
    """What `assistant.threads.setStatus` answers instead."""
    request_size: int | None = None
    """Bytes of the body that is being carried out, where it is known."""
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    changed: Callable[[], None] = lambda: None
    own_event: Callable[[Json], object] = lambda _event: None
    _triggers: dict[str, _Trigger] = field(default_factory=dict)
    _counter: Any = field(default_factory=lambda: itertools.count(1))
    _last_ts: int = 0

    def file(self, name: str, body: bytes, kind: str) -> Json:
        """Keep a file of somebody's, and return it as Slack describes it on a message."""
        key = f"F{next(self._counter):06}"
        path = f"files-pri/{self.team}-{key}/download/{name}"
        self.files[path] = (body, kind)
        url = f"{self.base_url}{path}"
        told = {"id": key, "name": name, "mimetype": kind, "size": len(body), "mode": "hosted"}
        return {**told, "url_private": url, "url_private_download": url}

    def add_user(self, user: str, **profile: Any) -> str:
        """Add a person (or change one) and return the id."""
        name = str(profile.pop("name", user.lower()))
        self.users[user] = {
            "id": user,
            "team_id": self.team,
            "name": name,
            "real_name": name,
            "is_bot": user == self.bot_user,
            "deleted": False,
            "locale": "en-US",
            "tz": "Etc/UTC",
            **profile,
        }
        return user

    def add_channel(self, channel: str, **more: Any) -> Channel:
        """Add a channel; `more` is passed on to `Channel`."""
        more.setdefault("name", channel.lower())
        self.channels[channel] = Channel(id=channel, **more)
        return self.channels[channel]

    def direct_channel(self, user: str) -> Channel:
        """Return the direct conversation of a person with the bot."""
        if user not in self.users:
            raise Refusal("user_not_found", user)
        key = f"D{user[1:]}"
        return self.channels.get(key) or self.add_channel(key, kind="im", user=user)

    def channel_of(self, channel: Any) -> Channel:
        """Return a channel that the bot can see, or refuse."""
        found = self.channels.get(channel) if isinstance(channel, str) else None
        if found is None or (found.kind == "private" and not found.member):
            raise Refusal("channel_not_found", str(channel))
        return found

    def member_channel(self, channel: Any) -> Channel:
        """Return a channel that the bot is in and that is not archived, or refuse."""
        found = self.channel_of(channel)
        if not found.member:
            raise Refusal("not_in_channel", found.id)
        if found.archived:
            raise Refusal("is_archived", found.id)
        return found

    def message_of(self, channel: Channel, ts: Any) -> Message:
        """Return a message that was not deleted, or refuse."""
        found = channel.messages.get(ts) if isinstance(ts, str) else None
        if found is None or found.deleted:
            raise Refusal("message_not_found", str(ts))
        return found

    def require(self, *needed: str) -> None:
        """Refuse unless one of these scopes was granted."""
        if not self.scopes.intersection(needed):
            provided = ",".join(sorted(self.scopes))
            raise Refusal("missing_scope", ",".join(needed), needed=needed[0], provided=provided)

    def number(self) -> int:
        """Return a number that was not given before."""
        return int(next(self._counter))

    def new_ts(self, age: float = 0.0) -> str:
        """Return the `ts` of a message that is `age` seconds old; no two are the same."""
        micros = time.time_ns() // 1000
        if age:
            # An old message stands before the recent ones; the number keeps it apart from its like.
            micros = micros - int(age * 1_000_000) + self.number()
        else:
            micros = self._last_ts = max(micros, self._last_ts + 1)
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def keep(self, message: Message) -> Message:
        """Put a message into its channel, and among the bot's own where it is one."""
        channel = self.channels[message.channel]
        channel.messages[message.ts] = message
        if message.thread_ts is not None:
            channel.threads.setdefault(message.thread_ts, []).append(message)
        if message.via is not Via.PERSON:
            self.messages.append(message)
            self.changed()
        return message

    def keep_ephemeral(self, message: Ephemeral) -> Ephemeral:
        """Note what one person sees."""
        self.ephemerals.append(message)
        self.changed()
        return message

    def checked_view(self, view: Any, kinds: tuple[str, ...] = ("modal",)) -> Json:
        """Return a view that Slack would accept, or refuse."""
        try:
            return check_view(view, kinds=kinds, deep=self.deep)
        except Invalid as error:
            raise _invalid("invalid_arguments", error) from error

    def check_blocks(self, blocks: Any, *, whole: bool = True) -> None:
        """Refuse blocks that Slack refuses in a message; `whole` adds the limit of all together."""
        try:
            check_blocks(blocks, deep=self.deep)
        except Invalid as error:
            raise _invalid("invalid_blocks", error) from error
        # Written as JSON, blocks are no longer than the request that held them.
        large = self.request_size is None or self.request_size > LONGEST_PAYLOAD
        if whole and large and (length := payload_length(blocks)) > LONGEST_PAYLOAD:
            raise Refusal("msg_blocks_too_long", f"{length} characters", fault=True)

    def new_trigger(self, user: str, view: str | None = None) -> str:
        """Return a trigger id, good once and for a short time; `view` is the modal it came from."""
        trigger = f"{self.number()}.{self.team}.trigger"
        self._triggers[trigger] = _Trigger(user, self.clock() + self.trigger_seconds, view)
        return trigger

    def use_trigger(self, trigger: Any) -> tuple[str, str | None]:
        """Use a trigger id up and return whose it was and the modal it came from, or refuse."""
        found = self._triggers.get(trigger) if isinstance(trigger, str) else None
        if found is None:
            raise Refusal("invalid_trigger_id", str(trigger), fault=True)
        if found.used:
            raise Refusal("exchanged_trigger_id", str(trigger), fault=True)
        if self.clock() > found.expires:
            raise Refusal("expired_trigger_id", str(trigger))
        found.used = True
        return found.user, found.view

    def new_response_url(self, user: str, channel: str, origin: Message | Ephemeral | None) -> ResponseUrl:
        """Open an address for answers to an interaction."""
        made = ResponseUrl(
            id=f"R{self.number()}",
            user=user,
            channel=channel,
            expires=self.clock() + RESPONSE_SECONDS,
            origin=origin,
        )
        self.response_urls[made.id] = made
        return made

    def show(self, user: str, view: Json, previous: OpenView | None = None) -> OpenView:
        """Open a view for a person."""
        name = f"V{self.number()}"
        root = previous.root if previous else name
        shown = OpenView(
            id=name,
            hash=f"h{self.number()}",
            user=user,
            view=view,
            root=root,
            previous=previous.id if previous else None,
        )
        self.views.append(shown)
        self.changed()
        return shown

    def replies_to(self, ts: str) -> list[Message]:
        """Return the bot's messages in the thread of `ts` that stand, in the order of posting."""
        found: Iterable[Message] = itertools.chain.from_iterable(
            channel.threads.get(ts, ()) for channel in self.channels.values()
        )
        return [each for each in found if each.via is not Via.PERSON and not each.deleted]


def _invalid(error: str, reason: Invalid) -> Refusal:
    return Refusal(
        error,
        str(reason),
        fault=True,
        errors=[str(reason)],
        response_metadata={"messages": [f"[ERROR] {reason}"]},
    )
