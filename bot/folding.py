"""Folding: making texts comparable that differ only in how they were typed."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_QUOTES: Final = dict.fromkeys(map(ord, "“”„‟«»‹›＂″"), '"') | dict.fromkeys(map(ord, "‘’‚‛′`´＇"), "'")
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_TABLE: Final = _QUOTES | _DASHES | {ord("…"): "..."}
_HIDDEN: Final = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})
_KNOWN: Final = 0x3000
"""Below this code point stands what most texts are written in; what becomes of those is remembered."""
_SPACE: Final = re.compile(r"\s+")
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")


class _Kept(dict[int, str | int | None]):
    """What `str.translate` makes of a code point: itself, a blank for white space, nothing where hidden."""

    def __missing__(self, code: int) -> str | int | None:
        each = chr(code)
        kept: str | int | None = code
        if each.isspace():
            kept = " "
        elif unicodedata.category(each) in _HIDDEN:
            kept = None
        if code < _KNOWN:
            self[code] = kept
        return kept


_KEPT: Final = _Kept()


def fold_typography(text: str) -> str:
    """Return `text` with Unicode form (NFKC), quotation marks, dashes and white space made one.

    Invisible format characters (zero-width, direction marks) and control characters are left out.
    Letters and their case stay: this is the folding under which a quotation must occur in its source.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.replace("`", "'").split())
    # NFKC twice: leaving out a format character can bring two characters together that compose.
    folded = unicodedata.normalize("NFKC", text.translate(_TABLE))
    kept = folded.translate(_TABLE).translate(_KEPT)
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", kept)).strip()


def fold(text: str) -> str:
    """Return the key under which two wordings count as the same text.

    Beyond `fold_typography`, case and the punctuation at both ends are ignored.
    """
    return _EDGES.sub("", fold_typography(text).casefold())
