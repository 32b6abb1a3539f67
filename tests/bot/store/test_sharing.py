"""Rows that claims share: a change of one reaches every claim that has it, and breaks none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.calibration import load
from bot.desk import check
from bot.errors import RefusedError
from bot.exchange import line_from_claim
from bot.sources import Custody, CustodyAction
from bot.statements import QuoteMode, State
from bot.store.ledger import Ledger, open_ledger
from bot.views import View
from tests.conftest import CHANGE
from tests.entries import artifact, claim, source, speaker, statement

TODAY = "2026-11-22"
PARAPHRASE = QuoteMode.PARAPHRASE
STEP = Custody(action=CustodyAction.HELD, by="the archive", source="second")
SECOND = source(id="second", title="A second source", url="https://second.example/a")


async def reimported(ledger: Ledger, folder: Path) -> None:
    """Check that the ledger's export can be imported and gives the same."""
    exported = [line_from_claim(each) for each in await ledger.claims()]
    async with open_ledger(folder / "again.db", writable=True, create=True) as again:
        await again.import_lines(lambda: [each.encode() for each in exported], CHANGE, vouched=True)
        assert [line_from_claim(each) for each in await again.claims()] == exported
    assert (await ledger.verify())[1] is None


async def test_source_of_a_shared_artifact_belongs_to_every_claim_that_has_it(
    ledger: Ledger, tmp_path: Path
) -> None:
    """A source that another claim brings into a shared chain of custody cannot be changed unvouched."""
    tape = artifact()
    await ledger.save(claim(artifacts=(tape,)), CHANGE, vouched=True)
    longer = replace(tape, custody=(*tape.custody, STEP))
    other = claim(
        id="other",
        artifacts=(longer,),
        sources=(source(), SECOND),
        statements=(statement(id="s-other", about=None),),
    )
    await ledger.save(other, CHANGE, vouched=True)
    withdrawn = replace(other, state=State.WITHDRAWN)
    await ledger.save(withdrawn, CHANGE, vouched=True)
    forged = claim(
        id="third",
        sources=(source(), replace(SECOND, title="UNVETTED", url="https://evil.example/")),
        statements=(
            statement(id="s-third", about=None),
            statement(id="s-4", about=None, citations=(replace(statement().citations[0], source="second"),)),
        ),
    )
    with pytest.raises(RefusedError, match="vetted entries show"):
        await ledger.save(forged, CHANGE, vouched=False)
    found = await ledger.claim("bridge", view=View(today=TODAY))
    assert found is not None
    assert [each.id for each in found[1].claim.sources] == ["gazette", "second"]
    await reimported(ledger, tmp_path)


async def test_speaker_that_another_was_merged_into_belongs_to_every_claim_that_has_it(
    ledger: Ledger, tmp_path: Path
) -> None:
    """The speaker whom a shared speaker turned out to be cannot be renamed unvouched."""
    await ledger.save(claim(), CHANGE, vouched=True)
    merged = speaker(merged_into="real")
    real = speaker(id="real", name="Ada Quill-Fenwick")
    other = claim(id="other", speakers=(merged, real), statements=(statement(id="s-2", about=None),))
    await ledger.save(other, CHANGE, vouched=True)
    await ledger.save(replace(other, state=State.WITHDRAWN), CHANGE, vouched=True)
    forged = claim(
        id="third",
        speakers=(replace(real, name="UNVETTED"),),
        statements=(statement(id="s-3", about=None, speaker="real"),),
    )
    with pytest.raises(RefusedError, match="vetted entries show"):
        await ledger.save(forged, CHANGE, vouched=False)
    await reimported(ledger, tmp_path)


async def test_change_that_would_break_another_claim_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    """An excerpt cannot lose the words that another claim quotes from it, vouched for or not."""
    await ledger.save(claim(), CHANGE, vouched=True)
    other = claim(
        id="other",
        sources=(source(excerpt="Nothing of the kind.", excerpt_sha256=None),),
        statements=(statement(id="s-2", about=None, text="It was closed", quote_mode=PARAPHRASE),),
    )
    with pytest.raises(RefusedError, match="the claim “bridge” on file would break a rule"):
        await ledger.save(other, CHANGE, vouched=True)
    await reimported(ledger, tmp_path)


async def test_unvetted_claims_do_not_move_the_probability(ledger: Ledger) -> None:
    """What is in review changes nothing of what matching finds."""
    text = "The mayor of Marsh ordered that the old bridge be closed last year"
    await ledger.save(claim(), CHANGE, vouched=True)
    before = await check(ledger, text, calibration=load(), view=View(today=TODAY))
    for number in range(200):
        junk = claim(
            id=f"junk-{number}", text=f"Junk number {number}.", statements=(), speakers=(), sources=()
        )
        await ledger.save(junk, CHANGE, vouched=False)
    after = await check(ledger, text, calibration=load(), view=View(today=TODAY))
    assert [each.probability for each in after.claims] == [each.probability for each in before.claims]


async def test_record_as_of_today_is_the_record(sample_ledger: Ledger) -> None:
    """As of today, every claim of the sample is shown as it is shown now, relations included."""
    for each in await sample_ledger.claims(public_on=View(today=TODAY)):
        now = await sample_ledger.claim(each.id, view=View(today=TODAY))
        then = await sample_ledger.claim(each.id, view=View(today=TODAY), as_of=TODAY)
        assert now is not None
        assert then is not None
        assert then[1].claim == now[1].claim
        assert {(one.id, one.kind) for one in then[1].related} == {
            (one.id, one.kind) for one in now[1].related
        }


async def test_index_is_the_same_however_an_entry_came_to_be_as_it_is(ledger: Ledger) -> None:
    """After an entry was reworded and withdrawn, matching reads nothing of what it was."""
    await ledger.save(claim(), CHANGE, vouched=True)
    await ledger.save(claim(text="The mayor of Marsh shut the toll gate."), CHANGE, vouched=True)
    assert await ledger.verify() == (5, None)
    await ledger.save(
        claim(text="The mayor of Marsh shut the toll gate.", state=State.WITHDRAWN), CHANGE, vouched=True
    )
    assert (await ledger.verify())[1] is None
