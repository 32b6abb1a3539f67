"""Replies that were posted before, as the record stands now: the answer to edit in, and what to say of it.

What a reply shows is worked out from the rows at the moment of the edit, so that several changes come to
one edit, and nothing that was withdrawn meanwhile is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bot.answers import Answer, ChangeClass, Changed, ClaimRecord, Tier
from bot.composition import answer, claim_record
from bot.dates import Day
from bot.desk import CANDIDATES
from bot.differences import differences
from bot.display import tidy, tidy_or_none
from bot.moderation.changes import digest_words, gravest
from bot.paste import clean, paste_fault
from bot.wording import DEFAULT_LANGUAGE, catalogue

if TYPE_CHECKING:
    from bot.calibration import Calibration
    from bot.recent import Found
    from bot.store.delivering import Standing
    from bot.store.ledger import Ledger
    from bot.views import View


MOST: Final = 64
"""Answers kept at a time."""

_Key: TypeAlias = "tuple[int, Tier, str | None, Changed, View]"


def what_changed(payload: Mapping[str, Any], standing: Standing) -> Changed:
    """Return how the record behind a reply changed, as things stand now.

    What was withdrawn and is back is an update; what is not shown any more is withdrawn, whatever was
    said of it when it changed.
    """
    hidden = {each for pair in standing.hidden for each in pair}
    classes = []
    for claim, how in payload["claims"].items():
        if claim in hidden:
            classes.append(ChangeClass.WITHDRAWN)
        else:
            classes.append(ChangeClass.UPDATED if how == ChangeClass.WITHDRAWN else ChangeClass(how))
    how = gravest(classes)
    if not standing.found:
        how = ChangeClass.WITHDRAWN
    until = standing.until if how is ChangeClass.WITHDRAWN else None
    return Changed(how=how, on=Day(payload["on"]), until=until)


class Mending:
    """Works out replies; the same claims and question give the same answer while all stays as it is.

    A claim that was asked for by many in the same words is the usual case of many stale replies.
    """

    def __init__(self, ledger: Ledger, calibration: Calibration) -> None:
        self._ledger = ledger
        self._calibration = calibration
        self._revision = -1
        self._made: dict[_Key, tuple[Standing, Answer]] = {}

    async def answer(self, standing: Standing, changed: Changed, *, view: View) -> Answer:
        """Return what `mended` does."""
        if standing.revision != self._revision or len(self._made) >= MOST:
            self._revision, self._made = standing.revision, {}
        key = (id(standing.found), standing.tier, standing.text, changed, view)
        known = self._made.get(key)
        if known is None:
            made = await mended(self._ledger, standing, changed, calibration=self._calibration, view=view)
            # Kept with what its identity is part of the key.
            known = self._made[key] = (standing, made)
        return known[1]

    def forget(self) -> None:
        """Keep nothing of what was asked, now that nothing waits."""
        self._made = {}


async def mended(
    ledger: Ledger, standing: Standing, changed: Changed, *, calibration: Calibration, view: View
) -> Answer:
    """Return what the reply should show: the same claims as they are now, marked with `changed`."""
    hits, more = await _hits(ledger, standing, calibration=calibration, view=view)
    records = tuple(_record(found, standing, hits) for _, found in standing.found)
    made = answer(
        records, tier=standing.tier if records else Tier.NONE, ledger_revision=standing.revision, more=more
    )
    return replace(made, changed=changed)


def _record(found: Found, standing: Standing, hits: Mapping[str, tuple[str | None, float]]) -> ClaimRecord:
    part, probability = hits.get(found.claim.id, (None, None))
    text = part or (_text(standing) or "")
    return claim_record(
        found.claim,
        tier=standing.tier,
        probability=probability,
        part=tidy_or_none(part),
        differences=differences(text, found.claim, today=_asked_on(standing)) if text else (),
        related=found.related,
    )


def _asked_on(standing: Standing) -> str:
    """Return the day of the reply: “yesterday” in a question stays the day before it."""
    return datetime.fromtimestamp(standing.posted_at, UTC).date().isoformat()


def _text(standing: Standing) -> str | None:
    """Return what was asked, as it is compared with the record; None where it is not kept."""
    if not standing.text or paste_fault(standing.text) is not None:
        return None
    return clean(standing.text).text


async def _hits(
    ledger: Ledger, standing: Standing, *, calibration: Calibration, view: View
) -> tuple[dict[str, tuple[str | None, float]], int]:
    """Return of each claim found for the question its part and probability, and how many are not shown."""
    if not standing.found or not standing.text or _text(standing) is None:
        return {}, 0
    lookup = await ledger.lookup(clean(standing.text), view=view, weights=calibration, limit=CANDIDATES)
    found = {hit.claim: (hit.part, hit.probability) for hit, _, _ in lookup.found}
    shown = {each.claim.id for _, each in standing.found}
    rest = [(hit, tier) for hit, tier, _ in lookup.found if hit.claim not in shown]
    # As the desk counts: those as near, and what another sentence of the paste is close to.
    more = [hit for hit, tier in rest if tier is standing.tier or hit.part is not None]
    return found, len(more)


def digest(
    payload: Mapping[str, Any],
    found: tuple[tuple[str, Found], ...],
    hidden: tuple[tuple[str, str], ...],
    *,
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """Return the one message to a follower about the claims of `payload`."""
    shown = []
    for key, each in found:
        how = ChangeClass(payload["claims"][key])
        how = ChangeClass.UPDATED if how is ChangeClass.WITHDRAWN else how
        shown.append((how, each.claim.id, tidy(each.claim.text)))
    return digest_words(shown, len({at for _, at in hidden}), Day(payload["on"]), catalogue(language))
