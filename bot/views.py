"""What a reader may see: the day, which an embargo is held against, and whose entries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bot.records import record

HOUSE: Final = ""
"""The workspace of entries that every workspace reads: those that the operator brought in."""


@record
class View:
    """What one reader sees: the entries of the house and of `workspace`, on the day `today`.

    `today` is `YYYY-MM-DD` in UTC. A reader of no workspace sees the house's entries alone.
    """

    today: str
    workspace: str = HOUSE

    def values(self) -> dict[str, str]:
        """Return what the store's condition of visibility asks for, by name."""
        return {"today": self.today, "workspace": self.workspace}


def now(workspace: str = HOUSE) -> View:
    """Return what a reader of `workspace` sees at present."""
    return View(today=datetime.now(UTC).date().isoformat(), workspace=workspace)
