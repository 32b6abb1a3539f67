"""Highlights: which statements, and which sentences of a long one, a language model chose for a summary.

Pure. The model gives letters and numbers of sentences; each is checked, and the templates of `bot.summaries`
write what is shown. A text is cut between its sentences only, so that no word that turns one is cut off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from bot.answers import ClaimRecord, Line, Sentence
from bot.display import tidy
from bot.paste import sentences
from bot.records import record
from bot.statements import Group, Kind, QuoteMode
from bot.summaries import LONGEST_TEXT, SUMMED_UP, foremost, sentence
from bot.wording import Catalogue

MOST: Final = 8
"""Statements of a group that are offered, in the order of the ledger."""
SENT: Final = 1_500
"""Characters of a statement that are sent; sentences beyond them cannot be chosen."""
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"

_OWN: Final = frozenset({QuoteMode.VERBATIM, QuoteMode.TRANSLATION})
_PAIRS: Final = tuple(zip("“„«‹「『([", "””»›」』)]", strict=True))
_FRAME: Final = 6
"""Characters of two ellipses with their spaces, and of the marks around."""
_APOSTROPHE: Final = re.compile(r"(?<=\w)’(?=\w)")


@record
class Pick:
    """The statement with the id `statement` stands in the summary.

    `start` and `end` are characters (the second exclusive) of its text as it is shown, without the quotation
    marks around it; None where it stands whole.
    """

    statement: str
    start: int | None = None
    end: int | None = None


def offered(claim: ClaimRecord) -> tuple[tuple[Group, tuple[Line, ...]], ...]:
    """Return the groups of the summary that there is something to choose in, with what can be chosen.

    What was taken back is not offered beside what was not.
    """
    found = []
    for group, lines in claim.groups:
        standing = [each for each in lines if not _is_taken_back(each)] or list(lines)
        shown = tuple(standing[:MOST])
        if group in SUMMED_UP and (len(shown) > 1 or any(len(_pieces(each)) > 1 for each in shown)):
            found.append((group, shown))
    return tuple(found)


def variables(claim: ClaimRecord) -> dict[str, str]:
    """Return what the prompt `summary` is filled with."""
    letters, rows = iter(LETTERS), []
    for group, lines in offered(claim):
        rows.append(f"{group.value}:")
        rows += [f"{next(letters)}: ({line.date}) {_numbered(line)}" for line in lines]
    return {"claim": tidy(claim.text), "statements": "\n".join(rows)}


def picks_in(value: object, claim: ClaimRecord) -> tuple[Pick, ...]:
    """Return what a model's answer picks for the summary of `claim`, at most one for a group. Never raises.

    What names no statement that was offered is ignored; numbers that name no sentences of a long text, or
    too many to be shown, are, and the statement is picked without them.
    """
    rows = value.get("picks") if isinstance(value, Mapping) else None
    lines = dict(zip(LETTERS, chain.from_iterable(lines for _, lines in offered(claim)), strict=False))
    groups = {line.statement: group for group, shown in claim.groups for line in shown}
    found: dict[Group, Pick] = {}
    for each in rows if isinstance(rows, list | tuple) else ():
        key = each.get("id") if isinstance(each, Mapping) else None
        line = lines.get(key) if isinstance(key, str) else None
        if line is not None:
            start, end = _span(line, each.get("first"), each.get("last")) or (None, None)
            found.setdefault(groups[line.statement], Pick(statement=line.statement, start=start, end=end))
    return tuple(found.values())


def highlighted(claim: ClaimRecord, picks: Sequence[Pick], words: Catalogue) -> ClaimRecord:
    """Return `claim` with the sentences of its summary made from what was picked.

    A sentence that comes out as the rule has it stays the rule's; the others are marked as chosen.
    """
    picked = {each.statement: each for each in picks}
    lines = dict(claim.groups)
    made = tuple(_highlighted(each, lines.get(each.group, ()), picked, words) for each in claim.summary)
    return claim if made == claim.summary else replace(claim, summary=made)


def _highlighted(
    own: Sentence, lines: Sequence[Line], picked: Mapping[str, Pick], words: Catalogue
) -> Sentence:
    line = next((each for each in lines if each.statement in picked), None)
    if line is None:
        return own
    pick = picked[line.statement]
    cut = None if pick.start is None else _cut(line, pick.start, pick.end or 0, words)
    made = sentence(line, len(lines) - 1, words, cut=cut)
    # Where there is less to read than what the rule chose, the rule's choice is the better one.
    shows_text = cut is not None or len(line.display) <= LONGEST_TEXT
    if made == own or (not shows_text and len(foremost(lines).display) <= LONGEST_TEXT):
        return own
    return replace(made, by_model=True)


def _is_taken_back(line: Line) -> bool:
    return line.since is not None and line.since.kind is Kind.RETRACTION


def _bare(line: Line) -> str:
    """Return the text as it is shown, without the marks around all of it."""
    return line.display[1:-1] if line.quote_mode in _OWN else line.display


def _pieces(line: Line) -> tuple[tuple[int, int], ...]:
    """Return where the sentences of a text stand that is too long for a summary; none of a shorter one."""
    if len(line.display) <= LONGEST_TEXT:
        return ()
    text, found, place = _bare(line), [], 0
    for each in sentences(text):
        start = text.find(each, place)
        place = start + len(each)
        if start < 0 or place > SENT:
            break
        found.append((start, place))
    return tuple(found)


def _numbered(line: Line) -> str:
    text, pieces = _bare(line), _pieces(line)
    if len(pieces) < 2:  # noqa: PLR2004 - one sentence is all of it
        return text[:SENT]
    return " ".join(f"[{n}] {text[start:end]}" for n, (start, end) in enumerate(pieces, start=1))


def _span(line: Line, first: object, last: object) -> tuple[int, int] | None:
    """Return from where to where the sentences `first` to `last` go, or None where they cannot stand."""
    pieces = _pieces(line)
    if type(first) is not int or type(last) is not int or not 1 <= first <= last <= len(pieces):
        return None
    start, end = pieces[first - 1][0], pieces[last - 1][1]
    text = _bare(line)
    is_whole = start == 0 and end == len(text)
    fits = end - start <= LONGEST_TEXT - _FRAME
    return (start, end) if fits and not is_whole and _is_closed(text[start:end]) else None


def _is_closed(text: str) -> bool:
    """Say whether no quotation or bracket is opened in `text` that is not closed in it, nor the reverse."""
    marks = _APOSTROPHE.sub("", text)
    is_paired = all(marks.count(each) == marks.count(other) for each, other in _PAIRS)
    # A single closing mark may be an apostrophe at the end of a word.
    return is_paired and marks.count('"') % 2 == 0 and marks.count("‘") <= marks.count("’")


def _cut(line: Line, start: int, end: int, words: Catalogue) -> str:
    """Return the characters of a text as they are shown: with an ellipsis where something is left out."""
    text = _bare(line)
    kept = text[start:end]
    if start:
        kept = words.say("quote.cut_before", text=kept)
    if end < len(text):
        kept = words.say("quote.cut_after", text=kept)
    return words.say("quote.marks", text=kept) if line.quote_mode in _OWN else kept
