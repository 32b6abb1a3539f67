"""A Board as Discord messages: its paragraphs in the order given, and its buttons under the last of them.

Pure. Nothing of a board is left out, for whoever approves a change has to see all of it: what has no room
in one message goes on in the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.actions import LONGEST
from bot.buttons import Key, Row
from bot.display import tidy
from bot.paging import broken
from bot.paragraphs import Paragraph
from bot.wording import DEFAULT_LANGUAGE, Catalogue, catalogue
from handlers.discord.components import MOST, TOTAL, Component, Setting, action_row, shortened
from handlers.outcomes import Board

IN_ROW = 5
LONGEST_LABEL = 80
"""Characters of a button's label at most; Discord's limit."""


def messages(board: Board, *, language: str = DEFAULT_LANGUAGE) -> list[list[Component]]:
    """Return the messages that show `board`, at least one where it says anything, in reading order.

    Each is within 40 components and 4,000 characters. A button that Discord would refuse, for its text
    is too long or stands in the message already, is left out.
    """
    words, setting = catalogue(language), Setting()
    made = [setting.text(each) for each in _packed(board.paragraphs, setting, words)]
    made = [each for each in made if each] or [[]]
    for row in _rows(board.rows):
        last = made[-1]
        if _count(last) + 1 + len(row) > TOTAL:
            last = []
            made.append(last)
        last += action_row(row)
    return [each for each in made if each]


def _packed(paragraphs: Iterable[Paragraph], setting: Setting, words: Catalogue) -> Iterator[list[Paragraph]]:
    """Yield the paragraphs in lots of which each has room in one message."""
    held: list[Paragraph] = []
    used = 0
    for whole in paragraphs:
        for part in broken(whole, size=setting.size, room=MOST, words=words):
            cost = setting.size(part)
            if held and used + cost > MOST:
                yield held
                held, used = [], 0
            held.append(part)
            used += cost
    if held:
        yield held


def _rows(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows of at most five buttons that one message can hold beside each other."""
    known: set[str] = set()
    for row in rows:
        keys: list[Key] = []
        for key in row:
            label = shortened(tidy(key.label), LONGEST_LABEL)
            if label and 0 < len(key.text) <= LONGEST and key.text not in known:
                known.add(key.text)
                keys.append(Key(label=label, text=key.text))
        for start in range(0, len(keys), IN_ROW):
            yield tuple(keys[start : start + IN_ROW])


def _count(message: list[Component]) -> int:
    return sum(1 + len(each.get("components", ())) for each in message)
