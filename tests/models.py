"""Models for tests, which answer at once with what they were given: a collaborator's protocol, kept small."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.prompting import Outcome, Prompt, Reply

Asked: TypeAlias = tuple[str, Mapping[str, str]]
"""The name of a prompt, and what it was filled with."""


class Answers:
    """A model that answers what `value` makes of a prompt, after `wait` seconds; it notes what is asked."""

    name = "answers"

    def __init__(
        self,
        value: Callable[[str, Mapping[str, str]], Any],
        *,
        outcome: Outcome = Outcome.OK,
        wait: float = 0.0,
    ) -> None:
        self._value = value
        self._outcome = outcome
        self._wait = wait
        self.asked: list[Asked] = []

    async def ask(
        self,
        prompt: Prompt,
        variables: Mapping[str, str],
        *,
        seconds: float | None = None,  # noqa: ARG002 - it keeps no time, so that the deadline does
    ) -> Reply:
        """Return the answer, whether or not it is of the form that was asked for."""
        self.asked.append((prompt.name, variables))
        if self._wait:
            await asyncio.sleep(self._wait)
        return Reply(outcome=self._outcome, value=self._value(prompt.name, variables), model=self.name)


def labelled(*labels: str) -> Callable[[str, Mapping[str, str]], Any]:
    """Return what labels the entries in their order, the last label for all that are left."""

    def answer(name: str, variables: Mapping[str, str]) -> Any:
        if name != "second_look":
            return None
        letters = [line[0] for line in variables["entries"].splitlines()]
        given = (*labels, *labels[-1:] * len(letters))
        return {"labels": [{"id": key, "label": each} for key, each in zip(letters, given, strict=False)]}

    return answer
