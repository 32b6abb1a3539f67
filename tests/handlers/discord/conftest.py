"""A running Discord bot on the sample ledger, talking to a local Discord over real sockets."""

from __future__ import annotations

import logging
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.config import load as load_settings
from bot.credentials import Secret
from bot.store.ledger import Ledger, open_ledger
from handlers.discord.bot import DiscordBot, Patience
from tests.fakes.discord import FakeDiscord, FakeUser
from tests.handlers.serving import (
    CLAIM,
    CLAIM_ID,
    UNKNOWN,
    fill_sample,
    services_for,
    serving,
    settled,
    until,
)

__all__ = ["CLAIM", "CLAIM_ID", "UNKNOWN", "services_for", "serving", "settled", "until"]

QUICK = Patience(
    look=0.02, stale=0.5, first_pause=0.02, longest_pause=0.1, unfurl=0.5, settle=0.05, linger=0.02
)

Running = Callable[..., AbstractAsyncContextManager[DiscordBot]]


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the sample ledger, made once, to be copied."""
    return fill_sample(tmp_path_factory.mktemp("discord") / "sample.db")


@pytest.fixture
def ledger_file(sample_file: Path, tmp_path: Path) -> Path:
    """A sample ledger of this test's own."""
    return Path(shutil.copy(sample_file, tmp_path))


@pytest.fixture
async def sample_ledger(ledger_file: Path) -> AsyncIterator[Ledger]:
    """The sample ledger."""
    async with open_ledger(ledger_file, writable=True) as opened:
        yield opened


@pytest.fixture
async def server() -> AsyncIterator[FakeDiscord]:
    """A local Discord; what a correct client never does fails the test."""
    async with FakeDiscord() as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
def asker(server: FakeDiscord) -> FakeUser:
    """Somebody in the server."""
    return server.add_user("ada")


def settings_for(fake: FakeDiscord, **keys: Any) -> Settings:
    """Return settings that point at the local Discord; `keys` are keys of its section."""
    plain = load_settings(environment={})
    addresses = {"api_url": fake.api_url, "gateway_url": fake.gateway_url}
    return replace(
        plain,
        secrets={"DISCORD_TOKEN": Secret(hidden=fake.token)},
        discord=replace(plain.discord, **(addresses | keys)),
    )


@pytest.fixture
def running(server: FakeDiscord, sample_ledger: Ledger) -> Running:
    """Return a function that runs a bot; it takes keys of `[discord]`, and `limits`."""

    @asynccontextmanager
    async def run(*, limits: dict[str, int] | None = None, **keys: Any) -> AsyncIterator[DiscordBot]:
        services = services_for(settings_for(server, **keys), sample_ledger, **(limits or {}))
        async with serving(DiscordBot(services, patience=QUICK)) as bot:
            await server.wait_until_connected()
            yield bot

    return run


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
