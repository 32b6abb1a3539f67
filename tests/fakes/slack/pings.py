"""What in a message would notify somebody or show a preview."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from tests.fakes.slack.records import Ephemeral, Message, Via

_MENTION: Final = re.compile(
    r"<(?:!(?:here|channel|everyone|group)(?:\|[^>]*)?|!subteam\^[^>]*|@[UWB][^>]*)>", re.IGNORECASE
)
_PINGING: Final = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range", "team": "team_id"}


def pings(message: Message | Ephemeral) -> list[str]:
    """Return what in `message` would notify somebody or show a preview, each as a short text.

    The text, every `mrkdwn` text and every `markdown` block are read as Slack reads them: an escaped
    `&lt;!here&gt;` and a `plain_text` notify nobody.
    """
    found = [f"text: {each}" for each in _MENTION.findall(message.text)]
    found += _in_blocks(message.blocks)
    for attachment in message.attachments:
        found += [f"attachment: {each}" for each in _mentions(attachment)]
    if isinstance(message, Message):
        if message.parse == "full" or message.link_names:
            found.append("parse or link_names: names in the text are linked")
        if message.via is not Via.PERSON:
            found += [
                f"{flag} is not false"
                for flag in ("unfurl_links", "unfurl_media")
                if getattr(message, flag) is not False
            ]
    return found


def _mentions(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _MENTION.findall(value)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _mentions(each)
    elif isinstance(value, list):
        for each in value:
            yield from _mentions(each)


def _in_blocks(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for each in value for found in _in_blocks(each)]
    if not isinstance(value, dict):
        return []
    kind = value.get("type")
    if kind in ("mrkdwn", "markdown") and isinstance(value.get("text"), str):
        return [f"{kind}: {each}" for each in _MENTION.findall(value["text"])]
    if kind in _PINGING and _PINGING[kind] in value:
        return [f"rich text: {kind} {value[_PINGING[kind]]}"]
    return [found for each in value.values() for found in _in_blocks(each)]
