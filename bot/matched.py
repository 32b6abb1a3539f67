"""What is matched of a claim: every text by which a paste may find it, and what kind of text each is.

Pure, and the one place that says so: whatever index is made of a claim, and whoever explains why it was
found, reads the same texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from bot.claims import Claim
from bot.records import record
from bot.sources import Speaker
from bot.statements import State, Statement
from bot.terms import terms

LEAST_TITLE: Final = 3
"""Terms that a title has by itself; a shorter one says too little and counts as a name."""


class Where(StrEnum):
    """What kind of text of a claim it is, those by which it is the same claim first."""

    TEXT = "text"
    ALIAS = "alias"
    STATEMENT = "statement"
    ORIGINAL = "original"
    """What was said, in the language in which it was said."""
    PERSON = "person"
    """Who said something of the claim or is concerned by it, by every name."""
    ARTIFACT = "artifact"
    """What a recording or document is called."""
    TITLE = "title"
    """The title of a source that is cited."""


@record
class Matched:
    """One text of a claim; `id` is that of the statement, person, artifact or source, empty for a wording.

    `voice` is the name of whoever said a statement, which counts as a word of it.
    """

    where: Where
    text: str
    id: str = ""
    voice: str = ""

    @property
    def whole(self) -> str:
        """The text as it is matched."""
        return f"{self.voice}: {self.text}" if self.voice else self.text


def wordings(claim: Claim) -> tuple[Matched, ...]:
    """Return the claim's text and its aliases, in order."""
    return (
        Matched(where=Where.TEXT, text=claim.text),
        *(Matched(where=Where.ALIAS, text=each) for each in claim.aliases),
    )


def said(claim: Claim) -> tuple[Matched, ...]:
    """Return the vetted statements of `claim`, in order, each with the name of who said it."""
    known = {each.id: each for each in claim.speakers}
    found: list[Matched] = []
    for each in claim.statements:
        if each.state is State.VETTED:
            speaker = known.get(each.speaker or "")
            voice = speaker.name if speaker else ""
            found.append(Matched(where=Where.STATEMENT, text=each.text, id=each.id, voice=voice))
            if each.original_text:
                found.append(Matched(where=Where.ORIGINAL, text=each.original_text, id=each.id))
    return tuple(found)


def named(claim: Claim) -> tuple[Matched, ...]:
    """Return what those who spoke, those concerned, the artifacts and the cited sources are called.

    One text a person, with every name and alias, those of whoever is the same person included.
    """
    vetted = [each for each in claim.statements if each.state is State.VETTED]
    return (*_people(claim, vetted), *_things(claim, vetted))


def matched(claim: Claim) -> tuple[Matched, ...]:
    """Return every text by which `claim` is found: its wordings, what was said, and what is named."""
    return (*wordings(claim), *said(claim), *named(claim))


def record_lines(claim: Claim) -> tuple[list[str], list[str]]:
    """Return the lines of terms of what was said of `claim`, and of what is named there.

    Of the second, the first holds what people and artifacts are called, and may be empty; each of the
    others is the title of a source.
    """
    statements = list(filter(None, (" ".join(terms(each.whole)) for each in said(claim))))
    names: list[str] = []
    titles: list[str] = []
    for each in named(claim):
        found = terms(each.text)
        is_title = each.where is Where.TITLE and len(found) >= LEAST_TITLE
        (titles if is_title else names).append(" ".join(found))
    first = " ".join(filter(None, names))
    return statements, [first, *titles] if first or titles else []


def _people(claim: Claim, vetted: list[Statement]) -> Iterator[Matched]:
    known = {each.id: each for each in claim.speakers}
    groups: dict[str, list[Speaker]] = {}
    for each in claim.speakers:
        groups.setdefault(_final(each, known), []).append(each)
    spoke = [*(each.speaker for each in vetted), *claim.concerns]
    for final in dict.fromkeys(_final(known[each], known) for each in spoke if each in known):
        people = sorted(groups[final], key=lambda each: (each.id != final, each.id))
        names = dict.fromkeys(name for each in people for name in (each.name, *each.aliases))
        yield Matched(where=Where.PERSON, text=", ".join(names), id=final)


def _final(speaker: Speaker, known: dict[str, Speaker]) -> str:
    """Return the id of the person that `speaker` was found to be, as far as the claim knows them."""
    seen = {speaker.id}
    while speaker.merged_into in known and speaker.merged_into not in seen:
        speaker = known[speaker.merged_into]
        seen.add(speaker.id)
    return speaker.id


def _things(claim: Claim, vetted: list[Statement]) -> Iterator[Matched]:
    for artifact in claim.artifacts:
        yield Matched(where=Where.ARTIFACT, text=artifact.name, id=artifact.id)
    cited = {citation.source for each in vetted for citation in each.citations}
    cited |= {step.source for artifact in claim.artifacts for step in artifact.custody if step.source}
    for source in claim.sources:
        if source.id in cited:
            yield Matched(where=Where.TITLE, text=source.title, id=source.id)
