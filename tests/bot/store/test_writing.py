"""Saving: every rule held, every change logged, nothing unvetted shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.claims import Relation, RelationKind
from bot.dates import Day
from bot.errors import LedgerError, RefusedError
from bot.sources import Speaker
from bot.statements import State
from bot.store.ledger import Ledger
from bot.store.writing import Saved
from bot.views import View
from tests.conftest import CHANGE
from tests.entries import claim, source, speaker, statement

TODAY = "2026-11-22"


async def test_saved_claim_comes_back_equal(ledger: Ledger) -> None:
    """What was saved is what is read, down to the last field."""
    assert await ledger.save(claim(), CHANGE, vouched=True) is Saved.CREATED
    assert await ledger.claims() == (claim(),)


async def test_saving_the_same_again_changes_nothing(ledger: Ledger) -> None:
    """An entry that is saved as it stands adds no revision."""
    await ledger.save(claim(), CHANGE, vouched=True)
    before, _ = await ledger.verify()
    assert await ledger.save(claim(), CHANGE, vouched=True) is Saved.UNCHANGED
    assert (await ledger.verify())[0] == before


async def test_each_changed_row_is_logged_once(ledger: Ledger) -> None:
    """An amendment logs the rows that differ and no other."""
    await ledger.save(claim(), CHANGE, vouched=True)
    before, _ = await ledger.verify()
    changed = claim(statements=(replace(claim().statements[0], told_to="reporters"),))
    assert await ledger.save(changed, CHANGE, vouched=True) is Saved.AMENDED
    revision, broken = await ledger.verify()
    assert revision == before + 1
    assert broken is None
    history = await ledger.history("bridge", view=View(today=TODAY))
    assert history is not None
    assert (history[-1].entity, history[-1].changed, history[-1].action) == (
        "statement",
        ("told_to",),
        "amended",
    )


async def test_refused_claim_leaves_no_trace(ledger: Ledger) -> None:
    """A claim that breaks a rule changes nothing, and every field at fault is named."""
    bad = claim(text=" ", statements=(replace(claim().statements[0], speaker=None),))
    with pytest.raises(RefusedError) as caught:
        await ledger.save(bad, CHANGE, vouched=True)
    assert {"text", "statements[0].speaker"} <= {each.field for each in caught.value.refusals}
    assert await ledger.claims() == ()
    assert (await ledger.verify())[0] == 0


async def test_unvouched_entry_is_not_shown(ledger: Ledger) -> None:
    """What nobody vouches for is stored as in review and reaches no reader."""
    await ledger.save(claim(), CHANGE, vouched=False)
    assert (await ledger.claims())[0].state is State.IN_REVIEW
    assert await ledger.claims(public_on=View(today=TODAY)) == ()
    assert await ledger.claim("bridge", view=View(today=TODAY)) is None
    assert await ledger.history("bridge", view=View(today=TODAY)) is None


async def test_unvouched_change_of_a_vetted_entry_is_refused(ledger: Ledger) -> None:
    """A vetted entry is changed only where somebody vouches for the change."""
    await ledger.save(claim(), CHANGE, vouched=True)
    with pytest.raises(RefusedError, match="--vetted-by"):
        await ledger.save(claim(text="The mayor had the old bridge blown up."), CHANGE, vouched=False)
    assert await ledger.save(claim(), CHANGE, vouched=False) is Saved.UNCHANGED
    assert await ledger.claims(public_on=View(today=TODAY)) == (claim(),)


async def test_unvouched_entry_cannot_change_what_others_show(ledger: Ledger) -> None:
    """A proposal that brings a speaker along with other values cannot rename the one that readers see."""
    await ledger.save(claim(), CHANGE, vouched=True)
    proposal = claim(
        id="other",
        speakers=(speaker(name="Somebody Else"),),
        statements=(statement(id="s-other", about=None),),
    )
    with pytest.raises(RefusedError, match="differs from the one on file"):
        await ledger.save(proposal, CHANGE, vouched=False)
    found = await ledger.claim("bridge", view=View(today=TODAY))
    assert found is not None
    assert found[1].claim.speakers[0].name == "Ada Quill"


async def test_nothing_is_deleted(ledger: Ledger) -> None:
    """A statement on file that is left out of an amendment is not dropped: the amendment is refused."""
    await ledger.save(claim(), CHANGE, vouched=True)
    with pytest.raises(RefusedError, match="nothing is deleted"):
        await ledger.save(claim(statements=(), speakers=(), sources=()), CHANGE, vouched=True)
    assert await ledger.claims() == (claim(),)


async def test_statement_cannot_move_to_another_claim(ledger: Ledger) -> None:
    """A statement's id belongs to one claim for good."""
    await ledger.save(claim(), CHANGE, vouched=True)
    thief = claim(id="thief", statements=(statement(about=None),))
    with pytest.raises(RefusedError, match="belongs to the claim “bridge”"):
        await ledger.save(thief, CHANGE, vouched=True)


async def test_relation_to_nothing_is_refused(ledger: Ledger) -> None:
    """A relation needs a claim at its other end."""
    lonely = claim(relations=(Relation(kind=RelationKind.NARROWS, to="nowhere"),))
    with pytest.raises(LedgerError):
        await ledger.save(lonely, CHANGE, vouched=True)
    assert await ledger.claims() == ()


@pytest.mark.parametrize("state", [each for each in State if each is not State.VETTED])
async def test_other_states_are_never_read(ledger: Ledger, state: State) -> None:
    """A claim in any state but vetted leaves no query for readers; neither does such a statement."""
    hidden = claim(id="hidden", state=state, statements=(), speakers=(), sources=())
    partly = claim(
        statements=(
            statement(),
            statement(id="s-2", state=state, superseded_by="s-1" if state is State.SUPERSEDED else None),
        )
    )
    await ledger.save(hidden, CHANGE, vouched=True)
    await ledger.save(partly, CHANGE, vouched=True)
    assert await ledger.claim("hidden", view=View(today=TODAY)) is None
    assert await ledger.history("hidden", view=View(today=TODAY)) is None
    assert [each.id for each in await ledger.claims(public_on=View(today=TODAY))] == ["bridge"]
    found = await ledger.claim("bridge", view=View(today=TODAY))
    assert found is not None
    assert [each.id for each in found[1].claim.statements] == ["s-1"]
    history = await ledger.history("bridge", view=View(today=TODAY))
    assert history is not None
    assert "s-2" not in {each.id for each in history}


async def test_embargo_ends_on_its_day(ledger: Ledger) -> None:
    """An embargoed claim is hidden before its day and shown from that day on, without a change."""
    await ledger.save(claim(embargo_until=Day("2026-12-01")), CHANGE, vouched=True)
    assert await ledger.claim("bridge", view=View(today="2026-11-30")) is None
    assert await ledger.search("bridge", view=View(today="2026-11-30"), limit=5) == ()
    assert await ledger.claim("bridge", view=View(today="2026-12-01")) is not None
    assert len(await ledger.search("bridge", view=View(today="2026-12-01"), limit=5)) == 1


async def test_source_of_a_hidden_statement_is_not_shown(ledger: Ledger) -> None:
    """A source that only a hidden statement cites, and its speaker, stay hidden with it."""
    other = source(id="leak", url="https://leak.example/secret")
    whistle = Speaker(id="whistle", name="Wanda Whistle", kind=speaker().kind)
    hidden = statement(
        id="s-2",
        state=State.DRAFT,
        speaker="whistle",
        citations=(replace(statement().citations[0], source="leak"),),
    )
    await ledger.save(
        claim(statements=(statement(), hidden), sources=(source(), other), speakers=(speaker(), whistle)),
        CHANGE,
        vouched=True,
    )
    found = await ledger.claim("bridge", view=View(today=TODAY))
    assert found is not None
    assert "leak" not in json.dumps([each.id for each in found[1].claim.sources])
    assert "whistle" not in [each.id for each in found[1].claim.speakers]


async def test_relations_show_from_both_ends_and_only_to_visible_claims(ledger: Ledger) -> None:
    """A relation is seen from either claim, unless the other one is hidden."""
    bare = {"statements": (), "speakers": (), "sources": ()}
    await ledger.save(claim(), CHANGE, vouched=True)
    counter = Relation(kind=RelationKind.COUNTER_CLAIM_OF, to="bridge")
    await ledger.save(
        claim(id="counter", text="The roads office closed it.", relations=(counter,), **bare),
        CHANGE,
        vouched=True,
    )
    await ledger.save(
        claim(id="gone", state=State.WITHDRAWN, relations=(counter,), **bare), CHANGE, vouched=True
    )
    found = await ledger.claim("bridge", view=View(today=TODAY))
    assert found is not None
    assert [(each.id, each.kind) for each in found[1].related] == [("counter", RelationKind.COUNTER_CLAIM_OF)]


async def test_record_as_of_a_day(ledger: Ledger) -> None:
    """`as_of` shows the record of that day: earlier wording, and no statement that came later."""
    first = replace(CHANGE, at="2026-01-10T09:00:00+00:00")
    later = replace(CHANGE, at="2026-03-10T09:00:00+00:00")
    await ledger.save(claim(), first, vouched=True)
    await ledger.save(
        claim(
            text="The mayor of Marsh ordered the old bridge shut.",
            statements=(statement(), statement(id="s-2")),
        ),
        later,
        vouched=True,
    )
    assert await ledger.claim("bridge", view=View(today=TODAY), as_of="2026-01-09") is None
    before = await ledger.claim("bridge", view=View(today=TODAY), as_of="2026-01-10")
    after = await ledger.claim("bridge", view=View(today=TODAY), as_of="2026-03-10")
    assert before is not None
    assert after is not None
    assert before[1].claim == claim()
    assert len(after[1].claim.statements) == 2


async def test_what_was_withdrawn_does_not_come_back_as_of_an_earlier_day(ledger: Ledger) -> None:
    """A statement or claim that is withdrawn today is not shown as of a day on which it was vetted."""
    first = replace(CHANGE, at="2026-01-10T09:00:00+00:00")
    later = replace(CHANGE, at="2026-03-10T09:00:00+00:00")
    both = claim(statements=(statement(), statement(id="s-2")))
    await ledger.save(both, first, vouched=True)
    await ledger.save(
        claim(statements=(statement(), statement(id="s-2", state=State.WITHDRAWN))), later, vouched=True
    )
    found = await ledger.claim("bridge", view=View(today=TODAY), as_of="2026-02-01")
    assert found is not None
    assert [each.id for each in found[1].claim.statements] == ["s-1"]
    await ledger.save(
        claim(state=State.WITHDRAWN, statements=(statement(), statement(id="s-2", state=State.WITHDRAWN))),
        replace(CHANGE, at="2026-04-10T09:00:00+00:00"),
        vouched=True,
    )
    assert await ledger.claim("bridge", view=View(today=TODAY), as_of="2026-02-01") is None


async def test_renamed_speaker_is_found_under_the_new_name(ledger: Ledger) -> None:
    """A change of a shared row reaches matching for every claim that has it."""
    await ledger.save(claim(), CHANGE, vouched=True)
    renamed = claim(
        id="second", text="The mayor sold the toll house.", speakers=(speaker(name="Ada Quill-Fenwick"),),
        statements=(statement(id="s-9", about=None),),
    )  # fmt: skip
    await ledger.save(renamed, CHANGE, vouched=True)
    found = {each.id for each in await ledger.search("Fenwick", view=View(today=TODAY), limit=5)}
    assert found == {"bridge", "second"}
    assert (await ledger.verify())[1] is None
