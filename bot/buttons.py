"""Which buttons stand under a reply, and in which rows. How one looks is the platform's.

A row has at most five, which is the least that a platform takes (Discord).
"""

from __future__ import annotations

from typing import TypeAlias

from bot.actions import LONGEST, Action, Button, encoded
from bot.answers import Answer, ClaimRecord, Tier
from bot.records import record
from bot.wording import Catalogue


@record
class Key:
    """A button with its label, and `text`, which stands for it on the platform."""

    label: str
    text: str


Row: TypeAlias = tuple[Key, ...]


def claim_row(claim: ClaimRecord, answer: Answer, question: str | None, words: Catalogue) -> Row:
    """Return the buttons that belong to one claim of a reply; `question` is the id of what was asked."""
    first = Action.MINE if claim.tier is Tier.CLOSE else Action.RECORD
    second = Action.RECORD if claim.tier is Tier.CLOSE else Action.NOT_MINE
    actions = [first, second, Action.FOLLOW]
    if len(answer.claims) == 1 and claim.tier is Tier.SAME:
        actions += [Action.REPORT, Action.DISMISS]
    return _row([Button(action=each, question=question, claim=claim.id) for each in actions], words)


def closing_rows(
    answer: Answer, question: str | None, words: Catalogue, *, more: int, visible_to_asker: bool
) -> tuple[Row, ...]:
    """Return the buttons that belong to the reply as a whole; `more` counts the claims that it leaves out."""
    claim = answer.claims[0].id if len(answer.claims) == 1 else None
    asked: list[Action] = []
    if answer.tier is Tier.CLOSE:
        asked = [Action.NONE, Action.ASK]
    elif not answer.claims and answer.changed is None:
        asked = [Action.ASK]
    is_said = len(answer.claims) == 1 and answer.tier is Tier.SAME
    rest = [] if is_said else [Action.REPORT, Action.DISMISS]
    last = ([Action.MORE] if more else []) + ([Action.SHARE] if visible_to_asker else [])
    rows = ([*asked, *rest], last) if len(asked) + len(rest) + len(last) > 5 else ([*asked, *rest, *last],)  # noqa: PLR2004 - a row of Discord's
    made = (
        _row([Button(action=each, question=question, claim=claim) for each in row], words) for row in rows
    )
    return tuple(filter(None, made))


def page_rows(
    claim: ClaimRecord,
    question: str | None,
    words: Catalogue,
    *,
    page: int,
    pages: int,
    visible_to_asker: bool,
) -> tuple[Row, ...]:
    """Return the buttons of the page `page` (from 0) of a full record: to the pages beside it first."""
    turns: list[tuple[str, Button]] = []
    if page > 0:
        turns.append(
            ("previous", Button(action=Action.RECORD, question=question, claim=claim.id, page=page - 1))
        )
    if page + 1 < pages:
        turns.append(("next", Button(action=Action.RECORD, question=question, claim=claim.id, page=page + 1)))
    actions = [Action.FOLLOW, Action.REPORT, Action.DISMISS, *([Action.SHARE] if visible_to_asker else [])]
    # The page goes with each button, so that what is shared is what is seen.
    others = [Button(action=each, question=question, claim=claim.id, page=page) for each in actions]
    turning = tuple(_key(f"button.{label}", button, words) for label, button in turns if _has_room(button))
    return tuple(filter(None, (turning, _row(others, words))))


def notice_row(question: str | None, words: Catalogue) -> Row:
    """Return the buttons of a reply that is one sentence."""
    return _row([Button(action=Action.DISMISS, question=question)], words)


def _row(buttons: list[Button], words: Catalogue) -> Row:
    return tuple(_key(f"button.{each.action}", each, words) for each in buttons if _has_room(each))


def _key(label: str, button: Button, words: Catalogue) -> Key:
    return Key(label=words.say(label), text=encoded(button))


def _has_room(button: Button) -> bool:
    """Say whether a platform takes the text of `button`; one with a longer id could not be posted at all."""
    return len(encoded(button)) <= LONGEST
