"""Wordings: what stands on file of an attribution, and how near that is to the speaker's own words.

Pure. Verbatim is only what stands between quotation marks, partial the article's sentence with them, and a
paraphrase the article's clause; no word is added, and none is changed.
"""

from __future__ import annotations

import re
from typing import Final

from bot.drafting.attributions import Attribution
from bot.drafting.cues import Sort
from bot.drafting.drafts import Span
from bot.drafting.english import words
from bot.drafting.evidence import Evidence
from bot.drafting.parsing import Parsed
from bot.rules.texts import MAX_CLAIM
from bot.statements import QuoteMode

_GAP: Final = " … "
_BARE: Final = frozenset({"that"})
_THAT: Final = re.compile(r"^that\s+", re.IGNORECASE)


def worded(read: Parsed, told: Attribution, passage: Span, sentence: Span) -> tuple[str, QuoteMode, str]:
    """Return the text, how near it is to the words, and the clause that can stand as a claim (or “”)."""
    evidence = Evidence(passage.of(read.text))
    here = Span(start=0, end=passage.end - passage.start)
    clause = _clause(read, told, evidence)
    if told.quotations:
        quoted = _GAP.join(
            " ".join(each.words.of(read.text).split()).strip(" ,;:") for each in told.quotations
        )
        if not _beyond(read, told) and evidence.quotes(quoted, here):
            return quoted, QuoteMode.VERBATIM, ""
        whole = _line(sentence.of(read.text))
        if evidence.quotes_in_part(whole, here):
            return whole, QuoteMode.PARTIAL, ""
        content = _GAP.join(_line(each.of(read.text)) for each in told.content)
        if evidence.quotes_in_part(content, here):
            return content, QuoteMode.PARTIAL, ""
        longest = max(told.quotations, key=lambda each: each.words.end - each.words.start)
        own = _line(longest.words.of(read.text)).strip(" ,;:")
        if len(own) * 2 > len(quoted) and evidence.quotes(own, here):
            return own, QuoteMode.VERBATIM, ""
    # “denied that …”: the clause alone would say the contrary.
    turned = told.place is not None and read.words[told.place].lemma in words("verbs", "doubting")
    whole = evidence.without_marks(_line(sentence.of(read.text)))
    return (whole if turned else clause or whole), QuoteMode.PARAPHRASE, clause


def _beyond(read: Parsed, told: Attribution) -> bool:
    """Say whether the content has words outside its quotations that tell something."""
    inside = [each.whole for each in told.quotations]
    return any(
        word.text[:1].isalnum() and word.text.lower() not in _BARE
        for piece in told.content
        for word in (read.words[place] for place in read.within(piece))
        if not any(each.start <= word.start < each.end for each in inside)
    )


def _clause(read: Parsed, told: Attribution, evidence: Evidence) -> str:
    """Return what is told as a clause of its own, where it is one: it has a verb and a subject."""
    if len(told.content) != 1:
        return ""
    piece = told.content[0]
    places = read.within(piece)
    whole = told.sort is Sort.PHRASE or told.place is None
    finite = whole or any(
        read.words[place].dep == "ccomp" and read.having(place, "nsubj", "nsubjpass", "expl", "csubj")
        for place in places
    )
    text = _THAT.sub("", evidence.without_marks(_line(piece.of(read.text))))
    return text if finite and len(text) <= MAX_CLAIM and len(text.split()) > 1 else ""


def _line(text: str) -> str:
    return " ".join(text.split())
