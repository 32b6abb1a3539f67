"""The Answer as terminal text: one screen, plain or coloured, wrapped to a width.

Pure functions of what they are given: no store, no model, no look at the terminal. The words come from
the Answer and the wording catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.answer_json import COUNTER_CLAIMS
from bot.answers import Answer, ClaimRecord, HistoryItem, Line, RelatedClaim, SourceNote, Tier
from bot.dates import Day, date_fault
from bot.display import in_quotes, tidy
from bot.phrases import (
    across_words,
    chain_words,
    difference_words,
    group_heading,
    line_facts,
    line_label,
    locator_words,
    origin_words,
    reviewed_words,
    source_facts,
    speaker_words,
)
from bot.statements import Group
from bot.summaries import cited
from bot.wording import DEFAULT_LANGUAGE, Catalogue, catalogue, date_words
from handlers.terminal.wrapping import NARROWEST, Row, Span, Tone, printed, spread, unbroken, wrapped

PLAIN_WIDTH: Final = 100
"""Cells: the width where the output is not a terminal, so that it does not depend on where it runs."""

_BLANK: Final[Row] = ()


def render(
    answer: Answer,
    *,
    width: int = PLAIN_WIDTH,
    colour: bool = False,
    heading: str | None = None,
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """Return `answer` as text whose lines are at most `width` cells wide, addresses excepted.

    `heading` takes the place of the tier in the first line, as for a full record that was asked for by
    id; such a record also shows the notes on its sources. With `colour` the text has the colour codes
    of a terminal (SGR), otherwise no escape code.
    """
    words = catalogue(language)
    page = _Page(max(width, NARROWEST), words)
    return printed(page.answer(answer, heading), colour=colour)


def render_matches(
    matches: Sequence[tuple[str, str, str | None]],
    *,
    width: int = PLAIN_WIDTH,
    colour: bool = False,
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """Return the claims that a search found, each as (id, text, story or None), in the order given."""
    page = _Page(max(width, NARROWEST), catalogue(language))
    return printed(page.matches(matches), colour=colour)


def render_history(
    items: Sequence[HistoryItem],
    *,
    width: int = PLAIN_WIDTH,
    colour: bool = False,
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """Return the entries of the log of revisions in the order given."""
    page = _Page(max(width, NARROWEST), catalogue(language))
    return printed(page.history(items), colour=colour)


class _Page:
    """The rows of one output, `width` cells wide."""

    def __init__(self, width: int, words: Catalogue) -> None:
        self._width = width
        self._words = words

    def answer(self, answer: Answer, heading: str | None) -> Iterator[Row]:
        say = self._words.say
        if not answer.claims:
            yield from self._text(heading or say(f"tier.{Tier.NONE}"), tone=Tone.STRONG)
            yield from self._text(say("terminal.nothing"), indent=2)
            yield from self._text(say("terminal.next"), indent=2)
            return
        for place, record in enumerate(answer.claims):
            if place:
                yield _BLANK
                yield (("─" * self._width, Tone.FAINT),)
                yield _BLANK
            yield from self._claim(record, heading)
        if answer.more:
            key = "close.one_more" if answer.more == 1 else "close.more"
            yield from self._text(say(key, count=str(answer.more)), tone=Tone.FAINT)
        yield from self._text(say("close.ruling"), tone=Tone.STRONG)

    def _claim(self, record: ClaimRecord, heading: str | None) -> Iterator[Row]:
        say = self._words.say
        head = tidy(heading) if heading else say(f"tier.{record.tier}")
        reviewed = reviewed_words(record, self._words)
        yield from spread([(head, Tone.STRONG)], (reviewed, Tone.FAINT), self._width)
        if record.part:
            part = say("heading.paste", part=in_quotes(record.part, self._words))
            yield from self._text(part, indent=2, tone=Tone.FAINT)
        yield from self._text(record.text, indent=2, tone=Tone.STRONG)
        if across := across_words(record, self._words):
            yield from self._text(across, indent=2, tone=Tone.FAINT)
        if record.story:
            yield from self._text(say("heading.story", story=record.story), indent=2, tone=Tone.FAINT)
        yield _BLANK
        yield from self._summary(record)
        if any(each.by_model for each in record.summary):
            yield from self._text(say("reply.chosen_summary"), indent=2, tone=Tone.FAINT)
        yield _BLANK
        for group, lines in record.groups:
            yield from self._group(group, lines, record)
        yield from self._rest(record)
        yield _BLANK
        yield from self._sources(record, whole=heading is not None)
        hints = [say("terminal.full_record", id=record.id)] if heading is None else []
        hints.append(say("terminal.history", id=record.id))
        together = self._text(" · ".join(hints), tone=Tone.FAINT)
        # A command that is broken over two lines cannot be copied.
        apart = [row for hint in hints for row in self._text(hint, tone=Tone.FAINT)]
        yield from together if len(together) == 1 else apart

    def _summary(self, record: ClaimRecord) -> list[Row]:
        spans: list[Span] = []
        for each in record.summary:
            before, after = cited(each)
            spans.append((f" {before}", Tone.PLAIN))
            if each.citations:
                spans.append((" " + "".join(f"[{n}]" for n in each.citations), Tone.MARK))
            spans.append((after, Tone.PLAIN))
        return wrapped(spans, self._width, indent=2)

    def _group(self, group: Group, lines: Sequence[Line], record: ClaimRecord) -> Iterator[Row]:
        chains = [each for each in record.chains if each.steps] if group is Group.PROVENANCE else []
        if not lines and not chains:
            return
        heading, note = group_heading(group, record, self._words)
        yield from self._heading(heading, f" ({note})" if note else "")
        for line in lines:
            yield from self._line(line)
        for chain in chains:
            spans: list[Span] = [(f"{chain_words(chain, self._words)}: ", Tone.PLAIN)]
            for place, step in enumerate(chain.steps):
                spans.append((f"{' → ' if place else ''}{step.text}", Tone.PLAIN))
                spans += [(f" [{n}]", Tone.MARK) for n in step.citations]
            yield from wrapped(spans, self._width, indent=2, hanging=2)

    def _line(self, line: Line) -> Iterator[Row]:
        facts = "".join(f" · {each}" for each in line_facts(line, self._words))
        who: list[Span] = [(speaker_words(line, self._words), Tone.STRONG), (facts, Tone.PLAIN)]
        yield from wrapped(who, self._width, indent=2, hanging=4)
        marks = zip(line.citations, line.locators, strict=True)
        cited_as = "".join(f"[{locator_words(n, locator, self._words)}]" for n, locator in marks)
        text: list[Span] = [(line.display, Tone.PLAIN), (f" {cited_as}", Tone.MARK)]
        label = line_label(line)
        if len(label) > self._width // 2:
            yield from wrapped([*text, (f" ({label})", Tone.FAINT)], self._width, indent=4)
            return
        *rows, last = wrapped(text, self._width, indent=4) or [_BLANK]
        yield from rows
        yield from spread(last, (label, Tone.FAINT), self._width)

    def _rest(self, record: ClaimRecord) -> Iterator[Row]:
        say = self._words.say
        if record.not_on_file:
            yield from self._heading(say("heading.not_on_file"))
            yield from self._text("; ".join(record.not_on_file), indent=2)
        if differences := list(difference_words(record.differences, self._words)):
            yield from self._heading(say("heading.your_wording"))
            for each in differences:
                yield from self._text(each, indent=2, tone=Tone.CAUTION)
        counter = [each for each in record.related if each.kind in COUNTER_CLAIMS]
        other = [each for each in record.related if each.kind not in COUNTER_CLAIMS]
        yield from self._related(say("heading.counter_claims"), counter)
        yield from self._related(say("heading.related"), other)

    def _related(self, heading: str, claims: Sequence[RelatedClaim]) -> Iterator[Row]:
        if claims:
            yield from self._heading(heading)
        for each in claims:
            spans = [(each.text, Tone.PLAIN), (f" ({each.id})", Tone.FAINT)]
            yield from wrapped(spans, self._width, indent=2, hanging=2)

    def _sources(self, record: ClaimRecord, *, whole: bool) -> Iterator[Row]:
        for note in record.sources:
            yield from self._source(note, whole=whole)
        if shared := origin_words(record, self._words):
            yield from self._text(shared, tone=Tone.FAINT)

    def _source(self, note: SourceNote, *, whole: bool) -> Iterator[Row]:
        facts = " · ".join(source_facts(note, self._words, whole=whole))
        yield from wrapped([(f"[{note.n}]", Tone.MARK), (f" {facts}", Tone.PLAIN)], self._width, hanging=4)
        if note.url:
            yield unbroken(note.url, indent=4)
        if note.archive_url:
            yield from self._text(self._words.say("source.archived"), indent=4, tone=Tone.FAINT)
            yield unbroken(note.archive_url, indent=4, tone=Tone.FAINT)

    def matches(self, matches: Sequence[tuple[str, str, str | None]]) -> Iterator[Row]:
        say = self._words.say
        if not matches:
            yield from self._text(say("terminal.no_match"))
            return
        key = "terminal.one_match" if len(matches) == 1 else "terminal.matches"
        yield from self._text(say(key, count=str(len(matches))), tone=Tone.HEADING)
        for entry, text, story in matches:
            yield from self._text(text, indent=2)
            below = f"{entry} · {story}" if story else entry
            yield from self._text(below, indent=4, tone=Tone.FAINT)

    def history(self, items: Sequence[HistoryItem]) -> Iterator[Row]:
        say = self._words.say
        if not items:
            yield from self._text(say("terminal.no_history"))
        for item in items:
            spans: list[Span] = [
                (f"{item.n} · {self._moment(item.at)}", Tone.FAINT),
                (f" · {item.actor} · ", Tone.PLAIN),
                (f"{item.action} {item.entity} {item.id}", Tone.STRONG),
            ]
            yield from wrapped(spans, self._width, hanging=2)
            if item.changed:
                yield from self._text(say("terminal.changed", fields=", ".join(item.changed)), indent=2)
            if item.reason:
                yield from self._text(say("terminal.reason", reason=item.reason), indent=2)

    def _moment(self, at: str) -> str:
        """Return an ISO 8601 time to the minute in words, or as it is where it has another form."""
        day, time = at[:10], at[11:16]
        if date_fault(day, whole=True) or at[10:11] not in {"T", " "}:
            return at
        return self._words.say("terminal.at", date=date_words(self._words, Day(day)), time=time)

    def _heading(self, heading: str, note: str = "") -> list[Row]:
        return wrapped([(heading.upper(), Tone.HEADING), (note, Tone.FAINT)], self._width)

    def _text(self, text: str, *, indent: int = 0, tone: Tone = Tone.PLAIN) -> list[Row]:
        return wrapped([(text, tone)], self._width, indent=indent)
