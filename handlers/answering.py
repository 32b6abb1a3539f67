"""From a message that asks to exactly one reply: the same work list for every platform.

A platform's handler hands over what came (`accept`, before it tells the platform that it arrived) and a
way to post (`Poster`). What stands on the work list is answered by this process or, when it dies, by
another one or by its successor.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, Self

from bot import desk
from bot.answers import Answer
from bot.calibration import Calibration
from bot.errors import BadInputError
from bot.questions import Incoming, Job, Place, Platform, Posted
from bot.records import record
from bot.store.inbox import LEASE
from bot.store.ledger import Ledger
from bot.wording import catalogue
from handlers.metrics import Metrics
from handlers.owners import is_gone, owner_name

log = logging.getLogger(__name__)

DEADLINE: Final = 20.0
"""Seconds that looking a question up may take."""

SWEEP: Final = 0.5
"""Seconds between two looks for questions that nobody has."""

AT_ONCE: Final = 16
"""Questions that one process answers at a time; the rest wait on the work list."""

_LONGEST_WAIT: Final = 60.0


@record
class Limits:
    """How much one process takes on: questions a minute of a person, of a channel, and a channel's queue."""

    person: int = 10
    channel: int = 60
    queue: int = 100


@record
class Notice:
    """A reply of one sentence, where there is no record to show."""

    text: str


@record
class Help:
    """A reply that says what can be typed."""


Reply = Answer | Notice | Help


class PostFailedError(Exception):
    """The platform did not take the reply. It may be tried again after `wait` seconds, or never (None)."""

    def __init__(self, kind: str, wait: float | None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.wait = wait


class Poster(Protocol):
    """How a reply gets to one platform."""

    platform: Platform

    async def post(self, job: Job, reply: Reply) -> Posted:
        """Post the reply; raise `PostFailedError` where the platform did not take it."""
        ...

    async def posted(self, job: Job) -> Posted | None:
        """Return the reply to this job that an earlier try left on the platform, where that can be known."""
        ...


Reading = Callable[[Job], Awaitable[Job]]
"""Fetches what a job needs and its event did not hold, such as the text of the message that was replied to.

Raises `PostFailedError` where the platform cannot be asked at present.
"""


class Answering:
    """Answers what stands on the work list of one platform, within `limits`.

    Use as an async context manager: at its end no new work is taken on, and what is in hand has ten
    seconds to finish.
    """

    def __init__(
        self,
        ledger: Ledger,
        calibration: Calibration,
        poster: Poster,
        *,
        limits: Limits,
        metrics: Metrics,
        reading: Reading | None = None,
    ) -> None:
        self._ledger = ledger
        self._questions = ledger.questions()
        self._calibration = calibration
        self._poster = poster
        self._limits = limits
        self._metrics = metrics
        self._reading = reading
        self._owner = owner_name()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[asyncio.Task[None], Job] = {}
        self._queued: Counter[Place] = Counter()
        self._asked: dict[tuple[str, ...], deque[float]] = {}
        self._told: dict[tuple[str, ...], float] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._open = False

    async def __aenter__(self) -> Self:
        self._open = True
        self._sweeper = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close(10.0)

    async def close(self, seconds: float) -> None:
        """Stop taking work on, and wait at most `seconds` for what is in hand; the rest stays on the list."""
        self._open = False
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        if self._tasks:
            _, left = await asyncio.wait(self._tasks, timeout=seconds)
            jobs = [self._tasks[task] for task in left]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            for job in jobs:
                # Whoever comes next need not wait for the lease to run out.
                await self._questions.release(job, 0.0)

    async def accept(self, incoming: Incoming) -> bool:
        """Put a message on the work list and start on it; False where it is on it already.

        When this returns the message is on disk, and the platform may be told that it arrived.
        """
        with self._metrics.stage("receive"):
            job = await self._questions.receive(incoming, self._owner)
        if job is None:
            self._metrics.redelivered(self._poster.platform)
            return False
        self._start(job)
        return True

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._work(job))
        self._tasks[task] = job
        task.add_done_callback(self._tasks.pop)

    async def _sweep(self) -> None:
        """Take on what an earlier process left, or what waits for another try."""
        while self._open:
            try:
                await self._questions.take_over(is_gone)
                free = AT_ONCE - len(self._tasks)
                for job in await self._questions.take(self._poster.platform, self._owner, max(free, 0)):
                    self._start(job)
                self._metrics.waiting(await self._questions.waiting())
            except Exception:
                log.exception("looking for unanswered questions failed", extra={"ref": secrets.token_hex(4)})
            await asyncio.sleep(SWEEP)

    async def _work(self, job: Job) -> None:
        place = job.incoming.place
        self._queued[place] += 1
        taken = time.monotonic()
        try:
            async with self._slots:
                # After a long wait for a slot somebody else may have taken the row on.
                is_fresh = time.monotonic() - taken < LEASE / 3
                if is_fresh or await self._questions.renew(job, self._owner):
                    await self._answer(job)
        finally:
            self._queued[place] -= 1
            if not self._queued[place]:
                del self._queued[place]

    async def _answer(self, job: Job) -> None:
        platform = self._poster.platform
        try:
            said = job.incoming.text
            started = time.monotonic()
            limited = self._limited(job)
            if limited is not None:
                reply: Reply | None = Notice(text=limited) if limited else None
            else:
                if self._reading is not None:
                    with self._metrics.stage("read"):
                        job = await self._reading(job)
                reply = await self._reply(job)
            if reply is None:
                await self._questions.finish(job, None, None)
                return
            # An earlier try may have reached the platform and died before it was crossed off.
            posted = await self._poster.posted(job) if job.tries else None
            if posted is None:
                # All this may have taken so long that somebody else has taken the row on.
                if time.monotonic() - started > LEASE / 3 and not await self._questions.renew(
                    job, self._owner
                ):
                    return
                with self._metrics.stage("post"):
                    posted = await self._poster.post(job, reply)
            answer = reply if isinstance(reply, Answer) else None
            with self._metrics.stage("finish"):
                looked_up = desk.asked_text(job.incoming.text.strip(), job.incoming.titles)
                await self._questions.finish(job, posted, answer, looked_up if looked_up != said else None)
            tier = answer.tier if answer else "error" if isinstance(reply, Notice) else "none"
            self._metrics.answered(platform, tier)
        except PostFailedError as error:
            self._metrics.failed(platform, error.kind)
            await self._give_back(job, error.kind, error.wait)
        except Exception:
            log.exception("a question could not be answered", extra={"ref": secrets.token_hex(4)})
            await self._give_back(job, "error", self._backoff(job))

    async def _give_back(self, job: Job, kind: str, wait: float | None) -> None:
        if wait is None:
            log.warning("a reply cannot be posted and is dropped: %s", kind)
            await self._questions.finish(job, None, None)
        else:
            await self._questions.release(job, max(wait, self._backoff(job)) if job.tries else wait)

    def _backoff(self, job: Job) -> float:
        jitter: float = 1 + secrets.randbelow(250) / 1000
        return min(_LONGEST_WAIT, 0.5 * float(2 ** min(job.tries, 10))) * jitter

    async def _reply(self, job: Job) -> Reply:
        """Return what to post."""
        incoming = job.incoming
        text = incoming.text.strip()
        if incoming.unread:
            return Notice(text=catalogue().say("reply.unread"))
        if (not text and not incoming.titles) or text.casefold() in {"help", "?"}:
            return Help()
        try:
            async with asyncio.timeout(DEADLINE):
                with self._metrics.stage("check"):
                    return await desk.answer_to(
                        self._ledger, text, incoming.titles, calibration=self._calibration, day=desk.today()
                    )
        except BadInputError as error:
            return Notice(text=str(error))
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("a question failed", extra={"ref": reference})
            return Notice(text=catalogue().say("press.failed", reference=reference))

    def _limited(self, job: Job) -> str | None:
        return self.limited(job.incoming.place, job.incoming.person) if not job.tries else None

    def limited(self, place: Place, person: str) -> str | None:
        """Count one more question, and return None; where it is too much, return what to say.

        That is a sentence once a minute, and an empty text in between.
        """
        now = time.monotonic()
        channel = (place.platform, place.tenant, place.channel)
        asker = (*channel[:2], "person", person)
        checks = (
            (
                asker,
                self._limits.person,
                "You asked {count} questions within a minute; please wait a little.",
            ),
            (
                channel,
                self._limits.channel,
                "This channel asked {count} questions within a minute; please wait a little.",
            ),
        )
        if self._queued[place] > self._limits.queue:
            told = self._told.get(channel, -60.0) > now - 60
            self._told[channel] = self._told[channel] if told else now
            return "" if told else "Many questions wait in this channel; please ask again in a minute."
        for key, most, sentence in checks:
            times = self._asked.setdefault(key, deque())
            while times and times[0] < now - 60:
                times.popleft()
            if len(times) >= most:
                told = self._told.get(key, -60.0) > now - 60
                self._told[key] = now if not told else self._told[key]
                return "" if told else sentence.format(count=most)
        for key, *_ in checks:
            self._asked[key].append(now)
        if len(self._asked) > 10_000:  # noqa: PLR2004 - keeps the memory of an old process bounded
            self._asked = {key: times for key, times in self._asked.items() if times and times[-1] > now - 60}
            self._told = {key: at for key, at in self._told.items() if at > now - 60}
        return None
