"""Answers that a model looked over: what it may change, until when, and what stays as it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import desk
from bot.answer_json import as_json
from bot.answers import Answer, ClaimRecord, Tier
from bot.calibration import load
from bot.errors import BadInputError
from bot.prompting import Outcome
from bot.remembered import Remembered
from bot.second_look import LETTERS, Likeness
from bot.store.ledger import Ledger, open_ledger
from bot.views import View
from bot.wording import catalogue
from handlers.sharpening import Sharpener, answer
from handlers.slack.rendering import reply
from handlers.terminal.rendering import render
from tests.bot.test_second_look import anything
from tests.conftest import CHANGE
from tests.entries import crowded_claim
from tests.handlers.serving import CLAIM, CLAIM_ID, UNKNOWN, fill_sample
from tests.looked_over import faults
from tests.models import Answers, labelled

VIEW = View(today="2026-11-23")
CALIBRATION = load()
BRIDGE = "The mayor of Marsh had the old bridge closed."
CLOSE = "The Larkmoor council heard about the weight limit of the bridge in some memo long ago"
LONG = (
    f"Dear all, I have read the paper from the first to the last page this morning. {CLAIM}, so they write, "
    "and that is not all of it by far. Dogs are banned from the Brackwater ferry. Please tell me what you "
    "think of all this and whether we should still go there on our holidays in the summer, as we had planned."
)


def by(
    value: Callable[[str, Mapping[str, str]], Any] | Answers, seconds: float = 20.0
) -> tuple[Sharpener, Answers]:
    """Return what looks answers over with a model that answers `value`, and the model."""
    model = value if isinstance(value, Answers) else Answers(value)
    return Sharpener(model=model, seconds=seconds, remembered=Remembered()), model


def picking(*rows: dict[str, Any]) -> Callable[[str, Mapping[str, str]], Any]:
    """Return what picks statements for a summary."""
    return lambda name, _: {"picks": list(rows)} if name == "summary" else None


async def looked_over(ledger: Ledger, text: str, sharpener: Sharpener | None, **options: Any) -> Answer:
    """Return the answer to `text`."""
    return await answer(ledger, text, calibration=CALIBRATION, view=VIEW, by=sharpener, **options)


def bare(record: ClaimRecord) -> ClaimRecord:
    """Return the record part alone: without what a question adds to it, and without the summary."""
    return replace(
        record, tier=Tier.SAME, probability=None, part=None, differences=(), pasted_language=None, summary=()
    )


async def check_record(ledger: Ledger, made: Answer) -> None:
    """Hold every claim of an answer against its record by id: the record part is that, byte for byte."""
    assert await faults(ledger, made, VIEW) == []


async def test_without_a_model_nothing_is_done(sample_ledger: Ledger) -> None:
    """Without a model the desk answers, and the same question gets the very same answer again."""
    first = await looked_over(sample_ledger, CLAIM, None)
    assert first.claims[0].id == CLAIM_ID
    assert await looked_over(sample_ledger, CLAIM, None) is first


async def test_a_label_demotes_and_leaves_out(sample_ledger: Ledger) -> None:
    """What is related becomes close, and with nothing left that is near, nothing is on file."""
    related, _ = by(labelled("related"))
    made = await looked_over(sample_ledger, CLAIM, related)
    assert made.tier is Tier.CLOSE
    none, _ = by(labelled("unrelated"))
    assert (await looked_over(sample_ledger, CLAIM, none)).claims == ()


async def test_a_label_promotes_what_is_close(sample_ledger: Ledger) -> None:
    """What is close becomes the same claim where the model says so and the code sees no difference."""
    plain = await looked_over(sample_ledger, CLOSE, None)
    assert plain.tier is Tier.CLOSE
    assert not plain.claims[0].differences
    same, _ = by(labelled("same", "unrelated"))
    made = await looked_over(sample_ledger, CLOSE, same)
    assert made.tier is Tier.SAME
    assert [each.id for each in made.claims] == [plain.claims[0].id]


async def test_nothing_on_file_stays_so(sample_ledger: Ledger) -> None:
    """Where nothing was found the model is not asked what it is."""
    sharpener, model = by(labelled("same"))
    assert (await looked_over(sample_ledger, UNKNOWN, sharpener)).tier is Tier.NONE
    assert model.asked == []


async def test_an_exact_wording_is_not_asked_about(sample_ledger: Ledger) -> None:
    """What is pasted in a wording on file needs no second look."""
    sharpener, model = by(labelled("unrelated"))
    made = await looked_over(sample_ledger, "Dogs are banned from the Brackwater ferry.", sharpener)
    assert made.tier is Tier.SAME
    assert "second_look" not in {name for name, _ in model.asked}


async def test_the_same_is_not_asked_twice(sample_ledger: Ledger) -> None:
    """What a model answered is remembered, and is known to who may not ask it anew."""
    sharpener, model = by(labelled("related"))
    assert (await looked_over(sample_ledger, CLAIM, sharpener, anew=False)).tier is Tier.SAME
    assert model.asked == []
    first = await looked_over(sample_ledger, CLAIM, sharpener)
    count = len(model.asked)
    assert await looked_over(sample_ledger, CLAIM, sharpener) == first
    assert await looked_over(sample_ledger, CLAIM, sharpener, anew=False) == first
    assert len(model.asked) == count


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.OK])
async def test_a_failure_leaves_the_answer_as_it_is(sample_ledger: Ledger, outcome: Outcome) -> None:
    """However asking ends, the answer without the model is given, and nothing is remembered of it."""
    plain = await looked_over(sample_ledger, LONG, None)
    sharpener, model = by(Answers(labelled("unrelated"), outcome=outcome))
    assert await looked_over(sample_ledger, LONG, sharpener) == plain
    assert await looked_over(sample_ledger, LONG, sharpener) == plain
    assert len(model.asked) == 2 * len({name for name, _ in model.asked}) > 0


async def test_the_answer_is_given_at_the_deadline(sample_ledger: Ledger) -> None:
    """A model that does not answer in time is cut off, and the answer without it is given."""
    plain = await looked_over(sample_ledger, CLAIM, None)
    sharpener, model = by(Answers(labelled("unrelated"), wait=3_600), seconds=0.05)
    async with asyncio.timeout(10):
        assert await looked_over(sample_ledger, CLAIM, sharpener) == plain
    assert model.asked


async def test_a_model_that_raises_is_logged(sample_ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    """A model is a help: what goes wrong in it is logged with a reference, and the answer is given."""

    def broken(_: str, __: Mapping[str, str]) -> Any:
        raise ZeroDivisionError

    plain = await looked_over(sample_ledger, CLAIM, None)
    assert await looked_over(sample_ledger, CLAIM, by(broken)[0]) == plain
    assert "asking the model failed" in caplog.text


async def test_bad_input_is_refused_as_without_a_model(sample_ledger: Ledger) -> None:
    """What cannot be looked up is refused before a model is asked."""
    sharpener, model = by(labelled("same"))
    with pytest.raises(BadInputError):
        await looked_over(sample_ledger, "?!", sharpener)
    assert model.asked == []


async def test_a_passage_is_matched_and_told_by_its_sentence(sample_ledger: Ledger) -> None:
    """What a model picks out of a long paste is found, and told and compared by all of its sentence."""
    picked = "the Brackwater ferry carried more people than its licence allows on 9 August 2025"
    text = (
        "I have been going to the sea with my family for many years, and I never liked the food much, "
        "nor the waiting, nor the gulls, nor the wind that comes up in the afternoon, and now my cousin, who "
        f"reads every paper that there is, tells me over the phone that it is untrue that {picked}, though "
        "of course nobody whom I know was on it, and I have no idea what to make of it, or whom to ask."
    )
    sharpener, model = by(lambda name, _: {"passages": [picked]} if name == "spans" else None)
    made = await looked_over(sample_ledger, text, sharpener)
    assert {name for name, _ in model.asked} >= {"spans"}
    (found,) = (each for each in made.claims if each.id == "ferry-overloaded")
    assert found.part is None or "untrue" in found.part
    # Alone the passage would be the same claim; its sentence says the opposite of it.
    assert (await looked_over(sample_ledger, picked, None)).tier is Tier.SAME
    assert found.tier is Tier.CLOSE


async def test_a_summary_chosen_by_a_model_is_marked(sample_ledger: Ledger) -> None:
    """Another statement than the rule's stands in the summary, and the answer says who chose it."""
    await sample_ledger.save(crowded_claim(), CHANGE, vouched=True)
    plain = await looked_over(sample_ledger, BRIDGE, None)
    sharpener, _ = by(picking({"id": "c"}, {"id": "e"}))
    made = await looked_over(sample_ledger, BRIDGE, sharpener)
    await check_record(sample_ledger, made)
    assert [each.by_model for each in made.claims[0].summary] == [True, True, False]
    assert made.claims[0].summary[0].text.endswith("The bridge was shut on her order (and 2 others).")
    shown: Any = (as_json(made), as_json(plain))
    assert [each["claims"][0]["summary_chosen_by_model"] for each in shown] == [True, False]
    says = catalogue().say("reply.chosen_summary")
    for each in (made, plain):
        terminal = " ".join(render(each, width=100, colour=False).split())
        assert (says in terminal) == (says in json.dumps(reply(each, question="q-1"))) == (each is made)


async def test_a_long_statement_is_cut_between_sentences(sample_ledger: Ledger) -> None:
    """Of a statement that is too long for the summary the chosen sentences stand in it, marked as cut."""
    await sample_ledger.save(crowded_claim(), CHANGE, vouched=True)
    made = await looked_over(sample_ledger, BRIDGE, by(picking({"id": "b", "first": 2, "last": 3}))[0])
    await check_record(sample_ledger, made)
    said = made.claims[0].summary[0].text
    assert "“… I had it closed on the first of July" in said
    assert "other bank may say. …” (and 2 others)." in said


labels = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from(LETTERS), "label": st.sampled_from(Likeness)}), max_size=10
)
passages = st.lists(
    st.tuples(st.integers(0, len(LONG)), st.integers(10, 120)).map(lambda at: LONG[at[0] : sum(at)]),
    max_size=6,
)
picks = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from("abcdefgh"), "first": st.integers(1, 3), "last": st.integers(1, 3)}
    )
)
values = (
    anything
    | st.text()
    | st.fixed_dictionaries(
        {}, optional={"labels": labels | anything, "passages": passages | anything, "picks": picks | anything}
    )
)


@pytest.fixture(scope="module")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample ledger as a file, with an entry of which a summary cannot show all."""
    path = fill_sample(tmp_path_factory.mktemp("sample") / "ledger.db")

    async def fill() -> None:
        async with open_ledger(path, writable=True) as ledger:
            await ledger.save(crowded_claim(), CHANGE, vouched=True)

    asyncio.run(fill())
    return path


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(values, st.sampled_from([CLAIM, CLOSE, LONG, UNKNOWN, BRIDGE]))
def test_any_answer_of_a_model_leaves_the_record_as_it_is(sample_file: Path, value: Any, text: str) -> None:
    """Whatever a model answers, the record is that of its rows: order, spans and the allowed tiers differ."""

    async def run() -> None:
        async with open_ledger(sample_file) as ledger:
            plain = await looked_over(ledger, text, None)
            made = await looked_over(ledger, text, by(lambda *_: value)[0])
            await check_record(ledger, made)
            if plain.tier is Tier.NONE and text != LONG:
                assert made == plain
            known = json.dumps(as_json(plain)) + text
            for each in made.claims:
                own = (await desk.record(ledger, each.id, view=VIEW)).claims[0]
                known += json.dumps(as_json(Answer(tier=Tier.SAME, ledger_revision=0, claims=(own,))))
                assert each.part is None or each.part in " ".join(text.split())
                assert all(each.pasted in text for each in each.differences)
            addresses = {note.url for each in made.claims for note in each.sources if note.url}
            assert all(address in known for address in addresses)

    asyncio.run(run())
