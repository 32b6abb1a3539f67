"""Quotations: which words of a text stand between quotation marks, and whether words are in a passage.

It compares characters after folding (`bot.folding`), never meaning: a quotation is on file word for
word, or it is not.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.folding import fold_typography

# Marks that pair like double quotation marks and that folding leaves alone.
_MARKS: Final = dict.fromkeys(map(ord, "「」『』｢｣〝〞〟❝❞⹂"), '"')

# After folding, `'` is an apostrophe as well: it opens only before and closes only after a word, and not
# in rock 'n' roll or before a decade ('90s).
_SINGLE: Final = re.compile(r"(?<!\w)'+(?=[^\s'])(?!\d\ds|n')(.*?)(?<=[^\s'])'+(?!\w)")

# What a quotation may leave out or put in: an ellipsis, and anything in square brackets.
_GAP: Final = re.compile(r"(?P<bracket>\[[^\[\]]*\])|\.(?:\s?\.){2,}")


def quoted_spans(text: str) -> tuple[str, ...]:
    """Return what stands between quotation marks in `text`, folded, in the order of the text.

    Double marks of every style count, and single ones that stand around words. A quotation inside a
    quotation is part of the outer one. A mark without a partner (`a 6" pipe`) quotes nothing.
    """
    pieces = fold_typography(text.translate(_MARKS)).split('"')
    last = len(pieces) - 1
    found: list[str] = []
    for place, piece in enumerate(pieces):
        if place % 2 == 1 and place < last:
            found.append(piece.strip())
        else:
            found += [match[1].strip() for match in _SINGLE.finditer(piece)]
    return tuple(found)


def is_one_quotation(text: str) -> bool:
    """Say whether the whole of `text` stands between one pair of quotation marks."""
    folded = _key(text)
    spans = quoted_spans(text)
    return len(spans) == 1 and folded.strip("' ") == _key(spans[0]).strip("' ") and folded[:1] == "'"


def occurs(quote: str, excerpt: str) -> bool:
    """Say whether the words of `quote` stand in `excerpt`, after folding.

    An ellipsis (`…`, `...`, `[…]`) and an insertion in square brackets split the quotation into spans,
    which must stand in the excerpt in that order. Single and double marks count as one, since a
    quotation inside a quotation changes them. A span never begins or ends inside a word, save at a
    bracket (`bomb[ed]`). A quotation without a word in it occurs nowhere.
    """
    passage = _key(excerpt)
    place = 0
    spans = [span for span in _spans(_key(quote)) if any(map(str.isalnum, span[0]))]
    for words, open_start, open_end in spans:
        found = _find(words, passage, place, open_start=open_start, open_end=open_end)
        if found < 0:
            return False
        place = found + len(words)
    return bool(spans)


def _key(text: str) -> str:
    return fold_typography(text.translate(_MARKS)).replace('"', "'")


def _spans(quote: str) -> list[tuple[str, bool, bool]]:
    """Return the spans of a folded quotation; each with whether a bracket touches its start and its end."""
    spans: list[tuple[str, bool, bool]] = []
    start, open_start = 0, False
    for gap in _GAP.finditer(quote):
        is_bracket = gap["bracket"] is not None
        spans.append(_span(quote[start : gap.start()], open_start=open_start, open_end=is_bracket))
        start, open_start = gap.end(), is_bracket
    spans.append(_span(quote[start:], open_start=open_start, open_end=False))
    return spans


def _span(words: str, *, open_start: bool, open_end: bool) -> tuple[str, bool, bool]:
    # White space between the bracket and the word closes the span again.
    return words.strip(), open_start and words[:1] != " ", open_end and words[-1:] != " "


def _find(words: str, passage: str, place: int, *, open_start: bool, open_end: bool) -> int:
    while (found := passage.find(words, place)) >= 0:
        end = found + len(words)
        starts = open_start or not _is_inside_word(passage, found)
        ends = open_end or not _is_inside_word(passage, end)
        if starts and ends:
            return found
        place = found + 1
    return -1


def _is_inside_word(text: str, place: int) -> bool:
    """Say whether `place` is between two characters of one word.

    Only letters that have a case, digits and combining marks tell: other scripts write words together.
    """
    if not 0 < place < len(text):
        return False
    if unicodedata.category(text[place]).startswith("M"):
        return True
    return all(each.isdigit() or each.lower() != each.upper() for each in text[place - 1 : place + 1])
