"""The JSON that Slack hands out: messages, views, people."""

from __future__ import annotations

from tests.fakes.slack.records import Message, OpenView, Via
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.workspace import Workspace


def message_json(space: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """Return a message as Slack shows it; with `metadata`, with what the app stored along with it."""
    if message.deleted:
        return {
            "type": "message",
            "subtype": "tombstone",
            "text": "This message was deleted.",
            "ts": message.ts,
        }
    shown: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": space.team,
    }
    if message.via is not Via.PERSON:
        shown |= {"bot_id": space.bot_id, "app_id": space.app}
    held = {"blocks": message.blocks, "attachments": message.attachments, "files": message.files}
    shown |= {name: value for name, value in held.items() if value}
    if message.thread_ts is not None:
        shown |= {"thread_ts": message.thread_ts, "parent_user_id": _parent_user(space, message)}
    elif replies := space.channels[message.channel].threads.get(message.ts):
        shown |= {"thread_ts": message.ts, "reply_count": sum(not each.deleted for each in replies)}
    if message.edits:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": sorted(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if metadata and message.metadata is not None:
        shown["metadata"] = message.metadata
    return shown


def _parent_user(space: Workspace, message: Message) -> str | None:
    parent = space.channels[message.channel].messages.get(message.thread_ts or "")
    return parent.user if parent else None


def view_json(space: Workspace, shown: OpenView, state: Json | None = None) -> Json:
    """Return a view as Slack shows it, with what was entered."""
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "submit": None,
        "close": None,
        **shown.view,
        "blocks": [{"block_id": f"b{index}", **block} for index, block in enumerate(shown.view["blocks"])],
        "id": shown.id,
        "team_id": space.team,
        "app_id": space.app,
        "app_installed_team_id": space.team,
        "bot_id": space.bot_id,
        "hash": shown.hash,
        "root_view_id": shown.root,
        "previous_view_id": shown.previous,
        "state": {"values": state or {}},
    }


def user_json(space: Workspace, user: str) -> Json:
    """Return the short form of a person that interactions carry."""
    name = space.users[user]["name"]
    return {"id": user, "username": name, "name": name, "team_id": space.team}


def channel_json(space: Workspace, channel: str) -> Json:
    """Return the short form of a channel that interactions carry."""
    found = space.channels[channel]
    return {"id": found.id, "name": "directmessage" if found.kind == "im" else found.name}
