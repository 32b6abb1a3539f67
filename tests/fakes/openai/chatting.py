"""The chats of OpenAI's HTTP API: what a real service refuses is refused, and each fault can be had."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final

from aiohttp import web


class Trouble(StrEnum):
    """What the service does instead of answering as it is asked to."""

    HANG = "hang"
    DRIP = "drip"
    HANG_UP = "hang_up"
    BREAK_OFF = "break_off"
    HUGE = "huge"
    LIMITED = "limited"
    LIMITED_FOR_LONG = "limited_for_long"
    BROKEN = "broken"
    BROKEN_AT_LENGTH = "broken_at_length"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    REDIRECT = "redirect"
    NO_SUCH_MODEL = "no_such_model"
    TOO_LONG = "too_long"
    HTML = "html"
    NO_OBJECT = "no_object"
    NO_CHOICES = "no_choices"
    NO_MESSAGE = "no_message"
    REFUSAL = "refusal"
    FILTERED = "filtered"
    CUT_OFF = "cut_off"
    NULL = "null"
    PROSE = "prose"
    TWO_VALUES = "two_values"
    NOT_FINITE = "not_finite"
    DEEP = "deep"
    HALF_A_SIGN = "half_a_sign"
    LONG_NUMBER = "long_number"
    WRONG_ENUM = "wrong_enum"
    MISSING_KEY = "missing_key"
    EXTRA_KEY = "extra_key"
    A_LIST = "a_list"
    FENCED = "fenced"
    THOUGHT = "thought"
    NO_USAGE = "no_usage"
    ABSURD_USAGE = "absurd_usage"


STATUSES: Final[Mapping[Trouble, tuple[int, str]]] = {
    Trouble.LIMITED: (429, "rate_limit_exceeded"),
    Trouble.LIMITED_FOR_LONG: (429, "rate_limit_exceeded"),
    Trouble.BROKEN: (503, "server_error"),
    Trouble.UNAUTHORISED: (401, "invalid_api_key"),
    Trouble.FORBIDDEN: (403, "unsupported_country_region_territory"),
    Trouble.NO_SUCH_MODEL: (404, "model_not_found"),
    Trouble.TOO_LONG: (400, "context_length_exceeded"),
}
CONTENTS: Final[Mapping[Trouble, str | None]] = {
    Trouble.NULL: None,
    Trouble.PROSE: "Certainly! The word that you are looking for is bridge.",
    Trouble.TWO_VALUES: '{"kind": "same"}\n{"kind": "same"}',
    Trouble.NOT_FINITE: '{"kind": NaN}',
    Trouble.DEEP: "[" * 100_000,
    Trouble.HALF_A_SIGN: '{"kind": "\\ud800"}',
    Trouble.LONG_NUMBER: "9" * 10_000,
    Trouble.WRONG_ENUM: '{"kind": "true"}',
    Trouble.MISSING_KEY: "{}",
    Trouble.EXTRA_KEY: '{"kind": "same", "verdict": "true"}',
    Trouble.A_LIST: '["same"]',
}
BODIES: Final[Mapping[Trouble, str]] = {Trouble.HTML: "<html>busy</html>", Trouble.NO_OBJECT: "[]"}
KEYS: Final = frozenset(
    {"model", "messages", "response_format", "max_completion_tokens", "temperature", "seed"}
)
UNKNOWN_TO_STRICT: Final = ("allOf", "not", "dependentRequired", "dependentSchemas", "if", "then", "else")
HUGE: Final = 40_000_000


class FakeChat:
    """What answers under `/chat/completions`. `queue` is taken first, then `always`, then `value` is said."""

    def __init__(self) -> None:
        self.queue: deque[Trouble | str] = deque()
        """What is done at the next questions: trouble, or a text as the model's answer."""
        self.always: Trouble | None = None
        self.value: Any = {"kind": "same"}
        self.forms = {"json_schema", "json_object"}
        """The response formats that this service takes."""
        self.takes_temperature = True
        self.pause = 0.0
        self.tokens = 100
        self.asked: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.refused: list[str] = []
        self.most_at_once = 0
        self._now = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one question."""
        body = await request.json()
        self.headers.append(dict(request.headers))
        self.asked.append(body)
        fault = next(self._faults(body), None)
        if fault is not None:
            self.refused.append(fault)
            return _error(400, "invalid_request_error", fault)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(self.pause)
            does = self.queue.popleft() if self.queue else self.always
            if isinstance(does, Trouble):
                return await self._troubled(request, does)
            return web.json_response(self._whole(does if does is not None else json.dumps(self.value)))
        finally:
            self._now -= 1

    def _faults(self, body: Any) -> Iterator[str]:
        """Tell what a real service would refuse."""
        if not isinstance(body, dict) or not isinstance(body.get("model"), str) or not body["model"]:
            yield "you must provide a model parameter"
            return
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages:
            yield "[] is too short - 'messages'"
            return
        for each in messages:
            if each.get("role") not in {"system", "user", "assistant"} or not isinstance(
                each.get("content"), str
            ):
                yield "Invalid value: 'messages'"
        if unknown := set(body) - KEYS:
            yield f"Unrecognized request argument supplied: {sorted(unknown)}"
        if "temperature" in body and not self.takes_temperature:
            yield "Unsupported value: 'temperature' does not support 0 with this model."
        yield from self._format_faults(body.get("response_format"), json.dumps(messages))

    def _format_faults(self, form: Any, messages: str) -> Iterator[str]:
        kind = form.get("type") if form else None
        if form is None:
            return
        if kind not in self.forms:
            yield f"Invalid value: '{kind}'. 'response_format.type' is not supported."
        elif kind == "json_object" and "json" not in messages.casefold():
            yield "'messages' must contain the word 'json' in some form, to use 'response_format'"
        elif kind == "json_schema":
            held = form.get("json_schema") or {}
            if not re.fullmatch("[a-zA-Z0-9_-]{1,64}", str(held.get("name", ""))):
                yield "Invalid 'response_format.json_schema.name'"
            schema = held.get("schema")
            if not isinstance(schema, dict) or schema.get("type") != "object":
                yield "Invalid schema for response_format: schema must be a JSON Schema of 'type: \"object\"'"
            elif held.get("strict"):
                yield from _strict_faults(schema, ())

    async def _troubled(self, request: web.BaseRequest, trouble: Trouble) -> web.StreamResponse:
        if trouble in STATUSES:
            status, code = STATUSES[trouble]
            headers = {"Retry-After": "120"} if trouble is Trouble.LIMITED_FOR_LONG else {}
            return _error(
                status, code, f"{code}: This model's maximum context length is 4096 tokens.", headers
            )
        if trouble in CONTENTS:
            return web.json_response(self._whole(CONTENTS[trouble]))
        if trouble in BODIES:
            return web.Response(text=BODIES[trouble])
        whole = self._whole(json.dumps(self.value))
        sent = await _badly_sent(request, trouble, json.dumps(whole))
        if sent is not None:
            return sent
        self._spoil(trouble, whole)
        return web.json_response(whole)

    def _spoil(self, trouble: Trouble, whole: dict[str, Any]) -> None:
        choice = whole["choices"][0]
        message = choice["message"]
        match trouble:
            case Trouble.NO_CHOICES:
                whole["choices"] = []
            case Trouble.NO_MESSAGE:
                choice["message"] = None
            case Trouble.REFUSAL:
                message.update(content=None, refusal="I cannot help with that.")
            case Trouble.FILTERED:
                choice["finish_reason"] = "content_filter"
            case Trouble.CUT_OFF:
                choice["finish_reason"] = "length"
                message["content"] = message["content"][:-3]
            case Trouble.FENCED:
                message["content"] = f"```json\n{message['content']}\n```"
            case Trouble.THOUGHT:
                message["content"] = f"<think>\nLet me {{see}}.\n</think>\n\n{message['content']}\n"
            case Trouble.NO_USAGE:
                del whole["usage"]
            case Trouble.ABSURD_USAGE:
                whole["usage"]["total_tokens"] = 10**30
            case _:
                raise AssertionError(trouble)

    def _whole(self, content: str | None) -> dict[str, Any]:
        message = {"role": "assistant", "content": content, "refusal": None}
        half = self.tokens // 2
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_790_000_000,
            "model": "fake",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
            "usage": {
                "prompt_tokens": half,
                "completion_tokens": self.tokens - half,
                "total_tokens": self.tokens,
            },
        }


async def _badly_sent(request: web.BaseRequest, trouble: Trouble, text: str) -> web.StreamResponse | None:
    """Send an answer as no service should; None where the trouble is another one."""
    assert request.transport is not None
    response = web.StreamResponse()
    match trouble:
        case Trouble.HANG:
            await asyncio.sleep(60)
        case Trouble.HANG_UP:
            request.transport.abort()
        case Trouble.DRIP:
            await response.prepare(request)
            for sign in text:
                await response.write(sign.encode())
                await asyncio.sleep(0.05)
        case Trouble.BREAK_OFF:
            response.content_length = 5_000
            await response.prepare(request)
            await response.write(text.encode()[:40])
            request.transport.abort()
        case Trouble.HUGE | Trouble.BROKEN_AT_LENGTH:
            response.set_status(200 if trouble is Trouble.HUGE else 500)
            await response.prepare(request)
            with suppress(ConnectionError):
                for _ in range(HUGE // 100_000):
                    await response.write(b" " * 100_000)
        case Trouble.REDIRECT:
            return web.Response(status=307, headers={"Location": "/v1/elsewhere"})
        case _:
            return None
    return response


def _strict_faults(schema: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Tell what the strict mode does not take of a schema."""
    if isinstance(schema, list):
        for each in schema:
            yield from _strict_faults(each, path)
    if not isinstance(schema, dict):
        return
    where = f"Invalid schema for response_format: In context={path}"
    for key in UNKNOWN_TO_STRICT:
        if key in schema:
            yield f"{where}, '{key}' is not permitted"
    if "properties" in schema or "object" in (schema.get("type") or ()):
        yield from _object_faults(schema, where)
    for name, each in schema.get("properties", {}).items():
        yield from _strict_faults(each, (*path, name))
    for key in ("items", "anyOf", "prefixItems"):
        yield from _strict_faults(schema.get(key), (*path, key))
    for each in schema.get("$defs", {}).values():
        yield from _strict_faults(each, (*path, "$defs"))


def _object_faults(schema: Mapping[str, Any], where: str) -> Iterator[str]:
    if schema.get("additionalProperties") is not False:
        yield f"{where}, 'additionalProperties' is required to be supplied and to be false"
    if set(schema.get("required", ())) != set(schema.get("properties", ())):
        yield f"{where}, 'required' is required to be supplied and to include every key in properties"


def _error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    error = {"message": message, "type": "error", "param": None, "code": code}
    return web.json_response({"error": error}, status=status, headers=headers)
