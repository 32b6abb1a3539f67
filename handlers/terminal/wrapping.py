"""Lines of a terminal: styled words wrapped to a width in cells, and set with or without colour.

It knows cells and styles and nothing of the record. No text can put an escape sequence or markup into a
line: control characters are taken out here, whatever the caller did.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import groupby

from rich.cells import cell_len, chop_cells

from bot.display import tidy


class Tone(StrEnum):
    """How a span is set where there is colour; each value is a style of rich."""

    PLAIN = "none"
    STRONG = "bold"
    HEADING = "bold cyan"
    FAINT = "dim"
    MARK = "cyan"
    CAUTION = "yellow"


Span = tuple[str, Tone]
Row = tuple[Span, ...]

NARROWEST = 20
"""Cells: below this a line cannot hold an indent and a word of the interface, so no line is made narrower."""


def wrapped(spans: Iterable[Span], width: int, *, indent: int = 0, hanging: int = 0) -> list[Row]:
    """Return `spans` as rows of at most `width` cells.

    Rows break at spaces, and inside a word only where it alone is wider than a row. `indent` is the
    blank before every row, `hanging` the further blank before all but the first.
    """
    rows: list[Row] = []
    row: list[Span] = []
    used = 0
    for word in _fitting(_words(spans), width - indent - hanging):
        size = cell_len("".join(text for text, _ in word))
        blank = indent + (hanging if rows else 0)
        if row and used + 1 + size > width:
            rows.append(tuple(row))
            row, blank = [], indent + hanging
        if row:
            # One run of a tone needs one pair of codes, the spaces in it included.
            row.append((" ", word[0][1] if row[-1][1] is word[0][1] else Tone.PLAIN))
            used += 1
        else:
            row = [(" " * blank, Tone.PLAIN)] if blank else []
            used = blank
        row += word
        used += size
    return [*rows, tuple(row)] if row else rows


def unbroken(text: str, *, indent: int = 0, tone: Tone = Tone.PLAIN) -> Row:
    """Return `text`, an address, as one row however wide it is."""
    return ((" " * indent, Tone.PLAIN), (tidy(text), tone))


def spread(left: Sequence[Span], right: Span, width: int) -> list[Row]:
    """Return `left` with `right` at the right edge, or below it where both do not fit on one row."""
    gap = width - _size(left) - cell_len(right[0])
    if gap >= 2:  # noqa: PLR2004 - less would read as one text
        return [(*left, (" " * gap, Tone.PLAIN), right)]
    rows = [tuple(left)] if _size(left) <= width else wrapped(left, width)
    if cell_len(right[0]) > width:
        return [*rows, *wrapped([right], width)]
    return [*rows, ((" " * (width - cell_len(right[0])), Tone.PLAIN), right)]


def _size(spans: Sequence[Span]) -> int:
    return cell_len("".join(text for text, _ in spans))


def _words(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Yield the words of `spans`; a word may change its tone inside."""
    word: list[Span] = []
    for text, tone in spans:
        first, *rest = _clean(text).split(" ")
        if first:
            word.append((first, tone))
        for each in rest:
            if word:
                yield word
            word = [(each, tone)] if each else []
    if word:
        yield word


def _clean(text: str) -> str:
    # The blank at either end of a span parts it from its neighbours and has to stay.
    before = " " if text[:1] == " " else ""
    after = " " if text[-1:] == " " else ""
    return f"{before}{tidy(text)}{after}"


def _fitting(words: Iterable[list[Span]], width: int) -> Iterator[list[Span]]:
    for word in words:
        if _size(word) <= width:
            yield word
        else:
            for text, tone in word:
                yield from ([(piece, tone)] for piece in chop_cells(text, width))


def printed(rows: Iterable[Row], *, colour: bool) -> str:
    """Return `rows` as text, one line each with a line feed at its end; escape codes only with `colour`."""
    if not colour:
        return "".join("".join(text for text, _ in row).rstrip(" ") + "\n" for row in rows)
    # Loaded only where there is colour: the rest of rich costs more than all else that a reply needs.
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    made = io.StringIO()
    console = Console(
        file=made,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for row in rows:
        runs = groupby(row, key=lambda span: span[1])
        line = Text.assemble(*(("".join(text for text, _ in run), tone.value) for tone, run in runs))
        line.rstrip()
        console.print(line, soft_wrap=True)
    return made.getvalue()
