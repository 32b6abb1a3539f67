"""The methods of the Web API that the fake knows: who may call each, with which arguments and scopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.fakes.slack import chatting, reading, viewing
from tests.fakes.slack.records import Refusal
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.workspace import HISTORY, READ, Workspace

CONNECT: Final = "apps.connections.open"
"""The one method of the app-level token; it belongs to the sockets."""

_EVERYWHERE: Final = frozenset({"token", "team_id"})
_MESSAGE: Final = ("text", "blocks", "attachments", "parse", "link_names", "metadata", "markdown_text")
_PAGE: Final = ("cursor", "limit", "oldest", "latest", "inclusive", "include_all_metadata")


@dataclass(slots=True, frozen=True)
class Method:
    """One method.

    Args:
        run: carries it out.
        required: arguments that must be there.
        optional: arguments that may be.
        scopes: any one of these must be granted; none for a method that is open to every token.
        json: whether it reads a JSON body; the methods that read take forms and queries alone.
    """

    run: Callable[[Workspace, Json], Json]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    json: bool = True


METHODS: Final[dict[str, Method]] = {
    "auth.test": Method(reading.auth_test),
    "chat.postMessage": Method(
        chatting.post_message,
        ("channel",),
        (
            *_MESSAGE,
            "thread_ts",
            "reply_broadcast",
            "unfurl_links",
            "unfurl_media",
            "mrkdwn",
            "username",
            "icon_emoji",
            "icon_url",
        ),
        ("chat:write",),
    ),
    "chat.update": Method(
        chatting.update, ("channel", "ts"), (*_MESSAGE, "reply_broadcast"), ("chat:write",)
    ),
    "chat.postEphemeral": Method(
        chatting.post_ephemeral, ("channel", "user"), (*_MESSAGE, "thread_ts"), ("chat:write",)
    ),
    "chat.getPermalink": Method(chatting.permalink, ("channel", "message_ts"), json=False),
    "chat.delete": Method(chatting.delete, ("channel", "ts"), (), ("chat:write",)),
    "views.open": Method(viewing.open_view, ("trigger_id", "view")),
    "views.push": Method(viewing.push_view, ("trigger_id", "view")),
    "views.update": Method(viewing.update_view, ("view",), ("view_id", "external_id", "hash")),
    "views.publish": Method(viewing.publish_view, ("user_id", "view"), ("hash",)),
    "reactions.add": Method(viewing.add_reaction, ("channel", "timestamp", "name"), (), ("reactions:write",)),
    "reactions.remove": Method(
        viewing.remove_reaction, ("channel", "timestamp", "name"), (), ("reactions:write",)
    ),
    "assistant.threads.setStatus": Method(
        viewing.set_status,
        ("channel_id", "thread_ts", "status"),
        ("loading_messages",),
        ("assistant:write", "chat:write"),
    ),
    "conversations.replies": Method(
        reading.replies, ("channel", "ts"), _PAGE, tuple(HISTORY.values()), json=False
    ),
    "conversations.history": Method(
        reading.history, ("channel",), _PAGE, tuple(HISTORY.values()), json=False
    ),
    "conversations.info": Method(
        reading.info,
        ("channel",),
        ("include_locale", "include_num_members"),
        tuple(READ.values()),
        json=False,
    ),
    "conversations.open": Method(
        reading.open_conversation, (), ("users", "channel", "return_im", "prevent_creation"), ("im:write",)
    ),
    "users.info": Method(reading.user_info, ("user",), ("include_locale",), ("users:read",), json=False),
    "usergroups.users.list": Method(
        reading.usergroup_users, ("usergroup",), ("include_disabled",), ("usergroups:read",), json=False
    ),
}


def carry_out(space: Workspace, name: str, args: Json, *, as_json: bool) -> Json:
    """Carry out a method for the bot and return its answer without `ok`.

    Args:
        space: the team.
        name: of the method.
        args: what was sent; a null stands for nothing.
        as_json: whether it was sent as a JSON body.

    Raises:
        Refusal: with Slack's error.
    """
    method = METHODS.get(name)
    if method is None:
        raise Refusal("unknown_method", name, fault=True)
    if method.scopes:
        space.require(*method.scopes)
    if as_json and not method.json:
        raise Refusal("invalid_arguments", f"{name} reads no JSON", fault=True)
    sent = {key: value for key, value in args.items() if value is not None}
    missing = [each for each in method.required if each not in sent]
    if missing:
        raise Refusal("invalid_arguments", f"missing: {', '.join(missing)}", fault=True)
    if unknown := sent.keys() - _EVERYWHERE - {*method.required, *method.optional}:
        # Slack ignores them; a misspelled `unfurl_links` would go unseen.
        space.violations.append(f"{name}: unknown arguments {', '.join(sorted(unknown))}")
    return method.run(space, sent)
