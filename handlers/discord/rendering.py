"""An Answer, a full record and the small cards as components of a Discord message (Components V2).

Pure functions: same input, same bytes. They know no store, no network and no place that is posted to;
`handlers.discord.sending` makes of their components what discord.py sends. The first text is the lead in
plain language, for it is what a notification shows and a screen reader begins with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot import cards
from bot.answers import Answer, ClaimRecord, HistoryItem
from bot.buttons import claim_row, closing_rows, notice_row, page_rows
from bot.cards import Card, Match
from bot.moderation.members import Role
from bot.paging import Page, Section
from bot.paragraphs import Paragraph, Shape, paragraph, strong
from bot.replies import page_lead, record_pages, replied, ruling
from bot.wording import DEFAULT_LANGUAGE, Catalogue, catalogue
from handlers.discord.components import MOST, Component, Setting, action_row, separator


def reply(
    answer: Answer,
    *,
    question: str | None = None,
    visible_to_asker: bool = False,
    language: str = DEFAULT_LANGUAGE,
) -> list[Component]:
    """Return the reply that shows `answer`.

    `question` is the id under which the buttons name what was asked. `visible_to_asker` says that
    nobody else sees the reply, which then has a button to share it.
    """
    words, setting = catalogue(language), Setting()
    shown = replied(answer, words, size=setting.size, room=MOST, overhead=lambda _: 0)
    made: list[Component] = [] if shown.claims else setting.text(shown.lead)
    for place, (claim, page) in enumerate(zip(shown.claims, shown.pages, strict=True)):
        made += [separator()] if place else []
        made += _page(page, () if place else shown.lead, setting)
        made += action_row(claim_row(claim, answer, question, words))
    made += setting.text(shown.close)
    rows = closing_rows(answer, question, words, more=shown.more, visible_to_asker=visible_to_asker)
    return [*made, *(component for row in rows for component in action_row(row))]


def record_page(
    claim: ClaimRecord,
    page: int = 0,
    *,
    question: str | None = None,
    visible_to_asker: bool = False,
    language: str = DEFAULT_LANGUAGE,
) -> list[Component]:
    """Return the page `page` (from 0, the last one for any beyond it) of the full record of `claim`."""
    words, setting = catalogue(language), Setting()
    named = paragraph(Shape.TEXT, strong(claim.text))
    close = ruling(words)
    longest = page_lead(9_998, 9_999, words)
    room = MOST - setting.size(named) - setting.size(close) - setting.size(longest)
    made = record_pages(claim, words, size=setting.size, room=room)
    at = min(max(page, 0), len(made) - 1)
    # The first page opens with the claim; on any other a reader has to be told whose record it is.
    top = (page_lead(at, len(made), words), *((named,) if at else ()))
    rows = page_rows(claim, question, words, page=at, pages=len(made), visible_to_asker=visible_to_asker)
    buttons = [component for row in rows for component in action_row(row)]
    return [*_page(made[at], top, setting), *setting.text((close,)), *buttons]


def notice(text: str, *, question: str | None = None, language: str = DEFAULT_LANGUAGE) -> list[Component]:
    """Return a reply of one sentence, such as an error with its reference id."""
    words, setting = catalogue(language), Setting()
    said = cards.sentence(text, words, size=setting.size, room=MOST)
    return [*setting.text((said,)), *action_row(notice_row(question, words))]


def help_card(
    *,
    how: str = "/claim",
    question: str | None = None,
    role: Role = Role.READER,
    language: str = DEFAULT_LANGUAGE,
) -> list[Component]:
    """Return what can be asked by somebody with this role, and what to type for it after `how`.

    With the id `question` of what was asked in public it can be dismissed.
    """
    words = catalogue(language)
    row = notice_row(question, words) if question is not None else ()
    return [*_card(cards.help_card(how, words, role), words), *action_row(row)]


def matches(found: Sequence[Match], *, language: str = DEFAULT_LANGUAGE) -> list[Component]:
    """Return the claims that a search found, each as (id, text, story or None), in the order given."""
    words = catalogue(language)
    return _card(cards.match_card(found, words), words)


def history(items: Sequence[HistoryItem], *, language: str = DEFAULT_LANGUAGE) -> list[Component]:
    """Return the entries of the log of revisions in the order given."""
    words = catalogue(language)
    return _card(cards.history_card(items, words), words)


def _card(card: Card, words: Catalogue) -> list[Component]:
    setting = Setting()
    title = paragraph(Shape.TEXT, strong(card.title))
    return setting.text(
        (title, *cards.shown(card, words, size=setting.size, room=MOST - setting.size(title)))
    )


def _page(page: Page, lead: Sequence[Paragraph], setting: Setting) -> list[Component]:
    """Return a page in at most three texts: what it is about, what was said, where that can be read."""
    opening = [each for each in page.sections[:1] if each.heading is None]
    first = [*lead, *(each for section in opening for each in section.paragraphs)]
    made = [*setting.text(first), *setting.text(_paragraphs(page.sections[len(opening) :]))]
    notes = (page.notes,) if page.notes is not None else ()
    listed = (page.sources_heading, *page.sources) if page.sources else ()
    return [*made, *setting.text((*listed, *notes))]


def _paragraphs(sections: Sequence[Section]) -> Iterator[Paragraph]:
    for each in sections:
        if each.heading is not None:
            yield each.heading
        yield from each.paragraphs
