"""Forms: what is asked of whoever keeps the ledger, described once for every place where it is filled in.

A form is a list of fields; a platform that takes fewer of them at a time shows it in pages. What is typed
is texts by the names of fields. Knows no platform and no ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeAlias

from bot.records import record
from bot.wording import catalogue

LINE_LENGTH: Final = 300
TEXT_LENGTH: Final = 3_000
"""Characters of a field at most; 3,000 is Slack's limit, the tightest."""

MOST_OPTIONS: Final = 25
"""Discord's limit for a choice, the tightest."""


class FieldKind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    """One of the options."""
    SEVERAL = "several"
    """Any number of the options; what is typed has a line for each."""


class Suggest(StrEnum):
    """What is suggested while somebody types, where the platform can."""

    SPEAKER = "speaker"
    CLAIM = "claim"


@record
class Option:
    """One of several: what is stored, what is shown, and when to choose it."""

    value: str
    label: str
    help: str | None = None


@record
class Field:
    """One thing that is asked for; `most` is its length in characters."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    help: str | None = None
    required: bool = False
    most: int = LINE_LENGTH
    options: tuple[Option, ...] = ()
    suggest: Suggest | None = None


@record
class Form:
    """What is asked at a time. `title` has at most 24 characters, which is Slack's limit."""

    name: str
    title: str
    submit: str
    fields: tuple[Field, ...]
    note: str | None = None


Typed: TypeAlias = Mapping[str, str]
"""What was typed, by the names of fields; a field that was left empty is not there, or is empty."""

Faults: TypeAlias = dict[str, str]
"""What is wrong, by the names of fields, each a sentence that says what would be right."""


def pages(form: Form, most: int) -> tuple[tuple[Field, ...], ...]:
    """Return the fields in pages of at most `most`."""
    return tuple(form.fields[start : start + most] for start in range(0, len(form.fields), most))


def faults(fields: tuple[Field, ...], typed: Typed) -> Faults:
    """Return what is wrong with what was typed into `fields` by their description alone."""
    say = catalogue().say
    found: Faults = {}
    for field in fields:
        text = typed.get(field.name, "").strip()
        if not text:
            if field.required:
                found[field.name] = say("form.required")
        elif len(text) > field.most:
            found[field.name] = say("form.too_long", length=str(len(text)), most=str(field.most))
        elif field.options:
            known = {each.value for each in field.options}
            chosen = text.split("\n") if field.kind is FieldKind.SEVERAL else [text]
            if not known.issuperset(chosen):
                found[field.name] = say("form.no_option")
    return found
