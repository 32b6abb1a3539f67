"""Finding one claim among many, side by side: plain FTS5, bm25s, brute force over vectors, and ours.

Run with `python -m benchmarks.million`, at 14,231 claims and at a million, or with other `--sizes`. The crowd
is made from the measuring sets (`benchmarks.corpus`); without them nothing is measured. What is made is kept
in `--folder` and used again. Vectors computed before can lie there as `vectors*.npz` (`texts`, `v`).

Every contender is made in one process and asked in another, the same texts (`ct22a` dev) in the same order,
each once, after others (`ct22a` train).
The vector of a distractor is the mean of its parents' vectors, not that of its text.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.contenders import CONTENDERS, Place, SkippedError, measured
from benchmarks.corpus import FOUND, SETS, ledger_file, load_ledger
from bot.store.search import LARGE

SIZES: Final = (14_231, 1_000_000)
COLUMNS: Final = (
    ("MAP@5", "map", "{:.4f}"),
    ("p50 ms", "p50", "{:.1f}"),
    ("p99 ms", "p99", "{:.1f}"),
    ("computing p50 ms", "computing", "{:.1f}"),
    ("memory MB", "memory", "{:.0f}"),
    ("made in s", "made", "{:.1f}"),
    ("starts in s", "start", "{:.2f}"),
    ("change seen in s", "change", "{:.3f}"),
    ("search ms", "search", "{:.1f}"),
)
"""What is printed; the search is one by common words, as it is typed to find an entry."""


def compare(place: Place, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what was measured of each contender in `names`, or why it was not."""
    return {name: _both(place, name) for name in names}


def _both(place: Place, name: str) -> dict[str, Any]:
    made = _process(place, name, "make")
    return made | _process(place, name, "ask") if "skipped" not in made else made


def _process(place: Place, name: str, what: str) -> dict[str, Any]:
    """Run one part of one contender in a process of its own and return its figures."""
    options = [f"--data={place.data}", f"--folder={place.folder}", f"--sizes={place.size}"]
    options += [f"--large={place.large}", f"--one={name}", f"--do={what}"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.million", *options], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"skipped": f"it failed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _one(place: Place, name: str, what: str) -> dict[str, Any]:
    contender = CONTENDERS[name]()
    try:
        if what == "ask":
            return measured(contender, place)
        start = time.perf_counter()
        contender.make(place)
    except (SkippedError, ModuleNotFoundError) as error:
        return {"skipped": str(error)}
    return {"made": time.perf_counter() - start}


def table(size: int, figures: dict[str, dict[str, Any]]) -> str:
    """Return the figures at one size, a contender a line."""
    lines = [f"{f'{size:,} claims':<24}" + "".join(f"{title:>18}" for title, _, _ in COLUMNS)]
    for name, found in figures.items():
        if "skipped" in found:
            lines.append(f"{name:<24}  not measured: {found['skipped']}")
        else:
            cells = (form.format(found[key]) if key in found else "" for _, key, form in COLUMNS)
            lines.append(f"{name:<24}" + "".join(f"{each:>18}" for each in cells))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is missing, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=SETS, help="the folder of the measuring sets")
    parser.add_argument("--folder", type=Path, help="keep what is made here")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many claims")
    parser.add_argument("--large", type=int, default=LARGE, help="from how many claims on an index is used")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=list(CONTENDERS), metavar="NAME")
    parser.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--do", choices=("make", "ask"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if not (given.data / FOUND).is_dir():
        print(f"Not measured: the sets are not in {given.data}.")
        return 0
    with tempfile.TemporaryDirectory() as passing:
        folder = given.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        for size in given.sizes:
            place = Place(data=given.data, folder=folder, size=size, large=given.large)
            if given.one:
                print(json.dumps(_one(place, given.one, given.do)))
                continue
            if not ledger_file(folder, size).exists():
                taken = asyncio.run(load_ledger(given.data, folder, size))
                print(f"{size:,} claims were imported in {taken:.0f} s.", flush=True)
            print(table(size, compare(place, given.only)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
