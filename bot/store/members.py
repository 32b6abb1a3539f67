"""Members: the roles that were given by command, and the check that stands before every deed.

The configuration's roles are told by whoever calls; the rows are looked up within the transaction that does
the deed, so a role that was taken away a moment ago is gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bot.display import tidy
from bot.moderation.deeds import LEAST, Deed
from bot.moderation.members import Member, Role, highest
from bot.store.faults import cannot, may_not
from bot.store.people import storable

MOST_NAME: Final = 100
"""Characters of a person's name that are kept."""

_NAMED: Final = 5
"""People whom a refusal names at most."""

LONGEST_REASON: Final = 1000
"""Characters of a reason."""

LONGEST_NOTICE: Final = 3000
"""Characters of what somebody complains of, and of what came of it."""


def member(conn: sqlite3.Connection, workspace: str, key: str, name: str, configured: Role) -> Member:
    """Return somebody with the higher of the configured role and the one that was given."""
    given = _given(conn, workspace, key)
    return Member(
        workspace=workspace,
        key=key,
        name=named(name),
        role=highest((configured, given)),
        configured=configured,
    )


def members(conn: sqlite3.Connection, workspace: str) -> tuple[Member, ...]:
    """Return those who were given a role above a reader's, the highest first."""
    rows = conn.execute("SELECT * FROM member WHERE workspace = ? ORDER BY name, member", (workspace,))
    found = [
        Member(workspace=workspace, key=row["member"], name=row["name"], role=Role(row["role"]))
        for row in rows
        if row["role"] != Role.READER
    ]
    return tuple(sorted(found, key=lambda each: -each.role.rank))


def names(conn: sqlite3.Connection, workspace: str, ids: Collection[str]) -> dict[str, str]:
    """Return the names of those of `ids`, bare ids of a platform, who proposed or reviewed here before."""
    rows = conn.execute(
        "SELECT author AS key, author_name AS name FROM proposal WHERE workspace = :workspace"
        " UNION SELECT reviewer, reviewer_name FROM proposal"
        " WHERE workspace = :workspace AND reviewer IS NOT NULL ORDER BY name",
        {"workspace": workspace},
    )
    found = {row["key"].rsplit(":", 1)[-1]: row["name"] for row in rows}
    return {each: name for each, name in found.items() if each in ids}


def give_role(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection, by: Member, key: str, name: str, role: Role, now: float
) -> None:
    """Give somebody a role, or with a reader's take theirs away; the row stays."""
    authorise(conn, by, Deed.ROLES)
    if not key.strip():
        raise cannot("name_member")
    conn.execute(
        "INSERT INTO member (workspace, member, name, role, given_by, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET name = excluded.name, role = excluded.role,"
        " given_by = excluded.given_by, at = excluded.at",
        (by.workspace, storable(key), named(name), role, by.key, now),
    )


def authorise(conn: sqlite3.Connection, by: Member, deed: Deed) -> None:
    """Let pass whoever may do `deed` at this moment.

    Raises:
        NotAllowedError: It takes a higher role; the sentence names it and who has it.
    """
    role = at_present(conn, by).role
    least = LEAST[deed]
    if role.rank >= least.rank:
        return
    names = [each.name for each in members(conn, by.workspace) if each.may(least)][:_NAMED]
    known = ("holders", {"names": ", ".join(names)}) if names else ("holders_unknown", {})
    raise may_not("needs_role", role=least, own=role, holders=str(cannot(known[0], **known[1])))


def at_present(conn: sqlite3.Connection, by: Member) -> Member:
    """Return `by` with the role that they have now."""
    if by.configured is None:
        return by
    return replace(by, role=highest((by.configured, _given(conn, by.workspace, by.key))))


def named(name: str) -> str:
    """Return a person's name as it is kept: on one line, and not too long."""
    return tidy(storable(name))[:MOST_NAME] or "?"


def reasoned(reason: str | None, *, most: int = LONGEST_REASON) -> str:
    """Return a reason as it is kept, in at most `most` characters.

    Raises:
        BadInputError: There is none, or it is too long.
    """
    text = tidy(storable(reason or ""))
    if not text:
        raise cannot("reason")
    if len(text) > most:
        raise cannot("reason_long", length=str(len(text)), most=str(most))
    return text


def _given(conn: sqlite3.Connection, workspace: str, key: str) -> Role:
    query = "SELECT role FROM member WHERE workspace = ? AND member = ?"
    row = conn.execute(query, (workspace, storable(key))).fetchone()
    return Role(row["role"]) if row else Role.READER
