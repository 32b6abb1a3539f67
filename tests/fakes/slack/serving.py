"""The HTTP side: tokens, scopes, faults, the Web API, response URLs, and the door to the sockets."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from tests.fakes.slack.faults import Call, Fault, Faults, Kind, fault_of
from tests.fakes.slack.methods import CONNECT, METHODS, carry_out
from tests.fakes.slack.records import Refusal, Refused
from tests.fakes.slack.responding import respond
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.workspace import Workspace

RESPOND: Final = "respond"
"""The name of a post to a response URL where a fault or a count asks for one."""
_NOT_FOUND: Final = {"no_such_url", "expired_url", "used_url"}


@dataclass(slots=True, kw_only=True)
class Site:
    """What answers HTTP.

    Args:
        space: the team.
        sockets: the sockets of the app.
        bot_token: the token of the bot.
        app_token: the app-level token.
    """

    space: Workspace
    sockets: Sockets
    bot_token: str
    app_token: str
    revoked: bool = False
    connect_error: str | None = None
    """What `apps.connections.open` answers instead of an address."""
    faults: Faults = field(default_factory=deque)
    calls: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    """The faults that were met, by kind."""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        first, _, rest = request.path.lstrip("/").partition("/")
        if first == "link":
            return await self.sockets.accept(request)
        if first not in ("api", RESPOND) or not rest:
            return self._file(request)
        try:
            args, as_json = await _arguments(request)
        except ValueError as error:
            self._note(rest, Refusal("invalid_json", str(error), fault=True))
            return _json({"ok": False, "error": "invalid_json"}, {})
        name = rest if first == "api" else RESPOND
        self.calls[name] += 1
        fault = fault_of(self.faults, Call(method=name, args=args, number=self.calls[name]))
        if fault is not None:
            self.met[fault.kind] += 1
            if (early := self._before(request, fault)) is not None:
                return early
        self.space.request_size = request.content_length
        if first == "api":
            answer = self._method(request, name, args, as_json=as_json)
        else:
            answer = self._respond(rest, args)
        if fault is not None and fault.kind is Kind.SLOW:
            await asyncio.sleep(fault.seconds)
        elif fault is not None:
            return self._broken(request, fault)
        return answer

    def _file(self, request: web.BaseRequest) -> web.Response:
        """Answer with a file; without the token and the scope, Slack leads to the page to log in."""
        if not request.path.startswith("/files-pri/"):
            self.space.violations.append(f"a request to {request.path}")
            return web.Response(status=404)
        may = request.headers.get("Authorization") == f"Bearer {self.bot_token}"
        if not may or "files:read" not in self.space.scopes:
            return web.Response(status=302, headers={"Location": f"{self.space.base_url}?redir=files"})
        found = self.space.files.get(request.path.lstrip("/"))
        if found is None:
            return web.Response(status=404, text="<html>not found</html>", content_type="text/html")
        return web.Response(body=found[0], content_type=found[1])

    def _before(self, request: web.BaseRequest, fault: Fault) -> web.Response | None:
        if fault.kind is Kind.LIMITED:
            return web.Response(
                status=429,
                body=b'{"ok":false,"error":"ratelimited"}',
                content_type="application/json",
                headers={"Retry-After": str(fault.retry_after)},
            )
        if fault.kind in (Kind.ERROR, Kind.CUT_BEFORE):
            return self._broken(request, fault)
        return None

    @staticmethod
    def _broken(request: web.BaseRequest, fault: Fault) -> web.Response:
        if fault.kind in (Kind.CUT_BEFORE, Kind.CUT_AFTER) and request.transport is not None:
            request.transport.abort()
        # What a proxy in front of Slack says: no JSON.
        return web.Response(status=fault.status, text="<html>upstream error</html>", content_type="text/html")

    def _method(self, request: web.BaseRequest, name: str, args: Json, *, as_json: bool) -> web.Response:
        headers = {"x-slack-req-id": f"r{self.calls.total()}"}
        try:
            bot = self._authorised(request, name, args)
            if bot:
                headers["x-oauth-scopes"] = ",".join(sorted(self.space.scopes))
                if METHODS.get(name) is not None:
                    headers["x-accepted-oauth-scopes"] = ",".join(METHODS[name].scopes)
                answer = carry_out(self.space, name, args, as_json=as_json)
            else:
                answer = self._connect()
        except Refusal as refusal:
            self._note(name, refusal)
            answer = {"error": refusal.error, **refusal.more}
            return _json({"ok": False, **answer}, headers)
        return _json({"ok": True, **answer}, headers)

    def _authorised(self, request: web.BaseRequest, name: str, args: Json) -> bool:
        """Return whether the bot's token came, False for the app's; refuse any other."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        token = given if scheme == "Bearer" else args.get("token")
        if not token:
            raise Refusal("not_authed", name)
        if token not in (self.bot_token, self.app_token):
            raise Refusal("invalid_auth", name)
        if self.revoked:
            raise Refusal("token_revoked", name)
        if (token == self.app_token) != (name == CONNECT) and (name in METHODS or name == CONNECT):
            raise Refusal("not_allowed_token_type", name)
        return name != CONNECT

    def _connect(self) -> Json:
        if self.connect_error is not None:
            raise Refusal(self.connect_error)
        address = self.space.base_url.replace("http://", "ws://", 1)
        return {"url": f"{address}link/?ticket={self.sockets.new_ticket()}&app_id={self.space.app}"}

    def _respond(self, url: str, body: Json) -> web.Response:
        try:
            respond(self.space, url, body)
        except Refusal as refusal:
            self._note(RESPOND, refusal)
            return web.Response(status=404 if refusal.error in _NOT_FOUND else 400, text=refusal.error)
        return web.Response(text="ok")

    def _note(self, name: str, refusal: Refusal) -> None:
        self.refused.append(Refused(method=name, error=refusal.error, detail=refusal.detail))
        if refusal.fault:
            self.space.violations.append(f"{name}: {refusal}")


async def _arguments(request: web.BaseRequest) -> tuple[Json, bool]:
    """Return the arguments of a request, and whether they came as JSON."""
    args: dict[str, Any] = dict(request.query)
    if request.method != "POST":
        return args, False
    body = await request.read()
    as_json = request.content_type == "application/json" and bool(body)
    if as_json:
        sent = json.loads(body)
        if not isinstance(sent, dict):
            raise ValueError("the body is no object")
        args |= sent
    elif body:
        args |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return args, as_json


def _json(answer: Json, headers: dict[str, str]) -> web.Response:
    return web.Response(body=json.dumps(answer).encode(), content_type="application/json", headers=headers)
