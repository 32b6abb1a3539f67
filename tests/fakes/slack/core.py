"""The running fake: it opens the port, holds team, sockets and site together, and waits with a deadline."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from aiohttp import web

from tests.fakes.slack.faults import Faults
from tests.fakes.slack.records import Ephemeral, Message, OpenView, Refused, Response
from tests.fakes.slack.serving import Site
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.sockets import Delivery, Disconnect, Sockets
from tests.fakes.slack.workspace import ALL_SCOPES, Workspace

T = TypeVar("T")

GENERAL: Final = "C0GENERAL"
ASKER: Final = "U0ASKER"
POLL_SECONDS: Final = 0.02


class Core:
    """The fake without its drivers; see `FakeSlack`."""

    def __init__(
        self,
        *,
        scopes: Collection[str] = ALL_SCOPES,
        deep: bool = True,
        ack_seconds: float = 3.0,
        retry_delays: Sequence[float] = (0.05, 0.2, 0.5),
        trigger_seconds: float = 3.0,
        port: int = 0,
    ) -> None:
        self.space = Workspace(scopes=frozenset(scopes), deep=deep, trigger_seconds=trigger_seconds)
        self.sockets = Sockets(
            self.space.app, self.space.violations, ack_seconds=ack_seconds, retry_delays=retry_delays
        )
        self.bot_token = f"xoxb-{secrets.token_hex(8)}"
        self.app_token = f"xapp-1-{secrets.token_hex(8)}"
        self.site = Site(
            space=self.space, sockets=self.sockets, bot_token=self.bot_token, app_token=self.app_token
        )
        self.api_url = ""
        self._port = port
        self._runner: web.ServerRunner | None = None
        self._waiters: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self.space.changed = self.sockets.changed = self._changed
        for user in (self.space.bot_user, ASKER, "U0OTHER", "U0MODERATOR"):
            self.space.add_user(user)
        self.space.add_channel(GENERAL, name="general")
        self.space.add_channel("C0NEWS", name="news")

    async def __aenter__(self) -> Self:
        """Open the port."""
        self._runner = web.ServerRunner(
            web.Server(self.site.handle, access_log=None), shutdown_timeout=1.0, handle_signals=False
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.space.base_url = f"http://{host}:{port}/"
        self.api_url = f"{self.space.base_url}api/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every socket and the port."""
        await self.sockets.close()
        for _, waiting in self._waiters:
            waiting.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def team(self) -> str:
        """Id of the team."""
        return self.space.team

    @property
    def bot_user(self) -> str:
        """User id of the bot."""
        return self.space.bot_user

    @property
    def messages(self) -> list[Message]:
        """All that the bot posted, in order, as it stands now; what was deleted is marked."""
        return self.space.messages

    @property
    def ephemerals(self) -> list[Ephemeral]:
        """All that the bot showed to one person."""
        return self.space.ephemerals

    @property
    def views(self) -> list[OpenView]:
        """All modals and Home tabs."""
        return self.space.views

    @property
    def responses(self) -> list[Response]:
        """All accepted posts to response URLs."""
        return self.space.responses

    @property
    def statuses(self) -> list[Json]:
        """All calls of `assistant.threads.setStatus` that were accepted."""
        return self.space.statuses

    @property
    def violations(self) -> list[str]:
        """What only a mistake in the program can cause; a test asserts that it is empty."""
        return self.space.violations

    @property
    def refused(self) -> list[Refused]:
        """Every request that was answered with an error, a fault on demand not counted."""
        return self.site.refused

    @property
    def calls(self) -> Counter[str]:
        """How often each method was called; `respond` counts the posts to response URLs."""
        return self.site.calls

    @property
    def faults(self) -> Faults:
        """The faults to come: a deque of `Fault`s or a function from a `Call`."""
        return self.site.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self.site.faults = faults

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self.sockets.connections)

    def replies_to(self, ts: str) -> list[Message]:
        """Return the bot's replies in the thread of `ts` that stand."""
        return self.space.replies_to(ts)

    def _changed(self) -> None:
        if not self._waiters:
            return
        still: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        for check, waiting in self._waiters:
            if waiting.done():
                continue
            if found := check():
                waiting.set_result(found)
            else:
                still.append((check, waiting))
        self._waiters = still

    async def wait_until(self, check: Callable[[], T], timeout: float = 30.0) -> T:
        """Wait until `check()` is true and return what it returned; it is asked at every change.

        What changes on the other side of the socket is seen too, some hundredths of a second later.

        Raises:
            TimeoutError: after `timeout` seconds, with what has come so far.
        """
        if found := check():
            return found
        waiting: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiters.append((check, waiting))
        try:
            async with asyncio.timeout(timeout):
                while not waiting.done():
                    await asyncio.wait([waiting], timeout=POLL_SECONDS)
                    self._changed()
                return waiting.result()
        except TimeoutError:
            raise TimeoutError(
                f"waited {timeout} s; {len(self.messages)} messages, {len(self.ephemerals)} ephemerals, "
                f"{len(self.views)} views, {len(self.responses)} responses, {self.connections} connections, "
                f"{len(self.sockets.deliveries)} envelopes under way, refused {self.refused[-3:]}, "
                f"violations {self.violations[-3:]}; last: {[each.text for each in self.messages[-3:]]}"
            ) from None

    async def wait_for_message(
        self, wanted: Callable[[Message], bool] | int = 1, timeout: float = 30.0
    ) -> Message:
        """Wait for a message of the bot and return it.

        Args:
            wanted: the number of messages that must have been posted (the last of them is returned), or
                what must be true of one.
            timeout: seconds.
        """
        if isinstance(wanted, int):
            count = wanted
            await self.wait_until(lambda: len(self.messages) >= count, timeout)
            return self.messages[count - 1]
        fits = wanted
        seen = 0

        def find() -> Message | None:
            nonlocal seen
            # An edit may make a message fit that did not, so the whole list is read again at an edit only.
            fresh, seen = self.messages[seen:], len(self.messages)
            return next((each for each in fresh or self.messages if fits(each)), None)

        found = await self.wait_until(find, timeout)
        assert found is not None
        return found

    async def wait_for_ephemeral(self, count: int = 1, timeout: float = 30.0) -> Ephemeral:
        """Wait until so many ephemeral messages were shown, and return the last of them."""
        await self.wait_until(lambda: len(self.ephemerals) >= count, timeout)
        return self.ephemerals[count - 1]

    async def wait_for_view(self, count: int = 1, timeout: float = 30.0) -> OpenView:
        """Wait until so many views were opened, and return the last of them."""
        await self.wait_until(lambda: len(self.views) >= count, timeout)
        return self.views[count - 1]

    async def wait_connected(self, count: int = 1, timeout: float = 30.0) -> None:
        """Wait until so many sockets are open."""
        await self.wait_until(lambda: self.connections >= count, timeout)

    async def wait_settled(self, timeout: float = 30.0) -> None:
        """Wait until no envelope is under way."""
        await self.wait_until(lambda: not self.sockets.deliveries, timeout)

    async def disconnect(
        self, reason: Disconnect = Disconnect.REFRESH, *, close_after: float | None = 0.5
    ) -> None:
        """Say on every connection that it will be closed; close it after so many seconds, or never."""
        await self.sockets.disconnect(reason, close_after=close_after)

    def drop(self, most: int | None = None) -> int:
        """Break connections without a word, at most so many; return how many it were."""
        return self.sockets.drop(most)

    def advance(self, seconds: float) -> None:
        """Let time pass for trigger ids and response URLs."""
        before = self.space.clock
        self.space.clock = lambda: before() + seconds

    def _send(
        self,
        kind: str,
        payload: Json,
        *,
        attempt: int = 0,
        reason: str | None = None,
        on_ack: Callable[[Json], None] | None = None,
    ) -> Delivery:
        return self.sockets.send(
            Delivery(
                kind=kind,
                payload=payload,
                answerable=kind != "events_api",
                first_attempt=attempt,
                reason=reason,
                on_ack=on_ack,
            )
        )
