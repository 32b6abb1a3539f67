"""How long `counterclaim import` takes for a file of invented claims: `python -m benchmarks.importing`.

The file is imported by the real command in a process of its own. Beside it, in the same run, stands what
SQLite alone takes for the same texts: one `executemany` into a bare table and a full-text index, without
rules, log or anything else.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.invented import Inventor
from bot.exchange import line_from_claim
from bot.statements import Target, TargetKind
from tests.entries import claim, source, speaker, statement

SOURCES: Final = 1_000
"""Sources and speakers that the claims share, each its excerpt."""
_SAMPLED: Final = 0.2


class Taken(NamedTuple):
    """Seconds by the clock and of the processors, and the most memory (bytes) of all processes together."""

    wall: float
    cpu: float
    memory: int


def lines(claims: int, statements: int) -> Iterator[str]:
    """Yield the lines of so many vetted claims with so many statements each."""
    inventor = Inventor(1)
    names = [inventor.name() for _ in range(SOURCES)]
    for number in range(claims):
        text = inventor.sentence()
        which = number % SOURCES
        said = tuple(
            statement(
                id=f"s-{number}-{place}",
                about=Target(kind=TargetKind.CLAIM, id=f"c-{number}"),
                speaker=f"p-{which}",
                told_to=f"{names[(number + place) % SOURCES]} Gazette",
            )
            for place in range(statements)
        )
        yield line_from_claim(
            claim(
                id=f"c-{number}",
                text=text,
                statements=said,
                speakers=(speaker(id=f"p-{which}", name=f"{names[which]} Quill"),),
                sources=(source(id="gazette"),),
            )
        )


def imported(file: Path, folder: Path) -> Taken:
    """Import the file with the command."""
    command = [sys.executable, "-m", "bot", "import", str(file), "--vetted-by", "Benchmark"]
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen([*command, "--ledger", str(folder / "ledger.db")]) as process:
        peak = _peak(process)
    if process.returncode:
        sys.exit(f"the import ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(wall=time.perf_counter() - begun, cpu=cpu, memory=peak)


def _peak(process: subprocess.Popen[bytes]) -> int:
    """Wait for the process and return the most memory that it and its children held at one time."""
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(_SAMPLED):
            peak = max(peak, _held(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    return peak


def _held(pid: int) -> int:
    """Return the bytes of memory of a process and its children, where the system tells (Linux)."""
    total = 0
    try:
        total += int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(map(_held, map(int, (task / "children").read_text("ascii").split())))
    except (OSError, IndexError):
        return total
    return total


def bare(file: Path, folder: Path) -> Taken:
    """Write the file's lines to a bare table and a full-text index."""
    begun, cpu = time.perf_counter(), time.process_time()
    with sqlite3.connect(folder / "bare.db") as conn:
        conn.execute("CREATE TABLE held (n INTEGER PRIMARY KEY, line TEXT)")
        conn.execute("CREATE VIRTUAL TABLE found USING fts5 (text)")
        with file.open(encoding="utf-8") as handle:
            conn.executemany("INSERT INTO held (line) VALUES (?)", ((line,) for line in handle))
        with file.open(encoding="utf-8") as handle:
            texts = ((line.split('"text": "', 1)[1].split('"', 1)[0],) for line in handle)
            conn.executemany("INSERT INTO found (text) VALUES (?)", texts)
    conn.close()
    return Taken(wall=time.perf_counter() - begun, cpu=time.process_time() - cpu, memory=0)


def main() -> None:
    """Make the file, import it, and print what it took."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    options.add_argument("--claims", type=int, default=20_000)
    options.add_argument("--statements", type=int, default=1, help="of each claim")
    options.add_argument("--folder", type=Path, help="where to work, instead of a temporary folder")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        file = folder / "claims.jsonl"
        with file.open("w", encoding="utf-8") as handle:
            handle.writelines(f"{each}\n" for each in lines(given.claims, given.statements))
        size = file.stat().st_size / 1e6
        print(f"{given.claims:,} claims, {given.statements} statements each, {size:,.0f} MB")
        print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        for what, taken in (("import", imported(file, folder)), ("bare table", bare(file, folder))):
            print(
                f"{what:<11} {taken.wall:8.1f} s  cpu {taken.cpu:8.1f} s"
                f"  {given.claims / taken.wall:10,.0f} claims/s"
                f"  {given.claims * given.statements / taken.wall:10,.0f} statements/s"
                + (f"  {taken.memory / 1e6:6,.0f} MB at most" if taken.memory else "")
            )
        print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
