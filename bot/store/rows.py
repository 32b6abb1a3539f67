"""Values as rows and back: columns are named like fields, lists of texts are JSON, the rest is as it is.

The same mapping gives the documents that the log of revisions keeps.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_type_hints

from bot.errors import LedgerError
from bot.statements import Target, TargetKind

T = TypeVar("T")


def columns(value: object, *, without: Iterable[str] = ()) -> dict[str, object]:
    """Return the columns of `value`: texts, numbers and None; `Target` becomes two columns."""
    left_out = frozenset(without)
    row: dict[str, object] = {}
    for field in fields(value):  # type: ignore[arg-type]
        if field.name in left_out:
            continue
        held = getattr(value, field.name)
        if field.name == "about":
            row["about_kind"] = held.kind.value if held else None
            row["about_id"] = held.id if held else None
        elif isinstance(held, tuple):
            row[field.name] = json.dumps(held, ensure_ascii=False)
        elif isinstance(held, bool):
            row[field.name] = int(held)
        else:
            row[field.name] = held.value if isinstance(held, StrEnum) else held
    return row


@cache
def _readers(cls: Callable[..., Any]) -> dict[str, Callable[[Any], Any]]:
    """Return, for each field of `cls` that is not held as it is, how its column is read."""
    readers: dict[str, Callable[[Any], Any]] = {}
    for name, hint in get_type_hints(cls).items():
        if hint is bool:
            readers[name] = bool
        elif hint == tuple[str, ...]:
            readers[name] = lambda text: tuple(json.loads(text))
        elif isinstance(hint, type) and issubclass(hint, StrEnum):
            readers[name] = hint
    return readers


@cache
def _names(cls: Callable[..., Any]) -> frozenset[str]:
    return frozenset(field.name for field in fields(cls))  # type: ignore[arg-type]


def from_row(cls: Callable[..., T], row: sqlite3.Row, **more: object) -> T:
    """Return the `cls` that `row` holds; `more` gives the fields that stand in other tables.

    Columns that `cls` has no field for are passed over.
    """
    readers = _readers(cls)
    names = _names(cls)
    given: dict[str, Any] = {}
    for name in row.keys():  # noqa: SIM118 - iterating a sqlite3.Row gives its values
        if name in names and name not in more:
            given[name] = _value(cls, row, name, readers.get(name))
    return cls(**given, **more)


def _value(cls: Callable[..., Any], row: sqlite3.Row, name: str, reader: Callable[[Any], Any] | None) -> Any:
    if reader is None:
        return row[name]
    try:
        return reader(row[name])
    except (ValueError, TypeError) as error:
        table = getattr(cls, "__name__", "row").lower()
        key = row["id"] if "id" in row.keys() else ""  # noqa: SIM118 - as above
        raise UnreadableError(table, key, name) from error


class UnreadableError(LedgerError):
    """A row holds what no program of ours writes: the file was changed past it."""

    def __init__(self, table: str, key: str, column: str) -> None:
        fault = f"The {table} “{key}” on file cannot be read: its {column} is nothing that we write."
        super().__init__(f"{fault} Find out more with: counterclaim verify")
        self.table = table
        self.key = key


def target(row: sqlite3.Row) -> Target | None:
    """Return what a statement's row is about."""
    if row["about_id"] is None:
        return None
    kind = _value(Target, row, "about_kind", TargetKind)
    return Target(kind=kind, id=row["about_id"])


def insert(
    conn: sqlite3.Connection, table: str, row: Mapping[str, object], *, key: str | None = None
) -> None:
    """Write `row` into `table`; where `key` names the primary key, a row that has it is brought up to date.

    Table and column names come from this package's code, never from outside.
    """
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
    if key is not None:
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in row if name != key)
        sql += f' ON CONFLICT ("{key}") DO UPDATE SET {changes}'
    conn.execute(sql, tuple(row.values()))
