"""What it costs to be this bot: mentions beside an echo bot of ten lines, on Slack and on Discord.

Run with `python -m benchmarks.mentions`; it takes some minutes and ends by itself. Every bot is a process
of its own, and the local platforms are in this one: each bot has one for itself, of the same kind, so that
none hears the mentions of another. The bots are asked in turn, round after round. Latency is from the
mention to the reply as the platform sees them, one mention at a time; throughput is with many at a time;
“cpu” is the processor time of the bot's process a mention, the figure that noise on the machine moves least.

Our bot is measured twice: with a mix of texts that recur, as a claim does that makes the rounds, and with
texts that each come once, so that nothing can be remembered. Then the same with 14,000 invented claims.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import re
import shutil
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Final

import aiohttp

from benchmarks.crowds import Crowd, OnDiscord, OnSlack
from benchmarks.invented import Inventor, fill
from bot import sample
from bot.exchange import claim_from_line
from bot.records import record
from bot.store.ledger import open_ledger
from bot.store.revisions import Change
from tests.handlers.processes import Setup, counterclaim

ROUNDS: Final = 5
CLAIMS: Final = 14_000
LATENCIES: Final = 40
"""Mentions of a round that come one after another."""
BURST: Final = 200
"""Mentions of a round that come at once, `AT_ONCE` of them without a reply at a time."""
AT_ONCE: Final = 32
WARM_UP: Final = 40
ON_FILE: Final = 60
NOT_ON_FILE: Final = 40
"""Distinct texts of the mix: those that the ledger has, and those of which it knows nothing."""
LONGEST: Final = 1_200.0
"""Seconds after which the benchmark gives up."""
LEAST_RATE: Final = 0.4
MOST_LATENCY: Final = 3.0
"""Our targets, in times of the echo bot's throughput and latency."""
STAGES: Final = ("receive", "read", "check", "render", "post", "finish")
STAGE: Final = re.compile(r'^counterclaim_stage_seconds_(sum|count)\{stage="(\w+)"\} (\S+)$', re.MULTILINE)

Spent = Counter[tuple[str, str]]
"""The sum of seconds and the count of each stage, as `/metrics` tells them."""


@record
class Measured:
    """What one bot did, over all rounds.

    Seconds, replies a second, seconds of processor a mention, and milliseconds of each stage.
    """

    latency: float
    rate: float
    processor: float
    texts: int
    mentions: int
    stages: tuple[tuple[str, float], ...] = ()


@record
class Bot:
    """A running bot: the number of its process, and where it tells of its stages if it does."""

    process: int
    metrics: str | None = None


class Contestant:
    """One bot, its crowd, and the texts that it is asked; `metrics` is where it tells of its stages."""

    def __init__(self, crowd: Crowd, bot: Bot, texts: Iterator[str]) -> None:
        self._crowd = crowd
        self._bot = bot
        self._texts = texts
        self._processor = 0.0
        self._asked: Counter[str] = Counter()
        self._latencies: list[float] = []
        self._rates: list[float] = []
        self._spent: Spent = Counter()

    def _some(self, count: int) -> list[str]:
        texts = list(islice(self._texts, count))
        self._asked.update(texts)
        return texts

    async def warm_up(self) -> None:
        """Ask what is not counted."""
        await self._crowd.latencies(list(islice(self._texts, WARM_UP)))
        await self._crowd.rate(list(islice(self._texts, WARM_UP)), AT_ONCE)

    async def round(self) -> None:
        """Ask one round."""
        used = self._used()
        before = await self._stages()
        self._latencies += await self._crowd.latencies(self._some(LATENCIES))
        after = await self._stages()
        after.subtract(before)
        self._spent.update(after)
        self._rates.append(await self._crowd.rate(self._some(BURST), AT_ONCE))
        self._processor += self._used() - used

    def _used(self) -> float:
        """Return the seconds of processor that the bot has used (proc(5), fields 14 and 15 of stat)."""
        try:
            fields = Path(f"/proc/{self._bot.process}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            return math.nan
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def _stages(self) -> Spent:
        if self._bot.metrics is None:
            return Counter()
        async with aiohttp.ClientSession() as session, session.get(self._bot.metrics) as answer:
            text = await answer.text()
        found: Spent = Counter()
        for kind, stage, value in STAGE.findall(text):
            found[stage, kind] = float(value)  # type: ignore[assignment] # a counter of seconds
        return found

    def measured(self) -> Measured:
        """Return what came of it; RuntimeError where the bot did what no bot may do."""
        if self._crowd.wrong():
            raise RuntimeError(f"a bot on {self._crowd.platform}: {self._crowd.wrong()}")
        spent = dict(self._spent)
        # The stage of posting holds that of rendering.
        spent["post", "sum"] = spent.get(("post", "sum"), 0) - spent.get(("render", "sum"), 0)
        return Measured(
            latency=median(self._latencies),
            rate=median(self._rates),
            processor=self._processor / self._asked.total(),
            texts=len(self._asked),
            mentions=self._asked.total(),
            stages=tuple(
                (stage, spent[stage, "sum"] / count * 1000)
                for stage in STAGES
                if (count := spent.get((stage, "count"), 0))
            ),
        )


@asynccontextmanager
async def echo(crowd: Crowd) -> AsyncIterator[Bot]:
    """Run the echo bot on the platform of `crowd`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.echoes", crowd.platform, *crowd.arguments()),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await crowd.connected()
        yield Bot(process=process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def ours(crowd: Crowd, folder: Path, ledger: Path) -> AsyncIterator[Bot]:
    """Run our bot on a copy of `ledger`."""
    folder.mkdir()
    setup = Setup(folder, Path(shutil.copy(ledger, folder)))
    crowd.point(setup)
    setup.sections["limits"] = {"person": 10_000, "channel": 100_000, "queue": 100_000}
    setup.sections["log"] = {"level": "warning"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    setup.sections["health"] = {"port": port}
    async with counterclaim(setup, "run") as running:
        await running.started()
        await crowd.connected()
        yield Bot(process=running.process.pid, metrics=f"http://127.0.0.1:{port}/metrics")


def mix(on_file: Sequence[str], seed: int) -> Iterator[str]:
    """Yield texts that recur, without end: some that the ledger has, and some that it does not."""
    chance, inventor = random.Random(seed), Inventor(seed)  # noqa: S311 - test data
    known = chance.sample(on_file, min(ON_FILE, len(on_file)))
    texts = [*known, *(inventor.sentence() for _ in range(NOT_ON_FILE))]
    while True:
        yield chance.choice(texts)


def news(on_file: Sequence[str], seed: int) -> Iterator[str]:
    """Yield texts of which none comes twice, as many on file as in the mix."""
    chance, inventor = random.Random(seed), Inventor(seed)  # noqa: S311 - test data
    while True:
        if chance.random() < ON_FILE / (ON_FILE + NOT_ON_FILE):
            yield inventor.retold(chance.choice(on_file))
        else:
            yield inventor.sentence()


async def contest(
    crowd: Callable[[], Crowd], ledger: Path, on_file: Sequence[str], *, rounds: int, folder: Path
) -> tuple[Measured, Measured, Measured]:
    """Measure the echo bot, ours with the mix, and ours with texts that are all new."""
    async with AsyncExitStack() as stack:
        crowds = [await stack.enter_async_context(crowd()) for _ in range(3)]
        echoing = await stack.enter_async_context(echo(crowds[0]))
        mixed = await stack.enter_async_context(ours(crowds[1], folder / "mixed", ledger))
        fresh = await stack.enter_async_context(ours(crowds[2], folder / "fresh", ledger))
        contestants = (
            Contestant(crowds[0], echoing, mix(on_file, 1)),
            Contestant(crowds[1], mixed, mix(on_file, 1)),
            Contestant(crowds[2], fresh, news(on_file, 2)),
        )
        for each in contestants:
            await each.warm_up()
        for _ in range(rounds):
            for each in contestants:
                await each.round()
        first, second, third = (each.measured() for each in contestants)
    return first, second, third


def show(title: str, names: Sequence[str], found: Sequence[Measured]) -> None:
    """Print the bots of one contest below each other, the first of which is the measure."""
    print(f"\n{title}")
    print(
        f"  {'':<22}{'texts':>7}{'mentions':>10}{'p50 ms':>9}{'a second':>10}{'cpu ms':>8}"
        f"{'p50':>8}{'rate':>8}{'cpu':>8}"
    )
    base = found[0]
    for name, each in zip(names, found, strict=True):
        line = (
            f"  {name:<22}{each.texts:>7,}{each.mentions:>10,}{each.latency * 1000:>9.2f}{each.rate:>10.0f}"
            f"{each.processor * 1000:>8.2f}"
        )
        slower, faster = each.latency / base.latency, each.rate / base.rate
        dearer = each.processor / base.processor
        met = "" if each is base else _met(slower, faster)
        print(f"{line}{slower:>7.2f}×{faster:>7.2f}×{dearer:>7.2f}×  {met}")


def _met(slower: float, faster: float) -> str:
    missed = [
        name
        for name, is_missed in (("p50", slower > MOST_LATENCY), ("rate", faster < LEAST_RATE))
        if is_missed
    ]
    return f"missed: {' and '.join(missed)}" if missed else "within the targets"


def show_stages(columns: Sequence[tuple[str, Measured]]) -> None:
    """Print the mean milliseconds of each stage, one mention at a time."""
    print("\n  stage, mean ms  " + "".join(f"{name:>18}" for name, _ in columns))
    held = [dict(each.stages) for _, each in columns]
    for stage in STAGES:
        if any(stage in each for each in held):
            print(f"  {stage:<16}" + "".join(f"{each.get(stage, 0.0):>18.2f}" for each in held))


async def run(folder: Path, *, rounds: int, claims: int, platforms: Sequence[str]) -> None:
    """Measure and print all."""
    small, large = folder / "sample.db", folder / "large.db"
    async with open_ledger(small, writable=True, create=True) as ledger:
        change = Change(actor="Benchmark", reason="the sample").now()
        await ledger.import_lines(sample.lines, change, vouched=True)
    read = [claim_from_line(line) for line in sample.lines()]
    sampled = [text for each in read for text in (each.text, *each.aliases)]
    inventor = Inventor(3)
    invented = [inventor.sentence() for _ in range(claims)]
    await fill(large, invented)
    print(
        f"Medians of {rounds} rounds, the bots in turn; {LATENCIES} mentions of a round one at a time, "
        f"{BURST} with {AT_ONCE} at a time.\nTargets: p50 at most {MOST_LATENCY:.0f}×, rate at least "
        f"{LEAST_RATE}× the echo bot’s, with the sample ledger and the mix of texts."
    )
    for name in platforms:
        crowd, library = {"slack": (OnSlack, "slack-bolt"), "discord": (OnDiscord, "discord.py")}[name]
        columns = []
        ledgers = (("sample", small, sampled), (f"{claims:,}", large, invented))
        for label, path, texts in ledgers:
            place = folder / f"{name}-{path.stem}"
            place.mkdir()
            found = await contest(crowd, path, texts, rounds=rounds, folder=place)
            title = (
                f"{name.capitalize()}, {label} claims"
                if path is large
                else f"{name.capitalize()}, sample ledger"
            )
            show(title, (f"echo, {library}", "ours, mix of texts", "ours, all texts new"), found)
            columns += [(f"{label}, mix", found[1]), (f"{label}, new", found[2])]
        show_stages(columns)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.mentions", description=__doc__)
    options.add_argument("--rounds", type=int, default=ROUNDS, help="how many (default: %(default)s)")
    options.add_argument("--claims", type=int, default=CLAIMS, help="invented ones (default: %(default)s)")
    options.add_argument("--platform", choices=("slack", "discord"), action="append", help="only this one")
    given = options.parse_args()

    async def bounded(folder: Path) -> None:
        async with asyncio.timeout(LONGEST):
            platforms = given.platform or ("slack", "discord")
            await run(folder, rounds=given.rounds, claims=given.claims, platforms=platforms)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(bounded(Path(folder)))


if __name__ == "__main__":
    main()
