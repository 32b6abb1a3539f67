"""Telling what changed: replies edited in place, a line in their thread, one message to each follower.

One worker a platform takes what waits from the outbox, at its own pace and in small batches, so that
questions are answered meanwhile. A row is crossed off when the platform said ok; what was not told is told
later, by this process or its successor.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from bot import mending
from bot.answers import ChangeClass
from bot.moderation.changes import line_words
from bot.moderation.tidings import author_words
from bot.questions import Platform
from bot.store.delivering import EDITS, LEASE, MESSAGES, Standing, Telling
from bot.wording import catalogue
from handlers.owners import is_gone, owner_name
from handlers.pacing import Pace, paused
from handlers.replies import GoneError, PostFailedError, Teller
from handlers.services import Services

log = logging.getLogger(__name__)

SWEEP: Final = 1.0
"""Seconds between two looks for something to tell."""

TAKEN: Final = 8
"""Rows that are taken on, and crossed off, at a time in each lane."""

AT_ONCE: Final = 2
"""Rows that are being told at a time, so that a question has little to wait for."""

SETTLED: Final = 0.25
"""Seconds that a row waits at most for the questions that are being answered this moment."""

DAY: Final = 86_400.0
_LONGEST_WAIT: Final = 600.0
_OLDEST: Final = 7 * DAY
"""Seconds for which telling something is tried at most."""
_ALL_WAIT: Final = frozenset({"ratelimited", "rate_limited", "blocked", "disconnected", "unauthorized"})
"""Refusals that any further call would meet as well."""


class Outbox:
    """Tells on one platform what waits to be told. `teller` gives the way to it, None while there is none."""

    def __init__(self, services: Services, platform: Platform, teller: Callable[[], Teller | None]) -> None:
        self._services = services
        self._deliveries = services.ledger.deliveries()
        self._mending = mending.Mending(services.ledger, services.calibration)
        self._platform = platform
        self._teller = teller
        self._owner = owner_name()
        policy, outbox = services.settings.policy, services.settings.outbox
        self._reply_days = policy.reply_days
        self._digest_seconds = outbox.digest_seconds
        self._rate = outbox.slack if platform is Platform.SLACK else outbox.discord

    async def run(self, stop: asyncio.Event) -> None:
        """Tell what waits until `stop` is set; what is being told then is finished."""
        await self._deliveries.configure(reply_days=self._reply_days, digest_seconds=self._digest_seconds)
        await asyncio.gather(self._lane(EDITS, stop), self._lane(MESSAGES, stop), self._clearing(stop))

    async def _clearing(self, stop: asyncio.Event) -> None:
        """Remove what was told long ago, now and once a day."""
        while not stop.is_set():
            try:
                await self._deliveries.clear(time.time() - self._reply_days * DAY)
            except Exception:
                log.exception(
                    "what was told long ago could not be removed", extra={"ref": secrets.token_hex(4)}
                )
            await paused(stop, DAY)

    async def _lane(self, kinds: Sequence[str], stop: asyncio.Event) -> None:
        pace, slots = Pace(self._rate), asyncio.Semaphore(AT_ONCE)
        looked = 0.0
        while not stop.is_set():
            rows: tuple[Telling, ...] = ()
            try:
                if time.monotonic() - looked > SWEEP:
                    looked = time.monotonic()
                    await self._deliveries.take_over(is_gone)
                if self._teller() is not None and pace.held <= 0:
                    rows = await self._deliveries.take(self._platform, kinds, self._owner, TAKEN)
            except Exception:
                log.exception("looking for what is to be told failed", extra={"ref": secrets.token_hex(4)})
            if rows:
                edited = await asyncio.gather(*(self._work(each, pace, slots, stop) for each in rows))
                await self._note_edits([each for each in edited if each is not None])
            else:
                if kinds is EDITS:
                    self._mending.forget()
                await paused(stop, max(min(pace.held, SWEEP), 0.01) if pace.held else SWEEP)

    async def _note_edits(self, edited: Sequence[tuple[Telling, int]]) -> None:
        """Cross edits off together; one that is not is done again later, to no effect."""
        if not edited:
            return
        try:
            await self._deliveries.finish_edits(edited)
        except Exception:
            log.exception("edits could not be crossed off", extra={"ref": secrets.token_hex(4)})

    async def _work(
        self, telling: Telling, pace: Pace, slots: asyncio.Semaphore, stop: asyncio.Event
    ) -> tuple[Telling, int] | None:
        """Tell one row; return it with the ledger's revision where it is an edit to be crossed off."""
        taken = time.monotonic()

        async def turn() -> Teller | None:
            """Return the way to the platform when it is this row's turn; None where it is to wait."""
            if not await pace.turn(stop):
                return None
            # After a long wait somebody else may have taken the row on.
            if time.monotonic() - taken > LEASE / 3 and not await self._deliveries.renew(
                telling, self._owner
            ):
                return None
            # Whoever waits for an answer comes first.
            await self._services.busy.quiet(SETTLED)
            return self._teller()

        try:
            async with slots:
                if telling.kind == "edit":
                    revision = await self._edit(telling, turn)
                    return None if revision is None else (telling, revision)
                await (self._note if telling.kind == "line" else self._tell)(telling, turn)
        except GoneError:
            await self._deliveries.finish(telling, "gone")
        except PostFailedError as error:
            self._services.metrics.failed(self._platform, error.kind)
            await self._give_back(telling, error, pace)
        except Exception:
            log.exception("a change could not be told", extra={"ref": secrets.token_hex(4)})
            await self._deliveries.release(telling, self._backoff(telling))
        return None

    async def _edit(self, telling: Telling, turn: _Turn) -> int | None:
        """Edit a reply and return the revision that it shows now; None where the row is settled already."""
        teller = await turn()
        if teller is None:
            await self._deliveries.release(telling, 0.0, tried=False)
            return None
        # Read when its turn has come, so that what is shown is as new as can be.
        standing = await self._standing(telling)
        if standing is None or telling.message is None:
            await self._deliveries.finish(telling, "dropped")
            return None
        since = telling.payload["revision"]
        if since is not None and standing.shown_revision >= since:
            await self._deliveries.finish(telling, "done")
            return None
        changed = mending.what_changed(telling.payload, standing)
        answer = await self._mending.answer(standing, changed, view=self._services.view(telling.place))
        await teller.edit(telling.place, telling.message, standing.thread, answer, standing.question)
        return standing.revision

    async def _note(self, telling: Telling, turn: _Turn) -> None:
        teller = await turn()
        if teller is None:
            await self._deliveries.release(telling, 0.0, tried=False)
            return
        standing = await self._standing(telling)
        changed = mending.what_changed(telling.payload, standing) if standing is not None else None
        # What was withdrawn and is back needs no line.
        if standing is None or changed is None or changed.how is ChangeClass.UPDATED:
            await self._deliveries.finish(telling, "dropped")
            return
        text = line_words(changed, catalogue())
        await teller.note(telling.place, standing.thread, telling.message or "", text, telling.id)
        await self._deliveries.finish(telling, "done")

    async def _tell(self, telling: Telling, turn: _Turn) -> None:
        teller = await turn()
        if teller is None:
            await self._deliveries.release(telling, 0.0, tried=False)
            return
        text = await self._message(telling)
        if text is not None:
            await teller.tell(telling.place.tenant, telling.place.channel, text, telling.id)
        await self._deliveries.finish(telling, "dropped" if text is None else "done")

    async def _message(self, telling: Telling) -> str | None:
        """Return what one person is told; None where there is nothing left to tell."""
        payload, view = telling.payload, self._services.view(telling.place)
        if telling.kind == "author":
            return author_words(payload)
        if telling.kind == "digest":
            found, hidden, _ = await self._deliveries.held(tuple(payload["claims"]), view)
            return mending.digest(payload, found, hidden)
        # What answered may have been withdrawn since, and then nothing of it is told.
        about = payload.get("claim")
        if about is None:
            return str(payload["text"])
        found, _, _ = await self._deliveries.held((about,), view)
        if not found:
            return None
        # As it reads now: it may have been corrected, or gone into another one, while this waited.
        claim = found[0][1].claim
        return catalogue().say("demand.answered", text=claim.text, id=claim.id)

    async def _standing(self, telling: Telling) -> Standing | None:
        """Return the reply as it should be; None where it is not kept true any more."""
        view = self._services.view(telling.place)
        standing = await self._deliveries.standing(telling, view)
        if standing is None or standing.is_dismissed:
            return None
        return standing if standing.posted_at >= time.time() - self._reply_days * DAY else None

    async def _give_back(self, telling: Telling, error: PostFailedError, pace: Pace) -> None:
        is_old = telling.made_at < time.time() - _OLDEST and telling.tries > 1
        if error.wait is None or is_old:
            log.warning("a change cannot be told and is dropped: %s", error.kind)
            await self._deliveries.finish(telling, "dropped")
            return
        everybody = error.kind in _ALL_WAIT
        if everybody:
            pace.hold(error.wait)
        wait = error.wait if everybody else max(error.wait, self._backoff(telling))
        # Told to wait, nothing was tried.
        await self._deliveries.release(telling, wait, tried=not everybody)

    @staticmethod
    def _backoff(telling: Telling) -> float:
        jitter: float = 1 + secrets.randbelow(250) / 1000
        return min(_LONGEST_WAIT, 0.5 * float(2 ** min(max(telling.tries - 1, 0), 12))) * jitter


_Turn = Callable[[], Awaitable[Teller | None]]
