"""An Answer, a full record and the small cards as what Slack posts: plain text and blocks.

Pure functions: same input, same bytes. They know no store, no network and no place that is posted to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from bot import cards
from bot.answers import Answer, ClaimRecord, HistoryItem
from bot.buttons import Row, claim_row, closing_rows, notice_row, page_rows
from bot.cards import Card, Match
from bot.moderation.members import Role
from bot.paging import Page
from bot.paragraphs import Paragraph, Shape, paragraph, strong
from bot.plain import line, page_paragraphs, text_of
from bot.replies import Reply, page_lead, record_pages, replied, ruling
from bot.wording import DEFAULT_LANGUAGE, Catalogue, catalogue
from handlers.slack.blocks import (
    MOST,
    Block,
    Setting,
    buttons,
    context,
    divider,
    escaped,
    header,
)

Payload: TypeAlias = dict[str, Any]
"""`text`, `blocks`, and no previews of links."""

_FRAME: Final = 500
"""Characters that header, close and dividers take at most beside their words."""
_CLAIM_FRAME: Final = 400
"""Characters that one claim's blocks take at most beside its paragraphs and its buttons."""


def reply(
    answer: Answer,
    *,
    question: str | None = None,
    visible_to_asker: bool = False,
    language: str = DEFAULT_LANGUAGE,
) -> Payload:
    """Return the reply that shows `answer`.

    `question` is the id under which the buttons name what was asked. `visible_to_asker` says that
    nobody else sees the reply, which then has a button to share it.
    """
    words, setting = catalogue(language), Setting()
    rows = {each.id: claim_row(each, answer, question, words) for each in answer.claims}
    most = closing_rows(answer, question, words, more=1, visible_to_asker=visible_to_asker)
    shown = replied(
        answer,
        words,
        size=setting.size,
        room=MOST - _FRAME - _length(most),
        overhead=lambda claim: _CLAIM_FRAME + _length([rows[claim.id]]),
    )
    closing = closing_rows(answer, question, words, more=shown.more, visible_to_asker=visible_to_asker)
    return _payload(_reply_text(shown), [*_reply_blocks(shown, rows, setting), *_rows(closing)])


def record_page(
    claim: ClaimRecord,
    page: int = 0,
    *,
    question: str | None = None,
    visible_to_asker: bool = False,
    language: str = DEFAULT_LANGUAGE,
) -> Payload:
    """Return the page `page` (from 0, the last one for any beyond it) of the full record of `claim`."""
    words, setting = catalogue(language), Setting()
    named = paragraph(Shape.TEXT, strong(claim.text))
    most = page_rows(claim, question, words, page=1, pages=3, visible_to_asker=visible_to_asker)
    room = MOST - _FRAME - _CLAIM_FRAME - _length(most) - setting.size(named)
    made = record_pages(claim, words, size=setting.size, room=room)
    at = min(max(page, 0), len(made) - 1)
    lead = page_lead(at, len(made), words)
    # The first page opens with the claim; on any other a reader has to be told whose record it is.
    top = (named,) if at else ()
    rows = page_rows(claim, question, words, page=at, pages=len(made), visible_to_asker=visible_to_asker)
    close = ruling(words)
    blocks = [header(line(lead)), *setting.rich_text(top), *_page_blocks(made[at], setting)]
    blocks += [context([line(close)]), *_rows(rows)]
    return _payload((lead, *top, *page_paragraphs(made[at]), close), blocks)


def notice(text: str, *, question: str | None = None, language: str = DEFAULT_LANGUAGE) -> Payload:
    """Return a reply of one sentence, such as an error with its reference id."""
    words, setting = catalogue(language), Setting()
    said = cards.sentence(text, words, size=setting.size, room=MOST - _FRAME)
    return _payload((said,), [*setting.rich_text((said,)), *buttons(notice_row(question, words))])


def help_card(
    *,
    how: str = "/claim",
    question: str | None = None,
    role: Role = Role.READER,
    language: str = DEFAULT_LANGUAGE,
) -> Payload:
    """Return what can be asked by somebody with this role, and what to type for it after `how`.

    With the id `question` of what was asked in public it can be dismissed.
    """
    words = catalogue(language)
    made = _card(cards.help_card(how, words, role), words)
    row = notice_row(question, words) if question is not None else ()
    return {**made, "blocks": [*made["blocks"], *buttons(row)]}


def matches(found: Sequence[Match], *, language: str = DEFAULT_LANGUAGE) -> Payload:
    """Return the claims that a search found, each as (id, text, story or None), in the order given."""
    words = catalogue(language)
    return _card(cards.match_card(found, words), words)


def history(items: Sequence[HistoryItem], *, language: str = DEFAULT_LANGUAGE) -> Payload:
    """Return the entries of the log of revisions in the order given."""
    words = catalogue(language)
    return _card(cards.history_card(items, words), words)


def _card(card: Card, words: Catalogue) -> Payload:
    setting = Setting()
    title = paragraph(Shape.TEXT, strong(card.title))
    items = cards.shown(card, words, size=setting.size, room=MOST - _FRAME)
    return _payload((title, *items), [header(card.title), *setting.rich_text(items)])


def _reply_text(shown: Reply) -> list[Paragraph]:
    pages = [each for page in shown.pages for each in page_paragraphs(page)]
    return [*shown.lead, *pages, *shown.close]


def _reply_blocks(shown: Reply, rows: dict[str, Row], setting: Setting) -> list[Block]:
    head, *said = shown.lead
    made = [header(line(head)), *setting.rich_text(said)]
    for place, (claim, page) in enumerate(zip(shown.claims, shown.pages, strict=True)):
        made += [divider()] if place else []
        made += [*_page_blocks(page, setting), *buttons(rows[claim.id])]
    return [*made, context([line(each) for each in shown.close])] if shown.close else made


def _page_blocks(page: Page, setting: Setting) -> list[Block]:
    notes = (page.notes,) if page.notes is not None else ()
    listed = (page.sources_heading, *page.sources) if page.sources else ()
    return [*setting.sections(page.sections), *setting.rich_text((*listed, *notes))]


def _rows(rows: Sequence[Row]) -> list[Block]:
    return [block for row in rows for block in buttons(row)]


def _length(rows: Sequence[Row]) -> int:
    return len(json.dumps(_rows(rows)))


def _payload(text: Iterable[Paragraph], blocks: list[Block]) -> Payload:
    return {
        "text": escaped(text_of(text)),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }
