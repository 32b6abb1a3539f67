"""Proposals and their review: what it takes, who may, and that readers see the vetted revision alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.claims import Claim, Outcome, Relation, RelationKind, ResponseRequest
from bot.dates import Day
from bot.desk import record
from bot.errors import BadInputError, NotAllowedError, RefusedError
from bot.moderation.members import Member, Role
from bot.moderation.proposals import Stage
from bot.phrases import reviewed_words
from bot.statements import Kind, State
from bot.store.ledger import Ledger
from bot.store.moderation import Moderation
from bot.views import now
from bot.wording import catalogue
from tests.conftest import CHANGE
from tests.entries import claim, source, speaker, statement
from tests.moderating import (
    ADA,
    ANA,
    BEN,
    BO,
    CLEO,
    FAR,
    HOME,
    MO,
    READER,
    entry,
    member,
    rows,
    submitted,
    vetted,
)


async def seen(ledger: Ledger, key: str = "bridge", workspace: str = HOME) -> Claim | None:
    """Return what a reader of a workspace sees of an entry."""
    found = await ledger.claim(key, view=now(workspace))
    return found[1].claim if found else None


@pytest.fixture
def moderation(ledger: Ledger) -> Moderation:
    """The verbs on an empty ledger."""
    return ledger.moderation()


async def test_entry_reaches_readers_when_another_person_approves_it(
    ledger: Ledger, moderation: Moderation
) -> None:
    """Before the approval nobody sees an entry; after it, the readers of its workspace do, and no others."""
    proposal = await submitted(moderation, ANA, entry())
    assert await seen(ledger) is None
    assert await ledger.claims() == ()
    assert [each.id for each in await moderation.waiting(HOME)] == [proposal.id]
    approved = await moderation.approve(BEN, proposal.id, two_person=True)
    found = await seen(ledger)
    assert found is not None
    assert (found.state, found.statements[0].state, found.workspace) == (State.VETTED, State.VETTED, HOME)
    assert found.last_reviewed_on == now().today
    assert (approved.is_alone, approved.before) == (False, None)
    assert await seen(ledger, workspace="away") is None
    assert await moderation.waiting(HOME) == ()
    history = await ledger.history("bridge", view=now(HOME))
    assert history is not None
    assert {(each.actor, each.reason) for each in history} == {
        ("Ana, approved by Ben", "as told by the council")
    }
    assert (await ledger.verify())[1] is None


async def test_edit_is_not_seen_before_it_is_approved(ledger: Ledger, moderation: Moderation) -> None:
    """Readers go on seeing the vetted revision while a change of it is drafted, reviewed and declined."""
    await vetted(moderation, entry())
    before = await seen(ledger)
    assert before is not None
    edited = replace(before, text="The mayor of Marsh had the new bridge closed.")
    proposal = await submitted(moderation, ANA, edited)
    assert await seen(ledger) == before
    await moderation.ask_changes(BEN, proposal.id, "which bridge?")
    held = await moderation.amend(ANA, proposal.id, replace(edited, story="Bridges"))
    assert (held.stage, held.answer) == (Stage.CHANGES_ASKED, "which bridge?")
    await moderation.submit(ANA, proposal.id, None)
    assert await seen(ledger) == before
    await moderation.decline(BO, proposal.id, "it was the old one")
    assert await seen(ledger) == before
    with pytest.raises(BadInputError, match="declined"):
        await moderation.approve(BEN, proposal.id, two_person=True)


async def test_author_cannot_approve_under_the_two_person_rule(
    ledger: Ledger, moderation: Moderation
) -> None:
    """An author is refused the approval, whatever their role; without the rule it is marked so."""
    proposal = await submitted(moderation, ADA, entry())
    with pytest.raises(NotAllowedError, match="another person than its author"):
        await moderation.approve(ADA, proposal.id, two_person=True)
    assert await seen(ledger) is None
    approved = await moderation.approve(ADA, proposal.id, two_person=False)
    assert (approved.is_alone, approved.is_first_alone) == (True, True)
    answer = await record(ledger, "bridge", view=now(HOME))
    assert answer.claims[0].vetted_alone
    assert reviewed_words(answer.claims[0], catalogue()).endswith(", vetted by one person")
    again = await submitted(moderation, ADA, entry("second"))
    assert not (await moderation.approve(ADA, again.id, two_person=False)).is_first_alone
    held = await moderation.held(HOME, "bridge")
    assert held is not None
    await vetted(moderation, replace(held[1], story="Bridges"), approver=BO)
    assert not (await record(ledger, "bridge", view=now(HOME))).claims[0].vetted_alone


async def test_two_approvals_at_once_make_one(ledger: Ledger, moderation: Moderation) -> None:
    """Of two people who approve at once, the second is told that it is approved already."""
    proposal = await submitted(moderation, ANA, entry())
    done = await asyncio.gather(
        *(moderation.approve(each, proposal.id, two_person=True) for each in (BEN, BO)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, BadInputError) for each in done) == 1
    assert (await ledger.verify())[1] is None


async def test_stale_proposal_is_refused(ledger: Ledger, moderation: Moderation) -> None:
    """A proposal that was begun before another change of the same entry, or of what it shares, is refused."""
    await vetted(moderation, entry())
    before = await seen(ledger)
    assert before is not None
    first = await submitted(moderation, ANA, replace(before, story="One"))
    second = await submitted(moderation, CLEO, replace(before, story="Two"))
    await moderation.approve(BEN, first.id, two_person=True)
    with pytest.raises(BadInputError, match="newest revision"):
        await moderation.approve(BEN, second.id, two_person=True)
    await vetted(moderation, entry("other"))
    third = await submitted(moderation, CLEO, replace(before, story="Three"))
    held = await moderation.held(HOME, "other")
    assert held is not None
    renamed = replace(held[1], speakers=(speaker(name="Ada M. Quill"),))
    await vetted(moderation, renamed)
    with pytest.raises(BadInputError, match="newest revision"):
        await moderation.approve(BEN, third.id, two_person=True)
    now_seen = await seen(ledger)
    assert now_seen is not None
    assert (now_seen.story, now_seen.speakers[0].name) == ("One", "Ada M. Quill")


@pytest.mark.parametrize(
    ("deed", "least"),
    [
        ("begin", Role.CONTRIBUTOR),
        ("approve", Role.REVIEWER),
        ("decline", Role.REVIEWER),
        ("ask_changes", Role.REVIEWER),
        ("keep", Role.REVIEWER),
        ("withdraw", Role.MODERATOR),
        ("give_role", Role.ADMIN),
    ],
)
@pytest.mark.parametrize("role", list(Role))
async def test_deed_takes_its_role(moderation: Moderation, deed: str, least: Role, role: Role) -> None:
    """A deed is done for whoever has its role or a higher one, and for nobody else."""
    await vetted(moderation, entry())
    proposal = await submitted(moderation, ANA, entry("second"))
    by = member("someone", role)
    run: dict[str, Callable[[], Awaitable[object]]] = {
        "begin": lambda: moderation.begin(by, entry("third"), base=0),
        "approve": lambda: moderation.approve(by, proposal.id, two_person=True),
        "decline": lambda: moderation.decline(by, proposal.id, "no"),
        "ask_changes": lambda: moderation.ask_changes(by, proposal.id, "no"),
        "keep": lambda: moderation.keep(by, "bridge"),
        "withdraw": lambda: moderation.withdraw(by, "bridge", "no"),
        "give_role": lambda: moderation.give_role(by, "slack:T:U", "Uma", Role.ADMIN),
    }
    if by.may(least):
        await run[deed]()
    else:
        with pytest.raises(NotAllowedError, match=f"“{least}”; yours is “{role}”"):
            await run[deed]()


async def test_given_role_counts_as_it_stands_at_the_deed(moderation: Moderation) -> None:
    """A role given by command adds to the configured one, and is gone at once when it is taken away."""
    await moderation.give_role(ADA, "slack:T:UMAX", "Max", Role.MODERATOR)
    highest = await moderation.member(HOME, "slack:T:UMAX", "Max", Role.READER)
    assert highest.role is Role.MODERATOR
    assert (await moderation.member("away", "slack:T:UMAX", "Max", Role.READER)).role is Role.READER
    assert [each.name for each in await moderation.members(HOME)] == ["Max"]
    with pytest.raises(NotAllowedError, match="Who has it here: Max"):
        await moderation.withdraw(BEN, "bridge", "no")
    await moderation.give_role(ADA, "slack:T:UMAX", "Max", Role.READER)
    with pytest.raises(NotAllowedError):
        await moderation.withdraw(highest, "bridge", "no")
    assert await moderation.members(HOME) == ()


async def test_proposals_are_their_authors_and_their_workspaces(moderation: Moderation) -> None:
    """Nobody changes, hands in or gives up another's proposal, and other workspaces have none of it."""
    begun = await moderation.begin(ANA, entry(), base=0)
    for by in (CLEO, ADA):
        with pytest.raises(NotAllowedError, match="Ana’s"):
            await moderation.amend(by, begun.id, entry(story="x"))
        with pytest.raises(NotAllowedError):
            await moderation.submit(by, begun.id, None)
        with pytest.raises(NotAllowedError):
            await moderation.discard(by, begun.id)
    with pytest.raises(BadInputError, match="no such proposal"):
        await moderation.approve(BEN, begun.id, two_person=True)
    await moderation.submit(ANA, begun.id, None)
    for deed in (
        moderation.approve(FAR, begun.id, two_person=True),
        moderation.decline(FAR, begun.id, "no"),
        moderation.amend(FAR, begun.id, entry()),
    ):
        with pytest.raises(BadInputError, match="no such proposal"):
            await deed
    assert await moderation.proposal("away", begun.id) is None
    assert await moderation.waiting("away") == ()
    assert [each.id for each in await moderation.drafts(ANA)] == [begun.id]
    assert await moderation.drafts(CLEO) == ()
    await moderation.discard(ANA, begun.id)
    assert await moderation.drafts(ANA) == ()


async def test_submitting_names_every_field_at_fault(moderation: Moderation) -> None:
    """What could not be vetted is not handed in, and stays a draft with all that was typed."""
    bad = entry(
        allegation=True, living_person=True, statements=(replace(entry().statements[0], citations=()),)
    )
    begun = await moderation.begin(ANA, bad, base=0)
    with pytest.raises(RefusedError) as caught:
        await moderation.submit(ANA, begun.id, None)
    assert {"requests", "statements[0].citations"} <= {each.field for each in caught.value.refusals}
    held = await moderation.proposal(HOME, begun.id)
    assert held is not None
    assert (held.stage, held.claim.statements) == (Stage.DRAFT, bad.statements)


async def test_forged_documents_reach_nothing_of_others(ledger: Ledger, moderation: Moderation) -> None:
    """A document cannot move an entry, take another's id, change what others show, or lead to it."""
    await vetted(moderation, entry(), by=FAR, approver=member("fay", Role.REVIEWER, "away"))
    await ledger.save(claim(id="public", statements=(statement(id="s-p", about=None),)), CHANGE, vouched=True)
    with pytest.raises(BadInputError, match="choose another"):
        await moderation.begin(ANA, entry(), base=0)
    with pytest.raises(BadInputError, match="no entry “bridge”"):
        await moderation.begin(ANA, entry(), base=1)
    with pytest.raises(BadInputError, match="brought in by"):
        await moderation.begin(ANA, entry(id="public"), base=1)
    for forged in (
        entry("mine", workspace="away", speakers=(speaker(name="Somebody else"),), statements=()),
        entry("mine", relations=(Relation(kind=RelationKind.NARROWS, to="bridge"),)),
        entry("mine", statements=(statement(about=None),)),
        entry("mine", statements=(statement(id="s-new", about=None),), sources=(source(title="Other"),)),
    ):
        begun = await moderation.begin(ANA, forged, base=0)
        assert begun.claim.workspace == HOME
        with pytest.raises(RefusedError) as caught:
            await moderation.submit(ANA, begun.id, None)
        assert "away" not in str(caught.value)
    await vetted(moderation, entry("mine", relations=(Relation(kind=RelationKind.NARROWS, to="public"),)))
    assert (await ledger.verify())[1] is None


async def test_no_response_is_for_a_moderator_to_say(moderation: Moderation) -> None:
    """That somebody who was asked is silent cannot be handed in by a contributor or a reviewer."""
    asked = ResponseRequest(
        id="r-1", asked="quill", how="by mail", asked_on=Day("2025-07-01"), outcome=Outcome.NO_RESPONSE
    )
    silent = statement(id="s-n", kind=Kind.NO_RESPONSE, state=State.DRAFT, about=None)
    for by in (ANA, BEN):
        for given in (entry("a", requests=(asked,)), entry("b", statements=(silent,))):
            begun = await moderation.begin(by, given, base=0)
            with pytest.raises(NotAllowedError, match="“moderator”"):
                await moderation.submit(by, begun.id, None)
    await vetted(moderation, entry(requests=(asked,)), by=MO)


async def test_withdrawn_entry_is_gone_at_once_and_stays_on_file(
    ledger: Ledger, moderation: Moderation
) -> None:
    """Withdrawing takes a reason, hides the entry, keeps the row, and ends what was proposed for it."""
    await vetted(moderation, entry())
    before = await seen(ledger)
    assert before is not None
    proposal = await submitted(moderation, ANA, replace(before, story="Bridges"))
    with pytest.raises(BadInputError, match="Say why"):
        await moderation.withdraw(MO, "bridge", "  ")
    await moderation.withdraw(MO, "bridge", "the mayor’s words were another’s")
    assert await seen(ledger) is None
    held = await moderation.held(HOME, "bridge")
    assert held is not None
    assert held[1].state is State.WITHDRAWN
    with pytest.raises(BadInputError, match="newest revision"):
        await moderation.approve(BEN, proposal.id, two_person=True)
    with pytest.raises(BadInputError, match="already"):
        await moderation.withdraw(MO, "bridge", "again")
    assert await moderation.held("away", "bridge") is None


async def test_stale_entries_are_listed_until_somebody_keeps_them(
    ledger: Ledger, moderation: Moderation
) -> None:
    """An entry whose review is due is listed to its own workspace, until it is kept as it is."""
    old = claim(workspace=HOME, last_reviewed_on=Day("2020-01-01"))
    await ledger.save(old, CHANGE, vouched=True)
    assert await moderation.stale(HOME, "2025-01-01") == (old,)
    assert await moderation.stale("away", "2025-01-01") == ()
    await moderation.keep(BEN, "bridge")
    assert await moderation.stale(HOME, "2025-01-01") == ()
    await moderation.keep(BEN, "bridge")
    assert (await ledger.verify())[1] is None


async def test_author_is_told_once_of_what_became_of_a_proposal(
    moderation: Moderation, tmp_path: Path
) -> None:
    """A review puts one message to the author into the outbox, in the same transaction."""
    proposal = await submitted(moderation, ANA, entry())
    await moderation.ask_changes(BEN, proposal.id, "which bridge?")
    await moderation.submit(ANA, proposal.id, None)
    await moderation.approve(BEN, proposal.id, two_person=True)
    told = rows(tmp_path / "ledger.db", "SELECT platform, tenant, channel, payload FROM outbox")
    assert [each[:3] for each in told] == [("slack", "Thome", "UANA")]
    assert json.loads(told[0][3])["stage"] == "approved"


async def test_suggested_speakers_are_those_that_readers_see(ledger: Ledger, moderation: Moderation) -> None:
    """A speaker is suggested from vetted statements of visible entries, and from nothing else."""
    hidden = statement(id="s-2", about=None, speaker="ross", state=State.WITHDRAWN)
    both = (speaker(), speaker(id="ross", name="Quin Ross"))
    await ledger.save(claim(statements=(statement(), hidden), speakers=both), CHANGE, vouched=True)
    await vetted(
        moderation,
        entry(
            "away",
            statements=(statement(id="s-3", about=None, speaker="far"),),
            speakers=(speaker(id="far", name="Quentin Far"),),
        ),
        by=FAR,
        approver=member("fay", Role.REVIEWER, "away"),
    )
    assert [each.id for each in await moderation.speakers(now(HOME), "QUI")] == ["quill"]
    assert [each.id for each in await moderation.speakers(now("away"), "qu")] == ["far", "quill"]
    assert await moderation.speakers(now(HOME), "ross") == ()


async def test_typed_sheets_are_kept_for_their_member(moderation: Moderation) -> None:
    """What was typed is there until the sheet is closed, for whoever typed it and nobody else."""
    sheet = await moderation.open_sheet(ANA, "entry", {"claim": "bridge"}, {"text": "The mayor \ud800"})
    await moderation.type_into(ANA, sheet, {"story": "Bridges"})
    held = await moderation.sheet(ANA, sheet)
    assert held is not None
    assert (held.form, held.about, held.typed) == (
        "entry",
        {"claim": "bridge"},
        {"text": "The mayor ?", "story": "Bridges"},
    )
    for other in (CLEO, Member(workspace="away", key=ANA.key, name="Ana")):
        assert await moderation.sheet(other, sheet) is None
        assert await moderation.sheets(other) == ()
        with pytest.raises(BadInputError, match="Open it again"):
            await moderation.type_into(other, sheet, {"story": "x"})
        await moderation.close_sheet(other, sheet)
    assert [each.id for each in await moderation.sheets(ANA)] == [sheet]
    await moderation.close_sheet(ANA, sheet)
    assert await moderation.sheet(ANA, sheet) is None


async def test_reader_can_do_nothing(moderation: Moderation) -> None:
    """Somebody without a role is told which one it takes."""
    with pytest.raises(NotAllowedError, match="“contributor”; yours is “reader”"):
        await moderation.begin(READER, entry(), base=0)
