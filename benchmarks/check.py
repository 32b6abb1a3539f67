"""What one question costs: the whole command beside a bare interpreter, and the matching by itself.

Run with `python -m benchmarks.check`, or `make bench`. Prints medians of ten runs, the two commands in
turn, and their ratio; then the median time of matching on the sample ledger, inside one process.
"""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Final

from bot.calibration import load
from bot.desk import CANDIDATES, check
from bot.paste import clean
from bot.store.ledger import open_ledger
from bot.store.search import Known, lookup
from bot.views import now

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


def matching_milliseconds(path: Path) -> list[float]:
    """Return the time that each of many matchings takes: from the text to claims with a probability."""
    weights, view = load(), now()
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        # Nothing is known from the question before: this is what the command line pays.
        return timed(
            lambda text: lookup(
                conn, clean(text), view=view, weights=weights, limit=CANDIDATES, known=Known()
            )
        )


async def answer_milliseconds(path: Path) -> list[float]:
    """Return the time that each of many answers takes, from the text to the document that is rendered."""
    weights, view = load(), now()
    taken = []
    async with open_ledger(path) as ledger:
        for number in range(50 * len(QUESTIONS)):
            start = time.perf_counter()
            await check(ledger, QUESTIONS[number % len(QUESTIONS)], calibration=weights, view=view)
            taken.append((time.perf_counter() - start) * 1000)
    return taken[len(QUESTIONS) :]


def timed(ask: Callable[[str], object]) -> list[float]:
    """Return the milliseconds of 50 rounds of the questions, but for the first round."""
    taken = []
    for number in range(50 * len(QUESTIONS)):
        start = time.perf_counter()
        ask(QUESTIONS[number % len(QUESTIONS)])
        taken.append((time.perf_counter() - start) * 1000)
    return taken[len(QUESTIONS) :]


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.db"
        demo = [sys.executable, "-m", "bot", "demo", "--into", str(path)]
        subprocess.run(demo, check=True, stderr=subprocess.DEVNULL)
        bare = [sys.executable, "-c", "import asyncio, sqlite3"]
        command = [sys.executable, "-m", "bot", "check", "--ledger", str(path), QUESTIONS[0]]
        pairs = [(seconds(bare), seconds(command)) for _ in range(RUNS + 1)][1:]
        matching = matching_milliseconds(path)
        answers = asyncio.run(answer_milliseconds(path))
    base, whole = median(each[0] for each in pairs), median(each[1] for each in pairs)
    print(f'python -c "import asyncio, sqlite3"   median of {RUNS}: {base * 1000:7.1f} ms')
    print(f"counterclaim check                    median of {RUNS}: {whole * 1000:7.1f} ms")
    print(f"ratio                                              {whole / base:7.2f}")
    print(f"matching, sample ledger               p50 of {len(matching)}: {median(matching):7.2f} ms")
    print(f"the whole answer, asked again         p50 of {len(answers)}: {median(answers):7.2f} ms")


if __name__ == "__main__":
    main()
