"""Attributions: who is said to have said or thought what, from the sentences' trees and the quotation marks.

Pure but for the parser. A quotation belongs to the cue of its sentence, or goes on with the one before it; an
attribution within what another one tells carries the place of that.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.drafting.cues import Cue, Run, Sort, cues
from bot.drafting.drafts import Span
from bot.drafting.marks import Quotation, quotations
from bot.drafting.parsing import Parsed
from bot.records import record

LONG: Final = 3
"""Words from which on a quotation is told as somebody's words though no verb of speech stands by it."""
_NEAR: Final = 30
"""Attributions before and after one among which that is looked for which holds it."""
_ENDS: Final = frozenset(",.?!")
_EDGE: Final = " \t\r\n,;:–—-"
_TURN: Final = re.compile(r"^[\W_]{0,3}([A-Z][A-Z.'’ -]{1,40}):[ \t]+(?=\S)(.*)$", re.MULTILINE)
_SIGNED: Final = re.compile(r"[ \t]*(?:—|–|―|--)[ \t]*([A-Z][^\n\"“”.]{2,80})")


@record
class Attribution:
    """What is ascribed to somebody: the characters of `source`, `cue` and `content` (in pieces, in order).

    `who` and `place` are the words at the head of the source and the cue, None where marks alone tell.
    `quotations` are those that stand in the content; `within` is the place, in the list, of the attribution
    whose content holds this one.
    """

    sort: Sort
    cue: Span
    content: tuple[Span, ...]
    source: Span | None = None
    who: int | None = None
    place: int | None = None
    quotations: tuple[Quotation, ...] = ()
    within: int | None = None


def attributions(read: Parsed) -> tuple[Attribution, ...]:
    """Return the attributions of a parsed article in the order of their cues."""
    turns = [_turn(match) for match in _TURN.finditer(read.text)]
    taken = [each.content[0] for each in turns]
    quotes = [each for each in quotations(read.text) if not _is_in(each.words.start, taken)]
    outside = [each.whole for each in quotes]
    found: list[Attribution] = []
    bare: list[Cue] = []
    for cue in cues(read):
        at = read.words[cue.place].start
        if _is_in(at, outside) or _is_in(at, taken):
            continue
        if cue.content:
            found.append(_told(read, cue, quotes))
        if cue.sort is Sort.SPEECH or not cue.content:
            bare.append(cue)
    found = _quoted(read, quotes, found, bare)
    told = (each for each in (*turns, *found) if each.content)
    return _nested(sorted(told, key=lambda each: each.cue.start))


def _turn(match: re.Match[str]) -> Attribution:
    return Attribution(
        sort=Sort.SPEECH,
        source=Span(start=match.start(1), end=match.end(1)),
        cue=Span(start=match.end(1), end=match.end(1) + 1),
        content=(Span(start=match.start(2), end=match.end(2)),),
    )


def _told(read: Parsed, cue: Cue, quotes: list[Quotation]) -> Attribution:
    """Return what a cue tells by its clause, made as long as the quotations that begin or end in it."""
    spans = []
    frame = _frame(read, cue)
    for run in cue.content:
        span = _characters(read, run)
        for quote in quotes:
            if quote.whole.start < span.end and span.start < quote.whole.end:
                start, end = min(span.start, quote.whole.start), max(span.end, quote.whole.end)
                if start < frame.end and frame.start < end:
                    continue
                # What hangs on after a quotation that ended its sentence belongs to the cue.
                if quote.whole.start <= span.start + 1 and quote.words.of(read.text)[-1:] in _ENDS:
                    end = quote.whole.end
                span = Span(start=start, end=end)
        spans.append(span)
    return _attribution(read, cue, _merged(spans, read.text), quotes)


def _attribution(
    read: Parsed, cue: Cue, content: tuple[Span, ...], quotes: Iterable[Quotation]
) -> Attribution:
    held = tuple(each for each in quotes if any(_holds(piece, each.words) for piece in content))
    word = read.words[cue.place]
    return Attribution(
        sort=cue.sort,
        source=None if cue.source is None else _characters(read, cue.source),
        cue=Span(start=word.start, end=word.end),
        content=content,
        who=cue.who,
        place=cue.place,
        quotations=held,
    )


def _quoted(
    read: Parsed, quotes: list[Quotation], found: list[Attribution], bare: list[Cue]
) -> list[Attribution]:
    """Return `found` with each quotation that has a speaker, as a piece of one or as one of its own."""
    ends = [read.words[last].end for _, last in read.sentences]
    last: int | None = None
    waiting: list[Quotation] = []
    for quote in quotes:
        own = _owners(found, quote)
        cue = None if own else _beside(read, quote, ends, bare)
        if cue is not None:
            own = [_placed(read, found, cue, quote, quotes)]
        if own:
            last = own[0]
            if waiting and _is_line(read.text, waiting[-1].whole.end, found[last]):
                _add(read, found, own, waiting)
            waiting = []
        elif _is_mention(quote, read):
            continue
        elif signed := _SIGNED.match(read.text, quote.whole.end):
            found.append(_signed(signed, quote))
        elif last is not None and _goes_on(read.text, found[last], quote):
            _add(read, found, _owners(found, found[last].quotations[-1]), [quote])
        else:
            waiting = [quote]
    return found


def _placed(
    read: Parsed, found: list[Attribution], cue: Cue, quote: Quotation, quotes: list[Quotation]
) -> int:
    """Return the place of the attribution of `cue`, with the quotation in it or, if it is new, made of it."""
    same = next((n for n, each in enumerate(found) if each.place == cue.place), None)
    if same is None:
        found.append(_attribution(read, cue, (quote.whole,), quotes))
        return len(found) - 1
    if not _is_mention(quote, read):
        _add(read, found, [same], [quote])
    return same


def _add(read: Parsed, found: list[Attribution], places: list[int], quotes: list[Quotation]) -> None:
    for place in places:
        one = found[place]
        held = sorted({*one.quotations, *quotes}, key=lambda each: each.words.start)
        content = _merged([*one.content, *(each.whole for each in quotes)], read.text)
        found[place] = replace(one, content=content, quotations=tuple(held))


def _signed(match: re.Match[str], quote: Quotation) -> Attribution:
    """Return a quotation with the name after a dash behind it."""
    return Attribution(
        sort=Sort.SPEECH,
        source=Span(start=match.start(1), end=match.end(1)),
        cue=Span(start=match.start(), end=match.start(1)),
        content=(quote.whole,),
        quotations=(quote,),
    )


def _owners(found: list[Attribution], quote: Quotation) -> list[int]:
    """Return the places of the attributions that hold the quotation, the narrowest first."""
    own = [n for n, each in enumerate(found) if any(_holds(piece, quote.words) for piece in each.content)]
    return sorted(own, key=lambda n: sum(each.end - each.start for each in found[n].content))


def _beside(read: Parsed, quote: Quotation, ends: list[int], bare: list[Cue]) -> Cue | None:
    """Return the nearest cue, outside the quotation, of the sentences in which it begins and ends."""
    first = bisect_right(ends, quote.words.start)
    last = bisect_right(ends, max(quote.words.start, quote.words.end - 1))
    near = []
    for cue in bare:
        word = read.words[cue.place]
        if not first <= word.sentence <= last + 1:
            continue
        gap = word.start - quote.whole.end if word.start >= quote.whole.end else quote.whole.start - word.end
        nearer, farther = sorted((word.start, max(quote.whole.start, min(word.start, quote.whole.end))))
        if "\n" in read.text[nearer:farther]:
            continue
        if word.sentence > last and not _is_tail(read, word.sentence, quote):
            continue
        if cue.who is None and gap > len(quote.words.of(read.text)):
            continue
        thought = cue.sort is not Sort.SPEECH
        if not (thought and _is_mention(quote, read)):
            near.append((thought, gap, cue.place, cue))
    return min(near)[3] if near else None


def _is_tail(read: Parsed, sentence: int, quote: Quotation) -> bool:
    """Say whether a sentence that begins right after the quotation goes on with it."""
    first = read.words[read.sentences[sentence][0]]
    between = read.text[quote.whole.end : first.start]
    return not between.strip() and (first.text[:1].islower() or read.text[quote.words.end - 1] in ",?!")


def _is_mention(quote: Quotation, read: Parsed) -> bool:
    """Say whether a quotation is too short to be more than a word in quotation marks, or a title."""
    return len(quote.words.of(read.text).split()) < LONG


def _goes_on(text: str, before: Attribution, quote: Quotation) -> bool:
    """Say whether a quotation without a cue is of the speaker before: beside it, or a paragraph."""
    if not before.quotations:
        return False
    between = text[max(before.content[-1].end, before.cue.end) : quote.whole.start]
    if "\n" not in between:
        return len(quote.words.of(text).split()) >= LONG and between.strip()[-1:] in {"", ".", "!", "?", ":"}
    line = text.rfind("\n", 0, quote.whole.start) + 1
    return between.count("\n") <= 2 and not text[line : quote.whole.start].strip()  # noqa: PLR2004


def _is_line(text: str, place: int, after: Attribution) -> bool:
    return "\n" not in text[place : max(place, after.content[0].start)] and place <= after.cue.start


def _merged(spans: list[Span], text: str) -> tuple[Span, ...]:
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        start, end = span.start, span.end
        while start < end and text[start] in _EDGE:
            start += 1
        while start < end and text[end - 1] in _EDGE:
            end -= 1
        if found and (start <= found[-1].end or not text[found[-1].end : start].strip()):
            found[-1] = Span(start=found[-1].start, end=max(end, found[-1].end))
        elif start < end:
            found.append(Span(start=start, end=end))
    return tuple(each for each in found if any(map(str.isalnum, each.of(text))))


def _nested(ordered: list[Attribution]) -> tuple[Attribution, ...]:
    found = []
    for n, each in enumerate(ordered):
        near = range(max(0, n - _NEAR), min(len(ordered), n + _NEAR))
        outer = [m for m in near if m != n and _is_told_in(each, ordered[m])]
        found.append(replace(each, within=outer[0] if outer else None))
    return tuple(found)


def _is_told_in(inner: Attribution, outer: Attribution) -> bool:
    return any(_holds(piece, inner.cue) for piece in outer.content) and not any(
        _holds(piece, outer.cue) for piece in inner.content
    )


def _frame(read: Parsed, cue: Cue) -> Span:
    first = last = cue.place
    if cue.source is not None and read.words[cue.source[0]].sentence == read.words[cue.place].sentence:
        first, last = min(first, cue.source[0]), max(last, cue.source[1])
    return _characters(read, (first, last))


def _characters(read: Parsed, run: Run) -> Span:
    return Span(start=read.words[run[0]].start, end=read.words[run[1]].end)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _is_in(place: int, spans: list[Span]) -> bool:
    return any(each.start <= place < each.end for each in spans)
