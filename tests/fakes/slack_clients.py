"""The real Slack libraries, connected to the fake: a bare client, and a bot on slack_bolt."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack


@asynccontextmanager
async def web_client(
    slack: FakeSlack, *, token: str | None = None, retry_handlers: list[AsyncRetryHandler] | None = None
) -> AsyncIterator[AsyncWebClient]:
    """A client with one session, closed at the end; it retries nothing unless told to."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token or slack.bot_token,
            base_url=slack.api_url,
            session=session,
            retry_handlers=retry_handlers or [],
        )


async def refusal(client: AsyncWebClient, method: str, **args: Any) -> dict[str, Any]:
    """Call a method with a JSON body and return the answer, which must be a refusal."""
    try:
        await client.api_call(method, json=args)
    except SlackApiError as error:
        data: dict[str, Any] = error.response.data
        return data
    raise AssertionError(f"{method} was not refused")


def bolt_app(client: AsyncWebClient) -> AsyncApp:
    """A bot without listeners, silent, which reads nothing from the environment."""
    logger = logging.getLogger("tests.bolt")
    logger.setLevel(logging.CRITICAL)
    return AsyncApp(client=client, logger=logger, request_verification_enabled=False)


@asynccontextmanager
async def running(
    slack: FakeSlack, app: AsyncApp, *, ping_interval: float = 0.2
) -> AsyncIterator[AsyncSocketModeHandler]:
    """Connect a bot by Socket Mode and disconnect it at the end."""
    before = slack.connections
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=ping_interval)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await slack.wait_connected(before + 1)
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
