"""A form in pages, each a modal of at most five fields, and the message that leads to the next page.

A modal cannot answer a modal, so between two pages stands a message with a button; what is wrong with a
page is listed there too, and the button opens the page again with what was typed. Modal and button carry
the id of the sheet and the page and nothing else, so that both work after a restart.

Numbers of types, and limits: docs.discord.com/developers/components/reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import discord

from bot.buttons import Key
from bot.display import tidy
from bot.moderation.forms import MOST_OPTIONS, Field, FieldKind, Typed, pages
from bot.paragraphs import Paragraph, Shape, paragraph, plain, strong
from bot.wording import DEFAULT_LANGUAGE, Catalogue, catalogue
from handlers.discord.components import MOST, shortened
from handlers.discord.markup import length, set_out
from handlers.outcomes import Asked, Board

FIELDS: Final = 5
"""Fields of a modal at most."""
LONGEST_TITLE: Final = 45
LONGEST_LABEL: Final = 45
LONGEST_HELP: Final = 100
LONGEST_INPUT: Final = 4_000

_MARK: Final = "cf"
_PARTS: Final = 3

_Label: TypeAlias = "discord.ui.Label[Any]"


def encoded(sheet: str, page: int) -> str:
    """Return the text that stands for page `page` (from 0) of the sheet with the id `sheet`."""
    return f"{_MARK}:{sheet}:{page}"


def decoded(text: str) -> tuple[str, int] | None:
    """Return the sheet and the page that `text` stands for, or None where it is none of these."""
    parts = text.split(":")
    if len(parts) != _PARTS or parts[0] != _MARK:
        return None
    _, sheet, page = parts
    if not sheet or not page.isascii() or not page.isdecimal():
        return None
    return sheet, int(page)


class ReadyForm(discord.ui.Modal):
    """A form of which discord.py keeps nothing: what is sent with it is answered by its custom id."""

    def is_finished(self) -> bool:
        """Say that it waits for nothing."""
        return True


def modal(asked: Asked, *, language: str = DEFAULT_LANGUAGE) -> ReadyForm:
    """Return the modal that asks for the fields of one page, filled in with what was typed so far.

    To be called while a loop runs, which discord.py's modals ask for.
    """
    form = ReadyForm(title=title(asked, language=language), custom_id=encoded(asked.sheet, asked.page))
    for each in items(asked):
        form.add_item(each)
    return form


def title(asked: Asked, *, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the title of a page, with its number where the form has several."""
    count = len(pages(asked.form, FIELDS))
    if count < 2:  # noqa: PLR2004 - one page alone
        return shortened(asked.form.title, LONGEST_TITLE)
    said = catalogue(language).say(
        "step.title", title=asked.form.title, step=str(asked.page + 1), steps=str(count)
    )
    return shortened(said, LONGEST_TITLE)


def items(asked: Asked) -> Iterator[discord.ui.Item[Any]]:
    """Yield what a page consists of: the note of the form, where the page has room for it, and its fields."""
    fields = _page(asked)
    if _shows_note(asked) and asked.form.note:
        yield discord.ui.TextDisplay(_set_note(asked.form.note))
    for field in fields:
        yield _label(field, asked.typed.get(field.name, ""))


def step(asked: Asked, *, language: str = DEFAULT_LANGUAGE) -> Board:
    """Return the message from which a page is opened: the next one, or one on which something is to mend."""
    words = catalogue(language)
    note = asked.form.note
    is_due = note and asked.page <= 1 and not _shows_note(asked, 0)
    noted = (paragraph(Shape.NOTE, plain(tidy(note))),) if note and is_due else ()
    if asked.faults:
        return Board(paragraphs=(*noted, *_faults(asked, words)), rows=(tuple(_mending(asked, words)),))
    count = len(pages(asked.form, FIELDS))
    if asked.page and asked.page < count:
        numbers = {"step": str(asked.page + 1), "steps": str(count)}
        said, label = words.say("step.kept"), words.say("step.continue", **numbers)
    else:
        said, label = words.say("step.ready"), words.say("step.open")
    head = paragraph(Shape.TEXT, strong(tidy(asked.form.title)))
    key = Key(label=label, text=encoded(asked.sheet, asked.page))
    return Board(paragraphs=(head, *noted, paragraph(Shape.TEXT, plain(said))), rows=((key,),))


def leads_to(custom_ids: Iterator[str], sheet: str) -> bool:
    """Say whether one of the buttons with these ids opens a page of the sheet."""
    found = (decoded(each) for each in custom_ids)
    return any(each is not None and each[0] == sheet for each in found)


def typed(components: Any) -> Typed:
    """Return what was typed into a modal, by the names of fields, from what Discord sends of it."""
    return dict(_typed(components))


def _typed(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for each in value:
            yield from _typed(each)
    elif isinstance(value, dict):
        name = value.get("custom_id")
        if isinstance(name, str) and isinstance(value.get("value"), str):
            yield name, value["value"]
        elif isinstance(name, str) and isinstance(value.get("values"), list):
            yield name, "\n".join(map(str, value["values"]))
        for part in ("components", "component"):
            yield from _typed(value.get(part))


def _page(asked: Asked) -> tuple[Field, ...]:
    made = pages(asked.form, FIELDS)
    return made[min(max(asked.page, 0), len(made) - 1)] if made else ()


def _shows_note(asked: Asked, page: int | None = None) -> bool:
    """Say whether the note of the form stands on a page of it: on the first, where there is room."""
    at = asked.page if page is None else page
    made = pages(asked.form, FIELDS)
    return at == 0 and bool(made) and len(made[0]) < FIELDS


def _set_note(note: str) -> str:
    text = tidy(note)
    while length(shown := set_out(paragraph(Shape.TEXT, plain(text)))) > MOST:
        text = shortened(text, length(text) * 3 // 4)
    return shown


def _label(field: Field, text: str) -> _Label:
    help_text = shortened(tidy(field.help), LONGEST_HELP) if field.help else None
    return discord.ui.Label(
        text=shortened(tidy(field.label), LONGEST_LABEL),
        description=help_text or None,
        component=_choice(field, text) if field.options else _input(field, text),
    )


def _input(field: Field, text: str) -> discord.ui.TextInput[Any]:
    most = min(max(field.most, 1), LONGEST_INPUT)
    # Discord refuses a whole modal for a text in it that is too long, or that holds no character.
    value = "".join(each for each in text if each != "\0" and not "\ud800" <= each <= "\udfff")
    while (beyond := length(value) - most) > 0:
        # A character takes one or two of the units in which it is counted.
        value = value[: -((beyond + 1) // 2)]
    is_long = field.kind is FieldKind.TEXT
    return discord.ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
        required=field.required,
        max_length=most,
        default=value or None,
    )


def _choice(field: Field, text: str) -> discord.ui.Select[Any]:
    several = field.kind is FieldKind.SEVERAL
    chosen = text.split("\n") if several else [text]
    options = [
        discord.SelectOption(
            label=shortened(tidy(each.label), LONGEST_HELP),
            value=each.value,
            description=shortened(tidy(each.help), LONGEST_HELP) if each.help else None,
            default=each.value in chosen,
        )
        for each in field.options[:MOST_OPTIONS]
    ]
    return discord.ui.Select(
        custom_id=field.name,
        min_values=1 if field.required else 0,
        max_values=len(options) if several else 1,
        options=options,
        required=field.required,
    )


def _faults(asked: Asked, words: Catalogue) -> Iterator[Paragraph]:
    yield paragraph(Shape.TEXT, strong(words.say("step.faults")))
    labels = {each.name: each.label for each in asked.form.fields}
    order = list(labels)
    for name in sorted(asked.faults, key=lambda each: order.index(each) if each in labels else -1):
        fault = plain(tidy(asked.faults[name]))
        label = tidy(labels.get(name, ""))
        yield paragraph(Shape.ITEM, strong(label), plain(": " if label else ""), fault)


def _mending(asked: Asked, words: Catalogue) -> Iterator[Key]:
    """Yield a button for each page on which something is to be mended; for the page at hand where none is."""
    made = pages(asked.form, FIELDS)
    found = [n for n, fields in enumerate(made) if any(each.name in asked.faults for each in fields)]
    for n in found or [asked.page]:
        label = words.say("step.mend" if len(made) == 1 else "step.mend_step", step=str(n + 1))
        yield Key(label=label, text=encoded(asked.sheet, n))
