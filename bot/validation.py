"""Values from outside, checked against our records, with every fault in a sentence a person can act on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.credentials import LOOKS_SECRET
from bot.errors import Refusal, RefusedError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

T = TypeVar("T")

_FIELDS = "its fields by name: an object in JSON, a [table] in TOML"
_KINDS = {
    "string_type": "a text in quotation marks",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list in square brackets",
    "list_type": "a list in square brackets",
    "dict_type": _FIELDS,
    "dataclass_type": _FIELDS,
    "dataclass_exact_type": _FIELDS,
}

_SECRETIVE = re.compile("token|key|secret|password", re.IGNORECASE)
"""Fields by these names may hold a secret by mistake: their value is never repeated."""

_HIDDEN = "a value that is not shown"

_COLUMN = re.compile(r"column (\d+)$")

_LONGEST_SHOWN = 60
"""Characters of a bad value that a message repeats."""


def from_json(adapter: TypeAdapter[T], text: str | bytes) -> T:
    """Return the value that the JSON `text` holds.

    Raises:
        RefusedError: It is not JSON, or not of the adapter's shape; every fault is named.
    """
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as error:
        raise RefusedError(_refusals(error, adapter)) from None


def from_mapping(adapter: TypeAdapter[T], values: Mapping[str, Any]) -> T:
    """Return the value that `values`, as a TOML file gives them, holds.

    Raises:
        RefusedError: `values` is not of the adapter's shape; every fault is named.
    """
    # TOML has dates and times, which no field of ours takes; as an object they are refused by name.
    return from_json(adapter, json.dumps(values, default=lambda value: {"date or time": str(value)}))


def _refusals(error: ValidationError, adapter: TypeAdapter[Any]) -> tuple[Refusal, ...]:
    return tuple(_refusal(each, adapter) for each in error.errors(include_url=False))


def _refusal(fault: ErrorDetails, adapter: TypeAdapter[Any]) -> Refusal:
    kind, field = fault["type"], path(fault["loc"])
    given = _HIDDEN if _SECRETIVE.search(field) else shown(fault["input"])
    if kind == "json_invalid":
        # The parser tells how it reads, which says little to those who write; where it stopped does.
        place = _COLUMN.search(str(fault.get("ctx", {}).get("error", "")))
        where = f" from character {place[1]} on" if place and place[1] != "0" else ""
        return Refusal(field="line", wrong=f"not JSON{where}", right="write one JSON object on one line")
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        name = str(fault["loc"][-1])
        near = get_close_matches(name, _known_names(adapter, fault["loc"][:-1]), n=1)
        hint = f"did you mean “{near[0]}”?" if near else "leave it out"
        return Refusal(field=field, wrong=f"there is no such field (it holds {given})", right=hint)
    if kind in {"missing", "missing_argument", "missing_keyword_only_argument"}:
        return Refusal(field=field, wrong="it is missing", right="it has to be given")
    if kind == "enum":
        allowed = str(fault.get("ctx", {}).get("expected", ""))
        return Refusal(field=field, wrong=f"{given} is not known here", right=f"write one of {allowed}")
    if kind in _KINDS:
        return Refusal(field=field, wrong=f"{given} is of the wrong kind", right=f"write {_KINDS[kind]}")
    return Refusal(field=field, wrong=f"{given} cannot be used", right=fault["msg"].lower())


def path(parts: Iterable[str | int]) -> str:
    """Return where a value stands, as `statements[0].kind`."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".") or "line"


def shown(value: object) -> str:
    """Return `value` as a message repeats it: short, inert in a terminal, and never a secret."""
    text = value if isinstance(value, str) else json.dumps(value, default=repr, ensure_ascii=True)
    if LOOKS_SECRET.search(text):
        return _HIDDEN
    text = "".join(each if each.isprintable() else "�" for each in text)
    return f"“{text}”" if len(text) <= _LONGEST_SHOWN else f"“{text[:_LONGEST_SHOWN]}…”"


def _known_names(adapter: TypeAdapter[Any], where: Iterable[str | int]) -> list[str]:
    """Return the names of the fields that the adapter's shape knows at the place `where`."""
    schema = adapter.json_schema()
    node = _resolved(schema, schema)
    for part in where:
        inner = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
        node = _resolved(inner or {}, schema)
    return sorted(node.get("properties", {}))


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the shape that `node` stands for; an optional or a named one stands one step away."""
    named = next((each for each in node.get("anyOf", ()) if "$ref" in each), node)
    if "$ref" not in named:
        return node
    found: dict[str, Any] = schema["$defs"][named["$ref"].rpartition("/")[2]]
    return found
