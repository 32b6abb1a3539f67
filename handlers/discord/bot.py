"""The Discord side of the program: checked, kept connected, and ended in good order.

discord.py itself resumes a session and connects anew after most faults. Where it ends, hangs or is not
let in, the connection is made afresh here, ever more slowly; where that would never help, it is said.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from contextlib import suppress
from typing import Final

import aiohttp
import discord

from bot.records import record
from handlers.answering import Answering
from handlers.discord.amending import AmendingPoster
from handlers.discord.client import Client
from handlers.discord.endpoints import pointed_at, use_gateway
from handlers.discord.invite import PORTAL
from handlers.discord.posting import DiscordPoster
from handlers.discord.reading import DiscordReading
from handlers.replies import Teller
from handlers.services import Services, StartError

log = logging.getLogger(__name__)

DRAIN: Final = 10.0
"""Seconds in which what is in hand is finished when the program is to stop."""


@record
class Patience:
    """Seconds: between two looks at the connection, without a session until it is made afresh, and pauses.

    `unfurl` is how long a link that Discord does not know yet may take to get its title, `settle` how
    long no further server may be told of before all are taken to be known. `linger` is how long after
    being told to stop the connection is listened to at the least: for what was on its way then.
    """

    look: float = 1.0
    stale: float = 60.0
    first_pause: float = 1.0
    longest_pause: float = 60.0
    unfurl: float = 2.0
    settle: float = 2.0
    linger: float = 0.25


LAST_HEARD: Final = 1.0
"""Seconds in which what was heard until the connection was closed is put on the work list."""

_UNKNOWN_TOKEN: Final = 4004
_FATAL: Final = {4010: "shard", 4011: "sharding", 4012: "version", 4013: "intents"}


class DiscordBot:
    """Answers on Discord with `services`. `preflight` first, then `run` once."""

    name = "discord"

    def __init__(self, services: Services, *, patience: Patience | None = None) -> None:
        self._services = services
        self._patience = patience or Patience()
        self._settings = services.settings.discord
        self._client: Client | None = None
        self.teller: Teller | None = None
        """The way to tell what changed later, once the bot serves."""

    @property
    def connected(self) -> bool:
        """Say whether messages arrive at present."""
        return self._client is not None and self._client.online

    async def preflight(self) -> str:
        """Check the token and what the application is allowed, and return a line that says where it is.

        Raises:
            StartError: It cannot run as it is set up; the sentence says what to do.
        """
        client = discord.Client(intents=discord.Intents.none())
        with pointed_at(self._settings.api_url):
            try:
                async with client:
                    await client.login(self._token())
                    application = await client.application_info()
            except discord.LoginFailure:
                raise StartError(_BAD_TOKEN) from None
            except discord.HTTPException as error:
                raise StartError(
                    f"Discord answered {error.status} at {self._settings.api_url}: start again in a while."
                ) from None
            except (aiohttp.ClientError, OSError) as error:
                raise StartError(
                    f"Discord cannot be reached at {self._settings.api_url} ({type(error).__name__}): check "
                    "this machine's network, and [discord] api_url."
                ) from None
        flags = application.flags
        if self._settings.reaction is not None and not (
            flags.gateway_message_content or flags.gateway_message_content_limited
        ):
            raise StartError(_NO_INTENT)
        count = application.approximate_guild_count
        servers = "1 server" if count == 1 else f"{count} servers"
        return f"Discord: {client.user} in {servers}"

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; then take nothing on, finish what is in hand, and close.

        Raises:
            StartError: The token was revoked meanwhile, or an intent is not granted.
        """
        poster = AmendingPoster(self._services.metrics)
        self.teller = poster
        reading = DiscordReading(poster, self._patience.unfurl)
        answering = Answering(
            self._services,
            poster,
            reading=reading,
        )
        with pointed_at(self._settings.api_url):
            async with answering:
                tries = 0
                while not stop.is_set():
                    client = Client(self._services, answering, poster, reading, settle=self._patience.settle)
                    began = time.monotonic()
                    await self._session(client, poster, answering, stop)
                    tries = 0 if time.monotonic() - began > self._patience.stale else tries + 1
                    await self._pause(stop, tries)

    async def _session(
        self, client: Client, poster: DiscordPoster, answering: Answering, stop: asyncio.Event
    ) -> None:
        """Serve with one client until it ends, hangs, or `stop` is set; raise StartError if that is final."""
        try:
            async with client:
                self._client = poster.client = client
                try:
                    await self._connected(client, answering, stop)
                finally:
                    self._client = poster.client = None
        except discord.LoginFailure:
            raise StartError(_BAD_TOKEN) from None
        except discord.PrivilegedIntentsRequired:
            raise StartError(_NO_INTENT) from None
        except discord.ConnectionClosed as error:
            if error.code == _UNKNOWN_TOKEN:
                raise StartError(_BAD_TOKEN) from None
            if error.code in _FATAL:
                raise StartError(
                    f"Discord refuses the {_FATAL[error.code]} of this connection (code {error.code}): "
                    "install the newest version of counterclaim."
                ) from None
            log.warning("Discord closed the connection with code %s", error.code)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            self._services.metrics.failed(self.name, "connection")
            log.warning("the connection to Discord failed: %s", type(error).__name__)
        except Exception:
            self._services.metrics.failed(self.name, "error")
            log.exception("the connection to Discord failed", extra={"ref": secrets.token_hex(4)})

    async def _connected(self, client: Client, answering: Answering, stop: asyncio.Event) -> None:
        """Keep `client` connected until it ends, has no session for too long, or `stop` is set.

        In the last case what is in hand is finished first, over the connection that still hears.
        """
        connection = asyncio.create_task(self._connect(client), name="discord-connection")
        stopping = asyncio.create_task(stop.wait())
        try:
            while not connection.done() and not stop.is_set():
                await asyncio.wait(
                    (connection, stopping), timeout=self._patience.look, return_when=asyncio.FIRST_COMPLETED
                )
                if not client.online and time.monotonic() - client.offline_since > self._patience.stale:
                    log.warning("there is no session with Discord: connecting afresh")
                    return
            if stop.is_set():
                await self._drained(client, answering)
            elif connection.done():
                connection.result()
        finally:
            for task in (connection, stopping):
                task.cancel()
            await asyncio.gather(connection, stopping, return_exceptions=True)
            if stop.is_set():
                # What was heard last is still being put on the work list.
                await client.hands.empty(LAST_HEARD)

    async def _drained(self, client: Client, answering: Answering) -> None:
        """Finish what is in hand, in `DRAIN` seconds; what is heard meanwhile is left to the next process."""
        began = time.monotonic()
        # At once: what was heard already may not have been taken on yet.
        client.hands.open = False
        await asyncio.gather(answering.close(DRAIN), client.hands.empty(DRAIN))
        # A message may have been on its way to the work list when what was in hand was counted.
        await answering.close(max(began + DRAIN - time.monotonic(), 0.0))
        if client.online:
            await asyncio.sleep(began + self._patience.linger - time.monotonic())

    async def _connect(self, client: Client) -> None:
        await client.login(self._token())
        url = self._settings.gateway_url
        if url is None:
            _, url, _ = await client.http.get_bot_gateway()
        use_gateway(url)
        await client.connect()

    def _token(self) -> str:
        return self._services.settings.secrets["DISCORD_TOKEN"].reveal()

    async def _pause(self, stop: asyncio.Event, tries: int) -> None:
        """Wait before the next try, longer each time and never quite the same, or until `stop` is set."""
        pause = self._patience.first_pause * 2.0 ** min(max(tries - 1, 0), 10)
        jitter = 1 + secrets.randbelow(250) / 1000
        with suppress(TimeoutError):
            async with asyncio.timeout(min(pause, self._patience.longest_pause) * jitter):
                await stop.wait()


_BAD_TOKEN: Final = (
    f"Discord does not know the bot's token: open your application at {PORTAL}, press “Reset Token” under "
    "“Bot”, and put the new token into DISCORD_TOKEN or the file that [discord] token_file names."
)
_NO_INTENT: Final = (
    "Discord does not grant what [discord] reaction needs: switch on “Message Content Intent” under “Bot” of "
    f"your application at {PORTAL}, or take reaction out of the configuration."
)
