"""Very many replies made stale at once: all edited, once each, at the platform's pace, while people ask on.

Run with `python -m benchmarks.stale [--replies 5000] [--rate 2400]`. A local Slack holds the replies, which
all show one entry; the entry is changed, and a process of `counterclaim run` edits them at a pace that is
raised so that this ends. Slack answers 429 to an edit now and then, and to every one that comes above its
limit or before the wait that it asked for is over. People mention the bot before, meanwhile and after.
Prints the figures; exit code 1 where one is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import statistics
import sys
import time
from collections import Counter, deque
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.conclusions import concluded
from benchmarks.crowds import OnSlack
from bot import sample
from bot.answers import Answer, Tier
from bot.claims import Claim
from bot.composition import claim_record
from bot.exchange import claim_from_line
from bot.questions import Place, Platform, Posted, Way
from bot.records import record
from bot.store.ledger import Ledger, open_ledger
from bot.store.revisions import Change
from tests.fakes.slack import GENERAL, Call, Fault, Kind, Message, Via
from tests.handlers.processes import Setup, counterclaim

REPLIES: Final = 5_000
RATE: Final = 2_400
"""Edits a minute in the bot's configuration, far above the real platform's 50."""
ALLOWED: Final = 1.2
"""How far above that rate the local Slack begins to refuse, within any second."""
REFUSED: Final = 0.003
"""Edits that are answered 429 for no reason that the bot could know."""
UNDISTURBED: Final = 150
"""Questions before the change, and as many when all is told."""
BETWEEN: Final = 0.1
"""Seconds between a reply and the next question."""
MOST: Final = 1.5
"""How many times the undisturbed median a question may take meanwhile."""
DEADLINE: Final = 420.0
"""Seconds after which the run is ended, whatever is missing."""
ENTRY: Final = "trump-moscow-threat"
MARK: Final = "Updated on"


@record
class Figures:
    """What came of it. Times are in seconds; `early` counts edits that came before they were let."""

    replies: int
    edited: int
    twice: int
    stale: int
    limited: int
    early: int
    fastest: int
    rate: int
    seconds: float
    before: tuple[float, ...]
    meanwhile: tuple[float, ...]
    left: int
    wrong: tuple[object, ...]

    @property
    def ratio(self) -> float:
        """How many times as long a question took meanwhile, by the medians."""
        return statistics.median(self.meanwhile) / statistics.median(self.before)

    def faults(self) -> list[str]:
        """Return what is wrong, a sentence each."""
        found = [
            f"{name}: {count}"
            for name, count in (
                ("replies that were not edited", self.stale),
                ("replies that were edited twice", self.twice),
                ("edits before the wait was over", self.early),
                ("rows still in the outbox", self.left),
            )
            if count
        ]
        if self.ratio > MOST:
            found.append(f"questions took {self.ratio:.2f} times as long meanwhile, more than {MOST}")
        if not self.limited:
            found.append("no edit was answered 429, so the run shows nothing")
        return [*found, *(f"violation: {each}" for each in self.wrong)]

    def table(self) -> str:
        """Return the figures, one a line."""
        rows = (
            ("replies made stale", f"{self.replies:,}"),
            ("edited", f"{self.edited:,}"),
            ("edited twice", f"{self.twice:,}"),
            ("answered 429", f"{self.limited:,}"),
            ("came before the wait was over", f"{self.early:,}"),
            ("most edits in a second", f"{self.fastest:,} (pace: {self.rate / 60:.0f})"),
            ("seconds", f"{self.seconds:.1f}"),
            ("questions before and after, meanwhile", f"{len(self.before):,}, {len(self.meanwhile):,}"),
            ("p50 undisturbed", f"{1000 * statistics.median(self.before):.1f} ms"),
            ("p50 meanwhile", f"{1000 * statistics.median(self.meanwhile):.1f} ms"),
            ("p95 undisturbed", f"{1000 * statistics.quantiles(self.before, n=20)[-1]:.1f} ms"),
            ("p95 meanwhile", f"{1000 * statistics.quantiles(self.meanwhile, n=20)[-1]:.1f} ms"),
            ("ratio of p50", f"{self.ratio:.2f} (at most {MOST})"),
        )
        return "\n".join(f"{name:<40}{value}" for name, value in rows)


class Site(OnSlack):
    """A Slack with many replies, which counts and limits what is edited."""

    def __init__(self, rate: int, seed: int) -> None:
        super().__init__()
        self._chance = random.Random(seed)  # noqa: S311 - test data
        self._most = int(rate / 60 * ALLOWED)
        self._times: deque[float] = deque()
        self._until = 0.0
        self._said = 0.0
        self.edits: Counter[str] = Counter()
        self.limited = 0
        self.early = 0
        self.fastest = 0
        self._fake.faults = self._met

    def _met(self, call: Call) -> Fault | None:
        if call.method != "chat.update":
            return None
        now = time.monotonic()
        while self._times and self._times[0] <= now - 1.0:
            self._times.popleft()
        # What was on its way when the wait was asked for could not know of it.
        if now < self._until:
            self.early += now - self._said > 0.25
            return Fault(kind=Kind.LIMITED, method="chat.update", retry_after=1)
        if len(self._times) >= self._most or self._chance.random() < REFUSED:
            self.limited += 1
            self._said, self._until = now, now + 1.0
            return Fault(kind=Kind.LIMITED, method="chat.update", retry_after=1)
        self._times.append(now)
        self.fastest = max(self.fastest, len(self._times))
        self.edits[str(call.args["ts"])] += 1
        return None

    def place(self) -> Place:
        """Return the channel in which the replies stand."""
        return Place(platform=Platform.SLACK, tenant=self._fake.team, channel=GENERAL)

    def posted(self) -> str:
        """Let a reply of the bot stand there from earlier, and return its id."""
        space = self._fake.space
        message = Message(
            channel=GENERAL,
            ts=space.new_ts(),
            user=space.bot_user,
            bot_id=space.bot_id,
            text="On record",
            via=Via.WEB_API,
        )
        return space.keep(message).ts

    def stale(self, replies: list[str]) -> int:
        """Return how many of the replies do not show the change."""
        messages = self._fake.space.channels[GENERAL].messages
        return sum(MARK not in messages[each].text for each in replies)


async def _filled(ledger: Ledger, site: Site, count: int) -> tuple[Claim, list[str], tuple[str, ...]]:
    """Fill the ledger with the sample and with replies; return the entry, the replies, and what to ask."""
    await ledger.import_lines(sample.lines, Change(actor="Benchmark").now(), vouched=True)
    claims = [claim_from_line(line) for line in sample.lines()]
    entry = next(each for each in claims if each.id == ENTRY)
    shown = claim_record(entry, tier=Tier.SAME, probability=None, part=None, differences=(), related=())
    answer = Answer(tier=Tier.SAME, ledger_revision=await ledger.revision(), claims=(shown,))
    wordings = (entry.text, *entry.aliases)
    questions = ledger.questions()

    async def reply(number: int) -> str:
        question = await questions.ask(site.place(), "U9", Way.MENTION, wordings[number % len(wordings)])
        message = site.posted()
        await questions.remember(site.place(), question, Posted(message=message), answer)
        return message

    replies = list(await asyncio.gather(*map(reply, range(count))))
    return entry, replies, tuple(text for each in claims for text in (each.text, *each.aliases))


async def stale(folder: Path, *, replies: int = REPLIES, rate: int = RATE, seed: int = 1) -> Figures:
    """Run it with its files in the empty `folder`, and return what came of it.

    Raises:
        TimeoutError: The bot did not come online, or did not reply.
        AssertionError: The process ended by itself.
    """
    setup = Setup(folder, folder / "ledger.db")
    setup.sections["limits"] = {"person": 10_000, "channel": 100_000, "queue": 100_000}
    setup.sections["outbox"] = {"slack": rate}
    chance = random.Random(seed)  # noqa: S311 - test data
    async with Site(rate, seed) as site:
        site.point(setup)
        async with open_ledger(setup.ledger, writable=True, create=True) as ledger:
            entry, posted, texts = await _filled(ledger, site, replies)
            async with counterclaim(setup, "run") as running:
                await running.started()
                await site.connected()
                # The first ones warm it up.
                await _asked(site, texts, chance, 30)
                before = await _asked(site, texts, chance, UNDISTURBED)
                await ledger.save(
                    replace(entry, story="Changed"), Change(actor="Benchmark").now(), vouched=True
                )
                began = time.monotonic()
                done = asyncio.create_task(_edited(site, posted, began + DEADLINE))
                meanwhile: list[float] = []
                while not done.done():
                    meanwhile += await _asked(site, texts, chance, 1)
                seconds = time.monotonic() - began
                # Whatever would come twice would come now; and the machine may be busier than it was before.
                before += await _asked(site, texts, chance, UNDISTURBED)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(20):
                        while await ledger.deliveries().waiting():  # noqa: ASYNC110
                            await asyncio.sleep(0.1)
                left = await ledger.deliveries().waiting()
        return Figures(
            replies=replies,
            edited=len(site.edits.keys() & set(posted)),
            twice=sum(site.edits[each] > 1 for each in posted),
            stale=site.stale(posted),
            limited=site.limited,
            early=site.early,
            fastest=site.fastest,
            rate=rate,
            seconds=seconds,
            before=tuple(before),
            meanwhile=tuple(meanwhile),
            left=left,
            wrong=tuple(site.wrong()),
        )


async def _asked(site: Site, texts: tuple[str, ...], chance: random.Random, count: int) -> list[float]:
    taken = []
    for _ in range(count):
        taken += await site.latencies([chance.choice(texts)])
        await asyncio.sleep(BETWEEN)
    return taken


async def _edited(site: Site, posted: list[str], deadline: float) -> None:
    """Wait until every reply was edited, or the time is up."""
    wanted = set(posted)
    # The local Slack counts, and tells nobody.
    while time.monotonic() < deadline and not site.edits.keys() >= wanted:  # noqa: ASYNC110
        await asyncio.sleep(0.25)


def main() -> int:
    """Run it, print the figures, and return the exit code."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.stale", description=__doc__)
    options.add_argument("--replies", type=int, default=REPLIES, help="how many (default: %(default)s)")
    options.add_argument("--rate", type=int, default=RATE, help="edits a minute (default: %(default)s)")
    options.add_argument("--seed", type=int, default=1, help="for another run (default: %(default)s)")
    given = options.parse_args()
    return concluded(lambda folder: stale(folder, replies=given.replies, rate=given.rate, seed=given.seed))


if __name__ == "__main__":
    sys.exit(main())
