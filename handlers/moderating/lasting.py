"""Deeds on entries that are on the record: withdrawn, undone, put back, merged, related."""

from __future__ import annotations

import re
import time
from typing import Final

from bot.claims import RelationKind
from bot.display import tidy
from bot.errors import BadInputError
from bot.moderation.deed_forms import merge_form, reason_form, relate_form, revert_form
from bot.moderation.deeds import Deed, Do
from bot.moderation.forms import Form, Typed
from bot.moderation.typed import line
from bot.wording import catalogue
from handlers.moderating import entries
from handlers.moderating.acting import Acting, said
from handlers.moderating.nearness import nearest
from handlers.moderating.papers import About, Came, Paper
from handlers.outcomes import Outcome

_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_SPEAKER: Final = "speaker"


async def withdraw(acting: Acting, do: Do, words: str) -> Outcome:
    """Hide an entry at once: `CLAIM REASON`; without a reason it is asked for."""
    claim, _, reason = words.strip().partition(" ")
    claim = do.ref or claim
    await entries.held(acting, claim)
    if reason.strip():
        return await _withdrawn(acting, {"claim": claim}, {"reason": reason})
    return await acting.open(reason_form("withdraw"), {"claim": claim}, {})


async def undo(acting: Acting, do: Do, words: str) -> Outcome:
    """Take back what one did last, within ten minutes."""
    del do, words
    await acting.moderation.undo(acting.member, time.time())
    return said("board.undone")


async def revert(acting: Acting, do: Do, words: str) -> Outcome:
    """Propose an entry as it stood: `CLAIM REVISION REASON`; what is missing is asked for."""
    claim, _, rest = words.strip().partition(" ")
    claim = do.ref or claim
    revision, _, reason = rest.strip().partition(" ")
    await entries.held(acting, claim)
    if _NUMBER.fullmatch(revision) and reason.strip():
        return await _put_back(acting, claim, int(revision), reason)
    return await acting.open(revert_form(), {"claim": claim}, {"revision": revision, "reason": reason})


async def merge(acting: Acting, do: Do, words: str) -> Outcome:
    """Make one of two: `CLAIM INTO REASON`, or `speaker ID INTO REASON`; what is missing is asked for."""
    given = words.split(None, 1)
    if given and given[0] == _SPEAKER:
        two = given[1].split(None, 2) if len(given) > 1 else []
        if len(two) < 3:  # noqa: PLR2004 - two speakers and a reason
            raise BadInputError(catalogue().say("board.merge_speakers"))
        proposal = await acting.moderation.merge_speakers(
            acting.member, two[0], two[1], two[2], two_person=await acting.two_person()
        )
        if proposal is not None:
            return said("board.proposed")
        return said("board.merged_speakers", speaker=tidy(two[0]), into=tidy(two[1]))
    claim, _, rest = words.strip().partition(" ")
    claim = do.ref or claim
    into, _, reason = rest.strip().partition(" ")
    await entries.held(acting, claim)
    if into and reason.strip():
        came = await _merged(acting, {"claim": claim}, {"into": into, "reason": reason})
        if not isinstance(came, dict):
            return came
    return await acting.open(merge_form(), {"claim": claim}, {"into": into, "reason": reason})


async def relate(acting: Acting, do: Do, words: str) -> Outcome:
    """Say how a claim stands to another: `CLAIM KIND OTHER REASON`, or choose from the nearest."""
    given = words.split(None, 3)
    claim = do.ref or (given[0] if given else "")
    await entries.held(acting, claim)
    if len(given) == 4 and given[1] in set(RelationKind):  # noqa: PLR2004 - all that it takes
        typed = {"relation": given[1], "to": given[2], "reason": given[3]}
        came = await _related(acting, {"claim": claim}, typed)
        if not isinstance(came, dict):
            return came
    return await acting.open(await _relate_form(acting, {"claim": claim}, None), {"claim": claim}, {})


async def _withdraw_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return reason_form("withdraw")


async def _withdrawn(acting: Acting, about: About, typed: Typed) -> Outcome:
    await acting.moderation.withdraw(acting.member, str(about["claim"]), typed["reason"].strip())
    return said("board.withdrawn", claim=tidy(str(about["claim"])))


async def _revert_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return revert_form()


async def _reverted(acting: Acting, about: About, typed: Typed) -> Came:
    if not _NUMBER.fullmatch(number := typed["revision"].strip()):
        return {"revision": catalogue().say("fault.no_number")}
    return await _put_back(acting, str(about["claim"]), int(number), typed["reason"])


async def _put_back(acting: Acting, claim: str, revision: int, reason: str) -> Outcome:
    await acting.moderation.revert(acting.member, claim, revision, reason.strip())
    return said("board.proposed")


async def _merge_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return merge_form()


async def _merged(acting: Acting, about: About, typed: Typed) -> Came:
    into = typed["into"].strip()
    if await acting.moderation.held(acting.workspace, into) is None:
        return {"into": catalogue().say("fault.no_entry")}
    await acting.moderation.merge_claims(acting.member, str(about["claim"]), into, typed["reason"].strip())
    return said("board.proposed")


async def _relate_form(acting: Acting, about: About, typed: Typed | None) -> Form:
    del typed
    _, claim = await entries.held(acting, str(about["claim"]))
    near = await nearest(acting, claim.text, claim.id)
    return relate_form((each.id, each.text) for each in near if each.waits_by is None)


async def _related(acting: Acting, about: About, typed: Typed) -> Came:
    chosen, other = line(typed, "near"), line(typed, "to")
    if (chosen is None) == (other is None):
        return {"to": catalogue().say("fault.choose_one")}
    to = chosen or other or ""
    if await acting.moderation.held(acting.workspace, to) is None:
        return {"to": catalogue().say("fault.no_entry")}
    proposal = await acting.moderation.relate(
        acting.member,
        str(about["claim"]),
        RelationKind(typed["relation"]),
        to,
        typed["reason"].strip(),
        two_person=await acting.two_person(),
    )
    return said("board.related" if proposal is None else "board.proposed")


PAPERS = {
    "withdraw": Paper(deed=Deed.WITHDRAW, form=_withdraw_form, finish=_withdrawn),
    "revert": Paper(deed=Deed.REVERT, form=_revert_form, finish=_reverted),
    "merge": Paper(deed=Deed.MERGE, form=_merge_form, finish=_merged),
    "relate": Paper(deed=Deed.RELATE, form=_relate_form, finish=_related),
}
DEEDS = {
    Deed.WITHDRAW: withdraw,
    Deed.UNDO: undo,
    Deed.REVERT: revert,
    Deed.MERGE: merge,
    Deed.RELATE: relate,
}
