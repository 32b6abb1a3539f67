"""Roles: who did it to whom, as far as the order of the words tells.

Pure. Around a word for a deed stand those who do it and those to whom it is done; a passive (“was told by”)
and the deed seen from the other side (“borrowed” for “lent”) turn them round. Where the two sides of a paste
are those of the record the other way round, that is said. The words are data of `bot.languages`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from bot.known import remembered
from bot.languages import language
from bot.names import names
from bot.negation import Reading, paired, read
from bot.records import record
from bot.terms import terms

NEAR: Final = 6
"""Words beside a deed that are shown with it at most."""
_CHAIN: Final = 4
"""Words between a form of “to be” and its participle at most."""
_ASIDE: Final = 3
"""Words behind “in”, “at” and the like that say where or when."""
_BY: Final = 9
"""Words behind a deed in which “by” belongs to it."""


@record
class Deed:
    """What was done (`key`), by whom and to whom, as terms; `place` is its word.

    `seen` is what side it is told from, 1 for the other one (“borrowed”). `sure` is off where the one who
    does it is only a pronoun, taken to be who is spoken of first.
    """

    key: str
    place: int
    doers: frozenset[str]
    others: frozenset[str]
    seen: int
    sure: bool


@record
class Roles:
    """A sentence with its deeds; `names` are the terms of names in it."""

    reading: Reading
    deeds: tuple[Deed, ...]
    names: frozenset[str]

    def shown(self, deed: Deed) -> str:
        """Return the words around a deed with those who take part in it."""
        reading, involved = self.reading, deed.doers | deed.others
        places = range(max(0, deed.place - NEAR), min(len(reading.words), deed.place + NEAR + 1))
        kept = [n for n in places if n == deed.place or involved.intersection(reading.terms[n])]
        return reading.text[reading.spans[kept[0]][0] : reading.spans[kept[-1]][1]]


def roles(reading: Reading) -> Roles:
    """Return who does what to whom in the sentence `reading`."""
    found = {
        key for name in names(reading.text, strict=False) for each in terms(name) for key in paired(each)
    }
    return Roles(reading=reading, deeds=tuple(_deeds(reading)), names=frozenset(found))


@remembered
def own_roles(text: str) -> Roles:
    """Return who does what to whom in a wording of a record, which is remembered."""
    return roles(read(text))


def swapped(paste: Roles, wordings: Sequence[Roles]) -> tuple[str, str] | None:
    """Return the words of the paste and of the record where they tell who did it to whom the other way round.

    None where they do not, or where one wording has the same roles as the paste.
    """
    for deed in paste.deeds:
        found = None
        for wording in wordings:
            for own in wording.deeds:
                if own.key != deed.key:
                    continue
                if _same(deed, own, paste.names & wording.names):
                    found = None
                    break
                if found is None and _turned(deed, own, paste, wording):
                    found = paste.shown(deed), wording.shown(own)
            else:
                continue
            break
        if found is not None:
            return found
    return None


def told_from_other_side(paste: Roles, wordings: Sequence[Roles]) -> frozenset[str]:
    """Return the words of the paste that tell a deed of the record, with its roles, from the other side.

    “Lost to Ellerby” is no contradiction of “Ellerby beat”.
    """
    return frozenset(
        paste.reading.words[deed.place]
        for deed in paste.deeds
        for wording in wordings
        for own in wording.deeds
        if own.key == deed.key and own.seen != deed.seen and _same(deed, own, paste.names & wording.names)
    )


def _same(one: Deed, other: Deed, named: frozenset[str]) -> bool:
    doers, others = one.doers & other.doers & named, one.others & other.others & named
    return bool(doers or others) and not (
        one.doers & other.others & named or one.others & other.doers & named
    )


def _turned(deed: Deed, own: Deed, paste: Roles, wording: Roles) -> bool:
    # Where and when it was done may stand on either side.
    aside = _aside(paste.reading) | _aside(wording.reading)
    named = (paste.names & wording.names) - aside
    risen, fallen = (deed.doers & own.others) - aside, (deed.others & own.doers) - aside
    if deed.doers & own.doers & named:
        return False
    # Names that have changed places; what else stands beside them may stand where it stood.
    if risen & named - deed.others and fallen & named - deed.doers:
        return True
    if deed.others & own.others & named:
        return False
    if risen - deed.others and fallen - deed.doers:
        return True
    if not deed.sure or not own.sure:
        return False
    # Who did it has become the one to whom it was done, and somebody else on file does it.
    known = wording.reading.known
    displaced = fallen & named - deed.doers and deed.doers & known and not deed.doers & own.doers
    return bool(displaced or (risen & named - deed.others and deed.others and not deed.others & own.others))


def _aside(reading: Reading) -> frozenset[str]:
    """Return the terms behind “in”, “at” and the like."""
    where = frozenset(language()["roles"]["where"].split())
    places = (
        range(n + 1, min(n + 1 + _ASIDE, len(reading.words)))
        for n, w in enumerate(reading.words)
        if w in where
    )
    return frozenset(key for each in places for n in each for key in reading.terms[n])


def _deeds(reading: Reading) -> Iterator[Deed]:
    data = language()["roles"]
    ends, pronouns = frozenset(data["ends"].split()), frozenset(data["pronouns"].split())
    places = [(n, *found) for n in range(len(reading.words)) if (found := _deed(reading, n)) is not None]
    first: frozenset[str] | None = None
    before: Deed | None = None
    for count, (n, key, seen) in enumerate(places):
        start = places[count - 1][0] + 1 if count else 0
        left, sure = _terms(reading, range(start, n)), True
        head = _head(reading, n)
        if reading.words[head - 1 : head] and reading.words[head - 1] in pronouns:
            left, sure = left if first is None else first, False
        elif n and reading.words[n - 1] == data["to"] and before is not None:
            # “Took money to let …”: who took it lets; of “told him to let” it is he.
            left = before.others if before.key in data["urging"].split() else _raw(before)
        end = places[count + 1][0] if count + 1 < len(places) else len(reading.words)
        end = next((m for m in range(n + 1, end) if reading.words[m] in ends), end)
        doers, others = _sides(reading, n, left, range(n + 1, end), key)
        if seen:
            doers, others = others, doers
        before = Deed(key=key, place=n, doers=doers, others=others, seen=seen, sure=sure)
        if first is None:
            first = left
        yield before


def _raw(deed: Deed) -> frozenset[str]:
    return deed.others if deed.seen else deed.doers


def _sides(
    reading: Reading, place: int, left: frozenset[str], after: range, key: str
) -> tuple[frozenset[str], frozenset[str]]:
    """Return who stands on the side that does it and who on the other, a passive turned round."""
    data = language()["roles"]
    words = reading.words
    is_noun = words[place] in _nouns(key)
    marks = frozenset(data["from"].split() if is_noun else data["by"].split())
    by = next((m for m in after[:_BY] if words[m] in marks), None)
    right = _terms(reading, after)
    passive = is_noun or by == place + 1 or _is_passive(words, place)
    if passive and by is not None and by + 1 < len(words) and _is_somebody(words[by + 1]):
        doers = _terms(reading, range(by + 1, after.stop))
        return doers, left | _terms(reading, range(after.start, by))
    if not is_noun and passive:
        return frozenset(), left | right
    return left, right


def _is_somebody(word: str) -> bool:
    # “By talking”, “by 10 percent”, “by 2028”: nobody did it.
    return not word.endswith("ing") and not word[0].isdigit()


def _is_passive(words: Sequence[str], place: int) -> bool:
    data = language()["roles"]
    forms, between = frozenset(data["passive"].split()), frozenset(data["between"].split())
    for n in range(place - 1, max(-1, place - 1 - _CHAIN), -1):
        if words[n] in forms and not words[place].endswith("ing"):
            return True
        if words[n] not in between:
            return False
    return False


def _head(reading: Reading, place: int) -> int:
    """Return where the words of the verb at `place` begin: “would bomb”, “had been told”."""
    n = place
    while n and not reading.terms[n - 1] and reading.words[n - 1] in _auxiliaries():
        n -= 1
    return n


def _terms(reading: Reading, places: range) -> frozenset[str]:
    return frozenset(
        key for n in places for key in reading.terms[n] if not key[:1].isdigit() and _deed(reading, n) is None
    )


def _deed(reading: Reading, place: int) -> tuple[str, int] | None:
    """Return the deed that the word at `place` tells, and from which side; None where it tells none."""
    word = reading.words[place]
    found = _known_deeds().get(word)
    before = reading.words[place - 1] if place else ""
    articles = language()["roles"]["articles"].split()
    if (
        place
        and reading.text[reading.spans[place][0]].isupper()
        and reading.text[reading.spans[place][0] + 1 :][:1].islower()
    ):
        return None  # a name, such as “Beats”
    if found is not None and before in articles and word in _nouns(found[0]):
        # “Offered a loan” is one deed, “a warning from Trump” another one.
        after = reading.words[place + 1] if place + 1 < len(reading.words) else ""
        return found if after in language()["roles"]["from"].split() else None
    if found is not None and not (before in {"his", "her", "my"} and word in {"love", "help"}):
        return found
    if not word.endswith("ed") or not reading.terms[place] or set(reading.terms[place]) & reading.weak:
        return None
    if before in articles:
        return None
    return (terms(word) or [word])[0], 0


@cache
def _known_deeds() -> dict[str, tuple[str, int]]:
    deeds: dict[str, list[str]] = language()["roles"]["deeds"]
    return {
        word: (key, side)
        for key, sides in deeds.items()
        for side, line in enumerate(sides)
        for word in line.split()
    }


@cache
def _nouns(key: str) -> frozenset[str]:
    sides: list[str] = language()["roles"]["deeds"].get(key, [])
    return frozenset(
        word for line in sides for word in line.split() if word in language()["roles"]["nouns"].split()
    )


@cache
def _auxiliaries() -> frozenset[str]:
    data: dict[str, Any] = language()["roles"]
    return frozenset(f"{data['passive']} {data['between']} {data['auxiliaries']}".split())
