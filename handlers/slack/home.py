"""The Home tab of the app: what waits for whoever opens it, published anew after each deed of theirs."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.wording import catalogue
from handlers.hands import Hands
from handlers.moderating import deeds
from handlers.outcomes import Board
from handlers.replies import DEADLINE
from handlers.services import Services
from handlers.slack import boards
from handlers.slack.decoding import place
from handlers.slack.people import People
from handlers.slack.refusals import CALL_ERRORS, fault

log = logging.getLogger(__name__)

_MOST: Final = 5_000
"""People whose Home tab is kept fresh; of more, those who opened it last."""


class Homes:
    """Publishes Home tabs. Of one person one is made at a time, so that none overtakes a newer one."""

    def __init__(
        self, services: Services, client: AsyncWebClient, people: People, hands: Hands, *, team: str
    ) -> None:
        self._services = services
        self._client = client
        self._people = people
        self._hands = hands
        self._team = team
        self._pages: OrderedDict[str, int] = OrderedDict()
        """The page that each person saw last."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    def opened(self, person: str) -> None:
        """Publish the first page for somebody who opened the tab."""
        self.turned(person, 0)

    def turned(self, person: str, page: int) -> None:
        """Publish the page `page` (from 0) for somebody who asked for it."""
        self._pages[person] = page
        self._pages.move_to_end(person)
        if len(self._pages) > _MOST:
            self._pages.popitem(last=False)
        self._start(person)

    def refresh(self, person: str) -> None:
        """Publish the page that somebody saw last anew; nothing for those who never opened the tab."""
        if person in self._pages:
            self._start(person)

    def _start(self, person: str) -> None:
        if person in self._tasks:
            self._again.add(person)
        elif self._hands.open:
            self._tasks[person] = asyncio.create_task(self._publish(person))

    async def _publish(self, person: str) -> None:
        with self._hands.holding():
            try:
                while True:
                    self._again.discard(person)
                    await self._published(person)
                    if person not in self._again:
                        break
            finally:
                self._again.discard(person)
                del self._tasks[person]

    async def _published(self, person: str) -> None:
        board = await self._board(person)
        try:
            await self._client.api_call("views.publish", json={"user_id": person, "view": boards.home(board)})
        except CALL_ERRORS as error:
            log.warning("a Home tab could not be published: %s", fault(error).kind)

    async def _board(self, person: str) -> Board:
        try:
            actor = await self._people.actor(place(self._team, ""), person)
            async with asyncio.timeout(DEADLINE):
                return await deeds.home(self._services, actor, self._pages.get(person, 0))
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("a Home tab could not be made", extra={"ref": reference})
            return boards.said(catalogue().say("press.failed", reference=reference))
