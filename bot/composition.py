"""From the vetted rows of one claim to its record: what a reader sees of it, in reading order.

It arranges and numbers what is on file and adds no word that is not a row's or the catalogue's. It
knows no store and no renderer: same rows in, same record out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from bot.absences import absences
from bot.answers import (
    About,
    Answer,
    Chain,
    ClaimRecord,
    CustodyStep,
    Difference,
    Line,
    RelatedClaim,
    Since,
    SourceNote,
    Tier,
)
from bot.claims import Claim
from bot.dates import Precision, precision
from bot.display import display, mode_words, tidy, tidy_or_none
from bot.records import record
from bot.sources import Artifact, Custody, Source
from bot.statements import Group, Kind, State, Statement, TargetKind
from bot.summaries import summary
from bot.voices import Voices, voices
from bot.wording import DEFAULT_LANGUAGE, Catalogue, catalogue, date_words, language_words

MOST_CLAIMS: Final = 3
"""One screen: a reply shows at most three claims (design, section 2)."""


def answer(records: Sequence[ClaimRecord], *, tier: Tier, ledger_revision: int, more: int = 0) -> Answer:
    """Return the answer that shows the first three of `records`, best first.

    `more` counts the claims found beyond `records`; what is left out of `records` is added to it.
    """
    shown = tuple(records[:MOST_CLAIMS])
    return Answer(
        tier=tier, ledger_revision=ledger_revision, claims=shown, more=more + len(records) - len(shown)
    )


def claim_record(
    claim: Claim,
    *,
    tier: Tier,
    probability: float | None,
    part: str | None,
    differences: tuple[Difference, ...],
    related: tuple[RelatedClaim, ...],
    language: str = DEFAULT_LANGUAGE,
    vetted_alone: bool = False,
) -> ClaimRecord:
    """Return the record of `claim`, worded in `language`.

    `claim` comes from the store with what a reader may see; a statement that is not vetted is left out
    here all the same. `related` are vetted claims. `probability` is 0 to 1, or None where the claim
    was asked for by id. Raises `LookupError` where there is no catalogue for `language`.
    """
    words = catalogue(language)
    vetted = [each for each in claim.statements if each.state is State.VETTED]
    ordered = [(group, [each for each in vetted if each.group is group]) for group in Group]
    rows = _Rows(
        words=words,
        voices=voices(claim, words),
        vetted={each.id: each for each in vetted},
        artifacts={each.id: each for each in claim.artifacts},
        sources={each.id: each for each in claim.sources},
        numbers=_numbers(claim, [each for _, statements in ordered for each in statements]),
    )
    groups = tuple((group, tuple(_line(each, rows) for each in statements)) for group, statements in ordered)
    notes = tuple(_note(n, rows.sources[source]) for source, n in rows.numbers.items())
    return ClaimRecord(
        id=claim.id,
        text=tidy(claim.text),
        tier=tier,
        probability=probability,
        part=tidy_or_none(part),
        story=tidy_or_none(claim.story),
        language=claim.language,
        last_reviewed_on=claim.last_reviewed_on,
        summary=summary(groups, words),
        groups=groups,
        chains=tuple(_chain(each, rows) for each in claim.artifacts),
        not_on_file=absences(claim, vetted, rows.voices, words),
        differences=differences,
        related=related,
        sources=notes,
        independent_sources=len({each.origin or f"source {each.n}" for each in notes}),
        vetted_alone=vetted_alone,
    )


def shared_origins(notes: Sequence[SourceNote]) -> tuple[int, ...]:
    """Return, for each origin that several of `notes` share, how many do, in the order of the notes."""
    counts = Counter(each.origin for each in notes if each.origin)
    return tuple(count for count in counts.values() if count > 1)


@record
class _Rows:
    """The rows of one claim by id, and the number that each cited source has."""

    words: Catalogue
    voices: Voices
    vetted: Mapping[str, Statement]
    artifacts: Mapping[str, Artifact]
    sources: Mapping[str, Source]
    numbers: Mapping[str, int]


def _numbers(claim: Claim, statements: Sequence[Statement]) -> dict[str, int]:
    """Number the sources from 1 in the order in which a reader meets them: statements, then custody."""
    known = {each.id for each in claim.sources}
    cited = [citation.source for each in statements for citation in each.citations]
    cited += [step.source for each in claim.artifacts for step in each.custody if step.source]
    ordered = dict.fromkeys(source for source in cited if source in known)
    return {source: n for n, source in enumerate(ordered, start=1)}


def _line(statement: Statement, rows: _Rows) -> Line:
    locators: dict[int, str | None] = {}
    for each in statement.citations:
        if each.source in rows.numbers:
            locators.setdefault(rows.numbers[each.source], tidy_or_none(each.locator))
    about = _about(statement, rows)
    part = tidy_or_none(statement.part)
    return Line(
        statement=statement.id,
        kind=statement.kind,
        speaker=rows.voices.of(statement),
        role=tidy_or_none(statement.role),
        on_behalf_of=tidy_or_none(statement.on_behalf_of),
        official=statement.official,
        quote_mode=statement.quote_mode,
        text=statement.text,
        display=display(statement.text, statement.quote_mode, rows.words),
        mode=_mode(statement, rows.words),
        anonymous=statement.speaker is None,
        anonymity=tidy_or_none(statement.anonymity_reason) if statement.speaker is None else None,
        about=about,
        part=part,
        standing=_standing(statement.kind, about, part, rows),
        since=_since(statement, rows),
        said_on=statement.said_on,
        date=date_words(rows.words, statement.said_on),
        date_note=tidy_or_none(statement.date_note),
        told_to=tidy_or_none(statement.told_to),
        venue=tidy_or_none(statement.venue),
        relays=_relays(statement, rows.words),
        citations=tuple(sorted(locators)),
        locators=tuple(locators[n] for n in sorted(locators)),
    )


def _relays(statement: Statement, words: Catalogue) -> tuple[str, ...]:
    """Return each way that the words took, once.

    “told Newsweek, as reported by …” would say twice whom it was told, where that has its own field.
    """
    told = words.say("told.relay", told=tidy(statement.told_to or ""))
    found: list[str | None] = []
    for relay in filter(None, (tidy(each.relay) for each in statement.citations)):
        is_said = relay[: len(told)].casefold() == told.casefold()
        found.append(tidy_or_none(relay[len(told) :] if is_said else relay))
    return tuple(dict.fromkeys(each for each in found if each))


def _mode(statement: Statement, words: Catalogue) -> str:
    original = tidy_or_none(statement.original_language)
    return mode_words(statement.quote_mode, language_words(words, original) if original else None, words)


def _about(statement: Statement, rows: _Rows) -> About | None:
    target = statement.about
    if target is None or target.kind is TargetKind.CLAIM:
        return None
    name: str | None = None
    if target.kind is TargetKind.STATEMENT and target.id in rows.vetted:
        name = rows.voices.of(rows.vetted[target.id])
    elif target.kind is TargetKind.ARTIFACT and target.id in rows.artifacts:
        name = tidy_or_none(rows.artifacts[target.id].name)
    elif target.kind is TargetKind.SOURCE and target.id in rows.sources:
        name = tidy_or_none(rows.sources[target.id].publisher)
    if name is None:
        return About(kind=target.kind, words=rows.words.say(f"about.{target.kind}_unknown"))
    return About(kind=target.kind, words=rows.words.say(f"about.{target.kind}", name=name))


def _standing(kind: Kind, about: About | None, part: str | None, rows: _Rows) -> str | None:
    if kind is Kind.PARTIAL_DENIAL and part:
        return rows.words.say("standing.partial_denial", part=part)
    doubted = {each.about for each in rows.vetted.values() if each.group is Group.AUTHENTICITY}
    is_authenticity = kind in {Kind.AUTHENTICITY_CHALLENGE, Kind.AUTHENTICITY_SUPPORT}
    # The heading says what “it” is, unless the statements are about different things.
    if about and not (is_authenticity and len(doubted) == 1):
        key = f"standing.{kind}_about"
        return rows.words.say(key if rows.words.knows(key) else "standing.about", about=about.words)
    key = f"standing.{kind}"
    return rows.words.say(key) if kind is not Kind.PARTIAL_DENIAL and rows.words.knows(key) else None


def _since(statement: Statement, rows: _Rows) -> Since | None:
    """Return the statement that takes `statement` back, else the last one that corrects it."""
    later = [
        each
        for each in rows.vetted.values()
        if each.group is Group.CHANGED
        and each.about
        and each.about.kind is TargetKind.STATEMENT
        and each.about.id == statement.id
        and each.id != statement.id
    ]
    if not later:
        return None
    chosen = max(later, key=lambda each: each.kind is Kind.RETRACTION)
    numbers = {rows.numbers[each.source] for each in chosen.citations if each.source in rows.numbers}
    return Since(
        kind=chosen.kind, words=rows.words.say(f"since.{chosen.kind}"), citations=tuple(sorted(numbers))
    )


def _chain(artifact: Artifact, rows: _Rows) -> Chain:
    return Chain(
        artifact=tidy(artifact.name),
        kind=artifact.kind,
        steps=tuple(_step(each, rows) for each in artifact.custody),
    )


def _step(custody: Custody, rows: _Rows) -> CustodyStep:
    words = rows.words
    by = tidy_or_none(custody.by) or words.say("custody.nobody")
    text = words.say(f"custody.{custody.action}", by=by)
    if custody.on:
        key = "custody.dated_day" if precision(custody.on) is Precision.DAY else "custody.dated"
        text = words.say(key, step=text, date=date_words(words, custody.on))
    note = tidy_or_none(custody.note)
    if note:
        text = words.say("custody.noted", step=text, note=note)
    number = rows.numbers.get(custody.source or "")
    return CustodyStep(text=text, citations=() if number is None else (number,))


def _note(n: int, source: Source) -> SourceNote:
    return SourceNote(
        n=n,
        publisher=tidy(source.publisher),
        title=tidy(source.title),
        author=tidy_or_none(source.author),
        url=source.url,
        archive_url=source.archive_url,
        locator=tidy_or_none(source.locator),
        published_on=source.published_on,
        retrieved_on=source.retrieved_on,
        note=tidy_or_none(source.note),
        origin=source.origin,
    )
