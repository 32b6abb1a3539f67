"""Places: where a short text stands in an article, so that the article's own letters are taken and no others.

Pure. Words are compared sign for sign and in order; the marks and blanks between them are not. For names, and
only for them, the case is not either.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from bot.drafting.drafts import Span

_WORD: Final = re.compile(r"[^\W_]+")
_LINE: Final = 600
"""Characters of a line that is a passage as a whole; of a longer one it is the sentence."""
_ENDS: Final = re.compile(r"[.!?][\"”’')\]]*\s+")


class Places:
    """The text of an article, asked where something stands in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._spans = [match.span() for match in _WORD.finditer(text)]

    def find(self, snippet: object, *, near: Span | None = None, any_case: bool = False) -> Span | None:
        """Return where `snippet` stands, within `near` if it does, else for the first time; None if nowhere."""
        if not isinstance(snippet, str):
            return None
        words = _WORD.findall(snippet)
        if not words:
            return None
        key = f" {' '.join(words)} "
        text = self._joined
        if any_case:
            key, text = key.casefold(), self._folded
        start = 0
        if near is not None:
            before = sum(1 for _ in _WORD.finditer(self.text, 0, near.start))
            start = self._offset(text, before)
        found = text.find(key, start)
        found = text.find(key) if found < 0 else found
        if found < 0:
            return None
        first = text.count(" ", 0, found)
        span = Span(start=self._spans[first][0], end=self._spans[first + len(words) - 1][1])
        return self._with_marks(span, snippet.strip())

    def passage(self, span: Span) -> Span:
        """Return the line around `span`, or of a long one the sentences."""
        start = self.text.rfind("\n", 0, span.start) + 1
        end = self.text.find("\n", span.end)
        end = len(self.text) if end < 0 else end
        if end - start > _LINE:
            start = max(
                (match.end() for match in _ENDS.finditer(self.text, start, span.start)), default=start
            )
            after = _ENDS.search(self.text, max(start, span.end - 1), end)
            end = after.end() if after else end
        while start < end and self.text[end - 1].isspace():
            end -= 1
        return Span(start=start, end=max(end, span.end))

    def _with_marks(self, span: Span, snippet: str) -> Span:
        """Return `span` with the marks that end the snippet and stand in the article there as well."""
        words = list(_WORD.finditer(snippet))
        before, after = snippet[: words[0].start()], snippet[words[-1].end() :]
        start, end = span.start, span.end
        while before and start > 0 and self.text[start - 1] == before[-1]:
            start, before = start - 1, before[:-1]
        while after and end < len(self.text) and self.text[end] == after[0]:
            end, after = end + 1, after[1:]
        return Span(start=start, end=end)

    @staticmethod
    def _offset(text: str, words: int) -> int:
        place = 0
        for _ in range(words):
            place = text.find(" ", place + 1)
            if place < 0:
                return len(text)
        return place

    @cached_property
    def _joined(self) -> str:
        return f" {' '.join(self.text[start:end] for start, end in self._spans)} "

    @cached_property
    def _folded(self) -> str:
        return self._joined.casefold()
