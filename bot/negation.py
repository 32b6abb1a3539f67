"""Negation: the words of a text that deny what the rest of it says.

Pure. The words, and the phrases with one of them that negate nothing, are data of `bot.languages`.
"""

from __future__ import annotations

import re
from typing import Any, Final

from bot.languages import language, phrases

WINDOW: Final = 2
"""Words after a word of negation that are shown with it."""

_TOKEN: Final = re.compile(r"(?<!\w)[^\W\d_][\w&]*(?:['’.-][^\W_]+)*|\d[\w,.%]*")
_ALONE: Final = re.compile(r"\s*[,.!]")


def negations(text: str) -> list[str]:
    """Return the negations in `text`, each with the words that follow it."""
    data: dict[str, Any] = language()["negation"]
    words, ending = frozenset(data["words"].split()), data["ending"]
    idle = phrases("negation", "idle")
    tokens = list(_TOKEN.finditer(text))
    found = []
    for place, token in enumerate(tokens):
        word = token[0].lower()
        if word in words or word.endswith(ending):
            start = tokens[max(0, place - 2)].start()
            if any(each.start() <= token.start() < each.end() for each in idle.finditer(text, start)):
                continue
            if word == "no" and _ALONE.match(text, token.end()):
                continue
            last = tokens[min(place + WINDOW, len(tokens) - 1)]
            found.append(text[token.start() : last.end()])
    return found
