"""What a rule of the ledger says, in the words of a form: at which field, and what would be right there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from bot.claims import Claim
from bot.dates import Day
from bot.errors import Refusal
from bot.moderation.forms import Faults
from bot.rules import refusals
from bot.rules.texts import shown
from bot.statements import State
from bot.wording import catalogue

OPEN: Final = frozenset({State.DRAFT, State.IN_REVIEW})

_INDEX: Final = re.compile(r"\[(\d+)\]")
_LIST: Final = re.compile(r"^(statements|sources|speakers|requests|artifacts)\[(\d+)\]\.?(.*)$")


def as_vetted(claim: Claim, today: str) -> Claim:
    """Return `claim` as it would stand if it were vetted on the day `today`."""
    return replace(
        claim,
        state=State.VETTED,
        last_reviewed_on=Day(today),
        statements=tuple(
            replace(each, state=State.VETTED) if each.state in OPEN else each for each in claim.statements
        ),
    )


def drafted(claim: Claim) -> tuple[Refusal, ...]:
    """Return what keeps `claim` from being a draft: what takes a review is asked for at the review alone."""
    return refusals(
        replace(
            claim,
            state=State.DRAFT,
            statements=tuple(
                replace(each, state=State.DRAFT) if each.state is State.VETTED else each
                for each in claim.statements
            ),
        )
    )


def missing(claim: Claim, today: str) -> tuple[str, ...]:
    """Return what stands between `claim` and its being vetted, each a sentence that names the field."""
    vetted = as_vetted(claim, today)
    found = [_sentence(each, vetted) for each in refusals(vetted)]
    if not any(each.state is State.VETTED for each in vetted.statements):
        found.append(catalogue().say("missing.statement"))
    return tuple(dict.fromkeys(found))


def at_fields(
    found: Iterable[Refusal], places: Mapping[str, str], *, known: Collection[Refusal] = ()
) -> Faults:
    """Return refusals by the field of the form that each belongs to.

    `places` maps the beginning of a path, such as `sources[2].url`, to the name of a field; the first of
    them stands for paths that belong to none, unless the refusal was `known` before.
    """
    made: Faults = {}
    # Where a list got one more item, the same refusal has another number.
    before = {_unnumbered(each) for each in known}
    for each in found:
        place = next((places[path] for path in _beginnings(each.field) if path in places), None)
        if place is None and _unnumbered(each) not in before:
            place = next(iter(places.values()))
        if place is not None:
            made.setdefault(place, fault_words(each))
    return made


def fault_words(refusal: Refusal) -> str:
    """Return what is wrong at a field, as a sentence that stands below it."""
    words = catalogue()
    own = f"fault.{_INDEX.sub('', refusal.field).replace('.', '_')}"
    if words.knows(own) and _is_plain(refusal):
        return words.say(own)
    wrong, right = refusal.wrong, _plainly(refusal.right)
    return words.say("form.refused", what=wrong[:1].upper() + wrong[1:], instead=right)


def _unnumbered(refusal: Refusal) -> tuple[str, str]:
    return _INDEX.sub("", refusal.field), refusal.wrong


def _is_plain(refusal: Refusal) -> bool:
    """Say whether a refusal is told whole by its field: it repeats nothing of what was typed."""
    return "“" not in refusal.wrong


def _plainly(right: str) -> str:
    """Return what would be right without the names that only a file of JSON has."""
    words = catalogue()
    for name in ("quote_mode", "date_note", "original_text", "said_on", "anonymity_reason"):
        if words.knows(f"field.{name}"):
            right = right.replace(name, f"“{words.say(f'field.{name}')}”")
    return right


def _beginnings(path: str) -> Iterator[str]:
    """Yield `path` and each shorter path that it begins with, the longest first."""
    yield path
    for end in range(len(path) - 1, 0, -1):
        if path[end] in ".[":
            yield path[:end]


def _sentence(refusal: Refusal, claim: Claim) -> str:
    words = catalogue()
    said = fault_words(refusal)
    held = _LIST.match(refusal.field)
    name = held[3] if held else refusal.field
    label_key = f"field.{_INDEX.sub('', name).split('.')[-1]}" if name else ""
    label = words.say(label_key) if words.knows(label_key) else ""
    where = _where(held[1], int(held[2]), claim) if held else ""
    if where and label:
        return words.say("missing.at_field", where=where, label=label, said=said)
    if where or label:
        return words.say("missing.at", where=where or f"“{label}”", said=said)
    return said


def _where(kind: str, number: int, claim: Claim) -> str:
    """Return what an item of an entry is called on a draft."""
    say = catalogue().say
    if kind == "statements":
        return say("missing.nth_statement", n=str(number + 1))
    if kind == "sources":
        source = claim.sources[number]
        return say("missing.source", name=shown(source.publisher))
    if kind == "speakers":
        return say("missing.speaker", name=shown(claim.speakers[number].name))
    return say("missing.request") if kind == "requests" else ""
