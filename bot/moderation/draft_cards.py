"""The card of a draft from an article: the claim, who is said to have said what, and the passages.

Pure: values in, paragraphs and buttons out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.answers import Tier
from bot.buttons import Key
from bot.claims import Claim
from bot.dates import Day
from bot.display import tidy
from bot.moderation.boards import Near, Shown, heading, key, near_words, note, rows
from bot.moderation.deeds import Deed
from bot.moderation.diffs import statement_paragraphs
from bot.moderation.forms import Field, FieldKind, Form, Typed
from bot.moderation.from_draft import Entry
from bot.paragraphs import SEPARATOR, Paragraph, Shape, faint, paragraph, plain, strong
from bot.rules.texts import MAX_ADDRESS, MAX_LINE, MAX_TITLE
from bot.wording import Catalogue, catalogue, date_words

SHEET: Final = "draft"
"""What a draft from an article is kept as until it is accepted or discarded: a sheet of this name."""
SOURCE: Final = "draft_source"
"""The form that asks where the article stands."""

_DATE: Final = 10
_MOST: Final = {"url": MAX_ADDRESS, "title": MAX_TITLE, "published_on": _DATE, "retrieved_on": _DATE}
SOURCE_FIELDS: Final = ("publisher", "title", "url", "locator", "published_on", "retrieved_on")
_REQUIRED: Final = frozenset({"publisher", "title", "retrieved_on"})


def draft_card(  # noqa: PLR0917 - what the card is made of, each by itself
    entry: Entry, sheet: str, near: Sequence[Near], place: int, count: int, words: Catalogue
) -> Shown:
    """Return the card of the draft that is kept as `sheet`, the one at `place` (from 0) of `count`.

    `near` are claims on file; to those that may be the same it can be added.
    """
    say = words.say
    made = [heading(say("draft.heading", n=str(place + 1), count=str(count)))]
    made += [*card_paragraphs(entry, words), *near_paragraphs(near, words), note(say("draft.unvetted"))]
    keys = [key(Deed.DRAFT, words, f"{sheet}/accept", label=say("draft.accept"))]
    keys.append(key(Deed.DRAFT, words, f"{sheet}/edit", label=say("draft.edit")))
    for each in near:
        if each.tier is not Tier.NONE and each.waits_by is None:
            label = say("draft.add_to", claim=tidy(each.id))
            keys.append(key(Deed.DRAFT, words, f"{sheet}/@{each.id}", label=label))
    keys.append(key(Deed.DRAFT, words, f"{sheet}/discard", label=say("deed.discard")))
    turns: list[Key] = []
    if place > 0:
        turns.append(key(Deed.DRAFT, words, page=place - 1, label=say("button.previous")))
    if place + 1 < count:
        turns.append(key(Deed.DRAFT, words, page=place + 1, label=say("button.next")))
    return tuple(made), (*rows(keys), *rows(turns))


def card_paragraphs(entry: Entry, words: Catalogue) -> Iterator[Paragraph]:
    """Yield a draft: the claim, each statement with the passage that it rests on, what was mended."""
    claim, say = entry.claim, words.say
    yield paragraph(Shape.TEXT, strong(tidy(claim.text)))
    for each in claim.statements:
        if each.id not in entry.passages:
            continue
        # The source is told once, below: all of them have the same.
        yield from statement_paragraphs(claim, replace(each, citations=()), words)
        yield note(say("draft.rests_on", text=entry.passages[each.id]))
        if each.id in entry.bases:
            yield note(say("draft.dated_by", text=entry.bases[each.id]))
    for artifact in claim.artifacts:
        yield paragraph(Shape.ITEM, plain(tidy(artifact.name)))
        for step in artifact.custody:
            yield note(say(f"custody.{step.action}", by=tidy(step.by)))
    for source in claim.sources[-1:]:
        where = (source.publisher, source.title, source.url, date_words(words, source.published_on))
        yield note(SEPARATOR[0].join(tidy(each) for each in where if each))
    for told in entry.notes:
        yield note(tidy(told))
    if entry.by_model:
        yield note(say("draft.by_model"))


def near_paragraphs(near: Sequence[Near], words: Catalogue) -> Iterator[Paragraph]:
    """Yield what is on file near the claim of a draft."""
    for each in near:
        yield paragraph(Shape.NOTE, plain(near_words(each, words)))
        yield paragraph(Shape.NOTE, faint(tidy(each.id)), SEPARATOR, plain(tidy(each.text)))


def next_key(words: Catalogue) -> Key:
    """Return the button to the next draft that waits."""
    return key(Deed.DRAFT, words, label=words.say("draft.next"))


def source_form() -> Form:
    """Return the form that asks where the article stands."""
    say = catalogue().say
    return Form(
        name=SOURCE,
        title=say(f"form_title.{SOURCE}"),
        submit=say(f"form_submit.{SOURCE}"),
        fields=tuple(
            Field(
                name=each,
                label=say(f"field.{each}"),
                kind=FieldKind.LINE,
                help=say(f"help_statement.{each}"),
                required=each in _REQUIRED,
                most=_MOST.get(each, MAX_LINE),
            )
            for each in SOURCE_FIELDS
        ),
        note=say(f"form_note.{SOURCE}"),
    )


def typed_from(claim: Claim, today: Day) -> Typed:
    """Return what is known of where the article of a draft stands."""
    if not claim.sources:
        return {"retrieved_on": today}
    source = claim.sources[0]
    known = {name: getattr(source, name) or "" for name in SOURCE_FIELDS}
    if known["publisher"] == catalogue().say("draft.no_publisher"):
        known["publisher"] = ""
    return {**known, "retrieved_on": known["retrieved_on"] or today}
