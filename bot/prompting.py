"""Prompts: what a language model is asked, as files with their version, purpose, variables and schema.

The files are data of the package `prompts`; what they ask for is ids, labels and spans, never words for the
record. What comes back is a `Reply` with one `Outcome`, and its value counts only where that is `OK`.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final, Protocol

from bot.errors import BadInputError
from bot.records import record
from bot.schemas import schema_fault

MOST_CHARACTERS: Final = 24_000
"""Characters of a variable that are sent: some 6,000 tokens, an article of eight pages."""
KINDS: Final[Mapping[str, type]] = {
    "version": int,
    "purpose": str,
    "variables": list,
    "instructions": str,
    "material": str,
    "schema": str,
}
"""The keys of a prompt's file, all of them needed, and the type of each in TOML."""

_PLACE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
_FENCES: Final = {
    **dict.fromkeys(map(ord, "<＜﹤〈⟨≺˂❮"), "‹"),
    **dict.fromkeys(map(ord, ">＞﹥〉⟩≻˃❯"), "›"),
}
"""What could open or close a fence, or be taken for it, and the sign that cannot. One for one, so that
offsets in what a model saw are offsets in the text."""


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
def prompts() -> tuple[Prompt, ...]:
    """Return every prompt of the package `prompts`, in the order of their names.

    Raises:
        BadInputError: A file is not right; the sentence names all that is wrong with all of them.
    """
    return prompts_in(resources.files("prompts"))


def prompt(name: str) -> Prompt:
    """Return the prompt with this name.

    Raises:
        BadInputError: There is none; or see `prompts`.
    """
    held = {each.name: each for each in prompts()}
    if name not in held:
        raise BadInputError(f"There is no prompt “{name}”. There are: {', '.join(held) or 'none'}.")
    return held[name]


def prompts_in(folder: Traversable) -> tuple[Prompt, ...]:
    """Return the prompts of the files `NAME.toml` in `folder`, in the order of their names.

    Raises:
        BadInputError: A file is not right; the sentence names all that is wrong with all of them.
    """
    found, problems = [], []
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        name, _, kind = file.name.rpartition(".")
        if kind != "toml":
            continue
        try:
            found.append(_prompt(name, file))
        except _FaultError as fault:
            problems.append(f"prompts/{file.name}: {fault}")
    if problems:
        raise BadInputError("\n".join(problems))
    return tuple(found)


def filled(asked: Prompt, variables: Mapping[str, str], most: int = MOST_CHARACTERS) -> str:
    """Return the material of a prompt with the value of each variable in its place.

    No value can open or close a fence: `<`, `>` and what looks like them become `‹` and `›`. Control
    characters, and those that hide or turn text around, become spaces. A value is cut after `most`
    characters. All of it is sign for sign, so offsets in what is sent are offsets in the value.

    Raises:
        BadInputError: A variable is missing, or unknown.
    """
    missing = [each for each in asked.variables if each not in variables]
    unknown = [each for each in variables if each not in asked.variables]
    if missing or unknown:
        wrong = [f"{_listed(missing)} missing"] * bool(missing) + [f"{_listed(unknown)} unknown"] * bool(
            unknown
        )
        raise BadInputError(
            f"Variables of the prompt “{asked.name}”: {', '.join(wrong)}. It has {_listed(asked.variables)}."
        )
    # In one pass, so that a place in a value is only text.
    return _PLACE.sub(lambda place: harmless(variables[place[1]][:most]), asked.material)


def harmless(value: str) -> str:
    """Return a value as it may stand within a fence: as long as before."""
    return "".join(" " if _is_control(each) else each for each in value.translate(_FENCES))


def _is_control(sign: str) -> bool:
    if sign in "\n\t":
        return False
    kind = unicodedata.category(sign)
    # Of the signs for formatting the two joiners are letters' business, in Persian and in emoji.
    return kind in {"Cc", "Cs", "Zl", "Zp"} or (kind == "Cf" and sign not in "\u200c\u200d\u00ad")


class _FaultError(Exception):
    """What is wrong with a file, and what would be right."""


def _prompt(name: str, file: Traversable) -> Prompt:
    if not _NAME.fullmatch(name):
        raise _FaultError("its name is not of small letters, digits and underscores; rename it")
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _FaultError(f"it cannot be read as TOML in UTF-8 ({error})") from None
    missing, unknown = KINDS.keys() - values.keys(), values.keys() - KINDS.keys()
    if missing:
        raise _FaultError(f"{_listed(sorted(missing))} missing; write all of {_listed(KINDS)}")
    if unknown:
        raise _FaultError(f"{_listed(sorted(unknown))} unknown; the keys are {_listed(KINDS)}")
    for key, kind in KINDS.items():
        # True is a whole number to Python.
        if not isinstance(values[key], kind) or isinstance(values[key], bool):
            raise _FaultError(f"{key} is of the wrong kind; it is {_KIND_WORDS[kind]}")
        if kind is str and not values[key].strip():
            raise _FaultError(f"{key} is empty; write {_KIND_WORDS[kind]}")
    if values["version"] < 1:
        raise _FaultError("version is below 1; count from 1 up")
    variables = _variables(values["variables"], values["material"])
    return Prompt(name=name, **{**values, "variables": variables, "schema": _schema(values["schema"])})


_KIND_WORDS: Final = {int: "a whole number", str: "a text", list: "a list of names"}


def _variables(names: list[Any], material: str) -> tuple[str, ...]:
    """Return the variables of a prompt, each of which stands in its material."""
    bad = [each for each in names if not isinstance(each, str) or not _NAME.fullmatch(each)]
    if bad or len(set(names)) != len(names):
        raise _FaultError("variables are different names of small letters, digits and underscores")
    places = set(_PLACE.findall(material))
    absent, unknown = [each for each in names if each not in places], sorted(places - set(names))
    if absent:
        raise _FaultError(
            f"material has no place for {_listed(absent)}; write {{{{{absent[0]}}}}} where it goes"
        )
    if unknown:
        raise _FaultError(f"material has a place for {_listed(unknown)}; name it in variables")
    return tuple(names)


def _schema(text: str) -> Mapping[str, Any]:
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _FaultError(f"schema is no JSON ({error})") from None
    fault = schema_fault(schema)
    if fault is not None:
        raise _FaultError(f"schema is no JSON Schema of draft 2020-12 ({fault})")
    held: Mapping[str, Any] = schema
    return held


def _listed(names: Any) -> str:
    return ", ".join(f"“{each}”" for each in names) or "none"
