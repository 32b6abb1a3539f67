"""The labelled sets of the prompts that look an answer over: what is expected can be answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import prompts as held
from bot.expectations import count, labelled_in, met
from bot.prompting import prompt
from bot.schemas import value_fault

SETS = Path(held.__file__).parent / "sets"


@pytest.mark.parametrize("name", ["second_look", "spans", "summary"])
def test_what_is_expected_can_be_answered(name: str) -> None:
    """Each line has the prompt's variables, and expects what its schema takes and its material holds."""
    asked = prompt(name)
    lines = labelled_in((SETS / f"{name}.jsonl").read_text("utf-8"), asked)
    assert len(lines) >= 5
    for each in lines:
        full = json.loads(json.dumps(each.expect))
        for row in full.get("picks", ()):
            row.setdefault("first", None)
            row.setdefault("last", None)
        assert value_fault(full, asked.schema) is None
        assert met(each.expect, full) == count(each.expect) > 0
        assert all(passage in each.variables["text"] for passage in full.get("passages", ()))
