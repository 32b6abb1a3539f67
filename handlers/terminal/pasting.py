"""Reading what a person pastes at the prompt: all of its lines as one text."""

from __future__ import annotations

import select
import sys
from typing import Final

_PAUSE: Final = 0.05
"""Seconds of silence after which a paste counts as whole; a terminal hands its lines over at once."""


def pasted(prompt: str) -> str:
    """Return what is typed or pasted at `prompt`, empty for an empty line or the end of input."""
    try:
        lines = [input(prompt)]
        while lines[0].strip() and _more_is_waiting():
            lines.append(input())
    except EOFError:
        return ""
    return "\n".join(lines).strip()


def _more_is_waiting() -> bool:
    if sys.platform == "win32":  # select knows no terminal there; a paste of one line still works
        return False
    return bool(select.select([sys.stdin], [], [], _PAUSE)[0])
