"""Utterances: the attributions of an article that are speech, each with its speaker, kind, date and wording.

Pure but for the parser. What somebody only thought, wished or asked for is none; what one source says that
another one said is the other one's, with the relay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bot.drafting.attributions import Attribution, attributions
from bot.drafting.cues import Sort, noun_phrase, subject
from bot.drafting.drafts import Article, DraftArtifact, Said, Span
from bot.drafting.english import pattern, words
from bot.drafting.materials import artifact, material_kind
from bot.drafting.parsing import Parsed, parsed
from bot.drafting.saying_dates import dates_told
from bot.drafting.speakers import Speakers, Voice
from bot.drafting.stances import kind_of, terms_of
from bot.drafting.wordings import worded
from bot.records import record
from bot.rules.texts import MAX_LINE, MAX_PASSAGE
from bot.statements import Kind, QuoteMode

_MOST: Final = 0.6
"""What part of an account another one's words must be, so that they are theirs and the account a relay."""
_RECENT: Final = 4
_SILENCE: Final = (("no-response", Kind.NO_RESPONSE), ("no-comment", Kind.NO_COMMENT))
_CHANGED: Final = frozenset({Kind.NO_COMMENT, Kind.DECLINED, Kind.NO_RESPONSE})


@record
class Utterance:
    """A statement with what grouping needs: its terms, whether it rests on the material, its clause."""

    said: Said
    terms: frozenset[str]
    by_material: bool
    pronoun: bool
    clause: str
    sentence: Span


def utterances(article: Article) -> tuple[tuple[Utterance, ...], DraftArtifact | None]:
    """Return the utterances of an article in order, and the material that it speaks of."""
    read = parsed(article.text)
    return _Listening(article, read).all()


class _Listening:
    """One pass over an article: what was said before decides what a word of denial or a pronoun means."""

    def __init__(self, article: Article, read: Parsed) -> None:
        self.article = article
        self.read = read
        self.told = attributions(read)
        self.material = artifact(read)
        self.speakers = Speakers(read)
        self.asserted: list[tuple[str, frozenset[str]]] = []

    def all(self) -> tuple[tuple[Utterance, ...], DraftArtifact | None]:
        voices = [self.speakers.voice(each.who, each.source) for each in self.told]
        relays, dropped = self._relays(voices)
        found = []
        for n, told in enumerate(self.told):
            voice = voices[n]
            if n in dropped or not self._is_speech(told) or (voice.name is None and voice.described is None):
                continue
            found.append(self._utterance(told, voice, relays.get(n)))
        found += self._silences(found)
        return tuple(sorted(found, key=lambda each: each.said.passage.start)), self.material

    def _is_speech(self, told: Attribution) -> bool:
        if told.place is None or told.sort is Sort.PHRASE:
            return True
        word = self.read.words[told.place]
        if word.lemma in words("verbs", "refusal"):
            return bool(pattern("no-comment").search(self.read.sentence(told.cue).of(self.read.text)))
        if told.sort is Sort.THOUGHT:
            return False
        if told.quotations:
            return True
        named = words("verbs", "denial") | words("verbs", "confirmation") | words("verbs", "retraction")
        clause = self.read.having(told.place, "ccomp", "xcomp", "acl") or word.dep == "parataxis"
        return word.lemma not in words("verbs", "asking") and bool(clause or word.lemma in named)

    def _relays(self, voices: list[Voice]) -> tuple[dict[int, str], set[int]]:
        """Return what each is told by, and those that are no statement of their own."""
        relays: dict[int, str] = {}
        dropped: set[int] = set()
        for n, inner in enumerate(self.told):
            if inner.within is None:
                continue
            outer = self.told[inner.within]
            whole = sum(each.end - each.start for each in outer.content)
            own = sum(each.end - each.start for each in inner.content)
            same = voices[n].name is not None and voices[n].name == voices[inner.within].name
            if not same and self._is_speech(inner) and (self._is_material(outer) or own >= _MOST * whole):
                relays[n] = self._phrase(outer)
                dropped.add(inner.within)
            else:
                dropped.add(n)
        return relays, dropped - relays.keys()

    def _is_material(self, told: Attribution) -> bool:
        return told.who is not None and material_kind(self.read.words[told.who].lemma) is not None

    def _phrase(self, told: Attribution) -> str:
        start = min(told.cue.start, told.source.start if told.source else told.cue.start)
        end = max(told.cue.end, told.source.end if told.source else told.cue.end)
        return " ".join(self.read.text[start:end].split())[:MAX_LINE]

    def _utterance(self, told: Attribution, voice: Voice, relay: str | None) -> Utterance:
        told = _shortened(told)
        sentence = self.read.sentence(told.cue)
        name = voice.name or voice.described or ""
        others = [terms for who, terms in self.asserted[-_RECENT:] if who != name]
        kind = kind_of(self.read, told, sentence, others=frozenset().union(*others))
        steps = self.material.custody if self.material else ()
        is_custody = any(
            step.passage.start <= piece.start < step.passage.end for step in steps for piece in told.content
        )
        if is_custody and kind is Kind.ASSERTION and not told.quotations:
            kind = Kind.PROVENANCE
        terms = terms_of(self.read, told.content)
        if kind is Kind.ASSERTION:
            self.asserted.append((name, terms))
        passage = self._passage(told, sentence)
        text, mode, clause = worded(self.read, told, passage, sentence)
        date = dates_told(self.read.text, _outside(sentence, told), self.article.published_on)
        by_material = relay is not None and self._is_material(self.told[told.within or 0])
        said = Said(
            kind=kind,
            text=text,
            quote_mode=mode,
            passage=passage,
            speaker=voice.name,
            speaker_at=voice.at,
            described=voice.described,
            role=voice.role,
            on_behalf_of=voice.on_behalf_of,
            said_on=date.on if date else None,
            date_basis=date.basis if date else None,
            told_to=self._audience(told),
            relay=relay or None,
            about_artifact=kind in {Kind.AUTHENTICITY_CHALLENGE, Kind.AUTHENTICITY_SUPPORT, Kind.PROVENANCE},
        )
        pronoun = told.who is not None and self.read.words[told.who].pos == "PRON"
        return Utterance(
            said=said,
            terms=terms,
            by_material=by_material or self._is_material(told),
            pronoun=pronoun,
            clause=clause,
            sentence=sentence,
        )

    def _passage(self, told: Attribution, sentence: Span) -> Span:
        spans = [
            sentence,
            *(self.read.sentence(each) for each in (*told.content, *filter(None, [told.source]))),
        ]
        start, end = min(each.start for each in spans), max(each.end for each in spans)
        return Span(start=start, end=end) if end - start <= MAX_PASSAGE else sentence

    def _audience(self, told: Attribution) -> str | None:
        """Return whom it was told: “told reporters”, “said in an interview with …”."""
        read = self.read
        if told.place is None or told.sort is Sort.PHRASE:
            return None
        near = [
            each
            for each in read.having(told.place, "dobj", "dative")
            if read.words[told.place].lemma != "say"
        ]
        for prep in read.having(told.place, "prep", "dative"):
            for each in read.having(prep, "pobj"):
                if read.words[prep].lemma == "to":
                    near.append(each)
                near += (
                    far
                    for more in read.having(each, "prep")
                    if read.words[more].lemma in {"to", "with"}
                    and read.words[each].lemma in words("nouns", "talks")
                    for far in read.having(more, "pobj")
                )
        for each in near:
            if read.words[each].pos == "PRON" or any(
                piece.start <= read.words[each].start < piece.end for piece in told.content
            ):
                continue
            first, last = noun_phrase(read, each, told.place)
            text = " ".join(read.text[read.words[first].start : read.words[last].end].split())
            text = re.sub(r"^(?:the|a|an)\s+", "", text, flags=re.IGNORECASE)
            if text and len(text) <= MAX_LINE:
                return text
        return None

    def _silences(self, found: list[Utterance]) -> Iterator[Utterance]:
        """Yield that somebody had nothing to say, where no words of theirs tell it already."""
        quoted = [each.whole for told in self.told for each in told.quotations]
        taken = {each.said.passage for each in found if each.said.kind in _CHANGED}
        for key, kind in _SILENCE:
            for match in pattern(key).finditer(self.read.text):
                at = Span(start=match.start(), end=match.end())
                sentence = self.read.sentence(at)
                if any(each.start <= at.start < each.end for each in (*quoted, *taken)):
                    continue
                voice = self._silent(at)
                if voice is None:
                    continue
                taken.add(sentence)
                is_reasoned = kind is Kind.NO_COMMENT and pattern("declined").search(
                    sentence.of(self.read.text)
                )
                told = Attribution(sort=Sort.PHRASE, cue=at, content=(sentence,))
                text, mode, _ = worded(self.read, told, sentence, sentence)
                date = dates_told(self.read.text, [sentence], self.article.published_on)
                said = Said(
                    kind=Kind.DECLINED if is_reasoned else kind,
                    text=text,
                    quote_mode=QuoteMode.PARAPHRASE if mode is QuoteMode.VERBATIM else mode,
                    passage=sentence,
                    speaker=voice.name,
                    speaker_at=voice.at,
                    described=voice.described,
                    role=voice.role,
                    on_behalf_of=voice.on_behalf_of,
                    said_on=date.on if date else None,
                    date_basis=date.basis if date else None,
                )
                terms = terms_of(self.read, (sentence,))
                yield Utterance(
                    said=said, terms=terms, by_material=False, pronoun=False, clause="", sentence=sentence
                )

    def _silent(self, at: Span) -> Voice | None:
        """Return who has nothing to say, from the verb at `at`, be it active or passive."""
        for place in self.read.within(at):
            verb = place
            if self.read.words[place].pos == "NOUN":
                verb = self.read.words[place].head
            passive = self.read.having(verb, "nsubjpass")
            who = passive[0] if passive else subject(self.read, verb)
            if who is None or self.read.words[verb].pos not in {"VERB", "AUX"}:
                continue
            first, last = noun_phrase(self.read, who, verb)
            source = Span(start=self.read.words[first].start, end=self.read.words[last].end)
            voice = self.speakers.voice(who, source)
            if voice.name is not None or voice.described is not None:
                return voice
        return None


def _outside(sentence: Span, told: Attribution) -> list[Span]:
    """Return the parts of the sentence that tell of the saying, not what was said nor who said it."""
    parts, place = [], sentence.start
    taken = (*told.content, *filter(None, [told.source]))
    for each in sorted(taken, key=lambda span: span.start):
        if place < min(each.start, sentence.end):
            parts.append(Span(start=place, end=min(each.start, sentence.end)))
        place = max(place, each.end)
    if place < sentence.end:
        parts.append(Span(start=place, end=sentence.end))
    return parts


def _shortened(told: Attribution) -> Attribution:
    """Return `told` without the later pieces that would make its passage longer than an excerpt may be."""
    start = min(told.cue.start, told.content[0].start)
    kept = tuple(each for each in told.content if each.end - start <= MAX_PASSAGE // 2) or told.content[:1]
    quotes = tuple(
        each for each in told.quotations if any(piece.start <= each.words.start < piece.end for piece in kept)
    )
    return replace(told, content=kept, quotations=quotes)
