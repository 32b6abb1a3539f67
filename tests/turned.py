"""Wordings that turn the meaning of a claim, that keep it, or that are about another event; and what is said.

The wordings are data in `tests/wordings`: `fit.toml`, which the rules were written against, `check.toml`,
which was not looked at for that, and `later.toml`, written after the first run of that. Each is asked of a
ledger on disk that holds all the claims.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot import sample
from bot.answers import Difference, Tier
from bot.calibration import load
from bot.claims import Claim
from bot.desk import check
from bot.differences import differences
from bot.exchange import claim_from_line, line_from_claim
from bot.records import record
from bot.statements import QuoteMode, State, Target, TargetKind
from bot.store.ledger import Ledger, open_ledger
from bot.store.revisions import Change
from bot.views import View
from tests.entries import claim
from tests.entries import statement as _statement

HALVES: Final = ("fit", "check", "later")
TURNS: Final = ("negation", "number", "date", "name", "roles", "certainty")
"""The kinds of turned wordings."""
SAME: Final = "same"
"""A wording that says the same in other words."""
OTHER: Final = "other"
"""A wording about another event of the same people or things."""
TODAY: Final = "2026-11-22"
"""The day of the question."""

_FOLDER: Final = Path(__file__).parent / "wordings"


@record
class Wording:
    """A text that is asked, the claim that it is held against, and what it is (`kind`, see above)."""

    half: str
    claim: str
    kind: str
    text: str


@record
class Told:
    """What is said of a wording: its claim's tier, the differences shown with it, and those of the texts.

    `shown` is empty where the claim is not shown; `compared` are the differences of the text from the claim,
    found or not.
    """

    wording: Wording
    tier: Tier
    shown: tuple[Difference, ...]
    compared: tuple[Difference, ...]

    @property
    def is_silent(self) -> bool:
        """Whether the claim is shown as the same one with no difference."""
        return self.tier is Tier.SAME and not self.shown


def wordings() -> Iterator[Wording]:
    """Yield the wordings of all parts."""
    for half in HALVES:
        for entry in _entries(half):
            for kind in (*TURNS, SAME, OTHER):
                for text in entry.get(kind, ()):
                    yield Wording(half=half, claim=entry["id"], kind=kind, text=text)


@cache
def claims() -> dict[str, Claim]:
    """Return the claims by their ids: those of the sample, and those that the wordings bring."""
    found = {each.id: each for each in map(claim_from_line, sample.lines()) if each.state is State.VETTED}
    for half in HALVES:
        for entry in _entries(half):
            if "text" in entry:
                found[entry["id"]] = _brought(entry)
    return found


def _entries(half: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((_FOLDER / f"{half}.toml").read_text("utf-8"))["claim"]
    return found


def _brought(entry: dict[str, Any]) -> Claim:
    key = entry["id"]
    said = _statement(
        id=f"said-{key}",
        text=entry["text"],
        quote_mode=QuoteMode.PARAPHRASE,
        speaker=None,
        anonymous="the author of the report",
        anonymity_reason="the report has no byline",
        role=None,
        said_on=None,
        told_to=None,
        about=Target(kind=TargetKind.CLAIM, id=key),
    )
    made: Claim = claim(
        id=key,
        text=entry["text"],
        aliases=tuple(entry["aliases"]),
        story=None,
        statements=(said,),
        speakers=(),
    )
    return made


async def filled(path: Path) -> None:
    """Make a ledger at `path` that holds the claims."""

    def lines() -> Iterator[bytes]:
        yield from sample.lines()
        for each in claims().values():
            if each.id not in _sampled():
                yield line_from_claim(each).encode()

    async with open_ledger(path, writable=True, create=True) as ledger:
        await ledger.import_lines(lines, Change(actor="test", reason="wordings").now(), vouched=True)


@cache
def _sampled() -> frozenset[str]:
    return frozenset(claim_from_line(line).id for line in sample.lines())


async def told(
    ledger: Ledger, asked: Iterator[Wording], progress: Callable[[], None] = lambda: None
) -> list[Told]:
    """Return what is said of each of the wordings `asked`."""
    view, weights = View(today=TODAY), load()
    found = []
    for each in asked:
        answer = await check(ledger, each.text, calibration=weights, view=view)
        shown = next((one for one in answer.claims if one.id == each.claim), None)
        found.append(
            Told(
                wording=each,
                tier=shown.tier if shown else Tier.NONE,
                shown=shown.differences if shown else (),
                compared=differences(each.text, claims()[each.claim], today=TODAY),
            )
        )
        progress()
    return found
