"""Trouble on demand: faults of networks and servers that a client has to live through, and rate limits."""

from __future__ import annotations

import fnmatch
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What goes wrong with a request."""

    LIMITED = "limited"
    """Answered 429 with `retry_after`."""
    BLOCKED = "blocked"
    """Answered 429 by the proxy before Discord: no JSON, no Via header."""
    BROKEN = "broken"
    """Answered with `status` (500, 502, …) and nothing stored."""
    BROKEN_AFTER = "broken-after"
    """Stored, and answered with `status`."""
    CUT_BEFORE = "cut-before"
    """The connection is cut and nothing stored."""
    CUT_AFTER = "cut-after"
    """Stored, and the connection cut before the answer: the sender cannot know."""
    SLOW = "slow"
    """Stored after `seconds`, then answered."""
    SLOW_AFTER = "slow-after"
    """Stored at once, answered after `seconds`."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault. `retry_after` and `seconds` are seconds; `everywhere` makes a 429 the global one."""

    kind: Kind
    status: int = 500
    retry_after: float = 0.01
    everywhere: bool = False
    seconds: float = 0.05


Decide = Callable[[str, str], Trouble | None]
"""From the method and path of a request (`POST`, `/channels/1/messages`) to its trouble, if any."""


@dataclass
class Troubles:
    """The queue of faults to come: each is used up by the first request that it fits."""

    decide: Decide | None = None
    happened: list[tuple[str, str, Trouble]] = field(default_factory=list)
    _coming: list[tuple[str, str, deque[Trouble]]] = field(default_factory=list)

    def next(self, *troubles: Trouble, method: str = "*", path: str = "*") -> None:
        """Let the next requests of this method and path (with `*` as in file names) meet these, in order."""
        self._coming.append((method, path, deque(troubles)))

    def of(self, method: str, path: str) -> Trouble | None:
        """Return the trouble that this request meets."""
        for wanted, pattern, queue in self._coming:
            if queue and wanted in ("*", method) and fnmatch.fnmatchcase(path, pattern):
                found: Trouble | None = queue.popleft()
                break
        else:
            found = self.decide(method, path) if self.decide else None
        if found is not None:
            self.happened.append((method, path, found))
        return found


AMPLE: Final = (1_000_000, 1.0)
"""The limit in the headers where none is set: so high that a client never waits for it."""


@dataclass
class RateLimits:
    """Real limits on demand: `limits[route] = (requests, seconds)`, kept apart by channel or webhook.

    A route is written as in Discord's documentation: `POST /channels/{channel}/messages`.
    """

    limits: dict[str, tuple[int, float]] = field(default_factory=dict)
    old_edits: tuple[int, float] | None = None
    """So many edits in so many seconds of messages older than an hour, in one channel."""
    exceeded: int = 0
    _windows: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def take(self, route: str, major: str) -> tuple[dict[str, str], float | None]:
        """Return the headers of the answer, and the seconds to wait where the limit was exceeded."""
        most, period = self.limits.get(route, AMPLE)
        now = time.monotonic()
        if (most, period) == AMPLE:
            left, wait = most - 1, period
        else:
            ends, used = self._windows.get((route, major), (0.0, 0))
            if now >= ends:
                ends, used = now + period, 0
            self._windows[route, major] = (ends, used + 1)
            left, wait = most - used - 1, ends - now
        headers = {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(left, 0)),
            "X-RateLimit-Reset": f"{time.time() + wait:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": f"{hash(route) & 0xFFFFFFFFFFFF:012x}",
        }
        if left < 0:
            self.exceeded += 1
        return headers, wait if left < 0 else None

    def old_edit(self, channel: int) -> float | None:
        """Count one edit of an old message; return the seconds to wait where it was one too many."""
        if self.old_edits is None:
            return None
        most, period = self.old_edits
        now = time.monotonic()
        ends, used = self._windows.get(("old edits", str(channel)), (0.0, 0))
        if now >= ends:
            ends, used = now + period, 0
        self._windows["old edits", str(channel)] = (ends, used + 1)
        if used < most:
            return None
        self.exceeded += 1
        return ends - now
