"""Rendered replies of the last answers, kept as texts in which only the question's id is still open.

Rendering is pure: the same answer gives the same payload but for the id that its buttons carry.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from bot.answers import Answer

MOST: Final = 128
"""Rendered answers kept at a time."""


class Templates:
    """Renders answers through `render(answer, question)`, whose payload JSON can hold."""

    def __init__(self, render: Callable[[Answer, str], Any]) -> None:
        self._render = render
        # Stands where a question's id will stand; drawn at random, so that no text of a row can hold it.
        self._open = f"{secrets.token_hex(5)}"
        self._held: OrderedDict[int, tuple[Answer, str]] = OrderedDict()

    def text(self, answer: Answer, question: str) -> str:
        """Return the payload of `answer` to the question with the id `question`, as JSON."""
        key = id(answer)
        # The answer is kept with its text, so that its identity cannot go to another one.
        held = self._held.get(key)
        if held is None:
            made = json.dumps(self._render(answer, self._open), ensure_ascii=True, separators=(",", ":"))
            held = self._held[key] = (answer, made)
            if len(self._held) > MOST:
                self._held.popitem(last=False)
        else:
            self._held.move_to_end(key)
        return held[1].replace(self._open, question)
