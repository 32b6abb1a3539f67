"""Claims on file that look like one: found from either end, and nothing hidden among them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import desk
from bot.calibration import FUSED, load
from bot.claims import Claim, Relation, RelationKind
from bot.embedding import Meaning, is_installed, local_embedder
from bot.filling import fill
from bot.statements import State
from bot.store.doubles import TOGETHER, Double
from bot.store.ledger import Ledger, open_ledger
from bot.views import now
from tests.conftest import CHANGE
from tests.entries import claim, statement

ONE = "The harbour of Larkmoor was sold to a foreign shipping company in secret"
OTHER = "Larkmoor harbour was secretly sold to a foreign shipping company"


def entry(key: str, text: str, **changes: object) -> Claim:
    """Return a claim of its own."""
    row = statement(id=f"s-{key}", about=None)
    return replace(claim(id=key, text=text, statements=(row,)), **changes)  # type: ignore[arg-type]


async def found(ledger: Ledger, least: float = 0.5, since: str | None = None) -> list[Double]:
    """Return every double of the ledger."""
    doubles: list[Double] = []
    after = seen = total = 0
    while True:
        some = await ledger.doubles(after, since=since, least=least, view=now(), weights=load())
        doubles += some.doubles
        total, seen, after = total or some.total, seen + some.claims, some.last
        if some.is_end:
            assert seen == total
            return doubles


async def filled(ledger: Ledger) -> None:
    """Put claims on file that look like no other."""
    for n in range(TOGETHER + 5):
        await ledger.save(entry(f"c-{n}", f"Number {n * 37} has the colour {n * 91}"), CHANGE, vouched=True)


async def test_two_wordings_of_one_claim_are_a_pair(ledger: Ledger) -> None:
    """Each is found by the text of the other; the older one stays."""
    await filled(ledger)
    await ledger.save(entry("one", ONE), CHANGE, vouched=True)
    await ledger.save(entry("other", OTHER), CHANGE, vouched=True)
    doubles = [each for each in await found(ledger) if "one" in {each.older, each.newer}]
    assert {(each.older, each.newer, each.asked) for each in doubles} == {
        ("one", "other", "one"),
        ("one", "other", "other"),
    }
    pair = (await desk.pairs(ledger, doubles, view=now()))[0]
    assert "foreign shipping company" in pair.shared
    assert not pair.exact


async def test_the_same_wording_is_certain(ledger: Ledger) -> None:
    """A text that is another claim's alias, word for word, has a probability of one."""
    await ledger.save(entry("one", ONE, aliases=("Who sold the pier?",)), CHANGE, vouched=True)
    await ledger.save(entry("other", "WHO sold the pier"), CHANGE, vouched=True)
    assert [(each.hit.exact, each.hit.probability) for each in await found(ledger, 1.0)] == [(True, 1.0)]


async def test_what_is_related_is_marked_and_what_is_hidden_is_no_pair(ledger: Ledger) -> None:
    """A relation, either way, is told; a withdrawn claim, or one of a workspace, is no double of any."""
    await ledger.save(entry("one", ONE), CHANGE, vouched=True)
    leads = (Relation(kind=RelationKind.NARROWS, to="one"),)
    await ledger.save(entry("other", OTHER, relations=leads), CHANGE, vouched=True)
    assert all(each.related for each in await found(ledger))
    await ledger.save(entry("gone", ONE, state=State.WITHDRAWN), CHANGE, vouched=True)
    await ledger.save(entry("far", ONE, workspace="far"), CHANGE, vouched=True)
    assert {key for each in await found(ledger) for key in (each.older, each.newer)} == {"one", "other"}


async def test_a_day_limits_what_is_looked_at(ledger: Ledger) -> None:
    """Since a day, the claims changed on or after it are looked at, and compared with all of them."""
    await ledger.save(entry("one", ONE), replace(CHANGE, at="2026-01-01T00:00:00+00:00"), vouched=True)
    await ledger.save(entry("other", OTHER), CHANGE, vouched=True)
    assert {each.asked for each in await found(ledger, since="2026-11-22")} == {"other"}
    assert await found(ledger, since="2026-11-23") == []


@pytest.mark.skipif(not is_installed(), reason="the extra “vectors” is not installed")
async def test_vectors_on_file_are_used(tmp_path: Path) -> None:
    """Where there are vectors each pair comes with its cosine, and nothing is embedded for it."""
    path = tmp_path / "x.db"
    meaning = Meaning(embedder=local_embedder(), weights=load(None, FUSED))
    async with open_ledger(path, writable=True, create=True, meaning=meaning) as opened:
        await opened.save(entry("one", ONE), CHANGE, vouched=True)
        await opened.save(entry("other", OTHER), CHANGE, vouched=True)
        await fill(opened.vectors(), meaning.embedder)
        cosines = [each.hit.cosine for each in await found(opened)]
    assert cosines
    assert all(each is not None and each > 0.7 for each in cosines)
