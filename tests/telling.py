"""A process to be killed: it tells what waits in a ledger's outbox by appending to a file, and makes changes.

Run as `python -m tests.telling LEDGER FILE SEED`. The file is what the platform holds: a JSON list a line,
`["edit", message, text]`, `["note", message, mark]` or `["tell", address, mark]`, on disk when the call
returns. A call may fail or be slow, before or after it was carried out.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from dataclasses import replace
from pathlib import Path

from bot.answers import Answer
from bot.config import Settings
from bot.questions import Place, Platform, Posted
from bot.store.ledger import Ledger, open_ledger
from bot.store.revisions import Change
from handlers.outbox import Outbox
from handlers.replies import PostFailedError
from tests.entries import claim, statement
from tests.handlers.mending import fast
from tests.handlers.serving import services_for

ENTRIES = 5


def entry(number: int, text: str) -> object:
    """Return the entry `number` that says `text`."""
    return claim(id=f"c-{number}", text=text, statements=(statement(id=f"s-{number}", about=None),))


class Site:
    """A platform that is a file; marks are known for ever."""

    platform = Platform.SLACK

    def __init__(self, file: Path, chance: random.Random) -> None:
        self._file = file
        self._chance = chance
        self._marks = {json.loads(each)[2] for each in file.read_text("utf-8").splitlines()}

    async def edit(
        self, place: Place, message: str, thread: str | None, answer: Answer, question: str
    ) -> None:
        """Note what the message shows now."""
        del place, thread, question
        await self._do("edit", message, answer.claims[0].text if answer.claims else "nothing")

    async def note(self, place: Place, thread: str | None, message: str, text: str, mark: str) -> Posted:
        """Note the line, unless its mark is known."""
        del place, text
        if mark not in self._marks:
            self._marks.add(mark)
            await self._do("note", message, mark)
        return Posted(message=mark, thread=thread)

    async def tell(self, tenant: str, address: str, text: str, mark: str) -> None:
        """Note the message to one person, unless its mark is known."""
        del tenant, text
        if mark not in self._marks:
            self._marks.add(mark)
            await self._do("tell", address, mark)

    async def _do(self, *what: str) -> None:
        fate = self._chance.random()
        if fate < 0.1:
            self._marks.discard(what[2])
            raise PostFailedError("server", 0.0)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")
            file.flush()
            os.fsync(file.fileno())
        await asyncio.sleep(self._chance.uniform(0.0, 0.01))
        if fate < 0.2:
            raise PostFailedError("connection", 0.0)


async def change(ledger: Ledger, chance: random.Random) -> None:
    """Correct entries, now and then, without end."""
    while True:
        number = chance.randrange(ENTRIES)
        made = claim(
            id=f"c-{number}",
            text=f"The mayor said {chance.getrandbits(40)}.",
            statements=(statement(id=f"s-{number}", about=None),),
        )
        made = replace(made, story=f"Story {number}")
        await ledger.save(made, Change(actor="Worker").now(), vouched=True)
        sys.stdout.write(json.dumps([made.id, made.text]) + "\n")
        sys.stdout.flush()
        await asyncio.sleep(chance.uniform(0.0, 0.2))


async def main(path: Path, file: Path, seed: int, *, changing: bool) -> None:
    """Tell, and change the ledger, until the process ends; without `changing`, until nothing waits."""
    chance = random.Random(seed)
    settings = fast(Settings(file=None, ledger=path, calibration=None, secrets={}), digest_seconds=0)
    async with open_ledger(path, writable=True) as ledger:
        site = Site(file, chance)
        stop = asyncio.Event()
        worker = Outbox(services_for(settings, ledger), Platform.SLACK, lambda: site)
        telling = asyncio.create_task(worker.run(stop))
        if changing:
            await change(ledger, chance)
        # Nothing tells of the end.
        while await ledger.deliveries().waiting():
            await asyncio.sleep(0.05)
        stop.set()
        await telling


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), changing=len(sys.argv) == 4))
