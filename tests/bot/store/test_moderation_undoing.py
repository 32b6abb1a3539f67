"""Taking back: a deed within ten minutes, an entry at an earlier revision; merging, relating, disputes."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.claims import Claim, Relation, RelationKind
from bot.dates import Day
from bot.desk import record
from bot.errors import BadInputError, NotAllowedError, RefusedError
from bot.moderation.deeds import Deed
from bot.moderation.disputes import Dispute, DisputeKind
from bot.moderation.members import Role
from bot.moderation.proposals import Stage
from bot.statements import Citation, Kind, QuoteMode, State, Target, TargetKind
from bot.store.ledger import Ledger
from bot.store.moderation import Moderation
from bot.views import now
from tests.conftest import CHANGE
from tests.entries import artifact, claim, source, speaker, statement
from tests.moderating import ADA, ANA, BEN, BO, CLEO, FAR, HOME, MO, entry, member, rows, submitted, vetted

TAPE = statement(
    id="s-tape",
    kind=Kind.AUTHENTICITY_CHALLENGE,
    about=Target(kind=TargetKind.ARTIFACT, id="tape"),
    state=State.DRAFT,
)
NOTICE = Dispute(
    claim="bridge",
    who="the mayor’s office",
    kind=DisputeKind.LEGAL,
    what="The words were another’s.",
    received_on=Day("2026-11-20"),
    frozen=True,
)


@pytest.fixture
def moderation(ledger: Ledger) -> Moderation:
    """The verbs on an empty ledger."""
    return ledger.moderation()


async def seen(ledger: Ledger, key: str = "bridge") -> Claim | None:
    """Return what a reader at home sees of an entry."""
    found = await ledger.claim(key, view=now(HOME))
    return found[1].claim if found else None


async def held(moderation: Moderation, key: str = "bridge") -> Claim:
    """Return an entry whole."""
    found = await moderation.held(HOME, key)
    assert found is not None
    return found[1]


async def test_undone_approval_leads_back_to_what_stood_there(ledger: Ledger, moderation: Moderation) -> None:
    """An approval that is taken back leaves readers with the revision before, and the proposal in review."""
    await vetted(moderation, entry())
    before = await seen(ledger)
    assert before is not None
    edited = replace(
        before,
        text="The mayor of Marsh had both bridges closed.",
        statements=(replace(before.statements[0], told_to="reporters"), TAPE),
        speakers=(speaker(name="Ada M. Quill"),),
        sources=(source(note="seen in print"),),
        artifacts=(artifact(custody=()),),
    )
    proposal = await submitted(moderation, ANA, edited)
    await moderation.approve(BO, proposal.id, two_person=True)
    assert (await moderation.undo(BO, time.time())).action is Deed.APPROVE
    assert await seen(ledger) == before
    assert [each.state for each in (await held(moderation)).statements] == [State.VETTED, State.WITHDRAWN]
    again = await moderation.proposal(HOME, proposal.id)
    assert again is not None
    assert (again.stage, again.reviewer) == (Stage.IN_REVIEW, None)
    await moderation.approve(BEN, proposal.id, two_person=True)
    after = await seen(ledger)
    assert after is not None
    assert (after.text, after.statements[1].kind) == (edited.text, Kind.AUTHENTICITY_CHALLENGE)
    assert (await ledger.verify())[1] is None
    history = await ledger.history("bridge", view=now(HOME))
    assert history is not None
    assert ("Bo", "undone") in {(each.actor, each.reason) for each in history}


async def test_undone_first_approval_withdraws_the_entry(ledger: Ledger, moderation: Moderation) -> None:
    """A new entry whose approval is taken back is hidden and stays on file, and can be approved again."""
    approved = await vetted(moderation, entry())
    await moderation.undo(BEN, time.time())
    assert await seen(ledger) is None
    assert (await held(moderation)).state is State.WITHDRAWN
    await moderation.approve(BO, approved.proposal.id, two_person=True)
    assert await seen(ledger) is not None
    assert (await ledger.verify())[1] is None


async def test_undone_withdrawal_shows_the_entry_again(ledger: Ledger, moderation: Moderation) -> None:
    """A withdrawal can be taken back by whoever made it, for ten minutes, and while they have the role."""
    await vetted(moderation, entry())
    await moderation.withdraw(MO, "bridge", "a mistake")
    for by, at in ((ADA, 0.0), (MO, 601.0)):
        with pytest.raises(BadInputError, match="nothing of yours"):
            await moderation.undo(by, time.time() + at)
    with pytest.raises(NotAllowedError, match="“moderator”"):
        await moderation.undo(replace(MO, role=Role.REVIEWER, configured=None), time.time())
    await moderation.undo(MO, time.time())
    assert await seen(ledger) is not None
    with pytest.raises(BadInputError, match="nothing of yours"):
        await moderation.undo(MO, time.time())


async def test_deed_that_was_built_on_is_not_undone(ledger: Ledger, moderation: Moderation) -> None:
    """What somebody has changed since is not taken back over their heads."""
    await vetted(moderation, entry())
    before = await held(moderation)
    await vetted(moderation, replace(before, story="Bridges"), by=CLEO, approver=BO)
    with pytest.raises(BadInputError, match="changed since"):
        await moderation.undo(BEN, time.time())
    assert (await ledger.verify())[1] is None


async def test_each_step_of_a_proposal_can_be_undone(moderation: Moderation) -> None:
    """A hand-in, a request for changes, a refusal and a giving-up are taken back by whoever did them."""
    begun = await moderation.begin(ANA, entry(), base=0)

    async def stage() -> Stage:
        found = await moderation.proposal(HOME, begun.id)
        assert found is not None
        return found.stage

    await moderation.submit(ANA, begun.id, None)
    await moderation.undo(ANA, time.time())
    assert await stage() is Stage.DRAFT
    await moderation.discard(ANA, begun.id)
    await moderation.undo(ANA, time.time())
    assert await stage() is Stage.DRAFT
    await moderation.submit(ANA, begun.id, None)
    for deed in (moderation.ask_changes, moderation.decline):
        await deed(BEN, begun.id, "no")
        await moderation.undo(BEN, time.time())
        assert await stage() is Stage.IN_REVIEW
    await moderation.decline(BEN, begun.id, "no")
    with pytest.raises(BadInputError, match="changed since"):
        await moderation.undo(ANA, time.time())


async def test_undone_vetting_alone_is_no_longer_marked(ledger: Ledger, moderation: Moderation) -> None:
    """Who vetted an entry counts as before, once an approval is taken back."""
    await ledger.save(claim(workspace=HOME), CHANGE, vouched=True)
    proposal = await submitted(moderation, MO, replace(await held(moderation), story="Bridges"))
    await moderation.approve(MO, proposal.id, two_person=False)
    assert (await record(ledger, "bridge", view=now(HOME))).claims[0].vetted_alone
    await moderation.undo(MO, time.time())
    assert not (await record(ledger, "bridge", view=now(HOME))).claims[0].vetted_alone


async def test_reverted_entry_is_reviewed_like_any_other(
    ledger: Ledger, moderation: Moderation, tmp_path: Path
) -> None:
    """Each revision of an entry gives a proposal of the entry as it stood, with the rest of now."""
    await vetted(moderation, entry())
    first = await held(moderation)
    second = replace(
        first,
        text="Both were closed.",
        statements=(*first.statements, replace(TAPE)),
        artifacts=(artifact(),),
    )
    await vetted(moderation, second)
    query = "SELECT n, reason FROM revision WHERE claim = 'bridge' ORDER BY n"
    revisions = [row[0] for row in rows(tmp_path / "ledger.db", query)]
    with pytest.raises(BadInputError, match="at no revision 99"):
        await moderation.revert(MO, "bridge", 99, "too much")
    with pytest.raises(BadInputError, match="as it did then"):
        await moderation.revert(MO, "bridge", revisions[-1], "too much")
    for revision in revisions[:4]:
        proposal = await moderation.revert(MO, "bridge", revision, "too much")
        assert (proposal.stage, proposal.claim.text) == (Stage.IN_REVIEW, first.text)
        assert [each.state for each in proposal.claim.statements] == [State.VETTED, State.WITHDRAWN]
    shown = await seen(ledger)
    assert shown is not None
    assert shown.text == second.text
    waiting = await moderation.waiting(HOME)
    await moderation.approve(BEN, waiting[-1].id, two_person=True)
    shown = await seen(ledger)
    assert shown is not None
    assert (shown.text, len(shown.statements), shown.artifacts) == (first.text, 1, ())
    assert (await ledger.verify())[1] is None


async def two_claims(moderation: Moderation) -> None:
    """Put two entries on file, the second with its own source and speaker, and a third that leads to it."""
    await vetted(moderation, entry())
    said = replace(
        entry("double").statements[0],
        speaker="roads",
        text="It stood open.",
        quote_mode=QuoteMode.PARAPHRASE,
        citations=(Citation(source="courier"),),
    )
    corrected = replace(
        said,
        id="s-corrected",
        kind=Kind.CORRECTION,
        about=Target(kind=TargetKind.STATEMENT, id=said.id),
        text="It stood half open.",
    )
    double = entry(
        "double",
        text="The old bridge was closed by the mayor.",
        aliases=("The mayor of Marsh had the old bridge closed!", "A bridge was shut."),
        statements=(said, corrected, replace(entry().statements[0], id="s-same")),
        speakers=(speaker(), speaker(id="roads", name="The roads office")),
        sources=(source(), source(id="courier", url="https://courier.example/")),
    )
    await vetted(moderation, double)
    leads = (Relation(kind=RelationKind.NARROWS, to="double"),)
    await vetted(moderation, entry("third", relations=leads))


async def test_merged_claim_leads_to_the_other(ledger: Ledger, moderation: Moderation) -> None:
    """After the approval one entry has what both had, and the other’s id and relations lead to it."""
    await two_claims(moderation)
    proposal = await moderation.merge_claims(MO, "double", "bridge", "the same claim")
    assert await seen(ledger, "double") is not None
    await moderation.approve(BEN, proposal.id, two_person=True)
    found = await ledger.claim("double", view=now(HOME))
    assert found is not None
    whole = found[1].claim
    assert whole.id == "bridge"
    assert whole.aliases == ("The old bridge was closed by the mayor.", "A bridge was shut.")
    assert [each.text for each in whole.statements] == [
        "The old bridge was closed on my order.",
        "It stood open.",
        "It stood half open.",
    ]
    about = whole.statements[2].about
    assert about is not None
    assert about.id == whole.statements[1].id
    assert [each.id for each in found[1].related] == ["third"]
    assert await ledger.history("double", view=now(HOME)) == await ledger.history("bridge", view=now(HOME))
    assert (await ledger.verify())[1] is None
    with pytest.raises(BadInputError, match="merged into “bridge”"):
        await moderation.merge_claims(MO, "double", "bridge", "again")
    with pytest.raises(BadInputError, match="merged into “bridge”"):
        await moderation.begin(ANA, replace(whole, id="double"), base=1)
    await moderation.undo(BEN, time.time())
    assert await seen(ledger, "double") is not None
    back = await seen(ledger)
    assert back is not None
    assert (back.aliases, len(back.statements)) == ((), 1)
    related = await ledger.claim("double", view=now(HOME))
    assert related is not None
    assert [each.id for each in related[1].related] == ["third"]
    await moderation.approve(BEN, proposal.id, two_person=True)
    assert await seen(ledger, "double") == whole
    assert (await ledger.verify())[1] is None


async def test_merge_is_stale_when_either_changes(moderation: Moderation) -> None:
    """A merge that was begun before a change of the entry that ends is refused."""
    await two_claims(moderation)
    proposal = await moderation.merge_claims(MO, "double", "bridge", "the same claim")
    await vetted(moderation, replace(await held(moderation, "double"), story="Bridges"))
    with pytest.raises(BadInputError, match="“double” has changed"):
        await moderation.approve(BEN, proposal.id, two_person=True)
    for key, into in (("bridge", "bridge"), ("bridge", "absent"), ("absent", "bridge")):
        with pytest.raises(BadInputError):
            await moderation.merge_claims(MO, key, into, "x")


async def test_merged_speaker_is_shown_under_the_other_name(ledger: Ledger, moderation: Moderation) -> None:
    """Entries of the workspace show the other name; a speaker of entries elsewhere is left alone."""
    await two_claims(moderation)
    await moderation.merge_speakers(MO, "roads", "quill", "one office", two_person=False)
    answer = await record(ledger, "double", view=now(HOME))
    assert {line.speaker for _, lines in answer.claims[0].groups for line in lines} == {"Ada Quill"}
    for key, into in (("roads", "quill"), ("quill", "roads"), ("quill", "quill"), ("quill", "nobody")):
        with pytest.raises(BadInputError):
            await moderation.merge_speakers(MO, key, into, "x", two_person=False)
    await moderation.undo(MO, time.time())
    fay = member("fay", Role.REVIEWER, "away")
    await vetted(moderation, entry("far"), by=FAR, approver=fay)
    with pytest.raises(BadInputError, match="outside this workspace"):
        await moderation.merge_speakers(MO, "quill", "roads", "x", two_person=False)
    with pytest.raises(BadInputError, match="no speaker “roads”"):
        await moderation.merge_speakers(FAR, "quill", "roads", "x", two_person=False)
    assert (await ledger.verify())[1] is None


async def test_merged_speaker_takes_two_people(ledger: Ledger, moderation: Moderation) -> None:
    """Under the two-person rule a merged speaker is a proposal, and readers see the old name until then."""
    await two_claims(moderation)

    async def shown() -> set[str]:
        answer = await record(ledger, "double", view=now(HOME))
        return {line.speaker for _, lines in answer.claims[0].groups for line in lines}

    before = await shown()
    proposal = await moderation.merge_speakers(MO, "roads", "quill", "one office", two_person=True)
    assert proposal is not None
    assert await shown() == before != {"Ada Quill"}
    assert await moderation.renamed(proposal.claim) == {"roads": 1}
    with pytest.raises(NotAllowedError):
        await moderation.approve(MO, proposal.id, two_person=True)
    dispute = await moderation.take_dispute(MO, replace(NOTICE, claim="double"))
    with pytest.raises(BadInputError, match="frozen"):
        await moderation.approve(BEN, proposal.id, two_person=True)
    await moderation.settle_dispute(MO, dispute.id, "settled")
    await moderation.approve(BEN, proposal.id, two_person=True)
    assert await shown() == {"Ada Quill"}
    await moderation.undo(BEN, time.time())
    assert await shown() == before
    await moderation.withdraw(MO, "double", "by mistake")
    with pytest.raises(BadInputError, match="No vetted entry"):
        await moderation.merge_speakers(MO, "roads", "quill", "one office", two_person=True)
    assert (await ledger.verify())[1] is None


async def test_relation_is_made_at_once_or_proposed(ledger: Ledger, moderation: Moderation) -> None:
    """A relation is a moderator's word, and takes another person under the two-person rule."""
    await two_claims(moderation)
    narrows = RelationKind.NARROWS
    proposal = await moderation.relate(MO, "bridge", narrows, "double", "it is", two_person=True)
    assert proposal is not None
    found = await ledger.claim("bridge", view=now(HOME))
    assert found is not None
    assert found[1].related == ()
    assert await moderation.relate(MO, "bridge", narrows, "double", "it is", two_person=False) is None
    found = await ledger.claim("bridge", view=now(HOME))
    assert found is not None
    assert ([each.id for each in found[1].related], found[1].vetted_alone) == (["double"], True)
    with pytest.raises(BadInputError, match="already"):
        await moderation.relate(MO, "bridge", narrows, "double", "it is", two_person=False)
    for is_strict in (True, False):
        with pytest.raises(RefusedError, match="no claim “absent”"):
            await moderation.relate(MO, "bridge", narrows, "absent", "x", two_person=is_strict)


async def test_frozen_entry_stays_as_it_is_or_is_withdrawn(ledger: Ledger, moderation: Moderation) -> None:
    """While a dispute freezes an entry nothing of it changes; withdrawing it is possible all the same."""
    await two_claims(moderation)
    proposal = await submitted(moderation, ANA, replace(await held(moderation), story="Bridges"))
    merge = await moderation.merge_claims(MO, "bridge", "double", "the same")
    dispute = await moderation.take_dispute(MO, NOTICE)
    assert await moderation.is_frozen("bridge")
    for deed in (
        moderation.approve(BEN, proposal.id, two_person=True),
        moderation.approve(BEN, merge.id, two_person=True),
        moderation.merge_claims(MO, "double", "bridge", "x"),
        moderation.merge_speakers(MO, "quill", "roads", "x", two_person=False),
        moderation.relate(MO, "bridge", RelationKind.NARROWS, "third", "x", two_person=False),
        moderation.revert(MO, "bridge", 3, "x"),
        moderation.keep(BEN, "bridge"),
    ):
        with pytest.raises(BadInputError, match="frozen"):
            await deed
    await moderation.withdraw(MO, "bridge", "a legal notice")
    assert await seen(ledger) is None
    with pytest.raises(BadInputError, match="frozen"):
        await moderation.undo(MO, time.time())
    assert not (await moderation.freeze_dispute(MO, dispute.id, frozen=False)).frozen
    await moderation.undo(MO, time.time())
    await moderation.settle_dispute(MO, dispute.id, "The mayor’s office took it back.")
    with pytest.raises(BadInputError, match="no open dispute"):
        await moderation.settle_dispute(MO, dispute.id, "again")
    assert await moderation.disputes(HOME) == ()
    assert (await ledger.verify())[1] is None


async def test_disputes_and_reports_are_their_workspaces(moderation: Moderation) -> None:
    """A dispute or a report is listed, closed and told of in its own workspace alone."""
    await vetted(moderation, entry())
    dispute = await moderation.take_dispute(MO, replace(NOTICE, due_on=Day("2026-12-01")))
    assert await moderation.disputes(HOME) == (dispute,)
    assert await moderation.disputes("away") == ()
    for bad in (
        replace(NOTICE, claim="absent"),
        replace(NOTICE, who=" "),
        replace(NOTICE, due_on=Day("soon")),
    ):
        with pytest.raises(BadInputError):
            await moderation.take_dispute(MO, bad)
    with pytest.raises(BadInputError, match="no entry"):
        await moderation.take_dispute(FAR, NOTICE)
    with pytest.raises(BadInputError, match="no open dispute"):
        await moderation.settle_dispute(FAR, dispute.id, "no")
    assert await moderation.problems(HOME) == ()
    with pytest.raises(BadInputError, match="no open report"):
        await moderation.settle_problem(BEN, 1)
