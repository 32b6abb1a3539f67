"""A record laid out for a chat: pieces in reading order, each with its rank where room is short.

It chooses the words, in the same order as the terminal, and knows neither a platform's markup nor its
limits. Each piece is shown whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from bot.answer_json import COUNTER_CLAIMS
from bot.answers import Chain, ClaimRecord, Line, RelatedClaim, SourceNote
from bot.display import in_quotes, tidy
from bot.paragraphs import SEPARATOR, Paragraph, Run, Shape, faint, link, paragraph, plain, strong
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
from bot.records import record
from bot.statements import Group
from bot.summaries import cited, foremost
from bot.wording import Catalogue


class Part(StrEnum):
    """What a piece is to the others when room is short."""

    CLAIM = "claim"
    """Always shown."""
    RESPONSE = "response"
    """The foremost denial or official response, or what was changed since."""
    ALLEGATION = "allegation"
    """Never shown without every response that there is."""
    OTHER = "other"


@record
class Piece:
    """One part of a record that is shown whole, shown as `shorter`, or left out and counted.

    `heading` stands once above all pieces that have the same. `rank` is lower for what matters more.
    `citations` are the sources that have to be shown with it; `shorter` needs none. `statements`
    counts the statements that a reader misses where it is left out.
    """

    part: Part
    heading: Paragraph | None
    paragraphs: tuple[Paragraph, ...]
    shorter: tuple[Paragraph, ...] = ()
    rank: int = 0
    citations: tuple[int, ...] = ()
    statements: int = 0


@record
class Entry:
    """A source as it stands in the list: in few words, and with all that is known of it."""

    short: Paragraph
    whole: Paragraph


@record
class Layout:
    """A record laid out: its pieces in reading order, its sources by number, and the note below them.

    `hidden` counts the statements that this layout leaves to the full record from the outset.
    """

    words: Catalogue
    pieces: tuple[Piece, ...]
    sources: Mapping[int, Entry]
    sources_heading: Paragraph
    origins: Paragraph | None
    hidden: int = 0


# What is told first where not all has room: what was said in answer, before more of what was alleged.
_BY_RANK: Final = (
    Group.CHANGED,
    Group.DENIED,
    Group.OFFICIAL_RESPONSE,
    Group.ASSERTED,
    Group.AUTHENTICITY,
    Group.PROVENANCE,
    Group.CONTEXT,
)
_RESPONSES: Final = frozenset({Group.DENIED, Group.OFFICIAL_RESPONSE, Group.CHANGED})
_SUMMARY, _RESPONSE, _ALLEGATION, _PASTE, _WORDING, _ABSENT, _LINE = range(7)
_CHAIN: Final = _LINE + len(_BY_RANK)
_COUNTER, _RELATED, _STORY = range(_CHAIN + 1, _CHAIN + 4)


def laid_out(claim: ClaimRecord, words: Catalogue, *, is_full_record: bool = False) -> Layout:
    """Return the whole of `claim`; a full record has the notes on its sources as well."""
    pieces = (*_opening(claim, words), *_groups(claim, words), *_rest(claim, words))
    return _layout(claim, pieces, words, with_remarks=is_full_record)


def laid_out_in_brief(claim: ClaimRecord, words: Catalogue) -> Layout:
    """Return what helps to tell whether `claim` is the one that was meant: no statement but the summary."""
    statements = sum(len(lines) for _, lines in claim.groups)
    pieces = (*_opening(claim, words), *_wording(claim, words), *_counter_claims(claim, words))
    return _layout(claim, pieces, words, hidden=statements)


def _layout(
    claim: ClaimRecord,
    pieces: tuple[Piece, ...],
    words: Catalogue,
    *,
    hidden: int = 0,
    with_remarks: bool = False,
) -> Layout:
    shared = origin_words(claim, words)
    return Layout(
        words=words,
        pieces=pieces,
        sources={note.n: _entry(note, words, with_remarks=with_remarks) for note in claim.sources},
        sources_heading=_heading(words.say("heading.sources")),
        origins=paragraph(Shape.NOTE, faint(shared)) if shared else None,
        hidden=hidden,
    )


def _heading(text: str, note: str = "") -> Paragraph:
    return paragraph(Shape.HEADING, strong(text), faint(f" ({note})" if note else ""))


def _opening(claim: ClaimRecord, words: Catalogue) -> Iterator[Piece]:
    if claim.part:
        part = words.say("heading.paste", part=in_quotes(claim.part, words))
        yield _other(_PASTE, None, paragraph(Shape.NOTE, faint(part)))
    shown = paragraph(Shape.TEXT, strong(claim.text))
    yield Piece(part=Part.CLAIM, heading=None, paragraphs=(shown,))
    reviewed = paragraph(Shape.NOTE, faint(reviewed_words(claim, words)))
    yield Piece(part=Part.CLAIM, heading=None, paragraphs=(reviewed,))
    if across := across_words(claim, words):
        yield Piece(part=Part.CLAIM, heading=None, paragraphs=(paragraph(Shape.NOTE, faint(across)),))
    if claim.story:
        yield _other(
            _STORY, None, paragraph(Shape.NOTE, faint(words.say("heading.story", story=claim.story)))
        )
    if claim.summary:
        yield _summary(claim, words)


def _other(rank: int, heading: Paragraph | None, *paragraphs: Paragraph) -> Piece:
    return Piece(part=Part.OTHER, rank=rank, heading=heading, paragraphs=paragraphs)


def _summary(claim: ClaimRecord, words: Catalogue) -> Piece:
    runs: list[Run] = []
    for place, each in enumerate(claim.summary):
        before, after = cited(each)
        marks = "".join(f"[{n}]" for n in each.citations)
        runs.append(plain(f"{' ' if place else ''}{before}{' ' if marks else ''}{marks}{after}"))
    shown = [paragraph(Shape.TEXT, *runs)]
    if any(each.by_model for each in claim.summary):
        shown.append(paragraph(Shape.NOTE, faint(words.say("reply.chosen_summary"))))
    return Piece(
        part=Part.OTHER,
        rank=_SUMMARY,
        heading=None,
        paragraphs=tuple(shown),
        shorter=(paragraph(Shape.NOTE, faint(words.say("reply.long_summary"))),),
        citations=tuple(dict.fromkeys(n for each in claim.summary for n in each.citations)),
    )


def _groups(claim: ClaimRecord, words: Catalogue) -> Iterator[Piece]:
    for group, lines in claim.groups:
        chains = [each for each in claim.chains if each.steps] if group is Group.PROVENANCE else []
        if not lines and not chains:
            continue
        heading = _heading(*group_heading(group, claim, words))
        first = foremost(lines) if lines else None
        for line in lines:
            yield _statement(line, group, heading, words, is_foremost=line is first)
        for chain in chains:
            yield _chain(chain, heading, words)


def _statement(line: Line, group: Group, heading: Paragraph, words: Catalogue, *, is_foremost: bool) -> Piece:
    part = Part.OTHER
    rank = _LINE + _BY_RANK.index(group)
    if group is Group.ASSERTED:
        part = Part.ALLEGATION
        rank = _ALLEGATION if is_foremost else rank
    elif group in _RESPONSES and is_foremost:
        part, rank = Part.RESPONSE, _RESPONSE
    who = strong(speaker_words(line, words))
    facts = [run for each in line_facts(line, words) for run in (SEPARATOR, plain(each))]
    marks = zip(line.citations, line.locators, strict=True)
    numbers = "".join(f"[{locator_words(n, locator, words)}]" for n, locator in marks)
    said = paragraph(
        Shape.QUOTE,
        plain(line.display),
        plain(f" {numbers}" if numbers else ""),
        faint(f" ({line_label(line)})"),
    )
    pointer = (who, SEPARATOR, plain(line.date), SEPARATOR, faint(words.say("reply.long_text")))
    return Piece(
        part=part,
        rank=rank,
        heading=heading,
        paragraphs=(paragraph(Shape.TEXT, who, *facts), said),
        shorter=(paragraph(Shape.TEXT, *pointer),),
        # What a later statement changed is said in this line, so the later one's sources go with it.
        citations=tuple(dict.fromkeys(line.citations + (line.since.citations if line.since else ()))),
        statements=1,
    )


def _chain(chain: Chain, heading: Paragraph, words: Catalogue) -> Piece:
    steps = [
        f"{each.text}{' ' if each.citations else ''}{''.join(f'[{n}]' for n in each.citations)}"
        for each in chain.steps
    ]
    return Piece(
        part=Part.OTHER,
        rank=_CHAIN,
        heading=heading,
        paragraphs=(paragraph(Shape.TEXT, plain(f"{chain_words(chain, words)}: {' → '.join(steps)}")),),
        citations=tuple(dict.fromkeys(n for each in chain.steps for n in each.citations)),
    )


def _rest(claim: ClaimRecord, words: Catalogue) -> Iterator[Piece]:
    if claim.not_on_file:
        heading = _heading(words.say("heading.not_on_file"))
        yield _other(_ABSENT, heading, paragraph(Shape.TEXT, plain("; ".join(claim.not_on_file))))
    yield from _wording(claim, words)
    yield from _counter_claims(claim, words)
    other = [each for each in claim.related if each.kind not in COUNTER_CLAIMS]
    yield from _related(_RELATED, words.say("heading.related"), other)


def _counter_claims(claim: ClaimRecord, words: Catalogue) -> Iterator[Piece]:
    counter = [each for each in claim.related if each.kind in COUNTER_CLAIMS]
    yield from _related(_COUNTER, words.say("heading.counter_claims"), counter)


def _wording(claim: ClaimRecord, words: Catalogue) -> Iterator[Piece]:
    heading = _heading(words.say("heading.your_wording"))
    for each in difference_words(claim.differences, words):
        yield _other(_WORDING, heading, paragraph(Shape.ITEM, plain(each)))


def _related(rank: int, title: str, claims: Sequence[RelatedClaim]) -> Iterator[Piece]:
    heading = _heading(title)
    for each in claims:
        yield _other(
            rank, heading, paragraph(Shape.ITEM, plain(tidy(each.text)), faint(f" ({tidy(each.id)})"))
        )


def _entry(note: SourceNote, words: Catalogue, *, with_remarks: bool) -> Entry:
    named = tuple(filter(None, (note.publisher, note.title)))
    facts = source_facts(note, words, whole=with_remarks)[len(named) :]
    leading = [plain(f"[{note.n}] "), *(run for each in named[:-1] for run in (plain(each), SEPARATOR))]
    label = named[-1] if named else ""
    short = [*leading, *(link(label, note.url) if note.url else (plain(label),))]
    whole = [*short, *(run for each in facts for run in (SEPARATOR, plain(each)))]
    if note.archive_url:
        archived = (SEPARATOR, *link(words.say("reply.archived"), note.archive_url))
        whole += archived
        short += () if note.url else archived
    elif note.locator and not note.url:
        short += (SEPARATOR, plain(note.locator))
    return Entry(short=paragraph(Shape.NOTE, *short), whole=paragraph(Shape.NOTE, *whole))
