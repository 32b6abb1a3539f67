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
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, Self

from bot import desk
from bot.answers import Answer, Tier
from bot.questions import Incoming, Job, Place
from bot.store.inbox import LEASE
from handlers import demand
from handlers.owners import is_gone, owner_name
from handlers.replies import Help, Notice, Poster, PostFailedError, Reply, reply_to
from handlers.services import Services

log = logging.getLogger(__name__)

SWEEP: Final = 0.5
"""Seconds between two looks for questions that nobody has."""

AT_ONCE: Final = 16
"""Questions that one process answers at a time."""

IN_CHANNEL: Final = 8
"""Of these, questions of one channel: a post that has to wait for its channel holds up no other."""

IN_HAND: Final = 64
"""Questions that one process has taken on, those next in line included; the rest wait on the work list."""

TELLING: Final = 16
"""Beyond `IN_HAND`, refusals that are told at a time; with more, they are dropped in silence."""

_LONGEST_WAIT: Final = 60.0


Reading = Callable[[Job], Awaitable[Job]]
"""Fetches what a job needs and its event did not hold, such as the text of the message that was replied to.

Raises `PostFailedError` where the platform cannot be asked at present.
"""


class Answering:
    """Answers what stands on the work list of one platform, as far as `limits` lets it.

    Use as an async context manager: at its end no new work is taken on, and what is in hand has ten
    seconds to finish.
    """

    def __init__(
        self,
        services: Services,
        poster: Poster,
        *,
        reading: Reading | None = None,
    ) -> None:
        self._services = services
        self._questions = services.ledger.questions()
        self._poster = poster
        self._limits = services.limits
        self._metrics = services.metrics
        self._reading = reading
        self._owner = owner_name()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._lanes: dict[Place, asyncio.Semaphore] = {}
        self._tasks: dict[asyncio.Task[None], Job] = {}
        self._in_hand: Counter[Place] = Counter()
        self._behind = False
        """Whether messages were left on the work list because enough is in hand."""
        self._room = asyncio.Event()
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

        When this returns the message is on disk, and the platform may be told that it arrived. Whoever
        asks too much is refused now; where enough is in hand, the message is left on the work list.
        """
        with self._services.busy.one(), self._metrics.stage("receive"):
            job = await self._questions.receive(incoming, self._owner)
        if job is None:
            self._metrics.redelivered(self._poster.platform)
            return False
        place = incoming.place
        # Unless some were left on the list, all that wait are in hand here.
        waiting = await self._questions.ahead(job) if self._behind else self._in_hand[place]
        refused = self._limits.asked(place, incoming.person, waiting=waiting)
        if refused is not None:
            await self._refuse(job, refused)
        elif self._behind or len(self._tasks) >= IN_HAND:
            # Also where there is room by now, for those on the list came before.
            self._behind = True
            await self._questions.release(job, 0.0, tried=False)
        else:
            self._start(job)
        return True

    async def _refuse(self, job: Job, sentence: str) -> None:
        """Post the sentence, if there is one; the message stays known, so that it is not taken on again."""
        self._metrics.answered(self._poster.platform, "limited")
        if sentence and len(self._tasks) < IN_HAND + TELLING:
            # On disk first: a later try is to say the same, and not to answer past the limit.
            await self._questions.refuse(job, sentence)
            self._start(replace(job, refusal=sentence))
        else:
            await self._questions.finish(job, None, None)

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._work(job))
        self._tasks[task] = job
        self._in_hand[job.incoming.place] += 1
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        place = self._tasks.pop(task).incoming.place
        self._in_hand[place] -= 1
        if not self._in_hand[place]:
            del self._in_hand[place]
            self._lanes.pop(place, None)
        if self._behind and len(self._tasks) < AT_ONCE:
            self._room.set()

    async def _sweep(self) -> None:
        """Take on what an earlier process left, what waits for another try, and what was left for later."""
        while self._open:
            try:
                await self._questions.take_over(is_gone)
                free = IN_HAND - len(self._tasks)
                if free > 0:
                    jobs = await self._questions.take(self._poster.platform, self._owner, free)
                    self._behind = len(jobs) == free
                    for job in jobs:
                        self._start(job)
                self._metrics.waiting(await self._questions.waiting())
            except Exception:
                log.exception("looking for unanswered questions failed", extra={"ref": secrets.token_hex(4)})
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP):
                    await self._room.wait()
            self._room.clear()

    async def _work(self, job: Job) -> None:
        taken = time.monotonic()
        lane = self._lanes.setdefault(job.incoming.place, asyncio.Semaphore(IN_CHANNEL))
        async with lane, self._slots:
            # After a long wait for a slot somebody else may have taken the row on.
            is_fresh = time.monotonic() - taken < LEASE / 3
            if is_fresh or await self._questions.renew(job, self._owner):
                with self._services.busy.one():
                    await self._answer(job)

    async def _answer(self, job: Job) -> None:
        platform = self._poster.platform
        try:
            said = job.incoming.text
            started = time.monotonic()
            reply: Reply
            if job.refusal is not None:
                reply = Notice(text=job.refusal)
            else:
                if self._reading is not None:
                    with self._metrics.stage("read"):
                        job = await self._reading(job)
                reply = await reply_to(job, self._services)
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
            if job.refusal is None:
                self._metrics.answered(platform, _tier(reply))
            if answer is not None and answer.tier is Tier.NONE:
                await demand.missed(self._services, job.incoming.place, job.incoming.person, looked_up)
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


def _tier(reply: Reply) -> str:
    """Return as what a reply is counted."""
    match reply:
        case Answer():
            return reply.tier
        case Help():
            return "help"
        case Notice():
            return "error"
