"""Who acts on Slack: the name that Slack gives with each act, and the user groups that somebody is in.

Only groups that have a role by the configuration are looked at, each at most once in some minutes.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.questions import Place
from handlers.moderating.deeds import Actor
from handlers.slack.refusals import CALL_ERRORS, fault

log = logging.getLogger(__name__)

FRESH: Final = 300.0
"""Seconds for which Slack's word on a group is taken; whoever leaves it has its role for so long."""
SORRY: Final = 30.0
"""Seconds until a group is asked for again that Slack did not tell about."""
_MOST_NAMES: Final = 10_000


class People:
    """Who acts. `groups` are the ids of the user groups that have a role; `clock` is seconds."""

    def __init__(
        self, client: AsyncWebClient, groups: Sequence[str], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._groups = tuple(groups)
        self._clock = clock
        self._held: dict[str, tuple[float, frozenset[str]]] = {}
        self._names: dict[str, str] = {}
        self._asking = asyncio.Lock()

    async def actor(self, place: Place, person: str, name: str | None = None) -> Actor:
        """Return who acts as `person`; without `name`, as they were called last."""
        if name:
            if len(self._names) >= _MOST_NAMES:
                self._names.clear()
            self._names[person] = name
        return Actor(
            place=place,
            person=person,
            name=self._names.get(person, person),
            groups=await self.groups(person),
        )

    async def groups(self, person: str) -> tuple[str, ...]:
        """Return the ids of the groups with a role that `person` is in, as far as Slack tells."""
        return tuple([each for each in self._groups if person in await self._members(each)])

    async def _members(self, group: str) -> frozenset[str]:
        async with self._asking:
            until, members = self._held.get(group, (0.0, frozenset()))
            if self._clock() < until:
                return members
            try:
                found = await self._client.usergroups_users_list(usergroup=group)
            except CALL_ERRORS as error:
                # Nobody gets a role by what could not be seen.
                log.warning("the user group %s could not be read: %s", group, fault(error).kind)
                self._held[group] = (self._clock() + SORRY, frozenset())
                return frozenset()
            users: Any = found.get("users") or ()
            members = frozenset(map(str, users))
            self._held[group] = (self._clock() + FRESH, members)
            return members


def name_of(user: Mapping[str, Any]) -> str | None:
    """Return what Slack calls the person of an interaction."""
    return str(user.get("name") or user.get("username") or "") or None
