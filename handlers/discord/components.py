"""Components of a Discord message as plain values.

Numbers of types and styles, and limits: docs.discord.com/developers/components/reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from bot.buttons import Row
from bot.paging import remembered
from bot.paragraphs import Paragraph
from handlers.discord.markup import length, set_out

Component: TypeAlias = dict[str, Any]

MOST: Final = 4_000
"""Characters of all texts of a message together."""

TOTAL: Final = 40
"""Components of a message, those within others included."""

_ACTION_ROW: Final = 1
_BUTTON: Final = 2
_SECONDARY: Final = 2
_TEXT_DISPLAY: Final = 10
_SEPARATOR: Final = 14


class Setting:
    """Paragraphs in markdown, each set out once, and how much room they take."""

    def __init__(self) -> None:
        self.line = remembered(set_out)

    def size(self, each: Paragraph) -> int:
        """Return the characters that a paragraph takes, with its line feed."""
        return length(self.line(each)) + 1

    def text(self, paragraphs: Iterable[Paragraph]) -> list[Component]:
        """Return paragraphs as one text, a line each; no component where there are none."""
        content = "\n".join(map(self.line, paragraphs))
        return [{"type": _TEXT_DISPLAY, "content": content}] if content.strip() else []


def separator() -> Component:
    """Return a line across."""
    return {"type": _SEPARATOR, "divider": True, "spacing": 1}


def action_row(row: Row) -> list[Component]:
    """Return a row of buttons; no component where there are none."""
    made = [
        {"type": _BUTTON, "style": _SECONDARY, "label": each.label, "custom_id": each.text} for each in row
    ]
    return [{"type": _ACTION_ROW, "components": made}] if made else []


def shortened(text: str, most: int) -> str:
    """Return `text` in at most `most` characters; of a longer one the beginning, marked as such."""
    if length(text) <= most:
        return text
    taken = text[: most - 1]
    while length(taken) > most - 1:
        taken = taken[:-1]
    return f"{taken.rstrip()}…"
