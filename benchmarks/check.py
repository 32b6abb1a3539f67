"""What one question costs: the whole command beside a bare interpreter, and the matching by itself.

Run with `python -m benchmarks.check`, or `make bench`. Prints medians of ten runs, the two commands in
turn, and their ratio; then the median time of matching on the sample ledger, inside one process.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from bot.calibration import load
from bot.desk import CANDIDATES, today
from bot.paste import clean
from bot.store.ledger import open_ledger

RUNS: Final = 10
QUESTIONS: Final = (
    "Trump told Putin he would bomb Moscow if Russia invaded Ukraine",
    "While president, Trump told Putin he would bomb Moscow",
    "Will it rain in Lisbon tomorrow afternoon, or should I leave the umbrella at home?",
    "The mayor sold the old bridge to a toll company without asking the council first",
)


def seconds(command: Sequence[str]) -> float:
    """Return how long `command` takes as a whole process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


async def lookup_milliseconds(path: Path) -> list[float]:
    """Return the time that each of many look-ups takes, the records of the claims found included."""
    taken = []
    weights, day = load(), today()
    async with open_ledger(path) as ledger:
        for number in range(50 * len(QUESTIONS)):
            start = time.perf_counter()
            paste = clean(QUESTIONS[number % len(QUESTIONS)])
            await ledger.lookup(paste, today=day, weights=weights, limit=CANDIDATES)
            taken.append((time.perf_counter() - start) * 1000)
    return taken[len(QUESTIONS) :]


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.db"
        demo = [sys.executable, "-m", "bot", "demo", "--into", str(path)]
        subprocess.run(demo, check=True, stderr=subprocess.DEVNULL)
        bare = [sys.executable, "-c", "import asyncio, sqlite3"]
        check = [sys.executable, "-m", "bot", "check", "--ledger", str(path), QUESTIONS[0]]
        pairs = [(seconds(bare), seconds(check)) for _ in range(RUNS + 1)][1:]
        taken = asyncio.run(lookup_milliseconds(path))
    base, whole = median(each[0] for each in pairs), median(each[1] for each in pairs)
    print(f'python -c "import asyncio, sqlite3"   median of {RUNS}: {base * 1000:7.1f} ms')
    print(f"counterclaim check                    median of {RUNS}: {whole * 1000:7.1f} ms")
    print(f"ratio                                              {whole / base:7.2f}")
    print(f"matching, sample ledger               p50 of {len(taken)}: {median(taken):7.2f} ms")


if __name__ == "__main__":
    main()
