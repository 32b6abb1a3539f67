"""Several claims in one paste: each found by its sentence, the strongest first, none shown twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import desk
from bot.answers import Answer, Tier
from bot.calibration import FUSED, load
from bot.composition import MOST_CLAIMS
from bot.embedding import Meaning, is_installed, local_embedder
from bot.filling import fill
from bot.store.ledger import Ledger, open_ledger
from bot.views import now
from bot.wording import catalogue
from handlers.discord.rendering import reply as discord_reply
from handlers.slack.rendering import reply as slack_reply
from handlers.terminal.rendering import render
from tests.conftest import CHANGE
from tests.entries import claim, statement

ON_FILE = (
    "The harbour of Larkmoor was sold to a foreign shipping company in secret.",
    "A shark swam along the flooded high street of Brinewick last winter.",
    "The election machines in Villaolmo changed four hundred votes overnight.",
    "Drinking warm sea water every morning cures the autumn flu.",
    "The mayor of Tallow spent the bridge money on a golden carriage.",
)
REWORDED = (
    "Larkmoor harbour was secretly sold to a foreign shipping company!",
    "Last winter a shark swam along Brinewick's flooded high street.",
    "In Villaolmo the election machines changed four hundred votes overnight.",
    "Warm sea water, drunk every morning, cures the autumn flu.",
    "Tallow's mayor spent the bridge money on a golden carriage.",
)
OTHERS = (
    "I went out for bread at seven.",
    "My neighbour plays the violin on Sundays.",
    "We had soup and cheese for lunch.",
    "The children painted our garden fence.",
    "She reads three novels every week.",
    "Our cat sleeps on the radiator.",
    "They moved the piano upstairs again.",
    "Nobody knew when the train would leave.",
    "It was a lovely afternoon all round.",
)
WORDS = load()


@pytest.fixture(params=["words", "vectors"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    """A ledger with five claims, searched by words alone or by vectors too."""
    meaning = None
    if request.param == "vectors":
        if not is_installed():
            pytest.skip("the extra “vectors” is not installed")
        meaning = Meaning(embedder=local_embedder(), weights=load(None, FUSED))
    async with open_ledger(tmp_path / "x.db", writable=True, create=True, meaning=meaning) as opened:
        for n, text in enumerate(ON_FILE):
            row = statement(id=f"s-{n}", about=None)
            await opened.save(claim(id=f"c-{n}", text=text, statements=(row,)), CHANGE, vouched=True)
        if meaning is not None:
            await fill(opened.vectors(), meaning.embedder)
        yield opened


async def asked(ledger: Ledger, text: str) -> Answer:
    """Return the answer to a paste; each claim in it is there once, and the strongest come first."""
    answer = await desk.check(ledger, text, calibration=WORDS, view=now())
    ids = [each.id for each in answer.claims]
    assert len(set(ids)) == len(ids) <= MOST_CLAIMS
    sure = [each.probability or 0.0 for each in answer.claims]
    assert sure == sorted(sure, reverse=True)
    return answer


def shown(answer: Answer) -> list[str]:
    """Return what each of the three renderers prints of an answer."""
    slack, discord = slack_reply(answer, question="q-1"), discord_reply(answer, question="q-1")
    return [render(answer), str(slack["text"]) + str(slack["blocks"]), str(discord)]


async def test_the_ninth_of_ten_sentences_is_found(ledger: Ledger) -> None:
    """The claim is answered, with the sentence that it answers, however much stands around it."""
    for reworded, on_file in zip(REWORDED, ON_FILE, strict=True):
        text = " ".join((*OTHERS[:8], reworded, OTHERS[8]))
        answer = await asked(ledger, text)
        assert [each.text for each in answer.claims] == [on_file]
        assert answer.claims[0].part == reworded
        for each in shown(answer):
            assert reworded[:30].replace("'", "") in each.replace("'", "").replace("’", "").replace("\n", " ")


async def test_two_sentences_about_one_claim_show_it_once(ledger: Ledger) -> None:
    """Said twice, in the words on file and in others, it is one claim, answered by the closer one."""
    answer = await asked(ledger, f"{REWORDED[0]} Believe me. {ON_FILE[0]}")
    assert [(each.id, each.part) for each in answer.claims] == [("c-0", ON_FILE[0])]


async def test_five_claims_show_three_and_count_two(ledger: Ledger) -> None:
    """Three claims have room, each with its own sentence; the others are counted and can be listed."""
    answer = await asked(ledger, " ".join(REWORDED))
    parts = [each.part for each in answer.claims]
    assert len(set(parts)) == MOST_CLAIMS
    for each in answer.claims:
        assert each.part is not None
        assert f"c-{REWORDED.index(each.part)}" == each.id
    assert answer.more == len(ON_FILE) - MOST_CLAIMS
    more = catalogue().say("close.more", count=str(answer.more))
    for printed in shown(answer):
        assert all(part is not None and part[:12] in printed for part in parts)
    assert more in shown(answer)[0]


async def test_what_another_sentence_is_close_to_is_counted(ledger: Ledger) -> None:
    """Beside a claim that is the same, one that another sentence is only close to is not lost."""
    close = "Shark on the high street of Brinewick"
    alone = await asked(ledger, close)
    assert alone.tier is Tier.CLOSE
    both = await asked(ledger, f"{ON_FILE[0]} {close}.")
    assert [each.id for each in both.claims] == ["c-0"]
    assert both.more == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(st.sampled_from(range(len(ON_FILE))), min_size=1, max_size=4),
    others=st.lists(st.sampled_from(OTHERS), max_size=6),
    order=st.randoms(use_true_random=False),
)
async def test_any_mix_of_sentences_finds_what_is_in_it(
    ledger: Ledger, places: list[int], others: list[str], order: object
) -> None:
    """Claims on file among any other sentences, in any order and however often, are found by their own."""
    mixed = [*(ON_FILE[each] for each in places), *others]
    order.shuffle(mixed)  # type: ignore[attr-defined]
    answer = await asked(ledger, "\n".join(mixed))
    expected = {f"c-{each}" for each in places}
    found = {each.id for each in answer.claims}
    assert found <= expected
    assert len(found) == min(len(expected), MOST_CLAIMS)
    for each in answer.claims:
        assert each.part in {None, each.text}
        assert each.part is not None or len(set(mixed)) == 1


async def test_the_reply_names_the_claim_that_it_counters(ledger: Ledger) -> None:
    """A paste in the words of a counter-claim finds that, and the reply names what it counters."""
    from bot.claims import Relation, RelationKind  # noqa: PLC0415

    counter = claim(
        id="counter",
        text="No shark was ever in Brinewick; the picture of the high street is a montage.",
        statements=(statement(id="s-counter", about=None),),
        relations=(Relation(kind=RelationKind.COUNTER_CLAIM_OF, to="c-1"),),
    )
    await ledger.save(counter, CHANGE, vouched=True)
    same = await asked(ledger, counter.text)
    close = await desk.near(ledger, "montage of a shark, Brinewick street", calibration=WORDS, view=now())
    record = next(each.record for each in close if each.record.id == "counter")
    brief = replace(same, tier=Tier.CLOSE, claims=(replace(record, tier=Tier.CLOSE),))
    assert same.claims[0].id == brief.claims[0].id == "counter"
    for answer in (same, brief):
        for each in shown(answer):
            assert "A shark swam along the flooded" in each.replace("\n  ", " ")
