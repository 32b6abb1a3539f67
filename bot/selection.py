"""What of a record is shown in a reply, where not all of it has room: what matters most, whole.

It counts in the units of whoever asks (`size`), cuts between pieces only and counts what is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.layout import Layout, Part, Piece
from bot.paging import Page, Size, sections_of
from bot.paragraphs import Paragraph, Shape, faint, paragraph

_GREEDY: Final = 3
"""In a reply a piece takes at most this part of the room (a third), else it is shown in short."""


def wanted(layout: Layout, size: Size) -> int:
    """Return the room that the whole of `layout` would take, sources and notes included."""
    return _wanted(layout, size) + _notes_room(layout, size)


def least(layout: Layout, size: Size) -> int:
    """Return the room that a reply with `layout` takes at the least."""
    always = [each for each in layout.pieces if each.part is Part.CLAIM]
    return sum(map(size, _paragraphs(always))) + _notes_room(layout, size)


def fitted(layout: Layout, *, size: Size, room: int) -> Page:
    """Return what of `layout` is shown in a reply with `room`.

    Shown is what matters most, each piece whole, in short, or not at all; what is left out is counted.
    No allegation is shown unless every denial, official response and later change that is on file is
    represented by its foremost statement. Where `room` is less than `least`, only that is shown.
    """
    if not layout.hidden and _wanted(layout, size) <= room:
        return _Filling(layout, size, room, 0, is_whole=True).page()
    reserved = _notes_room(layout, size)
    is_whole = _wanted(layout, size) + reserved <= room
    return _Filling(layout, size, room, reserved, is_whole=is_whole).page()


def _paragraphs(pieces: Sequence[Piece]) -> Iterator[Paragraph]:
    """Yield the paragraphs of `pieces` with the headings between them."""
    heading: Paragraph | None = None
    for piece in pieces:
        if piece.heading is not None and piece.heading is not heading:
            yield piece.heading
        heading = piece.heading
        yield from piece.paragraphs


def _wanted(layout: Layout, size: Size) -> int:
    whole = sum(map(size, _paragraphs(layout.pieces)))
    numbers = {n for piece in layout.pieces for n in piece.citations}
    if numbers:
        whole += size(layout.sources_heading) + sum(size(layout.sources[n].whole) for n in numbers)
        whole += size(layout.origins) if layout.origins else 0
    return whole


def _notes_room(layout: Layout, size: Size) -> int:
    statements = layout.hidden + sum(each.statements for each in layout.pieces)
    fullest = _notes(layout, statements + 2, max(len(layout.sources), 2), is_more=True)
    return size(fullest) if fullest else 0


def _notes(layout: Layout, statements: int, sources: int, *, is_more: bool) -> Paragraph | None:
    """Return the sentences that count what was left out, or None where nothing was."""
    made = []
    if statements:
        some = "" if layout.hidden else "more_"
        key = f"reply.one_{some}statement" if statements == 1 else f"reply.{some}statements"
        made.append(layout.words.say(key, count=str(statements)))
    if sources:
        key = "reply.one_more_source" if sources == 1 else "reply.more_sources"
        made.append(layout.words.say(key, count=str(sources)))
    if is_more and not made:
        made.append(layout.words.say("reply.more"))
    return paragraph(Shape.NOTE, faint(" ".join(made))) if made else None


class _Filling:
    """A reply that is filled piece by piece, the most important ones first."""

    def __init__(self, layout: Layout, size: Size, room: int, reserved: int, *, is_whole: bool) -> None:
        self._layout = layout
        self._size = size
        self._room = room
        self._used = reserved
        self._headings: set[int] = set()
        self._shown: dict[int, tuple[Paragraph, ...]] = {}
        self._numbers: set[int] = set()
        self._missing: set[int] = set()
        self._is_whole = is_whole
        if is_whole:
            self._take_all()
        else:
            self._take_most()

    def page(self) -> Page:
        pieces = self._layout.pieces
        left = [each for place, each in enumerate(pieces) if place not in self._shown]
        statements = self._layout.hidden + sum(each.statements for each in left)
        missing = len(self._missing - self._numbers)
        notes = _notes(self._layout, statements, missing, is_more=bool(left))
        shown = [(each.heading, self._shown[n]) for n, each in enumerate(pieces) if n in self._shown]
        return Page(
            sections=sections_of(shown),
            sources_heading=self._layout.sources_heading,
            sources=tuple(self._sources()),
            notes=notes,
            room=self._used,
        )

    def _take_all(self) -> None:
        for place, piece in enumerate(self._layout.pieces):
            self._shown[place] = piece.paragraphs
            self._numbers.update(piece.citations)
        self._used += _wanted(self._layout, self._size)

    def _take_most(self) -> None:
        pieces = self._layout.pieces
        for place, piece in enumerate(pieces):
            if piece.part is Part.CLAIM:
                self._take(place, piece.paragraphs, ())
        is_answered = True
        for place in sorted(range(len(pieces)), key=lambda place: pieces[place].rank):
            piece = pieces[place]
            if piece.part is Part.CLAIM or (piece.part is Part.ALLEGATION and not is_answered):
                continue
            if not self._offer(place, piece) and piece.part is Part.RESPONSE:
                is_answered = False
        self._lengthen()

    def _offer(self, place: int, piece: Piece) -> bool:
        """Show `piece` as long as there is room for it, with all its sources or the first; say if it is."""
        is_long = sum(map(self._size, piece.paragraphs)) > self._room // _GREEDY
        if not (is_long and piece.shorter):
            for numbers in dict.fromkeys((piece.citations, piece.citations[:1])):
                if self._fits(piece.heading, piece.paragraphs, numbers):
                    self._missing.update(piece.citations)
                    self._take(place, piece.paragraphs, numbers)
                    return True
        # A statement that is only crowded out is counted; one that answers is at least named.
        is_named = is_long or piece.part is Part.RESPONSE or not piece.statements
        if piece.shorter and is_named and self._fits(piece.heading, piece.shorter, ()):
            self._take(place, piece.shorter, ())
            return True
        return False

    def _cost(
        self, heading: Paragraph | None, paragraphs: Sequence[Paragraph], numbers: Sequence[int]
    ) -> int:
        cost = sum(map(self._size, paragraphs))
        if heading is not None and id(heading) not in self._headings:
            cost += self._size(heading)
        if numbers and not self._numbers:
            cost += self._size(self._layout.sources_heading)
        new = [n for n in numbers if n not in self._numbers]
        return cost + sum(self._size(self._layout.sources[n].short) for n in new)

    def _fits(
        self, heading: Paragraph | None, paragraphs: Sequence[Paragraph], numbers: Sequence[int]
    ) -> bool:
        return self._used + self._cost(heading, paragraphs, numbers) <= self._room

    def _take(self, place: int, paragraphs: tuple[Paragraph, ...], numbers: Sequence[int]) -> None:
        heading = self._layout.pieces[place].heading
        self._used += self._cost(heading, paragraphs, numbers)
        self._headings.add(id(heading))
        self._numbers.update(numbers)
        self._shown[place] = paragraphs

    def _lengthen(self) -> None:
        """Give what room is left to what is known of the sources, all of them or none."""
        entries = [self._layout.sources[n] for n in self._numbers]
        more = sum(self._size(each.whole) - self._size(each.short) for each in entries)
        more += self._size(self._layout.origins) if self._layout.origins else 0
        if self._used + more <= self._room:
            self._used += more
            self._is_whole = True

    def _sources(self) -> Iterator[Paragraph]:
        for n, entry in self._layout.sources.items():
            if n in self._numbers:
                yield entry.whole if self._is_whole else entry.short
        if self._is_whole and self._layout.origins and len(self._numbers) == len(self._layout.sources):
            yield self._layout.origins
