"""REST: what is common to all requests. Troubles, the token, rate limits, bodies, and how answers look."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from tests.fakes.discord.refusals import Code, Refused
from tests.fakes.discord.trouble import Kind, Trouble
from tests.fakes.discord.world import Request, World

PREFIX: Final = "/api/v10"
Handler = Callable[[web.Request], Awaitable[Any]]
MAJOR: Final = ("channel", "guild", "token")


def answer(status: int, body: Any = None) -> web.Response:
    """Return a response with the content type that Discord sends, to the letter."""
    if body is None:
        return web.Response(status=status)
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")


def limited(seconds: float, *, everywhere: bool = False) -> web.Response:
    """Return the answer to one request too many."""
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
    response = answer(429, body)
    response.headers["Via"] = "1.1 google"
    response.headers["Retry-After"] = str(max(1, round(seconds)))
    response.headers["X-RateLimit-Scope"] = "global" if everywhere else "user"
    if everywhere:
        response.headers["X-RateLimit-Global"] = "true"
    return response


async def body_of(request: web.Request) -> Any:
    """Return the JSON of a request, or of the part `payload_json` where files come with it."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        text = form.get("payload_json", "{}")
    elif request.content_type == "application/json":
        text = await request.text()
    else:
        raise Refused(Code.INVALID_JSON)
    try:
        return json.loads(str(text))
    except ValueError:
        raise Refused(Code.INVALID_JSON) from None


class Rest:
    """Wraps the handlers of single routes in what every request goes through."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = web.Application(client_max_size=30 * 2**20)

    def finish(self) -> None:
        """Answer all that no route answers: 404 and a violation."""
        self.app.router.add_route("*", "/{rest:.*}", self._unknown)

    async def _unknown(self, request: web.Request) -> web.Response:
        refused = Refused(Code.NOT_FOUND)
        self.world.refuse(refused, f"{request.method} {request.path}")
        return answer(404, refused.body())

    def route(self, method: str, path: str, handler: Handler, *, open_to_all: bool = False) -> None:
        """Serve `METHOD path`; `open_to_all` asks for no token, as where a secret stands in the address.

        The handler returns (status, body), or a body to be sent with 200, or None for 204.
        """
        name = f"{method} {path}"

        async def serve(request: web.Request) -> web.StreamResponse:
            place = request.path.removeprefix(PREFIX)
            trouble = self.world.troubles.of(method, place)
            if trouble is None:
                response = await self._handle(request, name, handler, open_to_all=open_to_all)
            else:
                response = await self._meet(
                    trouble, request, lambda: self._handle(request, name, handler, open_to_all=open_to_all)
                )
            cut = request.transport is None or request.transport.is_closing()
            self.world.requests.append(Request(method, place, 0 if cut else response.status))
            return response

        self.app.router.add_route(method, PREFIX + path, serve)

    async def _handle(
        self, request: web.Request, name: str, handler: Handler, *, open_to_all: bool
    ) -> web.Response:
        world = self.world
        what = f"{request.method} {request.path.removeprefix(PREFIX)}"
        major = next((request.match_info[part] for part in MAJOR if part in request.match_info), "")
        headers, wait = world.rates.take(name, major)
        try:
            if not open_to_all and request.headers.get("Authorization") != f"Bot {world.token}":
                raise Refused(Code.UNAUTHORIZED)  # noqa: TRY301 - one way to refuse
            if wait is not None:
                response = limited(wait)
            else:
                result = await handler(request)
                status, body = result if isinstance(result, tuple) else (200, result)
                response = answer(204) if body is None else answer(status, body)
        except Refused as refused:
            world.refuse(refused, what)
            response = answer(refused.code.value[0], refused.body())
            if refused.wait is not None:
                # Without it a client takes the answer for that of the proxy before Discord.
                response.headers["Via"] = "1.1 google"
        response.headers.update(headers)
        return response

    async def _meet(
        self, trouble: Trouble, request: web.Request, handle: Callable[[], Awaitable[web.Response]]
    ) -> web.Response:
        kind = trouble.kind
        if kind is Kind.LIMITED:
            return limited(trouble.retry_after, everywhere=trouble.everywhere)
        if kind is Kind.BLOCKED:
            return web.Response(status=429, text="<html>error code: 1015</html>", content_type="text/html")
        if kind is Kind.SLOW:
            await asyncio.sleep(trouble.seconds)
        response = web.Response(status=trouble.status, text="upstream error")
        if kind not in (Kind.BROKEN, Kind.CUT_BEFORE):
            stored = await handle()
            response = response if kind is Kind.BROKEN_AFTER else stored
        if kind is Kind.SLOW_AFTER:
            await asyncio.sleep(trouble.seconds)
        if kind in (Kind.CUT_BEFORE, Kind.CUT_AFTER) and request.transport is not None:
            request.transport.abort()
        return response
