"""Random members do random deeds on two connections at once, and after every step the ledger is whole."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bot.moderation.deeds import Deed
from bot.store.ledger import open_ledger
from tests.invariants import Judge
from tests.machine import TWO_PERSON, Machine

STEPS = 10_400
SHARES = 4
WHOLE = 200
"""Steps after which everything is verified, not only what they touched."""


@pytest.mark.parametrize("share", range(SHARES))
async def test_random_deeds_leave_the_ledger_whole(tmp_path: Path, share: int) -> None:
    """Whatever members try, readers see vetted rows of their own, nobody vets alone, and nothing is lost."""
    path = tmp_path / "ledger.db"
    touched = 0
    async with open_ledger(path, writable=True, create=True) as one, open_ledger(path, writable=True) as two:
        machine = Machine(path, (one, two), seed=share)
        with closing(Judge(path, TWO_PERSON)) as judge:
            for step in range(STEPS // SHARES):
                await machine.step()
                touched += await judge.after_step(one)
                if step % WHOLE == 0:
                    await judge.whole(two)
            await judge.whole(one)
    machine.close()
    print(f"\n{STEPS // SHARES} steps, {touched} changes of entries; done {machine.done.total()},")  # noqa: T201
    print(f"refused {machine.refused.total()}: {dict(machine.done)} {dict(machine.refused)}")  # noqa: T201
    # Each deed was carried out, and refused, so that none of them was judged for nothing.
    for deed in (Deed.APPROVE, Deed.MERGE, Deed.REVERT, Deed.UNDO, Deed.WITHDRAW, Deed.RELATE, Deed.DISPUTE):
        assert machine.done[deed], deed
        assert machine.refused[deed], deed
