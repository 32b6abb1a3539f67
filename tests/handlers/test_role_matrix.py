"""Every deed by every role on Slack and on Discord, from the one table: by forged buttons and by commands."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.moderation.deeds import COMMANDS, LEAST, Deed, Do
from bot.moderation.members import Role
from bot.store.ledger import Ledger
from bot.wording import catalogue
from tests.handlers.desks import Desk, Seen, desks
from tests.handlers.mending import ENTRY, save
from tests.moderating import entry, member, submitted

TAKES = "This takes the role"
PASSING = ("event", "delivered", "outbox")
"""Tables that note what arrived, whatever comes of it, and what goes out of what was done before."""
OPTIONS = {
    each: {"claim": ENTRY.id}
    for each in (Deed.EDIT, Deed.WITHDRAW, Deed.REVERT, Deed.MERGE, Deed.RELATE, Deed.ASK, Deed.DISPUTE)
}
"""What stands after a command, where something must."""
ELSEWHERE = {Deed.DISMISS}
"""Deeds that leave nothing to read when they are done."""


def kept(path: Path) -> list[str]:
    """Return all that is in the ledger's file but what notes that something arrived."""
    with closing(sqlite3.connect(path)) as conn:
        return [
            line
            for line in conn.iterdump()
            if not line.startswith(tuple(f'INSERT INTO "{each}"' for each in PASSING))
        ]


async def still(path: Path) -> list[str]:
    """Return what is in the file once nothing more is written: what was asked is counted after the reply."""
    before, now = None, kept(path)
    while before != now:
        await asyncio.sleep(0.2)
        before, now = now, kept(path)
    return now


async def all_ways(desk: Desk, role: Role, deed: Deed, ref: str) -> AsyncIterator[Seen]:
    """Ask for a deed in every way that a platform has, and yield what comes."""
    yield await desk.forge(role, Do(deed=deed, ref=ref))
    if deed in COMMANDS:
        options = {"person": desk.somebody} if deed is Deed.MUTE else OPTIONS.get(deed, {})
        yield await desk.typed(role, deed.value, **options)


@pytest.mark.parametrize("role", Role)
async def test_every_deed_by_every_role_on_both_platforms(
    ledger: Ledger, tmp_path: Path, caplog: pytest.LogCaptureFixture, role: Role
) -> None:
    """Whoever lacks the role is told which it takes and who has it, and nothing changes; others get on."""
    await save(ledger, ENTRY)
    moderation, say = ledger.moderation(), catalogue().say
    proposal = await submitted(moderation, member("cleo", Role.CONTRIBUTOR, ""), entry("ferry"))
    admin = member("ada", Role.ADMIN, "")
    await moderation.give_role(admin, "slack:T1:UMO", "Moritz Mo", Role.MODERATOR)
    refs = dict.fromkeys((Deed.REVIEW, Deed.APPROVE, Deed.CHANGES, Deed.DECLINE), proposal.id)
    async with desks(ledger, tmp_path) as both:
        for desk in both.values():
            await desk.planted(role)
            before = await still(tmp_path / "ledger.db")
            for deed in Deed:
                if role.rank >= LEAST[deed].rank:
                    continue
                async for seen in all_ways(desk, role, deed, refs.get(deed, ENTRY.id)):
                    assert f"{TAKES} {say(f'role.{LEAST[deed]}')}" in seen.text, deed
                    assert say("board.configured") in seen.text
                    assert ("Moritz Mo" in seen.text) == (deed is not Deed.ROLES)
            assert kept(tmp_path / "ledger.db") == before
            for deed in Deed:
                if role.rank < LEAST[deed].rank or deed in ELSEWHERE:
                    continue
                await desk.planted(role)
                async for seen in all_ways(desk, role, deed, refs.get(deed, ENTRY.id)):
                    assert TAKES not in seen.text, deed
    assert not [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
