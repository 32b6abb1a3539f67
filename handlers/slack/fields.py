"""A form's fields as Slack's input blocks, and what was typed into those blocks by field again.

Pure. A block's id is `SHEET:FIELD`: Slack keeps what was typed into a block when a modal is updated, and
by the sheet the blocks of the next form are other ones.
Limits: docs.slack.dev/reference/block-kit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.display import tidy
from bot.moderation.forms import Faults, Field, FieldKind, Option, Suggest
from bot.paragraphs import Paragraph, Shape, faint, paragraph, plain, strong
from bot.wording import Catalogue
from handlers.outcomes import Asked
from handlers.slack.blocks import Block, Setting

MOST_BLOCKS: Final = 100
"""Blocks of a modal or of the Home tab."""
LONGEST_OPTION: Final = 75
"""Characters of an option's label or its description, and of a button's."""
LONGEST_VALUE: Final = 150
"""Characters of an option's value."""
LONGEST_HINT: Final = 2_000
LONGEST_TYPED: Final = 3_000
MOST_BOXES: Final = 10
MOST_OPTIONS: Final = 100
LONGEST_FAULT: Final = 300
"""Characters of what is wrong with a field; Slack does not say how many it takes."""

NOTHING: Final = "~"
"""The option that leaves a field empty, for Slack's menus cannot be emptied once something is chosen."""

SUGGEST: Final = "cs:"
"""What the `action_id` of a menu begins with that suggests; what is suggested follows."""


def clipped(text: str, most: int) -> str:
    """Return `text` on one line, its beginning where it is longer than `most` characters; never empty."""
    shown = tidy(text) or "…"
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def plain_text(text: str, most: int) -> Block:
    """Return words of ours, or of a row, as text without any markup."""
    return {"type": "plain_text", "text": clipped(text, most), "emoji": False}


def inputs(asked: Asked, setting: Setting, words: Catalogue) -> list[Block]:
    """Return the blocks that ask for every field of a form; what is wrong with one stands below it."""
    made: list[Block] = []
    for each in asked.form.fields:
        made += setting.rich_text(_rules(each))
        made.append(_input(each, asked.sheet, asked.typed.get(each.name, ""), words))
        fault = asked.faults.get(each.name)
        if fault:
            made += setting.rich_text((paragraph(Shape.NOTE, strong(tidy(fault))),))
    return made


def typed(view: Mapping[str, Any], sheet: str) -> dict[str, str]:
    """Return what stands in a form that Slack sent, by the names of fields; what is empty is "" or absent."""
    values = (view.get("state") or {}).get("values") or {}
    return {
        block.removeprefix(f"{sheet}:"): _value(next(iter(held.values())))
        for block, held in values.items()
        if block.startswith(f"{sheet}:") and held
    }


def errors(faults: Faults, asked: Asked) -> dict[str, str]:
    """Return what is wrong by the ids of blocks; what belongs to no field is said at the first."""
    names = [each.name for each in asked.form.fields]
    made: dict[str, str] = {}
    for name, fault in faults.items():
        block = f"{asked.sheet}:{name if name in names else names[0]}"
        made[block] = clipped(f"{made[block]} {fault}" if block in made else fault, LONGEST_FAULT)
    return made


def suggestions(words: str, found: Iterable[tuple[str, str]], *, optional: bool, empty: str) -> list[Block]:
    """Return the options of a menu for `words`: these themselves first, then `found` as (value, label).

    Where the field is `optional`, an option that leaves it empty, labelled `empty`, stands last.
    """
    own = tidy(words)
    known = [(own, own)] if own and len(own) <= LONGEST_VALUE and own != NOTHING else []
    known += [each for each in found if each[0] != own and 0 < len(each[0]) <= LONGEST_VALUE]
    options = {value: option(value, label) for value, label in reversed(known[: MOST_OPTIONS - 1])}
    made = list(reversed(options.values()))
    return [*made, option(NOTHING, empty)] if optional else made


def option(value: str, label: str, description: str | None = None) -> Block:
    """Return one option of a menu."""
    made: Block = {"text": plain_text(label, LONGEST_OPTION), "value": value}
    return {**made, "description": plain_text(description, LONGEST_OPTION)} if description else made


def _rules(field: Field) -> list[Paragraph]:
    """Return the help of the options, a line each, where any is too long to stand beside its option."""
    if all(len(each.help or "") <= LONGEST_OPTION for each in field.options):
        return []
    lead = [paragraph(Shape.TEXT, strong(tidy(field.label)))]
    return lead + [
        paragraph(Shape.ITEM, strong(tidy(each.label)), plain(": "), faint(tidy(each.help)))
        for each in field.options
        if each.help and tidy(each.help)
    ]


def _input(field: Field, sheet: str, held: str, words: Catalogue) -> Block:
    made: Block = {
        "type": "input",
        "block_id": f"{sheet}:{field.name}",
        "label": plain_text(field.label, LONGEST_HINT),
        "optional": not field.required,
        "element": _element(field, held, words),
    }
    return {**made, "hint": plain_text(field.help, LONGEST_HINT)} if field.help else made


def _element(field: Field, held: str, words: Catalogue) -> Block:
    if field.kind is FieldKind.CHOICE and field.options:
        return _menu(field, held, words)
    if field.kind is FieldKind.SEVERAL and field.options:
        return _boxes(field, held)
    if field.kind is FieldKind.LINE and field.suggest is not None and len(held) <= LONGEST_VALUE:
        return _suggesting(field, field.suggest, held)
    # What was typed elsewhere may be longer than it may be; it is not cut, so that it can be mended.
    most = LONGEST_TYPED if len(held) > field.most else min(field.most, LONGEST_TYPED)
    several_lines = field.kind in {FieldKind.TEXT, FieldKind.SEVERAL}
    made: Block = {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": several_lines,
        "max_length": most,
    }
    return {**made, "initial_value": held[:most]} if held else made


def _menu(field: Field, held: str, words: Catalogue) -> Block:
    options = _options(field.options)
    if not field.required:
        options = [*options, option(NOTHING, words.say("slack.nothing"))]
    made: Block = {"type": "static_select", "action_id": field.name, "options": options}
    chosen = next((each for each in options if each["value"] == held), None)
    return {**made, "initial_option": chosen} if chosen else made


def _boxes(field: Field, held: str) -> Block:
    options = _options(field.options)
    kind = "checkboxes" if len(options) <= MOST_BOXES else "multi_static_select"
    made: Block = {"type": kind, "action_id": field.name, "options": options}
    ticked = set(held.split("\n"))
    chosen = [each for each in options if each["value"] in ticked]
    return {**made, "initial_options": chosen} if chosen else made


def _suggesting(field: Field, suggest: Suggest, held: str) -> Block:
    made: Block = {
        "type": "external_select",
        "action_id": f"{SUGGEST}{suggest}:{field.name}",
        "min_query_length": 1,
    }
    return {**made, "initial_option": option(held, held)} if held.strip() else made


def _options(options: Iterable[Option]) -> list[Block]:
    options = tuple(options)
    whole = all(len(each.help or "") <= LONGEST_OPTION for each in options)
    return [option(each.value, each.label, each.help if whole else None) for each in options]


def _value(held: Mapping[str, Any]) -> str:
    """Return what one element of a submitted form holds."""
    if "selected_options" in held:
        return "\n".join(str(each["value"]) for each in held["selected_options"] or ())
    if "selected_option" in held:
        chosen = held["selected_option"]
        return "" if chosen is None or chosen["value"] == NOTHING else str(chosen["value"])
    return str(held.get("value") or "")
