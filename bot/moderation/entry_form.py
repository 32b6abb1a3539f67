"""The form of an entry: the claim itself, its other wordings, what it needs before it may be vetted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.claims import Claim
from bot.dates import Day
from bot.moderation.forms import TEXT_LENGTH, Faults, Field, FieldKind, Form, Option, Suggest, Typed
from bot.moderation.ids import new_id
from bot.moderation.missing import at_fields, drafted
from bot.moderation.typed import line, lines, pruned, speaker_of, ticked, with_speakers
from bot.rules.texts import MAX_CLAIM, MAX_LINE, MAX_NOTE
from bot.sources import Speaker
from bot.statements import State
from bot.wording import catalogue

NAME: Final = "entry"

FLAGS: Final = ("allegation", "living_person")


def entry_form(*, is_new: bool) -> Form:
    """Return the form of the claim itself; for a change of one that is on file it asks for the reason."""
    say = catalogue().say

    def field(name: str, kind: FieldKind = FieldKind.LINE, *, required: bool = False, most: int) -> Field:
        return Field(
            name=name,
            label=say(f"field.{name}"),
            kind=kind,
            help=say(f"help_entry.{name}"),
            required=required,
            most=most,
            suggest=Suggest.SPEAKER if name == "concerns" else None,
            options=tuple(Option(value=each, label=say(f"flag.{each}")) for each in FLAGS)
            if name == "flags"
            else (),
        )

    return Form(
        name=NAME,
        title=say("form_title.entry" if is_new else "form_title.entry_change"),
        submit=say("form_submit.entry"),
        fields=(
            field("text", FieldKind.TEXT, required=True, most=MAX_CLAIM),
            field("flags", FieldKind.SEVERAL, most=MAX_LINE),
            field("concerns", FieldKind.TEXT, most=TEXT_LENGTH),
            field("aliases", FieldKind.TEXT, most=TEXT_LENGTH),
            field("story", most=MAX_LINE),
            field("response_not_sought", FieldKind.TEXT, most=MAX_NOTE),
            field("language", most=35),
            field("embargo_until", most=10),
            field("reason", most=MAX_LINE, required=not is_new),
        ),
        note=say("form_note.entry"),
    )


def typed_from(claim: Claim, reason: str | None = None) -> dict[str, str]:
    """Return what the form of `claim` is filled in with at first."""
    names = {each.id: each.name for each in claim.speakers}
    return {
        "text": claim.text,
        "flags": "\n".join(each for each in FLAGS if getattr(claim, each)),
        "concerns": "\n".join(names.get(each, each) for each in claim.concerns),
        "aliases": "\n".join(claim.aliases),
        "story": claim.story or "",
        "response_not_sought": claim.response_not_sought or "",
        "language": claim.language,
        "embargo_until": claim.embargo_until or "",
        "reason": reason or "",
    }


def blank(workspace: str) -> Claim:
    """Return the claim that a new entry starts from; it has no id yet."""
    return Claim(id="", text="", workspace=workspace, state=State.DRAFT)


def claim_from(typed: Typed, before: Claim, known: Iterable[Speaker], ending: str) -> tuple[Claim, Faults]:
    """Return the claim that was typed, and what is wrong with it by the names of fields.

    `before` is the claim as it was, `known` are speakers on file, and `ending` is what ids that are
    made here end in.
    """
    text = line(typed, "text") or ""
    on_file = (*before.speakers, *known)
    concerned = [
        speaker_of(name, on_file, f"{ending}{n or ''}") for n, name in enumerate(lines(typed, "concerns"))
    ]
    flags = ticked(typed, "flags")
    embargo = line(typed, "embargo_until")
    claim = replace(
        with_speakers(before, concerned),
        id=before.id or new_id(text, ending),
        text=text,
        language=line(typed, "language") or "en",
        aliases=lines(typed, "aliases"),
        story=line(typed, "story"),
        allegation="allegation" in flags,
        living_person="living_person" in flags,
        response_not_sought=line(typed, "response_not_sought"),
        concerns=tuple(dict.fromkeys(each.id for each in concerned)),
        embargo_until=Day(embargo) if embargo else None,
    )
    claim = pruned(claim)
    return claim, at_fields(drafted(claim), _place(claim), known=drafted(before) if before.id else ())


def _place(claim: Claim) -> dict[str, str]:
    """Return the field of the form for each beginning of a path that a rule may name."""
    names = ("text", "language", "aliases", "story", "response_not_sought", "embargo_until", "concerns")
    places = {name: name for name in names}
    for n, each in enumerate(claim.speakers):
        if each.id in claim.concerns:
            places[f"speakers[{n}]"] = "concerns"
    # Merged speakers, sources and statements are no matter of this form: they are shown on the draft.
    return places | {"id": "text"}
