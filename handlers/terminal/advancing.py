"""How far a long import is: in place on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from handlers.terminal.options import say

if TYPE_CHECKING:
    from bot.store.mass import Pass

STEP: Final = 10_000
"""Lines after which something is said where there is no terminal."""
_EACH: Final = 0.2
"""Seconds between two changes of the line on a terminal."""


@contextmanager
def advancing(count: int) -> Iterator[Callable[[Pass, int], None]]:
    """Give what is called with what is done and how many of the `count` lines it is done for."""
    in_place = sys.stderr.isatty()
    begun: dict[str, float] = {}
    last_said: dict[str, float] = {}

    def progress(what: Pass, number: int) -> None:
        now = time.monotonic()
        since = begun.setdefault(what, now)
        if in_place:
            if now - last_said.get("", 0.0) >= _EACH or number == count:
                last_said[""] = now
                click.echo(f"\r\x1b[K{_told(what, number, count, now - since)}", nl=False, err=True)
        elif number // STEP > last_said.get(what, 0.0) // STEP:
            last_said[what] = number
            say(f"{_told(what, number, count, now - since)} …")

    try:
        yield progress
    finally:
        if in_place:
            click.echo("\r\x1b[K", nl=False, err=True)


def _told(what: Pass, number: int, count: int, seconds: float) -> str:
    """Return how far it is, how fast it goes, and how long the rest will take at that speed."""
    told = f"{number:,} of {count:,} lines {_DONE[what]}"
    if seconds < 1 or not number:
        return told
    rate = number / seconds
    return f"{told}, {rate:,.0f} a second, {_span((count - number) / rate)} left"


_DONE: Final = {"checking": "checked", "writing": "imported"}


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
