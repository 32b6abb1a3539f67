"""Where discord.py finds Discord: the addresses that it keeps in its classes, for as long as a bot runs.

discord.py has no setting for its addresses; `Route.BASE` and `DiscordWebSocket.DEFAULT_GATEWAY` hold them
for the whole process (2.7.1). They are put back when the last bot has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

_FIRST: Final = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
_running: Final[list[str]] = []


@contextmanager
def pointed_at(api_url: str) -> Iterator[None]:
    """Let discord.py use the REST interface at `api_url` (with its version, `…/api/v10`) meanwhile."""
    _running.append(api_url)
    Route.BASE = api_url.rstrip("/")
    try:
        yield
    finally:
        _running.remove(api_url)
        if not _running:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = _FIRST


def use_gateway(url: str) -> None:
    """Let clients that connect from now on use the gateway at `url` (`wss://…`)."""
    DiscordWebSocket.DEFAULT_GATEWAY = URL(url)
