"""The buttons of a reply: what each does and the short text that stands for one, the same on every platform.

A button carries ids and nothing else, so that it works after a restart and on a reply of last month;
who may press it is decided anew at every press.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from bot.records import record

LONGEST: Final = 100
"""Characters of an encoded button: Discord's limit for a custom id, the tightest of the platforms."""

_MARK: Final = "cc"
_PARTS: Final = 5


class Action(StrEnum):
    """What pressing a button asks for."""

    RECORD = "record"
    """The full record of the claim, page by page."""
    MORE = "more"
    """The claims that were found beyond those shown."""
    MINE = "mine"
    """“This is my claim”, on a claim that is only close."""
    NOT_MINE = "not-mine"
    """“Not my claim”, on a claim that was answered."""
    NONE = "none"
    """“None of these”."""
    ASK = "ask"
    """“Ask the moderators”."""
    FOLLOW = "follow"
    REPORT = "report"
    DISMISS = "dismiss"
    SHARE = "share"


@record
class Button:
    """One button: its action, the question (id) that the reply answers, the claim (id) and a page from 0."""

    action: Action
    question: str | None = None
    claim: str | None = None
    page: int = 0


def encoded(button: Button) -> str:
    """Return the text that stands for `button`, at most 100 characters: `cc:ACTION:QUESTION:PAGE:CLAIM`.

    Ids of claims have at most 64 characters (`bot.rules`) and may contain colons, so they come last;
    ids of questions have at most 16 and no colon.
    """
    parts = (_MARK, button.action.value, button.question or "", str(button.page), button.claim or "")
    return ":".join(parts)


def decoded(text: str) -> Button | None:
    """Return the button that `text` stands for, or None where it is none of ours."""
    parts = text.split(":", _PARTS - 1)
    if len(text) > LONGEST or len(parts) != _PARTS or parts[0] != _MARK:
        return None
    _, action, question, page, claim = parts
    if action not in set(Action) or not page.isascii() or not page.isdecimal():
        return None
    return Button(action=Action(action), question=question or None, claim=claim or None, page=int(page))
