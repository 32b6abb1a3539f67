"""What may be kept of an entry that nobody typed: a rule's refusal takes its field away, and is told.

A person who fills in a form mends what a rule refuses; what was found in an article has nobody to do that.
So the least is left out that lets the rest stand: a detail, then the mark that words are quoted, then the
statement.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from bot.claims import Claim
from bot.display import display, tidy
from bot.errors import Refusal
from bot.folding import fold_typography
from bot.moderation.missing import drafted
from bot.moderation.typed import pruned
from bot.rules import completed
from bot.rules.texts import MAX_CLAIM, MAX_LINE, MAX_TITLE, shown
from bot.sources import Source
from bot.statements import QuoteMode, Statement, TargetKind
from bot.wording import catalogue

_ROUNDS: Final = 12
_STATEMENT: Final = re.compile(r"statements\[(\d+)\](?:\.citations\[\d+\])?\.?(\w*)")
_CUSTODY: Final = re.compile(r"artifacts\[(\d+)\]\.custody\[(\d+)\]")
_LIST: Final = re.compile(r"(artifacts|speakers|sources)\[(\d+)\]\.?(\w*)")
_DETAILS: Final = frozenset({"role", "on_behalf_of", "told_to", "said_on", "venue", "date_note"})
_QUOTED: Final = frozenset({"text", "quote_mode", "original_text", "original_language"})


def kept(claim: Claim, *, before: Claim | None = None) -> tuple[Claim, tuple[str, ...]]:
    """Return `claim` as it may be kept as a draft, and in sentences what was left out of it.

    What was refused of the entry as it stood `before`, and what stood in it, stays.
    """
    notes: list[str] = []
    old = {each.id for each in before.statements} if before else set()
    known = {str(each) for each in drafted(before)} if before else set()
    for _ in range(_ROUNDS):
        found = [each for each in drafted(claim) if str(each) not in known]
        if not found:
            return claim, tuple(notes)
        mended = claim
        # From the last one on, so that the numbers of those before still hold.
        for each in sorted(found, key=_number, reverse=True):
            mended, told = _without(mended, each, old)
            notes += told
        mended = completed(pruned(_targeted(mended, notes, old)))
        if mended == claim:
            break
        claim = mended
    # What no step above could mend: the claim itself is left, with what stood there before.
    bare = replace(
        claim,
        statements=tuple(each for each in claim.statements if each.id in old),
        artifacts=before.artifacts if before else (),
    )
    notes.append(catalogue().say("draft.nothing_kept"))
    return completed(pruned(bare)), tuple(notes)


def _number(refusal: Refusal) -> tuple[str, int, int]:
    numbers = [int(each) for each in re.findall(r"\[(\d+)\]", refusal.field)]
    first, second, *_ = (*numbers, -1, -1)
    return refusal.field.partition("[")[0], first, second


def _without(claim: Claim, refusal: Refusal, old: set[str]) -> tuple[Claim, list[str]]:
    """Return `claim` without what `refusal` is about, and what is told of that."""
    if (at := _STATEMENT.match(refusal.field)) is not None:
        return _of_statement(claim, int(at[1]), at[2], old, is_citation=".citations" in refusal.field)
    if (at := _CUSTODY.match(refusal.field)) is not None:
        return _of_custody(claim, int(at[1]), int(at[2]))
    if (at := _LIST.match(refusal.field)) is not None:
        return _of_list(claim, at[1], int(at[2]), at[3], old)
    if refusal.field == "text":
        return replace(claim, text=_fit(claim.text, MAX_CLAIM, "draft.no_claim")), []
    return claim, []


def _of_statement(
    claim: Claim, n: int, name: str, old: set[str], *, is_citation: bool
) -> tuple[Claim, list[str]]:
    if n >= len(claim.statements) or claim.statements[n].id in old:
        return claim, []
    held = claim.statements[n]
    say, text = catalogue().say, shown(tidy(held.text))
    if is_citation and name == "relay":
        citations = tuple(replace(each, relay=None) for each in held.citations)
        return _put(claim, n, replace(held, citations=citations)), [say("draft.no_relay", text=text)]
    if name in _DETAILS and getattr(held, name) is not None:
        label = say(f"field.{name}") if catalogue().knows(f"field.{name}") else name
        changes: dict[str, Any] = {name: None}
        return _put(claim, n, replace(held, **changes)), [say("draft.no_detail", label=label, text=text)]
    if name in _QUOTED and held.quote_mode is not QuoteMode.PARAPHRASE:
        words = display(held.text, QuoteMode.PARAPHRASE, catalogue())
        made = replace(
            held, quote_mode=QuoteMode.PARAPHRASE, text=words, original_text=None, original_language=None
        )
        return _put(claim, n, made), [say("draft.paraphrased", text=text)]
    if name == "part" and held.part is not None and "”" not in held.part:
        part = display(held.part, QuoteMode.PARAPHRASE, catalogue())
        if part != held.part:
            return _put(claim, n, replace(held, part=part)), []
    return _dropped(claim, n), [say("draft.left_out", text=text)]


def _put(claim: Claim, n: int, statement: Statement) -> Claim:
    return replace(
        claim,
        statements=tuple(statement if place == n else each for place, each in enumerate(claim.statements)),
    )


def _dropped(claim: Claim, n: int) -> Claim:
    return replace(claim, statements=(*claim.statements[:n], *claim.statements[n + 1 :]))


def _of_custody(claim: Claim, n: int, step: int) -> tuple[Claim, list[str]]:
    if n >= len(claim.artifacts) or step >= len(claim.artifacts[n].custody):
        return claim, []
    held = claim.artifacts[n]
    made = replace(held, custody=(*held.custody[:step], *held.custody[step + 1 :]))
    artifacts = tuple(made if place == n else each for place, each in enumerate(claim.artifacts))
    return replace(claim, artifacts=artifacts), [catalogue().say("draft.no_step", name=shown(held.name))]


def _of_list(claim: Claim, where: str, n: int, name: str, old: set[str]) -> tuple[Claim, list[str]]:
    say = catalogue().say
    if n >= len(getattr(claim, where)):
        return claim, []
    if where == "artifacts":
        name = shown(tidy(claim.artifacts[n].name))
        artifacts = (*claim.artifacts[:n], *claim.artifacts[n + 1 :])
        return replace(claim, artifacts=artifacts), [say("draft.no_artifact", name=name)]
    if where == "speakers":
        gone = claim.speakers[n].id
        left = tuple(each for each in claim.statements if each.speaker != gone or each.id in old)
        told = [
            say("draft.left_out", text=shown(tidy(each.text)))
            for each in claim.statements
            if each not in left
        ]
        return replace(claim, statements=left), told
    made = _fit_source(claim.sources[n], name)
    sources = tuple(made if place == n else each for place, each in enumerate(claim.sources))
    return replace(claim, sources=sources), [say("draft.source_detail")]


def _fit_source(source: Source, name: str) -> Source:
    if name in {"url", "published_on", "retrieved_on", "origin", "excerpt_sha256"}:
        changes: dict[str, Any] = {name: None}
        return replace(source, **changes)
    if name == "excerpt":
        return replace(source, excerpt=None, excerpt_sha256=None)
    if name == "publisher":
        return replace(source, publisher=_fit(source.publisher, MAX_LINE, "draft.no_publisher"))
    return replace(source, title=_fit(source.title, MAX_TITLE, "draft.no_publisher"))


def _fit(text: str, most: int, instead: str) -> str:
    cut = tidy(text)[:most].strip()
    # What folding leaves nothing of is blank to the rules.
    return cut if fold_typography(cut) else catalogue().say(instead)


def _targeted(claim: Claim, notes: list[str], old: set[str]) -> Claim:
    """Return `claim` without statements about what is gone; they would say nothing any more."""
    while True:
        there = {
            TargetKind.CLAIM: {claim.id},
            TargetKind.STATEMENT: {each.id for each in claim.statements},
            TargetKind.ARTIFACT: {each.id for each in claim.artifacts},
            TargetKind.SOURCE: {each.id for each in claim.sources},
        }
        left = tuple(
            each
            for each in claim.statements
            if each.id in old or each.about is None or each.about.id in there[each.about.kind]
        )
        if left == claim.statements:
            return claim
        gone = [each for each in claim.statements if each not in left]
        notes += [catalogue().say("draft.left_out", text=shown(tidy(each.text))) for each in gone]
        claim = replace(claim, statements=left)
