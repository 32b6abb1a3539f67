"""The drafts that an article gives without a model: its reported statements, gathered by claim.

Pure but for the parser. A statement joins the claim whose words it shares; a denial, an answer or a doubt
joins the claim that it concerns, or else the last one that somebody else made. All of it is checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from bot.drafting.checking import checked
from bot.drafting.drafts import Article, Draft, DraftArtifact, Said
from bot.drafting.english import words
from bot.drafting.evidence import Evidence
from bot.drafting.utterances import Utterance, utterances
from bot.rules.texts import MAX_CLAIM
from bot.statements import GROUP_OF, Group, Kind

ALIKE: Final = 0.5
"""What part of the fewer terms two statements about one claim share at least."""
SHARED: Final = 2
_CHANGES: Final = frozenset({Kind.RETRACTION, Kind.CORRECTION})


@dataclass(slots=True)
class _Group:
    """Statements about one claim, as far as the article has been read."""

    items: list[Utterance] = field(default_factory=list)
    terms: set[str] = field(default_factory=set)
    by_material: bool = False

    def add(self, one: Utterance) -> None:
        self.items.append(one)
        if GROUP_OF[one.said.kind] is Group.ASSERTED:
            self.terms |= one.terms
        self.by_material |= one.by_material or one.said.about_artifact

    def speakers(self) -> set[str]:
        """Return who asserts the claim."""
        return {_who(each) for each in self.items if GROUP_OF[each.said.kind] is Group.ASSERTED}


def extracted(article: Article) -> tuple[Draft, ...]:
    """Return the drafts of `article`, in the order of its text, checked.

    Raises `BadInputError` where the text is over 200,000 characters, or spaCy and its pipeline are missing.
    """
    found, artifact = utterances(article)
    groups: list[_Group] = []
    for n, one in enumerate(found):
        before = found[n - 1] if n else None
        one = _continued(one, before, groups)  # noqa: PLW2901
        group = _group_of(one, before, groups)
        if group is None:
            groups.append(group := _Group())
        group.add(one)
    evidence = Evidence(article.text)
    drafts = [_draft(each, artifact if each.by_material else None, evidence) for each in groups]
    return checked(article, sorted(drafts, key=lambda each: each.passage.start))


def _continued(one: Utterance, before: Utterance | None, groups: list[_Group]) -> Utterance:
    """Return `one` as what it goes on with: an answer after a denial, or more that a recording tells."""
    if before is None or _who(one) != _who(before):
        return one
    if one.pronoun and before.by_material and one.said.kind is Kind.ASSERTION:
        one = replace(one, by_material=True)
    denied = any(
        _who(each) == _who(one) and GROUP_OF[each.said.kind] in {Group.DENIED, Group.OFFICIAL_RESPONSE}
        for group in groups
        for each in group.items
        if before in group.items
    )
    if denied and one.said.kind is Kind.ASSERTION and not one.by_material:
        return replace(one, said=replace(one.said, kind=Kind.RESPONSE))
    return one


def _group_of(one: Utterance, before: Utterance | None, groups: list[_Group]) -> _Group | None:
    """Return the group that `one` joins, or None where it opens one."""
    if not groups:
        return None
    kind = one.said.kind
    last = next((each for each in reversed(groups) if before in each.items), groups[-1])
    goes_on = before is not None and _who(before) == _who(one)
    is_doubt = GROUP_OF[kind] is Group.AUTHENTICITY
    if GROUP_OF[kind] is Group.PROVENANCE or (is_doubt and not goes_on):
        of_material = [each for each in groups if each.by_material] or [last]
        return of_material[-1 if is_doubt else 0]
    if kind in _CHANGES:
        own = (each for each in reversed(groups) if any(_who(item) == _who(one) for item in each.items))
        return next(own, last)
    alike = [(_likeness(one.terms, each.terms), n) for n, each in enumerate(groups)]
    best, place = max(alike)
    if GROUP_OF[kind] is Group.ASSERTED:
        return groups[place] if best >= ALIKE else None
    if best >= ALIKE and _who(one) not in groups[place].speakers():
        return groups[place]
    return last if goes_on else _concerned(one, groups) or last


def _concerned(one: Utterance, groups: list[_Group]) -> _Group | None:
    """Return the claim of somebody else that a denial or an answer shares most with, else their last one."""
    others = [each for each in groups if _who(one) not in each.speakers() and each.terms]
    shared = [(len(one.terms & each.terms), n) for n, each in enumerate(others)]
    if shared and max(shared)[0] >= SHARED:
        return others[max(shared)[1]]
    return others[-1] if others else None


def _likeness(one: frozenset[str], other: set[str]) -> float:
    shared = len(one & other)
    return shared / min(len(one), len(other)) if shared >= SHARED else 0.0


def _who(one: Utterance) -> str:
    return one.said.speaker or one.said.described or ""


def _draft(group: _Group, artifact: DraftArtifact | None, evidence: Evidence) -> Draft:
    claiming = [each for each in group.items if GROUP_OF[each.said.kind] is Group.ASSERTED] or group.items
    chosen = next((each for each in claiming if each.clause and not _is_bare(each.clause)), claiming[0])
    claim = chosen.clause if chosen.clause and not _is_bare(chosen.clause) else _sentence(chosen, evidence)
    statements: list[Said] = []
    for one in group.items:
        answers = None
        if one.said.kind in _CHANGES:
            own = [n for n, each in enumerate(statements) if each.speaker == one.said.speaker]
            answers = own[-1] if own else None
        statements.append(replace(one.said, answers=answers))
    return Draft(claim=claim, passage=chosen.said.passage, statements=tuple(statements), artifact=artifact)


def _is_bare(clause: str) -> bool:
    """Say whether a clause opens with a pronoun, so that it does not say of whom it tells."""
    first = clause.split(maxsplit=1)[0].lower()
    return any(first in words("pronouns", each) for each in ("he", "she", "they", "it", "speaker"))


def _sentence(one: Utterance, evidence: Evidence) -> str:
    """Return the article's sentence on one line as the wording of a claim, cut where it is too long.

    Its quotation marks stay where each of them has its partner.
    """
    line = " ".join(one.sentence.of(evidence.text).split())
    if not evidence.quotes_in_part(line, one.said.passage) or len(line) > MAX_CLAIM:
        line = evidence.plain(one.sentence)
    return line if len(line) <= MAX_CLAIM else line[:MAX_CLAIM].rsplit(" ", 1)[0]
