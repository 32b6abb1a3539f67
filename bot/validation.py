"""Values from outside, checked against our records, with every fault in a sentence a person can act on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.credentials import LOOKS_SECRET
from bot.errors import Refusal, RefusedError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

T = TypeVar("T")

_KINDS = {
    "string_type": "a text in quotation marks",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list in square brackets",
    "list_type": "a list in square brackets",
    "dict_type": "an object in braces",
    "dataclass_type": "an object in braces",
    "dataclass_exact_type": "an object in braces",
}

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
    return from_json(adapter, json.dumps(values, default=str))


def _refusals(error: ValidationError, adapter: TypeAdapter[Any]) -> tuple[Refusal, ...]:
    return tuple(_refusal(each, adapter) for each in error.errors(include_url=False))


def _refusal(fault: ErrorDetails, adapter: TypeAdapter[Any]) -> Refusal:
    kind, field, given = fault["type"], path(fault["loc"]), shown(fault["input"])
    if kind == "json_invalid":
        reason = fault.get("ctx", {}).get("error", "cannot be read")
        return Refusal(field="line", wrong=f"not JSON: {reason}", right="write one JSON object on one line")
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        name = str(fault["loc"][-1])
        near = get_close_matches(name, _known_names(adapter), n=1)
        hint = f"did you mean “{near[0]}”?" if near else "leave it out"
        return Refusal(field=field, wrong="there is no such field", right=hint)
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
        return "a value that looks like a secret (not shown)"
    text = "".join(each if each.isprintable() else "�" for each in text)
    return f"“{text}”" if len(text) <= _LONGEST_SHOWN else f"“{text[:_LONGEST_SHOWN]}…”"


def _known_names(adapter: TypeAdapter[Any]) -> list[str]:
    """Return the names of all fields that the adapter's shape knows, at any depth."""
    schema = adapter.json_schema()
    tables = [schema, *schema.get("$defs", {}).values()]
    return sorted({name for table in tables for name in table.get("properties", {})})
