"""JSON Schema (draft 2020-12): whether a schema is one, and whether a value fits it.

The only module that imports `jsonschema`. It is loaded at the first check: most commands need none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

LONGEST: Final = 200
"""Characters that a sentence about a value has at most; it may repeat what a model wrote."""


def schema_fault(schema: object) -> str | None:
    """Say what keeps `schema` from being a JSON Schema; None where it is one."""
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - a tenth of a second

    if not isinstance(schema, dict):
        return "it is no JSON object"
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return _told(error)
    return None


def value_fault(value: object, schema: Mapping[str, Any]) -> str | None:
    """Say where `value` does not fit `schema`, and how; None where it fits."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - the same
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    error = best_match(Draft202012Validator(schema).iter_errors(value))
    return None if error is None else _told(error)


def _told(error: Any) -> str:
    return f"{error.json_path}: {error.message}"[:LONGEST]
