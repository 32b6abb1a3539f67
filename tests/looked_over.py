"""What a model may change in an answer, and what it may not: the check of one answer against its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.answers import Answer, ClaimRecord, Line, Tier
from bot.desk import record
from bot.matching import TURNED
from bot.paste import sentences
from bot.store.ledger import Ledger
from bot.summaries import LONGEST_TEXT, sentence
from bot.views import View
from bot.wording import catalogue
from handlers.terminal.rendering import render


async def faults(ledger: Ledger, made: Answer, view: View) -> list[str]:
    """Return what in an answer that a model looked over is not as the rows have it."""
    found = []
    for each in made.claims:
        own = (await record(ledger, each.id, view=view)).claims[0]
        if repr(bare(each)) != repr(bare(own)):
            found.append(f"{each.id}: the record differs")
        if len(each.summary) != len(own.summary):
            found.append(f"{each.id}: the summary has another length")
        for said, rule in zip(each.summary, own.summary, strict=False):
            lines = dict(each.groups)[said.group]
            if said != rule and said not in list(_written(lines)):
                found.append(f"{each.id}: no row says {said.text!r}")
        if strange := _words(each) - _words(own) - _held(own):
            found.append(f"{each.id}: no row has {sorted(strange)}")
        if each.tier is Tier.SAME and any(other.kind in TURNED for other in each.differences):
            found.append(f"{each.id}: the same claim, though the code saw the opposite of it")
    return found


def _words(claim: ClaimRecord) -> set[str]:
    """Return the words, figures and addresses of a record as it is shown, without what the question adds."""
    alone = replace(claim, part=None, differences=(), pasted_language=None)
    shown = render(Answer(tier=claim.tier, ledger_revision=0, claims=(alone,)), width=100, colour=False)
    return set(re.findall(r"\w+|https?://\S+", shown))


def _held(claim: ClaimRecord) -> set[str]:
    """Return what the rows of a record and the catalogue hold beside it."""
    rows = [each.display for _, lines in claim.groups for each in lines]
    rows += [(each.told_to or "") + " " + (each.role or "") for _, lines in claim.groups for each in lines]
    return set(re.findall(r"\w+", " ".join([*rows, *catalogue().phrases.values()])))


def bare(claim: ClaimRecord) -> ClaimRecord:
    """Return the record part alone: without what a question adds to it, and without the summary."""
    return replace(
        claim, tier=Tier.SAME, probability=None, part=None, differences=(), pasted_language=None, summary=()
    )


def _written(lines: tuple[Line, ...]) -> Iterator[object]:
    for line in lines:
        for cut in _cuts(line):
            yield replace(sentence(line, len(lines) - 1, catalogue(), cut), by_model=True)


def _cuts(line: Line) -> list[str | None]:
    """Return every way in which the text of a line may stand in a summary: whole, or some sentences of it."""
    parts = sentences(line.text) if len(line.display) > LONGEST_TEXT else ()
    every = range(len(parts))
    return [None] + [
        "“" + "… " * (start > 0) + " ".join(parts[start : end + 1]) + " …" * (end < len(parts) - 1) + "”"
        for start in every
        for end in every[start:]
    ]
