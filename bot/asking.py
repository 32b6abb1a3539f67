"""Whether a mention brings a claim of its own, or only asks about the message that it replies to."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from bot.languages import language
from bot.paste import clean

LONGEST: Final = 60
"""Characters of the longest text that can be a mere question about another message."""

LANGUAGES: Final = ("en", "de")
"""Those whose questions are known: a mention may be in any of them, whatever the ledger's language is."""

_WORD: Final = re.compile(r"\w+")


def asks_about_another(text: str) -> bool:
    """Say whether `text` has nothing that could be looked up: no words, or only a question about “this”.

    An address is something of its own. What “this” is, only the message replied to can tell.
    """
    paste = clean(text)
    if paste.urls:
        return False
    if not paste.text:
        return True
    return len(paste.text) <= LONGEST and any(_asks(paste.text, each) for each in LANGUAGES)


def _asks(text: str, code: str) -> bool:
    words = _words(text)
    about, courtesy = _known(code)
    while words and words[-1] in courtesy:
        words = words[:-1]
    while words and words[0] in courtesy:
        words = words[1:]
    return words in about


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


@cache
def _known(code: str) -> tuple[frozenset[tuple[str, ...]], frozenset[str]]:
    """Return the questions of a language, each as its words, and its words of courtesy."""
    held = language(code)["asking"]
    about = frozenset(_words(each) for each in held["about"].split("|"))
    return about, frozenset(held["courtesy"].split())
