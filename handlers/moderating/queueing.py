"""The queue: all that waits in a workspace, one list in pages, and what is taken off it with one press."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import BadInputError
from bot.moderation import queue
from bot.moderation.boards import nearest_line, note
from bot.moderation.deeds import Deed, Do
from bot.wording import catalogue
from handlers.moderating import entries
from handlers.moderating.acting import Acting, board, day_before, said, today
from handlers.moderating.nearness import nearest
from handlers.outcomes import Board, Outcome

MOST_NEAR = 2
"""What is near a proposal that is named in the queue; its card names more."""
MOST_WANTED = 100
"""Unanswered claims that are listed at most, those that most people ask first."""
_LONGEST_NUMBER = 15


async def queue_of(acting: Acting, do: Do, words: str) -> Outcome:
    """Show a page of what waits: disputes, proposals, requests due, problems, demand, stale entries."""
    del words
    listed = list(await waiting(acting))
    for place in queue.on_page(listed, do.page):
        listed[place] = await _with_nearest(acting, listed[place])
    return board(queue.queue_page(listed, do.page, catalogue()))


async def _with_nearest(acting: Acting, one: queue.Waiting) -> queue.Waiting:
    """Return a new entry that waits with what it may be a double of; anything else as it is."""
    proposal = one.proposal
    if proposal is None or proposal.base:
        return one
    near = await nearest(acting, proposal.claim.text, proposal.claim.id, proposal.id)
    lines = (nearest_line(each, catalogue()) for each in near[:MOST_NEAR])
    return replace(one, notes=(*one.notes, *lines))


async def waiting(acting: Acting) -> tuple[queue.Waiting, ...]:
    """Return all that waits, in the order in which it should be looked at."""
    moderation, workspace, words = acting.moderation, acting.workspace, catalogue()
    counts = await acting.counts()
    made = [queue.of_dispute(each, words) for each in await moderation.disputes(workspace)]
    made += [queue.of_proposal(each, words) for each in await moderation.waiting(workspace)]
    # An allegation cannot be handed in before something came of the request, so drafts have theirs too.
    own = await moderation.drafts(acting.member)
    drafted = [(one, each.id) for each in own for one in queue.due_requests([each.claim], today())]
    made += [queue.of_request(*one, words, draft=ref) for one, ref in drafted]
    listed = {(claim.id, whom) for (claim, whom, _), _ in drafted}
    asked = queue.due_requests(await moderation.due(workspace, today()), today())
    made += [queue.of_request(*one, words) for one in asked if (one[0].id, one[1]) not in listed]
    made += [
        queue.of_problem(each, words, counts.get(each.claim or "", ""))
        for each in await moderation.problems(workspace)
    ]
    wanted = await acting.ledger.demand().unanswered(workspace, MOST_WANTED)
    made += [queue.of_wanted(each, words) for each in wanted]
    stale = await moderation.stale(workspace, day_before(acting.settings.policy.review_days))
    made += [queue.of_stale(each, words, counts.get(each.id, "")) for each in stale]
    return tuple(made)


def sentence_board(sentence: str) -> Board:
    """Return a board that says one sentence."""
    return Board(paragraphs=(note(sentence),))


async def settle(acting: Acting, do: Do, words: str) -> Outcome:
    """Close a reported problem."""
    number = do.ref or words.strip()
    if not number.isascii() or not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        raise BadInputError(catalogue().say("fault.no_number"))
    await acting.moderation.settle_problem(acting.member, int(number))
    return said("board.settled")


async def drop(acting: Acting, do: Do, words: str) -> Outcome:
    """Take an unanswered claim off the queue."""
    is_new = await acting.ledger.demand().drop(do.ref or words.strip(), acting.member)
    return said("board.dropped" if is_new else "board.dropped_before")


async def start(acting: Acting, do: Do, words: str) -> Outcome:
    """Open the form of a new entry; from the queue, with what people ask."""
    if do.ref and not words:
        wanted = await acting.ledger.demand().wanted(acting.workspace, do.ref)
        if wanted is None:
            return said("board.dropped_before")
        words = wanted.text or ""
    return await entries.add(acting, do, words)


DEEDS = {Deed.ADD: start, Deed.QUEUE: queue_of, Deed.SETTLE: settle, Deed.DROP: drop}
