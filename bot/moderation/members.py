"""Members: who has a role in a workspace, and what each role may do."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from bot.records import record

_PARTS: Final = 3
"""Of the key of a member of a platform: the platform, its team or server, and the person's id there."""


class Role(StrEnum):
    """What somebody is to a workspace; each one may do what those before it may."""

    READER = "reader"
    """Looks things up. Everybody is one."""
    CONTRIBUTOR = "contributor"
    """Proposes entries."""
    REVIEWER = "reviewer"
    """Approves what others propose, or asks for changes."""
    MODERATOR = "moderator"
    """Withdraws, merges, relates, takes disputes; says that somebody did not respond."""
    ADMIN = "admin"
    """Gives roles."""

    @property
    def rank(self) -> int:
        """The place in the order, from 0."""
        return list(Role).index(self)


@record
class Member:
    """Somebody in a workspace, as their platform named them at the moment of acting.

    `key` is `PLATFORM:TENANT:ID`, or `terminal:NAME` for the person at the keyboard; the two-person rule
    goes by it (`is_same_person`). `name` is for people to read. `configured` is the role that the
    configuration alone gives, where that is known: a role that was given by command counts as it stands at
    the moment of acting, so whoever lost it in between cannot act on it.
    """

    workspace: str
    key: str
    name: str
    role: Role = Role.READER
    configured: Role | None = None

    def may(self, least: Role) -> bool:
        """Say whether this member has the role `least` or a higher one."""
        return self.role.rank >= least.rank


def is_same_person(one: str, other: str) -> bool:
    """Say whether two keys of members are one user of one platform, in whichever team or server."""
    first, second = one.split(":"), other.split(":")
    return one == other or (len(first) == len(second) == _PARTS and first[::2] == second[::2])


def highest(roles: Iterable[Role]) -> Role:
    """Return the highest of `roles`; a reader's where there is none."""
    return max(roles, key=lambda role: role.rank, default=Role.READER)
