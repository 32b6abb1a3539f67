"""What is expected of a model's answer, and how much of it is met: the rule by which prompts are scored.

A labelled set is JSON Lines, each `{"variables": {…}, "expect": …}`. Only what `expect` names is compared;
`prompts/README.md` has the rule as a table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.errors import BadInputError
from bot.folding import fold
from bot.prompting import Prompt
from bot.records import record


@record
class Labelled:
    """One line of a labelled set."""

    variables: Mapping[str, str]
    expect: Any


def labelled_in(text: str, prompt: Prompt) -> tuple[Labelled, ...]:
    """Return the lines of a labelled set for `prompt`; empty lines are not looked at.

    Raises:
        BadInputError: A line is not right; the sentence names the first that is not.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            raise BadInputError(f"Line {number} is not JSON; write one JSON object a line.") from None
        if not isinstance(values, dict) or set(values) != {"variables", "expect"}:
            raise BadInputError(f'Line {number} is no object with "variables" and "expect" and nothing else.')
        variables = variables_in(values["variables"], prompt, f"Line {number}")
        found.append(Labelled(variables=variables, expect=values["expect"]))
    return tuple(found)


def variables_in(values: object, prompt: Prompt, where: str) -> Mapping[str, str]:
    """Return `values` where they are the variables of `prompt`, each a text.

    Raises:
        BadInputError: They are not; the sentence begins with `where`.
    """
    if isinstance(values, dict) and set(values) == set(prompt.variables):
        wrong = [key for key, value in values.items() if not isinstance(value, str)]
        if not wrong:
            return values
        raise BadInputError(f"{where}: “{wrong[0]}” is no text. Write each variable as a text.")
    names = ", ".join(f"“{each}”" for each in prompt.variables)
    raise BadInputError(
        f"{where} does not hold the variables of the prompt “{prompt.name}”, which are: {names}."
    )


def count(expect: Any) -> int:
    """Return how many things are expected."""
    if isinstance(expect, dict):
        return sum(count(each) for each in expect.values())
    if isinstance(expect, list) and expect:
        return sum(count(each) for each in expect)
    return 1


def met(expect: Any, value: Any) -> int:
    """Return how many of the things expected are in `value`, at most `count(expect)`."""
    if isinstance(expect, dict):
        held = value if isinstance(value, dict) else {}
        return sum(met(each, held[key]) for key, each in expect.items() if key in held)
    if isinstance(expect, list):
        if not isinstance(value, list):
            return 0
        return _met_by_each(expect, value) if expect else int(not value)
    if isinstance(expect, str):
        return int(isinstance(value, str) and fold(expect) == fold(value))
    # True is a whole number to Python, and not to JSON.
    return int(type(expect) is type(value) and expect == value)


def _met_by_each(expect: list[Any], value: list[Any]) -> int:
    """Return how much is met where each item is compared with another one, the best pair first."""
    pairs = sorted(
        ((met(one, other), -i, -j) for i, one in enumerate(expect) for j, other in enumerate(value)),
        reverse=True,
    )
    total, ones, others = 0, set(), set()
    for points, i, j in pairs:
        if i not in ones and j not in others:
            total += points
            ones.add(i)
            others.add(j)
    return total
