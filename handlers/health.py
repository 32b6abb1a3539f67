"""Whether the process does its work, for a watchdog and for Prometheus: two pages on this machine alone."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, Protocol

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from handlers.services import Services, StartError

log = logging.getLogger(__name__)

HOST: Final = "127.0.0.1"
PATIENCE: Final = 5.0
"""Seconds that the ledger has to take a write before it counts as not writable."""
FRESH: Final = 1.0
"""Seconds for which an answer about the ledger is used again, however often it is asked for."""


class Watched(Protocol):
    """A platform's bot, as far as its health goes."""

    @property
    def name(self) -> str:
        """The platform's name in lower case."""
        ...

    @property
    def connected(self) -> bool:
        """Whether messages of the platform arrive at present."""
        ...


class Health:
    """Answers `/healthz` and `/metrics`."""

    def __init__(self, services: Services, bots: Sequence[Watched]) -> None:
        self._services = services
        self._bots = bots
        self._asking = asyncio.Lock()
        self._waiting: int | None = None
        self._asked_at = -FRESH

    def application(self) -> web.Application:
        """Return what serves the two pages."""
        made = web.Application()
        made.router.add_get("/healthz", self._healthz)
        made.router.add_get("/metrics", self._metrics)
        return made

    async def _healthz(self, _: web.Request) -> web.Response:
        waiting = await self._ledger()
        platforms = {each.name.lower(): bool(each.connected) for each in self._bots}
        well = waiting is not None and all(platforms.values())
        answer = {
            "status": "ok" if well else "failing",
            "platforms": platforms,
            "ledger_writable": waiting is not None,
            "queue_depth": waiting,
        }
        return web.json_response(answer, status=200 if well else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        text = self._services.metrics.text()
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _ledger(self) -> int | None:
        """Return how many questions wait; None where the ledger takes no write."""
        async with self._asking:
            if time.monotonic() - self._asked_at < FRESH:
                return self._waiting
            try:
                questions = self._services.ledger.questions()
                async with asyncio.timeout(PATIENCE):
                    # A write of its own: a full disk or a lost folder is seen by nothing less.
                    await questions.set("health_checked_at", f"{time.time():.0f}")
                    self._waiting = await questions.waiting()
            except Exception:
                log.exception("the ledger could not be written for a health check")
                self._waiting = None
            self._asked_at = time.monotonic()
            return self._waiting


@asynccontextmanager
async def serving(port: int, services: Services, bots: Sequence[Watched]) -> AsyncIterator[str]:
    """Serve the two pages on 127.0.0.1 at `port` and yield their address.

    Raises:
        StartError: The port cannot be had.
    """
    runner = web.AppRunner(
        Health(services, bots).application(), access_log=None, handle_signals=False, shutdown_timeout=1.0
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError as error:
            raise StartError(
                f"The port {port} for /healthz and /metrics cannot be had ({os.strerror(error.errno or 0)}): "
                "name another one in the configuration, [health] port."
            ) from None
        # With port 0, which a test asks for, the system chose one.
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
