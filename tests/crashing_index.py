"""A process to be killed: it changes a ledger and writes the index of its words, again and again.

Run as `python -m tests.crashing_index LEDGER SEED`. Each line on standard output is a JSON list: `["try", id,
text]` before a claim gets another text, `["ack"]` once it has it, `["index"]` before the index is written.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path

from bot.claims import Claim
from bot.store.indexing import catch_up
from bot.store.ledger import open_ledger
from bot.store.revisions import Change
from tests.entries import claim, statement

EVERY = 40
"""Changes after which the index is committed, so that it is killed between two commits as well."""


def entry(key: str, text: str) -> Claim:
    """Return a vetted claim with one statement."""
    return claim(id=key, text=text, statements=(statement(id=f"s-{key}", about=None),))


def tell(*message: object) -> None:
    """Write one message that is out of the process when this returns."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def main(path: Path, seed: int) -> None:
    """Change the ledger at `path`, and its index, until the process ends."""
    chance = random.Random(seed)
    actor = Change(actor="Worker", reason="a crash test").now()
    async with open_ledger(path, writable=True) as ledger:
        held = {each.id: each for each in await ledger.claims()}
        while True:
            for key in chance.sample(sorted(held), 3):
                text = f"The ferry {chance.getrandbits(64):x} never left the harbour of {key}."
                tell("try", key, text)
                await ledger.save(entry(key, text), actor, vouched=True)
                tell("ack")
            tell("index")
            # Now and then from nothing, so that it is killed there too.
            await asyncio.to_thread(catch_up, path, large=1, every=EVERY, anew=chance.random() < 0.5)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
