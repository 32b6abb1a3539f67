"""Duplicates at the door: what is near the text of a draft, on file and among what waits for review."""

from __future__ import annotations

import asyncio

from bot import desk
from bot.answers import Tier
from bot.claims import Claim
from bot.errors import BadInputError
from bot.likeness import alike
from bot.matching import Hit, bars
from bot.moderation.boards import Near
from bot.moderation.deeds import LEAST, Deed
from bot.moderation.proposals import Proposal
from bot.paste import Paste, clean, paste_fault
from bot.reason_words import short_reason
from bot.reasons import reason
from bot.wording import catalogue
from handlers.moderating.acting import Acting

NEAREST = 3
"""Claims on file that a draft is compared with, and as many proposals."""


async def nearest(acting: Acting, text: str, without: str, proposal: str = "") -> tuple[Near, ...]:
    """Return what is nearest to `text`: claims on file, then proposals that wait in the same workspace.

    The claim `without` and proposals of it are left out, and so is `proposal` itself. Whoever has no role
    is told nothing of what waits.
    """
    found = await _on_file(acting, text)
    kept = [each for each in found if each.record.id != without][:NEAREST]
    on_file = tuple(
        Near(
            id=each.record.id,
            text=each.record.text,
            tier=each.record.tier,
            probability=each.record.probability,
            why=short_reason(each.why, catalogue()),
        )
        for each in kept
    )
    if not acting.member.may(LEAST[Deed.ADD]):
        return on_file
    # A change of an entry that is near is told by that entry.
    known = {without, *(each.id for each in on_file)}
    waiting = [
        each
        for each in await acting.moderation.waiting(acting.workspace)
        if each.id != proposal and each.claim.id not in known
    ]
    return on_file + await _among(acting, text, waiting)


async def _on_file(acting: Acting, text: str) -> tuple[desk.Nearby, ...]:
    try:
        return await desk.near(acting.ledger, text, calibration=acting.calibration, view=acting.view)
    except BadInputError:
        return ()


async def _among(acting: Acting, text: str, waiting: list[Proposal]) -> tuple[Near, ...]:
    if not waiting or paste_fault(text) is not None:
        return ()
    paste = clean(text)
    by_id = {each.id: each for each in waiting}
    wordings = {each.id: (each.claim.text, *each.claim.aliases) for each in waiting}
    found = await asyncio.to_thread(alike, paste, wordings, acting.calibration, acting.ledger.meaning)
    return tuple(_near(acting, paste, hit, tier, by_id[hit.claim]) for hit, tier in found[:NEAREST])


def _near(acting: Acting, paste: Paste, hit: Hit, tier: Tier, waiting: Proposal) -> Near:
    meaning = acting.ledger.meaning
    fused = meaning.weights if meaning else None
    # By its wordings alone: what else it names was not compared.
    bare = Claim(id=waiting.claim.id, text=waiting.claim.text, aliases=waiting.claim.aliases)
    why = reason(paste, hit, bare, tier, bars=bars(hit, acting.calibration, fused))
    return Near(
        id=waiting.claim.id,
        text=waiting.claim.text,
        tier=tier,
        probability=hit.probability,
        why=short_reason(why, catalogue()),
        proposal=waiting.id if acting.member.may(LEAST[Deed.REVIEW]) else "",
        waits_by=waiting.author_name,
    )
