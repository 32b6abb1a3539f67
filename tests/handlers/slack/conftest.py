"""A running Slack bot on the sample ledger, talking to a local Slack over real sockets."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import sample
from bot.calibration import load
from bot.config import Settings
from bot.config import load as load_settings
from bot.credentials import Secret
from bot.store.ledger import Ledger, open_ledger
from handlers.answering import Limits
from handlers.metrics import Metrics
from handlers.services import Services
from handlers.slack.bot import SlackBot
from handlers.slack.connection import Patience
from tests.conftest import CHANGE
from tests.fakes.slack import FakeSlack

CLAIM = "Trump warned Putin that he would bomb Moscow if Russia invaded Ukraine"
"""Answered by the sample ledger."""
CLAIM_ID = "trump-moscow-threat"
UNKNOWN = "The harbour at Fen was painted blue by a choir of retired dentists last winter"

QUICK = Patience(look=0.02, lost=0.2, connect=0.5, ping=0.2, first_wait=0.05, longest_wait=0.2)

Running = Callable[..., AbstractAsyncContextManager[SlackBot]]


async def _filled(path: Path) -> None:
    async with open_ledger(path, writable=True, create=True) as opened:
        await opened.import_lines(sample.lines, CHANGE, vouched=True)


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the sample ledger, made once, to be copied."""
    path = tmp_path_factory.mktemp("slack") / "sample.db"
    asyncio.run(_filled(path))
    return path


@pytest.fixture
async def sample_ledger(sample_file: Path, tmp_path: Path) -> AsyncIterator[Ledger]:
    """The sample ledger."""
    async with open_ledger(Path(shutil.copy(sample_file, tmp_path)), writable=True) as opened:
        yield opened


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A local Slack; what only a mistake of ours can cause fails the test."""
    async with FakeSlack() as fake:
        yield fake
        assert fake.violations == []


def settings_for(fake: FakeSlack, folder: Path, **slack: Any) -> Settings:
    """Return settings that point at the local Slack; `slack` are keys of its section."""
    empty = folder / "counterclaim.toml"
    empty.touch()
    plain = load_settings(empty, environment={})
    return replace(
        plain,
        secrets={
            "SLACK_BOT_TOKEN": Secret(hidden=fake.bot_token),
            "SLACK_APP_TOKEN": Secret(hidden=fake.app_token),
        },
        slack=replace(plain.slack, **({"api_url": fake.api_url} | slack)),
    )


def services_for(settings: Settings, ledger: Ledger, **limits: int) -> Services:
    """Return what a bot is given; `limits` are the keys of `Limits`."""
    return Services(
        settings=settings,
        ledger=ledger,
        calibration=load(),
        limits=Limits(**({"person": 10_000, "channel": 10_000, "queue": 10_000} | limits)),
        metrics=Metrics(),
    )


@asynccontextmanager
async def serving(bot: SlackBot) -> AsyncIterator[SlackBot]:
    """Run a bot for as long as the block lasts, then stop it as SIGTERM does."""
    stop = asyncio.Event()
    task = asyncio.create_task(bot.run(stop))
    try:
        yield bot
    finally:
        stop.set()
        await task


@pytest.fixture
def running(slack: FakeSlack, sample_ledger: Ledger, tmp_path: Path) -> Running:
    """Return a function that runs a bot; it takes keys of `[slack]`, and `limits`."""

    @asynccontextmanager
    async def run(*, limits: dict[str, int] | None = None, **keys: Any) -> AsyncIterator[SlackBot]:
        settings = settings_for(slack, tmp_path, **keys)
        services = services_for(settings, sample_ledger, **(limits or {}))
        async with serving(SlackBot(services, patience=QUICK, unfurl=0.05)) as bot:
            await slack.wait_connected()
            yield bot

    return run
