"""The form of one statement: who said what, in what capacity, and where it can be read.

What steers the form (kind, speaker, quote mode, source) stands first: a platform that shows it in pages
is given the fields alone that those answers leave open.
"""

from __future__ import annotations

from typing import Final

from bot.claims import Claim
from bot.display import tidy
from bot.moderation.forms import TEXT_LENGTH, Field, FieldKind, Form, Option, Suggest, Typed
from bot.rules.texts import MAX_ADDRESS, MAX_CLAIM, MAX_LINE, MAX_NOTE, MAX_TITLE
from bot.statements import GROUP_OF, Group, Kind, QuoteMode, State, Statement, TargetKind
from bot.wording import catalogue

NAME: Final = "statement"

NEW: Final = "new"
"""The option for a source that the draft does not have yet."""

NEW_ARTIFACTS: Final = ("audio", "video", "document", "image")
"""The options for material that the entry does not have yet: `new-audio` and so on."""

MOST_TARGETS: Final = 25
_LABEL: Final = 75

_DATE: Final = 10
_ABOUT_MATERIAL: Final = frozenset({Group.AUTHENTICITY, Group.PROVENANCE, Group.CONTEXT})
_LENGTHS: Final = {
    "text": TEXT_LENGTH, "part": MAX_CLAIM, "excerpt": TEXT_LENGTH, "original_text": TEXT_LENGTH,
    "url": MAX_ADDRESS, "title": MAX_TITLE, "locator": MAX_LINE, "date_note": MAX_NOTE,
    "anonymity_reason": MAX_NOTE, "said_on": _DATE, "published_on": _DATE, "retrieved_on": _DATE,
    "original_language": 35,
}  # fmt: skip
_TEXTS: Final = frozenset({"text", "excerpt", "original_text"})
_OF_UNNAMED: Final = ("anonymous", "anonymity_reason")
_OF_TRANSLATION: Final = ("original_text", "original_language")
_OF_NEW_SOURCE: Final = ("publisher", "title", "url", "retrieved_on", "published_on")
_REQUIRED: Final = frozenset({"kind", "quote_mode", "text"})
_ORDER: Final = (
    "kind", "speaker", "quote_mode", "text", "source",
    "publisher", "title", "url", "excerpt", "retrieved_on",
    "said_on", "role", "official", "on_behalf_of", "told_to",
    "about", "part", "anonymous", "anonymity_reason", "artifact",
    "published_on", "locator", "relay", "date_note", "original_text", "original_language", "standing",
)  # fmt: skip


def statement_form(claim: Claim, statement: Statement | None, answers: Typed | None = None) -> Form:
    """Return the form of `statement`, or of a new one, in the draft `claim`.

    With `answers`, the fields that they make needless are left out.
    """
    say = catalogue().say
    names = [each for each in _ORDER if _is_needed(each, statement, answers)]
    return Form(
        name=NAME,
        title=say("form_title.statement" if statement is None else "form_title.statement_change"),
        submit=say("form_submit.statement"),
        fields=tuple(_field(each, claim, statement) for each in names),
        note=say("form_note.statement"),
    )


def _is_needed(name: str, statement: Statement | None, answers: Typed | None) -> bool:
    if name == "standing":
        return statement is not None
    if answers is None or answers.get("kind") not in set(Kind):
        return True
    kind = Kind(answers["kind"])
    needed = {
        "part": kind is Kind.PARTIAL_DENIAL,
        "artifact": GROUP_OF[kind] in _ABOUT_MATERIAL,
        **dict.fromkeys(_OF_UNNAMED, not answers.get("speaker", "").strip()),
        **dict.fromkeys(_OF_TRANSLATION, answers.get("quote_mode") == QuoteMode.TRANSLATION),
        **dict.fromkeys(_OF_NEW_SOURCE, answers.get("source", NEW) in {NEW, ""}),
    }
    return needed.get(name, True)


def _field(name: str, claim: Claim, statement: Statement | None) -> Field:
    say = catalogue().say
    options = _options(name, claim, statement)
    kind = FieldKind.TEXT if name in _TEXTS else FieldKind.LINE
    return Field(
        name=name,
        label=say(f"field.{name}"),
        kind=FieldKind.CHOICE if options else kind,
        help=say(f"help_statement.{name}"),
        required=name in _REQUIRED,
        most=_LENGTHS.get(name, MAX_LINE),
        options=options,
        suggest=Suggest.SPEAKER if name == "speaker" else None,
    )


def _options(name: str, claim: Claim, statement: Statement | None) -> tuple[Option, ...]:
    say = catalogue().say
    if name == "kind":
        return tuple(
            Option(value=each, label=say(f"kind.{each}"), help=say(f"kind_rule.{each}")) for each in Kind
        )
    if name == "quote_mode":
        return tuple(
            Option(value=each, label=say(f"mode.{each}"), help=say(f"mode_rule.{each}")) for each in QuoteMode
        )
    if name in {"official", "standing"}:
        values = ("no", "yes") if name == "official" else ("shown", "withdrawn")
        of = "official" if name == "official" else "standing_option"
        return tuple(Option(value=each, label=say(f"{of}.{each}")) for each in values)
    if name == "source":
        sources = tuple(
            Option(value=each.id, label=_short(f"{each.publisher}: {each.title}")) for each in claim.sources
        )
        return (Option(value=NEW, label=say("source_option.new")), *sources[: MOST_TARGETS - 1])
    return _targets(claim, statement) if name == "about" else ()


def _targets(claim: Claim, statement: Statement | None) -> tuple[Option, ...]:
    """Return what a statement of `claim` may be about; what it is about already is among them."""
    say = catalogue().say
    options = [Option(value=TargetKind.CLAIM, label=say("target.claim"))]
    options += [
        Option(value=f"{TargetKind.ARTIFACT}:{each.id}", label=_short(say("target.artifact", name=each.name)))
        for each in claim.artifacts
    ]
    options += [
        Option(
            value=f"{TargetKind.STATEMENT}:{each.id}",
            label=_short(
                say("target.statement", n=str(n + 1), kind=say(f"kind.{each.kind}"), text=each.text)
            ),
        )
        for n, each in enumerate(claim.statements)
        if each != statement and each.state is not State.WITHDRAWN
    ]
    options += [
        Option(
            value=f"{TargetKind.SOURCE}:{each.id}", label=_short(say("target.source", name=each.publisher))
        )
        for each in claim.sources
    ]
    new = [Option(value=f"new-{each}", label=say(f"target.new_{each}")) for each in NEW_ARTIFACTS]
    room = MOST_TARGETS - len(new)
    held = target_value(statement) if statement else ""
    first = [each for each in options if each.value == held]
    kept = options[:room] if not first or first[0] in options[:room] else [*options[: room - 1], *first]
    return (*kept, *new)


def target_value(statement: Statement) -> str:
    """Return the option that stands for what `statement` is about."""
    about = statement.about
    if about is None or about.kind is TargetKind.CLAIM:
        return TargetKind.CLAIM
    return f"{about.kind}:{about.id}"


def typed_from(claim: Claim, statement: Statement | None, today: str) -> dict[str, str]:
    """Return what the form is filled in with at first: a statement's own values, the source's included."""
    if statement is None:
        last = claim.sources[-1].id if len(claim.sources) == 1 else NEW
        return {"source": last, "official": "no", "about": TargetKind.CLAIM, "retrieved_on": today}
    names = {each.id: each.name for each in claim.speakers}
    cited = statement.citations[0] if statement.citations else None
    return {
        "kind": statement.kind,
        "speaker": names.get(statement.speaker or "", ""),
        "quote_mode": statement.quote_mode,
        "text": statement.text,
        "source": cited.source if cited else NEW,
        "said_on": statement.said_on or "",
        "role": statement.role or "",
        "official": "yes" if statement.official else "no",
        "on_behalf_of": statement.on_behalf_of or "",
        "told_to": statement.told_to or "",
        "about": target_value(statement),
        "part": statement.part or "",
        "anonymous": statement.anonymous or "",
        "anonymity_reason": statement.anonymity_reason or "",
        "locator": (cited.locator if cited else None) or "",
        "relay": (cited.relay if cited else None) or "",
        "date_note": statement.date_note or "",
        "original_text": statement.original_text or "",
        "original_language": statement.original_language or "",
        "retrieved_on": today,
        "standing": "withdrawn" if statement.state is State.WITHDRAWN else "shown",
    }


def _short(label: str) -> str:
    """Return a label that a menu has room for: it names a row, which the form itself shows whole."""
    line = tidy(label)
    return line if len(line) <= _LABEL else f"{line[: _LABEL - 1]}…"
