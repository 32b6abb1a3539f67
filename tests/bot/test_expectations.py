"""What is expected of a model's answer: how much is met, by a rule that can be looked up."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.expectations import count, labelled_in, met
from bot.prompting import Outcome, prompt, prompts
from bot.schemas import value_fault
from handlers.endings import MENDED, SAID, sentence

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(), x, max_size=4),
)


@pytest.mark.parametrize(
    ("expect", "value", "points"),
    [
        ("The bridge.", "the  bridge", 1),
        ("the bridge", "a bridge", 0),
        (1, 1, 1),
        (1, True, 0),
        (None, None, 1),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}, 1),
        ({"a": None}, {}, 0),
        ({"a": 1}, [1], 0),
        (["a", "b"], ["c", "b", "a"], 2),
        (["a", "a"], ["a"], 1),
        ([{"k": "x", "n": 1}, {"k": "y", "n": 1}], [{"k": "y", "n": 1}], 2),
        ([], [], 1),
        ([], ["a"], 0),
        (["a"], "a", 0),
    ],
)
def test_rule_of_what_is_met(expect: Any, value: Any, points: int) -> None:
    """Only what is named is compared: texts by their fold, lists in any order, an empty list as empty."""
    assert met(expect, value) == points


@given(JSON)
def test_an_answer_meets_itself(value: Any) -> None:
    """The very answer that is expected meets all of it."""
    assert met(value, value) == count(value)


@given(JSON, JSON)
def test_no_more_is_met_than_is_expected(expect: Any, value: Any) -> None:
    """Whatever comes, what is met is between nothing and everything."""
    assert 0 <= met(expect, value) <= count(expect)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "Line 2 is not JSON"),
        ("[]", 'Line 2 is no object with "variables" and "expect"'),
        ('{"variables": {"word": "x"}}', 'Line 2 is no object with "variables" and "expect"'),
        ('{"variables": {"wrd": "x"}, "expect": 1}', "which are: “word”"),
        ('{"variables": {"word": 1}, "expect": 1}', "Line 2: “word” is no text"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(line: str, says: str) -> None:
    """A labelled set that is not right is told by the first line that is not."""
    with pytest.raises(BadInputError) as caught:
        labelled_in(f"\n{line}\n", prompt("trial"))
    assert says in str(caught.value)


@pytest.mark.parametrize("name", [each.name for each in prompts()])
def test_labelled_sets_fit_their_prompts(name: str) -> None:
    """Each set that is brought along has the variables of its prompt, and expects something."""
    file = resources.files("prompts") / "sets" / f"{name}.jsonl"
    if not file.is_file():
        pytest.skip("this prompt has no labelled set")
    lines = labelled_in(file.read_text(encoding="utf-8"), prompt(name))
    assert lines
    assert all(count(each.expect) for each in lines)


def test_the_trial_expects_what_fits_its_schema() -> None:
    """What the trial's set expects is whole answers."""
    file = resources.files("prompts") / "sets" / "trial.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines():
        assert value_fault(json.loads(line)["expect"], prompt("trial").schema) is None


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_sentence(outcome: Outcome) -> None:
    """Whatever asking a model ends with is told in a sentence, with what mends it where something does."""
    assert sentence(outcome).startswith(SAID[outcome])
    assert (outcome in MENDED) is (outcome is not Outcome.OK)
