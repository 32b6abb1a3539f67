"""The check of drafts from anywhere: what an article does not bear out to the letter is mended or left out.

Pure, and it never raises. Whatever comes in, what goes out has its spans in the text, its quotations between
quotation marks of the article, and no name, role, date or wording that the article does not have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.dates import date_fault, is_before
from bot.drafting.drafts import Article, Draft, DraftArtifact, Said, Span
from bot.drafting.evidence import Evidence
from bot.drafting.saying_dates import said_on
from bot.rules.texts import MAX_CLAIM, MAX_PASSAGE, shown
from bot.statements import GROUP_OF, Group, Kind, QuoteMode
from bot.wording import catalogue

_NAMED: Final = ("speaker", "described", "role", "on_behalf_of", "told_to", "relay")
_CHANGES: Final = frozenset({Kind.RETRACTION, Kind.CORRECTION})
_LINKED: Final = re.compile(r"://|[@<>]|\w\w\.\w\w")
"""What makes of a word an address, or a mention of somebody."""
_QUOTED: Final = 500
"""Characters of something dropped that are looked at for a note, which shows fewer."""
_ON_THE_CLAIM: Final = frozenset({Group.ASSERTED, Group.DENIED, Group.CHANGED})


def checked(article: Article, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Return `drafts` as far as the article bears them out; `notes` say what was mended, and why.

    A draft without a statement that is left is no draft. What was checked once comes back as it is.
    """
    evidence = Evidence(article.text)
    return tuple(found for each in drafts if (found := _draft(article, evidence, each)) is not None)


def _draft(article: Article, evidence: Evidence, draft: Draft) -> Draft | None:
    notes: list[str] = []
    artifact = _artifact(evidence, draft.artifact, notes)
    kept: dict[int, Said] = {}
    for n, said in enumerate(draft.statements):
        found = _said(article, evidence, said, notes)
        if found is None:
            _note(notes, "statement_dropped")
        else:
            kept[n] = found
    if not kept:
        return None
    statements = _targeted(kept, artifact, notes)
    passage = evidence.passage(draft.passage) or statements[0].passage
    claim = draft.claim
    if len(claim) > MAX_CLAIM or not evidence.has_words(claim, passage):
        claim = evidence.plain(passage)[:MAX_CLAIM].rsplit(" ", 1)[0] or evidence.plain(passage)[:MAX_CLAIM]
        _note(notes, "claim_replaced")
    return Draft(
        claim=claim,
        passage=passage,
        statements=statements,
        artifact=artifact,
        notes=(*draft.notes, *(each for each in dict.fromkeys(notes) if each not in draft.notes)),
    )


def _artifact(evidence: Evidence, artifact: DraftArtifact | None, notes: list[str]) -> DraftArtifact | None:
    if artifact is None:
        return None
    passage = evidence.passage(artifact.passage)
    if passage is None or not evidence.names(artifact.name):
        _note(notes, "artifact_dropped", artifact.name)
        return None
    custody = []
    for step in artifact.custody:
        at = evidence.passage(step.passage)
        if at is None or not evidence.names(step.by):
            _note(notes, "custody_dropped", step.by)
        else:
            custody.append(replace(step, passage=at))
    return replace(artifact, passage=passage, custody=tuple(custody))


def _said(article: Article, evidence: Evidence, said: Said, notes: list[str]) -> Said | None:
    passage = evidence.passage(said.passage)
    if passage is None:
        return None
    text, mode = _worded(evidence, said, passage, notes)
    if not any(map(str.isalnum, text)):
        return None
    fields: dict[str, str | None] = {}
    for name in _NAMED:
        value: str | None = getattr(said, name)
        if value is not None and not evidence.names(value):
            _note(notes, f"{name}_dropped", value)
            value = None
        fields[name] = value
    basis = evidence.span(said.date_basis)
    on = said.said_on
    if on is not None and not _is_told(article, basis, on):
        _note(notes, "date_dropped", on)
        on = None
    at = evidence.span(said.speaker_at)
    return replace(
        said,
        text=text,
        quote_mode=mode,
        passage=passage,
        speaker_at=at,
        said_on=on,
        date_basis=basis,
        **fields,  # type: ignore[arg-type]
    )


def _worded(evidence: Evidence, said: Said, passage: Span, notes: list[str]) -> tuple[str, QuoteMode]:
    """Return the text that the article bears out, and how near it is to the speaker's words."""
    text = said.text if len(said.text) <= MAX_PASSAGE else ""
    if said.quote_mode is QuoteMode.VERBATIM and evidence.quotes(text, passage):
        return text, QuoteMode.VERBATIM
    if said.quote_mode is QuoteMode.PARTIAL and evidence.quotes_in_part(text, passage):
        return text, QuoteMode.PARTIAL
    plain = evidence.without_marks(text)
    is_there = evidence.has_words(plain, passage)
    if said.quote_mode in {QuoteMode.VERBATIM, QuoteMode.PARTIAL}:
        _note(notes, "quote_paraphrased", said.text)
    elif not is_there or plain != text:
        _note(notes, "text_replaced", said.text)
    return (plain if is_there else evidence.plain(passage)), QuoteMode.PARAPHRASE


def _is_told(article: Article, basis: Span | None, on: str) -> bool:
    if basis is None or date_fault(on) is not None:
        return False
    published = article.published_on
    if published is not None and (date_fault(published) is not None or is_before(published, on)):
        return False
    return said_on(basis.of(article.text), published) == on


def _targeted(kept: dict[int, Said], artifact: DraftArtifact | None, notes: list[str]) -> tuple[Said, ...]:
    """Return the statements with targets that are there, and kinds whose targets are there."""
    places = {old: new for new, old in enumerate(kept)}
    links: dict[int, int] = {}
    found: list[Said] = []
    for old, said in kept.items():
        answers = None if said.answers is None else places.get(said.answers)
        if answers is not None and _is_reached(links, answers, places[old]):
            answers = None
        if answers is not None:
            links[places[old]] = answers
        elif said.answers is not None:
            _note(notes, "answers_dropped")
        kind = _kind(said, artifact, answers)
        if kind is not said.kind:
            _note(notes, "kind_changed", said.kind, now=kind)
        group = GROUP_OF[kind]
        about = artifact is not None and (
            group is Group.AUTHENTICITY or (said.about_artifact and group not in _ON_THE_CLAIM)
        )
        found.append(replace(said, kind=kind, answers=answers, about_artifact=about))
    return tuple(found)


def _is_reached(links: dict[int, int], start: int, end: int) -> bool:
    """Say whether the links lead from `start` to `end`: then one back would go round for ever."""
    place: int | None = start
    while place is not None and place != end:
        place = links.get(place)
    return place == end


def _kind(said: Said, artifact: DraftArtifact | None, answers: int | None) -> Kind:
    if GROUP_OF[said.kind] is Group.AUTHENTICITY and artifact is None:
        return Kind.CONTEXT
    if said.kind in _CHANGES and answers is None:
        return Kind.CONTEXT
    if said.kind is Kind.NO_RESPONSE and said.speaker is None:
        return Kind.CONTEXT
    return said.kind


def _note(notes: list[str], key: str, what: str = "", **values: str) -> None:
    # What the article does not have links nowhere and calls nobody where the note is read.
    harmless = " ".join("…" if _LINKED.search(each) else each for each in what[:_QUOTED].split())
    notes.append(catalogue().say(f"mended.{key}", what=shown(harmless), **values))
