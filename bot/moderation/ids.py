"""Ids for what is new: words that a person can read, and an ending that no other id has."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

WORDS: Final = 40
"""Characters of an id that come from words at most; with the ending it stays below the 64 of the rules."""

_OTHER: Final = re.compile(r"[^a-z0-9]+")


def new_id(text: str, ending: str) -> str:
    """Return an id made of the first words of `text` and of `ending`, which the caller drew at random.

    A text without a Latin letter or digit gives an id of its ending alone.
    """
    plain = unicodedata.normalize("NFKD", text[:500]).encode("ascii", "ignore").decode().lower()
    words = [each for each in _OTHER.split(plain) if each]
    kept = ""
    for word in words:
        longer = f"{kept}-{word}" if kept else word
        if len(longer) > WORDS:
            break
        kept = longer
    return f"{kept}-{ending}" if kept else f"x-{ending}"
