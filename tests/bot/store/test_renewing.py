"""A ledger of an older program: found as before at first, and read anew piece by piece."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.store import renewing
from bot.store.ledger import Ledger, open_ledger
from bot.views import View
from handlers.renewing import renewing as renewing_beside
from tests.conftest import CHANGE
from tests.entries import claim, source, statement

VIEW = View(today="2026-11-22")
CLAIMS = 7


async def old_ledger(path: Path) -> None:
    """Make a ledger as an older program left it: no title, no artifact among what is matched."""
    async with open_ledger(path, writable=True, create=True) as ledger:
        for n in range(CLAIMS):
            row = statement(id=f"s-{n}", about=None)
            made = claim(id=f"c-{n}", statements=(row,), sources=(source(title="Zanzibar headline found"),))
            await ledger.save(made, CHANGE, vouched=True)
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("UPDATE record_fts SET names = 'ada quill'")
        conn.execute("INSERT INTO outdated SELECT n FROM claim")


async def titled(ledger: Ledger) -> int:
    """Return how many claims the title finds."""
    return len(await ledger.search("zanzibar", view=VIEW, limit=50))


async def test_a_small_ledger_is_renewed_when_it_is_opened_for_writing(tmp_path: Path) -> None:
    """Who reads alone finds what was there before, and the check finds no fault; who writes renews it."""
    path = tmp_path / "x.db"
    await old_ledger(path)
    async with open_ledger(path) as ledger:
        assert await titled(ledger) == 0
        assert (await ledger.verify())[1] is None
        assert len(await ledger.search("mayor bridge", view=VIEW, limit=50)) == CLAIMS
    async with open_ledger(path, writable=True) as ledger:
        assert await titled(ledger) == CLAIMS
        assert await ledger.renew() == 0
        assert (await ledger.verify())[1] is None


async def test_a_large_one_is_renewed_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What there is no time for at opening is done beside the answering, and each piece is kept."""
    path = tmp_path / "x.db"
    await old_ledger(path)
    monkeypatch.setattr(renewing, "AT_OPENING", -1.0)
    async with open_ledger(path, writable=True) as ledger:
        assert await titled(ledger) == 0
        with closing(sqlite3.connect(path)) as conn, conn:
            conn.row_factory = sqlite3.Row
            assert renewing.renew(conn, 3) == CLAIMS - 3
        assert await titled(ledger) == 3
        assert (await ledger.verify())[1] is None
        changed = next(each for each in await ledger.claims() if each.id == "c-6")
        await ledger.save(replace(changed, text="The mayor shut it."), CHANGE, vouched=True)
        assert await titled(ledger) == 4
        await renewing_beside(asyncio.Event(), ledger)
        assert await titled(ledger) == CLAIMS
        assert (await ledger.verify())[1] is None
