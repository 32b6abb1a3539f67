"""The small cards beside the record: what a search found, the history of an entry, help, one sentence.

Each is a title and items. An item is shown whole or counted; no limit of a platform is known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from bot.answers import HistoryItem
from bot.dates import Day, date_fault
from bot.display import tidy
from bot.moderation.members import Role
from bot.paging import Size, broken
from bot.paragraphs import SEPARATOR, Paragraph, Run, Shape, faint, paragraph, plain, strong
from bot.records import record
from bot.wording import Catalogue, date_words

Item: TypeAlias = tuple[Paragraph, ...]
Match: TypeAlias = tuple[str, str, str | None]
"""A claim that a search found: id, text, story."""

_TYPED: Final = ("check", "show", "search", "history", "follow", "privacy", "help")


@record
class Card:
    """A title, which is the catalogue's, and the items below it."""

    title: str
    items: tuple[Item, ...]


def help_card(how: str, words: Catalogue, role: Role = Role.READER) -> Card:
    """Return what can be asked; `how` is what a person types first (“/claim”).

    Whoever has a role reads what that lets them do as well.
    """
    typed = (words.say(f"help.{each}", how=how) for each in _TYPED)
    more = (words.say(f"help.{each}", how=how) for each in Role if Role.READER.rank < each.rank <= role.rank)
    said = (words.say("help.mention"), words.say("help.message"), *typed, *more)
    return Card(
        title=words.say("help.title"), items=tuple((paragraph(Shape.ITEM, plain(each)),) for each in said)
    )


def match_card(matches: Sequence[Match], words: Catalogue) -> Card:
    """Return the claims that a search found, in the order given."""
    if not matches:
        return Card(title=words.say("terminal.no_match"), items=())
    key = "terminal.one_match" if len(matches) == 1 else "terminal.matches"
    return Card(title=words.say(key, count=str(len(matches))), items=tuple(map(_match, matches)))


def _match(found: Match) -> Item:
    entry, text, story = found
    below: list[Run] = [faint(tidy(entry))]
    if story and tidy(story):
        below += [SEPARATOR, faint(tidy(story))]
    return (paragraph(Shape.ITEM, plain(tidy(text))), paragraph(Shape.NOTE, *below))


def history_card(items: Sequence[HistoryItem], words: Catalogue) -> Card:
    """Return the entries of the log of revisions, in the order given."""
    if not items:
        return Card(title=words.say("terminal.no_history"), items=())
    return Card(title=words.say("card.history"), items=tuple(tuple(_history(each, words)) for each in items))


def _history(item: HistoryItem, words: Catalogue) -> Iterator[Paragraph]:
    done = tidy(f"{item.action} {item.entity} {item.id}")
    number = plain(f"{item.n} · {_moment(item.at, words)}")
    yield paragraph(Shape.ITEM, number, SEPARATOR, plain(tidy(item.actor)), SEPARATOR, strong(done))
    if item.changed:
        yield paragraph(
            Shape.NOTE, plain(words.say("terminal.changed", fields=tidy(", ".join(item.changed))))
        )
    if item.reason:
        yield paragraph(Shape.NOTE, plain(words.say("terminal.reason", reason=tidy(item.reason))))


def _moment(at: str, words: Catalogue) -> str:
    """Return an ISO 8601 time to the minute in words, or as it is where it has another form."""
    day, time = at[:10], at[11:16]
    if date_fault(day, whole=True) or at[10:11] not in {"T", " "}:
        return tidy(at)
    return words.say("terminal.at", date=date_words(words, Day(day)), time=tidy(time))


def sentence(text: str, words: Catalogue, *, size: Size, room: int) -> Paragraph:
    """Return `text` as one paragraph; of one that is longer than `room`, the beginning, marked as such."""
    whole = paragraph(Shape.TEXT, plain(tidy(text)))
    return next(broken(whole, size=size, room=room, words=words), whole)


def shown(card: Card, words: Catalogue, *, size: Size, room: int) -> tuple[Paragraph, ...]:
    """Return the items of `card` that `room` holds, whole and in order, and a count of those left out."""
    costs = [sum(map(size, each)) for each in card.items]
    if sum(costs) <= room:
        return tuple(each for item in card.items for each in item)
    left = room - size(_left(len(card.items), words))
    made: list[Paragraph] = []
    count = 0
    for item, cost in zip(card.items, costs, strict=True):
        if cost > left:
            break
        left -= cost
        count += 1
        made.extend(item)
    return (*made, _left(len(card.items) - count, words))


def _left(count: int, words: Catalogue) -> Paragraph:
    return paragraph(Shape.NOTE, faint(words.say("card.more", count=str(count))))
