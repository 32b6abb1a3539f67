"""The methods `chat.*`, and what every way of writing shares: content, thread, metadata."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.fakes.slack.payloads import message_json
from tests.fakes.slack.records import Channel, Ephemeral, Message, Refusal, Via
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.workspace import Workspace

SITE: Final = "https://test.slack.example/"
LONGEST_TEXT: Final = 40_000
LONGEST_UPDATE: Final = 4_000
"""Bytes of the text of `chat.update`, which is far stricter than `chat.postMessage`."""
LARGEST_METADATA: Final = 16_000
"""Bytes; Slack documents that there is a limit and not which."""


def post_message(space: Workspace, args: Json) -> Json:
    """`chat.postMessage`."""
    target = args["channel"]
    if isinstance(target, str) and target.startswith("U"):
        target = space.direct_channel(target).id
    channel = space.member_channel(target)
    text, blocks, attachments = content_of(space, args)
    message = Message(
        channel=channel.id,
        ts=space.new_ts(),
        user=space.bot_user,
        bot_id=space.bot_id,
        text=text,
        via=Via.WEB_API,
        blocks=blocks,
        attachments=attachments,
        thread_ts=thread_of(space, channel, args.get("thread_ts")),
        metadata=metadata_of(args),
        unfurl_links=flag_of(args, "unfurl_links"),
        unfurl_media=flag_of(args, "unfurl_media"),
        parse=args.get("parse"),
        link_names=bool(flag_of(args, "link_names")),
        reply_broadcast=bool(flag_of(args, "reply_broadcast")),
    )
    space.keep(message)
    shown = message_json(space, message)
    if channel.kind == "im":
        space.own_event({**shown, "channel": channel.id, "channel_type": "im", "event_ts": message.ts})
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def update(space: Workspace, args: Json) -> Json:
    """`chat.update`: a text without blocks removes the blocks; what is not sent stays."""
    channel = space.channel_of(args["channel"])
    message = space.message_of(channel, args["ts"])
    if message.via is Via.PERSON:
        raise Refusal("cant_update_message", message.ts, fault=True)
    if channel.archived:
        raise Refusal("is_inactive", channel.id)
    if message.uneditable:
        raise Refusal("edit_window_closed", message.ts)
    text, blocks, attachments = content_of(space, args)
    if len(text.encode()) > LONGEST_UPDATE:
        raise Refusal("msg_too_long", f"{len(text.encode())} bytes of text in chat.update", fault=True)
    before = message_json(space, message)
    if "blocks" not in args and "text" not in args:
        blocks = message.blocks
    message.replace(
        text=text if "text" in args else message.text,
        blocks=blocks,
        attachments=attachments if "attachments" in args else message.attachments,
    )
    if "metadata" in args:
        message.metadata = metadata_of(args)
    message.parse, message.link_names = args.get("parse"), bool(flag_of(args, "link_names"))
    space.changed()
    shown = message_json(space, message)
    if channel.kind == "im":
        space.own_event(_subtype("message_changed", channel, message=shown, previous_message=before))
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(space: Workspace, args: Json) -> Json:
    """`chat.delete`."""
    channel = space.channel_of(args["channel"])
    message = space.message_of(channel, args["ts"])
    if message.via is Via.PERSON:
        raise Refusal("cant_delete_message", message.ts, fault=True)
    before = message_json(space, message)
    message.deleted = True
    space.changed()
    if channel.kind == "im":
        space.own_event(_subtype("message_deleted", channel, deleted_ts=message.ts, previous_message=before))
    return {"channel": channel.id, "ts": message.ts}


def permalink(space: Workspace, args: Json) -> Json:
    """`chat.getPermalink`: the address of a message, with the thread where it is a reply."""
    channel = space.channel_of(args["channel"])
    message = space.message_of(channel, args["message_ts"])
    address = f"{SITE}archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts is not None:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


def post_ephemeral(space: Workspace, args: Json) -> Json:
    """`chat.postEphemeral`."""
    channel = space.member_channel(args["channel"])
    if args["user"] not in space.users:
        raise Refusal("user_not_in_channel", str(args["user"]))
    text, blocks, attachments = content_of(space, args)
    shown = Ephemeral(
        channel=channel.id,
        ts=space.new_ts(),
        user=args["user"],
        text=text,
        via=Via.WEB_API,
        blocks=blocks,
        attachments=attachments,
        thread_ts=thread_of(space, channel, args.get("thread_ts")),
    )
    return {"message_ts": space.keep_ephemeral(shown).ts}


def _subtype(subtype: str, channel: Channel, **more: Any) -> Json:
    return {"type": "message", "subtype": subtype, "channel": channel.id, "channel_type": "im", **more}


def parsed(value: Any, error: str) -> Any:
    """Return what may come as JSON or as a text that holds JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as reason:
        raise Refusal(error, str(reason), fault=True) from reason


def content_of(space: Workspace, args: Json, *, whole: bool = True) -> tuple[str, list[Json], list[Json]]:
    """Return text, blocks and attachments, each checked; `whole` adds the limit of all blocks together."""
    text = args.get("text") or ""
    blocks = parsed(args.get("blocks") or [], "invalid_blocks_format")
    attachments = parsed(args.get("attachments") or [], "invalid_attachments")
    if not isinstance(text, str):
        raise Refusal("invalid_arguments", "text is not a text", fault=True)
    if not text and not blocks and not attachments:
        raise Refusal("no_text", fault=True)
    if len(text) > LONGEST_TEXT:
        raise Refusal("msg_too_long", f"{len(text)} characters", fault=True)
    if blocks:
        space.check_blocks(blocks, whole=whole)
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise Refusal("invalid_attachments", fault=True)
    return text, blocks, attachments


def flag_of(args: Json, name: str) -> bool | None:
    """Return a switch, or None where it was not sent."""
    value = args.get(name)
    if value is None or isinstance(value, bool):
        return value
    if value in ("1", "true", "0", "false"):
        return value in ("1", "true")
    raise Refusal("invalid_arguments", f"{name} is not true or false", fault=True)


def thread_of(space: Workspace, channel: Channel, ts: Any) -> str | None:
    """Return the `ts` of the message that a reply hangs on; a reply to a reply is refused."""
    if ts is None:
        return None
    parent = channel.messages.get(ts) if isinstance(ts, str) else None
    if parent is None:
        raise Refusal("thread_not_found", str(ts))
    if parent.thread_ts is not None:
        space.violations.append(f"a reply was addressed to {ts}, which is itself a reply")
        raise Refusal("thread_not_found", f"{ts} is itself a reply")
    return parent.ts


def metadata_of(args: Json) -> Json | None:
    """Return the metadata of a message, or None for none."""
    value = parsed(args.get("metadata"), "invalid_metadata_format")
    if not value:
        return None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("event_type"), str)
        or not isinstance(value.get("event_payload"), dict)
        or set(value) - {"event_type", "event_payload"}
    ):
        raise Refusal("invalid_metadata_format", fault=True)
    if len(json.dumps(value).encode()) > LARGEST_METADATA:
        raise Refusal("metadata_too_large", fault=True)
    return value
