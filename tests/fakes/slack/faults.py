"""What goes wrong on demand: a refused, cut or slow request.

`FakeSlack.faults` is either a deque of `Fault`s, each taken by the next request that it fits, or a function
from a `Call` to the fault that it meets, or None.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """How a request goes wrong."""

    LIMITED = "limited"
    """429 with `Retry-After`; nothing was done."""
    ERROR = "error"
    """A 5xx; nothing was done."""
    CUT_BEFORE = "cut before"
    """The connection breaks; nothing was done."""
    CUT_AFTER = "cut after"
    """The connection breaks when all was done: the client never hears of it."""
    ERROR_AFTER = "error after"
    """A 5xx when all was done."""
    SLOW = "slow"
    """It is done and answered, late."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Fault:
    """One fault.

    Args:
        kind: how the request goes wrong.
        method: the method that it waits for (`respond` for response URLs); None for any.
        retry_after: seconds in `Retry-After`.
        status: of a 5xx.
        seconds: how late a slow answer comes.
    """

    kind: Kind
    method: str | None = "chat.postMessage"
    retry_after: int = 1
    status: int = 503
    seconds: float = 0.2


@dataclass(slots=True, frozen=True, kw_only=True)
class Call:
    """A request as a function of faults sees it; `number` counts the calls of this method from 1."""

    method: str
    args: dict[str, Any]
    number: int


Faults = deque[Fault] | Callable[[Call], Fault | None]

USUAL: Final = (
    Fault(kind=Kind.LIMITED, retry_after=1),
    Fault(kind=Kind.ERROR, status=500),
    Fault(kind=Kind.ERROR, status=503),
)


def seeded(
    share: float,
    seed: int,
    *,
    faults: Sequence[Fault] = USUAL,
    methods: Collection[str] = ("chat.postMessage",),
) -> Callable[[Call], Fault | None]:
    """Return a function by which a share (0 to 1) of the calls of these methods meets one of the faults.

    Which calls those are depends on the seed and on the order of the calls alone.
    """
    chance = random.Random(seed)

    def decide(call: Call) -> Fault | None:
        if call.method in methods and chance.random() < share:
            return chance.choice(faults)
        return None

    return decide


def fault_of(faults: Faults, call: Call) -> Fault | None:
    """Return the fault that this call meets, and take it from the queue."""
    if callable(faults):
        return faults(call)
    for index, fault in enumerate(faults):
        if fault.method in (None, call.method):
            del faults[index]
            return fault
    return None
