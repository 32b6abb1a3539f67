"""A draft from an article as an entry: a claim of nobody's word yet, whose statements rest on its passages.

Nothing here is vetted: claim and statements are drafts, and what a rule refuses of them is left out and
told (`bot.moderation.keepable`). Ids end in what the caller drew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
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
_ON_CLAIMS: Final = frozenset({Group.ASSERTED, Group.DENIED, Group.CHANGED})


@record
class Entry:
    """What a draft is as an entry: the claim, and in sentences what could not be kept of it.

    `passages` has, by the id of each statement, the words of the article that it rests on, and `bases`
    those that its date was worked out from. `by_model` says that a model picked the passages.
    """

    claim: Claim
    notes: tuple[str, ...] = ()
    passages: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    by_model: bool = False


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
    draft: Draft, article: Article, known: Iterable[Speaker], ending: str, *, workspace: str = ""
) -> Entry:
    """Return `draft` as an entry of its own.

    `known` are speakers on file. The passages of the draft are the excerpt of one source; where they are
    longer than an excerpt may be, of several of one origin. The claim's only refusals are those that a
    review asks for.
    """
    words = tidy(draft.claim) or tidy(draft.passage.of(article.text))
    claim = Claim(
        id=new_id(words, ending), text=_cut(words, MAX_CLAIM), workspace=workspace, state=State.DRAFT
    )
    notes: list[str] = [*draft.notes]
    sources, place_of = _sources(draft, article, ending)
    artifact = _artifact(draft, place_of, ending)
    speakers: dict[str, Speaker] = {}
    ids: list[str] = []
    for n, each in enumerate(draft.statements):
        ids.append(f"s-{ending}{n or ''}")
        if each.speaker:
            speakers[each.speaker] = speaker_of(
                tidy(each.speaker), (*known, *speakers.values()), f"{ending}{n or ''}"
            )
    claim = replace(
        with_speakers(claim, speakers.values()), sources=sources, artifacts=(artifact,) if artifact else ()
    )
    made: dict[str, Said] = {}
    for key, each in zip(ids, draft.statements, strict=True):
        about = _about(each, key, ids, claim.id, artifact)
        if about is None:
            notes.append(_told("no_target", each.text))
            continue
        who = speakers[each.speaker] if each.speaker else None
        statement = _statement(each, key, who, about, place_of(each.passage))
        claim = replace(claim, statements=(*claim.statements, statement))
        made[key] = each
    claim, left = kept(completed(pruned(claim)))
    held = {each.id: made[each.id] for each in claim.statements}
    return Entry(
        claim=claim,
        notes=tuple(dict.fromkeys((*notes, *left))),
        passages={key: tidy(each.passage.of(article.text)) for key, each in held.items()},
        bases={key: tidy(each.date_basis.of(article.text)) for key, each in held.items() if each.date_basis},
    )


def joined(entry: Entry, onto: Claim) -> Entry:
    """Return what is added to the claim `onto` by `entry`: its statements, as drafts beside those on file.

    A statement that is on file in the same words by the same person is left out.
    """
    notes = list(entry.notes)
    claim = entry.claim
    into: dict[str, str] = {}
    for each in claim.speakers:
        found = speaker_of(each.name, onto.speakers, "")
        into[each.id] = found.id if found in onto.speakers else each.id
    on_file = {fold(each.name): each.id for each in onto.artifacts}
    same = {each.id: on_file[fold(each.name)] for each in claim.artifacts if fold(each.name) in on_file}
    added: list[Statement] = []
    for one in claim.statements:
        if _is_on_file(one, into.get(one.speaker or ""), onto):
            notes.append(_told("there", one.text))
            continue
        about = one.about
        if about is not None and about.kind is TargetKind.CLAIM:
            about = replace(about, id=onto.id)
        elif about is not None and about.kind is TargetKind.ARTIFACT:
            about = replace(about, id=same.get(about.id, about.id))
        added.append(replace(one, about=about, speaker=into.get(one.speaker or "", one.speaker)))
    whole = with_speakers(onto, [each for each in claim.speakers if into[each.id] == each.id])
    whole = replace(
        whole,
        statements=(*whole.statements, *added),
        sources=(*whole.sources, *claim.sources),
        artifacts=(*whole.artifacts, *(each for each in claim.artifacts if each.id not in same)),
    )
    made, left = kept(completed(pruned(whole)), before=onto)
    return replace(entry, claim=made, notes=tuple(dict.fromkeys((*notes, *left))))


def lacks_source(claim: Claim) -> bool:
    """Say whether a source of a draft has no publisher yet, or nothing by which a reader finds it."""
    nobody = catalogue().say("draft.no_publisher")
    return any(
        each.publisher == nobody or (each.url is None and each.locator is None) for each in claim.sources
    )


def passages(draft: Draft) -> tuple[Span, ...]:
    """Return the spans that a draft rests on, those that touch made one, in the order of the text."""
    spans = [draft.passage, *(each.passage for each in draft.statements)]
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


def _sources(draft: Draft, article: Article, ending: str) -> tuple[tuple[Source, ...], _PlaceOf]:
    """Return the sources with the passages as their excerpts, and the way to the one that has a passage."""
    excerpts: list[list[str]] = []
    held: list[tuple[Span, str]] = []
    publisher = publisher_of(article) or catalogue().say("draft.no_publisher")
    key = new_id(publisher, ending)
    length = 0
    for span in passages(draft):
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


def _artifact(draft: Draft, place_of: _PlaceOf, ending: str) -> Artifact | None:
    """Return what the claim rests on, with the steps of its custody."""
    found = draft.artifact
    if found is None:
        return None
    name = tidy(found.name)
    return Artifact(
        id=new_id(name, ending),
        name=name,
        kind=found.kind,
        custody=tuple(
            Custody(action=each.action, by=tidy(each.by), source=place_of(each.passage))
            for each in found.custody
        ),
    )


def _about(said: Said, key: str, ids: Sequence[str], claim: str, artifact: Artifact | None) -> Target | None:
    """Return what a statement is about, or None where that is not told and has to be."""
    group = GROUP_OF[said.kind]
    if group is Group.AUTHENTICITY:
        return Target(kind=TargetKind.ARTIFACT, id=artifact.id) if artifact is not None else None
    if said.about_artifact and artifact is not None and group not in _ON_CLAIMS:
        return Target(kind=TargetKind.ARTIFACT, id=artifact.id)
    if said.answers is not None and 0 <= said.answers < len(ids) and ids[said.answers] != key:
        return Target(kind=TargetKind.STATEMENT, id=ids[said.answers])
    return None if said.kind in _CHANGES else Target(kind=TargetKind.CLAIM, id=claim)


def _statement(said: Said, key: str, speaker: Speaker | None, about: Target, source: str) -> Statement:
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


def _is_on_file(made: Statement, speaker: str | None, claim: Claim) -> bool:
    """Say whether `claim` has a statement with the same words by the same speaker."""
    return any(
        fold(each.text) == fold(made.text) and each.speaker == (speaker or made.speaker)
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
