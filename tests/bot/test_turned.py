"""Turned wordings: what negates, changes or hedges a claim is never silently the same claim."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answers import DifferenceKind, Tier
from bot.claims import Claim
from bot.differences import differences
from bot.events import is_another
from bot.phrases import difference_words
from bot.store.ledger import open_ledger
from bot.wording import catalogue
from tests.entries import claim as built
from tests.turned import HALVES, OTHER, SAME, TODAY, TURNS, Told, filled, told, wordings

LEAST_TURNED = 0.95
"""Share of turned wordings of which it is shown, or which are not called the same claim."""
LEAST_APART = 0.9
"""Share of wordings about another event of the same people that are not called the same claim."""
MOST_WRONG = 0.05
"""Share of true paraphrases that are given a difference."""


@pytest.fixture(scope="module", name="all_told")
def _all_told(tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    return asyncio.run(_asked(tmp_path_factory.mktemp("turned") / "ledger.db"))


async def _asked(path: Path) -> list[Told]:
    await filled(path)
    async with open_ledger(path) as ledger:
        return await told(ledger, wordings())


def _share(found: list[Told], holds: Callable[[Told], bool]) -> float:
    return sum(map(holds, found)) / len(found)


def _of(all_told: list[Told], half: str, *kinds: str) -> list[Told]:
    return [each for each in all_told if each.wording.half == half and each.wording.kind in kinds]


@pytest.mark.parametrize("half", HALVES)
def test_a_turned_wording_is_never_silently_the_same(all_told: list[Told], half: str) -> None:
    """What turns the meaning of a claim is shown, or is not called the same claim."""
    assert _share(_of(all_told, half, *TURNS), lambda each: not each.is_silent) >= LEAST_TURNED


@pytest.mark.parametrize("half", HALVES)
def test_a_turned_wording_is_seen_in_the_texts_alone(all_told: list[Told], half: str) -> None:
    """The difference is read off the two texts, however near the matching has them."""
    assert _share(_of(all_told, half, *TURNS), lambda each: bool(each.compared)) >= LEAST_TURNED


@pytest.mark.parametrize("half", HALVES)
def test_a_true_paraphrase_has_no_difference(all_told: list[Told], half: str) -> None:
    """The same thing in other words is hardly ever told that it differs, and is found."""
    same = _of(all_told, half, SAME)
    assert _share(same, lambda each: bool(each.compared or each.shown)) <= MOST_WRONG
    assert _share(same, lambda each: each.tier is not Tier.NONE) >= LEAST_TURNED


def test_another_event_of_the_same_people_is_not_the_same(all_told: list[Told]) -> None:
    """Names in common do not make it the same claim."""
    other = [each for each in all_told if each.wording.kind == OTHER]
    assert _share(other, lambda each: each.tier is not Tier.SAME) >= LEAST_APART


def test_there_are_enough_wordings() -> None:
    """The figures stand on at least 300 turned wordings, 150 paraphrases and 40 pairs to be told apart."""
    kinds = [each.kind for each in wordings()]
    assert sum(kinds.count(each) for each in TURNS) >= 300
    assert min(kinds.count(each) for each in TURNS) >= 50
    assert kinds.count(SAME) >= 150
    assert kinds.count(OTHER) >= 40


def _claim(text: str, *aliases: str) -> Claim:
    return built(text=text, aliases=aliases, statements=(), speakers=(), artifacts=())


LOAN = _claim("Norland lent Sudmark 2.5 million crowns in May 2026.")


@pytest.mark.parametrize(
    ("pasted", "kind", "spans"),
    [
        ("Sudmark lent Norland 2.5 million crowns in May 2026", "roles", "Sudmark lent Norland"),
        ("Norland was lent 2.5 million crowns by Sudmark in May", "roles", "Norland was lent"),
        ("Norland may have lent Sudmark 2.5 million crowns", "certainty", "may have lent"),
        ("Norland refused to lend Sudmark 2.5 million crowns", "negation", "refused to lend"),
        ("Norland lent Sudmark 2.5 million crowns last week", "date", "last week"),
        ("Norland lent Sudmark three million crowns", "number", "three million"),
        ("Norland lent Ostmark 2.5 million crowns", "name", "Ostmark"),
    ],
)
def test_each_kind_is_told_with_its_words(pasted: str, kind: str, spans: str) -> None:
    """The kind says in what respect it differs, and the paste's own words show where."""
    found = differences(pasted, LOAN, today=TODAY)
    assert [each.pasted.startswith(spans) for each in found if each.kind.value == kind] == [True]


@pytest.mark.parametrize(
    "pasted",
    [
        "Sudmark borrowed 2.5 million crowns from Norland in May 2026",
        "Sudmark was lent 2,500,000 crowns by Norland six months ago",
        "In May 2026, Norland lent Sudmark two and a half million crowns",
        "Norland lent Sudmark more than two million crowns this spring",
    ],
)
def test_the_other_side_of_a_deed_is_no_difference(pasted: str) -> None:
    """Who borrowed was lent to, a figure may be rounded, and a day is read against that of the question."""
    assert differences(pasted, LOAN, today=TODAY) == ()


def test_without_a_day_of_the_question_yesterday_says_nothing() -> None:
    """A day that hangs on today is not compared where today is not known."""
    assert differences("Yesterday Norland lent Sudmark 2.5 million crowns", LOAN) == ()


def test_the_opposite_is_called_the_opposite_and_nothing_more() -> None:
    """A negation is said to be the opposite of the claim on file; whether either holds is not said."""
    found = differences("Norland did not lend Sudmark 2.5 million crowns", LOAN)
    assert [each.kind for each in found] == [DifferenceKind.NEGATION]
    (sentence,) = difference_words(found, catalogue())
    assert sentence == "Your wording says the opposite of the claim on file: “not lend Sudmark”."


def test_a_name_that_stands_for_the_claims_own_makes_it_another_one() -> None:
    """Somebody else in the place of one whom the claim names is not the same claim; one more name is."""
    other, more = "Norland lent Ostmark 2.5 million crowns", "Norland lent Sudmark and Ostmark 2.5 million"
    assert is_another(other, LOAN, differences(other, LOAN))
    assert not is_another(more, LOAN, differences(more, LOAN))


def test_a_long_text_is_compared_in_little_time() -> None:
    """Whatever is pasted, the work grows with its length and no faster."""
    for unit in ("not ", "may ", "1 to 2 ", "three years ago ", "Xu told Yi ", "half a ", "and a half "):
        assert len(differences(unit * 1_000, LOAN, today=TODAY)) <= 6
