"""The routes for messages, reactions, channels, people and commands."""

from __future__ import annotations

import time
from typing import Any, Final
from urllib.parse import unquote

from aiohttp import web

from tests.fakes.discord import schema
from tests.fakes.discord.bodies import SILENT, SUPPRESS_EMBEDS, V2, check_message, refuse_empty
from tests.fakes.discord.commands import check_command
from tests.fakes.discord.forms import fields, snowflake
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.messages import FakeMessage
from tests.fakes.discord.people import DIRECT, FakeChannel, Json
from tests.fakes.discord.refusals import Code, Faults, Refused
from tests.fakes.discord.rest import Rest, body_of
from tests.fakes.discord.world import GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT

APPLICATION_FLAGS: Final = {GUILD_PRESENCES: 1 << 13, GUILD_MEMBERS: 1 << 15, MESSAGE_CONTENT: 1 << 19}
"""The flag of an application for each privileged intent that was granted to it."""
OLD: Final = 3600.0
"""Seconds after which a message is one whose edits have a limit of their own."""
POST_FLAGS: Final = SUPPRESS_EMBEDS | SILENT | V2
EDIT_FLAGS: Final = SUPPRESS_EMBEDS | V2


class Resources:
    """What the bot may do with its token."""

    def __init__(self, rest: Rest, gateway: Gateway) -> None:
        self._world, self._sessions = rest.world, gateway
        channel, message = "/channels/{channel}", "/channels/{channel}/messages/{message}"
        reaction = message + "/reactions/{emoji}"
        rest.route("GET", "/gateway", self._gateway)
        rest.route("GET", "/gateway/bot", self._gateway)
        rest.route("GET", "/users/@me", self._me)
        rest.route("GET", "/users/{user}", self._user)
        rest.route("GET", "/applications/@me", self._application)
        rest.route("GET", "/oauth2/applications/@me", self._application)
        rest.route("POST", "/users/@me/channels", self._open_direct)
        rest.route("GET", channel, self._channel)
        rest.route("POST", channel + "/typing", self._typing)
        rest.route("GET", channel + "/messages", self._history)
        rest.route("POST", channel + "/messages", self._post)
        rest.route("GET", message, self._get)
        rest.route("PATCH", message, self._edit)
        rest.route("DELETE", message, self._delete)
        rest.route("PUT", reaction + "/@me", self._react)
        rest.route("DELETE", reaction + "/@me", self._unreact)
        rest.route("GET", reaction, self._reactors)
        rest.route("GET", "/guilds/{guild}", self._guild)
        rest.route("GET", "/guilds/{guild}/members/{user}", self._member)
        for place in ("/applications/{application}", "/applications/{application}/guilds/{guild}"):
            rest.route("GET", place + "/commands", self._commands)
            rest.route("PUT", place + "/commands", self._replace_commands)
            rest.route("POST", place + "/commands", self._add_command)
            rest.route("GET", place + "/commands/{command}", self._command)
            rest.route("PATCH", place + "/commands/{command}", self._change_command)
            rest.route("DELETE", place + "/commands/{command}", self._remove_command)

    async def _gateway(self, _: web.Request) -> Json:
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return {"url": self._sessions.url, "shards": 1, "session_start_limit": limit}

    async def _me(self, _: web.Request) -> Json:
        return self._world.bot.payload() | {"mfa_enabled": False, "verified": True, "flags": 0}

    async def _user(self, request: web.Request) -> Json:
        user = self._world.users.get(_number(request, "user"))
        if user is None:
            raise Refused(Code.UNKNOWN_USER)
        return user.payload()

    async def _application(self, _: web.Request) -> Json:
        world = self._world
        flags = sum(flag for intent, flag in APPLICATION_FLAGS.items() if world.granted & intent)
        return {
            "id": str(world.application),
            "name": world.bot.name,
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": world.users[world.guild.owner].payload(),
            "verify_key": "0" * 64,
            "team": None,
            "flags": flags,
            "interactions_endpoint_url": None,
            "integration_types_config": {"0": {}},
            "approximate_guild_count": 1,
        }

    async def _open_direct(self, request: web.Request) -> Json:
        body = await body_of(request)
        faults = Faults()
        fields({"recipient_id": snowflake}, ("recipient_id",))(body, (), faults)
        self._world.judge(faults, "POST /users/@me/channels")
        user = self._world.users.get(int(body["recipient_id"]))
        if user is None or user is self._world.bot:
            raise Refused(Code.UNKNOWN_USER)
        return self._world.direct_channel(user).payload()

    async def _channel(self, request: web.Request) -> Json:
        return self._place(request).payload()

    async def _typing(self, request: web.Request) -> None:
        self._writable(request)

    def _place(self, request: web.Request) -> FakeChannel:
        return self._world.channel(request.match_info["channel"])

    def _writable(self, request: web.Request) -> FakeChannel:
        channel = self._place(request)
        if not channel.writable:
            raise Refused(Code.MISSING_PERMISSIONS)
        if channel.kind == DIRECT and channel.recipient and not channel.recipient.accepts_messages:
            raise Refused(Code.CANNOT_MESSAGE_USER)
        return channel

    def _message(self, request: web.Request) -> FakeMessage:
        return self._world.message(self._place(request), request.match_info["message"])

    async def _history(self, request: web.Request) -> list[Json]:
        channel = self._place(request)
        try:
            limit = int(request.query.get("limit", "50"))
            before = int(request.query.get("before", 2**63))
            after = int(request.query.get("after", 0))
        except ValueError:
            limit, before, after = 0, 0, 0
        if not 1 <= limit <= 100:
            faults = Faults()
            faults.add(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
            faults.raise_any()
        found = [
            message
            for message in self._world.messages.values()
            if message.channel is channel and not message.deleted and not message.ephemeral
            if after < message.id < before
        ]
        found = found[:limit] if "after" in request.query else found[-limit:]
        return [self._world.written(message) for message in reversed(found)]

    async def _post(self, request: web.Request) -> Json:
        world = self._world
        channel = self._writable(request)
        body = await body_of(request)
        faults = Faults()
        v2 = check_message(body, faults, known=POST_FLAGS, v2=False, edit=False)
        self._deep(schema.MESSAGE, body, faults)
        world.judge(faults, f"POST /channels/{channel.id}/messages")
        refuse_empty(body, v2=v2)
        if body.get("enforce_nonce") and body.get("nonce") is not None:
            first = world.remembered(body["nonce"])
            if first is not None:
                world.deduplicated += 1
                world.bell.ring()
                return world.written(first)
        message = world.bot_message(channel, body, reference=self._referenced(channel, body))
        if message.nonce is not None:
            world.nonces[str(message.nonce)] = (time.monotonic(), message)
        return world.written(world.store(message))

    def _referenced(self, channel: FakeChannel, body: Json) -> FakeMessage | None:
        link = body.get("message_reference")
        if link is None:
            return None
        try:
            return self._world.message(channel, link["message_id"])
        except Refused:
            if not link.get("fail_if_not_exists", True):
                return None
        faults = Faults()
        faults.add(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        # It may have been deleted while the reply was written; one that never was cannot be replied to.
        was_there = str(link["message_id"]).isdecimal() and int(link["message_id"]) in self._world.messages
        raise Refused(Code.INVALID_FORM, faults.tree(), foreseen=was_there)

    def _deep(self, name: str, body: Any, faults: Faults) -> None:
        if self._world.schema is not None:
            self._world.schema.check(name, body, faults)

    async def _get(self, request: web.Request) -> Json:
        return self._world.written(self._message(request))

    async def _edit(self, request: web.Request) -> Json:
        message = self._message(request)
        if message.author is not self._world.bot:
            raise Refused(Code.NOT_AUTHOR)
        if message.channel.archived:
            raise Refused(Code.THREAD_ARCHIVED)
        body = await body_of(request)
        faults = Faults()
        v2 = check_message(body, faults, known=EDIT_FLAGS, v2=message.v2, edit=True)
        self._deep(schema.MESSAGE_EDIT, body, faults)
        self._world.judge(faults, f"PATCH /channels/{message.channel.id}/messages/{message.id}")
        kept = {"content": message.content, "embeds": message.embeds, "components": message.components}
        refuse_empty(kept | {"attachments": message.attachments} | body, v2=v2)
        if message.age > OLD:
            wait = self._world.rates.old_edit(message.channel.id)
            if wait is not None:
                raise Refused(Code.TOO_MANY_OLD_EDITS, wait=wait)
        message.change(body)
        self._world.changed(message)
        return self._world.written(message)

    async def _delete(self, request: web.Request) -> None:
        message = self._message(request)
        if message.author is not self._world.bot:
            raise Refused(Code.MISSING_PERMISSIONS)
        message.deleted = True
        self._world.changed(message)

    def _emoji(self, request: web.Request) -> str:
        emoji = unquote(request.match_info["emoji"])
        if not emoji or (emoji.isascii() and ":" not in emoji):
            raise Refused(Code.UNKNOWN_EMOJI)
        return emoji

    async def _react(self, request: web.Request) -> None:
        users = self._message(request).reactions.setdefault(self._emoji(request), [])
        if self._world.bot not in users:
            users.append(self._world.bot)
        self._world.bell.ring()

    async def _unreact(self, request: web.Request) -> None:
        users = self._message(request).reactions.get(self._emoji(request), [])
        if self._world.bot not in users:
            raise Refused(Code.UNKNOWN_EMOJI)
        users.remove(self._world.bot)
        self._world.bell.ring()

    async def _reactors(self, request: web.Request) -> list[Json]:
        users = self._message(request).reactions.get(self._emoji(request), [])
        return [user.payload() for user in users]

    def _server(self, request: web.Request) -> int | None:
        if "guild" not in request.match_info:
            return None
        if _number(request, "guild") != self._world.guild.id:
            raise Refused(Code.UNKNOWN_GUILD)
        return self._world.guild.id

    async def _guild(self, request: web.Request) -> Json:
        self._server(request)
        return self._world.guild.payload()

    async def _member(self, request: web.Request) -> Json:
        self._server(request)
        for user in self._world.guild.members:
            if user.id == _number(request, "user"):
                return user.member()
        raise Refused(Code.UNKNOWN_MEMBER)

    def _scope(self, request: web.Request) -> int | None:
        if _number(request, "application") != self._world.application:
            raise Refused(Code.UNKNOWN_APPLICATION)
        return self._server(request)

    async def _commands(self, request: web.Request) -> list[Json]:
        return self._world.registry.listed(self._scope(request))

    async def _checked_command(self, request: web.Request) -> Json:
        body: Json = await body_of(request)
        faults = Faults()
        check_command(body, (), faults)
        self._deep(schema.COMMAND, body, faults)
        self._world.judge(faults, f"{request.method} commands")
        return body

    async def _replace_commands(self, request: web.Request) -> list[Json]:
        scope = self._scope(request)
        bodies = await body_of(request)
        faults = Faults()
        if not isinstance(bodies, list):
            faults.add((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            faults.raise_any()
        for index, body in enumerate(bodies):
            check_command(body, (index,), faults)
            if self._world.schema is not None:
                self._world.schema.check(schema.COMMAND, body, faults, (index,))
        self._world.judge(faults, "PUT commands")
        return self._world.registry.replace(bodies, scope)

    async def _add_command(self, request: web.Request) -> tuple[int, Json]:
        scope = self._scope(request)
        return 201, self._world.registry.add(await self._checked_command(request), scope)

    async def _command(self, request: web.Request) -> Json:
        return self._world.registry.by_id(_number(request, "command"), self._scope(request))

    async def _change_command(self, request: web.Request) -> Json:
        scope = self._scope(request)
        self._world.registry.by_id(_number(request, "command"), scope)
        return self._world.registry.add(await self._checked_command(request), scope)

    async def _remove_command(self, request: web.Request) -> None:
        self._world.registry.remove(_number(request, "command"), self._scope(request))


def _number(request: web.Request, name: str) -> int:
    text = request.match_info[name]
    return int(text) if text.isdecimal() else 0
