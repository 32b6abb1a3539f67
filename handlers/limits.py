"""How much one person, one channel and one process may take on, and what whoever asks more is told.

It counts what came within the last minute, in the memory of this process. Nothing is posted here.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final, TypeAlias

from bot.questions import Place
from bot.records import record
from bot.wording import catalogue

MINUTE: Final = 60.0
"""Seconds over which is counted."""

PRIVATE: Final = 3
"""How many times as often as one asks in public one may look up and press.

Nobody else is disturbed by it, and reading one long record takes a press a page.
"""

_Key: TypeAlias = tuple[str, ...]


@record
class Limits:
    """Questions a minute of a person and of a channel, and how many of a channel may wait at a time."""

    person: int = 10
    channel: int = 60
    queue: int = 100


class Limiter:
    """Counts what people do against `limits`. `clock` tells the time in seconds, from any beginning."""

    def __init__(self, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._counted: dict[_Key, deque[float]] = {}
        self._told: dict[_Key, float] = {}
        self._cleared = clock()

    def asked(self, place: Place, person: str, *, waiting: int = 0) -> str | None:
        """Count one more question in public and return None; where it is too much, return what to say.

        `waiting` is how many other questions of the channel wait. What is too much is not counted. It is
        told in a sentence, once a minute to a person and to a channel; in between the text is empty.
        """
        now = self._now()
        channel = ("channel", place.platform, place.tenant, place.channel)
        if waiting >= self._limits.queue:
            return self._once(("queue", *channel), now, catalogue().say("limit.queue"))
        asker = ("person", place.platform, place.tenant, person)
        for key, most in ((asker, self._limits.person), (channel, self._limits.channel)):
            if self._is_full(key, most, now):
                return self._once(key, now, catalogue().say(f"limit.{key[0]}", count=str(most)))
        self._count(asker, now)
        self._count(channel, now)
        return None

    def acted(self, place: Place, person: str) -> str | None:
        """Count one more look-up, press or report and return None; where it is too much, what to say.

        It is said each time: whoever acts in private waits for an answer, and disturbs nobody by it.
        """
        now, most = self._now(), self._limits.person * PRIVATE
        key = ("private", place.platform, place.tenant, person)
        if self._is_full(key, most, now):
            return catalogue().say("limit.private", count=str(most))
        self._count(key, now)
        return None

    def _is_full(self, key: _Key, most: int, now: float) -> bool:
        times = self._counted.get(key)
        while times and times[0] <= now - MINUTE:
            times.popleft()
        return times is not None and len(times) >= most

    def _count(self, key: _Key, now: float) -> None:
        self._counted.setdefault(key, deque()).append(now)

    def _once(self, key: _Key, now: float, sentence: str) -> str:
        if self._told.get(key, now - MINUTE) > now - MINUTE:
            return ""
        self._told[key] = now
        return sentence

    def _now(self) -> float:
        """Return the time; once a minute, forget who did nothing within the last one."""
        now = self._clock()
        if now - self._cleared >= MINUTE:
            self._cleared = now
            since = now - MINUTE
            self._counted = {key: times for key, times in self._counted.items() if times[-1] > since}
            self._told = {key: at for key, at in self._told.items() if at > since}
        return now
