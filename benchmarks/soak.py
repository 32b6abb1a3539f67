"""A hard hour in short: many mentions, two processes on one ledger, and all that goes wrong at once.

Run with `python -m benchmarks.soak [--mentions 1000]`. A local Slack delivers each mention two or three
times (the same event again, or the same message as a second event) to two processes of `counterclaim run`.
One post in twenty is answered 429 or 500, or is cut off after it was stored; a socket breaks at every
fiftieth envelope; one of the two processes is killed and started again several times. In the end each
mention must have exactly one reply, in its thread. Prints the figures; exit code 1 where one is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from benchmarks.conclusions import concluded
from bot import sample
from bot.exchange import claim_from_line
from bot.records import record
from bot.store.ledger import open_ledger
from bot.store.revisions import Change
from tests.fakes.slack import ASKER, GENERAL, FakeSlack, Fault, Kind, Message, seeded
from tests.handlers.processes import Running, Setup, counterclaim

MENTIONS: Final = 1000
KILLS: Final = 5
PROCESSES: Final = 2
CHANNELS: Final = (GENERAL, "C0NEWS", "C0CITY", "C0WORLD", "C0SPORT", "C0DESK", "C0NIGHT")
ASKERS: Final = (ASKER, "U0OTHER", "U0MODERATOR")
UNKNOWN: Final = (
    "The harbour at Fen was painted blue by a choir of retired dentists last winter",
    "A baker in Lower Marsh has taught forty geese to deliver the morning rolls",
    "The old lighthouse was moved nine metres inland overnight, keeper and all",
)
"""Of which the sample ledger knows nothing."""

SHARE: Final = 0.05
"""Posts that meet one of `FAULTS`."""
FAULTS: Final = (
    Fault(kind=Kind.LIMITED, retry_after=1),
    Fault(kind=Kind.ERROR, status=500),
    Fault(kind=Kind.CUT_AFTER),
)
DROP_EVERY: Final = 50
"""Envelopes after which the socket that carried the last one breaks."""
RETRY_DELAYS: Final = (0.1, 1.0, 3.0, 6.0, 10.0)
"""Seconds; Slack's own are longer, and its events wait as long as no socket is open too."""
WINDOW: Final = 120
"""Mentions that may be without a reply before people wait with the next one."""
UNDER_WAY: Final = 16
"""Envelopes that may be without an ack then: far fewer than break a socket, so that each gets through."""
PATIENCE: Final = 30.0
"""Seconds in which something must move: a process starts, a mention gets its reply."""
LEFT_OVER: Final = 150.0
"""Seconds for the last replies: what a killed process held is taken over when its lease has run out."""


@record
class Figures:
    """What came of it; counts, and `seconds` from the first mention to the last reply.

    `deliveries` are envelopes that were sent, `looked` the looks into a thread for an earlier reply,
    `strays` the replies in no thread that asked, `odd` those that say something else than other replies
    to the same text, `left` the questions still on the work list, `ends` the exit codes after SIGTERM,
    `errors` the lines of the logs that tell of what was not expected.
    """

    mentions: int
    texts: int
    deliveries: int
    fewest: int
    refused: int
    dropped: int
    kills: int
    looked: int
    replies: int
    doubles: int
    missing: int
    strays: int
    odd: int
    left: int
    ends: tuple[int, ...]
    errors: tuple[str, ...]
    violations: tuple[str, ...]
    seconds: float

    def faults(self) -> list[str]:
        """Return what is wrong, a sentence each."""
        found = [
            f"{name}: {count}"
            for name, count in (
                ("replies that are doubles", self.doubles),
                ("mentions without a reply", self.missing),
                ("replies in a thread that did not ask", self.strays),
                ("replies that differ from those to the same text", self.odd),
                ("questions still on the work list", self.left),
            )
            if count
        ]
        if self.fewest < 2:
            found.append("a mention was delivered once only, so the run shows nothing")
        if any(self.ends):
            found.append(f"exit codes after SIGTERM: {self.ends}")
        found += [f"violation: {each}" for each in self.violations]
        return [*found, *(f"logged: {each}" for each in self.errors)]

    def table(self) -> str:
        """Return the figures, one a line."""
        rows = (
            ("mentions", f"{self.mentions:,} ({self.texts} texts, {len(CHANNELS)} channels)"),
            ("deliveries", f"{self.deliveries:,} (a mention at least {self.fewest})"),
            ("posts refused or cut off", f"{self.refused:,}"),
            ("sockets dropped", f"{self.dropped:,}"),
            ("kills", f"{self.kills:,}"),
            ("threads looked at again", f"{self.looked:,}"),
            ("replies", f"{self.replies:,}"),
            ("doubles", f"{self.doubles:,}"),
            ("missing", f"{self.missing:,}"),
            ("violations", f"{len(self.violations):,}"),
            ("seconds", f"{self.seconds:.1f}"),
        )
        return "\n".join(f"{name:<26}{value}" for name, value in rows)


class Soak:
    """One run in `folder`, which is empty; `seed` decides which mention comes how, and which post fails."""

    def __init__(self, folder: Path, slack: FakeSlack, *, seed: int) -> None:
        self._slack = slack
        self._chance = random.Random(seed)  # noqa: S311 - test data
        self._setup = Setup(folder, folder / "ledger.db").use(slack=slack)
        # The most that a configuration may say: here nobody is told to wait.
        self._setup.sections["limits"] = {"person": 10_000, "channel": 100_000, "queue": 100_000}
        self._texts: tuple[str, ...] = ()
        self._asked: dict[str, tuple[str, str]] = {}
        """Channel and text of each mention, by its `ts`."""
        self._processes: list[Running] = []
        self._again: set[asyncio.Task[None]] = set()
        self._unanswered: set[str] = set()
        self._seen = 0

    async def run(self, mentions: int, kills: int) -> Figures:
        """Let it all happen, and return what came of it.

        Raises:
            TimeoutError: Nothing moved for longer than it may; the sentence says what had come until then.
        AssertionError: A process ended by itself; the sentence has its log.
        """
        slack = self._slack
        slack.sockets.drop_every = DROP_EVERY
        slack.faults = seeded(SHARE, self._chance.randrange(1000), faults=FAULTS)
        for channel in CHANNELS:
            if channel not in slack.space.channels:
                slack.space.add_channel(channel)
        await self._fill()
        moments = {mentions * number // (kills + 1) for number in range(1, kills + 1)}
        async with AsyncExitStack() as stack:
            lasting, doomed = [await self._started(stack) for _ in range(PROCESSES)]
            await asyncio.gather(lasting.started(), doomed.started())
            await slack.wait_connected(PROCESSES, PATIENCE)
            start = time.perf_counter()
            for number in range(mentions):
                await self._mention()
                if number in moments:
                    # In the middle of the work: a reply was posted this moment, and may not be noted yet.
                    await slack.wait_for_message(len(slack.messages) + 1, PATIENCE)
                    await doomed.ended(signal.SIGKILL)
                    doomed = await self._started(stack)
                await slack.wait_until(self._is_calm, LEFT_OVER)
            seconds = await self._answered(start)
            await doomed.started()
            await asyncio.gather(*self._again)
            await slack.wait_settled(PATIENCE)
            left = await self._left()
            ends = (await lasting.ended(signal.SIGTERM), await doomed.ended(signal.SIGTERM))
        return self._figures(kills, left, ends, seconds)

    async def _started(self, stack: AsyncExitStack) -> Running:
        """Start a process, which ends with `stack` at the latest."""
        running = await stack.enter_async_context(counterclaim(self._setup, "run"))
        self._processes.append(running)
        return running

    async def _fill(self) -> None:
        change = Change(actor="Soak", reason="a run of the soak").now()
        async with open_ledger(self._setup.ledger, writable=True, create=True) as ledger:
            await ledger.import_lines(sample.lines, change, vouched=True)
        claims = [claim_from_line(line) for line in sample.lines()]
        self._texts = (*(text for each in claims for text in (each.text, *each.aliases)), *UNKNOWN)

    async def _mention(self) -> None:
        """Let somebody mention the bot, so that it hears of it two or three times."""
        channel, text = self._chance.choice(CHANNELS), self._chance.choice(self._texts)
        twin, again = self._chance.choice(((True, 0), (False, 1), (True, 1), (False, 2)))
        ts = await self._slack.mention(channel, self._chance.choice(ASKERS), text, also_as_message=twin)
        self._asked[ts] = channel, text
        self._unanswered.add(ts)
        for attempt in range(1, again + 1):
            # At once, so that it meets the first one on its way, or later.
            delay = self._chance.choice((0.0, 0.0, 0.1, 1.0))
            task = asyncio.create_task(self._deliver_again(ts, attempt, delay))
            self._again.add(task)
            task.add_done_callback(self._again.discard)

    async def _deliver_again(self, ts: str, attempt: int, delay: float) -> None:
        await asyncio.sleep(delay)
        await self._slack.deliver_again(ts, attempt=attempt)

    def _is_calm(self) -> bool:
        return len(self._slack.sockets.deliveries) < UNDER_WAY and self._waiting() < WINDOW

    def _waiting(self) -> int:
        """Return how many mentions have no reply yet."""
        fresh, self._seen = self._slack.messages[self._seen :], len(self._slack.messages)
        self._unanswered.difference_update(each.thread_ts for each in fresh if each.thread_ts)
        return len(self._unanswered)

    async def _answered(self, start: float) -> float:
        """Wait for the last reply, as long as that may take, and return the seconds since `start`."""
        with contextlib.suppress(TimeoutError):
            await self._slack.wait_until(lambda: not self._waiting(), LEFT_OVER)
        return time.perf_counter() - start

    async def _left(self) -> int:
        """Return how many questions stay on the work list when all was given time to be crossed off."""
        async with open_ledger(self._setup.ledger, writable=True) as ledger:
            end = time.monotonic() + LEFT_OVER
            # Other processes cross them off, and nothing tells of it.
            while (left := await ledger.questions().waiting()) and time.monotonic() < end:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        return left

    def _figures(self, kills: int, left: int, ends: tuple[int, ...], seconds: float) -> Figures:
        slack = self._slack
        sent: Counter[str] = Counter()
        for event in slack.events:
            sent[str(event.ts)] += sum(each.attempts for each in event.deliveries)
        replies = [each for each in slack.messages if self._is_due(each)]
        counts = Counter(each.thread_ts for each in replies)
        said: dict[str, Counter[str]] = defaultdict(Counter)
        for each in replies:
            said[self._asked[str(each.thread_ts)][1]][each.text] += 1
        return Figures(
            mentions=len(self._asked),
            texts=len(said),
            deliveries=sent.total(),
            fewest=min(sent.values()),
            refused=sum(slack.site.met.values()),
            dropped=sent.total() // DROP_EVERY,
            kills=kills,
            looked=slack.calls["conversations.replies"],
            replies=len(replies),
            doubles=sum(count - 1 for count in counts.values()),
            missing=len(self._asked) - len(counts),
            strays=len(slack.messages) - len(replies) + len(slack.ephemerals),
            odd=sum(each.total() - max(each.values()) for each in said.values()),
            left=left,
            ends=ends,
            errors=tuple(
                line
                for each in self._processes
                for line in each.err.splitlines()
                if '"level": "error"' in line or "Traceback" in line
            ),
            violations=tuple(slack.violations),
            seconds=seconds,
        )

    def _is_due(self, message: Message) -> bool:
        """Say whether a message of the bot stands in the channel and thread of a mention."""
        return self._asked.get(message.thread_ts or "", ("",))[0] == message.channel


async def soak(folder: Path, *, mentions: int = MENTIONS, kills: int = KILLS, seed: int = 1) -> Figures:
    """Run a soak with its files in the empty `folder`, and return what came of it.

    Raises:
        TimeoutError: Nothing moved for longer than it may.
        AssertionError: A process ended by itself.
    """
    # The bot was granted all scopes that it asks for, those to read a thread's history among them.
    async with FakeSlack(deep=False, retry_delays=RETRY_DELAYS) as slack:
        return await Soak(folder, slack, seed=seed).run(mentions, kills)


def main() -> int:
    """Run a soak, print the figures, and return the exit code."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    options.add_argument("--mentions", type=int, default=MENTIONS, help="how many (default: %(default)s)")
    options.add_argument("--kills", type=int, default=KILLS, help="how many (default: %(default)s)")
    options.add_argument("--seed", type=int, default=1, help="for another run (default: %(default)s)")
    given = options.parse_args()
    return concluded(lambda folder: soak(folder, mentions=given.mentions, kills=given.kills, seed=given.seed))


if __name__ == "__main__":
    sys.exit(main())
