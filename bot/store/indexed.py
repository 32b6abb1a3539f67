"""What matching reads of a claim: its folds, its terms, and those of what was said about it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from bot.claims import Claim
from bot.folding import fold
from bot.matched import record_lines
from bot.statements import State
from bot.terms import terms
from bot.tongues import small_terms


class Indexed(NamedTuple):
    """The rows of a vetted claim that matching reads; terms are parted by blanks, wordings by line breaks.

    `said` is of its vetted statements and `names` of what is named there (see `bot.matched.record_lines`);
    `said` is None where there is nothing of either.
    """

    folds: tuple[str, ...]
    text: str
    aliases: str
    said: str | None
    names: str

    @property
    def terms(self) -> set[str]:
        """The terms of the claim's wordings, and the empty one, under which claims are counted."""
        return {"", *self.text.split(), *self.aliases.split()}


def indexed(claim: Claim) -> Indexed | None:
    """Return what matching reads of `claim`; None where it is not vetted.

    A statement that is not vetted is left out; an embargo is left to the queries, since it ends without a
    change.
    """
    if claim.state is not State.VETTED:
        return None
    folds = {key for each in (claim.text, *claim.aliases) if (key := fold(each))}
    statements, names = record_lines(claim)
    small = small_terms(claim.language)
    text, *aliases = (_line(each, small) for each in (claim.text, *claim.aliases))
    return Indexed(
        folds=tuple(sorted(folds)),
        text=text,
        aliases="\n".join(filter(None, aliases)),
        said="\n".join(statements) if statements or names else None,
        names="\n".join(names),
    )


def _line(text: str, small: Collection[str]) -> str:
    return " ".join(term for term in terms(text) if term not in small)
