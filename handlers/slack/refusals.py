"""What a call that Slack refused, or did not answer, means: its kind, and when to try again, if ever."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from bot.records import record

DEAD_TOKEN: Final = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
)
"""The token is no good, and will not be again."""

TOO_LONG: Final = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
)
"""The message itself is at fault."""

CALL_ERRORS: Final = (SlackApiError, aiohttp.ClientError, asyncio.TimeoutError, OSError)
"""All that a call of Slack's library raises because of Slack or of the network."""

LIMITED: Final = "ratelimited"
"""The kind of the fault by which Slack asks to wait."""

LONGEST_SLEEP: Final = 5.0
"""Seconds of `Retry-After` up to which a call waits by itself; a longer wait frees its place for others."""

_PASSING: Final = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
_LIMITED: Final = frozenset({"message_limit_exceeded", "rate_limited", "ratelimited"})
_TOO_MANY: Final = 429
_SERVER: Final = 500
_SOON: Final = 1.0
_LATER: Final = 30.0


@record
class Fault:
    """Why a call failed: Slack's word for it, and after how many seconds to try again; None for never."""

    kind: str
    wait: float | None


def fault(error: BaseException) -> Fault:
    """Return what `error`, one of `CALL_ERRORS`, means."""
    if not isinstance(error, SlackApiError):
        return Fault(kind="connection", wait=_SOON)
    response: Any = error.response
    # Where the answer was no JSON the library hands over the answer of the network library instead.
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    kind = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == _TOO_MANY or kind in _LIMITED:
        return Fault(kind=LIMITED, wait=_retry_after(response))
    if kind in DEAD_TOKEN:
        return Fault(kind=kind, wait=_LATER)
    if status >= _SERVER or not kind or kind in _PASSING:
        return Fault(kind=kind or "server_error", wait=_SOON)
    return Fault(kind=kind, wait=None)


def _retry_after(response: Any) -> float:
    try:
        return min(max(float(response.headers.get("Retry-After", _SOON)), 0.1), 300.0)
    except (AttributeError, TypeError, ValueError):
        return _SOON


class _ShortWait(AsyncRateLimitErrorRetryHandler):
    """Waits as long as Slack asks for, where that is short."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        del state, request, error
        if response is None or response.status_code != _TOO_MANY:
            return False
        named = {key.lower(): value for key, value in response.headers.items()}.get("retry-after", "1")
        asked = named[0] if isinstance(named, list) else named
        return str(asked).isdigit() and float(asked) <= LONGEST_SLEEP


def retry_handlers() -> list[AsyncRetryHandler]:
    """Return what the client does again by itself: only calls that Slack has certainly not carried out.

    A 5xx, or a connection that breaks, may come after the message was stored; doing the call again at
    once would post it twice. Such a question goes back on the work list, and the thread is looked at
    before it is posted again.
    """
    return [
        AsyncConnectionErrorRetryHandler(error_types=[aiohttp.ClientConnectorError]),
        _ShortWait(max_retry_count=2),
    ]
