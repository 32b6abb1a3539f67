"""What was typed into a form, read: texts made fit to keep, lists by their lines, names made speakers.

Nothing is judged here; the rules of the ledger do that (`bot.rules`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.claims import Claim
from bot.folding import fold
from bot.moderation.forms import Field, Typed
from bot.moderation.ids import new_id
from bot.sources import Speaker, SpeakerKind


def kept(fields: Iterable[Field], given: Typed, before: Typed) -> dict[str, str]:
    """Return `before` with what was typed into `fields`; one that was left empty is empty.

    Half a surrogate pair, which no text file holds, becomes a question mark.
    """
    now = {each.name: given.get(each.name, "") for each in fields}
    return {**before, **{name: text.encode(errors="replace").decode() for name, text in now.items()}}


def line(typed: Typed, name: str) -> str | None:
    """Return what was typed on one line, or None for nothing."""
    return " ".join(typed.get(name, "").split()) or None


def text(typed: Typed, name: str) -> str | None:
    """Return what was typed with its line breaks, each a line feed, or None for nothing."""
    return "\n".join(each.rstrip() for each in typed.get(name, "").splitlines()).strip() or None


def lines(typed: Typed, name: str) -> tuple[str, ...]:
    """Return what was typed a line each, without empty ones."""
    found = (" ".join(each.split()) for each in typed.get(name, "").splitlines())
    return tuple(dict.fromkeys(each for each in found if each))


def ticked(typed: Typed, name: str) -> frozenset[str]:
    """Return the options that were chosen of several."""
    return frozenset(typed.get(name, "").split("\n")) - {""}


def named(speaker: Speaker) -> frozenset[str]:
    """Return the names of `speaker` as they are compared."""
    return frozenset(fold(each) for each in (speaker.name, *speaker.aliases)) - {""}


def speaker_of(name: str, known: Iterable[Speaker], ending: str) -> Speaker:
    """Return the speaker in `known` who is called `name`, else a new one with an id that ends in `ending`.

    One who was merged into another is that other, where that one is known.
    """
    everybody = tuple(known)
    by_id = {each.id: each for each in everybody}
    wanted = fold(name)
    for each in everybody:
        if wanted in named(each):
            return by_id.get(each.merged_into or "", each)
    return Speaker(id=new_id(name, ending), name=name, kind=SpeakerKind.PERSON)


def with_speakers(claim: Claim, added: Iterable[Speaker]) -> Claim:
    """Return `claim` with the speakers `added`, where they are not in it."""
    held = {each.id: each for each in claim.speakers}
    everybody = {each.id: each for each in added} | held
    return replace(claim, speakers=tuple(everybody[key] for key in sorted(everybody)))


def pruned(claim: Claim) -> Claim:
    """Return `claim` without the speakers and sources that nothing in it names any more."""
    heard = {each.speaker for each in claim.statements} | set(claim.concerns)
    for _ in claim.speakers:
        heard |= {each.merged_into for each in claim.speakers if each.id in heard}
    read = {each.source for statement in claim.statements for each in statement.citations}
    read |= {step.source for artifact in claim.artifacts for step in artifact.custody if step.source}
    read |= {
        each.about.id for each in claim.statements if each.about is not None and each.about.kind == "source"
    }
    return replace(
        claim,
        speakers=tuple(each for each in claim.speakers if each.id in heard),
        sources=tuple(each for each in claim.sources if each.id in read),
    )
