"""Prompts: what a language model is asked, as files with their version, purpose, variables and schema.

The files are data of the package `prompts`; what they ask for is ids, labels and spans, never words for the
record. What comes back is a `Reply` with one `Outcome`, and its value counts only where that is `OK`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from bot.records import record


class Outcome(StrEnum):
    """How asking a model ended; every failure has exactly one."""

    OK = "ok"
    OFF = "off"
    RESTING = "resting"
    OVER_BUDGET = "over_budget"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    LIMITED = "limited"
    SERVER_ERROR = "server_error"
    REFUSED_KEY = "refused_key"
    BAD_REQUEST = "bad_request"
    REFUSAL = "refusal"
    CUT_OFF = "cut_off"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"


@record
class Prompt:
    """What a model is asked: `instructions` are ours, `material` has a place `{{name}}` for each variable.

    `schema` is the JSON Schema (draft 2020-12) of the answer. `version` counts up with every change that
    may change an answer.
    """

    name: str
    version: int
    purpose: str
    variables: tuple[str, ...]
    instructions: str
    material: str
    schema: Mapping[str, Any]


@record
class Reply:
    """What came of asking: the checked value where `outcome` is `OK`, and the tokens that it took."""

    outcome: Outcome
    value: Any = None
    tokens: int = 0
    model: str = ""


class Model(Protocol):
    """A language model, as far as the product knows one."""

    @property
    def name(self) -> str:
        """The model's name, for caches and figures."""
        ...

    async def ask(
        self, prompt: Prompt, variables: Mapping[str, str], *, seconds: float | None = None
    ) -> Reply:
        """Return what the model answers within `seconds`, checked against the schema. Never raises."""
        ...


@cache
def prompt(name: str) -> Prompt:
    """Return the prompt in the file `name`.toml."""
    held = tomllib.loads((files("prompts") / f"{name}.toml").read_text("utf-8"))
    held["schema"] = json.loads(held["schema"])
    return Prompt(name=name, **(held | {"variables": tuple(held["variables"])}))
