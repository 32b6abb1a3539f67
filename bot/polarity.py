"""Polarity: whether a sentence says with the opposite sign what a wording on file says.

Pure. Signs are compared word by word: a word that two sentences share is turned round by negations in
the one and not in the other. Of two opposite words (“banned”, “allowed”) one counts as the negation of
the other, and two turns undo each other. Nothing here understands a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.languages import language
from bot.negation import Reading, Turn, attitudes

NEAR: Final = 2
"""Terms that a sentence shares with a wording before their signs are compared."""
WHOLE: Final = 3
"""Words of weight that “no” denies: “no phone conversations”, with the verb before it."""
SHOWN: Final = 6
"""Words of the paste that are shown where it lacks the record's negation."""

_OWN: Final = frozenset({"i", "we"})

Contrast = tuple[str, str | None]
"""The words of the paste, and those of the record: None where it merely lacks the negation."""

_SILENT: Final[Contrast] = ("", None)
"""A wording denies something of which the paste does not speak: it neither agrees nor contradicts."""


def contrast(
    paste: Reading, wordings: Sequence[Reading], agreed: frozenset[str] = frozenset()
) -> Contrast | None:
    """Return what the sentence `paste` says with the opposite sign, or None where it is not seen to.

    It is compared with the wording that shares most terms with it; where several share as many, one
    that agrees is enough. A wording may itself be negated (“no longer takes dogs” for “dogs are
    banned”): it says the same in other words, so that only its own words are held against the paste.
    The words `agreed` are no opposites, though they look like some.
    """
    shares = [len(paste.known & each.known) for each in wordings]
    most = max(shares, default=0)
    if most < NEAR:
        return None
    told = [
        _against(paste, each, agreed) for each, share in zip(wordings, shares, strict=True) if share == most
    ]
    known = [each for each in told if each != _SILENT]
    return None if None in known or not known else known[0]


def _against(paste: Reading, wording: Reading, agreed: frozenset[str]) -> Contrast | None:
    mine, theirs = _denials(paste, wording), _denials(wording, paste)
    opposites = [each for each in _opposites(paste, wording, mine) if paste.words[each.start] not in agreed]
    turns = [*mine, *opposites]
    if not turns:
        # “Could not carry lorries” says nothing against what does not speak of carrying.
        said = [each for each in theirs if _head(wording, each) & paste.known]
        if theirs and not said:
            return _SILENT
        theirs = said
    one_sided = not (turns and theirs)
    weak = paste.weak | wording.weak
    shared = paste.known & wording.known
    turned, denied, agreed_on = set(), set(), False
    for key in dict.fromkeys(key for keys in paste.terms for key in keys if key in shared):
        signs = _signs(paste, key, turns), _signs(wording, key, theirs)
        if signs == ("-", "-") and key not in weak:
            denied.add(key)
        agreed_on |= signs == ("+", "+") and key in _paired(paste) & _paired(wording)
        if {*signs} != {"+", "-"}:
            continue
        turning = [each for each in turns if _covers(paste, each, key)]
        turning += [each for each in theirs if _covers(wording, each, key)]
        # “Putin did not …” and “Trump …” share a name: it tells something only beside no other negation.
        if key not in weak or (one_sided and not all(each.subordinate for each in turning)):
            turned.add(key)
    # What both deny outweighs as much that only one of them does: where a negation ends is a guess.
    # “No traffic may use the bridge, it is closed”: both say closed, and neither denies it.
    nobody = frozenset(language()["negation"]["whole"].split())
    only = all(nobody.intersection(paste.words[each.start : each.start + 2]) for each in mine)
    if agreed_on and mine and only and not theirs and not turned & (_paired(paste) | _paired(wording)):
        return None
    if not turned or (denied and len(turned - weak) <= len(denied)):
        return None
    return _words(paste, wording, (mine, opposites), theirs)


def _paired(reading: Reading) -> frozenset[str]:
    return frozenset(key for pairs in reading.pairs for key, _ in pairs)


def _head(reading: Reading, turn: Turn) -> frozenset[str]:
    """Return the terms that a negation turns round first: what it denies, and not of whom or of what."""
    whole = frozenset(language()["negation"]["whole"].split())
    heads = [reading.terms[place] for place in turn.scope if reading.terms[place]]
    several = turn.start < len(reading.words) and reading.words[turn.start] in whole
    return frozenset(key for keys in heads[: WHOLE if several else 1] for key in keys)


def _signs(reading: Reading, key: str, turns: Sequence[Turn]) -> str:
    """Return the signs of `key`: `+`, `-`, and `?` where a turn of the same clause leaves it out."""
    found = set()
    for place, keys in enumerate(reading.terms):
        if key in keys:
            over = sum(place in each.scope for each in turns)
            beside = any(
                reading.clauses[each.start] == reading.clauses[place] and place not in each.scope
                for each in turns
            )
            found.add("?" if beside else "-" if over % 2 else "+")
    return "".join(sorted(found))


def _covers(reading: Reading, turn: Turn, key: str) -> bool:
    return any(key in reading.terms[place] for place in turn.scope)


def _words(
    paste: Reading, wording: Reading, mine: tuple[list[Turn], list[Turn]], theirs: list[Turn]
) -> Contrast:
    """Return the words that are shown: those of a negation, and else those of two opposites."""
    denials, opposites = mine
    on_file = wording.shown(theirs[0].start, theirs[0].end) if theirs else None
    if denials:
        return paste.shown(denials[0].start, denials[0].end), on_file
    if opposites and on_file is None:
        keys = {(key, 1 - side) for key, side in paste.pairs[opposites[0].start]}
        place = next(n for n, pairs in enumerate(wording.pairs) if keys.intersection(pairs))
        return paste.shown(opposites[0].start, opposites[0].end), wording.shown(place, place + 1)
    return " ".join(paste.text.split(" ")[:SHOWN]), on_file


def _denials(reading: Reading, other: Reading) -> list[Turn]:
    """Return the negations of `reading` without those that say how somebody took it.

    “Putin did not believe Trump” denies nothing of a record that does not speak of believing; “I do
    not believe that …” does.
    """
    beliefs = frozenset(language()["negation"]["beliefs"].split())
    ways = attitudes() - other.known
    kept = []
    for turn in reading.turns:
        taken = ways.intersection(next((each for n in turn.scope if (each := reading.terms[n])), ()))
        own = _OWN.intersection(reading.words[max(0, turn.start - 2) : turn.start])
        if not taken or (own and taken <= beliefs):
            kept.append(turn)
    return kept


def _opposites(paste: Reading, wording: Reading, denials: Sequence[Turn]) -> list[Turn]:
    """Return the words of `paste` whose opposite stands in `wording`, as turns.

    Where the paste has the record's word as well (“kept quiet about why he was dismissed”), another
    one counts only where it is denied.
    """
    mine = {each for pairs in paste.pairs for each in pairs}
    theirs = {each for pairs in wording.pairs for each in pairs}
    return [
        Turn(start=place, end=place + 1, scope=paste.rest_of_clause(place))
        for place, pairs in enumerate(paste.pairs)
        for key, side in pairs
        if (key, side) not in theirs
        and (key, 1 - side) in theirs
        and ((key, 1 - side) not in mine or any(place in each.scope for each in denials))
    ]
