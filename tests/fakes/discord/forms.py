"""Small checks of which the strict checks of bodies are put together.

A check takes a value, its path and the Faults to fill. Codes and sentences are those of Discord where known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from tests.fakes.discord.refusals import Faults, Path

Check = Callable[[Any, Path, Faults], None]
NO_CHARACTER: Final = re.compile("[\0\ud800-\udfff]")
SNOWFLAKE: Final = re.compile(r"\A(0|[1-9][0-9]{0,19})\Z", re.ASCII)
URL: Final = re.compile(r"\A(https?|discord)://[^\s/?#]+\S*\Z", re.ASCII | re.IGNORECASE)


def text(low: int, high: int) -> Check:
    """Return a check for a string of `low` to `high` characters."""

    def check(value: Any, path: Path, faults: Faults) -> None:
        if not isinstance(value, str):
            faults.add(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
        elif len(value) > high:
            faults.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        elif not value and low:
            faults.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif len(value) < low:
            faults.add(path, "BASE_TYPE_MIN_LENGTH", f"Must be {low} or more in length.")
        elif NO_CHARACTER.search(value):
            faults.add(
                path, "STRING_TYPE_CONVERT", "Neither a null nor half a surrogate pair is a character."
            )

    return check


def number(low: int, high: int) -> Check:
    """Return a check for a whole number from `low` to `high`."""

    def check(value: Any, path: Path, faults: Faults) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            faults.add(path, "NUMBER_TYPE_COERCE", f'Value "{value!r}" is not int.')
        elif value > high:
            faults.add(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        elif value < low:
            faults.add(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")

    return check


def flag(value: Any, path: Path, faults: Faults) -> None:
    """Check that a value is true or false."""
    if not isinstance(value, bool):
        faults.add(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(value: Any, path: Path, faults: Faults) -> None:
    """Check that a value is an id, as text or number."""
    if isinstance(value, bool) or not SNOWFLAKE.match(str(value)):
        faults.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def url(high: int, *, attachments: bool = False) -> Check:
    """Return a check for an address of at most `high` characters, or of an attachment of the same body."""
    length = text(1, high)

    def check(value: Any, path: Path, faults: Faults) -> None:
        before = len(faults.found)
        length(value, path, faults)
        if len(faults.found) > before or (attachments and value.startswith("attachment://")):
            return
        if not URL.match(value):
            sentence = (
                f'Scheme "{value.partition(":")[0]}" is not supported. Scheme must be one of (http, https).'
            )
            faults.add(path, "URL_TYPE_INVALID_URL", sentence)

    return check


def one_of(*values: Any) -> Check:
    """Return a check for one of `values`."""

    def check(value: Any, path: Path, faults: Faults) -> None:
        if isinstance(value, bool) is not isinstance(values[0], bool) or value not in values:
            faults.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {values}.")

    return check


def nullable(check: Check) -> Check:
    """Return a check that also lets null pass."""
    return lambda value, path, faults: None if value is None else check(value, path, faults)


def listing(item: Check, low: int, high: int, *, unique: bool = False) -> Check:
    """Return a check for a list of `low` to `high` items."""

    def check(value: Any, path: Path, faults: Faults) -> None:
        if not isinstance(value, list):
            faults.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        if not low <= len(value) <= high:
            faults.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
            return
        for index, one in enumerate(value):
            item(one, (*path, index), faults)
        if unique and len({str(one) for one in value}) < len(value):
            faults.add(path, "SET_TYPE_CONTAINS_DUPLICATES", "The set already contains this value")

    return check


def fields(known: Mapping[str, Check], required: Collection[str] = ()) -> Check:
    """Return a check for an object with these fields; others are noted as unknown: Discord lets them pass."""

    def check(value: Any, path: Path, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return
        for name in required:
            if name not in value:
                faults.add((*path, name), "BASE_TYPE_REQUIRED", "This field is required")
        for name, one in value.items():
            if name in known:
                known[name](one, (*path, name), faults)
            else:
                faults.unknown.append((*path, name))

    return check


def anything(value: Any, path: Path, faults: Faults) -> None:
    """Let everything pass: what the fake stores without understanding it."""
