"""The least that a bot can do: two bots of ten lines that post back what they hear, as a measure for ours.

Run by `benchmarks.mentions`, as `python -m benchmarks.echoes PLATFORM API_URL TOKEN MORE`, against a local
platform; the last is the app's token on Slack, and the gateway's address on Discord. It ends on SIGTERM.
"""

from __future__ import annotations

import asyncio
import sys

import discord
import yarl
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient


async def slack(api_url: str, token: str, app_token: str) -> None:
    """Echo every mention into its thread, with slack-bolt and its default client."""
    app = AsyncApp(client=AsyncWebClient(token, base_url=api_url), signing_secret="unused")  # noqa: S106

    @app.event("app_mention")
    async def echo(event: dict[str, str], say: AsyncSay) -> None:
        await say(event["text"], thread_ts=event["ts"])

    await AsyncSocketModeHandler(app, app_token).start_async()  # type: ignore[no-untyped-call]


async def on_discord(api_url: str, token: str, gateway_url: str) -> None:
    """Echo every message as a reply to it, with discord.py."""
    discord.http.Route.BASE = api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    client = discord.Client(intents=discord.Intents(guilds=True, guild_messages=True))

    @client.event
    async def on_message(message: discord.Message) -> None:
        if not message.author.bot:
            await message.reply(message.content)

    await client.start(token)


if __name__ == "__main__":
    asyncio.run(slack(*sys.argv[2:]) if sys.argv[1] == "slack" else on_discord(*sys.argv[2:]))
