"""Deeds: every action on the ledger, the least role that it takes, and its text on a button.

The one table of permissions: what a command, a button or a form asks for is looked up here at the moment
at which it is carried out, and the role matrix in the docs is printed from it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from bot.moderation.members import Role
from bot.records import record

_MARK: Final = "cm"
_PARTS: Final = 4


class Deed(StrEnum):
    """What can be done."""

    # Anybody.
    PRIVACY = "privacy"
    """Read what is stored about oneself."""
    FORGET = "forget"
    """Have it removed."""
    # Contributors.
    ADD = "add"
    """Begin a new entry."""
    DRAFT = "draft"
    """Have drafts made from an article, and take or leave one."""
    EDIT = "edit"
    """Propose a change of an entry, or go on with one's own draft."""
    STATEMENT = "statement"
    """Add a statement to one's own draft, or change one."""
    DRAFTS = "drafts"
    """List one's own drafts."""
    SUBMIT = "submit"
    """Hand one's own draft in for review."""
    DISCARD = "discard"
    """Give one's own draft up."""
    ASK = "ask"
    """Note whom one asked for a response."""
    OUTCOME = "outcome"
    """Note what came of it."""
    UNDO = "undo"
    """Take back what one did within the last ten minutes."""
    # Reviewers.
    QUEUE = "queue"
    """List what waits."""
    REVIEW = "review"
    """See what a proposal would change."""
    APPROVE = "approve"
    """Vet a proposal."""
    CHANGES = "changes"
    """Send a proposal back with a reason."""
    DECLINE = "decline"
    """Refuse a proposal, with a reason."""
    KEEP = "keep"
    """Say that a stale entry still stands."""
    SETTLE = "settle"
    """Close a reported problem."""
    DROP = "drop"
    """Take an unanswered claim off the queue."""
    # Moderators.
    NO_RESPONSE = "no-response"
    """Say that somebody who was asked did not respond."""
    WITHDRAW = "withdraw"
    """Hide an entry at once, with a reason."""
    REVERT = "revert"
    """Propose an entry as it stood at an earlier revision."""
    MERGE = "merge"
    """Make one claim, or one speaker, of two."""
    RELATE = "relate"
    """Say how one claim stands to another."""
    DISPUTE = "dispute"
    """Note a complaint or a legal notice, and freeze the entry if need be."""
    RESOLVE = "resolve"
    """Close a dispute with its outcome."""
    MUTE = "mute"
    """Keep somebody from asking for a while."""
    DISMISS = "dismiss"
    """Take away a reply that somebody else asked for."""
    # Admins.
    ROLES = "roles"
    """Give somebody a role; without a name, list who has which."""


LEAST: Final = {
    Deed.PRIVACY: Role.READER,
    Deed.FORGET: Role.READER,
    Deed.ADD: Role.CONTRIBUTOR,
    Deed.DRAFT: Role.CONTRIBUTOR,
    Deed.EDIT: Role.CONTRIBUTOR,
    Deed.STATEMENT: Role.CONTRIBUTOR,
    Deed.DRAFTS: Role.CONTRIBUTOR,
    Deed.SUBMIT: Role.CONTRIBUTOR,
    Deed.DISCARD: Role.CONTRIBUTOR,
    Deed.ASK: Role.CONTRIBUTOR,
    Deed.OUTCOME: Role.CONTRIBUTOR,
    Deed.UNDO: Role.CONTRIBUTOR,
    Deed.QUEUE: Role.REVIEWER,
    Deed.REVIEW: Role.REVIEWER,
    Deed.APPROVE: Role.REVIEWER,
    Deed.CHANGES: Role.REVIEWER,
    Deed.DECLINE: Role.REVIEWER,
    Deed.KEEP: Role.REVIEWER,
    Deed.SETTLE: Role.REVIEWER,
    Deed.DROP: Role.REVIEWER,
    Deed.NO_RESPONSE: Role.MODERATOR,
    Deed.WITHDRAW: Role.MODERATOR,
    Deed.REVERT: Role.MODERATOR,
    Deed.MERGE: Role.MODERATOR,
    Deed.RELATE: Role.MODERATOR,
    Deed.DISPUTE: Role.MODERATOR,
    Deed.RESOLVE: Role.MODERATOR,
    Deed.MUTE: Role.MODERATOR,
    Deed.DISMISS: Role.MODERATOR,
    Deed.ROLES: Role.ADMIN,
}
"""The least role that each deed takes."""

COMMANDS: Final = (
    Deed.ADD, Deed.DRAFT, Deed.EDIT, Deed.DRAFTS, Deed.QUEUE, Deed.REVIEW, Deed.WITHDRAW, Deed.UNDO,
    Deed.REVERT, Deed.MERGE, Deed.RELATE, Deed.ASK, Deed.DISPUTE, Deed.MUTE, Deed.ROLES, Deed.PRIVACY,
    Deed.FORGET,
)  # fmt: skip
"""The deeds that are typed as `/claim VERB`; the others are buttons."""


@record
class Do:
    """A button that asks for a deed: `ref` says on what (an id), `page` (from 0) where in a list."""

    deed: Deed
    ref: str = ""
    page: int = 0


def encoded(do: Do) -> str:
    """Return the text that stands for a button: `cm:DEED:PAGE:REF`, at most 100 characters for ids of 64."""
    return ":".join((_MARK, do.deed.value, str(do.page), do.ref))


def decoded(text: str) -> Do | None:
    """Return the button that `text` stands for, or None where it is none of these."""
    parts = text.split(":", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != _MARK:
        return None
    _, deed, page, ref = parts
    if deed not in set(Deed) or not page.isascii() or not page.isdecimal():
        return None
    return Do(deed=Deed(deed), ref=ref, page=int(page))
