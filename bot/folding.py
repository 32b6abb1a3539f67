"""Folding: making texts comparable that differ only in how they were typed."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_QUOTES: Final = dict.fromkeys(map(ord, "“”„‟«»‹›＂″"), '"') | dict.fromkeys(map(ord, "‘’‚‛′`´＇"), "'")
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_TABLE: Final = _QUOTES | _DASHES | {ord("…"): "..."}
_SPACE: Final = re.compile(r"\s+")
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")


def fold_typography(text: str) -> str:
    """Return `text` with Unicode form (NFKC), quotation marks, dashes and white space made one.

    Invisible format characters (zero-width, direction marks) and control characters are left out.
    Letters and their case stay: this is the folding under which a quotation must occur in its source.
    """
    # NFKC twice: leaving out a format character can bring two characters together that compose.
    folded = unicodedata.normalize("NFKC", text.translate(_TABLE))
    kept = "".join(
        " " if each.isspace() else each
        for each in folded.translate(_TABLE)
        if each.isspace() or unicodedata.category(each) not in {"Cf", "Cc", "Cs", "Co", "Cn"}
    )
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", kept)).strip()


def fold(text: str) -> str:
    """Return the key under which two wordings count as the same text.

    Beyond `fold_typography`, case and the punctuation at both ends are ignored.
    """
    return _EDGES.sub("", fold_typography(text).casefold())
