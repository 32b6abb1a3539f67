"""Speakers: whom a phrase of the article means, by its names: short names, pronouns, roles, principals.

Pure. It says nothing that the article does not: a name, a role and a principal are words of it as they stand.
A pronoun or a short name is the last fitting speaker before it, or else the last fitting subject.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bot.drafting.cues import Run, noun_phrase
from bot.drafting.drafts import Span
from bot.drafting.english import pattern, words
from bot.drafting.marks import quotations
from bot.drafting.parsing import Parsed
from bot.records import record
from bot.rules.texts import MAX_LINE

_NAMING: Final = frozenset({"PERSON", "ORG", "GPE", "FAC", "LOC", "PRODUCT", "WORK_OF_ART"})
_THINGS: Final = frozenset({"ORG", "GPE"})
_ARTICLE: Final = re.compile(r"^(?:the|a|an|its|their|his|her)\s+", re.IGNORECASE)
_OWNED: Final = re.compile(r"\s*['’]s?$")
_BACK: Final = 3
"""Sentences before a pronoun in which somebody is looked for who was no speaker."""


@record
class Voice:
    """Who speaks: by `name`, or as `described` where nobody is named; `at` is the phrase in the article."""

    name: str | None = None
    described: str | None = None
    role: str | None = None
    on_behalf_of: str | None = None
    at: Span | None = None


@record
class Mention:
    """A name in the text: the word at its head, its words, and what it names."""

    head: int
    run: Run
    label: str
    name: str


class Speakers:
    """The people and bodies that an article names, asked phrase by phrase in the order of the text."""

    def __init__(self, read: Parsed) -> None:
        self._read = read
        self._quoted = [each.whole for each in quotations(read.text)]
        self._mentions = sorted(self._all(), key=lambda each: each.run)
        self._at = {place: each for each in self._mentions for place in range(each.run[0], each.run[1] + 1)}
        people = {each.name for each in self._mentions if each.label == "PERSON"}
        self._mentions = [
            replace(each, label="PERSON") if each.name.split()[-1] in people or each.name in people else each
            for each in self._mentions
        ]
        self._at = {place: each for each in self._mentions for place in range(each.run[0], each.run[1] + 1)}
        self._full = self._full_names()
        self._roles: dict[str, tuple[str, str | None]] = {}
        self._spoke: list[tuple[int, str, str]] = []
        for each in self._mentions:
            name = self.canonical(each.name)
            # What somebody is called within a quotation is the speaker's word, not the article's.
            start = read.words[each.run[0]].start
            if any(span.start <= start < span.end for span in self._quoted):
                continue
            if each.label == "PERSON" and name not in self._roles:
                role = self._role(each)
                if role is not None:
                    self._roles[name] = role

        self._pronouns = self._genders()

    def canonical(self, name: str) -> str:
        """Return the fullest form in the text of the name of a person."""
        return self._full.get(name, name)

    def voice(self, who: int | None, source: Span | None) -> Voice:
        """Return whom the phrase `source` with its head at `who` means; `Voice()` where nobody can tell."""
        if source is None:
            return Voice()
        if who is None:
            text = source.of(self._read.text).strip()
            known = next(
                (each for each in self._mentions if each.name in text and each.label == "PERSON"), None
            )
            return Voice(name=self.canonical(known.name if known else text), at=source)
        found = self._voice(who, source)
        if found.name is not None:
            label = self._at[who].label if who in self._at else "PERSON"
            kind = "it" if label in _THINGS else "they" if self._is_many(who) else "he"
            self._spoke.append((who, found.name, kind))
        return found

    def _voice(self, who: int, source: Span) -> Voice:
        word = self._read.words[who]
        lower = word.text.lower()
        if word.pos == "PRON" or lower in words("pronouns", "relative"):
            return self._of_pronoun(who, lower, source)
        if self._is_many(who) and who in self._at:
            text = _bare(source.of(self._read.text))
            return Voice(name=text, at=source) if len(text) <= MAX_LINE else Voice(described=None, at=source)
        named = self._at.get(who) or self._appositive(who)
        if named is None or named.label not in _NAMING:
            return self._described(who, source)
        if named.label == "PERSON" or named.head != who:
            name = self.canonical(named.name)
            role, principal = self._role(named) or self._roles.get(name) or (None, None)
            return Voice(name=name, role=role, on_behalf_of=principal or self._behalf(who), at=source)
        return Voice(name=named.name, at=source)

    def _of_pronoun(self, who: int, lower: str, source: Span) -> Voice:
        if lower in words("pronouns", "relative"):
            verb = self._read.words[self._read.words[who].head]
            while verb.dep in {"xcomp", "conj", "ccomp"} and verb.head != self._read.words[verb.head].head:
                verb = self._read.words[verb.head]
            if verb.dep in {"relcl", "acl"} and verb.head < who:
                first, last = noun_phrase(self._read, verb.head, who)
                words_ = self._read.words
                return self._voice(verb.head, Span(start=words_[first].start, end=words_[last].end))
            return Voice()
        kind = next((each for each in ("he", "she", "they", "it") if lower in words("pronouns", each)), None)
        name = None if kind is None else self._meant(who, kind)
        if name is None:
            return Voice()
        if kind in {"he", "she"}:
            self._pronouns.setdefault(name, kind)
        role, principal = self._roles.get(name) or (None, None)
        return Voice(name=name, role=role, on_behalf_of=principal, at=source)

    def _meant(self, who: int, kind: str) -> str | None:
        """Return the name that a pronoun at `who` means."""
        sentence = self._read.words[who].sentence
        near: list[tuple[int, str]] = [
            next(
                (
                    (place, name)
                    for place, name, sort in reversed(self._spoke)
                    if place < who and self._fits(name, sort, kind)
                ),
                (-1, ""),
            )
        ]
        for each in reversed(self._mentions[: bisect_left(self._mentions, who, key=lambda one: one.head)]):
            if sentence - self._read.words[each.head].sentence > _BACK:
                break
            sort = "it" if each.label in _THINGS else "he"
            if self._is_subject(each.head) or (kind == "they" and self._is_many(each.head)):
                if self._is_many(each.head):
                    first, last = noun_phrase(self._read, each.head, who)
                    text = _bare(self._read.text[self._read.words[first].start : self._read.words[last].end])
                    near += [(each.head, text)] if kind == "they" and len(text) <= MAX_LINE else []
                elif each.label in {"PERSON", *_THINGS} and self._fits(self.canonical(each.name), sort, kind):
                    near.append((each.head, self.canonical(each.name)))
        return max(near)[1] or None

    def _fits(self, name: str, sort: str, kind: str) -> bool:
        if kind in {"he", "she"}:
            return sort == "he" and self._pronouns.get(name, kind) == kind
        return sort == kind or (kind == "they" and sort == "it")

    def _genders(self) -> dict[str, str]:
        """Return “he” or “she” for the people whose title or role tells."""
        said: dict[str, set[str]] = {}
        for each in self._mentions:
            name = self.canonical(each.name)
            before = self._read.words[each.run[0] - 1].text if each.run[0] else ""
            role = self._roles.get(name) or ("", None)
            said.setdefault(name, set()).update(
                word.lower().strip(".") for word in (before, *role[0].split())
            )
        found = {}
        for name, told in said.items():
            kinds = [
                kind for kind, key in (("she", "female"), ("he", "male")) if told & words("pronouns", key)
            ]
            if len(kinds) == 1:
                found[name] = kinds[0]
        return found

    def _is_subject(self, place: int) -> bool:
        return self._read.words[place].dep in {"nsubj", "nsubjpass"} or (
            self._read.words[self._read.words[place].head].lemma == "to"
            and self._read.words[max(0, self._read.words[place].head - 1)].text.lower() == "according"
        )

    def _is_many(self, place: int) -> bool:
        below = self._read.having(place, "conj")
        return any(self._read.words[each].pos in {"PROPN", "NOUN"} for each in below)

    def _described(self, who: int, source: Span) -> Voice:
        """Return the voice of a phrase without a name: the last person in that role, or its words."""
        word = self._read.words[who]
        text = _bare(source.of(self._read.text))
        if word.lemma in words("nouns", "persons") and len(text.split()) <= _BACK - 1:
            for place, name, _ in reversed(self._spoke):
                role = self._roles.get(name)
                if place < who and role and word.text.lower() in role[0].lower().split():
                    return Voice(name=name, role=role[0], on_behalf_of=role[1], at=source)
        if word.pos == "PROPN" and len(text) <= MAX_LINE and word.text[:1].isupper():
            return Voice(name=text, at=source)
        text = " ".join(source.of(self._read.text).split())
        described = text if any(map(str.isalpha, text)) and len(text) <= MAX_LINE else None
        return Voice(described=described, on_behalf_of=self._principal(who) or self._behalf(who), at=source)

    def _appositive(self, who: int) -> Mention | None:
        near = self._read.having(who, "appos")
        return next(
            (self._at[each] for each in near if each in self._at and self._at[each].label == "PERSON"), None
        )

    def _all(self) -> Iterator[Mention]:
        for each in self._read.names:
            first, last = each.first, each.last
            while first < last and self._read.words[first].pos in {"DET", "PUNCT"}:
                first += 1
            text = self._read.text[self._read.words[first].start : self._read.words[last].end]
            if _OWNED.search(text) and first < last and self._read.words[last].pos == "PART":
                last -= 1
            text = self._read.text[self._read.words[first].start : self._read.words[last].end]
            inside = range(first, last + 1)
            head = next((place for place in inside if self._read.words[place].head not in inside), last)
            if any(map(str.isalpha, text)) and "\n" not in text and len(text) <= MAX_LINE:
                yield Mention(head=head, run=(first, last), label=each.label, name=text)

    def _full_names(self) -> dict[str, str]:
        full: dict[str, str] = {}
        for each in self._mentions:
            parts = each.name.split()
            if each.label == "PERSON" and len(parts) > 1:
                for n in range(1, len(parts)):
                    full.setdefault(" ".join(parts[n:]), each.name)
        return full

    def _role(self, mention: Mention) -> tuple[str, str | None] | None:
        """Return the role that stands before or after a name, and for whom it is held."""
        read = self._read
        first = mention.run[0]
        tree = set(read.tree(mention.head))
        while first - 1 in tree and read.words[first - 1].pos in {"NOUN", "PROPN", "ADJ", "PART"}:
            first -= 1
        after = [
            each
            for each in read.having(mention.head, "appos")
            if each > mention.run[1] and each not in self._at
        ]
        if after:
            run = noun_phrase(read, after[0], mention.head)
            role, noun = (max(run[0], mention.run[1] + 1), run[1]), after[0]
        elif first < mention.run[0]:
            role, noun = (first, mention.run[0] - 1), mention.run[0] - 1
        else:
            return self._inverse(mention)
        text = _bare(read.text[read.words[role[0]].start : read.words[role[1]].end])
        if not text or len(text) > MAX_LINE or text.lower().strip(".") in {"mr", "mrs", "ms", "miss"}:
            return None
        return text, self._principal(noun)

    def _inverse(self, mention: Mention) -> tuple[str, str | None] | None:
        """Return the role of a name that stands beside it: “a spokesman for the council, John Hale”."""
        word = self._read.words[mention.head]
        noun = self._read.words[word.head]
        if word.dep != "appos" or noun.pos != "NOUN" or word.head > mention.head:
            return None
        first, last = noun_phrase(self._read, word.head, mention.head)
        text = _bare(self._read.text[self._read.words[first].start : self._read.words[last].end])
        return (text, self._principal(word.head)) if len(text) <= MAX_LINE else None

    def _principal(self, noun: int) -> str | None:
        """Return for whom the spokesperson at `noun` speaks."""
        read = self._read
        if read.words[noun].lemma not in words("nouns", "spokespersons"):
            return None
        for prep in read.having(noun, "prep"):
            if read.words[prep].lemma in {"for", "of"}:
                for each in read.having(prep, "pobj"):
                    first, last = noun_phrase(read, each, noun)
                    return _bare(read.text[read.words[first].start : read.words[last].end]) or None
        before = [each for each in read.having(noun, "compound", "poss", "nmod") if each < noun]
        if not before:
            before = [each for each in range(max(0, noun - 1), noun) if read.words[each].pos == "PROPN"]
        if not before:
            return None
        tree = [each for top in before for each in read.tree(top) if each < noun]
        text = read.text[read.words[min(tree)].start : read.words[max(tree)].end]
        return _OWNED.sub("", _bare(text)) or None

    def _behalf(self, who: int) -> str | None:
        first, last = self._read.sentences[self._read.words[who].sentence]
        start, end = self._read.words[first].start, self._read.words[last].end
        match = pattern("behalf").search(self._read.text, start, end)
        if match is None:
            return None
        after = [each for each in range(first, last + 1) if self._read.words[each].start == match.end() + 1]
        for place in after:
            top = place
            while self._read.words[top].head > top and self._read.words[top].dep in {
                "det",
                "compound",
                "amod",
                "poss",
            }:
                top = self._read.words[top].head
            run = noun_phrase(self._read, top, self._read.words[place].head)
            return (
                _bare(self._read.text[self._read.words[place].start : self._read.words[run[1]].end]) or None
            )
        return None


def _bare(text: str) -> str:
    return _ARTICLE.sub("", " ".join(text.split()).strip(" ,;:—–-")).strip()
