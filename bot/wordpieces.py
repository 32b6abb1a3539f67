"""WordPieces: a text as the numbers that BERT's uncased English models read (Devlin et al. 2019).

Pure but for reading the vocabulary: `wordpieces.txt`, one piece a line, of `bert-base-uncased` (Google,
Apache License 2.0). The rules are those of the model's own tokenizer, so that the model sees what it was
trained on; a library for them would bring a client for a model hub with it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

MOST_PIECES: Final = 128
"""Pieces of one text that are read, both marks included: the length that the model was trained on."""
MOST_CHARACTERS: Final = 4_000
"""Characters that are looked at; no text has `MOST_PIECES` pieces beyond them but one of strange signs."""
LONGEST_WORD: Final = 100
"""A longer word is unknown."""

_IDEOGRAPHS: Final = (
    "\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f"
    "\U0002b820-\U0002ceaf\uf900-\ufaff\U0002f800-\U0002fa1f"
)
_IDEOGRAPH: Final = re.compile(f"([{_IDEOGRAPHS}])")


def pieces(text: str) -> list[int]:
    """Return the numbers of the pieces of `text`, from 2 to `MOST_PIECES`, with the marks at both ends."""
    vocabulary = _vocabulary()
    found = [vocabulary["[CLS]"]]
    for word in _words(text[:MOST_CHARACTERS]):
        found.extend(_pieces_of(word, vocabulary))
        if len(found) >= MOST_PIECES:
            break
    return [*found[: MOST_PIECES - 1], vocabulary["[SEP]"]]


@cache
def _vocabulary() -> dict[str, int]:
    text = resources.files("bot").joinpath("wordpieces.txt").read_text("utf-8")
    return {piece: number for number, piece in enumerate(text.rstrip("\n").split("\n"))}


def _words(text: str) -> list[str]:
    """Return the words and the single signs of `text`, in small letters without accents."""
    if not text.isascii():
        text = unicodedata.normalize("NFD", _IDEOGRAPH.sub(r" \1 ", text))
    return "".join(map(_spaced, text)).lower().split()


@cache
def _spaced(sign: str) -> str:
    """Return what stands for one character: nothing, a space, itself, or itself between spaces."""
    category = unicodedata.category(sign)
    if sign in "\t\n\r" or category == "Zs":
        return " "
    if sign == "\ufffd" or category in {"Mn", "Cc", "Cf", "Co", "Cs"}:
        return ""
    # BERT takes every sign of ASCII for punctuation, “$” and “+” among them.
    if category[0] == "P" or (sign.isascii() and not sign.isalnum()):
        return f" {sign} "
    return sign


def _pieces_of(word: str, vocabulary: dict[str, int]) -> list[int]:
    """Return the longest pieces, from the left, that make up `word`; unknown where there are none."""
    found: list[int] = []
    start = 0
    while start < len(word):
        mark = "##" if start else ""
        for end in range(len(word), start, -1) if len(word) <= LONGEST_WORD else ():
            number = vocabulary.get(mark + word[start:end])
            if number is not None:
                found.append(number)
                start = end
                break
        else:
            return [vocabulary["[UNK]"]]
    return found
