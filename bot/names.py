"""Names in a text, told by their capitals.

Pure. The words that have a capital and name nobody are data of `bot.languages`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from bot.languages import language
from bot.terms import terms

MANY_CAPITALS: Final = 0.9
"""Share of the words of weight with a capital above which capitals show no names (headlines, shouting)."""

_WORD: Final = re.compile(r"(?<!\w)[^\W\d_][\w&]*(?:[-'’][^\W\d_]\w*)*")
_BETWEEN: Final = r" (?:of |de |von |van |al-|bin )?"
_AFTER: Final = re.compile(r"'s\b|[ ,]+(\w+)")


def names(text: str, *, strict: bool = True) -> list[str]:
    """Return the names in `text`: runs of words with a capital, titles and sentence openings left out.

    A text that is mostly in capitals shows no names. With `strict` off, a run that opens a sentence
    counts as well.
    """
    found = list(_WORD.finditer(text))
    weighty = [each[0] for each in found if terms(each[0])]
    if sum(each[0].isupper() for each in weighty) > MANY_CAPITALS * len(weighty):
        return []
    data = language()["names"]
    titles, plain = frozenset(data["titles"].split()), frozenset(data["plain"].split())
    dates = language()["dates"]
    plain |= frozenset(f"{dates['months']} {dates['short-months']} sept {dates['weekdays']}".split())
    runs: list[list[re.Match[str]]] = []
    for each in found:
        word = each[0]
        last = runs[-1][-1] if runs else None
        # “General Smith” is Smith, “Brinewick General” a house.
        title = word.lower() in titles and not (last is not None and each.start() == last.end() + 1)
        if not word[0].isupper() or word.lower() in plain or title:
            continue
        if last is not None and re.fullmatch(
            r"\.? (?:of |de |von |van |al-|bin )?" if len(last[0]) == 1 else _BETWEEN,
            text[last.end() : each.start()],
        ):
            runs[-1].append(each)
        else:
            runs.append([each])
    return [
        text[run[0].start() : run[-1].end()].removesuffix("'s")
        for run in (_trimmed(each, text, strict=strict) for each in runs)
        if run
    ]


def _trimmed(run: list[re.Match[str]], text: str, *, strict: bool) -> list[re.Match[str]]:
    """Return `run` without a first word that has its capital from the beginning of the sentence only."""
    before = text[: run[0].start()].rstrip(" \"'([-")
    if not strict or (before and before[-1] not in ".!?:\n"):
        return run
    after = _AFTER.match(text[run[-1].end() :])
    if len(run) > 1:
        return run
    speaks = after and (after[1] is None or after[1].lower() in language()["names"]["speaking"].split())
    return run if speaks else []


@cache
def title_pattern() -> re.Pattern[str]:
    """Return what finds a title in front of a name."""
    titles = "|".join(language()["names"]["titles"].split())
    return re.compile(rf"\b(?:{titles})\.?(?= +[A-Z])", re.IGNORECASE)
