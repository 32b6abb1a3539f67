"""What a service answers to a chat, read: one value that fits the schema, or the outcome that it is instead.

Pure: bytes in, a `Completion` out, whatever the bytes are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.prompting import Outcome
from bot.records import record
from bot.schemas import value_fault

_FENCED: Final = re.compile(r"\A```[a-zA-Z]*\s*\n(.*?)\n?\s*```\Z", re.DOTALL)
_THOUGHT: Final = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
"""Some local servers leave what a model thought in front of its answer."""
MOST_TOKENS: Final = 10_000_000
"""More than any answer takes: a greater figure is a service's mistake, and would use up the budget."""


@record
class Completion:
    """What came: the checked value where `outcome` is `OK`; `tokens` is None where it does not say."""

    outcome: Outcome
    value: Any = None
    tokens: int | None = None


def completion_in(body: bytes, schema: Mapping[str, Any]) -> Completion:
    """Return what the body of an answer holds. Never raises."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return Completion(outcome=Outcome.SERVER_ERROR)
    if not isinstance(found, dict):
        return Completion(outcome=Outcome.SERVER_ERROR)
    tokens = _tokens(found.get("usage"))
    choices = found.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return Completion(outcome=Outcome.SERVER_ERROR, tokens=tokens)
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        return Completion(outcome=Outcome.REFUSAL, tokens=tokens)
    if choice.get("finish_reason") == "length":
        return Completion(outcome=Outcome.CUT_OFF, tokens=tokens)
    outcome, value = value_in(message.get("content"), schema)
    return Completion(outcome=outcome, value=value, tokens=tokens)


def value_in(content: object, schema: Mapping[str, Any]) -> tuple[Outcome, Any]:
    """Return the value in a model's text and `OK`; None and why not where there is none. Never raises."""
    if not isinstance(content, str):
        return Outcome.NOT_JSON, None
    text = _THOUGHT.sub("", content, count=1).strip()
    fenced = _FENCED.match(text)
    try:
        value = json.loads(fenced[1] if fenced else text, parse_constant=_refused)
        # A lone half of a pair is no text that could be stored or shown.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return Outcome.NOT_JSON, None
    try:
        fault = value_fault(value, schema)
    except RecursionError:
        return Outcome.WRONG_SHAPE, None
    return (Outcome.OK, value) if fault is None else (Outcome.WRONG_SHAPE, None)


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _tokens(usage: object) -> int | None:
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if type(total) is int and 0 <= total <= MOST_TOKENS else None
