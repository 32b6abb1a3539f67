"""Negation: which words of a sentence are turned round by a word that denies.

Pure. A word of negation (“not”, “no”, “failed to”) turns round the words after it, up to the end of its
clause. The words, and the phrases with one of them that negate nothing, are data of `bot.languages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from bot.languages import language, phrases
from bot.names import names
from bot.records import record
from bot.terms import terms

WINDOW: Final = 2
"""Words after a word of negation that are shown with it."""
REACH: Final = 25
"""Words that a word of negation turns round at most; it also bounds the work on a long text."""
_URGED: Final = 5
"""Words before “not to” in which “told” or “warned” may stand: “told him not to”."""

_TOKEN: Final = re.compile(r"(?<!\w)[^\W\d_][\w&]*(?:['’.-][^\W_]+)*|\d[\w,.%]*")
_ALONE: Final = re.compile(r"\s*[,.!:;]")
_THAT: Final = re.compile(r" that\b", re.IGNORECASE)
_STOP: Final = re.compile(r"[;:!?()\n\"]|\.\s| - ")
_MARK: Final = re.compile(r"[,;:!?()\n\"]|\.\s| - ")


@record
class Turn:
    """What turns words round: it stands in the words `start` up to `end` and turns those in `scope`.

    `subordinate`: it stands in a clause that hangs on another one (“if he did not …”).
    """

    start: int
    end: int
    scope: range
    subordinate: bool = False


@record
class Reading:
    """A sentence, and for each of its words: itself, its place, terms, pairs of opposites, and clause.

    A pair is told by its name and the side on which the word stands, 0 or 1. `weak` are the terms that
    name or count something: alone, they do not tell what is denied.
    """

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    terms: tuple[tuple[str, ...], ...]
    pairs: tuple[tuple[tuple[str, int], ...], ...]
    clauses: tuple[int, ...]
    turns: tuple[Turn, ...]
    weak: frozenset[str]
    known: frozenset[str]

    def shown(self, start: int, end: int) -> str:
        """Return the words from `start` up to `end`, with the few that follow."""
        last = min(end - 1 + WINDOW, len(self.spans) - 1)
        return self.text[self.spans[start][0] : self.spans[last][1]]

    def rest_of_clause(self, place: int) -> range:
        """Return the words from `place` to the end of its clause."""
        end = place
        while end < min(len(self.clauses), place + REACH) and self.clauses[end] == self.clauses[place]:
            end += 1
        return range(place, end)


def read(text: str) -> Reading:
    """Return how `text`, one sentence with folded typography, is read."""
    tokens = list(_TOKEN.finditer(text))
    words = [each[0].lower() for each in tokens]
    found = list(_found(text, tokens, words))
    own = {place for start, end in found for place in range(start, end)}
    stems = [[] if n in own else _stems(each[0]) for n, each in enumerate(tokens)]
    keys = tuple(tuple(dict.fromkeys(key for each in stem for key in paired(each))) for stem in stems)
    clauses = _clauses(text, tokens, words)
    hanging = frozenset(language()["negation"]["subordinate"].split())
    first = {clause: n for n, clause in reversed(list(enumerate(clauses)))}
    named = {key for name in names(text) for each in terms(name) for key in paired(each)}
    return Reading(
        text=text,
        words=tuple(words),
        spans=tuple(each.span() for each in tokens),
        terms=keys,
        pairs=tuple(tuple(pair for each in stem for pair in _pairs().get(each, ())) for stem in stems),
        clauses=clauses,
        turns=tuple(
            Turn(
                start=start,
                end=end,
                scope=_scope(text, tokens, words, keys, (start, end)),
                subordinate=words[first[clauses[start]]] in hanging,
            )
            for start, end in found
        ),
        weak=frozenset(named | {key for each in keys for key in each if key[:1].isdigit()}),
        known=frozenset(key for each in keys for key in each),
    )


def attitudes() -> frozenset[str]:
    """Return the terms that say how somebody takes a thing (“believe”, “like”)."""
    words = language()["negation"]["attitudes"].split()
    return frozenset(key for word in words for term in _stems(word) for key in paired(term))


def _stems(word: str) -> list[str]:
    # “Like” and “more” say nothing about what a text is about, and much about what it says of it.
    lower = word.lower()
    return terms(word) or ([lower] if lower in _weighty() else [])


@cache
def _weighty() -> frozenset[str]:
    data: dict[str, Any] = language()["negation"]
    sides = (line for sides in data["opposites"].values() for line in sides)
    return frozenset(word for line in (data["attitudes"], *sides) for word in line.split())


def paired(term: str) -> tuple[str, ...]:
    """Return the terms that stand for all forms and opposites of `term`."""
    found = tuple(key for key, _ in _pairs().get(term, ()))
    return found or (_forms().get(term, term),)


def _found(text: str, tokens: list[re.Match[str]], words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where the negations of `text` stand, as places of words."""
    data: dict[str, Any] = language()["negation"]
    known, ending = frozenset(data["words"].split()), data["ending"]
    idle = [each.span() for each in phrases("negation", "idle").finditer(text)]
    whole = [each.span() for each in phrases("negation", "phrases").finditer(text)]
    behind = (each.span() for each in phrases("negation", "behind").finditer(text))
    whole += [(start, stop) for start, stop in behind if not _THAT.match(text, stop)]
    asks = text.rstrip(" \"')").endswith("?")
    end = 0
    for n, token in enumerate(tokens):
        if n < end or any(start <= token.start() < stop for start, stop in idle):
            continue
        phrase = next((stop for start, stop in whole if start == token.start()), None)
        if phrase is not None:
            end = next((m for m in range(n, len(tokens)) if tokens[m].start() >= phrase), len(tokens))
            yield n, end
        elif words[n] in known or words[n].endswith(ending):
            # “Aren't dogs banned?” asks whether they are; “no, they are” says that they are.
            asked = asks and n == 0 and words[n].endswith(ending)
            alone = words[n] == "no" and _ALONE.match(text, token.end())
            if not (asked or alone or _urges(text, tokens, words, n)):
                yield n, n + 1


def _urges(text: str, tokens: list[re.Match[str]], words: list[str], place: int) -> bool:
    """Say whether the negation belongs to what somebody was told to do: “warned him not to”, “: don't”."""
    urging = frozenset(language()["negation"]["urging"].split())
    bare = words[place : place + 2] == ["not", "to"]
    before = text[: tokens[place].start()].rstrip(" '\"")[-1:]
    if not bare and not (words[place] in {"don't", "do", "dont"} and before in {":", ","}):
        return False
    return bool(urging.intersection(words[max(0, place - _URGED) : place]))


def _clauses(text: str, tokens: list[re.Match[str]], words: list[str]) -> tuple[int, ...]:
    data = language()["negation"]
    ends = frozenset(data["ends"].split() + data["within"].split())
    clause, before, found = 0, 0, []
    for token, word in zip(tokens, words, strict=True):
        clause += bool(_MARK.search(text[before : token.start()]) or word in ends)
        found.append(clause)
        before = token.end()
    return tuple(found)


def _scope(
    text: str,
    tokens: list[re.Match[str]],
    words: list[str],
    keys: Sequence[tuple[str, ...]],
    at: tuple[int, int],
) -> range:
    """Return the words that the negation at the words `at` turns round."""
    data: dict[str, Any] = language()["negation"]
    ends, short = frozenset(data["ends"].split()), frozenset(data["short"].split())
    start, end = at
    behind = phrases("negation", "behind").match(text, tokens[start].start())
    if behind and not _THAT.match(text, behind.end()):
        # “That … is a hoax”: what stands before it is denied.
        first = start
        while first > max(0, start - REACH) and not _STOP.search(
            text[tokens[first - 1].end() : tokens[first].start()]
        ):
            first -= 1
        return range(first, end)
    weight = 0
    tag = frozenset(data["asked"].split())
    while end < min(len(tokens), at[1] + REACH):
        between = text[tokens[end - 1].end() : tokens[end].start()]
        if weight and (words[end] in ends or words[start] in short or _MARK.search(between)):
            break
        # “Wasn't she, …” asks and denies nothing; “in fact” and the like may stand between two commas.
        if not weight and end == at[1] + 1 and words[end - 1] in tag and _MARK.search(between):
            break
        weight += bool(keys[end])
        end += 1
    if weight and words[end : end + 1] and words[end] in data["when"].split():
        return range(start, at[1])
    # “Have banned no supporter”, “said nothing”: the verb before is turned round as well.
    whole = frozenset(data["whole"].split())
    if start and words[start] in whole and text[tokens[start - 1].end() : tokens[start].start()] == " ":
        start -= 1
    return range(start, end)


@cache
def _forms() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in language()["negation"]["forms"].values():
        stems = [term for word in line.split() for term in terms(word)]
        found |= dict.fromkeys(stems, stems[0])
    return found


@cache
def _pairs() -> dict[str, tuple[tuple[str, int], ...]]:
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for key, sides in language()["negation"]["opposites"].items():
        for side, line in enumerate(sides):
            for term in dict.fromkeys(term for word in line.split() for term in terms(word) or [word]):
                found[term] = (*found.get(term, ()), (key, side))
    return found
