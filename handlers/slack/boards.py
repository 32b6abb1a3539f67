"""A board and a form as Slack shows them: a message for one person, a modal, the Home tab.

Pure functions: same input, same bytes. They know no store, no network and nobody who acts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from bot.buttons import Row
from bot.cards import Card, shown
from bot.paging import broken
from bot.paragraphs import Paragraph, Shape, paragraph, plain
from bot.plain import text_of
from bot.wording import DEFAULT_LANGUAGE, Catalogue, catalogue
from handlers.outcomes import Asked, Board
from handlers.slack import manifest
from handlers.slack.blocks import MOST, Block, Setting, divider, escaped
from handlers.slack.fields import LONGEST_OPTION, MOST_BLOCKS, clipped, inputs, plain_text
from handlers.slack.rendering import Payload

LONGEST_TITLE: Final = 24
"""Characters of a modal's title, and of what its two buttons say."""
VIEW_ROOM: Final = 40_000
"""Characters of the paragraphs of a modal or the Home tab, as JSON; Slack refuses a view of 250 kilobytes."""
LARGEST: Final = 200_000
"""Characters of a form's blocks, as JSON, beyond which it is shown without its longer explanations."""
_MOST_IN_MESSAGE: Final = 50
_FRAME: Final = 500
"""Characters that a message takes at most beside paragraphs and buttons."""


def message(board: Board, *, language: str = DEFAULT_LANGUAGE) -> Payload:
    """Return the message that shows `board`."""
    words, setting = catalogue(language), Setting()
    rows = _rows(board.rows, _MOST_IN_MESSAGE - 1)
    held = _fitting(board.paragraphs, setting, words, MOST - _FRAME - len(json.dumps(rows)))
    blocks = _blocks(held, rows, setting, _MOST_IN_MESSAGE)
    text = escaped(text_of(held)) or words.say("slack.title")
    return {"text": text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def modal(board: Board, *, metadata: str = "", language: str = DEFAULT_LANGUAGE) -> Block:
    """Return the modal that shows `board`; `metadata` comes back with each press in it."""
    words = catalogue(language)
    return _modal(words.say("slack.title"), _view_blocks(board, words), words, metadata)


def home(board: Board, *, language: str = DEFAULT_LANGUAGE) -> Block:
    """Return the Home tab that shows `board`."""
    blocks = _view_blocks(board, catalogue(language))
    return {"type": "home", "callback_id": manifest.HOME, "blocks": blocks}


def loading(*, metadata: str = "", language: str = DEFAULT_LANGUAGE) -> Block:
    """Return the modal that stands until there is something to show."""
    return modal(said(catalogue(language).say("slack.loading")), metadata=metadata, language=language)


def said(text: str) -> Board:
    """Return a board of one sentence."""
    return Board(paragraphs=(paragraph(Shape.TEXT, plain(text)),))


def form(asked: Asked, *, channel: str = "", language: str = DEFAULT_LANGUAGE) -> Block:
    """Return the modal that asks for the whole form; `channel` is where it was asked for."""
    words, setting = catalogue(language), Setting()
    note = asked.form.note
    made = setting.rich_text((paragraph(Shape.NOTE, plain(note)),)) if note else []
    made += inputs(asked, setting, words)
    if len(made) > MOST_BLOCKS or len(json.dumps(made)) > LARGEST:
        # What can be typed matters more than what explains it.
        made = [each for each in made if each["type"] == "input"][:MOST_BLOCKS]
    metadata = json.dumps({"sheet": asked.sheet, "channel": channel})
    return {
        **_modal(asked.form.title, made, words, metadata),
        "callback_id": manifest.DEED_FORM,
        "submit": plain_text(asked.form.submit, LONGEST_TITLE),
        # What was typed stays, so this is no cancelling.
        "notify_on_close": True,
    }


def _modal(title: str, blocks: list[Block], words: Catalogue, metadata: str) -> Block:
    return {
        "type": "modal",
        "callback_id": manifest.DEED_BOARD,
        "private_metadata": metadata,
        "title": plain_text(title, LONGEST_TITLE),
        "close": plain_text(words.say("slack.close"), LONGEST_TITLE),
        "blocks": blocks,
    }


def _view_blocks(board: Board, words: Catalogue) -> list[Block]:
    setting = Setting()
    held = _fitting(board.paragraphs, setting, words, VIEW_ROOM)
    return _blocks(held, _rows(board.rows, MOST_BLOCKS - 1), setting, MOST_BLOCKS)


def _fitting(
    paragraphs: Sequence[Paragraph], setting: Setting, words: Catalogue, room: int
) -> tuple[Paragraph, ...]:
    """Return what `room` holds, by whole paragraphs, with a count of what is left out."""
    filled = [each for each in paragraphs if any(run[0] for run in each.runs)]
    # One that is longer than all there is room for is broken; it says so itself.
    whole = [next(broken(each, size=setting.size, room=room // 2, words=words), each) for each in filled]
    return shown(Card(title="", items=tuple((each,) for each in whole)), words, size=setting.size, room=room)


def _blocks(
    paragraphs: Sequence[Paragraph], rows: Sequence[Block], setting: Setting, most: int
) -> list[Block]:
    """Return a block from each heading to the next, or one for all where that would be too many."""
    parts: list[list[Paragraph]] = []
    for each in paragraphs:
        if parts and each.shape is not Shape.HEADING:
            parts[-1].append(each)
        else:
            parts.append([each])
    if len(parts) + len(rows) > most:
        parts = [list(paragraphs)]
    made = [block for part in parts for block in setting.rich_text(part)]
    # Slack takes no view without a block.
    return [*made, *rows] or [divider()]


def _rows(rows: Sequence[Row], most: int) -> list[Block]:
    known: set[str] = set()
    made: list[Block] = []
    for row in rows:
        # Slack takes no two buttons of one name.
        fresh = {key.text: key for key in row if key.text not in known}
        known |= fresh.keys()
        elements = [_button(each.text, each.label) for each in fresh.values()]
        if elements:
            made.append({"type": "actions", "elements": elements})
    return made[:most]


def _button(text: str, label: str) -> dict[str, Any]:
    return {"type": "button", "text": plain_text(label, LONGEST_OPTION), "action_id": clipped(text, 255)}
