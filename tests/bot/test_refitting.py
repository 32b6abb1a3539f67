"""Refitting on feedback: it brings a probability nearer to what readers say, and refuses on too little."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.calibration import FEATURES, Calibration, load
from bot.errors import BadInputError
from bot.moderation.members import Member, Role
from bot.questions import Place, Platform, Way
from bot.refitting import BINS, Lesson, refit
from bot.reliability import curve
from bot.store.feedback import Choice
from bot.store.ledger import Ledger, open_ledger
from bot.views import HOUSE
from handlers.terminal.commands import counterclaim
from tests.handlers.serving import fill_sample

PLACE = Place(platform=Platform.SLACK, tenant="T1", channel="C1")
MO = Member(workspace=HOUSE, key="slack:T1:U9", name="Mo", role=Role.MODERATOR)
KEY = "trump-moscow-threat"
NEAR = "Trump told Putin he would bomb Moscow if Russia invaded Ukraine, as {} heard"
FAR = "Putin and Trump met {} and spoke of Ukraine"


def lessons(weights: Calibration, count: int, shift: float) -> list[Lesson]:
    """Return pairs whose log-odds of being right are those by `weights` and `shift`."""
    dice, place = random.Random(7), FEATURES.index("similarity")
    made = []
    for number in range(count):
        odds = dice.uniform(-4, 4)
        row = [0.0] * len(FEATURES)
        row[place] = (odds - weights.bias) / weights.probability[place]
        chance = 1 / (1 + 2.718281828 ** -(odds + shift))
        made.append(Lesson(text=str(number), row=tuple(row), right=dice.random() < chance))
    return made


def test_it_learns_that_it_was_too_sure() -> None:
    """Where readers say no more often than was thought, what is refitted errs less on texts held out."""
    weights = load()
    found = refit(lessons(weights, 400, -2.5), weights, date="2026-11-22")
    assert found.is_better
    assert found.after.brier < found.before.brier - 0.03
    assert found.made.figures["feedback_pairs"] == 400
    assert (found.made.rank, found.made.same, found.made.close) == (weights.rank, weights.same, weights.close)
    for each in found.after.bins:
        assert each.count < 20 or abs(each.said - each.was) < 0.2


def test_it_stays_where_it_is_right_already() -> None:
    """Where what was thought is what readers say, nothing moves far."""
    weights = load()
    found = refit(lessons(weights, 400, 0.0), weights, date="2026-11-22")
    assert abs(found.after.brier - found.before.brier) < 0.01


@pytest.mark.parametrize(("count", "shift"), [(99, 0.0), (300, -50.0), (0, 0.0)])
def test_too_little_is_refused_with_figures(count: int, shift: float) -> None:
    """Too few pairs, or all of one kind, are refused: how many there are, and how many it takes."""
    weights = load()
    found = lessons(weights, count, shift)
    with pytest.raises(BadInputError, match=rf"labelled {count} pairs .* it takes 100, and 20 of either"):
        refit(found, weights, date="2026-11-22")


def test_a_curve_by_hand() -> None:
    """A bin has its pairs, how sure they were on average, and how many were right."""
    found = curve([(0.1, False), (0.9, True), (0.9, False), (1.0, True)], BINS)
    assert [(each.least, each.count) for each in found.bins] == [(0.0, 1), (0.8, 3)]
    assert found.bins[1].was == pytest.approx(2 / 3)
    assert found.brier == pytest.approx((0.01 + 0.01 + 0.81 + 0) / 4)


async def say(ledger: Ledger, text: str, person: str, choice: Choice) -> None:
    """Let a person ask, and say something of the answer."""
    questions = ledger.questions()
    question = await questions.ask(PLACE, person, Way.COMMAND, text)
    await questions.choose(question, (KEY,), Platform.SLACK, person, choice)


async def taught(ledger: Ledger) -> list[bool]:
    """Return what the lessons of the ledger say."""
    found = await ledger.lessons(load(), workspace_of=lambda *_: HOUSE, today="2026-11-22")
    return [each.right for each in found]


async def test_a_person_has_one_voice_on_a_pair(sample_ledger: Ledger) -> None:
    """Who says the same of one wording many times counts once; a tie, and the muted, teach nothing."""
    text = NEAR.format("Ana")
    for _ in range(5):
        await say(sample_ledger, text, "U1", Choice.NOT_MINE)
    assert await taught(sample_ledger) == [False]
    await say(sample_ledger, text, "U2", Choice.MINE)
    assert await taught(sample_ledger) == []
    await say(sample_ledger, f"“{text.upper()}”", "U3", Choice.MINE)
    assert await taught(sample_ledger) == [True]
    await sample_ledger.muting().mute(Platform.SLACK, "U3", None, MO)
    await sample_ledger.muting().mute(Platform.SLACK, "U2", None, MO)
    assert await taught(sample_ledger) == [False]


async def test_a_text_that_is_gone_teaches_nothing(sample_ledger: Ledger) -> None:
    """When its days are over, or its asker had it removed, a pair is no lesson any more."""
    await say(sample_ledger, NEAR.format("Ana"), "U1", Choice.MINE)
    await sample_ledger.privacy().forget(HOUSE, PLACE, "U1")
    assert await taught(sample_ledger) == []


def test_the_command_refits_prints_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`calibrate --from-feedback` refuses on too little, prints both curves, and writes what errs less."""
    monkeypatch.chdir(tmp_path)
    path = fill_sample(tmp_path / "sample.db")
    (tmp_path / "counterclaim.toml").write_text(
        '[ledger]\npath = "sample.db"\n[matching]\ncalibration = "made.json"\n'
    )
    names = [f"{one}{two}" for one in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus") for two in "abcdefghi"]

    async def fill() -> None:
        async with open_ledger(path, writable=True) as ledger:
            for name in names:
                await say(ledger, NEAR.format(name), name, Choice.NOT_MINE)
                await say(ledger, FAR.format(f"with {name}"), name, Choice.MINE)

    def call() -> tuple[int, str]:
        result = CliRunner().invoke(
            counterclaim, ["calibrate", "--from-feedback", "--config", "counterclaim.toml"]
        )
        return result.exit_code, result.output + str(result.exception or "")

    code, output = call()
    assert code != 0
    assert "Readers have labelled 0 pairs" in output
    asyncio.run(fill())
    code, output = call()
    assert code == 0, output
    assert "before" in output
    assert "Brier score" in output
    assert "feedback pairs" in output
    made = load(tmp_path / "made.json")
    assert made.figures["feedback_brier_after"] < made.figures["feedback_brier_before"]
