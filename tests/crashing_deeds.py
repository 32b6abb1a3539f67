"""A process to be killed while members keep a ledger: it says before and after each deed what it leads to.

Run as `python -m tests.crashing_deeds LEDGER SEED`. Each line on standard output is a JSON list: `["try",
{row: what it will be, …}]` before a deed is handed over, and `["ack", {row: what it is, …}]` once it was
acknowledged, with the rows that had no name before. A row is `claim ID` (its state and text) or `proposal
ID` (its stage).
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.moderation.proposals import Proposal
from bot.statements import State
from bot.store.ledger import Ledger, open_ledger
from tests.crashing import tell
from tests.moderating import ANA, BEN, HOME, MO, entry

KEYS = 6


async def done(expected: dict[str, Any], deed: Awaitable[Any]) -> Any:
    """Carry out one deed, and say so before and after."""
    tell("try", expected)
    result = await deed
    tell("ack", {})
    return result


async def proposed(ledger: Ledger, chance: random.Random, key: str) -> Proposal:
    """Begin a change of an entry, or a new one, and hand it in."""
    moderation = ledger.moderation()
    text = f"The mayor said {chance.getrandbits(64)}."
    held = await moderation.held(HOME, key)
    document = replace(held[1], text=text) if held else entry(key, text=text)
    tell("try", {})
    begun = await moderation.begin(ANA, document, base=held[0] if held else 0)
    tell("ack", {f"proposal {begun.id}": "draft"})
    submitted: Proposal = await done(
        {f"proposal {begun.id}": "in_review"}, moderation.submit(ANA, begun.id, "a crash test")
    )
    return submitted


async def change(ledger: Ledger, chance: random.Random) -> None:
    """Take one proposal to its end, and at times take that back or withdraw the entry."""
    moderation = ledger.moderation()
    key = f"c-{chance.randrange(KEYS)}"
    proposal = await proposed(ledger, chance, key)
    row = f"proposal {proposal.id}"
    if chance.random() < 0.2:
        await done({row: "declined"}, moderation.decline(BEN, proposal.id, "a crash test"))
        return
    before = await moderation.held(HOME, key)
    now = {f"claim {key}": ["vetted", proposal.claim.text], row: "approved"}
    await done(now, moderation.approve(BEN, proposal.id, two_person=True))
    if chance.random() < 0.4:
        was = [before[1].state, before[1].text] if before else [State.WITHDRAWN, proposal.claim.text]
        await done({f"claim {key}": was, row: "in_review"}, moderation.undo(BEN, time.time()))
    elif chance.random() < 0.3:
        gone = ["withdrawn", proposal.claim.text]
        await done({f"claim {key}": gone}, moderation.withdraw(MO, key, "a crash test"))


async def main(path: Path, seed: int) -> None:
    """Keep the ledger at `path` until the process ends."""
    chance = random.Random(seed)
    async with open_ledger(path, writable=True, create=True) as ledger:
        while True:
            await change(ledger, chance)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
