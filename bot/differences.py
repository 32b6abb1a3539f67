"""Differences: what a paste says that the record does not, as far as it can be read off the words.

Pure. Six things are compared: numbers, names, dates (and statements of when), negation, who did it to whom,
and how surely it is said. A difference is shown to the reader and never used to call anything untrue. The
words are data of `bot.languages`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.anchors import anchors, one_of
from bot.answers import Difference, DifferenceKind
from bot.certainty import own_sureness, shift, sureness
from bot.claims import Claim
from bot.folding import fold, fold_typography
from bot.known import own_anchors, own_reading, own_terms, wordings
from bot.names import title_pattern
from bot.naming import named, replaced
from bot.negation import read
from bot.paste import sentences
from bot.polarity import contrast
from bot.quantities import dates, numbers
from bot.roles import own_roles, roles, swapped, told_from_other_side

MOST: Final = 6
"""Differences that are told; more only say that the paste is about something else."""
SENTENCES: Final = 60
"""Sentences of a paste that are compared, each by itself; a longer one is matched by its parts."""
LANGUAGES: Final = frozenset({"en"})
"""Languages whose words are on file; of others only figures and dates are compared."""


def differences(part: str, claim: Claim, *, today: str | None = None) -> tuple[Difference, ...]:
    """Return what `part`, a pasted text, says that the record of `claim` does not, the first six.

    `pasted` is a span of `part`; `record` is a span of the claim's text or of a wording of it. `today` is the
    day of the question (`YYYY-MM-DD`), against which “yesterday” is read; without it such days say nothing.
    """
    if fold(part) in {fold(each) for each in (claim.text, *claim.aliases)}:
        return ()
    text = fold_typography(part)
    found = [*numbers(text, claim, today), *dates(text, claim, today)]
    if claim.language in LANGUAGES:
        found = [*named(text, claim), *found, *_anchors(text, claim), *_sentences(text, claim)]
    return tuple(dict.fromkeys(found))[:MOST]


# Statements of when


def _anchors(text: str, claim: Claim) -> Iterator[Difference]:
    pasted = anchors(text)
    if not pasted:
        return
    own = own_anchors(wordings(claim)[0])
    every = [each for wording in wordings(claim) for each in own_anchors(wording)]
    titles = title_pattern()
    known = {one_of(term) for wording in wordings(claim) for term in own_terms(titles.sub(" ", wording))}
    for each in pasted:
        near = [other for other in every if other.terms & each.terms]
        turned = [other for other in near if {other.side, each.side} == {"before", "after"}]
        unknown = each.terms - known
        if turned and all(other.side != each.side for other in near):
            yield _difference(DifferenceKind.DATE, each.span, turned[0].span)
        elif not near and 2 * len(unknown) > len(each.terms):
            yield _difference(DifferenceKind.DATE, each.span, own[0].span if own else None)


# Negation, and who did it to whom


def _sentences(text: str, claim: Claim) -> Iterator[Difference]:
    texts = wordings(claim)
    own, deeds = [own_reading(each) for each in texts], tuple(own_roles(each) for each in texts)
    sure = [own_sureness(each) for each in texts]
    denied = False
    for each in sentences(text)[:SENTENCES]:
        reading = read(each)
        part = roles(reading)
        if (other := replaced(each, claim, part, deeds)) is not None:
            yield other
        turned = swapped(part, deeds)
        if turned is not None:
            yield _difference(DifferenceKind.ROLES, *turned)
        found = None if denied else contrast(reading, own, told_from_other_side(part, deeds))
        if found is not None:
            denied = True
            yield _difference(DifferenceKind.NEGATION, *found)
        shifted = shift(sureness(reading), sure)
        if shifted is not None:
            yield _difference(DifferenceKind.CERTAINTY, *shifted)


def _difference(kind: DifferenceKind, pasted: str, record_: str | None) -> Difference:
    return Difference(kind=kind, pasted=pasted, record=record_)
