"""What a post to a response URL does, and what the answer to a command shows to one person."""

from __future__ import annotations

from typing import Final

from tests.fakes.slack.chatting import content_of, flag_of, metadata_of, thread_of
from tests.fakes.slack.records import Answered, Ephemeral, Message, Refusal, Response, Via
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.workspace import RESPONSE_USES, Workspace

_RESPONSE_FIELDS: Final = {
    "text",
    "blocks",
    "attachments",
    "response_type",
    "replace_original",
    "delete_original",
    "unfurl_links",
    "unfurl_media",
    "thread_ts",
    "metadata",
}


def respond(space: Workspace, url: str, body: Json) -> Response:
    """Carry out a post to a response URL and return what it did, or refuse."""
    opened = space.response_urls.get(url)
    if opened is None:
        raise Refusal("no_such_url", url, fault=True)
    if space.clock() > opened.expires:
        raise Refusal("expired_url", url)
    if opened.uses >= RESPONSE_USES:
        raise Refusal("used_url", url, fault=True)
    if unknown := set(body) - _RESPONSE_FIELDS:
        raise Refusal("invalid_payload", f"unknown: {', '.join(sorted(unknown))}", fault=True)
    kind, message = _responded(space, opened.user, opened.channel, opened.origin, body)
    opened.uses += 1
    made = Response(url=url, body=body, kind=kind, message=message)
    opened.responses.append(made)
    space.responses.append(made)
    space.changed()
    return made


def _responded(
    space: Workspace, user: str, channel: str, origin: Message | Ephemeral | None, body: Json
) -> tuple[Answered, Message | Ephemeral | None]:
    if body.get("delete_original"):
        if origin is not None:
            origin.deleted = True
        return Answered.DELETED, origin
    text, blocks, attachments = content_of(space, body, whole=False)
    if body.get("replace_original") and origin is not None:
        origin.replace(text=text, blocks=blocks, attachments=attachments)
        return Answered.REPLACED, origin
    thread = thread_of(space, space.channels[channel], body.get("thread_ts"))
    if body.get("response_type", "ephemeral") == "ephemeral":
        return Answered.EPHEMERAL, seen_by_one(space, user, channel, body, Via.RESPONSE_URL, thread=thread)
    if body["response_type"] != "in_channel":
        raise Refusal("invalid_payload", f"response_type {body['response_type']}", fault=True)
    message = Message(
        channel=channel,
        ts=space.new_ts(),
        user=space.bot_user,
        bot_id=space.bot_id,
        text=text,
        via=Via.RESPONSE_URL,
        blocks=blocks,
        attachments=attachments,
        thread_ts=thread,
        metadata=metadata_of(body),
        unfurl_links=flag_of(body, "unfurl_links"),
        unfurl_media=flag_of(body, "unfurl_media"),
    )
    return Answered.IN_CHANNEL, space.keep(message)


def seen_by_one(
    space: Workspace, user: str, channel: str, body: Json, via: Via, *, thread: str | None = None
) -> Ephemeral:
    """Show the content of `body` to one person, checked."""
    text, blocks, attachments = content_of(space, body, whole=False)
    return space.keep_ephemeral(
        Ephemeral(
            channel=channel,
            ts=space.new_ts(),
            user=user,
            text=text,
            via=via,
            blocks=blocks,
            attachments=attachments,
            thread_ts=thread,
        )
    )
