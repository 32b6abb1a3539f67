"""Folds: the labelled texts that weights are fitted on, and the tenth that they never see.

Pure. A text belongs to a fold by its id alone, so it stays there whatever is labelled beside it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from zlib import crc32

HELD_OUT: Final = 10
"""One text in so many is never fitted on: what is measured on these is what an unseen text meets."""


class Fold(StrEnum):
    """Of a split all texts, those that `calibrate` fits on, and those that it never does."""

    ALL = "all"
    FITTED = "fitted"
    HELD_OUT = "held-out"

    def holds(self, text: str) -> bool:
        """Say whether the text with the id `text` is one of them."""
        return self is Fold.ALL or is_held_out(text) == (self is Fold.HELD_OUT)


def is_held_out(text: str) -> bool:
    """Say whether the text with the id `text` is never fitted on."""
    return crc32(b"held out " + text.encode(errors="replace")) % HELD_OUT == 0
