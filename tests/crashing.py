"""A process to be killed: it changes a ledger without end, and says before and after each change.

Run as `python -m tests.crashing LEDGER SEED`. Each line on standard output is a JSON list: `["try",
{id: text, …}]` before a change is handed over, and `["ack"]` once it was acknowledged.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path

from bot.exchange import line_from_claim
from bot.store.ledger import Ledger, open_ledger
from bot.store.revisions import Change
from tests.entries import claim, statement


def tell(*message: object) -> None:
    """Write one message that is out of the process when this returns."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def change(ledger: Ledger, chance: random.Random) -> None:
    """Make one change: an import of several claims, or an edit of one."""
    actor = Change(actor="Worker", reason="a crash test").now()
    keys = chance.sample(range(40), chance.choice([1, 1, 1, 12]))
    texts = {f"c-{key}": f"The mayor said {chance.getrandbits(64)}." for key in keys}
    claims = [
        claim(id=key, text=text, statements=(statement(id=f"s-{key}", about=None, told_to=text),))
        for key, text in texts.items()
    ]
    tell("try", texts)
    if len(claims) == 1:
        await ledger.save(claims[0], actor, vouched=True)
    else:
        lines = [line_from_claim(each).encode() for each in claims]
        await ledger.import_lines(lambda: lines, actor, vouched=True)
    tell("ack")


async def main(path: Path, seed: int) -> None:
    """Change the ledger at `path` until the process ends."""
    chance = random.Random(seed)
    async with open_ledger(path, writable=True, create=True) as ledger:
        while True:
            await change(ledger, chance)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
