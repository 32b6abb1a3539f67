"""A running Slack bot on the sample ledger, talking to a local Slack over real sockets."""

from __future__ import annotations

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
from handlers.slack.bot import SlackBot
from handlers.slack.connection import Patience
from tests.fakes.slack import FakeSlack
from tests.handlers.serving import CLAIM, CLAIM_ID, UNKNOWN, fill_sample, services_for, serving

__all__ = ["CLAIM", "CLAIM_ID", "UNKNOWN", "services_for", "serving"]

QUICK = Patience(
    look=0.02,
    lost=0.2,
    connect=0.5,
    ping=0.2,
    first_wait=0.05,
    longest_wait=0.2,
    limited=0.1,
    gap=0.0,
    pace=0.0,
)

Running = Callable[..., AbstractAsyncContextManager[SlackBot]]


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the sample ledger, made once, to be copied."""
    return fill_sample(tmp_path_factory.mktemp("slack") / "sample.db")


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
