"""Evidence: what an article has to the letter, and where; the questions that a draft is checked by.

Pure. Letters are compared after the folding of quotations (`bot.quotations`), so a typed dash or mark is no
difference and a word is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import Final

from bot.drafting.drafts import Span
from bot.drafting.marks import Quotation, quotations
from bot.folding import fold_typography
from bot.quotations import occurs, quoted_spans
from bot.rules.texts import MAX_LINE, MAX_PASSAGE

_MARKS: Final = re.compile('["“”„‟«»‹›＂″「」『』｢｣〝〞〟❝❞⹂]')
_SINGLES: Final = re.compile(r"(?<!\w)['‘’‚‛′`´＇]+|['‘’‚‛′`´＇]+(?!\w)")
_OPENS: Final = re.compile(r"(?<!\w)['‘‚‛`＇](?=\w)")
_BLANKS: Final = re.compile(r"\s+")


class Evidence:
    """The text of an article, asked what it bears out."""

    def __init__(self, text: str) -> None:
        self.text = text

    def span(self, span: Span | None) -> Span | None:
        """Return `span` where it holds a letter or digit of the text, else None."""
        if span is None or not 0 <= span.start < span.end <= len(self.text):
            return None
        return span if any(map(str.isalnum, span.of(self.text))) else None

    def passage(self, span: Span | None) -> Span | None:
        """Return `span` as a passage, cut to the most that an excerpt holds, or None where it is none."""
        found = self.span(span)
        if found is None or found.end - found.start <= MAX_PASSAGE:
            return found
        return self.span(Span(start=found.start, end=found.start + MAX_PASSAGE))

    def names(self, value: str) -> bool:
        """Say whether the words of `value`, a name or a role, stand in the article, whatever their case."""
        key = f" {_key(value)} "
        return 0 < len(value) <= MAX_LINE and value.isprintable() and bool(key.strip()) and key in self._words

    def has_words(self, value: str, passage: Span) -> bool:
        """Say whether `value`, quotation marks apart, stands in the passage without a gap."""
        plain = fold_typography(_bare(value))
        return occurs(plain, _bare(passage.of(self.text))) and plain in self._plain(passage)

    def quotes(self, value: str, passage: Span) -> bool:
        """Say whether `value` stands between quotation marks in the passage, and in the passage, in order."""
        return occurs(value, self._quoted(passage)) and occurs(value, passage.of(self.text))

    def quotes_in_part(self, value: str, passage: Span) -> bool:
        """Say whether `value` stands in the passage, and all that it has between marks does so there."""
        spans = quoted_spans(value)
        quoted = self._quoted(passage)
        return bool(spans) and self.has_words(value, passage) and all(occurs(each, quoted) for each in spans)

    def plain(self, passage: Span) -> str:
        """Return the words of the passage on one line, without quotation marks."""
        return self.without_marks(_BLANKS.sub(" ", passage.of(self.text)))

    def without_marks(self, value: str) -> str:
        """Return `value` without its quotation marks; apostrophes stay where no single mark opens."""
        kept = _MARKS.sub("", value).strip()
        if quoted_spans(kept) or _OPENS.search(kept):
            kept = _bare(kept)
        return _bare(fold_typography(kept)) if quoted_spans(kept) else kept

    def _plain(self, passage: Span) -> str:
        return fold_typography(_bare(passage.of(self.text)))

    def _quoted(self, passage: Span) -> str:
        """Return what is quoted in the passage, each quotation parted from the next by what no quote has."""
        found = []
        for each in self._quotations[max(0, bisect_left(self._starts, passage.start) - 1) :]:
            if each.words.start >= passage.end:
                break
            start, end = max(each.words.start, passage.start), min(each.words.end, passage.end)
            if start < end:
                found.append(self.text[start:end])
        return "\n¶\n".join(found)

    @cached_property
    def _quotations(self) -> tuple[Quotation, ...]:
        return quotations(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [each.words.start for each in self._quotations]

    @cached_property
    def _words(self) -> str:
        return f" {_key(self.text)} "


def _bare(value: str) -> str:
    """Return `value` without quotation marks and without apostrophes at the ends of words."""
    kept = value
    while (kept := _SINGLES.sub("", _MARKS.sub("", value))) != value:
        value = kept
    return kept.strip()


def _key(value: str) -> str:
    """Return the words of `value` with one blank between, folded, without case and marks."""
    return " ".join(re.findall(r"\w+", fold_typography(value).casefold()))
