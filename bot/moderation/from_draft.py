"""A draft from an article as an entry: a claim of nobody's word yet, whose statements rest on its passages.

Nothing here is vetted: claim and statements are drafts, and what a rule refuses of them is left out and
told (`bot.moderation.keepable`). Ids end in what the caller drew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from bot.claims import Claim
from bot.display import display, tidy
from bot.drafting.drafts import Article, Draft, Said, Span
from bot.folding import fold
from bot.moderation.ids import new_id
from bot.moderation.keepable import kept
from bot.moderation.typed import pruned, speaker_of, with_speakers
from bot.records import record
from bot.rules import completed
from bot.rules.texts import MAX_CLAIM, MAX_PASSAGE
from bot.sources import Artifact, Custody, Source, Speaker
from bot.statements import (
    GROUP_OF,
    Citation,
    Group,
    Kind,
    QuoteMode,
    State,
    Statement,
    Target,
    TargetKind,
)
from bot.wording import catalogue

_CHANGES: Final = frozenset({Kind.RETRACTION, Kind.CORRECTION})


@record
class Entry:
    """What a draft is as an entry: the claim, and in sentences what could not be kept of it."""

    claim: Claim
    notes: tuple[str, ...] = ()


def publisher_of(article: Article) -> str:
    """Return who published the article, by its name, else by the host of its address; empty for neither."""
    if article.publisher.strip():
        return article.publisher
    try:
        host = urlsplit(article.url or "").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def entry_from(
    draft: Draft,
    article: Article,
    known: Iterable[Speaker],
    ending: str,
    *,
    workspace: str = "",
    onto: Claim | None = None,
) -> Entry:
    """Return `draft` as an entry: a new claim, or its statements added to the claim `onto`.

    `known` are speakers on file. The passages of the draft are the excerpt of one source; where they are
    longer than an excerpt may be, of several with the same address. The claim's only refusals are those
    that a review asks for.
    """
    everybody = (*(onto.speakers if onto else ()), *known)
    base = onto or Claim(
        id=new_id(draft.claim, ending),
        text=_cut(tidy(draft.claim), MAX_CLAIM) or _cut(tidy(draft.passage.of(article.text)), MAX_CLAIM),
        workspace=workspace,
        state=State.DRAFT,
    )
    notes: list[str] = [*draft.notes]
    said: list[Said] = []
    for each in draft.statements:
        if onto is not None and _is_on_file(each, onto):
            notes.append(_told("there", each.text))
        else:
            said.append(each)
    sources, place_of = _sources(draft, said, article, ending)
    artifact, added = _artifact(draft, base, place_of, ending)
    speakers: dict[str, Speaker] = {}
    for n, each in enumerate(said):
        if each.speaker:
            everyone = (*everybody, *speakers.values())
            speakers[each.speaker] = speaker_of(tidy(each.speaker), everyone, f"{ending}{n or ''}")
    claim = with_speakers(base, speakers.values())
    claim = replace(claim, sources=(*claim.sources, *sources), artifacts=(*claim.artifacts, *added))
    # Places of statements change where one is left out, so their ids are made first.
    ids = {id(each): f"s-{ending}{n or ''}" for n, each in enumerate(said)}
    for each in said:
        about = _about(each, draft, ids, claim.id, artifact)
        if about is None and (each.kind in _CHANGES or GROUP_OF[each.kind] is Group.AUTHENTICITY):
            notes.append(_told("no_target", each.text))
            continue
        who = speakers[each.speaker] if each.speaker else None
        made = _statement(each, ids[id(each)], who, about, place_of(each.passage))
        claim = replace(claim, statements=(*claim.statements, made))
    claim, left = kept(completed(pruned(claim)), before=onto)
    return Entry(claim=claim, notes=tuple(dict.fromkeys((*notes, *left))))


def passages(draft: Draft, said: Sequence[Said]) -> tuple[Span, ...]:
    """Return the spans that a draft rests on, those that touch made one, in the order of the text."""
    spans = [draft.passage, *(each.passage for each in said)]
    if draft.artifact is not None:
        spans += [draft.artifact.passage, *(each.passage for each in draft.artifact.custody)]
    made: list[Span] = []
    for each in sorted(spans, key=lambda one: (one.start, one.end)):
        if made and each.start <= made[-1].end + 1:
            made[-1] = Span(start=made[-1].start, end=max(made[-1].end, each.end))
        else:
            made.append(each)
    return tuple(made)


class _PlaceOf:
    """Which source has a passage in its excerpt."""

    def __init__(self, held: Sequence[tuple[Span, str]]) -> None:
        self._held = held

    def __call__(self, passage: Span) -> str:
        found = (
            key for span, key in self._held if span.start <= passage.start < max(span.end, span.start + 1)
        )
        return next(found, self._held[0][1])


def _sources(
    draft: Draft, said: Sequence[Said], article: Article, ending: str
) -> tuple[tuple[Source, ...], _PlaceOf]:
    """Return the sources with the passages as their excerpts, and the way to the one that has a passage."""
    excerpts: list[list[str]] = []
    held: list[tuple[Span, str]] = []
    publisher = publisher_of(article) or catalogue().say("draft.no_publisher")
    key = new_id(publisher, ending)
    length = 0
    for span in passages(draft, said):
        words = span.of(article.text).strip()[:MAX_PASSAGE]
        if not excerpts or length + 1 + len(words) > MAX_PASSAGE:
            excerpts.append([])
            length = 0
        excerpts[-1].append(words)
        length += len(words) + 1
        held.append((span, key if len(excerpts) == 1 else f"{key}-{len(excerpts)}"))
    sources = tuple(
        Source(
            id=key if not n else f"{key}-{n + 1}",
            publisher=publisher,
            title=tidy(article.title) or _cut(tidy(article.text), 80) or publisher,
            url=article.url,
            published_on=article.published_on,
            retrieved_on=article.retrieved_on,
            excerpt="\n".join(each),
            # Two excerpts of one page are one origin.
            origin=key if len(excerpts) > 1 else None,
        )
        for n, each in enumerate(excerpts)
    )
    return sources, _PlaceOf(held)


def _artifact(
    draft: Draft, base: Claim, place_of: _PlaceOf, ending: str
) -> tuple[str | None, tuple[Artifact, ...]]:
    """Return the id of what the claim rests on, and it where the claim does not have it yet."""
    found = draft.artifact
    if found is None:
        return None, ()
    name = tidy(found.name)
    on_file = next((each.id for each in base.artifacts if fold(each.name) == fold(name)), None)
    if on_file is not None:
        return on_file, ()
    made = Artifact(
        id=new_id(name, ending),
        name=name,
        kind=found.kind,
        custody=tuple(
            Custody(action=each.action, by=tidy(each.by), source=place_of(each.passage))
            for each in found.custody
        ),
    )
    return made.id, (made,)


def _about(said: Said, draft: Draft, ids: dict[int, str], claim: str, artifact: str | None) -> Target | None:
    """Return what a statement is about, or None where that is not told."""
    group = GROUP_OF[said.kind]
    if group is Group.AUTHENTICITY or (said.about_artifact and group not in {Group.ASSERTED, Group.DENIED}):
        return Target(kind=TargetKind.ARTIFACT, id=artifact) if artifact is not None else None
    answered = said.answers if said.answers is not None else -1
    if 0 <= answered < len(draft.statements):
        key = ids.get(id(draft.statements[answered]))
        if key is not None and key != ids[id(said)]:
            return Target(kind=TargetKind.STATEMENT, id=key)
    return None if said.kind in _CHANGES else Target(kind=TargetKind.CLAIM, id=claim)


def _statement(said: Said, key: str, speaker: Speaker | None, about: Target | None, source: str) -> Statement:
    described = tidy(said.described) if said.described else None
    unnamed = described if speaker is None else None
    paraphrased = display(said.text, QuoteMode.PARAPHRASE, catalogue())
    text = paraphrased if said.quote_mode is QuoteMode.PARAPHRASE else tidy(said.text)
    return Statement(
        id=key,
        kind=said.kind,
        text=text,
        quote_mode=said.quote_mode,
        about=about,
        part=_cut(paraphrased, MAX_CLAIM) if said.kind is Kind.PARTIAL_DENIAL else None,
        speaker=speaker.id if speaker else None,
        anonymous=unnamed,
        anonymity_reason=catalogue().say("draft.unnamed") if unnamed else None,
        role=tidy(said.role or "") or None,
        on_behalf_of=tidy(said.on_behalf_of or "") or None,
        said_on=said.said_on,
        told_to=tidy(said.told_to or "") or None,
        state=State.DRAFT,
        citations=(Citation(source=source, relay=tidy(said.relay or "") or None),),
    )


def _is_on_file(said: Said, claim: Claim) -> bool:
    """Say whether `claim` has a statement with the same words by somebody of the same name."""
    names = {each.id: {fold(name) for name in (each.name, *each.aliases)} for each in claim.speakers}
    return any(
        fold(each.text) == fold(said.text)
        and fold(said.speaker or "") in names.get(each.speaker or "", set())
        for each in claim.statements
        if each.state is not State.WITHDRAWN
    )


def _cut(text: str, most: int) -> str:
    """Return `text`, or as many of its words as fit with a mark that some are left out."""
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rpartition(' ')[0] or text[: most - 1]}…"


def _told(why: str, text: str) -> str:
    return catalogue().say(f"draft.{why}", text=_cut(tidy(text), 120))
