"""Cues in a parsed text: the verb, noun or phrase that ascribes something to somebody, with whom and what.

Pure. It reads the tree of the sentence alone and knows no quotation marks; places are those of words.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, TypeAlias

from bot.drafting.english import words
from bot.drafting.parsing import Parsed
from bot.records import record

Run: TypeAlias = "tuple[int, int]"
"""Words from the first to the last, inclusive."""

_CLIMB: Final = 6
_SUBJECTS: Final = ("nsubj", "csubj")
_VERBS: Final = frozenset({"VERB", "AUX"})


class Sort(StrEnum):
    """What sort of cue: a word of speech, one of belief or intention, or a phrase such as “according to”."""

    SPEECH = "speech"
    THOUGHT = "thought"
    PHRASE = "phrase"


@record
class Cue:
    """A cue at word `place`; `source` is whom it names (its head at `who`), `content` what is ascribed."""

    place: int
    sort: Sort
    who: int | None
    source: Run | None
    content: tuple[Run, ...]


def cues(read: Parsed) -> Iterator[Cue]:
    """Yield every cue with its source and content, in the order of the text; either may be empty."""
    for place, word in enumerate(read.words):
        found: Cue | None = None
        if word.pos in _VERBS and word.lemma in words("verbs", "speech") | words("verbs", "thought"):
            found = _verb(read, place)
        elif word.lemma in {"accord", "according"} or word.text.lower() == "according":
            found = _according(read, place)
        elif word.pos == "NOUN" and word.lemma in words("nouns", "statements"):
            found = _noun(read, place)
        elif word.pos in {"ADJ", "VERB"} and word.text.lower() in words("adjectives", "thought"):
            found = _adjective(read, place)
        if found is not None:
            yield found


def subject(read: Parsed, place: int, left: int = _CLIMB) -> int | None:
    """Return the word that does what the verb at `place` says, over the clauses that lend theirs."""
    own = read.having(place, *_SUBJECTS)
    if own:
        return own[-1] if read.words[own[-1]].text not in {"]", ")"} else own[0]
    if read.having(place, "nsubjpass"):
        agents = [pobj for by in read.having(place, "agent") for pobj in read.having(by, "pobj")]
        return agents[0] if agents else None
    return _lent(read, place, left) if left and read.words[place].dep != "ROOT" else None


def _lent(read: Parsed, place: int, left: int) -> int | None:
    word = read.words[place]
    head = read.words[word.head]
    if word.dep in {"acl", "relcl"} and head.pos in {"NOUN", "PROPN", "PRON"}:
        return word.head if word.tag == "VBG" else None
    if word.dep == "xcomp" and head.lemma not in words("verbs", "own-intentions"):
        # “prompting the mayor to demand”: who does it is the object of the verb before.
        objects = [each for each in read.having(word.head, "dobj") if each < place]
        if objects:
            return objects[-1]
    clause = word.dep in {"conj", "xcomp", "advcl", "pcomp", "dep"} and head.pos in _VERBS | {"ADP", "SCONJ"}
    if clause or (word.dep == "prep" and head.pos in _VERBS):
        return subject(read, word.head, left - 1)
    return None


def noun_phrase(read: Parsed, head: int, place: int) -> Run:
    """Return the words of the noun phrase of `head`, as far as they do not go beyond the cue at `place`."""
    tree = set(read.tree(head))
    if place in tree:
        # A clause hangs on it that holds the cue: “the man saying that …”.
        branch = place
        while read.words[branch].head != head and read.words[branch].head != branch:
            branch = read.words[branch].head
        tree -= set(read.tree(branch))
    first = last = head
    while first - 1 in tree:
        first -= 1
    while last + 1 in tree:
        last += 1
    while last > head and read.words[last].pos == "PUNCT" and read.words[last].text not in ")]":
        last -= 1
    return first, last


def _verb(read: Parsed, place: int) -> Cue | None:
    word = read.words[place]
    lemma = word.lemma
    sort = Sort.SPEECH if lemma in words("verbs", "speech") else Sort.THOUGHT
    heads = read.having(place, "ccomp")
    if not heads and lemma in words("verbs", "intentions"):
        heads = [each for each in read.having(place, "xcomp") if _has_to(read, each)]
    if not heads and read.having(place, "oprd"):
        heads = [*read.having(place, "dobj"), *read.having(place, "oprd")]
    if not heads and lemma in words("verbs", "objects"):
        heads = read.having(place, "dobj")
        if heads and lemma in words("verbs", "accusation"):
            heads = []
    if not heads and lemma in words("verbs", "prepositional"):
        small = words("verbs", "prepositions")
        heads = [
            pobj
            for prep in read.having(place, "prep")
            if read.words[prep].lemma in small and prep > place
            for pobj in read.having(prep, "pobj", "pcomp")
        ][:1]
    if not heads and word.dep == "parataxis":
        return _made(read, place, sort, subject(read, place), _beside(read, word.head, place))
    runs = tuple(run for each in sorted(heads) for run in _around(read, each, place))
    return _made(read, place, sort, _speaker(read, place), _joined(runs))


def _speaker(read: Parsed, place: int) -> int | None:
    who = subject(read, place)
    if who is None and read.words[place].tag != "VBN":
        # “…,” said the mayor: the parser now and then takes the inverted subject for an object.
        after = [each for each in read.having(place, "dobj", "attr", "npadvmod") if each > place]
        if after and read.words[after[0]].pos == "PROPN" and read.words[place].dep in {"ROOT", "parataxis"}:
            return after[0]
    return who


def _has_to(read: Parsed, place: int) -> bool:
    return any(read.words[each].tag == "TO" for each in read.words[place].below)


def _according(read: Parsed, place: int) -> Cue | None:
    named = [pobj for to in read.having(place, "prep") for pobj in read.having(to, "pobj")]
    if not named:
        return None
    top = read.words[place].head
    for _ in range(_CLIMB):
        word = read.words[top]
        if word.dep in {"ROOT", "ccomp", "parataxis"} or (word.pos in _VERBS and word.dep == "conj"):
            break
        top = word.head
    return _made(read, place, Sort.PHRASE, named[0], _beside(read, top, place))


def _noun(read: Parsed, place: int) -> Cue | None:
    clauses = [
        each
        for each in read.having(place, "acl", "ccomp")
        if any(read.words[below].dep == "mark" for below in read.words[each].below)
    ]
    if not clauses:
        return None
    owner = read.having(place, "poss")
    if not owner:
        owner = [
            pobj
            for by in read.having(place, "prep", "agent")
            if read.words[by].lemma in {"by", "from", "of", "among"}
            for pobj in read.having(by, "pobj")
        ]
    who = owner[0] if owner else None
    verb = read.words[place].head
    if who is None and read.words[place].dep == "dobj" and read.words[verb].pos in _VERBS:
        if read.words[verb].lemma in words("verbs", "speech") | words("verbs", "thought"):
            return None
        who = subject(read, verb)
    return _made(read, place, Sort.SPEECH, who, tuple(_around(read, clauses[0], place)))


def _adjective(read: Parsed, place: int) -> Cue | None:
    word = read.words[place]
    heads = read.having(place, "ccomp", "xcomp")
    verb = word.head if word.dep == "acomp" else place
    if not heads:
        heads = [
            pobj
            for prep in read.having(place, "prep")
            if read.words[prep].lemma in words("verbs", "prepositions")
            for pobj in read.having(prep, "pobj", "pcomp")
        ][:1]
    if not heads or word.dep not in {"acomp", "ROOT", "conj", "advcl"}:
        return None
    passive = read.having(verb, "nsubjpass")
    who = passive[0] if passive else subject(read, verb)
    return _made(read, place, Sort.THOUGHT, who, tuple(_around(read, heads[0], place)))


def _made(read: Parsed, place: int, sort: Sort, who: int | None, content: tuple[Run, ...]) -> Cue:
    source = None if who is None else noun_phrase(read, who, place)
    return Cue(place=place, sort=sort, who=who, source=source, content=content)


def _around(read: Parsed, head: int, place: int) -> list[Run]:
    """Return the words of the tree of `head`, without the cue and its frame where those stand within it."""
    tree = read.tree(head)
    first, last = tree[0], tree[-1]
    if not first <= place <= last:
        return [(first, last)]
    inside = set(tree)
    frame = [each for each in range(first, last + 1) if each not in inside]
    return _cut(first, last, min(frame, default=place), max(frame, default=place))


def _beside(read: Parsed, top: int, place: int) -> tuple[Run, ...]:
    """Return the words of the tree of `top` without those that hang on the cue at `place`."""
    tree = read.tree(top)
    own = read.tree(place)
    if place not in tree:
        return ((tree[0], tree[-1]),)
    return tuple(_cut(tree[0], tree[-1], own[0], own[-1]))


def _cut(first: int, last: int, start: int, end: int) -> list[Run]:
    return [(a, b) for a, b in ((first, start - 1), (end + 1, last)) if a <= b]


def _joined(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    found: list[Run] = []
    for first, last in runs:
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return tuple(found)
