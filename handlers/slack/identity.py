"""The Web API of one workspace, and who the bot is there: checked before anything runs."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.records import record
from handlers.services import StartError
from handlers.slack import manifest
from handlers.slack.refusals import CALL_ERRORS, DEAD_TOKEN, fault, retry_handlers

CALL_SECONDS: Final = 10.0
"""Seconds that one call of the Web API may take, connecting included."""

_ADDRESS: Final = re.compile(r"\b(?:wss?|https?)://\S+")


class _Plain(logging.Filter):
    """Keeps what Slack's library logs short: no traceback, no address (it holds a ticket), a reference id."""

    def filter(self, entry: logging.LogRecord) -> bool:
        entry.msg = f"Slack's library: {_ADDRESS.sub('…', entry.getMessage())}"[:300]
        entry.args, entry.exc_info, entry.exc_text = None, None, None
        entry.ref = secrets.token_hex(4)
        return True


LIBRARY_LOG: Final = logging.getLogger("handlers.slack.library")
"""Where Slack's library logs. Its level is set here, for below INFO the library logs what people wrote."""
LIBRARY_LOG.setLevel(logging.ERROR)
LIBRARY_LOG.addFilter(_Plain())


class SlackError(ConnectionError):
    """Slack answered, but not at present with what was asked: it asks to wait, or is at fault itself.

    `kind` is Slack's word for it; `wait` is after how many seconds to ask again.
    """

    def __init__(self, kind: str, wait: float) -> None:
        super().__init__(kind)
        self.kind = kind
        self.wait = wait


@record
class Identity:
    """Who the bot is on Slack, by `auth.test`, and the scopes that were granted."""

    team: str
    team_name: str
    bot_user: str
    bot_name: str
    bot_id: str
    scopes: frozenset[str]

    @property
    def can_look(self) -> bool:
        """Whether the bot may read messages in channels."""
        return bool(self.scopes & {"channels:history", "groups:history"})


@asynccontextmanager
async def web_client(token: str, api_url: str) -> AsyncIterator[AsyncWebClient]:
    """Open a client whose calls share their connections, and close them at the end."""
    connector = aiohttp.TCPConnector(limit=64)
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        yield AsyncWebClient(
            token,
            base_url=api_url,
            session=session,
            logger=LIBRARY_LOG,
            retry_handlers=retry_handlers(),
        )


async def identity(client: AsyncWebClient) -> Identity:
    """Ask Slack whose token this is.

    Raises:
        StartError: The token is no good.
        OSError: Slack could not be asked; `SlackError` where it answered that it cannot at present.
    """
    try:
        found = await client.auth_test()
    except CALL_ERRORS as error:
        raise _start_error(error, "SLACK_BOT_TOKEN") from None
    data: Any = found.data
    headers: Any = found.headers
    granted = next((value for key, value in headers.items() if key.lower() == "x-oauth-scopes"), "")
    return Identity(
        team=data["team_id"],
        team_name=data.get("team") or data["team_id"],
        bot_user=data["user_id"],
        bot_name=data.get("user") or "",
        bot_id=data.get("bot_id") or "",
        scopes=frozenset(each.strip() for each in granted.split(",") if each.strip()),
    )


def scope_fault(granted: frozenset[str], *, reaction: bool) -> str | None:
    """Return the sentence that says which permissions are missing and what to do; None where none is."""
    missing = [each.name for each in manifest.scopes(reaction=reaction) if each.needed]
    missing = [each for each in missing if each not in granted]
    if not missing:
        return None
    return (
        f"Slack has not granted the bot {', '.join(missing)}. On the app's page under OAuth & Permissions "
        "add what is missing, choose “Reinstall to Workspace”, and put the new token into SLACK_BOT_TOKEN."
    )


async def ticket(client: AsyncWebClient, app_token: str) -> str:
    """Return an address at which one socket may be opened, once.

    Raises:
        StartError: The app-level token is no good.
        OSError: Slack could not be asked; `SlackError` where it answered that it cannot at present.
    """
    try:
        opened = await client.apps_connections_open(app_token=app_token)
    except CALL_ERRORS as error:
        raise _start_error(error, "SLACK_APP_TOKEN") from None
    return str(opened["url"])


_REMEDIES: Final = {
    "SLACK_BOT_TOKEN": (
        "copy the Bot User OAuth Token (xoxb-…) from the app's page under OAuth & Permissions, after "
        "“Reinstall to Workspace” where the app was removed"
    ),
    "SLACK_APP_TOKEN": (
        "make an app-level token (xapp-…) with the scope connections:write on the app's page under Basic "
        "Information, and see that Socket Mode is on"
    ),
}


def _start_error(error: BaseException, name: str) -> Exception:
    found = fault(error)
    if found.wait is None or found.kind in DEAD_TOKEN:
        return StartError(f"Slack refuses {name} ({found.kind}): {_REMEDIES[name]}.")
    return ConnectionError(found.kind) if found.kind == "connection" else SlackError(found.kind, found.wait)
