"""Spans: passages of a long paste that a language model picked out, matched beside its sentences.

Pure. A passage counts only where its words stand in the paste as they are; it is matched by itself, and told
and compared with the record by the sentences that it is taken from, so that nothing that turns it is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.folding import fold_typography
from bot.paste import LEAST_WORDS, Paste, sentences
from bot.terms import word_count

FROM_WORDS: Final = 40
"""Words from which on a paste is long enough for a claim to be hidden in it."""
MOST: Final = 6
"""Passages that count, the first ones."""
LONGEST: Final = 60
"""Words of a passage; a longer one is not picked out of anything."""
SENT: Final = 12_000
"""Characters of a paste that are sent."""


def is_long(paste: Paste) -> bool:
    """Say whether it is worth asking for passages of `paste`."""
    return word_count(paste.text) >= FROM_WORDS


def variables(paste: Paste) -> dict[str, str]:
    """Return what the prompt `spans` is filled with."""
    return {"text": paste.text[:SENT]}


def spans_in(value: object, paste: Paste) -> tuple[tuple[int, int], ...]:
    """Return where the passages in a model's answer stand in `paste.text`. Never raises.

    Each is a pair of offsets in characters, the second exclusive. What is not in the paste, ends inside a
    word, is too short or too long, or is matched by itself already, is ignored.
    """
    rows = value.get("passages") if isinstance(value, Mapping) else None
    line, found = _line(paste.text), []
    for each in rows if isinstance(rows, list | tuple) else ():
        words = _line(fold_typography(each)).strip() if isinstance(each, str) else ""
        if LEAST_WORDS <= word_count(words) <= LONGEST and words not in paste.units:
            start = _place(words, line)
            if start is not None:
                found.append((start, start + len(words)))
    return tuple(dict.fromkeys(found))[:MOST]


def with_spans(paste: Paste, spans: Sequence[tuple[int, int]]) -> Paste:
    """Return `paste` with the passages at `spans` among what is matched; offsets beyond it are ignored."""
    line = _line(paste.text)
    texts = dict.fromkeys(line[start:end].strip() for start, end in spans if 0 <= start < end <= len(line))
    picked = tuple(each for each in texts if each and each not in paste.units)
    return replace(paste, units=paste.units + picked, spans=picked)


def surrounding(paste: Paste, span: str) -> str:
    """Return the whole sentences of `paste` that `span` touches, where it stands first."""
    line = _line(paste.text)
    start = line.find(span)
    if start < 0:
        return span
    end, place, touched = start + len(span), 0, []
    for each in sentences(paste.text):
        own = line.find(each, place)
        place = own + len(each)
        if own < end and place > start:
            touched.append(each)
    return " ".join(touched) or span


def _line(text: str) -> str:
    """Return `text` on one line; every character keeps its place."""
    return text.replace("\n", " ")


def _place(words: str, line: str) -> int | None:
    """Return where `words` stand in `line` for the first time between words, or None."""
    place = line.find(words)
    while place >= 0:
        around = line[place - 1 : place] + "|" + line[place + len(words) :][:1]
        left, _, right = around.partition("|")
        if not (left.isalnum() and words[0].isalnum()) and not (right.isalnum() and words[-1].isalnum()):
            return place
        place = line.find(words, place + 1)
    return None
