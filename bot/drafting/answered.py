"""A model's answer about an article, read as drafts: what it marked is looked up, the article's words taken.

Pure, and it never raises, whatever the answer is. The answer's own words are used to find a place and for
nothing else, except that a text which is nowhere in the article is handed on for the check to mend or drop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, TypeVar

from bot.dates import PartialDate
from bot.drafting.drafts import Article, Draft, DraftArtifact, Handling, Said, Span
from bot.drafting.places import Places
from bot.drafting.saying_dates import said_on
from bot.rules.texts import MAX_CLAIM, MAX_LINE, MAX_PASSAGE
from bot.sources import ArtifactKind, CustodyAction
from bot.statements import Kind, QuoteMode

PROMPT: Final = "draft"
"""The name of the prompt whose answers are read here."""
MOST: Final = 20
"""Drafts of an answer, statements of a draft and steps of a custody that are read, each."""

_GAP: Final = re.compile(r"\[?(?:…|\.{3,})\]?")
_ENDS: Final = re.compile(r"[.!?]\s+")
_Chosen = TypeVar("_Chosen", bound=StrEnum)


def drafts_in(article: Article, value: object) -> tuple[Draft, ...]:
    """Return what `value`, the answer to the prompt “draft”, marks in the article, still to be checked.

    What is not of the form asked for is passed over.
    """
    places = Places(article.text)
    found = []
    for each in _list(_map(value).get("drafts")):
        draft = _draft(article, places, _map(each))
        if draft is not None:
            found.append(draft)
    return tuple(found)


def _draft(article: Article, places: Places, value: Mapping[str, Any]) -> Draft | None:
    statements = tuple(_statements(article, places, _list(value.get("statements"))))
    if not statements:
        return None
    at = places.find(value.get("claim"))
    if at is not None and at.end - at.start <= MAX_CLAIM:
        claim, passage = " ".join(at.of(article.text).split()), places.passage(at)
    else:
        # An empty wording is replaced by the passage when it is checked.
        claim, passage = "", statements[0].passage
    return Draft(
        claim=claim,
        passage=passage,
        statements=statements,
        artifact=_artifact(places, _map(value.get("artifact"))),
    )


def _statements(article: Article, places: Places, values: list[Any]) -> Iterator[Said]:
    kept: dict[int, int] = {}
    for n, value in enumerate(values):
        said = _said(article, places, _map(value))
        if said is None:
            continue
        answers = _map(value).get("answers")
        if isinstance(answers, int) and not isinstance(answers, bool):
            # A place that no statement before has is out of range, for the check to say so.
            said = replace(said, answers=kept.get(answers, -1))
        kept[n] = len(kept)
        yield said


def _said(article: Article, places: Places, value: Mapping[str, Any]) -> Said | None:
    kind = _chosen(Kind, value.get("kind"))
    sentence = places.find(value.get("sentence"))
    words = value.get("words")
    spans = _spans(places, words, sentence)
    if kind is None or not isinstance(words, str):
        return None
    is_spliced = not _is_whole(places, spans)
    # What was left out may be the “not”, and the other half somebody else's: no quotation.
    spans = [] if is_spliced else spans
    if value.get("quoted") is True:
        spans = _in_full(places, spans)
    if not (spans or sentence):
        # Nowhere in the article, for the check to leave it out and say so.
        return Said(kind=kind, text="", quote_mode=QuoteMode.PARAPHRASE, passage=Span(start=0, end=0))
    around = [*spans, *([sentence] if sentence else [])]
    passage = _hull(places, around)
    if passage is None:
        return None
    if spans:
        text = " … ".join(" ".join(each.of(article.text).split()) for each in spans)
    else:
        text = words[:MAX_PASSAGE]
    mode = QuoteMode.VERBATIM if value.get("quoted") is True and not is_spliced else QuoteMode.PARAPHRASE
    if mode is QuoteMode.PARAPHRASE and spans:
        mode = _mode(places, spans)
    speaker, speaker_at = _name(places, value.get("speaker"), passage)
    on, basis = _date(article, places, value.get("date"), passage)
    return Said(
        kind=kind,
        text=text.strip(' "“”') if mode is QuoteMode.VERBATIM else text,
        quote_mode=mode,
        passage=passage,
        speaker=speaker,
        speaker_at=speaker_at,
        described=_name(places, value.get("described"), passage)[0] if speaker is None else None,
        role=_name(places, value.get("role"), passage)[0],
        on_behalf_of=_name(places, value.get("on_behalf_of"), passage)[0],
        said_on=on,
        date_basis=basis,
        told_to=_name(places, value.get("told_to"), passage)[0],
        relay=_name(places, value.get("relay"), passage)[0],
        about_artifact=kind in {Kind.AUTHENTICITY_CHALLENGE, Kind.AUTHENTICITY_SUPPORT, Kind.PROVENANCE},
    )


def _mode(places: Places, spans: list[Span]) -> QuoteMode:
    """Return how near the words at `spans` are, where the answer does not call them a quotation."""
    start, end = spans[0].start, spans[-1].end
    held = any(start <= each.whole.start and each.whole.end <= end for each in places.quotations)
    return QuoteMode.PARTIAL if held else QuoteMode.PARAPHRASE


def _is_whole(places: Places, spans: list[Span]) -> bool:
    """Say whether no words are left out between the pieces at `spans`, but those between two quotations.

    So it is where a quotation is resumed within a line: “The cranes,” she added, “were locked”.
    """
    text, found = places.text, places.quotations
    after = {one.words: other.words for one, other in pairwise(found)}
    for one, other in pairwise(spans):
        if not any(map(str.isalnum, text[one.end : other.start])):
            continue
        held = next((each.words for each in found if each.words.start <= one.start < each.words.end), None)
        resumed = None if held is None else after.get(held)
        if held is None or resumed is None or "\n" in text[held.end : resumed.start]:
            return False
        if any(map(str.isalnum, text[one.end : held.end] + text[resumed.start : other.start])):
            return False
    return True


def _in_full(places: Places, spans: list[Span]) -> list[Span]:
    """Return the sentences of quotations in which `spans` stand: a piece of one may say the contrary."""
    found: list[Span] = []
    for each in spans:
        wide = _sentences(places, each)
        if found and wide.start < found[-1].end:
            wide = Span(start=found[-1].start, end=max(wide.end, found.pop().end))
        found.append(wide)
    return found


def _sentences(places: Places, span: Span) -> Span:
    text, found = places.text, places.quotations
    held = next((each for each in found if each.words.start <= span.start < each.words.end), None)
    if held is None or span.end > held.whole.end:
        return span
    first, last = held.words.start, held.words.end
    start = max((each.end() for each in _ENDS.finditer(text, first, span.start)), default=first)
    after = _ENDS.search(text, max(start, span.end - 2), last)
    end = max(last if after is None else after.start() + 1, span.end)
    return Span(start=start, end=end) if end - start <= MAX_PASSAGE else span


def _spans(places: Places, words: object, near: Span | None) -> list[Span]:
    """Return where the pieces of `words` stand, in order; none where one of them stands nowhere."""
    if not isinstance(words, str) or len(words) > MAX_PASSAGE:
        return []
    found: list[Span] = []
    for piece in _GAP.split(words)[:MOST]:
        if not any(map(str.isalnum, piece)):
            continue
        span = places.find(piece, near=found[-1] if found else near)
        if span is None or (found and span.start < found[-1].end):
            return []
        found.append(span)
    return found


def _hull(places: Places, spans: list[Span]) -> Span | None:
    wide = [places.passage(each) for each in spans]
    start, end = min(each.start for each in wide), max(each.end for each in wide)
    if end - start > MAX_PASSAGE:
        start, end = wide[0].start, wide[0].end
    return Span(start=start, end=end) if end - start <= MAX_PASSAGE else spans[0]


def _name(places: Places, value: object, near: Span) -> tuple[str | None, Span | None]:
    """Return a name in the article's letters and where it stands; as it is where it stands nowhere."""
    if not isinstance(value, str) or not value.strip():
        return None, None
    at = places.find(value, near=near, any_case=True)
    if at is None or at.end - at.start > MAX_LINE:
        return value[:MAX_LINE], None
    return " ".join(at.of(places.text).split()), at


def _date(
    article: Article, places: Places, value: object, near: Span
) -> tuple[PartialDate | None, Span | None]:
    """Return what the words of a date tell and where they stand; the words where they stand nowhere."""
    if not isinstance(value, str) or not value.strip():
        return None, None
    at = places.find(value, near=near, any_case=True)
    if at is None:
        return PartialDate(value[:MAX_LINE]), None
    return said_on(at.of(article.text), article.published_on), at


def _artifact(places: Places, value: Mapping[str, Any]) -> DraftArtifact | None:
    kind = _chosen(ArtifactKind, value.get("kind"))
    at = places.find(value.get("name"), any_case=True)
    if kind is None or at is None:
        return None
    custody = []
    for each in _list(value.get("custody")):
        step = _map(each)
        action = _chosen(CustodyAction, step.get("action"))
        told = places.find(step.get("sentence"))
        by = None if told is None else _name(places, step.get("by"), told)[0]
        if action is not None and told is not None and by is not None:
            custody.append(Handling(action=action, by=by, passage=places.passage(told)))
    return DraftArtifact(
        name=" ".join(at.of(places.text).split()),
        kind=kind,
        passage=places.passage(at),
        custody=tuple(custody),
    )


def _chosen(kinds: type[_Chosen], value: object) -> _Chosen | None:
    return next((each for each in kinds if each.value == value), None) if isinstance(value, str) else None


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value[:MOST] if isinstance(value, list) else []
