"""How the text of a row is made ready to show: on one line, without hidden controls, rightly quoted.

It changes white space and quotation marks, never words, and never cuts.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, overload

from bot.statements import QuoteMode
from bot.wording import Catalogue

_SPACE: Final = re.compile(r"\s+")

# The marks, overrides, embeddings and isolates of UAX #9: they can make a line read in another order
# than it is written. The byte order mark goes with them.
_DIRECTION: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)

_STRAIGHT: Final = frozenset('"＂')
_SINGLES: Final = {"“": "‘", "”": "’", "„": "‚", "‟": "‛", "«": "‹", "»": "›", "❝": "‘", "❞": "’"}
_CORNERS: Final = frozenset("「」『』｢｣〝〞〟")
_PAIRS: Final = frozenset({"“”", "„“", "„”", "«»", "»«", '""', "””", "＂＂", "❝❞", "「」", "『』", "｢｣"})
_SINGLE_PAIRS: Final = frozenset({"‘’", "''", "‚‘", "‚’", "‹›", "’’"})
_INCH: Final = "″"


@overload
def tidy(text: str) -> str: ...
@overload
def tidy(text: None) -> None: ...
def tidy(text: str | None) -> str | None:
    """Return `text` on one line without control, surrogate and direction characters; None stays None.

    A text with nothing in it that can be seen becomes the empty text.
    """
    if text is None:
        return None
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(
        " " if each.isspace() else each
        for each in text
        if each.isspace() or not (each in _DIRECTION or unicodedata.category(each) in {"Cc", "Cs"})
    )
    line = _SPACE.sub(" ", kept).strip()
    return line if any(unicodedata.category(each) not in {"Cf", "Mn", "Me", "Zs"} for each in line) else ""


def tidy_or_none(text: str | None) -> str | None:
    """Return `text` as `tidy` does, and None for an empty one, so that no phrase has an empty place."""
    return tidy(text) or None


def capitalised(text: str) -> str:
    """Return a description with a capital letter at its beginning, where that is one letter for one."""
    first = text[:1].upper()
    return first + text[1:] if first.lower() == text[:1] else text


def display(text: str, mode: QuoteMode, words: Catalogue) -> str:
    """Return the text of a statement as a reader sees it.

    The speaker's own words stand in typographic quotation marks, double marks inside them turned into
    single ones. A paraphrase has no quotation marks at all. A partly quoted text holds its own.
    """
    line = tidy(text)
    if mode is QuoteMode.PARTIAL or not line:
        return line
    if mode is QuoteMode.PARAPHRASE:
        return _unquoted(line)
    return in_quotes(line, words)


def in_quotes(text: str, words: Catalogue) -> str:
    """Return `text` in the catalogue's quotation marks, with the marks inside it one level down."""
    inner = tidy(text)
    if _is_wrapped(inner, _PAIRS):
        inner = inner[1:-1].strip()
    return words.say("quote.marks", text=_one_level_down(inner))


def mode_words(mode: QuoteMode, original_language: str | None, words: Catalogue) -> str:
    """Return the quote mode in words; `original_language` is the name of a translation's language or None."""
    if mode is QuoteMode.TRANSLATION and original_language:
        return words.say("mode.translation_from", language=original_language)
    return words.say(f"mode.{mode}")


def _is_wrapped(text: str, pairs: frozenset[str]) -> bool:
    inside = text[1:-1]
    return (
        len(text) > 2  # noqa: PLR2004 - two marks and something between them
        and text[0] + text[-1] in pairs
        and text[0] not in inside
        and text[-1] not in inside
    )


def _one_level_down(text: str) -> str:
    made: list[str] = []
    is_open = False
    before = " "
    for each in text:
        if each not in _STRAIGHT:
            made.append(_SINGLES.get(each, each))
        elif is_open:
            made.append("’")
            is_open = False
        elif before.isdigit():
            made.append(_INCH)
        elif before.isspace() or not before.isalnum():
            made.append("‘")
            is_open = True
        else:
            made.append("’")
        before = each
    return "".join(made)


def _unquoted(text: str) -> str:
    marks = _STRAIGHT | _SINGLES.keys() | _CORNERS
    bare = "".join(
        (_INCH if each in _STRAIGHT and before.isdigit() else "") if each in marks else each
        for before, each in zip(" " + text, text, strict=False)
    )
    if _is_wrapped(bare, _SINGLE_PAIRS):
        bare = bare[1:-1]
    return tidy(bare)
