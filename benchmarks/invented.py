"""Invented sentences and a ledger full of invented claims, always the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.exchange import line_from_claim
from bot.statements import Target, TargetKind
from bot.store.ledger import open_ledger
from bot.store.revisions import Change
from tests.entries import claim, statement

_SYLLABLES: Final = (
    "ba",
    "den",
    "fe",
    "gor",
    "hal",
    "in",
    "ka",
    "lo",
    "mar",
    "ned",
    "os",
    "pel",
    "qui",
    "ran",
    "sto",
    "tu",
    "ul",
    "ver",
    "wy",
    "zan",
)
_OFFICES: Final = (
    "mayor",
    "minister",
    "governor",
    "senator",
    "judge",
    "general",
    "bishop",
    "banker",
    "colonel",
    "envoy",
)
_DEEDS: Final = (
    "sold the old bridge to a toll company",
    "closed the harbour for nine days without asking the council",
    "paid a crowd to cheer at the opening of the railway",
    "promised the farmers a bridge and built a statue instead",
    "hid a report on the water of the town",
    "ordered the police to take the drums of the carnival away",
    "gave the forest to a cousin for one coin",
    "told the embassy that the election would be moved",
    "burned the letters of the hospital’s accountant",
    "raised the price of bread on the eve of the strike",
    "bought four hundred chairs that nobody has seen",
    "had the weather station painted in the party’s colours",
    "borrowed the pension fund to race horses",
    "banned umbrellas from the town hall",
    "taught the census takers to leave out the islands",
    "signed a treaty on fishing in invisible ink",
)


class Inventor:
    """Makes sentences up: who, what, where and when, out of a few words that recur and names that do not."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - test data
        self._given: set[str] = set()

    def name(self) -> str:
        """Return a name."""
        return "".join(self._chance.choices(_SYLLABLES, k=self._chance.choice((2, 2, 3)))).capitalize()

    def sentence(self) -> str:
        """Return a sentence that was not returned before."""
        while True:
            office, deed = self._chance.choice(_OFFICES), self._chance.choice(_DEEDS)
            year = self._chance.randrange(1960, 2025)
            made = f"The {office} {self.name()} {self.name()} {deed} in {self.name()} in {year}."
            if made not in self._given:
                self._given.add(made)
                return made

    def retold(self, text: str) -> str:
        """Return `text` as somebody else passes it on, in words that were not used before."""
        return f"{self.name()} from {self.name()}{self.name().lower()} says: {text}"


async def fill(path: Path, texts: Sequence[str]) -> None:
    """Make a ledger at `path` with a vetted claim, that has one statement, for each of `texts`."""

    def lines() -> Iterator[bytes]:
        for number, text in enumerate(texts):
            about = Target(kind=TargetKind.CLAIM, id=f"c-{number}")
            said = statement(id=f"s-{number}", about=about)
            yield line_from_claim(claim(id=f"c-{number}", text=text, statements=(said,))).encode()

    async with open_ledger(path, writable=True, create=True) as ledger:
        change = Change(actor="Benchmark", reason="invented claims").now()
        await ledger.import_lines(lines, change, vouched=True)
