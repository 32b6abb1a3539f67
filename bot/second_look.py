"""A second look: what a language model says of the entries that matching found, and what may come of it.

Pure. The model gives one label for each entry that it was asked about. A label may put an entry lower, leave
it out, or make the same claim of a close one in which the code sees no difference; nothing else in an
answer depends on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, TypeAlias

from bot.answers import ClaimRecord, Tier
from bot.display import tidy
from bot.matching import KEYWORDS
from bot.terms import word_count

MOST: Final = 10
"""Entries that are asked about."""
LONGEST: Final = 4_000
"""Characters of a pasted text that are sent."""
LETTERS: Final = "abcdefghij"
"""What the entries are called towards the model, in their order: no id of the ledger is sent."""


class Likeness(StrEnum):
    """What a pasted text is to an entry."""

    SAME = "same"
    NARROWER = "narrower"
    BROADER = "broader"
    CONTRADICTS = "contradicts"
    RELATED = "related"
    UNRELATED = "unrelated"


Labels: TypeAlias = tuple[Likeness | None, ...]
"""One for each entry that was asked about, in order; None where there is none that counts."""


def variables(pasted: str, records: Sequence[ClaimRecord]) -> dict[str, str]:
    """Return what the prompt `second_look` is filled with: the parts of the paste, and the entries' wordings.

    Where every entry answers a part of the paste, the parts are sent and not the rest.
    """
    shown = records[:MOST]
    parts = [each.part for each in shown if each.part]
    text = "\n".join(dict.fromkeys(parts)) if len(parts) == len(shown) else pasted
    lines = (f"{letter}: {tidy(each.text)}" for letter, each in zip(LETTERS, shown, strict=False))
    return {"pasted": text[:LONGEST], "entries": "\n".join(lines)}


def labels_in(value: object, count: int) -> Labels:
    """Return the labels in a model's answer about `count` entries. Never raises, whatever `value` is.

    What is not of the form, names an entry that was not asked about, or labels one in two ways, is ignored.
    """
    rows = value.get("labels") if isinstance(value, Mapping) else None
    found: dict[str, set[Likeness | None]] = {}
    for each in rows if isinstance(rows, list | tuple) else ():
        if isinstance(each, Mapping) and isinstance(key := each.get("id"), str):
            found.setdefault(key, set()).add(_likeness(each.get("label")))
    labels = (found.get(letter, {None}) for letter in LETTERS[: min(count, MOST)])
    return tuple(next(iter(each)) if len(each) == 1 else None for each in labels)


def _likeness(label: Any) -> Likeness | None:
    return Likeness(label) if isinstance(label, str) and label in set(Likeness) else None


def looked_again(
    records: Sequence[ClaimRecord],
    labels: Mapping[str, Likeness | None],
    *,
    exact: Collection[str],
    text: str,
) -> tuple[ClaimRecord, ...]:
    """Return of `records` what is left, each with its tier after the second look.

    `labels` are those of the entries by their ids. What was judged the same comes first, and else the order
    stays. `exact` are the ids of those of which the paste is a wording on file: no label changes them. `text`
    is the whole paste, for entries without a part.
    """
    found = []
    for each in records:
        tier = each.tier if each.id in exact else _tier(each, labels.get(each.id), text)
        if tier is not Tier.NONE:
            found.append(each if tier is each.tier else replace(each, tier=tier))
    first = {key for key, label in labels.items() if label is Likeness.SAME} | set(exact)
    return tuple(sorted(found, key=lambda each: (each.id not in exact, each.id not in first)))


def _tier(record: ClaimRecord, label: Likeness | None, text: str) -> Tier:
    """Return the tier of an entry under `label`; what the code found different stays what it was."""
    if label is None or record.tier is Tier.NONE:
        return record.tier
    if label is Likeness.UNRELATED:
        return Tier.NONE
    if label is not Likeness.SAME:
        return Tier.CLOSE
    is_keyword = word_count(record.part or text) <= KEYWORDS
    return record.tier if record.differences or is_keyword else Tier.SAME
