"""The desk: where a question comes in and an answer goes out, for every platform alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from bot.abroad import compared, pasted_language
from bot.answers import Answer, ClaimRecord, Difference, HistoryItem, Tier
from bot.composition import answer, claim_record
from bot.dates import date_fault
from bot.display import tidy_or_none
from bot.errors import BadInputError, NotOnFileError
from bot.events import is_another
from bot.matching import bars, demoted
from bot.paste import Paste, clean, paste_fault
from bot.reasons import Reason, reason, shared_words
from bot.records import record as frozen
from bot.spans import surrounding, with_spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.calibration import Calibration
    from bot.claims import Claim
    from bot.matching import Hit
    from bot.recent import Found
    from bot.store.doubles import Double
    from bot.store.ledger import Ledger
    from bot.store.looking import Lookup
    from bot.views import View

CANDIDATES: Final = 8
"""Claims that matching hands over: three are shown, the rest are counted."""

LISTED: Final = 20
"""Claims that a search by words lists."""


@frozen
class Nearby:
    """A claim that was found for a text, as a reader sees it, and why it was found."""

    record: ClaimRecord
    why: Reason


@frozen
class Findings:
    """What a text was found to be about, best first, before it is decided what of it is shown.

    `exact` are the ids of the claims of which it is a wording on file. `is_whole` is false where a service
    for vectors failed meanwhile.
    """

    revision: int
    paste: Paste
    records: tuple[ClaimRecord, ...]
    exact: frozenset[str]
    is_whole: bool


@frozen
class Pair:
    """Two claims on file that look like one: what they have in common, and what parts them.

    `probability` is 0 to 1; `exact`: they have a wording in common, word for word.
    """

    newer: Claim
    older: Claim
    probability: float
    exact: bool
    shared: tuple[str, ...]
    cosine: float | None
    differences: tuple[Difference, ...]


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
    found = await findings(ledger, text, calibration=calibration, view=view)
    made = concluded(found)
    # What was answered while a service for vectors failed is not given again when it answers.
    if found.is_whole:
        ledger.recent.keep((found.revision, *known[1:]), made)
    return made


async def findings(
    ledger: Ledger,
    text: str,
    *,
    calibration: Calibration,
    view: View,
    spans: tuple[tuple[int, int], ...] = (),
) -> Findings:
    """Return what the pasted `text` is found to be about; `spans` of it are matched beside its sentences.

    Raises:
        BadInputError: There is nothing in `text` that could be a claim, or it is too long.
    """
    paste, lookup = await _lookup(
        ledger, text, calibration=calibration, view=view, limit=CANDIDATES, spans=spans
    )
    return Findings(
        revision=lookup.revision,
        paste=paste,
        records=tuple(_record(ledger, paste, hit, tier, found, view) for hit, tier, found in lookup.found),
        exact=frozenset(hit.claim for hit, _, _ in lookup.found if hit.exact and hit.part not in paste.spans),
        is_whole=lookup.is_whole,
    )


def concluded(found: Findings) -> Answer:
    """Return the answer: of what was found, the best tier."""
    records = found.records
    best = next((tier for tier in Tier if any(each.tier is tier for each in records)), Tier.NONE)
    # Beside the claim itself a merely close one would only distract.
    shown = [each for each in records if each.tier is best]
    # What another sentence of the paste is close to is not lost: it is counted, and listed on request.
    more = sum(each.tier is not best and each.part is not None for each in records)
    return answer(shown, tier=best, ledger_revision=found.revision, more=more)


async def near(
    ledger: Ledger, text: str, *, calibration: Calibration, view: View, every: bool = False
) -> tuple[Nearby, ...]:
    """Return the claims on file that are near the pasted `text` and why, best first, as many as matter.

    With `every` those come too that were compared with it and are not near enough to be shown.

    Raises:
        BadInputError: There is nothing in `text` that could be a claim, or it is too long.
    """
    limit = LISTED if every else CANDIDATES
    paste, lookup = await _lookup(ledger, text, calibration=calibration, view=view, limit=limit, every=every)
    answered = {hit.part for hit, tier, _ in lookup.found if tier is Tier.SAME}
    made = []
    for hit, tier, found in lookup.found:
        shown = _record(ledger, paste, hit, tier, found, view)
        why = reason(
            paste,
            hit,
            found.claim,
            shown.tier,
            bars=bars(hit, calibration, lookup.fused, lookup.across),
            differences=shown.differences,
            answered=hit.part in answered or None in answered,
        )
        made.append(Nearby(record=shown, why=why))
    return tuple(made)


async def _lookup(
    ledger: Ledger,
    text: str,
    *,
    calibration: Calibration,
    view: View,
    limit: int,
    every: bool = False,
    spans: tuple[tuple[int, int], ...] = (),
) -> tuple[Paste, Lookup]:
    fault = paste_fault(text)
    if fault is not None:
        raise BadInputError(fault)
    paste = with_spans(clean(text), spans) if spans else clean(text)
    return paste, await ledger.lookup(paste, view=view, weights=calibration, limit=limit, every=every)


def _record(  # noqa: PLR0917 - what matching found goes by place
    ledger: Ledger, paste: Paste, hit: Hit, tier: Tier, found: Found, view: View
) -> ClaimRecord:
    """Return the record of a claim that was found, with what the question adds to it."""
    # A span is told by its sentence, so that no word that turns it is left out.
    is_span = hit.part in paste.spans
    own = surrounding(paste, hit.part) if is_span and hit.part else hit.part
    part = own or paste.text
    turned = compared(part, found.claim, today=view.today)
    abroad = pasted_language(part, found.claim)
    is_exact = hit.exact and not is_span
    if tier is Tier.SAME and not is_exact and abroad is None and is_another(part, found.claim, turned):
        tier = Tier.CLOSE
    return replace(
        ledger.recent.record(found),
        tier=demoted(tier, turned),
        probability=hit.probability,
        part=tidy_or_none(own),
        differences=turned,
        pasted_language=abroad,
    )


def asked_text(text: str, titles: tuple[str, ...]) -> str:
    """Return what is looked up for a message: its text, and the titles of its links where it has no words.

    This is what a question is written down as, so that its buttons look up the same.
    """
    return "\n".join((text, *titles)) if titles and not clean(text).text else text


async def pairs(ledger: Ledger, doubles: Iterable[Double], *, view: View) -> tuple[Pair, ...]:
    """Return what looks like one claim with the reason why, in the order given."""
    made = []
    for each in doubles:
        newer, older = [await ledger.claim(key, view=view) for key in (each.newer, each.older)]
        if newer is None or older is None:
            continue
        asked, other = (newer, older) if each.asked == each.newer else (older, newer)
        text, found = asked[1].claim.text, other[1].claim
        wordings = compared(text, found, today=view.today)
        made.append(
            Pair(
                newer=newer[1].claim,
                older=older[1].claim,
                probability=each.hit.probability,
                exact=each.hit.exact,
                shared=shared_words(text, "\n".join((found.text, *found.aliases))),
                cosine=each.hit.cosine,
                differences=wordings,
            )
        )
    return tuple(made)


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
