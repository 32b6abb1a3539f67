"""A reply as a whole: what of each claim is shown where several share the room of one message.

It divides room and knows no markup; what is left out is counted, claims as well as statements.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.answers import Answer, Changed, ClaimRecord, Tier
from bot.layout import Layout, laid_out, laid_out_in_brief
from bot.paging import Page, Size, pages
from bot.paragraphs import Paragraph, Shape, faint, paragraph, plain, strong
from bot.records import record
from bot.selection import fitted, least, wanted
from bot.wording import Catalogue, date_words


@record
class Reply:
    """What is shown of an answer: the lead, a page for each of `claims`, and the close.

    `more` counts the claims that were found and are not shown.
    """

    lead: tuple[Paragraph, ...]
    claims: tuple[ClaimRecord, ...]
    pages: tuple[Page, ...]
    close: tuple[Paragraph, ...]
    more: int


def replied(
    answer: Answer, words: Catalogue, *, size: Size, room: int, overhead: Callable[[ClaimRecord], int]
) -> Reply:
    """Return what of `answer` is shown in a message with `room`, lead and close included.

    `overhead` is the room that each claim takes beside its paragraphs, for its buttons and frame. The
    first claim is always shown, if need be by its text alone; a claim whose text has no room any more
    is counted in `more`. Room that one claim does not need goes to the others.
    """
    lead = _lead(answer, words)
    room -= sum(map(size, lead)) + sum(map(size, _close(answer.more + len(answer.claims), words)))
    layouts = [_laid_out(each, words) for each in answer.claims]
    frames = [overhead(each) for each in answer.claims]
    count = len(layouts)
    if count == 1:
        shares = [room]
    else:
        floors = [least(each, size) + frame for each, frame in zip(layouts, frames, strict=True)]
        wishes = [wanted(each, size) + frame for each, frame in zip(layouts, frames, strict=True)]
        while count > 1 and sum(floors[:count]) > room:
            count -= 1
        shares = _shares(wishes[:count], floors[:count], room)
    shown = tuple(
        fitted(layout, size=size, room=share - frame)
        for layout, share, frame in zip(layouts, shares, frames, strict=False)
    )
    more = answer.more + len(answer.claims) - count
    return Reply(
        lead=lead,
        claims=answer.claims[:count],
        pages=shown,
        close=_close(more, words) if answer.claims else (),
        more=more,
    )


def record_pages(claim: ClaimRecord, words: Catalogue, *, size: Size, room: int) -> tuple[Page, ...]:
    """Return the full record of `claim` on pages of at most `room`."""
    return pages(laid_out(claim, words, is_full_record=True), size=size, room=room)


def page_lead(page: int, count: int, words: Catalogue) -> Paragraph:
    """Return the first line of the page `page` (from 0) of a full record that has `count` pages."""
    if count == 1:
        return paragraph(Shape.TEXT, strong(words.say("heading.full_record")))
    return paragraph(Shape.TEXT, strong(words.say("reply.page", page=str(page + 1), pages=str(count))))


def ruling(words: Catalogue) -> Paragraph:
    """Return the line that ends every reply that shows a record."""
    return paragraph(Shape.NOTE, faint(words.say("close.ruling")))


def _lead(answer: Answer, words: Catalogue) -> tuple[Paragraph, ...]:
    changed = answer.changed
    if changed is not None and not answer.claims:
        return _withdrawn(changed, words)
    head = paragraph(Shape.TEXT, strong(words.say(f"tier.{answer.tier}")))
    if changed is not None:
        mark = words.say(f"changed.{changed.how}", date=date_words(words, changed.on))
        return (head, paragraph(Shape.NOTE, faint(mark)))
    if answer.claims:
        return (head,)
    said = (words.say("terminal.nothing"), words.say("reply.nothing_next"))
    return (head, *(paragraph(Shape.TEXT, plain(each)) for each in said))


def _withdrawn(changed: Changed, words: Catalogue) -> tuple[Paragraph, ...]:
    """Return all that stands in the place of entries that are no longer shown: nothing of what they said."""
    date = date_words(words, changed.on)
    if changed.until is not None:
        said = words.say("changed.embargoed", date=date, until=date_words(words, changed.until))
    else:
        said = words.say("changed.gone", date=date)
    head = words.say("changed.head", date=date)
    return paragraph(Shape.TEXT, strong(head)), paragraph(Shape.TEXT, plain(said))


def _close(more: int, words: Catalogue) -> tuple[Paragraph, ...]:
    if not more:
        return (ruling(words),)
    key = "close.one_more" if more == 1 else "close.more"
    return (paragraph(Shape.NOTE, faint(words.say(key, count=str(more)))), ruling(words))


def _laid_out(claim: ClaimRecord, words: Catalogue) -> Layout:
    return laid_out_in_brief(claim, words) if claim.tier is Tier.CLOSE else laid_out(claim, words)


def _shares(wishes: list[int], floors: list[int], room: int) -> list[int]:
    """Divide `room`: to each its floor, and of the rest as much as it wishes, the smallest wishes first."""
    shares = list(floors)
    rest = room - sum(floors)
    order = sorted(range(len(wishes)), key=lambda place: wishes[place] - floors[place])
    for served, place in enumerate(order):
        given = min(max(wishes[place] - floors[place], 0), max(rest, 0) // (len(order) - served))
        shares[place] += given
        rest -= given
    return shares
