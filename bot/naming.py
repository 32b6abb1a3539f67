"""Names of a paste against those of a record: who or what is named there that the record does not name.

Pure. A name counts as known by any part of it that tells who is meant: without a title, by initials, by a
nickname, by a people for its country, and with a slip of a letter. The words are data of `bot.languages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from bot.answers import Difference, DifferenceKind
from bot.claims import Claim
from bot.folding import fold_typography
from bot.known import known_text, own_names, own_terms, remembered, wordings
from bot.languages import language
from bot.names import names
from bot.roles import Roles
from bot.terms import RARE, share, terms, words

LONG: Final = 6
"""Letters from which a name that is off by one is a slip."""
LEAST_INITIALS: Final = 2
"""Letters that initials have at least."""

_INITIAL: Final = re.compile(r"(?<![\w'])[^\W\d_]\.? (?=\w)")
_OF: Final = re.compile(r" (?:of|de|von|van) ")


def named(text: str, claim: Claim) -> Iterator[Difference]:
    """Yield the names in `text` that the record does not have, each with the record's where one is left."""
    found = names(text)
    if not found:
        return
    known = _known(known_text(claim))
    own = list(own_names(wordings(claim)[0]))
    said = frozenset(terms(text))
    for whole_name in found:
        # An initial tells nothing beside a name.
        each = _INITIAL.sub("", whole_name)
        parts = [part for part in _OF.split(each) if _is_unknown(part, known, own)]
        parts += [part for part in _OF.split(each) if not parts and _is_displaced(part, claim, own, said)]
        if parts:
            open_ = [other for other in own if not said.intersection(terms(other))]
            whole = len(parts) > 1 or parts[0] == _OF.split(each)[-1]
            shown = whole_name if whole else parts[0]
            yield _difference(shown, _namesake(parts[0], own) or (open_[0] if len(open_) == 1 else None))


def replaced(text: str, claim: Claim, part: Roles, deeds: tuple[Roles, ...]) -> Difference | None:
    """Return the name at the beginning of a sentence that does what somebody else does in the record.

    Its capital says nothing there; that the record has another name in its place does.
    """
    opening = re.match(r"[\W_]*([^\W\d_][\w'-]+)", text)
    if opening is None or not part.deeds or not may_be_name(opening[1]):
        return None
    first = frozenset(terms(opening[1]))
    known = _known(known_text(claim))
    deed = part.deeds[0]
    if not first or not first <= deed.doers or any(each in known for each in map(_one, first)):
        return None
    said = frozenset(terms(text))
    for wording in deeds:
        for own in wording.deeds:
            missing = own.doers & wording.names - said
            if own.key == deed.key and missing and not own.doers & deed.doers & part.names:
                name = next(
                    (each for each in own_names(wording.reading.text) if missing & {*terms(each)}), ""
                )
                if name and not name.lower().endswith(_endings()):
                    return _difference(opening[1], name)
    return None


def is_missed(text: str, claim: Claim) -> bool:
    """Say whether a name of the claim's text stands nowhere in `text`, in any form."""
    said = _known_terms(fold_typography(text))
    own = [each for each in own_names(wordings(claim)[0]) if may_be_name(each.split(" ")[-1])]
    return any(not any(_one(term) in said for term in terms(each)) for each in own)


def _is_unknown(name: str, known: frozenset[str], own: list[str]) -> bool:
    parts = [each for each in name.split(" ") if len(each) > 1]
    unknown = [each for each in parts if not _has(each, known)]
    if not unknown or _has(name, known) or _are_initials(name, own):
        return False
    return _is_other(parts, unknown, own)


def _is_other(parts: list[str], unknown: list[str], own: list[str]) -> bool:
    """Say whether a name with `unknown` words names somebody that the record does not.

    “Vladimir Putin” is the record's “Putin”; “Melania Trump” is not the record's “Donald Trump”, and
    “Donald Tusk” is not either.
    """
    if parts[-1] in unknown or len(parts) == 1:
        return True
    # The last two: what stands before them is a title, or a kind of thing.
    return parts[-2] in unknown and _namesake(" ".join(parts[-2:]), own, last=True) is not None


def _namesake(name: str, own: list[str], *, last: bool = False) -> str | None:
    """Return the fuller name on file with the same last name, or, if not `last`, the same first one."""
    parts = name.split(" ")
    for each in own:
        others = each.split(" ")
        ends, begins = others[-1] == parts[-1], others[0] == parts[0]
        if len(parts) > 1 and len(others) > 1 and ends != begins and (ends or not last):
            return each
    return None


def _is_displaced(name: str, claim: Claim, own: list[str], said: frozenset[str]) -> bool:
    """Say whether a name that stands only in what was said takes the place of one of the claim's own.

    “Larkmoor General Hospital” for “Brinewick General Hospital”, where the record names Larkmoor elsewhere.
    """
    known = frozenset(_one(term) for wording in wordings(claim) for term in _known_terms(wording))
    other = _namesake(name, own, last=True)
    first = name.split(" ", maxsplit=1)[0]
    return other is not None and not _has(first, known) and not said.intersection(terms(other.split(" ")[0]))


def _are_initials(name: str, own: list[str]) -> bool:
    """Say whether `name` is made of the first letters of a name on file: “BGH”, “DJT”."""
    if not (name.isupper() and len(name) >= LEAST_INITIALS):
        return False
    return any("".join(word[0] for word in each.split(" ")).upper().startswith(name) for each in own)


def _has(name: str, known: frozenset[str]) -> bool:
    return all(each in known or _is_slip(each, known) for each in map(_one, terms(name)))


def _is_slip(term: str, known: frozenset[str]) -> bool:
    """Say whether a long term is off by one letter from a known one that begins alike."""
    if len(term) < LONG:
        return False
    near = (each for each in known if each[0] == term[0] and abs(len(each) - len(term)) <= 1)
    return any(_is_off_by_one(*sorted((each, term), key=len)) for each in near)


def _is_off_by_one(short: str, long: str) -> bool:
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) == len(long):
        return short[at + 1 :] == long[at + 1 :]
    return short[at:] == long[at + 1 :]


@remembered
def _known(text: str) -> frozenset[str]:
    """Return the terms of a record, with those for the seats of the governments that it names."""
    found = _known_terms(text)
    seats: dict[str, str] = language()["names"]["seats"]
    more = (term for key, line in seats.items() for term in terms(line) if _one_of_all(key) & found)
    return found | frozenset(more)


def _known_terms(text: str) -> frozenset[str]:
    # The words as they stand as well: “Will” and “May” are names, and tell nothing elsewhere.
    return frozenset(map(_one, (*own_terms(text), *words(text))))


def _one_of_all(key: str) -> frozenset[str]:
    return frozenset({_one(term) for term in terms(key)} | {key})


def _one(term: str) -> str:
    return _groups().get(term, term)


@cache
def _groups() -> dict[str, str]:
    same: dict[str, str] = language()["names"]["same"]
    return {term: key for key, line in same.items() for word in line.split() for term in (*terms(word), word)}


@cache
def _endings() -> tuple[str, ...]:
    return tuple(language()["names"]["endings"].split())


def may_be_name(word: str) -> bool:
    """Say whether a word with a capital may be a name: no common one, and no kind of people or of thing."""
    found = terms(word)
    if any(each in _groups() for each in found):
        return True
    return (
        bool(found) and all(share(each) <= RARE for each in found) and not word.lower().endswith(_endings())
    )


def _difference(pasted: str, record_: str | None) -> Difference:
    return Difference(kind=DifferenceKind.NAME, pasted=pasted, record=record_)
