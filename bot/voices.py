"""Who speaks in a claim's record: the speaker that a row means in the end, and the name to show."""

from __future__ import annotations

from collections.abc import Mapping

from bot.claims import Claim
from bot.display import tidy_or_none
from bot.records import record
from bot.sources import Speaker
from bot.statements import Statement
from bot.wording import Catalogue


@record
class Voices:
    """The speakers of one claim by id, and the words for those who have no name."""

    speakers: Mapping[str, Speaker]
    words: Catalogue

    def final(self, speaker: str | None) -> Speaker | None:
        """Return the speaker that `speaker` (an id) was merged into in the end, or None for an unknown id.

        Merging in a circle, which the rules refuse, ends where it began.
        """
        found = self.speakers.get(speaker or "")
        seen: set[str] = set()
        while found is not None and found.id not in seen:
            seen.add(found.id)
            found = self.speakers.get(found.merged_into or "", found)
        return found

    def name(self, speaker: str) -> str | None:
        """Return the name of the speaker with this id, or None for an unknown id."""
        found = self.final(speaker)
        return tidy_or_none(found.name) if found else None

    def of(self, statement: Statement) -> str:
        """Return how the speaker of `statement` is called: by name, by description, or as one not named."""
        named = self.name(statement.speaker) if statement.speaker else None
        return named or tidy_or_none(statement.anonymous) or self.words.say("speaker.nobody")

    def called(self, speaker: Speaker) -> frozenset[str]:
        """Return every name of `speaker`, case folded, those of the speakers merged into it included."""
        own = [each for each in self.speakers.values() if self.final(each.id) == speaker]
        return frozenset(name.casefold() for each in (speaker, *own) for name in (each.name, *each.aliases))


def voices(claim: Claim, words: Catalogue) -> Voices:
    """Return the voices of `claim`."""
    return Voices(speakers={each.id: each for each in claim.speakers}, words=words)
