"""Materials: the tape, document or picture that an article speaks of, and who is told to have handled it.

Pure. A thing counts as material where somebody handled it, or where something is told according to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from bot.drafting.cues import noun_phrase, subject
from bot.drafting.drafts import DraftArtifact, Handling, Span
from bot.drafting.english import words
from bot.drafting.parsing import Parsed
from bot.rules.texts import MAX_LINE
from bot.sources import ArtifactKind, CustodyAction

_KINDS: Final = (ArtifactKind.AUDIO, ArtifactKind.VIDEO, ArtifactKind.DOCUMENT, ArtifactKind.IMAGE)
_ACTIONS: Final = tuple(each for each in CustodyAction if each is not CustodyAction.CHALLENGED)
_BEFORE: Final = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "PUNCT"})


def material_kind(lemma: str) -> ArtifactKind | None:
    """Return what sort of material a noun names, or None where it names none."""
    return next((each for each in _KINDS if lemma in words("artifacts", each)), None)


def artifact(read: Parsed) -> DraftArtifact | None:
    """Return the material that the article speaks of most, with its custody in the order of the text."""
    steps = list(_steps(read))
    relied = [place for place in _nouns(read) if _is_relied_on(read, place)]
    kinds = Counter(
        material_kind(read.words[place].lemma) for place in (*relied, *(noun for noun, _ in steps))
    )
    if not kinds:
        return None
    kind = max(kinds, key=lambda each: kinds[each])
    first = min(place for place in (*_nouns(read), *relied) if material_kind(read.words[place].lemma) is kind)
    if kind is None:
        return None
    start, end = _name(read, first)
    custody = tuple(step for noun, step in steps if material_kind(read.words[noun].lemma) is kind)
    return DraftArtifact(
        name=" ".join(read.text[start:end].split()),
        kind=kind,
        passage=sentence_span(read, first),
        custody=custody,
    )


def sentence_span(read: Parsed, place: int) -> Span:
    """Return the characters of the sentence of the word at `place`."""
    first, last = read.sentences[read.words[place].sentence]
    return Span(start=read.words[first].start, end=read.words[last].end)


def _nouns(read: Parsed) -> Iterator[int]:
    for place, word in enumerate(read.words):
        if word.pos == "NOUN" and material_kind(word.lemma) and word.dep != "compound":
            yield place


def _is_relied_on(read: Parsed, place: int) -> bool:
    word = read.words[place]
    if material_kind(word.lemma) not in {ArtifactKind.AUDIO, ArtifactKind.VIDEO}:
        return False
    return word.head > 0 and read.words[word.head - 1].text.lower() == "according"


def _steps(read: Parsed) -> Iterator[tuple[int, Handling]]:
    """Yield each handling that is told, with the noun of what was handled."""
    for place, word in enumerate(read.words):
        action = next((each for each in _ACTIONS if word.lemma in words("artifacts", each)), None)
        if action is None or word.pos != "VERB":
            continue
        handled = [*read.having(place, "dobj", "nsubjpass")]
        if word.dep in {"acl", "relcl"} and not handled:
            handled = [word.head]
        noun = next((each for each in handled if material_kind(read.words[each].lemma)), None)
        who = subject(read, place) if noun is not None else None
        if noun is None or who is None or who == noun or read.words[who].pos == "PRON":
            continue
        first, last = noun_phrase(read, who, place)
        by = " ".join(read.text[read.words[first].start : read.words[last].end].split())
        if len(by) <= MAX_LINE:
            yield noun, Handling(action=action, by=by, passage=sentence_span(read, place))


def _name(read: Parsed, noun: int) -> tuple[int, int]:
    """Return where the name of the material stands: its noun with what is before it and an “of …” after."""
    first = last = noun
    tree = set(read.tree(noun))
    while first - 1 in tree and read.words[first - 1].pos in _BEFORE:
        first -= 1
    for prep in read.having(noun, "prep"):
        if prep == noun + 1 and read.words[prep].lemma == "of":
            end = noun_phrase(read, next(iter(read.having(prep, "pobj")), prep), noun)[1]
            if read.words[end].end - read.words[first].start <= MAX_LINE and end > last:
                last = end
    return read.words[first].start, read.words[last].end
