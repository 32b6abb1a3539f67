"""Sheets: forms that are being filled in, kept from when they are opened until they are done with."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from bot.moderation.members import Member
from bot.records import record
from bot.store.faults import cannot
from bot.store.people import storable

MOST: Final = 50
"""Sheets that one member may have open; the oldest makes room."""


@record
class Sheet:
    """A form that somebody is filling in: what it is for, and what was typed by the names of fields."""

    id: str
    form: str
    about: dict[str, Any]
    typed: dict[str, str]


def open_sheet(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection,
    by: Member,
    form: str,
    about: Mapping[str, Any],
    typed: Mapping[str, str],
    now: float,
) -> str:
    """Keep a new sheet and return its id, which is not to be guessed."""
    key = secrets.token_urlsafe(8)
    conn.execute(
        "INSERT INTO sheet (id, workspace, member, form, about, typed, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (key, by.workspace, by.key, form, _text(about), _text(typed), now),
    )
    conn.execute(
        "DELETE FROM sheet WHERE id IN (SELECT id FROM sheet WHERE workspace = ? AND member = ?"
        " ORDER BY at DESC LIMIT -1 OFFSET ?)",
        (by.workspace, by.key, MOST),
    )
    return key


def sheet(conn: sqlite3.Connection, by: Member, key: str) -> Sheet | None:
    """Return one's own sheet, or None."""
    row = conn.execute(
        "SELECT * FROM sheet WHERE id = ? AND workspace = ? AND member = ?", (key, by.workspace, by.key)
    ).fetchone()
    return _sheet(row) if row else None


def sheets(conn: sqlite3.Connection, by: Member) -> tuple[Sheet, ...]:
    """Return one's own sheets, the newest first."""
    rows = conn.execute(
        "SELECT * FROM sheet WHERE workspace = ? AND member = ? ORDER BY at DESC, id", (by.workspace, by.key)
    )
    return tuple(_sheet(row) for row in rows)


def type_into(conn: sqlite3.Connection, by: Member, key: str, typed: Mapping[str, str], now: float) -> None:
    """Put what was typed to what was typed before; a field that is not named stays as it is.

    Raises:
        BadInputError: There is no such sheet of this member's.
    """
    held = sheet(conn, by, key)
    if held is None:
        raise cannot("no_sheet")
    conn.execute(
        "UPDATE sheet SET typed = ?, at = ? WHERE id = ?", (_text({**held.typed, **typed}), now, key)
    )


def close_sheet(conn: sqlite3.Connection, by: Member, key: str) -> None:
    """Let go of a sheet: what was typed has become a proposal or a deed, or is given up."""
    conn.execute(
        "DELETE FROM sheet WHERE id = ? AND workspace = ? AND member = ?", (key, by.workspace, by.key)
    )


def _sheet(row: sqlite3.Row) -> Sheet:
    return Sheet(
        id=row["id"], form=row["form"], about=json.loads(row["about"]), typed=json.loads(row["typed"])
    )


def _text(values: Mapping[str, Any]) -> str:
    return storable(json.dumps(dict(values), ensure_ascii=False))
