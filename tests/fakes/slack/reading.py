"""The methods that read: `conversations.*`, `users.info`, `usergroups.users.list`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tests.fakes.slack.chatting import flag_of
from tests.fakes.slack.payloads import message_json
from tests.fakes.slack.records import Channel, Message, Refusal
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.workspace import HISTORY, READ, Workspace

MOST_ON_PAGE: Final = 999


def replies(space: Workspace, args: Json) -> Json:
    """`conversations.replies`: the parent first, then its replies, the oldest first."""
    channel = _readable(space, args)
    first = channel.messages.get(args["ts"]) if isinstance(args["ts"], str) else None
    if first is None:
        raise Refusal("thread_not_found", str(args["ts"]))
    thread = [each for each in channel.threads.get(first.ts, ()) if not each.deleted]
    if first.deleted and not thread:
        raise Refusal("thread_not_found", first.ts)
    return _page(space, args, [first, *_between(args, thread)], usual=MOST_ON_PAGE)


def history(space: Workspace, args: Json) -> Json:
    """`conversations.history`: what stands in the channel itself, the newest first."""
    channel = _readable(space, args)
    shown = [
        each
        for each in channel.messages.values()
        if (each.thread_ts is None or each.reply_broadcast)
        and (not each.deleted or channel.threads.get(each.ts))
    ]
    shown.sort(key=lambda each: each.ts, reverse=True)
    return _page(space, args, _between(args, shown), usual=100)


def _readable(space: Workspace, args: Json) -> Channel:
    channel = space.channel_of(args["channel"])
    space.require(HISTORY[channel.kind])
    if not channel.member:
        raise Refusal("not_in_channel", channel.id)
    return channel


def _between(args: Json, messages: Sequence[Message]) -> list[Message]:
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    if flag_of(args, "inclusive"):
        return [each for each in messages if oldest <= float(each.ts) <= latest]
    return [each for each in messages if oldest < float(each.ts) < latest]


def _page(space: Workspace, args: Json, messages: Sequence[Message], *, usual: int) -> Json:
    limit = int(args.get("limit") or usual)
    if not 1 <= limit <= MOST_ON_PAGE:
        raise Refusal("invalid_limit", str(limit), fault=True)
    try:
        start = int(args.get("cursor") or 0)
    except ValueError as error:
        raise Refusal("invalid_cursor", str(args["cursor"]), fault=True) from error
    metadata = bool(flag_of(args, "include_all_metadata"))
    more = start + limit < len(messages)
    answer: Json = {
        "messages": [
            message_json(space, each, metadata=metadata) for each in messages[start : start + limit]
        ],
        "has_more": more,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": str(start + limit)}
    return answer


def open_conversation(space: Workspace, args: Json) -> Json:
    """`conversations.open`: the direct conversation with one person."""
    users = str(args.get("users") or "").split(",")
    if args.get("channel"):
        return {"channel": {"id": space.channel_of(args["channel"]).id}}
    if len(users) != 1 or not users[0]:
        raise Refusal("users_list_not_supplied", "one person", fault=True)
    return {"channel": {"id": space.direct_channel(users[0]).id}}


def info(space: Workspace, args: Json) -> Json:
    """`conversations.info`."""
    channel = space.channel_of(args["channel"])
    space.require(READ[channel.kind])
    shown: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "channel",
        "is_group": False,
        "is_im": channel.kind == "im",
        "is_mpim": False,
        "is_private": channel.kind != "channel",
        "is_archived": channel.archived,
        "context_team_id": space.team,
    }
    if channel.kind == "im":
        shown["user"] = channel.user
    else:
        shown |= {"name": channel.name, "is_member": channel.member}
    return {"channel": shown}


def user_info(space: Workspace, args: Json) -> Json:
    """`users.info`."""
    user = space.users.get(args["user"])
    if user is None:
        raise Refusal("user_not_found", str(args["user"]))
    return {"user": user}


def usergroup_users(space: Workspace, args: Json) -> Json:
    """`usergroups.users.list`."""
    users = space.usergroups.get(args["usergroup"])
    if users is None:
        raise Refusal("no_such_subteam", str(args["usergroup"]))
    return {"users": users}


def auth_test(space: Workspace, _args: Json) -> Json:
    """`auth.test`."""
    return {
        "url": space.base_url,
        "team": "Test team",
        "user": space.users[space.bot_user]["name"],
        "team_id": space.team,
        "user_id": space.bot_user,
        "bot_id": space.bot_id,
        "is_enterprise_install": False,
    }
