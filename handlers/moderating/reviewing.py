"""Reviewing: a proposal looked at, approved, sent back or declined; an entry kept as it stands."""

from __future__ import annotations

from bot.answers import ChangeClass
from bot.claims import Claim
from bot.display import tidy
from bot.errors import BadInputError
from bot.moderation.boards import review_board
from bot.moderation.deed_forms import class_form, reason_form
from bot.moderation.deeds import Deed, Do
from bot.moderation.diffs import touches_vetted
from bot.moderation.forms import Form, Typed
from bot.moderation.proposals import Proposal, Stage
from bot.wording import catalogue
from handlers.moderating.acting import Acting, board, said
from handlers.moderating.nearness import nearest
from handlers.moderating.papers import About, Came, Paper
from handlers.outcomes import Outcome, Said


async def review(acting: Acting, do: Do, words: str) -> Outcome:
    """Show what a proposal would change; without an id, the one that has waited longest."""
    ref = do.ref or words.strip()
    if not ref:
        waiting = await acting.moderation.waiting(acting.workspace)
        if not waiting:
            return said("board.nothing_waits")
        ref = waiting[0].id
    proposal = await _the_proposal(acting, ref)
    before = await _on_record(acting, proposal)
    ended = await acting.moderation.held(acting.workspace, proposal.merges) if proposal.merges else None
    own = proposal.author == acting.member.key
    counts = (await acting.counts()).get(proposal.claim.id)
    claim, ending = proposal.claim, ended[1] if ended else None
    near = () if before else await nearest(acting, claim.text, claim.id, proposal.id)
    renamed = await acting.moderation.renamed(claim)
    return board(
        review_board(
            proposal, before, catalogue(), near=near, ended=ending, own=own, counts=counts, renamed=renamed
        )
    )


async def _the_proposal(acting: Acting, ref: str) -> Proposal:
    """Return a proposal that was handed in; somebody else's draft is nobody's business."""
    found = await acting.moderation.proposal(acting.workspace, ref)
    if found is None or found.stage in {Stage.DRAFT, Stage.DISCARDED}:
        raise BadInputError(catalogue().say("board.no_proposal"))
    return found


async def _on_record(acting: Acting, proposal: Proposal) -> Claim | None:
    held = await acting.moderation.held(acting.workspace, proposal.claim.id) if proposal.base else None
    return held[1] if held else None


async def approve(acting: Acting, do: Do, _: str) -> Outcome:
    """Vet a proposal; where it changes what readers saw, its class is asked for first."""
    ref, _, seen = do.ref.partition("/")
    proposal = await _the_proposal(acting, ref)
    if touches_vetted(await _on_record(acting, proposal), proposal.claim):
        return await acting.open(class_form(), {"proposal": proposal.id, "seen": seen or proposal.mark}, {})
    return await approved(acting, proposal.id, None, seen or None)


async def approved(
    acting: Acting, proposal: str, classed: ChangeClass | None, seen: str | None = None
) -> Said:
    """Vet a proposal, and say so; whoever vets alone is told once what readers see of it.

    `seen` is the mark of the text that the card showed.
    """
    came = await acting.moderation.approve(
        acting.member, proposal, two_person=await acting.two_person(), classed=classed, seen=seen
    )
    say = catalogue().say
    sentence = say("board.approved", claim=tidy(came.claim.id))
    return Said(text=f"{sentence} {say('board.alone')}" if came.is_first_alone else sentence)


async def changes(acting: Acting, do: Do, _: str) -> Outcome:
    """Open the form that sends a proposal back."""
    proposal = await _the_proposal(acting, do.ref)
    return await acting.open(reason_form("changes"), {"proposal": proposal.id}, {})


async def decline(acting: Acting, do: Do, _: str) -> Outcome:
    """Open the form that declines a proposal."""
    proposal = await _the_proposal(acting, do.ref)
    return await acting.open(reason_form("decline"), {"proposal": proposal.id}, {})


async def keep(acting: Acting, do: Do, words: str) -> Outcome:
    """Say that an entry still stands."""
    claim = do.ref or words.strip()
    await acting.moderation.keep(acting.member, claim)
    return said("board.kept", claim=tidy(claim))


async def _class_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return class_form()


async def _classed(acting: Acting, about: About, typed: Typed) -> Came:
    seen = str(about["seen"]) if about.get("seen") else None
    return await approved(acting, str(about["proposal"]), ChangeClass(typed["classed"]), seen)


async def _changes_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return reason_form("changes")


async def _sent_back(acting: Acting, about: About, typed: Typed) -> Came:
    proposal = await acting.moderation.ask_changes(acting.member, str(about["proposal"]), typed["reason"])
    return said("board.sent_back", name=tidy(proposal.author_name))


async def _decline_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return reason_form("decline")


async def _declined(acting: Acting, about: About, typed: Typed) -> Came:
    proposal = await acting.moderation.decline(acting.member, str(about["proposal"]), typed["reason"])
    return said("board.declined", name=tidy(proposal.author_name))


PAPERS = {
    "class": Paper(deed=Deed.APPROVE, form=_class_form, finish=_classed),
    "changes": Paper(deed=Deed.CHANGES, form=_changes_form, finish=_sent_back),
    "decline": Paper(deed=Deed.DECLINE, form=_decline_form, finish=_declined),
}
DEEDS = {
    Deed.REVIEW: review,
    Deed.APPROVE: approve,
    Deed.CHANGES: changes,
    Deed.DECLINE: decline,
    Deed.KEEP: keep,
}
