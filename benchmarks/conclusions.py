"""How a benchmark ends that can find something wrong: figures, what is wrong with them, an exit code."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol


class Judged(Protocol):
    """Figures that say themselves what is wrong with them."""

    def table(self) -> str:
        """Return the figures, a line each."""
        ...

    def faults(self) -> Sequence[str]:
        """Return what is not as it has to be, a sentence each."""
        ...


def concluded(run: Callable[[Path], Coroutine[Any, Any, Judged]]) -> int:
    """Run a benchmark in a folder of its own, print its figures and faults, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            figures = asyncio.run(run(Path(folder)))
        except (TimeoutError, AssertionError) as error:
            print(f"WRONG  {error}")
            return 1
    print(figures.table())
    for each in figures.faults():
        print(f"WRONG  {each}")
    return 1 if figures.faults() else 0
