"""Boards and forms at a terminal: paragraphs as text, buttons as numbers to choose from, fields as prompts.

The same descriptions as on a chat platform. What is wrong is told at the field, which is asked for again.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import click

from bot.moderation.forms import Field, FieldKind, Form, pages
from bot.paragraphs import Shape
from bot.plain import line

if TYPE_CHECKING:
    from bot.moderation.deeds import Do
    from bot.paragraphs import Paragraph
    from handlers.moderating.acting import Acting
    from handlers.outcomes import Asked, Board, Outcome

_INDENTS: Final = {
    Shape.HEADING: "",
    Shape.TEXT: "",
    Shape.ITEM: "  ",
    Shape.QUOTE: "    ",
    Shape.NOTE: "    ",
}
_FIELDS: Final = 5


class Ended(Exception):  # noqa: N818 - the end of what is typed is no error
    """There is nothing more to read."""


def told(paragraphs: tuple[Paragraph, ...], width: int) -> str:
    """Return paragraphs as text of at most `width` columns, an address unbroken."""
    return "\n".join(
        textwrap.fill(
            line(each),
            width,
            initial_indent=_INDENTS[each.shape],
            subsequent_indent=_INDENTS[each.shape] + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for each in paragraphs
    )


def read(prompt: str) -> str:
    """Return a line that is typed; raise `Ended` at the end of input."""
    try:
        return input(prompt)
    except EOFError:
        raise Ended from None


async def carried(acting: Acting, outcome: Outcome) -> Outcome:
    """Ask for forms until there is something to show, and return that."""
    from handlers.moderating.deeds import handed_in  # noqa: PLC0415 - not needed by other commands
    from handlers.outcomes import Asked  # noqa: PLC0415 - the same

    if isinstance(outcome, Asked):
        click.echo(f"\n{outcome.form.title}")
        if outcome.form.note:
            click.echo(textwrap.fill(outcome.form.note, 100))
    while isinstance(outcome, Asked):
        page = outcome.page
        typed = dict(outcome.typed)
        try:
            _answer_into(typed, outcome)
        except (Ended, KeyboardInterrupt):
            await acting.moderation.type_into(acting.member, outcome.sheet, typed)
            raise
        outcome = await handed_in(acting, outcome.sheet, page, typed)
    return outcome


def chosen(board: Board) -> str | None:
    """Ask which button of a board to press, and return its text; None for none of them."""
    keys = [key for row in board.rows for key in row]
    for n, key in enumerate(keys, start=1):
        click.echo(f"  {n:>2} {key.label}")
    while keys:
        try:
            answer = read("What next? A number, or Enter to leave it: ").strip()
        except Ended:
            return None
        if not answer:
            return None
        if answer.isascii() and answer.isdecimal() and 0 < int(answer[:4]) <= len(keys):
            return keys[int(answer[:4]) - 1].text
        click.echo("Please type one of the numbers above.")
    return None


async def pressed(acting: Acting, text: str) -> tuple[Do | None, Outcome]:
    """Do what a button stands for; return the deed, where it is one, and what came of it."""
    from bot.moderation.deeds import decoded  # noqa: PLC0415 - not needed by other commands
    from handlers.moderating.deeds import carried_out, gone_on_with  # noqa: PLC0415 - the same

    do = decoded(text)
    if do is not None:
        return do, await carried_out(acting, do)
    return None, await gone_on_with(acting, text.split(":")[1], 0)


def listen() -> None:
    """Let bytes that are no text come in as a mark rather than as an error."""
    if sys.stdin is not None:
        sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]


def _answer_into(typed: dict[str, str], asked: Asked) -> None:
    """Ask for the fields of a page; where there are faults, for those alone."""
    for field in _wanted(asked.form, asked.page, asked.faults):
        if field.name in asked.faults:
            click.echo(f"  ! {asked.faults[field.name]}")
        typed[field.name] = _answer(field, asked.typed.get(field.name, ""))


def _wanted(form: Form, page: int, faults: Mapping[str, str]) -> Iterator[Field]:
    shown = pages(form, _FIELDS)[page]
    at_fault = [each for each in shown if each.name in faults]
    yield from at_fault or shown


def _answer(field: Field, before: str) -> str:
    """Return what is typed for a field; Enter keeps what was typed before, a single `-` empties it."""
    needed = "" if field.required else ", or Enter to skip"
    click.echo(f"\n{field.label}{needed}")
    if field.help:
        click.echo(f"  {field.help}")
    if field.options:
        return _choice(field, before)
    if before:
        click.echo(f"  Now: {before} (Enter keeps it, - empties it)")
    if field.kind is FieldKind.TEXT and not before:
        click.echo("  An empty line ends it.")
    first = read("> ")
    if not first.strip():
        return before
    if first.strip() == "-":
        return ""
    lines = [first]
    while field.kind is FieldKind.TEXT and (more := _next()):
        lines.append(more)
    return "\n".join(lines)


def _next() -> str:
    try:
        return read("> ")
    except Ended:
        return ""


def _choice(field: Field, before: str) -> str:
    several = field.kind is FieldKind.SEVERAL
    held = before.split("\n") if before else []
    for n, each in enumerate(field.options, start=1):
        mark = "*" if each.value in held else " "
        click.echo(f" {mark}{n:>2} {each.label}" + (f" — {each.help}" if each.help else ""))
    how = "Numbers with commas between them" if several else "A number"
    while True:
        answer = read(f"{how}{' (Enter keeps *)' if held else ''}> ").strip()
        if not answer:
            return before
        if answer == "-":
            return ""
        parts = [each.strip() for each in answer.split(",")] if several else [answer]
        values = [_value(field, each) for each in parts]
        if None not in values:
            return "\n".join(filter(None, values))
        click.echo("  ! Please type one of the numbers above.")


def _value(field: Field, answer: str) -> str | None:
    if answer.isascii() and answer.isdecimal() and 0 < int(answer[:4]) <= len(field.options):
        return field.options[int(answer[:4]) - 1].value
    return answer if any(each.value == answer for each in field.options) else None
