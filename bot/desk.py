"""The desk: where a question comes in and an answer goes out, for every platform alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from bot.answers import Answer, ClaimRecord, HistoryItem, Tier
from bot.composition import answer, claim_record
from bot.dates import date_fault
from bot.differences import differences
from bot.display import tidy_or_none
from bot.errors import BadInputError, NotOnFileError
from bot.matching import demoted
from bot.paste import clean, paste_fault

if TYPE_CHECKING:
    from bot.calibration import Calibration
    from bot.claims import Claim
    from bot.store.ledger import Ledger
    from bot.views import View

CANDIDATES: Final = 8
"""Claims that matching hands over: three are shown, the rest are counted."""

LISTED: Final = 20
"""Claims that a search by words lists."""


async def check(
    ledger: Ledger, text: str, *, calibration: Calibration, view: View, revision: int | None = None
) -> Answer:
    """Return what the ledger has on the pasted `text` as `view` shows it.

    `revision` is the ledger's, where the caller knows it: an answer given at it a moment ago is given again.

    Raises:
        BadInputError: There is nothing in `text` that could be a claim, or it is too long.
    """
    known = (await ledger.revision() if revision is None else revision, view, text, id(calibration))
    held = ledger.recent.get(known)
    if held is not None:
        return held
    found_at, records = await _records(ledger, text, calibration=calibration, view=view)
    best = next((tier for tier in Tier if any(each.tier is tier for each in records)), Tier.NONE)
    # Beside the claim itself a merely close one would only distract.
    shown = [each for each in records if each.tier is best]
    made = answer(shown, tier=best, ledger_revision=found_at)
    ledger.recent.keep((found_at, *known[1:]), made)
    return made


async def near(ledger: Ledger, text: str, *, calibration: Calibration, view: View) -> tuple[ClaimRecord, ...]:
    """Return every claim on file that is near the pasted `text`, best first, those of a reply included.

    Raises:
        BadInputError: There is nothing in `text` that could be a claim, or it is too long.
    """
    _, records = await _records(ledger, text, calibration=calibration, view=view)
    return tuple(records)


async def _records(
    ledger: Ledger, text: str, *, calibration: Calibration, view: View
) -> tuple[int, list[ClaimRecord]]:
    """Return the ledger's revision and the claims that are the same as `text` or close to it."""
    fault = paste_fault(text)
    if fault is not None:
        raise BadInputError(fault)
    paste = clean(text)
    lookup = await ledger.lookup(paste, view=view, weights=calibration, limit=CANDIDATES)
    records = []
    for hit, tier, found in lookup.found:
        turned = differences(hit.part or paste.text, found.claim)
        records.append(
            replace(
                ledger.recent.record(found),
                tier=demoted(tier, turned),
                probability=hit.probability,
                part=tidy_or_none(hit.part),
                differences=turned,
            )
        )
    return lookup.revision, records


async def answer_to(
    ledger: Ledger,
    text: str,
    titles: tuple[str, ...],
    *,
    calibration: Calibration,
    view: View,
    revision: int | None = None,
) -> Answer:
    """Return what the ledger has on a message; where it is a link alone, on the titles that it unfurled to.

    Raises:
        BadInputError: There is nothing in the message that could be a claim, or it is too long.
    """
    return await check(
        ledger, asked_text(text, titles), calibration=calibration, view=view, revision=revision
    )


def asked_text(text: str, titles: tuple[str, ...]) -> str:
    """Return what is looked up for a message: its text, and the titles of its links where it has no words.

    This is what a question is written down as, so that its buttons look up the same.
    """
    return "\n".join((text, *titles)) if titles and not clean(text).text else text


async def record(ledger: Ledger, key: str, *, view: View, as_of: str | None = None) -> Answer:
    """Return the full record of the claim with the id `key`, as it stands, or as it stood on `as_of`.

    Raises:
        NotOnFileError: No claim that a reader may see has (or had on that day) this id.
        BadInputError: `as_of` is not a day of the past or the present.
    """
    if as_of is not None:
        fault = date_fault(as_of, whole=True)
        if fault is not None:
            raise BadInputError(f"--as-of: {fault}; write it as YYYY-MM-DD, for example 2026-11-22.")
        if date.fromisoformat(as_of) > date.fromisoformat(view.today):
            raise BadInputError(
                f"--as-of: {as_of} is yet to come; name today ({view.today}) or a day before it."
            )
    key = _typed(key)
    found = await ledger.claim(key, view=view, as_of=as_of)
    if found is None:
        raise NotOnFileError(_absent(key) if as_of is None else f"{_absent(key)[:-1]} as of {as_of}.")
    revision, held = found
    shown = claim_record(
        held.claim,
        tier=Tier.SAME,
        probability=None,
        part=None,
        differences=(),
        related=held.related,
        vetted_alone=held.vetted_alone,
    )
    return answer((shown,), tier=Tier.SAME, ledger_revision=revision)


async def matches(ledger: Ledger, words: str, *, view: View) -> tuple[Claim, ...]:
    """Return the claims that hold the `words`, best first, at most twenty."""
    return await ledger.search(words, view=view, limit=LISTED)


async def changes(ledger: Ledger, key: str, *, view: View) -> tuple[HistoryItem, ...]:
    """Return who changed the claim `key` and when, oldest first.

    Raises:
        NotOnFileError: No claim that a reader may see has this id.
    """
    key = _typed(key)
    items = await ledger.history(key, view=view)
    if items is None:
        raise NotOnFileError(_absent(key))
    return items


def _typed(key: str) -> str:
    # Half a pair, as broken input has it, can neither be looked up nor printed; no id holds one.
    return key.encode(errors="replace").decode()


def _absent(key: str) -> str:
    short = key if len(key) <= 80 else f"{key[:80]}…"  # noqa: PLR2004 - as much as fits on a line
    return f"There is no claim “{short}” on file."
