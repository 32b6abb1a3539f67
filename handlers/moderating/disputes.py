"""Disputes: a complaint or a legal notice about an entry is noted, acted on at once, and closed."""

from __future__ import annotations

from bot.dates import Day
from bot.display import tidy
from bot.moderation.deed_forms import dispute_form, reason_form
from bot.moderation.deeds import Deed, Do
from bot.moderation.disputes import Dispute, DisputeKind, disputes_board
from bot.moderation.forms import Form, Typed
from bot.moderation.typed import line
from bot.rules.texts import day
from bot.wording import catalogue
from handlers.moderating import entries
from handlers.moderating.acting import Acting, board, said, today
from handlers.moderating.papers import About, Came, Paper
from handlers.outcomes import Outcome


async def dispute(acting: Acting, do: Do, words: str) -> Outcome:
    """Open the form of a complaint or notice about an entry; earlier ones are listed before, with a button.

    `DISPUTE/freeze` and `/release` act on one, and `CLAIM/new` opens the form at once.
    """
    key, _, measure = do.ref.rpartition("/")
    if measure in {"freeze", "release"}:
        await acting.moderation.freeze_dispute(acting.member, key, frozen=measure == "freeze")
        return said("board.frozen" if measure == "freeze" else "board.released")
    claim = key if measure == "new" else do.ref or words.strip()
    await entries.held(acting, claim)
    earlier = await acting.moderation.disputes_of(acting.workspace, claim)
    if earlier and measure != "new":
        return board(disputes_board(claim, earlier, do.page, catalogue()))
    typed = {"received_on": today(), "measure": "none", "dispute_kind": "complaint"}
    return await acting.open(dispute_form(), {"claim": claim}, typed)


async def resolve(acting: Acting, do: Do, words: str) -> Outcome:
    """Open the form that closes a dispute."""
    return await acting.open(reason_form("resolve"), {"dispute": do.ref or words.strip()}, {})


async def _dispute_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return dispute_form()


async def _taken(acting: Acting, about: About, typed: Typed) -> Came:
    claim, measure = str(about["claim"]), typed["measure"]
    faults = {}
    for name in ("received_on", "due_on"):
        given = line(typed, name)
        if given is not None and (fault := day(given)) is not None:
            wrong = fault[0][:1].upper() + fault[0][1:]
            faults[name] = catalogue().say("form.refused", what=wrong, instead=fault[1])
    if faults:
        return faults
    due = line(typed, "due_on")
    taken = Dispute(
        claim=claim,
        who=line(typed, "who") or "",
        kind=DisputeKind(typed["dispute_kind"]),
        what=typed["what"].strip(),
        received_on=Day(line(typed, "received_on") or today()),
        due_on=Day(due) if due else None,
        frozen=measure == "freeze",
    )
    who = tidy(typed["who"])
    reason = catalogue().say("board.withdrawn_for", who=who) if measure == "withdraw" else None
    await acting.moderation.take_dispute(acting.member, taken, withdraw=reason)
    return said(f"board.disputed_{measure}", claim=tidy(claim))


async def _resolve_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return reason_form("resolve")


async def _resolved(acting: Acting, about: About, typed: Typed) -> Came:
    await acting.moderation.settle_dispute(
        acting.member, str(about["dispute"]), typed["outcome_text"].strip()
    )
    return said("board.resolved")


PAPERS = {
    "dispute": Paper(deed=Deed.DISPUTE, form=_dispute_form, finish=_taken),
    "resolve": Paper(deed=Deed.RESOLVE, form=_resolve_form, finish=_resolved),
}
DEEDS = {Deed.DISPUTE: dispute, Deed.RESOLVE: resolve}
