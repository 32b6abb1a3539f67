"""The process that the tests of large imports kill: `python -m tests.importing LEDGER FILE`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.store.ledger import open_ledger
from bot.store.mass import Sizes
from bot.store.parts import Way
from tests.conftest import CHANGE


async def main(path: Path, file: Path) -> None:
    """Import a file in small parts, and say when it begins."""
    async with open_ledger(path, writable=True, create=True) as ledger:
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        way = Way(change=CHANGE, vouched=True, keep_going=False)
        await ledger.imports().file(file, way, sizes=Sizes(large=1, lines=20, helpers=2))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
