"""People and steps for tests of keeping the ledger."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from bot.claims import Claim
from bot.moderation.members import Member, Role
from bot.moderation.proposals import Proposal
from bot.statements import State
from bot.store.moderation import Approved, Moderation
from tests.entries import claim, statement

HOME = "home"


def member(name: str, role: Role, workspace: str = HOME) -> Member:
    """Return somebody of a workspace with a role that the configuration gives."""
    key = f"slack:T{workspace}:U{name.upper()}"
    return Member(workspace=workspace, key=key, name=name.title(), role=role, configured=role)


READER = member("rae", Role.READER)
ANA = member("ana", Role.CONTRIBUTOR)
CLEO = member("cleo", Role.CONTRIBUTOR)
BEN = member("ben", Role.REVIEWER)
BO = member("bo", Role.REVIEWER)
MO = member("mo", Role.MODERATOR)
ADA = member("ada", Role.ADMIN)
FAR = member("far", Role.ADMIN, "away")


def entry(key: str = "bridge", **changes: Any) -> Claim:
    """Return an entry as a form hands it over: nothing in it vetted, its one statement called after it."""
    said = statement(id=f"s-{key}" if key != "bridge" else "s-1", about=None, state=State.DRAFT)
    given = {"id": key, "state": State.DRAFT, "statements": (said,), "last_reviewed_on": None}
    return claim(**(given | changes))


async def submitted(moderation: Moderation, by: Member, claim: Claim, **given: Any) -> Proposal:
    """Begin a proposal on the newest revision and hand it in."""
    if "base" not in given:
        held = await moderation.held(by.workspace, claim.id)
        given["base"] = held[0] if held else 0
    begun = await moderation.begin(by, claim, **given)
    return await moderation.submit(by, begun.id, "as told by the council")


async def vetted(
    moderation: Moderation, claim: Claim, *, by: Member = ANA, approver: Member = BEN, **given: Any
) -> Approved:
    """Take a claim all the way to readers."""
    proposal = await submitted(moderation, by, claim, **given)
    return await moderation.approve(approver, proposal.id, two_person=True)


def rows(path: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what a query of the ledger's file gives, past our own code."""
    conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return conn.execute(query, values).fetchall()
    finally:
        conn.close()
