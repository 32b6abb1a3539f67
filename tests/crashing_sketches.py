"""A process to be killed: it changes a ledger without end, makes vectors, and writes the file beside it.

Run as `python -m tests.crashing_sketches LEDGER SEED`. After each round it says so on standard output.
"""

from __future__ import annotations

import asyncio
import random
import sys
from dataclasses import replace
from pathlib import Path

from bot.calibration import FUSED, load
from bot.embedding import Meaning
from bot.filling import fill
from bot.statements import State
from bot.store.ledger import open_ledger
from bot.store.revisions import Change
from tests.bot.store.test_vectors import Scattered
from tests.crashing import tell
from tests.entries import claim

PLAIN = claim(statements=(), speakers=(), sources=(), artifacts=(), relations=(), requests=(), aliases=())


async def main(path: Path, seed: int) -> None:
    """Change the ledger at `path` until the process ends."""
    chance, embedder = random.Random(seed), Scattered()
    meaning = Meaning(embedder=embedder, weights=load(model=FUSED))
    async with open_ledger(path, writable=True, create=True, meaning=meaning, large=1) as ledger:
        while True:
            for key in chance.sample(range(60), 5):
                state = State.VETTED if chance.random() < 0.8 else State.WITHDRAWN
                said = replace(
                    PLAIN, id=f"c-{key}", text=f"The mayor said {chance.randrange(99)}", state=state
                )
                await ledger.save(said, Change(actor="Worker", reason="a crash test").now(), vouched=True)
            await fill(ledger.vectors(), embedder)
            await ledger.keep_up(at_once=True)
            tell("round")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
