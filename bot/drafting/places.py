"""Places: where a short text stands in an article, so that the article's own letters are taken and no others.

Pure. Words are compared sign for sign and in order; the marks and blanks between them are not. For names, and
only for them, the case is not either.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from itertools import accumulate
from typing import Final

from bot.drafting.drafts import Span
from bot.drafting.marks import Quotation, quotations

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
        """Return where `snippet` stands, first from the start of `near` on; None where it stands nowhere."""
        if not isinstance(snippet, str):
            return None
        words = _WORD.findall(snippet)
        if not words:
            return None
        found = [each.casefold() for each in words] if any_case else words
        text, starts = self._folded if any_case else self._joined
        key = f" {' '.join(found)} "
        after = 0 if near is None else bisect_left(self._spans, (near.start, 0))
        place = text.find(key, starts[after] - 1) if after < len(starts) else -1
        place = text.find(key) if place < 0 else place
        if place < 0:
            return None
        first = bisect_left(starts, place + 1)
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

    @cached_property
    def quotations(self) -> tuple[Quotation, ...]:
        """What stands between quotation marks, in the order of the text."""
        return quotations(self.text)

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        return _row([self.text[start:end] for start, end in self._spans])

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        return _row([self.text[start:end].casefold() for start, end in self._spans])


def _row(words: list[str]) -> tuple[str, list[int]]:
    """Return the words with one blank before, between and after, and where each begins."""
    starts = list(accumulate((len(each) + 1 for each in words), initial=1))[: len(words)]
    return f" {' '.join(words)} ", starts
