"""Anchors: statements of when that name no date (“while president”, “before he was elected”), and titles.

Pure. The words are data of `bot.languages`; nothing here knows what is compared.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from bot.languages import language, phrases
from bot.moments import moments
from bot.records import record
from bot.terms import terms

MOST_WORDS: Final = 9
"""Words that a statement of when has at most."""

_TOKEN: Final = re.compile(r"(?<!\w)[^\W\d_][\w&]*(?:['’.-][^\W_]+)*|\d[\w,.%]*")
_MARK: Final = re.compile(r"[,;:!?()\n\"]|\.\s| - ")
_AUXILIARIES: Final = frozenset({"had", "has", "have", "did"})


@record
class Anchor:
    """A statement of when: the words, on which side of the event it lies, and its terms."""

    span: str
    side: str
    terms: frozenset[str]


def anchors(text: str) -> list[Anchor]:
    """Return the statements of when in `text` (“while president”, “before he was elected”), in order.

    Those that only name a date are left to the dates.
    """
    found = []
    data = language()["anchors"]
    ends = frozenset(data["ends"].split())
    begin, idle = _begin(), phrases("anchors", "idle")
    end = 0
    for start in begin.finditer(text):
        if start.start() < end or idle.match(text, start.start()):
            continue
        end = _anchor_end(text, start, ends)
        span = text[start.start() : end].rstrip()
        inside = text[start.end() : end]
        for date in moments(inside):
            inside = inside.replace(date.span, " ")
        weighty = frozenset(one_of(term) for term in terms(inside) if not term.isdigit())
        if weighty:
            side = "after" if _is_denied(text, start) else _side(start[0])
            found.append(Anchor(span=span, side=side, terms=weighty))
    return found


def _anchor_end(text: str, start: re.Match[str], ends: frozenset[str]) -> int:
    """Return where the statement of when that begins at `start` ends: at a mark, or at a new clause."""
    end, weight, subject = start.end(), 0, True
    leads = not text[: start.start()].strip()
    for count, token in enumerate(_TOKEN.finditer(text, start.end())):
        between = text[end : token.start()]
        word = token[0].lower()
        if _MARK.search(between) or count >= MOST_WORDS:
            break
        clause = word in ends and weight and not (subject and word in _AUXILIARIES)
        # “While president Trump told”: a name after the words of weight begins the main clause.
        if clause or (leads and weight and token[0][0].isupper() and "," not in text[end : end + 60]):
            break
        weight += bool(terms(token[0]))
        end = token.end()
    return end


def _is_denied(text: str, start: re.Match[str]) -> bool:
    """Say whether “until” stands behind a negation: “not approved until …” is after it."""
    data: dict[str, Any] = language()["negation"]
    if start[0].lower() not in data["when"].split():
        return False
    clause = _MARK.split(text[max(0, start.start() - 80) : start.start()])[-1].lower().split()
    return any(word in data["words"].split() or word.endswith(data["ending"]) for word in clause)


def _side(word: str) -> str:
    data = language()["anchors"]
    return next((side for side in ("before", "after") if word.lower() in data[side].split()), "during")


@cache
def _begin() -> re.Pattern[str]:
    data = language()["anchors"]
    words = "|".join(f"{data[side]}" for side in ("before", "after", "during")).replace(" ", "|")
    nouns = data["as"].replace(" ", "|")
    return re.compile(
        rf"\b(?:{words}|as(?= (?:a |an |the )?(?:{nouns})\b))\b".replace("||", "|"), re.IGNORECASE
    )


@cache
def _groups() -> dict[str, str]:
    same = language()["anchors"]["same"]
    return {term: key for key, forms in same.items() for form in forms.split() for term in terms(form)}


def one_of(term: str) -> str:
    """Return the word for all that means the same as `term` in a statement of when."""
    return _groups().get(term, term)
