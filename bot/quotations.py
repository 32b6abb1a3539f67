"""Quotations: which words of a text stand between quotation marks, and whether words are in a passage.

It compares characters after folding (`bot.folding`), never meaning: a quotation is on file word for
word, or it is not.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from bot.folding import fold_typography

# Marks that pair like double quotation marks and that folding leaves alone.
_MARKS: Final = dict.fromkeys(map(ord, "「」『』｢｣〝〞〟❝❞⹂"), '"')

# After folding, `'` is an apostrophe as well: it opens only before and closes only after a word, and not
# in rock 'n' roll or before a decade ('90s).
_SINGLE: Final = re.compile(r"(?<!\w)'+(?=[^\s'])(?!\d\ds|n')(.*?)(?<=[^\s'])'+(?!\w)")

# What a quotation may leave out is marked by an ellipsis, with or without square brackets.
_GAP: Final = re.compile(r"\[ ?\.(?: ?\.){2,} ?\]|\.(?: ?\.){2,}")
# Nothing in these becomes a quotation mark when it is folded; most texts are made of them alone.
_MARKLESS: Final = re.compile(r"[\n !#-&(-_a-~À-ɏ‐-―…]*")

_BRACKET: Final = re.compile(r"\[[^\[\]]*\]?|\]")


def quoted_spans(text: str) -> tuple[str, ...]:
    """Return what stands between quotation marks in `text`, folded, in the order of the text.

    Double marks of every style count, and single ones that stand around words. A quotation inside a
    quotation is part of the outer one. A mark without a partner (`a 6" pipe`) quotes nothing.
    """
    if not may_quote(text):
        return ()
    pieces = fold_typography(text.translate(_MARKS)).split('"')
    last = len(pieces) - 1
    found: list[str] = []
    for place, piece in enumerate(pieces):
        if place % 2 == 1 and place < last:
            found.append(piece.strip())
        else:
            found += [match[1].strip() for match in _SINGLE.finditer(piece)]
    return tuple(found)


def may_quote(text: str) -> bool:
    """Say whether `text` has anything that may become a quotation mark; most texts have not."""
    return _MARKLESS.fullmatch(text) is None


def is_one_quotation(text: str) -> bool:
    """Say whether the whole of `text` stands between one pair of quotation marks."""
    folded = _key(text)
    spans = quoted_spans(text)
    return len(spans) == 1 and folded.strip("' ") == _key(spans[0]).strip("' ") and folded[:1] == "'"


def occurs(quote: str, excerpt: str) -> bool:
    """Say whether the words of `quote` stand in `excerpt`, after folding.

    An ellipsis (`…`, `...`, `[…]`) splits the quotation into spans, which must stand in the excerpt in
    that order. Every other square bracket is a mark like the rest: it stands in the excerpt as well, or
    the quotation does not. Single and double marks count as one, since a quotation inside a quotation
    changes them. A span never begins or ends inside a word. A quotation without a word in it occurs
    nowhere.
    """
    passage = _key(excerpt)
    place = 0
    spans = [each.strip() for each in _GAP.split(_key(quote))]
    spans = [each for each in spans if any(map(str.isalnum, each))]
    for words in spans:
        found = _find(words, passage, place)
        if found < 0:
            return False
        place = found + len(words)
    return bool(spans)


def insertions(text: str) -> tuple[str, ...]:
    """Return what stands in square brackets in `text`, folded and with them; ellipses are left out."""
    return tuple(_BRACKET.findall(_GAP.sub(" ", _key(text))))


def has_insertion(inserted: str, excerpt: str) -> bool:
    """Say whether `inserted`, one of `insertions`, stands in `excerpt` as it is."""
    return inserted in _key(excerpt)


# An excerpt is compared with every quotation from it, and many entries may quote one source.
@lru_cache(maxsize=256)
def _key(text: str) -> str:
    return fold_typography(text.translate(_MARKS)).replace('"', "'")


def _find(words: str, passage: str, place: int) -> int:
    while (found := passage.find(words, place)) >= 0:
        if not (_is_inside_word(passage, found) or _is_inside_word(passage, found + len(words))):
            return found
        place = found + 1
    return -1


def _is_inside_word(text: str, place: int) -> bool:
    """Say whether `place` is between two characters of one word.

    Only letters that have a case, digits and combining marks tell: other scripts write words together.
    """
    if not 0 < place < len(text):
        return False
    around = text[place - 1 : place + 1]
    if around.isascii():
        return around.isalnum()
    if unicodedata.category(text[place]).startswith("M"):
        return True
    return all(each.isdigit() or each.lower() != each.upper() for each in around)
