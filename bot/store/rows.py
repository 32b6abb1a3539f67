"""Values as rows and back: columns are named like fields, lists of texts are JSON, the rest is as it is.

The same mapping gives the documents that the log of revisions keeps.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Container, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from bot.errors import LedgerError
from bot.statements import Target, TargetKind

T = TypeVar("T")

_LIST = json.JSONEncoder(ensure_ascii=False).encode


class _Plan(NamedTuple):
    """How the values of a class of records are read: all at once, and which are no texts or numbers."""

    names: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    enums: tuple[str, ...]
    bools: tuple[str, ...]
    lists: tuple[str, ...]
    records: tuple[str, ...]


@cache
def _plan(cls: Any) -> _Plan:
    names, hints = tuple(_names(cls)), get_type_hints(cls)
    inner = {
        name: [each for each in (hint, *get_args(hint)) if isinstance(each, type)]
        for name, hint in hints.items()
    }
    lists = tuple(name for name in names if get_origin(hints[name]) is tuple)

    def of(kind: type) -> tuple[str, ...]:
        return tuple(name for name in names if any(issubclass(each, kind) for each in inner[name]))

    return _Plan(
        names=names,
        values=attrgetter(*names),
        enums=of(StrEnum),
        bools=of(bool),
        lists=lists,
        records=tuple(name for name in names if any(map(is_dataclass, inner[name]))),
    )


def columns(value: object, *, without: Container[str] = ()) -> dict[str, object]:
    """Return the columns of `value`: texts, numbers and None; `Target` becomes two columns."""
    plan = _plan(type(value))  # type: ignore[arg-type]
    held = dict(zip(plan.names, plan.values(value), strict=True))
    for name in plan.enums:
        if held[name] is not None:
            held[name] = held[name].value
    for name in plan.bools:
        held[name] = int(held[name])
    for name in plan.lists:
        if name in without:
            del held[name]
        else:
            held[name] = _LIST(held[name]) if held[name] else "[]"
    if "about" not in held:
        return held
    row: dict[str, object] = {}
    for name, content in held.items():
        if name == "about":
            row["about_kind"] = content.kind.value if content else None
            row["about_id"] = content.id if content else None
        else:
            row[name] = content
    return row


def column_names(cls: type, *, without: Container[str] = ()) -> tuple[str, ...]:
    """Return the names of the columns that `columns` gives for a value of the class `cls`."""
    names: list[str] = []
    for name in _names(cls):
        if name not in without:
            names += ["about_kind", "about_id"] if name == "about" else [name]
    return tuple(names)


def document(value: object, *, without: Container[str] = ()) -> dict[str, Any]:
    """Return `value` as the log keeps it: a mapping of its fields, what is nested in it likewise.

    It is what `dataclasses.asdict` gives for our records, which hold texts, numbers, lists and records.
    """
    plan = _plan(type(value))  # type: ignore[arg-type]
    held = dict(zip(plan.names, plan.values(value), strict=True))
    for name in plan.records:
        content = held[name]
        if name in without:
            del held[name]
        elif isinstance(content, tuple):
            held[name] = [document(each) for each in content]
        elif content is not None:
            held[name] = document(content)
    return held


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
def _names(cls: Any) -> dict[str, None]:
    """Return the names of the fields of `cls` in their order."""
    return dict.fromkeys(field.name for field in fields(cls))


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
    conn.execute(insertion(table, tuple(row), key), tuple(row.values()))


@cache
def insertion(table: str, names: tuple[str, ...], key: str | None = None) -> str:
    """Return the statement of `insert` for rows with the columns `names`."""
    listed = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    sql = f"INSERT INTO {table} ({listed}) VALUES ({marks})"
    if key is not None:
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != key)
        sql += f' ON CONFLICT ("{key}") DO UPDATE SET {changes}'
    return sql
