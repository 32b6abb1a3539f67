"""Stances: what kind of statement an attribution is, by its cue, its words and what the article told before.

Pure. Where the words do not tell, it is an assertion; nothing here asks whether what was said is so.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from bot.drafting.attributions import Attribution
from bot.drafting.drafts import Span
from bot.drafting.english import pattern, words
from bot.drafting.parsing import Parsed
from bot.statements import Kind

_SHARED: Final = 2
_WEIGHTY: Final = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "NUM"})
_LIGHT: Final = frozenset({"be", "have", "do", "say", "tell", "go", "get", "make", "know", "think"})


def terms_of(read: Parsed, spans: tuple[Span, ...]) -> frozenset[str]:
    """Return the lemmas of the words in `spans` that carry meaning."""
    near = (read.words[place] for span in spans for place in read.within(span))
    return frozenset(
        word.lemma
        for word in near
        if word.pos in _WEIGHTY and word.lemma not in _LIGHT and word.lemma[:1].isalnum()
    )


def kind_of(read: Parsed, told: Attribution, sentence: Span, *, others: AbstractSet[str]) -> Kind:
    """Return the kind of what is told; `others` are the terms of what other speakers asserted before.

    `sentence` is that of the cue. Doubt about a recording is told apart from a denial of what it says.
    """
    text = read.text
    content = " ".join(each.of(text) for each in told.content)
    frame = _frame(text, sentence, told.content)
    lemma = read.words[told.place].lemma if told.place is not None else ""
    return (
        _silence(told, sentence.of(text), content if lemma not in words("verbs", "refusal") else "")
        or _change(lemma)
        or _doubt(lemma, content, frame)
        or _answer(read, told, lemma, (frame, content), others)
        or Kind.ASSERTION
    )


def _silence(told: Attribution, sentence: str, content: str) -> Kind | None:
    if pattern("no-response").search(sentence) and not told.quotations:
        return Kind.NO_RESPONSE
    if pattern("no-comment").search(content[:80] or sentence):
        return Kind.DECLINED if pattern("declined").search(sentence) else Kind.NO_COMMENT
    return None


def _change(lemma: str) -> Kind | None:
    if lemma in words("verbs", "retraction"):
        return Kind.RETRACTION
    return Kind.CORRECTION if lemma in words("verbs", "correction") else None


def _doubt(lemma: str, content: str, frame: str) -> Kind | None:
    if not (pattern("doubt").search(content) or pattern("doubt").search(frame)):
        return None
    if lemma in words("verbs", "doubting"):
        return Kind.AUTHENTICITY_CHALLENGE
    vouched = pattern("vouching").search(content) and not pattern("negative").search(content)
    return Kind.AUTHENTICITY_SUPPORT if vouched else Kind.AUTHENTICITY_CHALLENGE


def _answer(
    read: Parsed, told: Attribution, lemma: str, texts: tuple[str, str], others: AbstractSet[str]
) -> Kind | None:
    """Return how something answers what others asserted; a word of denial needs nothing before it."""
    frame, content = texts
    if lemma in words("verbs", "denial"):
        return Kind.PARTIAL_DENIAL if pattern("part").search(content[:40]) else Kind.DENIAL
    if others and pattern("untrue").search(content):
        return Kind.DENIAL
    if pattern("response").search(frame) or lemma in words("verbs", "answer"):
        return Kind.RESPONSE
    if others and _is_negated(read, told) and _is_on(read, told, others):
        return Kind.DENIAL
    confirmed = lemma in words("verbs", "confirmation") and terms_of(read, told.content) & others
    return Kind.CONFIRMATION if confirmed else None


def _frame(text: str, sentence: Span, content: tuple[Span, ...]) -> str:
    parts, place = [], sentence.start
    for each in content:
        parts.append(text[place : max(place, min(each.start, sentence.end))])
        place = max(place, each.end)
    return " ".join((*parts, text[place : max(place, sentence.end)]))


def _is_negated(read: Parsed, told: Attribution) -> bool:
    """Say whether the head of what is told is negated: “that there were no …”, “had never met”."""
    inside = [place for each in told.content for place in read.within(each)]
    among = set(inside)
    for place in inside:
        word = read.words[place]
        if word.head in among and word.head != place:
            continue
        below = [
            *word.below,
            *(far for each in read.having(place, "attr", "dobj", "acomp") for far in read.words[each].below),
        ]
        if any(
            read.words[each].dep == "neg" or read.words[each].lemma in {"no", "never", "not"}
            for each in below
        ):
            return True
    return False


def _is_on(read: Parsed, told: Attribution, others: AbstractSet[str]) -> bool:
    """Say whether what is told is about what others asserted: by its words, or one such as “threats”."""
    terms = terms_of(read, told.content)
    return len(terms & others) >= _SHARED or bool(terms & words("nouns", "allegations"))
