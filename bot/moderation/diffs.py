"""What a proposal would change, field by field: before and after, whole, never cut within a quotation.

Pure: two claims in, paragraphs out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from bot.claims import Claim
from bot.dates import PartialDate
from bot.display import display, mode_words, tidy
from bot.moderation.statement_form import target_value
from bot.paragraphs import SEPARATOR, Paragraph, Run, Shape, faint, link, paragraph, plain, strong
from bot.sources import Source
from bot.statements import State, Statement, TargetKind
from bot.voices import voices
from bot.wording import Catalogue, date_words, language_words

_CLAIM: Final = (
    "text", "aliases", "story", "flags", "concerns", "language", "embargo_until", "response_not_sought",
    "relations", "requests",
)  # fmt: skip
_STATEMENT: Final = (
    "kind", "speaker", "anonymous", "anonymity_reason", "role", "official", "on_behalf_of", "quote_mode",
    "text", "original_text", "original_language", "part", "about", "said_on", "date_note", "told_to", "venue",
    "sources", "standing",
)  # fmt: skip
_SOURCE: Final = (
    "publisher", "title", "author", "url", "archive_url", "locator", "published_on", "retrieved_on",
    "medium", "excerpt", "origin", "note",
)  # fmt: skip


def touches_vetted(before: Claim | None, after: Claim) -> bool:
    """Say whether a statement that readers see is another one in `after`: then the change has a class."""
    if before is None or before.state is not State.VETTED:
        return False
    now = {each.id: each for each in after.statements}
    return any(
        each.state is State.VETTED and _Shown(before, each) != _Shown(after, now.get(each.id))
        for each in before.statements
    )


class _Shown:
    """A statement with the sources that it cites, to be compared as a reader sees it."""

    def __init__(self, claim: Claim, statement: Statement | None) -> None:
        cited = {each.source for each in statement.citations} if statement else set()
        self.parts = (statement, tuple(each for each in claim.sources if each.id in cited))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shown) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)


def diff(
    before: Claim | None, after: Claim, words: Catalogue, renamed: Mapping[str, int] | None = None
) -> tuple[Paragraph, ...]:
    """Return what differs between the record as it is (None: there is none) and as it is proposed.

    `renamed` are the speakers that become another one, with the number of entries that show them.
    """
    if before is None:
        return tuple(whole(after, words))
    made = list(_renamed(after, renamed or {}, words))
    made.extend(_fields(_claim_values(before, words), _claim_values(after, words), _CLAIM, words))
    old = {each.id: each for each in before.statements}
    for n, each in enumerate(after.statements):
        held = old.get(each.id)
        if held is None:
            made.append(_heading("diff.added_statement", n, words))
            made.extend(statement_paragraphs(after, each, words))
            continue
        values = [_statement_values(claim, one, words) for claim, one in ((before, held), (after, each))]
        found = list(_fields(values[0], values[1], _STATEMENT, words))
        if found:
            made.append(_heading("diff.changed_statement", n, words))
            made.append(paragraph(Shape.NOTE, faint(tidy(voices(after, words).of(each)))))
            made.extend(found)
    known = {each.id: each for each in before.sources}
    for source in after.sources:
        if source.id in known and known[source.id] != source:
            made.append(
                paragraph(
                    Shape.HEADING, strong(words.say("diff.changed_source", name=tidy(source.publisher)))
                )
            )
            old_values, new_values = _source_values(known[source.id]), _source_values(source)
            made.extend(_fields(old_values, new_values, _SOURCE, words))
    return tuple(made) or (paragraph(Shape.NOTE, faint(words.say("diff.nothing"))),)


def _renamed(after: Claim, renamed: Mapping[str, int], words: Catalogue) -> Iterator[Paragraph]:
    """Yield which speakers become another one; with their ids, for two of one name are merged most often."""
    speakers = {each.id: each for each in after.speakers}
    for each in after.speakers:
        into = speakers.get(each.merged_into or "")
        if each.id in renamed and into is not None:
            entries = renamed[each.id]
            text = words.say(
                "diff.speaker_one" if entries == 1 else "diff.speaker",
                speaker=f"{tidy(each.name)} ({tidy(each.id)})",
                into=f"{tidy(into.name)} ({tidy(into.id)})",
                count=str(entries),
            )
            yield paragraph(Shape.ITEM, strong(text))


def whole(claim: Claim, words: Catalogue) -> Iterator[Paragraph]:
    """Yield all of a claim as those who keep the ledger see it."""
    values = _claim_values(claim, words)
    for name in _CLAIM:
        if values[name] and (name, values[name]) != ("language", language_words(words, "en")):
            yield paragraph(Shape.ITEM, strong(f"{words.say(f'field.{name}')}: "), plain(values[name]))
    for n, each in enumerate(claim.statements):
        yield _heading("diff.statement", n, words)
        yield from statement_paragraphs(claim, each, words)


def statement_paragraphs(claim: Claim, statement: Statement, words: Catalogue) -> Iterator[Paragraph]:
    """Yield one statement: kind and speaker, the whole text, and where it can be read."""
    values = _statement_values(claim, statement, words)
    facts = [values[name] for name in ("speaker", "role", "on_behalf_of", "said_on", "told_to")]
    runs: list[Run] = [strong(values["kind"])]
    for fact in (*facts, values["official"], values["standing"]):
        if fact:
            runs += [SEPARATOR, plain(fact)]
    yield paragraph(Shape.ITEM, *runs)
    yield paragraph(Shape.QUOTE, plain(values["text"]), SEPARATOR, faint(values["quote_mode"]))
    for name in ("original_text", "part", "about", "anonymity_reason", "date_note"):
        if values[name]:
            yield paragraph(Shape.NOTE, faint(f"{words.say(f'field.{name}')}: "), plain(values[name]))
    sources = {each.id: each for each in claim.sources}
    for citation in statement.citations:
        if citation.source in sources:
            source = sources[citation.source]
            yield _cited(source, citation.locator, citation.relay)
            if source.excerpt:
                label = words.say("field.excerpt")
                yield paragraph(Shape.NOTE, faint(f"{label}: "), plain(tidy(source.excerpt)))
    if not statement.citations:
        yield paragraph(Shape.NOTE, faint(words.say("diff.no_source")))


def _cited(source: Source, locator: str | None, relay: str | None) -> Paragraph:
    label = tidy(f"{source.publisher}: {source.title}")
    runs = list(link(label, source.url)) if source.url else [plain(label)]
    for fact in (locator, source.locator, relay, source.published_on):
        if fact:
            runs += [SEPARATOR, faint(tidy(fact))]
    return paragraph(Shape.NOTE, *runs)


def _heading(key: str, n: int, words: Catalogue) -> Paragraph:
    return paragraph(Shape.HEADING, strong(words.say(key, n=str(n + 1))))


def _fields(
    before: dict[str, str], after: dict[str, str], names: tuple[str, ...], words: Catalogue
) -> Iterator[Paragraph]:
    for name in names:
        old, new = before[name], after[name]
        if old == new:
            continue
        yield paragraph(Shape.ITEM, strong(words.say(f"field.{name}")))
        nothing = words.say("diff.empty")
        yield paragraph(Shape.QUOTE, faint(words.say("diff.before")), plain(old or nothing))
        yield paragraph(Shape.QUOTE, faint(words.say("diff.after")), plain(new or nothing))


def _claim_values(claim: Claim, words: Catalogue) -> dict[str, str]:
    names = {each.id: each.name for each in claim.speakers}
    flags = [each for each in ("allegation", "living_person") if getattr(claim, each)]
    return {
        "text": tidy(claim.text),
        "aliases": _listed(claim.aliases),
        "story": tidy(claim.story or ""),
        "flags": _listed(words.say(f"flag.{each}") for each in flags),
        "concerns": _listed(names.get(each, each) for each in claim.concerns),
        "language": language_words(words, claim.language),
        "embargo_until": date_words(words, claim.embargo_until) if claim.embargo_until else "",
        "response_not_sought": tidy(claim.response_not_sought or ""),
        "relations": _listed(
            words.say("diff.relation", kind=words.say(f"relation.{each.kind}"), to=each.to)
            for each in claim.relations
        ),
        "requests": _listed(
            words.say(
                "diff.request",
                asked=each.asked,
                how=each.how,
                on=date_words(words, each.asked_on),
                outcome=words.say(f"outcome.{each.outcome}"),
            )
            for each in claim.requests
        ),
    }


def _statement_values(claim: Claim, statement: Statement, words: Catalogue) -> dict[str, str]:
    plainly: dict[str, Any] = {each.name: getattr(statement, each.name) for each in fields(statement)}
    values: dict[str, str] = {name: tidy(str(plainly[name] or "")) for name in _STATEMENT if name in plainly}
    sources = {each.id: each for each in claim.sources}
    cited = (
        " · ".join(filter(None, (sources[each.source].publisher, each.locator, each.relay)))
        for each in statement.citations
        if each.source in sources
    )
    hidden = statement.state in {State.WITHDRAWN, State.SUPERSEDED}
    return values | {
        "kind": words.say(f"kind.{statement.kind}"),
        "speaker": tidy(voices(claim, words).of(statement)),
        "official": words.say("line.official") if statement.official else "",
        "on_behalf_of": words.say("line.for", name=tidy(statement.on_behalf_of))
        if statement.on_behalf_of
        else "",
        "told_to": words.say("line.to", name=tidy(statement.told_to)) if statement.told_to else "",
        "quote_mode": mode_words(statement.quote_mode, statement.original_language, words),
        "text": display(statement.text, statement.quote_mode, words),
        "said_on": _said(statement.said_on, words),
        "about": _about(claim, statement, words),
        "sources": _listed(cited),
        "standing": words.say(f"state.{statement.state}") if hidden else "",
    }


def _source_values(source: Source) -> dict[str, str]:
    return {name: tidy(str(getattr(source, name) or "")) for name in _SOURCE}


def _said(said: PartialDate | None, words: Catalogue) -> str:
    return date_words(words, said)


def _about(claim: Claim, statement: Statement, words: Catalogue) -> str:
    """Return what a statement is about, where that is not the claim."""
    kind, _, key = target_value(statement).partition(":")
    if kind == TargetKind.CLAIM:
        return ""
    if kind == TargetKind.STATEMENT:
        place = next((n for n, each in enumerate(claim.statements) if each.id == key), None)
        return words.say("missing.nth_statement", n=str(place + 1)) if place is not None else key
    names = {each.id: each.name for each in claim.artifacts} | {
        each.id: each.publisher for each in claim.sources
    }
    return tidy(names.get(key, key))


def _listed(items: Any) -> str:
    return " · ".join(tidy(each) for each in items)
