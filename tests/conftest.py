"""Fixtures: ledgers in temporary folders, and an environment without anybody's configuration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot import sample
from bot.config import SECRETS
from bot.store.ledger import Ledger, open_ledger
from bot.store.revisions import Change

# The machines that run the tests are slow at times; a deadline would measure them and not the code.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

CHANGE = Change(actor="Tester", reason="a test", at="2026-11-22T12:00:00+00:00")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COUNTERCLAIM_CONFIG", *SECRETS):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """An empty ledger that can be written."""
    async with open_ledger(tmp_path / "ledger.db", writable=True, create=True) as opened:
        yield opened


@pytest.fixture
async def sample_ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """The sample ledger."""
    async with open_ledger(tmp_path / "sample.db", writable=True, create=True) as opened:
        await opened.import_lines(sample.lines, CHANGE, vouched=True)
        yield opened
