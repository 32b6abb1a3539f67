"""Safeguards: what a press, a freeze, an undo or a mere id must not bring about behind somebody's back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.calibration import load
from bot.claims import Claim, Outcome, ResponseRequest
from bot.dates import Day
from bot.errors import BadInputError, NotAllowedError, RefusedError
from bot.exchange import line_from_claim
from bot.moderation.disputes import Dispute, DisputeKind
from bot.moderation.members import is_same_person
from bot.moderation.proposals import Stage
from bot.questions import Place, Platform, Way
from bot.statements import State
from bot.store.feedback import Choice
from bot.store.ledger import Ledger
from bot.store.moderation import Moderation
from bot.views import HOUSE, now
from tests.conftest import CHANGE
from tests.entries import claim, source, statement
from tests.moderating import ANA, BEN, BO, CLEO, HOME, MO, entry, submitted, vetted

PLACE = Place(platform=Platform.SLACK, tenant="Thome", channel="C1")
BRIDGE = "The mayor of Marsh had the old bridge closed."
NOTICE = Dispute(
    claim="bridge",
    who="the mayor’s office",
    kind=DisputeKind.LEGAL,
    what="The words were another’s.",
    received_on=Day("2026-11-20"),
)


@pytest.fixture
def moderation(ledger: Ledger) -> Moderation:
    """The verbs on an empty ledger."""
    return ledger.moderation()


async def held(moderation: Moderation, key: str = "bridge") -> Claim:
    """Return an entry whole."""
    found = await moderation.held(HOME, key)
    assert found is not None
    return found[1]


async def rows(ledger: Ledger, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    return await ledger._reader.read(lambda conn: [tuple(row) for row in conn.execute(query)])


async def asked(ledger: Ledger, person: str, workspace: str = HOME) -> None:
    """Let one person ask the moderators about the bridge."""
    question = await ledger.questions().ask(PLACE, person, Way.COMMAND, BRIDGE)
    await ledger.demand().ask(workspace, PLACE, person, question, load())


async def test_approval_counts_for_the_text_that_was_seen(moderation: Moderation) -> None:
    """A text that its author put in the place of the one on the card is not vetted by a press there."""
    shown = await submitted(moderation, ANA, entry())
    await moderation.amend(ANA, shown.id, entry(text="The mayor of Marsh sold the old bridge."))
    again = await moderation.submit(ANA, shown.id, None)
    with pytest.raises(BadInputError, match="amended"):
        await moderation.approve(BEN, shown.id, two_person=True, seen=shown.mark)
    approved = await moderation.approve(BEN, shown.id, two_person=True, seen=again.mark)
    assert approved.claim.text == "The mayor of Marsh sold the old bridge."


async def test_one_user_of_two_servers_is_one_person(moderation: Moderation) -> None:
    """Nobody approves their own proposal from another server of the same workspace."""
    proposal = await submitted(moderation, replace(BEN, key="discord:G1:5"), entry())
    with pytest.raises(NotAllowedError, match="Somebody else"):
        await moderation.approve(replace(BEN, key="discord:G2:5"), proposal.id, two_person=True)
    assert not is_same_person("discord:G1:5", "slack:T1:5")
    assert not is_same_person("terminal:ana", "terminal:ben")
    await moderation.approve(replace(BEN, key="discord:G2:6"), proposal.id, two_person=True)


async def test_half_an_amendment_is_not_put_into_review(moderation: Moderation) -> None:
    """Asking for changes is not taken back over what its author has written since, nor past a moderator."""
    proposal = await submitted(moderation, ANA, entry())
    await moderation.ask_changes(BEN, proposal.id, "the date")
    silent = ResponseRequest(
        id="r-1", asked="the mayor", how="by e-mail", asked_on=Day("2026-11-01"), outcome=Outcome.NO_RESPONSE
    )
    await moderation.amend(ANA, proposal.id, entry(requests=(silent,)))
    with pytest.raises(BadInputError, match="changed since"):
        await moderation.undo(BEN, time.time())
    now_held = await moderation.proposal(HOME, proposal.id)
    assert now_held is not None
    assert now_held.stage is Stage.CHANGES_ASKED


async def test_frozen_entry_does_not_change_by_way_of_another(moderation: Moderation) -> None:
    """A source that a frozen entry shows is not changed by an approval of another entry."""
    await vetted(moderation, entry())
    await vetted(moderation, entry("tower", text="The tower of Marsh leans."))
    tower = await held(moderation, "tower")
    edited = replace(tower, sources=(replace(tower.sources[0], title="Another title"),))
    proposal = await submitted(moderation, ANA, edited)
    dispute = await moderation.take_dispute(MO, replace(NOTICE, frozen=True))
    with pytest.raises(RefusedError, match="frozen"):
        await moderation.approve(BEN, proposal.id, two_person=True)
    await moderation.settle_dispute(MO, dispute.id, "taken back")
    await moderation.approve(BEN, proposal.id, two_person=True)
    assert (await held(moderation)).sources[0].title == "Another title"


async def test_merged_entry_is_not_withdrawn(moderation: Moderation) -> None:
    """An entry that ended in another one goes on leading there; the other is what can be withdrawn."""
    await vetted(moderation, entry())
    await vetted(moderation, entry("double", text="The bridge of Marsh was closed by the mayor."))
    merge = await moderation.merge_claims(MO, "double", "bridge", "the same")
    await moderation.approve(BEN, merge.id, two_person=True)
    with pytest.raises(BadInputError, match="merged into “bridge”"):
        await moderation.withdraw(MO, "double", "x")


async def test_dispute_and_withdrawal_are_one_deed(ledger: Ledger, moderation: Moderation) -> None:
    """A dispute that withdraws its entry does so whole; of an entry that is hidden already it is noted."""
    await vetted(moderation, entry())
    with pytest.raises(BadInputError):
        await moderation.take_dispute(MO, NOTICE, withdraw=" ")
    assert await moderation.disputes(HOME) == ()
    await moderation.take_dispute(MO, NOTICE, withdraw="a legal notice")
    assert await ledger.claim("bridge", view=now(HOME)) is None
    await moderation.take_dispute(MO, NOTICE, withdraw="a legal notice")
    assert len(await moderation.disputes(HOME)) == 2


async def test_queue_is_cleared_by_reviewers_alone(ledger: Ledger) -> None:
    """Whoever lost the role between card and press takes nothing off the queue."""
    await asked(ledger, "U1")
    (wanted,) = await ledger.demand().unanswered(HOME, 10)
    with pytest.raises(NotAllowedError, match="reviewer"):
        await ledger.demand().drop(wanted.id, CLEO)
    assert await ledger.demand().drop(wanted.id, BO)


async def test_undone_approval_leaves_those_who_asked_waiting(ledger: Ledger, moderation: Moderation) -> None:
    """Who was not told yet of an entry that is taken back is told of the one that answers after it."""
    await asked(ledger, "U1")
    await vetted(moderation, entry())
    assert await ledger.demand().unanswered(HOME, 10) == ()
    await moderation.undo(BEN, time.time())
    (wanted,) = await ledger.demand().unanswered(HOME, 10)
    assert wanted.people == 1
    assert await rows(ledger, "SELECT 1 FROM outbox WHERE kind = 'answer'") == []
    (waiting,) = await moderation.waiting(HOME)
    await moderation.approve(BEN, waiting.id, two_person=True)
    assert await rows(ledger, "SELECT channel FROM outbox WHERE kind = 'answer'") == [("U1",)]


@pytest.mark.parametrize("key", ["embargoed", "far", "nowhere"])
async def test_hidden_claim_cannot_be_followed(ledger: Ledger, key: str) -> None:
    """An id that is hidden from somebody is answered as one that is not there, and nothing is noted."""
    await ledger.save(
        claim(id="embargoed", embargo_until=Day("9999-12-31"), statements=(statement(about=None),)),
        CHANGE,
        vouched=True,
    )
    far = claim(id="far", workspace="away", statements=(statement(id="s-far", about=None),))
    await ledger.save(far, CHANGE, vouched=True)
    assert not await ledger.questions().follow(key, PLACE, "U1", now(HOME))
    assert await rows(ledger, "SELECT * FROM follow") == []


async def test_import_tells_those_who_asked(ledger: Ledger) -> None:
    """What the operator vouches for answers demand as an approval does; what nobody vouches for does not."""
    await asked(ledger, "U1", HOUSE)
    line = line_from_claim(claim(text=BRIDGE)).encode()

    def lines() -> Iterator[bytes]:
        yield line

    async def read(*, vouched: bool) -> None:
        await ledger.import_lines(lines, CHANGE, vouched=vouched, keep_going=False, progress=lambda _: None)

    await read(vouched=False)
    assert await rows(ledger, "SELECT 1 FROM outbox") == []
    await read(vouched=True)
    assert await rows(ledger, "SELECT channel FROM outbox WHERE kind = 'answer'") == [("U1",)]
    assert await ledger.demand().unanswered(HOUSE, 10) == ()


async def test_counts_are_of_what_a_workspace_keeps_or_sees(ledger: Ledger, moderation: Moderation) -> None:
    """What readers said and reported is counted by entry; of other workspaces' and hidden ones nothing is."""
    await vetted(moderation, entry())
    hidden = claim(id="hidden", state=State.WITHDRAWN, statements=(statement(id="s-h", about=None),))
    await ledger.save(replace(hidden, sources=(source(),)), CHANGE, vouched=True)
    questions = ledger.questions()
    question = await questions.ask(PLACE, "U1", Way.COMMAND, BRIDGE)
    await questions.choose(question, ("bridge", "hidden"), Platform.SLACK, "U1", Choice.NOT_MINE)
    await questions.report(None, "bridge", Platform.SLACK, "U2", "a wrong day", HOME)
    await questions.report(None, "bridge", Platform.SLACK, "U2", "a wrong day", "away")
    (counts,) = await questions.feedback_counts(now(HOME))
    assert (counts.claim, counts.mine, counts.not_mine, counts.reports) == ("bridge", 0, 1, 1)
    assert await questions.feedback_counts(now("away")) == ()


async def test_frozen_entry_is_not_changed_by_an_import(ledger: Ledger, moderation: Moderation) -> None:
    """What an open dispute holds is left as it is by a file too, unless the file withdraws it."""
    await vetted(moderation, entry())
    await moderation.take_dispute(MO, replace(NOTICE, frozen=True))
    stands = await held(moderation)

    async def read(given: Claim) -> None:
        line = line_from_claim(given).encode()
        await ledger.import_lines(
            lambda: [line], CHANGE, vouched=True, keep_going=False, progress=lambda _: None
        )

    with pytest.raises(BadInputError, match="frozen"):
        await read(replace(stands, story="Another story"))
    assert await held(moderation) == stands
    await read(replace(stands, state=State.WITHDRAWN))
    assert (await held(moderation)).state is State.WITHDRAWN
