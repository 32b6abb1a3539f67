"""Quotations of a text with their places, in texts too whose marks are broken: mixed, or never closed.

Pure. A quotation never gains a word by it: one whose closing mark is missing ends with its paragraph, as one
does that is resumed in the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.drafting.drafts import Span
from bot.records import record

_DOUBLE: Final = re.compile('[“”„‟«»"＂]')
_OPENS: Final = "“„«"
_CLOSES: Final = "”»"
# British style: single marks around words; an apostrophe is none of them.
_SINGLE: Final = re.compile(r"(?<!\w)[‘'](?=\w)([^‘\"“”\n]{3,}?)(?<=[\w.,?!])[’'](?!\w)")


@record
class Quotation:
    """What stands between two marks (`words`), with the marks (`whole`).

    `is_open`: it has no closing mark and ends with its paragraph; `resumes`: it has no opening mark, and goes
    on with one that the paragraph before left open.
    """

    whole: Span
    words: Span
    is_open: bool = False
    resumes: bool = False


def quotations(text: str) -> tuple[Quotation, ...]:
    """Return the quotations of `text`, in order; none within another."""
    found: list[Quotation] = []
    place = 0
    left_open = False
    for line in text.split("\n"):
        if line.strip():
            of_line = list(_of_line(text, place, place + len(line), left_open=left_open))
            found += of_line
            left_open = bool(of_line) and of_line[-1].is_open
        place += len(line) + 1
    return tuple(found)


def _of_line(text: str, start: int, end: int, *, left_open: bool) -> Iterator[Quotation]:
    opened: int | None = None
    after = start
    found: list[Quotation] = []
    for match in _DOUBLE.finditer(text, start, end):
        place = match.start()
        if opened is None and _may_open(text, place, start, end):
            opened = place
        elif opened is not None and match[0] not in _OPENS:
            if _is_closed(text, place, end):
                found.append(_quotation(text, opened, place + 1))
                opened, after = None, place + 1
        elif opened is not None and not _has_close(text, place, end):
            # A second opening mark before any closing one: the first ends before it.
            found.append(_quotation(text, opened, place, is_open=True))
            opened = place
        elif left_open and not found and match[0] in _CLOSES + '"':
            found.append(_quotation(text, start, place + 1, resumes=True))
            after = place + 1
    if opened is not None and len(text[opened:end].split()) > 1:
        found.append(_quotation(text, opened, end, is_open=True))
    elif not found:
        found += _singles(text, after, end)
    yield from (each for each in found if any(map(str.isalnum, each.words.of(text))))


def _may_open(text: str, place: int, start: int, end: int) -> bool:
    if text[place] in _CLOSES:
        # A closing mark where one opens is a slip, unless a word stands before it.
        return place == start and place + 1 < end and text[place + 1].isalnum()
    if place + 1 >= end or text[place + 1].isspace():
        return False
    return text[place] in _OPENS or place == start or not text[place - 1].isalnum()


def _is_closed(text: str, place: int, end: int) -> bool:
    """Say whether the mark at `place` can close: a straight one before a word opens rather."""
    if text[place] in _CLOSES or place + 1 >= end:
        return True
    return not (text[place - 1].isspace() and text[place + 1].isalnum())


def _has_close(text: str, place: int, end: int) -> bool:
    """Say whether two closing marks follow, so that the opening mark at `place` is one within the other."""
    rest = text[place + 1 : min(end, place + 2_000)]
    closing = sum(rest.count(each) for each in _CLOSES)
    return closing > sum(rest.count(each) for each in _OPENS) + 1


def _quotation(text: str, start: int, end: int, *, is_open: bool = False, resumes: bool = False) -> Quotation:
    first = start if resumes else start + 1
    last = end if is_open else end - 1
    words = text[first:last]
    first += len(words) - len(words.lstrip())
    last = max(first, last - (len(words) - len(words.rstrip())))
    return Quotation(
        whole=Span(start=start, end=max(last, end if not is_open else last)),
        words=Span(start=first, end=last),
        is_open=is_open,
        resumes=resumes,
    )


def _singles(text: str, start: int, end: int) -> Iterator[Quotation]:
    for match in _SINGLE.finditer(text, start, end):
        yield _quotation(text, match.start(), match.end())
