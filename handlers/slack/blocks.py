"""Blocks of Slack's Block Kit as plain values, and how much of a message each paragraph takes.

Text of rows and people stands in `rich_text` elements only: they have no escaping language, so nothing
in them can ping, link or break out. Header, context and buttons hold words of the catalogue.
Limits: docs.slack.dev/reference/block-kit and, for the whole, the size at which Slack answers
`msg_blocks_too_long` (about 13,200 characters, slackapi/bolt-js issue 2509).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any, Final, TypeAlias

from bot.buttons import Row
from bot.paging import Section, remembered
from bot.paragraphs import Paragraph, Shape, Tone, merged

Block: TypeAlias = dict[str, Any]

MOST: Final = 12_000
"""Characters of all blocks together, as JSON in ASCII, which is the longest form that they can be sent in."""

LONGEST_ELEMENT: Final = 3_000
"""Characters of one text element; a longer text stands in several, one after the other."""

# One character less leaves room for the line feed that may come before it.
_STEP: Final = LONGEST_ELEMENT - 1

_STYLE: Final[dict[Tone, dict[str, bool]]] = {Tone.STRONG: {"bold": True}, Tone.FAINT: {"italic": True}}


def _length(value: Block) -> int:
    return len(json.dumps(value))


def _text(words: str, tone: Tone) -> Block:
    made: Block = {"type": "text", "text": words}
    return {**made, "style": dict(_STYLE[tone])} if tone in _STYLE else made


# What the JSON takes beside the words: of a run, of a link, of a quotation with the section after it,
# and of a section that stands in a block of its own.
_RUN: Final = {tone: _length(_text("", tone)) for tone in Tone}
_LINK: Final = _length({"type": "link", "url": "", "text": ""})
_SECTION: Final = _length({"type": "rich_text_section", "elements": []}) + 2
_FRAME: Final = {Shape.QUOTE: 2 * _SECTION, Shape.HEADING: 2 * _SECTION}
_OTHER_FRAME: Final = 4


def escaped(text: str) -> str:
    """Return `text` with the three characters escaped that Slack reads in a message's plain text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Setting:
    """Paragraphs in blocks, each looked at once, and how much room they take."""

    def __init__(self) -> None:
        self._runs = remembered(merged)
        self.size = remembered(self._size)

    def _size(self, each: Paragraph) -> int:
        """Return the characters that a paragraph takes at most, of the blocks' JSON or the plain text."""
        blocks = _FRAME.get(each.shape, _OTHER_FRAME)
        plain = _OTHER_FRAME
        for text, tone, url in self._runs(each):
            blocks += len(encode_basestring_ascii(text))
            plain += len(text) + 4 * (text.count("&") + text.count("<") + text.count(">"))
            if url is not None:
                blocks += len(url) + _LINK
                plain += len(url) + 4 * url.count("&") + len(" ()")
            else:
                blocks += _RUN[tone] * (1 + len(text) // _STEP)
        return max(blocks, plain)

    def rich_text(self, paragraphs: Iterable[Paragraph]) -> list[Block]:
        """Return paragraphs as one block, each on a line of its own; no block where there are none."""
        made: list[Block] = []
        running: list[Block] | None = None
        for each in paragraphs:
            elements = self._elements(each)
            if each.shape is Shape.QUOTE:
                made.append({"type": "rich_text_quote", "elements": elements})
                running = None
            elif running is None:
                running = elements
                made.append({"type": "rich_text_section", "elements": running})
            else:
                if elements and elements[0]["type"] == "text":
                    elements[0]["text"] = f"\n{elements[0]['text']}"
                else:
                    running.append({"type": "text", "text": "\n"})
                running.extend(elements)
        return [{"type": "rich_text", "elements": made}] if made else []

    def _elements(self, each: Paragraph) -> list[Block]:
        made: list[Block] = []
        for text, tone, url in self._runs(each):
            if url is not None:
                made.append({"type": "link", "url": url, "text": text})
            elif len(text) <= _STEP:
                made.append(_text(text, tone))
            else:
                made += [_text(text[start : start + _STEP], tone) for start in range(0, len(text), _STEP)]
        return made

    def sections(self, sections: Sequence[Section]) -> list[Block]:
        """Return a block for each section, its heading on the first line."""
        made = []
        for each in sections:
            headed = (each.heading, *each.paragraphs) if each.heading is not None else each.paragraphs
            made += self.rich_text(headed)
        return made


def header(words: str) -> Block:
    """Return a heading that holds words of the catalogue."""
    return {"type": "header", "text": _plain_text(words)}


def context(words: Sequence[str]) -> Block:
    """Return small print that holds words of the catalogue."""
    return {"type": "context", "elements": [_plain_text(each) for each in words]}


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def buttons(row: Row) -> list[Block]:
    """Return a row of buttons, whose text is the `action_id`; no block where there are none."""
    elements = [{"type": "button", "text": _plain_text(each.label), "action_id": each.text} for each in row]
    return [{"type": "actions", "elements": elements}] if elements else []


def _plain_text(words: str) -> Block:
    return {"type": "plain_text", "text": words, "emoji": False}
