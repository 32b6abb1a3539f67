"""Paragraphs and answers as plain text that can be read aloud, for screen readers and notifications.

It has no markup at all; what a platform does to plain text (entities, say) is that platform's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from bot.answers import Answer
from bot.paging import Page
from bot.paragraphs import SEPARATOR, Paragraph, Shape
from bot.replies import Reply, replied
from bot.wording import DEFAULT_LANGUAGE, catalogue

LONGEST: Final = 12_000
"""Characters of a plain text as it is made here, unless another limit is asked for."""


def plain_text(answer: Answer, *, room: int = LONGEST, language: str = DEFAULT_LANGUAGE) -> str:
    """Return `answer` as plain text of at most `room` characters, of which a lead needs about a thousand.

    What has no room is left out by whole statements and counted. Raises `LookupError` where there is
    no catalogue for `language`.
    """
    reply = replied(answer, catalogue(language), size=size, room=room, overhead=lambda _: 0)
    return text_of(reply_paragraphs(reply))


def size(each: Paragraph) -> int:
    """Return the characters that a paragraph takes at most, with its line feed."""
    return len(line(each)) + 1


def text_of(paragraphs: Iterable[Paragraph]) -> str:
    """Return paragraphs as text, a line each."""
    return "\n".join(map(line, paragraphs))


def line(each: Paragraph) -> str:
    """Return one paragraph as a line: a comma for each dot between facts, an address after its label."""
    # A voice reads “middle dot” aloud, and a comma as a pause.
    words = "".join(", " if run is SEPARATOR else _run(run[0], run[2]) for run in each.runs).strip()
    return f"{words}:" if each.shape is Shape.HEADING else words


def _run(text: str, url: str | None) -> str:
    return text if url is None or text == url else f"{text} ({url})"


def page_paragraphs(page: Page) -> Iterator[Paragraph]:
    """Yield the paragraphs of a page in reading order, headings, notes and sources included."""
    for section in page.sections:
        if section.heading is not None:
            yield section.heading
        yield from section.paragraphs
    if page.notes is not None:
        yield page.notes
    if page.sources:
        yield page.sources_heading
        yield from page.sources


def reply_paragraphs(reply: Reply) -> Iterator[Paragraph]:
    """Yield the paragraphs of a whole reply in reading order."""
    yield from reply.lead
    for page in reply.pages:
        yield from page_paragraphs(page)
    yield from reply.close
