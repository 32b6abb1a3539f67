"""The short forms: a reason, a class, whom one asked, what came of it, a dispute, a role."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.claims import Outcome, RelationKind
from bot.display import tidy
from bot.moderation.forms import Field, FieldKind, Form, Option, Suggest
from bot.moderation.members import Role
from bot.rules.texts import MAX_ADDRESS, MAX_ID, MAX_LINE, MAX_NOTE, MAX_PASSAGE, MAX_TITLE
from bot.statements import QuoteMode
from bot.wording import catalogue

REASONS: Final = ("submit", "changes", "decline", "withdraw", "resolve")
"""The forms that ask for one text: why, or how it ended."""

CLASSES: Final = ("corrected", "updated")
MEASURES: Final = ("none", "freeze", "withdraw")
_DATE: Final = 10
_LABEL: Final = 75


def reason_form(name: str) -> Form:
    """Return the form that asks for the reason of the deed `name`, one of `REASONS`."""
    field = "outcome_text" if name == "resolve" else "reason"
    return _form(name, _text(name, field, most=MAX_NOTE, required=True))


def class_form() -> Form:
    """Return the form that asks whether a change of what readers saw corrects it or brings it up to date."""
    return _form("class", _choice("class", "classed", CLASSES, required=True))


def revert_form() -> Form:
    """Return the form that asks to which revision an entry should go back."""
    revision = _line("revert", "revision", most=_DATE, required=True)
    return _form("revert", revision, _text("revert", "reason", most=MAX_NOTE, required=True))


def merge_form() -> Form:
    """Return the form that asks which claim another one is a double of."""
    into = _line("merge", "into", most=MAX_ID, required=True, suggest=Suggest.CLAIM)
    return _form("merge", into, _text("merge", "reason", most=MAX_NOTE, required=True))


def relate_form(near: Iterable[tuple[str, str]]) -> Form:
    """Return the form that asks how one claim stands to another, with the claims `near` it (id, text)."""
    options = tuple(Option(value=key, label=_short(text), help=_short(key)) for key, text in near)
    fields = [_choice("relate", "relation", tuple(RelationKind), required=True)]
    if options:
        fields.append(
            Field(
                name="near",
                label=catalogue().say("field.near"),
                kind=FieldKind.CHOICE,
                help=catalogue().say("help_relate.near"),
                options=options,
            )
        )
    fields.append(_line("relate", "to", most=MAX_ID, suggest=Suggest.CLAIM))
    fields.append(_text("relate", "reason", most=MAX_NOTE, required=True))
    return _form("relate", *fields)


def ask_form() -> Form:
    """Return the form that notes whom one asked for a response."""
    return _form(
        "ask",
        _line("ask", "asked", required=True, suggest=Suggest.SPEAKER),
        _line("ask", "how", required=True),
        _line("ask", "asked_on", most=_DATE, required=True),
        _line("ask", "due_on", most=_DATE),
        _text("ask", "note", most=MAX_NOTE),
    )


def outcome_form(requests: Iterable[tuple[str, str]]) -> Form:
    """Return the form that notes what came of a request; `requests` are those that are open (id, whom)."""
    open_ones = tuple(Option(value=key, label=_short(whom)) for key, whom in requests)
    ends = tuple(each for each in Outcome if each is not Outcome.PENDING)
    modes = tuple(each for each in QuoteMode if each is not QuoteMode.TRANSLATION)
    request = Field(
        name="request",
        label=catalogue().say("field.request"),
        kind=FieldKind.CHOICE,
        required=True,
        options=open_ones,
    )
    return _form(
        "outcome",
        request,
        _choice("outcome", "outcome", ends, required=True),
        _text("outcome", "text", most=3_000),
        _choice("outcome", "quote_mode", modes, phrase="mode"),
        _line("outcome", "said_on", most=_DATE, required=True),
        _choice("outcome", "official", ("yes", "no")),
        _line("outcome", "url", most=MAX_ADDRESS),
        _line("outcome", "publisher"),
        _line("outcome", "title", most=MAX_TITLE),
        _text("outcome", "excerpt", most=min(MAX_PASSAGE, 3_000)),
    )


def dispute_form() -> Form:
    """Return the form that notes a complaint or a legal notice about an entry."""
    return _form(
        "dispute",
        _choice("dispute", "dispute_kind", ("complaint", "legal"), required=True),
        _line("dispute", "who", required=True),
        _text("dispute", "what", most=3_000, required=True),
        _line("dispute", "received_on", most=_DATE, required=True),
        _choice("dispute", "measure", MEASURES, required=True),
        _line("dispute", "due_on", most=_DATE),
    )


def roles_form() -> Form:
    """Return the form that gives somebody a role."""
    return _form(
        "roles",
        _line("roles", "person", required=True),
        _choice("roles", "role", tuple(Role), required=True),
        _line("roles", "name"),
    )


def _form(name: str, *fields: Field) -> Form:
    words = catalogue()
    note = f"form_note.{name}"
    return Form(
        name=name,
        title=words.say(f"form_title.{name}"),
        submit=words.say(f"form_submit.{name}"),
        fields=fields,
        note=words.say(note) if words.knows(note) else None,
    )


def _help(form: str, name: str) -> str | None:
    key = f"help_{form}.{name}"
    return catalogue().say(key) if catalogue().knows(key) else None


def _line(
    form: str, name: str, *, most: int = MAX_LINE, required: bool = False, suggest: Suggest | None = None
) -> Field:
    return Field(
        name=name,
        label=catalogue().say(f"field.{name}"),
        help=_help(form, name),
        required=required,
        most=most,
        suggest=suggest,
    )


def _text(form: str, name: str, *, most: int, required: bool = False) -> Field:
    return Field(
        name=name,
        label=catalogue().say(f"field.{name}"),
        kind=FieldKind.TEXT,
        help=_help(form, name),
        required=required,
        most=most,
    )


def _choice(
    form: str, name: str, values: Iterable[str], *, phrase: str | None = None, required: bool = False
) -> Field:
    words, of = catalogue(), phrase or name

    def option(value: str) -> Option:
        rule = f"{of}_rule.{value}"
        label = words.say(f"{of}.{value}")
        return Option(value=value, label=label, help=words.say(rule) if words.knows(rule) else None)

    return Field(
        name=name,
        label=words.say(f"field.{name}"),
        kind=FieldKind.CHOICE,
        help=_help(form, name),
        required=required,
        options=tuple(map(option, values)),
    )


def _short(label: str) -> str:
    """Return a label that a menu has room for."""
    line = tidy(label)
    return line if len(line) <= _LABEL else f"{line[: _LABEL - 1]}…"
