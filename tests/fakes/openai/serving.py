"""OpenAI's HTTP API, embeddings and chats: what a real service refuses is refused, each fault can be had."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Callable
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from aiohttp import web

from tests.fakes.openai.chatting import FakeChat

DIMENSIONS: Final = 16
KEY: Final = "sk-fake-embedding"


class Fault(StrEnum):
    """What the service does instead of answering."""

    SLOW = "slow"
    LIMITED = "limited"
    BROKEN = "broken"
    UNAUTHORISED = "unauthorised"
    HANG_UP = "hang_up"
    DRIP = "drip"
    NOT_JSON = "not_json"
    NO_VECTORS = "no_vectors"
    TOO_FEW = "too_few"
    TWICE = "twice"
    SHORT = "short"
    NOT_FINITE = "not_finite"
    NO_DIRECTION = "no_direction"
    TEXT = "text"


STATUS: Final = {Fault.LIMITED: 429, Fault.BROKEN: 503, Fault.UNAUTHORISED: 401}
SPOILT: Final = frozenset(tuple(Fault)[tuple(Fault).index(Fault.NO_VECTORS) :])
"""Those that answer with something that looks like an answer."""


def vector_of(text: str) -> list[float]:
    """Return the vector of a text: a direction of its own, not of length 1, as some services have it."""
    seed = hashlib.sha256(text.casefold().encode()).digest()
    return [float(each) for each in np.random.default_rng(list(seed)).normal(size=DIMENSIONS)]


class FakeOpenAI:
    """The service, in a thread of its own; `fault` is what it does from now on, None for answering.

    `chat` is what answers to chats.
    """

    def __init__(self, key: str | None = KEY) -> None:
        self.fault: Fault | None = None
        self.asked: list[list[str]] = []
        self.chat = FakeChat()
        self.violations: list[str] = []
        self._key = key
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.address = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        assert not self.violations or error

    async def _start(self) -> str:
        self._runner = web.ServerRunner(web.Server(self._handle), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/v1"

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        paths = {"/v1/embeddings", "/v1/chat/completions"}
        if request.method != "POST" or request.path not in paths:
            self.violations.append(f"{request.method} {request.path}")
            return web.Response(status=404)
        if self._key and request.headers.get("Authorization") != f"Bearer {self._key}":
            return web.json_response({"error": {"message": "no key"}}, status=401)
        if request.path == "/v1/chat/completions":
            return await self.chat.handle(request)
        body = await request.json()
        texts = body.get("input")
        if set(body) - {"input", "model", "encoding_format", "dimensions"} or not texts or "" in texts:
            self.violations.append(f"a body with {sorted(body)}")
            return web.json_response({"error": {"message": "no input"}}, status=400)
        self.asked.append(texts)
        return await self._answer(request, texts)

    async def _answer(self, request: web.BaseRequest, texts: list[str]) -> web.StreamResponse:
        data: list[dict[str, Any]] = [
            {"object": "embedding", "index": n, "embedding": vector_of(text)} for n, text in enumerate(texts)
        ]
        # In no order that can be relied on.
        whole: dict[str, Any] = {"object": "list", "data": data[::-1], "model": "fake"}
        match self.fault:
            case None:
                return web.json_response(whole)
            case Fault.SLOW:
                await asyncio.sleep(30)
            case Fault.LIMITED | Fault.BROKEN | Fault.UNAUTHORISED:
                headers = {"Retry-After": "120"} if self.fault is Fault.LIMITED else {}
                return web.json_response({}, status=STATUS[self.fault], headers=headers)
            case Fault.HANG_UP:
                assert request.transport is not None
                request.transport.abort()
            case Fault.DRIP:
                response = web.StreamResponse()
                await response.prepare(request)
                for sign in json.dumps(whole):
                    await response.write(sign.encode())
                    await asyncio.sleep(0.05)
                return response
            case Fault.NOT_JSON:
                return web.Response(text="<html>busy</html>", content_type="text/html")
        spoilt = self.fault in SPOILT
        return web.Response(text=json.dumps(_spoilt(self.fault, whole)) if spoilt else "")


def _spoilt(fault: Fault | None, whole: dict[str, Any]) -> dict[str, Any]:
    data: list[dict[str, Any]] = whole["data"]
    change: dict[Fault, Callable[[], object]] = {
        Fault.NO_VECTORS: lambda: whole.pop("data"),
        Fault.TOO_FEW: data.pop,
        Fault.TWICE: lambda: data[0].update(index=data[-1]["index"]),
        Fault.SHORT: data[0]["embedding"].pop,
        Fault.NOT_FINITE: lambda: data[0]["embedding"].__setitem__(3, float("nan")),
        Fault.NO_DIRECTION: lambda: data[0].update(embedding=[0.0] * DIMENSIONS),
        Fault.TEXT: lambda: data[0].update(embedding="AAAA"),
    }
    assert fault is not None
    change[fault]()
    return whole
