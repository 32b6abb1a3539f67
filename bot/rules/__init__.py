"""The ledger's invariants, in one place for every entrance: form, import and command.

An entry is judged by itself: its form, its references, where its words come from. What needs more than
one entry (does the related claim exist, who may vet) is the store's. Nothing here can say whether a
claim is so.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, pairwise
from operator import attrgetter

from bot.claims import Claim
from bot.errors import Refusal
from bot.rules.entries import entry_refusals, excerpt_hash
from bot.rules.fields import field_refusals
from bot.rules.quotes import quote_refusals
from bot.rules.references import reference_refusals
from bot.rules.statements import statement_refusals

__all__ = ["completed", "refusals"]


def refusals(claim: Claim) -> tuple[Refusal, ...]:
    """Return all that keeps `claim` out of the ledger; nothing where it may be kept."""
    rules = (field_refusals, reference_refusals, statement_refusals, quote_refusals, entry_refusals)
    return tuple(chain.from_iterable(rule(claim) for rule in rules))


def completed(claim: Claim) -> Claim:
    """Return `claim` in the form in which it is kept.

    Missing hashes of excerpts are filled in; speakers, sources and artifacts stand in the order of their
    ids. All else, the order of statements included, stays.
    """
    if _is_completed(claim):
        return claim
    return replace(
        claim,
        speakers=tuple(sorted(claim.speakers, key=attrgetter("id"))),
        sources=tuple(
            replace(each, excerpt_sha256=excerpt_hash(each.excerpt))
            if each.excerpt is not None and each.excerpt_sha256 is None
            else each
            for each in sorted(claim.sources, key=attrgetter("id"))
        ),
        artifacts=tuple(sorted(claim.artifacts, key=attrgetter("id"))),
    )


def _is_completed(claim: Claim) -> bool:
    ids = ([each.id for each in held] for held in (claim.speakers, claim.sources, claim.artifacts))
    in_order = all(one <= other for held in ids for one, other in pairwise(held))
    return in_order and all(each.excerpt is None or each.excerpt_sha256 is not None for each in claim.sources)
