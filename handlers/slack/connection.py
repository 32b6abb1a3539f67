"""The socket to Slack, kept open.

Slack's library retries for ever, with the same ticket, where it is refused. So every socket here has a
ticket of its own and a time limit, and one that is lost for good is replaced by a fresh one.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.records import record
from handlers.slack.identity import LIBRARY_LOG, SlackError, ticket

log = logging.getLogger(__name__)


class _Handler(AsyncSocketModeHandler):
    """Hands over what comes, and lets nothing that is malformed end more than itself."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        try:
            await super().handle(client, req)
        except OSError:
            # The socket went before the ack did. What was not acked comes again, and is known then.
            log.info("an ack was lost with its socket")
        except Exception as error:  # noqa: BLE001 - it is logged, and must not come again as it is
            why, reference = type(error).__name__, secrets.token_hex(4)
            log.warning("a malformed message is skipped: %s", why, extra={"ref": reference})
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))


class Seen(Protocol):
    """What is told whether the socket is open."""

    def __call__(self, *, is_open: bool) -> None:
        """Take note."""
        ...


@record
class Patience:
    """Seconds: between two looks at the socket, until a lost one is replaced, and to wait after a failure.

    `limited` is how long is waited at most at the start where Slack asks to wait. After `gap` without a
    socket what was missed is looked for, with `pace` between two calls.
    """

    look: float = 0.25
    lost: float = 1.5
    connect: float = 5.0
    ping: float = 5.0
    first_wait: float = 0.5
    longest_wait: float = 30.0
    limited: float = 60.0
    gap: float = 60.0
    pace: float = 1.2


async def keep_connected(
    app: AsyncApp,
    client: AsyncWebClient,
    app_token: str,
    *,
    patience: Patience,
    check: Callable[[], Awaitable[None]],
    doubted: Callable[[], bool],
    seen: Seen,
) -> None:
    """Keep one socket open until cancelled, replacing it where it is refused, lost or doubted.

    `check` is called before every try but the first, and raises StartError where trying is in vain.
    `doubted` says whether there is reason to check at once. `seen` is told whether the socket is open.
    """
    failures = 0
    while True:
        asked = 0.0
        try:
            if failures:
                await check()
            address = await ticket(client, app_token)
            handler = _Handler(
                app, app_token, logger=LIBRARY_LOG, web_client=client, ping_interval=patience.ping
            )
            # The address comes from us, so that a refused one is not tried again and again.
            handler.client.wss_uri = address
            try:
                if await _served(handler, patience, doubted, seen):
                    failures = 0
            finally:
                await _closed(handler)
        except OSError as error:
            asked = error.wait if isinstance(error, SlackError) else 0.0
            log.warning("Slack cannot be reached: %s", error, extra={"ref": secrets.token_hex(4)})
        finally:
            seen(is_open=False)
        failures += 1
        wait = min(patience.longest_wait, patience.first_wait * 2 ** min(failures - 1, 10))
        # Apart from one another, so that many bots do not come back at the same moment.
        await asyncio.sleep(max(asked, wait * (0.5 + secrets.randbelow(500) / 1000)))


async def _served(
    handler: AsyncSocketModeHandler,
    patience: Patience,
    doubted: Callable[[], bool],
    seen: Seen,
) -> bool:
    """Serve on one socket until it is lost for good or doubted; say whether it was ever open."""
    try:
        async with asyncio.timeout(patience.connect):
            await handler.client.connect()  # type: ignore[no-untyped-call]
    except TimeoutError:
        log.warning("Slack did not open the socket; a fresh one is tried")
        return False
    seen(is_open=True)
    log.info("connected to Slack")
    lost = 0.0
    while not doubted() and lost < patience.lost:
        await asyncio.sleep(patience.look)
        is_open = await handler.client.is_connected()
        seen(is_open=is_open)
        lost = 0.0 if is_open else lost + patience.look
    log.warning("the socket to Slack is lost; a fresh one is opened")
    return True


async def _closed(handler: AsyncSocketModeHandler) -> None:
    """Close a socket and wait for the library's tasks, which it only cancels."""
    client: Any = handler.client
    await client.close()
    tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
    await asyncio.gather(*(each for each in tasks if each is not None), return_exceptions=True)
