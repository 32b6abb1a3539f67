"""What is in hand: the tasks that must end before the connections are closed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Hands:
    """What is in hand at present, so that it can be finished before the end."""

    def __init__(self) -> None:
        self.open = True
        """Whether anything new is taken on."""
        self._tasks: set[asyncio.Task[Any]] = set()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Count the current task as in hand; outside of a task, raise RuntimeError."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("nothing can be held outside of a task")
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def empty(self, seconds: float) -> None:
        """Take nothing on any more, wait at most `seconds` for what is in hand, and cancel the rest."""
        self.open = False
        tasks = self._tasks - {asyncio.current_task()}
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
