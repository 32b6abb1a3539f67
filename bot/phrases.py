"""The small phrases that every renderer puts beside the record: headings, marks, sources, differences.

They are words without markup. What stands where, and how it is set, is the renderer's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.answers import Chain, ClaimRecord, Difference, DifferenceKind, Line, SourceNote
from bot.composition import shared_origins
from bot.display import capitalised, in_quotes, tidy_or_none
from bot.statements import Group, Kind, TargetKind
from bot.wording import Catalogue, date_words, language_words


def group_heading(group: Group, record: ClaimRecord, words: Catalogue) -> tuple[str, str]:
    """Return the heading of `group` and, for authenticity, the note on what it is about (else empty)."""
    heading = words.say(f"group.{group}")
    if group is not Group.AUTHENTICITY:
        return heading, ""
    kinds = {each.kind for each in record.chains}
    targets = {line.about.kind for line in dict(record.groups)[group] if line.about}
    is_one_kind = len(kinds) == 1 and targets <= {TargetKind.ARTIFACT}
    what = words.say(f"authenticity.{kinds.pop() if is_one_kind else 'other'}")
    return heading, words.say("authenticity.about", what=what)


def speaker_words(line: Line, words: Catalogue) -> str:
    """Return who speaks: “Dmitry Peskov, Kremlin spokesperson, for the Kremlin”."""
    behalf = line.on_behalf_of if line.on_behalf_of != line.speaker else None
    name = capitalised(line.speaker) if line.anonymous else line.speaker
    parts = [name, line.role, words.say("line.for", name=behalf) if behalf else None]
    return ", ".join(filter(None, parts))


def line_facts(line: Line, words: Catalogue) -> tuple[str, ...]:
    """Return what stands beside the speaker: capacity, to whom, where, when, by which way.

    Empty facts are left out. The standing of an authenticity line is not among them: it stands beside
    the text (`line_label`).
    """
    told = "line.asked_by" if line.kind is Kind.NO_RESPONSE else "line.to"
    date = line.date
    if line.date_note:
        date = words.say("line.date_note", date=date, note=line.date_note)
    facts = [
        words.say("line.not_named", reason=line.anonymity) if line.anonymity else None,
        words.say("line.official") if line.official else None,
        words.say(told, name=line.told_to) if line.told_to else None,
        line.venue,
        date,
        *line.relays,
        None if _is_authenticity(line) else line.standing,
        line.since.words if line.since else None,
    ]
    return tuple(filter(None, facts))


def line_label(line: Line) -> str:
    """Return the mark beside the text: the quote mode, for authenticity with what the line does."""
    return f"{line.standing} · {line.mode}" if _is_authenticity(line) and line.standing else line.mode


def _is_authenticity(line: Line) -> bool:
    return line.kind in {Kind.AUTHENTICITY_CHALLENGE, Kind.AUTHENTICITY_SUPPORT}


def locator_words(n: int, locator: str | None, words: Catalogue) -> str:
    """Return a citation without brackets: “1”, or “1, page 12” with the place in the source."""
    return words.say("line.locator", n=str(n), locator=locator) if locator else str(n)


def chain_words(chain: Chain, words: Catalogue) -> str:
    """Return how the artifact of `chain` is named before its steps: “The recording of the meeting”."""
    return words.say("custody.artifact", name=chain.artifact)


def source_facts(note: SourceNote, words: Catalogue, *, whole: bool) -> tuple[str, ...]:
    """Return what tells a reader which text a source is, addresses apart; with the note on it if `whole`."""
    published = note.published_on and words.say("source.published", date=date_words(words, note.published_on))
    retrieved = note.retrieved_on and words.say("source.retrieved", date=date_words(words, note.retrieved_on))
    remark = note.note if whole else None
    facts = (note.publisher, note.title, note.author, note.locator, published or retrieved, remark)
    return tuple(filter(None, facts))


def origin_words(record: ClaimRecord, words: Catalogue) -> str:
    """Return how many links of `record` repeat one another: “2 links share one origin”, else empty."""
    keys = ("source.origin", "source.next_origin")
    counts = shared_origins(record.sources)
    return "; ".join(words.say(keys[place > 0], count=str(count)) for place, count in enumerate(counts))


def difference_words(differences: tuple[Difference, ...], words: Catalogue) -> Iterator[str]:
    """Yield one sentence for each of the ways in which the pasted text says what the record does not."""
    for each in differences:
        pasted, on_file = tidy_or_none(each.pasted), tidy_or_none(each.record)
        values = {
            "pasted": in_quotes(pasted, words) if pasted else "",
            "record": in_quotes(on_file, words) if on_file else "",
        }
        whole, alone = _DIFFERENCES.get(each.kind, ("difference.other", "difference.absent"))
        if pasted and on_file:
            yield words.say(whole, **values)
        elif pasted:
            yield words.say(alone, **values)
        elif on_file:
            yield words.say("difference.record_only", **values)


def across_words(record: ClaimRecord, words: Catalogue) -> str | None:
    """Return that the paste was matched with a claim in another language, where it was."""
    if record.pasted_language is None:
        return None
    own = language_words(words, record.language)
    if not words.knows(f"languages.{record.pasted_language}"):
        return words.say("heading.across_unknown", claim=own)
    return words.say("heading.across", pasted=language_words(words, record.pasted_language), claim=own)


_DIFFERENCES: Final = {
    DifferenceKind.NEGATION: ("difference.negation_other", "difference.negation"),
    DifferenceKind.ROLES: ("difference.roles_other", "difference.absent"),
    DifferenceKind.CERTAINTY: ("difference.certainty_other", "difference.certainty"),
}
"""How a difference is told, by its kind: where the record says something there, and where it does not."""


def reviewed_words(record: ClaimRecord, words: Catalogue) -> str:
    """Return when a person last reviewed the entry, and that one person alone vetted it where that is so."""
    reviewed = words.say("heading.not_reviewed")
    if record.last_reviewed_on is not None:
        reviewed = words.say("heading.reviewed", date=date_words(words, record.last_reviewed_on))
    return words.say("heading.reviewed_alone", reviewed=reviewed) if record.vetted_alone else reviewed
