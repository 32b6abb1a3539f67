"""What makes a statement fit to be kept: who speaks, about what, in whose words, read where and when.

It knows one entry and judges form only: nothing here asks whether what was said is so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.claims import Claim
from bot.dates import date_fault, is_before
from bot.errors import Refusal
from bot.folding import fold
from bot.rules.texts import shown, with_article
from bot.sources import Source
from bot.statements import Group, Kind, State, Statement, Target, TargetKind

MIN_DESCRIPTION: Final = 3
"""Words that a description of an unnamed speaker has at least."""

_CHANGES: Final = frozenset({Kind.RETRACTION, Kind.CORRECTION})
_MATERIAL: Final = frozenset({TargetKind.ARTIFACT, TargetKind.SOURCE})
# Groups that answer the proposition or change an answer: doubting the material is neither.
_ON_THE_CLAIM: Final = frozenset({Group.ASSERTED, Group.DENIED, Group.CHANGED})

_WORD: Final = re.compile(r"[^\W_][\w'’-]*")
# A description made of these words alone says nothing of how the speaker can know.
_SAYS_NOTHING: Final = frozenset(
    _WORD.findall("""
        a an the one two three some several many multiple various our my their certain other another of from
        anonymous unnamed unidentified undisclosed unknown reliable trusted credible informed well placed
        well-placed well-informed senior high-ranking top inside internal
        source sources official officials insider insiders person persons people somebody someone individual
        individuals circle circles

        un una unos unas el la los las fuente fuentes anónima anónimas fiable fiables funcionario funcionarios

        eine ein einer mehrere aus gut unterrichtete unterrichteten quelle quellen kreise kreisen beamter
        beamte

        une des proche proches fonctionnaire
    """)
)
# Scripts that put no space between words: two characters are counted as one word.
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def says_nothing(description: str) -> bool:
    """Say whether a name or description (“a source”, “officials”) tells nothing about who speaks."""
    words = _WORD.findall(fold(description))
    return bool(words) and all(each in _SAYS_NOTHING for each in words)


def statement_refusals(claim: Claim) -> Iterator[Refusal]:
    """Yield what is wrong with the statements and the speakers of an entry, quotations apart."""
    sources = {each.id: each for each in claim.sources}
    for n, statement in enumerate(claim.statements):
        path = f"statements[{n}]"
        yield from _speaker(path, statement)
        yield from _target(path, statement)
        yield from _state(path, statement)
        yield from _dates(path, statement, sources)
    for n, speaker in enumerate(claim.speakers):
        if says_nothing(speaker.name):
            yield Refusal(
                field=f"speakers[{n}].name",
                wrong=f"“{shown(speaker.name)}” names nobody",
                right="give a name, or describe an unnamed speaker in the statement's anonymous",
            )


def _speaker(path: str, statement: Statement) -> Iterator[Refusal]:
    described = statement.anonymous
    if (statement.speaker is None) == (described is None):
        both = described is not None
        yield Refusal(
            field=f"{path}.speaker",
            wrong="and anonymous are both given" if both else "and anonymous are both missing",
            right="give exactly one of the two",
        )
    elif statement.kind is Kind.NO_RESPONSE and described is not None:
        yield Refusal(
            field=f"{path}.speaker",
            wrong="is missing: no_response is on file for the party that was asked",
            right="name the party as the speaker",
        )
    if described is not None:
        yield from _description(path, described)
    if described is not None and statement.anonymity_reason is None:
        yield Refusal(
            field=f"{path}.anonymity_reason", wrong="is missing", right="say why the speaker is not named"
        )
    if described is None and statement.anonymity_reason is not None:
        yield Refusal(
            field=f"{path}.anonymity_reason",
            wrong="is given though the speaker is named",
            right="leave it out",
        )


def _description(path: str, described: str) -> Iterator[Refusal]:
    right = "describe the speaker in three words or more, such as “a clerk at the harbour office”"
    words = len(_WORD.findall(_UNSPACED.sub(" ", described))) + len(_UNSPACED.findall(described)) // 2
    if words < MIN_DESCRIPTION:
        wrong = f"“{shown(described)}” has fewer than three words"
        yield Refusal(field=f"{path}.anonymous", wrong=wrong, right=right)
    elif says_nothing(described):
        wrong = f"“{shown(described)}” does not say how the speaker can know"
        yield Refusal(field=f"{path}.anonymous", wrong=wrong, right=right)


def _target(path: str, statement: Statement) -> Iterator[Refusal]:
    kind, about = statement.kind, statement.about
    if statement.group is Group.AUTHENTICITY and not _is_one_of(about, _MATERIAL):
        yield Refusal(
            field=f"{path}.about",
            wrong=f"{kind} needs an artifact or a source",
            right="name the recording or document that is doubted or vouched for",
        )
    elif about is not None and about.kind in _MATERIAL and statement.group in _ON_THE_CLAIM:
        yield Refusal(
            field=f"{path}.about",
            wrong=f"{kind} cannot be about {with_article(about.kind)}",
            right="doubting a recording is authenticity_challenge, vouching for it authenticity_support",
        )
    elif kind in _CHANGES and not _is_one_of(about, {TargetKind.STATEMENT}):
        yield Refusal(
            field=f"{path}.about",
            wrong=f"{kind} needs the statement that it changes",
            right='write {"kind": "statement", "id": …}',
        )
    elif statement.group is Group.DENIED and about is None:
        yield Refusal(
            field=f"{path}.about",
            wrong=f"{kind} needs what is denied",
            right="name this claim, or a statement of this entry",
        )
    if kind is Kind.PARTIAL_DENIAL and statement.part is None:
        yield Refusal(field=f"{path}.part", wrong="is missing", right="say which part is denied")
    if kind is not Kind.PARTIAL_DENIAL and statement.part is not None:
        yield Refusal(
            field=f"{path}.part",
            wrong=f"does not belong to {kind}",
            right="leave it out: partial_denial only",
        )


def _is_one_of(about: Target | None, kinds: frozenset[TargetKind] | set[TargetKind]) -> bool:
    return about is not None and about.kind in kinds


def _state(path: str, statement: Statement) -> Iterator[Refusal]:
    if statement.state is State.VETTED and not statement.citations:
        yield Refusal(
            field=f"{path}.citations",
            wrong="is empty though the statement is vetted",
            right="cite at least one source",
        )
    superseded = statement.state is State.SUPERSEDED
    if superseded and statement.superseded_by is None:
        yield Refusal(
            field=f"{path}.superseded_by",
            wrong="is missing though the state is superseded",
            right="name the statement that stands in its place",
        )
    if not superseded and statement.superseded_by is not None:
        yield Refusal(
            field=f"{path}.superseded_by",
            wrong=f"is given though the state is {statement.state}",
            right="leave it out, or make the state superseded",
        )


def _dates(path: str, statement: Statement, sources: dict[str, Source]) -> Iterator[Refusal]:
    said = statement.said_on
    if said is None or statement.date_note is not None or date_fault(said) is not None:
        return
    for citation in statement.citations:
        source = sources.get(citation.source)
        published = source.published_on if source else None
        if published is None or date_fault(published) is not None:
            continue
        if is_before(published, said):
            yield Refusal(
                field=f"{path}.said_on",
                wrong=f"{said} is after {published}, when “{shown(citation.source)}” was published",
                right="mend one of the two dates, or say in date_note how it can be",
            )
