"""Wordings that turn a claim: how many are shown to differ, and how many true paraphrases are left alone.

Run with `python -m benchmarks.turned`. Asks the wordings of `tests/wordings` of a ledger on disk and prints
how each half does: by words alone, and by words and vectors where the extra `vectors` is installed. The
rules were written with the half “fit” in view. Both halves were written by one hand.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.answers import Tier
from bot.embedding import Meaning, is_installed, meaning
from bot.filling import fill
from bot.sections import Vectors
from bot.store.ledger import open_ledger
from tests.turned import HALVES, OTHER, SAME, TURNS, Told, filled, told, wordings

_ROW: Final = "{:<10} {:<10} {:>5} {:>11} {:>9} {:>10} {:>6} {:>6} {:>6}"


def _print(found: Sequence[Told]) -> None:
    print(_ROW.format("half", "kind", "texts", "not silent", "differ", "this kind", "same", "close", "none"))
    for half in HALVES:
        for kinds in (*((each,) for each in TURNS), TURNS, (SAME,), (OTHER,)):
            rows = [each for each in found if each.wording.half == half and each.wording.kind in kinds]
            kind = kinds[0] if len(kinds) == 1 else "all turned"
            loud = sum(not each.is_silent for each in rows) / len(rows)
            differ = sum(bool(each.compared) for each in rows) / len(rows)
            right = sum(any(one.kind == each.wording.kind for one in each.compared) for each in rows) / len(
                rows
            )
            tiers = [sum(each.tier is tier for each in rows) for tier in Tier]
            print(_ROW.format(half, kind, len(rows), f"{loud:.3f}", f"{differ:.3f}", f"{right:.3f}", *tiers))


async def _measured(path: Path, using: Meaning | None) -> list[Told]:
    async with open_ledger(path, writable=using is not None, meaning=using) as ledger:
        if using is not None:
            await fill(ledger.vectors(), using.embedder)
        return await told(ledger, wordings())


async def _run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        await filled(path)
        start = time.process_time()
        found = await _measured(path, None)
        taken = (time.process_time() - start) / len(found) * 1000
        print(f"words alone; {taken:.1f} ms of CPU for each text, everything included")
        _print(found)
        if is_installed():
            print("\nwords and vectors")
            _print(await _measured(path, meaning(Vectors.ON)))


if __name__ == "__main__":
    asyncio.run(_run())
