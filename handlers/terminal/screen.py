"""What the output goes to: how wide it is, and whether it shows colours."""

from __future__ import annotations

import shutil
import sys
from typing import Final

PLAIN_WIDTH: Final = 100
"""Columns of output that is not read on a terminal."""

_NARROWEST: Final = 40


def screen() -> tuple[int, bool]:
    """Return the width in columns and whether to colour; a pipe or a file gets plain text of one width."""
    if not sys.stdout.isatty():
        return PLAIN_WIDTH, False
    from rich.console import Console  # noqa: PLC0415 - not needed for plain output

    # rich knows NO_COLOR, TERM=dumb and the like.
    colour = Console().color_system is not None
    return max(_NARROWEST, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns), colour
