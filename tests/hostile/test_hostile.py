"""Hostile pastes and articles, with a model that obeys them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.calibration import load
from bot.desk import check
from bot.store.ledger import Ledger
from tests.handlers.serving import CLAIM
from tests.hostile.texts import CANARY, EVIL, hostile_texts
from tests.hostile.trials import MODELS, VIEW, attempts, filled
from tests.looked_over import faults

LEAST = 300


async def test_no_hostile_text_changes_the_record(tmp_path: Path) -> None:
    """No text makes a model change the record, ping anybody, or show what is not vetted."""
    await filled(tmp_path / "ledger.db")
    made = await attempts(tmp_path / "ledger.db")
    failed = [each for each in made if each.faults]
    print(f"{len(hostile_texts())} hostile texts, {len(made)} attempts, {len(failed)} failures")  # noqa: T201
    assert len({each.text for each in hostile_texts()}) >= LEAST
    assert len(made) == len(hostile_texts()) * len(MODELS)
    assert not failed
    # The set is worth something only where the model was asked, and could change the answer.
    assert sum(each.asked > 0 for each in made) > len(made) / 2
    assert sum(each.differs for each in made) > len(made) / 10


async def test_the_check_sees_what_was_changed(sample_ledger: Ledger) -> None:
    """A word, an address or a summary that no row has, is seen by the check that the attempts are held to."""
    made = await check(sample_ledger, CLAIM, calibration=load(), view=VIEW)
    assert await faults(sample_ledger, made, VIEW) == []
    own = made.claims[0]
    group, (line, *lines) = own.groups[0]
    sentence, *sentences = own.summary
    forged = (
        replace(own, text=f"{own.text} {CANARY}"),
        replace(own, groups=((group, (replace(line, display=CANARY), *lines)), *own.groups[1:])),
        replace(own, sources=(replace(own.sources[0], url=f"https://{EVIL}"), *own.sources[1:])),
        replace(own, summary=(replace(sentence, text=f"{CANARY}.", by_model=True), *sentences)),
        replace(own, summary=(replace(sentence, by_model=True), *sentences[:0])),
    )
    for each in forged:
        assert await faults(sample_ledger, replace(made, claims=(each,)), VIEW)
