"""Claims as they are shown: with what they are related to, at present or on an earlier day."""

from __future__ import annotations

import sqlite3

from bot.recent import Found
from bot.store import reading
from bot.store.revisions import newest
from bot.views import View


def found(conn: sqlite3.Connection, key: str, view: View) -> Found | None:
    """Return the claim `key` with what it is related to, as readers of `view` see it, or None."""
    shown = reading.visible_claim(conn, key, view=view)
    if shown is None:
        return None
    return Found(
        claim=shown,
        related=reading.related_claims(conn, key, view=view),
        vetted_alone=reading.is_vetted_alone(conn, key),
    )


def claim(conn: sqlite3.Connection, key: str, view: View, as_of: str | None) -> tuple[int, Found] | None:
    """Return the revision and the claim `key`, as it stands or stood at the end of `as_of`, or None.

    The id of a claim that was merged into another one leads to that one.
    """
    key = reading.final_id(conn, key, view=view)
    if as_of is None:
        held = found(conn, key, view)
    else:
        from bot.store.histories import claim_as_of, related_as_of  # noqa: PLC0415 - loads pydantic

        stood = claim_as_of(conn, key, as_of, view=view)
        related = related_as_of(conn, key, as_of, view=view) if stood else ()
        alone = reading.is_vetted_alone(conn, key, as_of)
        held = Found(claim=stood, related=related, vetted_alone=alone) if stood else None
    return (newest(conn), held) if held else None
