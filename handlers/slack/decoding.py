"""What Slack sends, read into plain values: events that ask, and the text of messages.

Pure. Raises nothing but `MalformedError` where something is missing; the text stays in Slack's escaped
form, which `bot.paste` undoes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from html import unescape
from typing import Any, Final

from bot.questions import Incoming, Place, Platform, Way
from bot.records import record
from handlers.slack import manifest

Json = Mapping[str, Any]

# Others are edits, deletions, joinings, and what bots write.
_SUBTYPES: Final = frozenset({"None", "file_share", "thread_broadcast"})
_LINK: Final = re.compile(r"<((?:https?|mailto):[^<>|]+)(?:\|([^<>]*))?>")


class MalformedError(Exception):
    """An event lacks what every event of its kind has; names the field."""


@record
class Reader:
    """Whose events are read: the workspace, the bot's user id, and the emoji that asks (or None)."""

    team: str
    bot_user: str
    reaction: str | None = None


def incoming(body: Json, reader: Reader) -> Incoming | None:
    """Return what the event in `body` asks, or None where it does not ask the bot anything.

    Raises:
        MalformedError: A field is missing or is not what it has to be.
    """
    event = body.get("event")
    if not isinstance(event, Mapping):
        raise MalformedError("event")
    read = _READERS.get(_kind(event))
    return read(event, _text(body, "event_id"), reader) if read else None


def overlooked(message: Json, channel: str, reader: Reader) -> Incoming | None:
    """Return what a message of `channel` asks that was read and of which no event came; None where nothing.

    Raises:
        MalformedError: A field is missing or is not what it has to be.
    """
    text = message.get("text")
    direct = is_direct(channel)
    if not direct and not (isinstance(text, str) and _mention_of(reader.bot_user).search(text)):
        return None
    event = {**message, "channel": channel}
    # It has no event id; the message's own does as well.
    delivery = f"missed:{channel}:{message.get('ts')}"
    return _message(event, delivery, reader, Way.DIRECT if direct else Way.MENTION)


def _kind(event: Json) -> str:
    kind = event.get("type")
    return f"message.{event.get('channel_type')}" if kind == "message" else str(kind)


def _mention(event: Json, delivery: str, reader: Reader) -> Incoming | None:
    # What is written to the bot directly comes as a message too, and is answered as one.
    if _is_direct(event):
        return None
    return _message(event, delivery, reader, Way.MENTION)


def _direct(event: Json, delivery: str, reader: Reader) -> Incoming | None:
    return _message(event, delivery, reader, Way.DIRECT)


def _message(event: Json, delivery: str, reader: Reader, way: Way) -> Incoming | None:
    if event.get("bot_id") or str(event.get("subtype")) not in _SUBTYPES:
        return None
    person, text = _text(event, "user"), event.get("text") or ""
    if person == reader.bot_user:
        return None
    if not isinstance(text, str):
        raise MalformedError("text")
    ts = _text(event, "ts")
    return Incoming(
        delivery=delivery,
        place=place(reader.team, _text(event, "channel")),
        message=ts,
        thread=_text(event, "thread_ts") if event.get("thread_ts") else ts,
        person=person,
        way=way,
        text=without_mention(text, reader.bot_user),
        titles=titles(event),
    )


def _reaction(event: Json, delivery: str, reader: Reader) -> Incoming | None:
    item = event.get("item")
    if reader.reaction is None or event.get("reaction") != reader.reaction:
        return None
    if not isinstance(item, Mapping):
        raise MalformedError("item")
    # What the bot wrote is an answer, not a claim.
    if item.get("type") != "message" or reader.bot_user in (event.get("user"), event.get("item_user")):
        return None
    ts = _text(item, "ts")
    return Incoming(
        delivery=delivery,
        place=place(reader.team, _text(item, "channel")),
        # Whoever reacts with this emoji asks the same: one reply for all of them.
        message=f"{ts}:{reader.reaction}",
        thread=ts,
        person=_text(event, "user"),
        way=Way.REACTION,
        text="",
    )


_READERS: Final[Mapping[str, Callable[[Json, str, Reader], Incoming | None]]] = {
    manifest.MENTION: _mention,
    manifest.DIRECT: _direct,
    manifest.REACTION: _reaction,
}
ASKING: Final = frozenset(_READERS)
"""The events that can ask something."""


def place(team: str, channel: str) -> Place:
    """Return the neutral name of a channel of Slack."""
    return Place(platform=Platform.SLACK, tenant=team, channel=channel)


def without_mention(text: str, bot_user: str) -> str:
    """Return `text` without the mentions of the bot itself, in Slack's escaped form."""
    return _mention_of(bot_user).sub(" ", text).strip()


@cache
def _mention_of(bot_user: str) -> re.Pattern[str]:
    return re.compile(rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>")


def titles(message: Json) -> tuple[str, ...]:
    """Return the titles of the links that Slack unfurled in a message."""
    return tuple(
        each["title"]
        for each in _attachments(message)
        if isinstance(each.get("title"), str) and (each.get("original_url") or each.get("from_url"))
    )


def said(message: Json, bot_user: str) -> str:
    """Return the text of a message that is asked about; of one without, what its attachments say."""
    text = message.get("text")
    if isinstance(text, str) and (found := without_mention(text, bot_user)):
        return found
    parts = (each.get("text") or each.get("fallback") for each in _attachments(message))
    return "\n".join(each for each in parts if isinstance(each, str))


def plain(text: str) -> str:
    """Return what was typed after a command, such as an id, without Slack's escapes."""
    return unescape(text).strip()


def readable(text: str) -> str:
    """Return the text of a message as its reader sees it: links by their labels, without Slack's escapes."""
    return plain(_LINK.sub(lambda found: found[2] or found[1], text))


def _attachments(message: Json) -> list[Json]:
    held = message.get("attachments")
    return [each for each in held if isinstance(each, Mapping)] if isinstance(held, list) else []


def is_direct(channel: str) -> bool:
    """Say whether the channel is the one in which one person writes to the bot."""
    return channel.startswith("D")


def _is_direct(event: Json) -> bool:
    return event.get("channel_type") == "im" or is_direct(str(event.get("channel", "")))


def _text(held: Json, field: str) -> str:
    value = held.get(field)
    if not isinstance(value, str) or not value:
        raise MalformedError(field)
    return value
