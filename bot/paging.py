"""Pages: what is shown of a record at a time, and a full record split into as many as it needs.

It counts in the units of whoever asks (`size`) and cuts between pieces only; a single piece that is
longer than a whole page is the one exception, and says there that it continues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from bot.layout import Layout, Part, Piece
from bot.paragraphs import Paragraph, Run, faint, paragraph
from bot.records import record
from bot.wording import Catalogue

T = TypeVar("T")

Size: TypeAlias = Callable[[Paragraph], int]
"""How much room a paragraph takes at most, with all that sets it apart from its neighbours."""


def remembered(function: Callable[[Paragraph], T]) -> Callable[[Paragraph], T]:
    """Return `function` such that it is called once for each paragraph."""
    # The paragraph is kept with what came of it, so that no other can get its identity meanwhile.
    known: dict[int, tuple[Paragraph, T]] = {}

    def remembering(each: Paragraph) -> T:
        found = known.get(id(each))
        if found is None:
            found = known[id(each)] = (each, function(each))
        return found[1]

    return remembering


@record
class Section:
    """A heading, or None, and what stands below it."""

    heading: Paragraph | None
    paragraphs: tuple[Paragraph, ...]


@record
class Page:
    """What is shown of a record, in reading order, and how much room that takes.

    `notes` says how much was left out; `sources` are those of the pieces shown, below `sources_heading`.
    """

    sections: tuple[Section, ...]
    sources_heading: Paragraph
    sources: tuple[Paragraph, ...]
    notes: Paragraph | None
    room: int


def pages(layout: Layout, *, size: Size, room: int) -> tuple[Page, ...]:
    """Return all of `layout` on pages of at most `room` each, at least one, with the sources of each page.

    `room` has to hold at least a few hundred units; a source that is too long for the page of its
    statement stands on the pages that follow it.
    """
    book = _Book(layout, size, room)
    for piece in layout.pieces:
        book.add(piece)
    return book.bound()


def sections_of(shown: Sequence[tuple[Paragraph | None, tuple[Paragraph, ...]]]) -> tuple[Section, ...]:
    """Return paragraphs, each with its heading, with those together that follow under the same one."""
    made: list[tuple[Paragraph | None, list[Paragraph]]] = []
    for heading, paragraphs in shown:
        if made and made[-1][0] is heading:
            made[-1][1].extend(paragraphs)
        else:
            made.append((heading, list(paragraphs)))
    return tuple(Section(heading=heading, paragraphs=tuple(each)) for heading, each in made)


class _Book:
    """A full record that is filled page by page, in reading order."""

    def __init__(self, layout: Layout, size: Size, room: int) -> None:
        self._layout = layout
        self._size = size
        self._room = room
        self._pages: list[Page] = []
        self._listed: set[int] = set()
        self._start()

    def _start(self) -> None:
        self._used = 0
        self._shown: list[tuple[Paragraph | None, tuple[Paragraph, ...]]] = []
        self._numbers: set[int] = set()

    def add(self, piece: Piece) -> None:
        if self._placed(piece, piece.citations):
            return
        self._turn()
        if self._placed(piece, piece.citations):
            return
        for part in self._broken(piece):
            if not self._placed(part, ()):
                self._turn()
                self._placed(part, ())
        for n in piece.citations:
            self._list(n)

    def _list(self, n: int) -> None:
        """Add a source to the page, or to the next one, in as many paragraphs as it needs."""
        source = self._layout.sources[n].whole
        alone = Piece(part=Part.OTHER, heading=None, paragraphs=(), citations=(n,))
        if self._placed(alone, (n,)):
            return
        self._turn()
        if self._placed(alone, (n,)):
            return
        for part in self._broken(Piece(part=Part.OTHER, heading=None, paragraphs=(source,))):
            if not self._placed(part, ()):
                self._turn()
                self._placed(part, ())

    def _placed(self, piece: Piece, numbers: Sequence[int]) -> bool:
        new = [n for n in dict.fromkeys(numbers) if n not in self._numbers]
        cost = sum(map(self._size, piece.paragraphs))
        cost += sum(self._size(self._layout.sources[n].whole) for n in new)
        if new and not self._numbers:
            cost += self._size(self._layout.sources_heading)
        if piece.heading is not None and not (self._shown and self._shown[-1][0] is piece.heading):
            cost += self._size(piece.heading)
        if self._used + cost > self._room:
            return False
        self._used += cost
        self._numbers.update(new)
        if piece.paragraphs:
            self._shown.append((piece.heading, piece.paragraphs))
        return True

    def _turn(self) -> None:
        """Close the page, unless it is empty, and begin another one."""
        if self._shown or self._numbers:
            self._pages.append(self._page())
        self._start()

    def _page(self, notes: Paragraph | None = None) -> Page:
        return Page(
            sections=sections_of(self._shown),
            sources_heading=self._layout.sources_heading,
            sources=tuple(each.whole for n, each in self._layout.sources.items() if n in self._numbers),
            notes=notes,
            room=self._used,
        )

    def bound(self) -> tuple[Page, ...]:
        origins = self._layout.origins
        if origins is not None and self._used + self._size(origins) > self._room:
            self._turn()
        return (*self._pages, self._page(origins))

    def _broken(self, piece: Piece) -> Iterator[Piece]:
        """Yield `piece` in parts that have room on an empty page."""
        room = self._room - (self._size(piece.heading) if piece.heading else 0)
        for whole in piece.paragraphs:
            for part in broken(whole, size=self._size, room=room, words=self._layout.words):
                yield Piece(part=piece.part, heading=piece.heading, paragraphs=(part,))


def broken(whole: Paragraph, *, size: Size, room: int, words: Catalogue) -> Iterator[Paragraph]:
    """Yield `whole` in parts of at most `room`, all but the last with the words that it continues.

    It breaks at blanks where there are any; white space stays, so that the parts join to the whole.
    """
    mark = faint(f" {words.say('reply.continues')}")
    rest = list(whole.runs)
    while rest and size(Paragraph(shape=whole.shape, runs=tuple(rest))) > room:
        taken, rest = _first(rest, lambda runs: size(paragraph(whole.shape, *runs, mark)) <= room)
        yield paragraph(whole.shape, *taken, mark)
    if rest:
        yield Paragraph(shape=whole.shape, runs=tuple(rest))


def _first(runs: Sequence[Run], fits: Callable[[Sequence[Run]], bool]) -> tuple[list[Run], list[Run]]:
    """Return as much of the beginning of `runs` as fits, at least one character, and the rest."""
    count = 0
    while count < len(runs) and fits(runs[: count + 1]):
        count += 1
    taken = list(runs[:count])
    text, tone, url = runs[count]
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if fits([*taken, (text[:middle], tone, url)]):
            low = middle
        else:
            high = middle - 1
    blank = text.rfind(" ", 0, low) + 1
    at = blank or low
    if not at and not taken:
        at = 1
    begun: list[Run] = [(text[:at], tone, url)] if at else []
    return [*taken, *begun], [(text[at:], tone, url), *runs[count + 1 :]]
