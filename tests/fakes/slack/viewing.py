"""The methods `views.*`, `reactions.*` and the status of an assistant's thread."""

from __future__ import annotations

from typing import Final

from tests.fakes.slack.chatting import parsed
from tests.fakes.slack.payloads import view_json
from tests.fakes.slack.records import OpenView, Refusal
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.workspace import Workspace

MOST_VIEWS: Final = 3
"""Modals on top of each other."""


def open_view(space: Workspace, args: Json) -> Json:
    """`views.open`: the view is checked first, so that a faulty one leaves the trigger unused."""
    view = space.checked_view(parsed(args["view"], "invalid_arguments"))
    user, _ = space.use_trigger(args["trigger_id"])
    return {"view": view_json(space, space.show(user, view))}


def push_view(space: Workspace, args: Json) -> Json:
    """`views.push`."""
    view = space.checked_view(parsed(args["view"], "invalid_arguments"))
    user, parent = space.use_trigger(args["trigger_id"])
    below = next((each for each in space.views if each.id == parent and not each.closed), None)
    if below is None:
        raise Refusal("invalid_arguments", "there is no modal to push onto", fault=True)
    if sum(each.root == below.root and not each.closed for each in space.views) >= MOST_VIEWS:
        raise Refusal("push_limit_reached", fault=True)
    return {"view": view_json(space, space.show(user, view, below))}


def update_view(space: Workspace, args: Json) -> Json:
    """`views.update`."""
    view = space.checked_view(parsed(args["view"], "invalid_arguments"))
    shown = _open(space, args)
    if "hash" in args and args["hash"] != shown.hash:
        raise Refusal("hash_conflict")
    shown.replace(view, f"h{space.number()}")
    space.changed()
    return {"view": view_json(space, shown)}


def _open(space: Workspace, args: Json) -> OpenView:
    view_id, external = args.get("view_id"), args.get("external_id")
    for shown in reversed(space.views):
        same = shown.id == view_id if view_id else external and shown.view.get("external_id") == external
        if same and not shown.closed:
            return shown
    raise Refusal("not_found", str(view_id or external))


def publish_view(space: Workspace, args: Json) -> Json:
    """`views.publish`: the Home tab of a person."""
    view = space.checked_view(parsed(args["view"], "invalid_arguments"), ("home",))
    user = args["user_id"]
    if user not in space.users:
        raise Refusal("invalid_arguments", f"no user {user}")
    for shown in space.views:
        if shown.kind == "home" and shown.user == user:
            if "hash" in args and args["hash"] != shown.hash:
                raise Refusal("hash_conflict")
            shown.replace(view, f"h{space.number()}")
            space.changed()
            return {"view": view_json(space, shown)}
    return {"view": view_json(space, space.show(user, view))}


def add_reaction(space: Workspace, args: Json) -> Json:
    """`reactions.add`."""
    message = space.message_of(space.member_channel(args["channel"]), args["timestamp"])
    users = message.reactions.setdefault(_emoji(args), set())
    if space.bot_user in users:
        raise Refusal("already_reacted")
    users.add(space.bot_user)
    space.changed()
    return {}


def remove_reaction(space: Workspace, args: Json) -> Json:
    """`reactions.remove`."""
    message = space.message_of(space.member_channel(args["channel"]), args["timestamp"])
    users = message.reactions.get(_emoji(args), set())
    if space.bot_user not in users:
        raise Refusal("no_reaction")
    users.discard(space.bot_user)
    space.changed()
    return {}


def _emoji(args: Json) -> str:
    name = args["name"]
    if not isinstance(name, str) or not name or ":" in name or " " in name:
        raise Refusal("invalid_name", str(name), fault=True)
    return name


def set_status(space: Workspace, args: Json) -> Json:
    """`assistant.threads.setStatus`; answers `assistant_error` where one is set."""
    if space.assistant_error is not None:
        raise Refusal(space.assistant_error)
    channel = space.channel_of(args["channel_id"])
    if args["thread_ts"] not in channel.messages:
        raise Refusal("invalid_thread_ts", str(args["thread_ts"]))
    space.statuses.append(dict(args))
    space.changed()
    return {}
