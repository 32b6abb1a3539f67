"""The budget: how many tokens a model may take in a day of UTC, kept where a restart does not forget it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from bot.errors import LedgerError

log = logging.getLogger(__name__)


class Book(Protocol):
    """Where what was spent stands: the ledger's file."""

    async def spent(self, day: str) -> int:
        """Return the tokens that were spent on `day`."""
        ...

    async def spend(self, day: str, tokens: int) -> int:
        """Add `tokens` to `day` and return what was spent on it by then, by other processes as well."""
        ...


class Budget:
    """`most` tokens a day. Without a book it is this process's alone."""

    def __init__(self, most: int, book: Book | None, clock: Callable[[], float] = time.time) -> None:
        self._most = most
        self._book = book
        self._clock = clock
        self._day = ""
        self._spent = 0
        self._held = 0
        """Tokens of questions that are on their way."""
        self._owed: dict[str, int] = {}
        """Tokens that the book lacks yet, by day."""
        self._told = ""

    async def take(self, tokens: int) -> bool:
        """Set aside what a question takes at least; False where the day has no room for it."""
        await self._turn()
        if self._spent + self._held + tokens > self._most:
            if self._told != self._day:
                self._told = self._day
                log.warning("the language model's tokens of %s are used up; answers do without it", self._day)
            return False
        self._held += tokens
        return True

    def spend(self, taken: int, tokens: int) -> None:
        """Note that a question for which `taken` were set aside took `tokens`."""
        self._held -= taken
        if tokens:
            self._spent += tokens
            self._owed[self._day] = self._owed.get(self._day, 0) + tokens

    async def settle(self) -> None:
        """Write to the book what it lacks; what cannot be written is kept for the next time."""
        if self._book is None:
            return
        owed, self._owed = self._owed, {}
        for day, tokens in owed.items():
            try:
                written = await self._book.spend(day, tokens)
            except LedgerError:
                self._owed[day] = self._owed.get(day, 0) + tokens
                log.exception("the tokens that the language model took could not be written down")
                continue
            if day == self._day:
                self._spent = max(self._spent, written + self._owed.get(day, 0))

    async def _turn(self) -> None:
        """Begin a new day where one has begun."""
        day = datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
        if day == self._day:
            return
        found = 0
        if self._book is not None:
            try:
                found = await self._book.spent(day)
            except LedgerError:
                log.exception("what the language model took today cannot be read")
        if day != self._day:
            self._day, self._spent = day, found + self._owed.get(day, 0)
