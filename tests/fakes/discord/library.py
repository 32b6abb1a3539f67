"""discord.py, imported with its own warning put aside, and pointed at a local server.

Its voice code imports `audioop`, which Python 3.11 says will go; nothing of it is used here.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import yarl

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord
    from discord import app_commands

from tests.fakes.discord.server import FakeDiscord

__all__ = ["app_commands", "discord", "pointed_at"]


@contextlib.contextmanager
def pointed_at(server: FakeDiscord) -> Iterator[None]:
    """Let every discord.py client of this process talk to `server` while the block runs."""
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    route.BASE, socket.DEFAULT_GATEWAY = server.api_url, yarl.URL(server.gateway_url)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before
