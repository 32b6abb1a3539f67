"""Socket Mode: tickets, open connections, envelopes and their acknowledgements, redelivery."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from aiohttp import WSMsgType, web

from tests.fakes.slack.shapes import Json

MOST_CONNECTIONS: Final = 10
"""Of one app at a time."""


class Disconnect(StrEnum):
    """Why Slack says that it will close a connection."""

    REFRESH = "refresh_requested"
    WARNING = "warning"
    LINK_DISABLED = "link_disabled"
    TOO_MANY = "too_many_websockets"


@dataclass(slots=True, eq=False)
class Connection:
    """One open socket, and the deliveries on it that wait for an ack."""

    socket: web.WebSocketResponse
    request: web.BaseRequest
    waiting: set[Delivery] = field(default_factory=set)
    sent: int = 0
    pongs: int = 0

    def cut(self) -> None:
        """Break the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass(slots=True, eq=False, kw_only=True)
class Delivery:
    """One envelope on its way: what it carries, how often it was sent, and the ack."""

    kind: str
    payload: Json
    answerable: bool
    first_attempt: int = 0
    reason: str | None = None
    attempts: int = 0
    acked: bool = False
    answer: Json = field(default_factory=dict)
    on_ack: Callable[[Json], None] | None = None
    """Called with what the ack carried, at once, so that its effect comes before that of later requests."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it was acked or given up."""
    stirred: asyncio.Event = field(default_factory=asyncio.Event)


class Sockets:
    """The sockets of the app.

    Args:
        app: id of the app.
        violations: where a breach of the protocol is noted.
        ack_seconds: how long an envelope waits for its ack.
        retry_delays: seconds before each redelivery of an event; afterwards it is given up.
    """

    def __init__(
        self, app: str, violations: list[str], *, ack_seconds: float, retry_delays: Sequence[float]
    ) -> None:
        self.app = app
        self.violations = violations
        self.ack_seconds = ack_seconds
        self.retry_delays = retry_delays
        self.connections: list[Connection] = []
        self.deliveries: set[Delivery] = set()
        """Those under way."""
        self.given_up: list[Delivery] = []
        self.refuse_next_handshakes = 0
        self.drop_every: int | None = None
        """Break the connection right after every so many envelopes."""
        self.answer_pings = True
        self.refused_handshakes = 0
        self.handshakes = 0
        self.changed: Callable[[], None] = lambda: None
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._envelopes: dict[str, Delivery] = {}
        self._acked: deque[str] = deque(maxlen=100_000)
        self._turn = 0
        self._sent = 0
        self._opened = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def new_ticket(self) -> str:
        """Return a ticket for one handshake."""
        ticket = f"ticket-{next(self._numbers)}"
        self._tickets.add(ticket)
        return ticket

    async def accept(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one socket until it closes; a used, unknown or unwelcome ticket is refused."""
        ticket = request.query.get("ticket", "")
        if self.refuse_next_handshakes > 0 or ticket not in self._tickets:
            self.refuse_next_handshakes = max(0, self.refuse_next_handshakes - 1)
            self.refused_handshakes += 1
            self._tickets.discard(ticket)
            return web.Response(status=408, text="ticket refused")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False, compress=False, timeout=1.0)
        await socket.prepare(request)
        self.handshakes += 1
        connection = Connection(socket, request)
        try:
            if len(self.connections) >= MOST_CONNECTIONS:
                await self._say(connection, self._farewell(Disconnect.TOO_MANY))
                await socket.close()
                return socket
            await self._say(connection, self._hello())
            self.connections.append(connection)
            self._opened.set()
            self.changed()
            await self._listen(connection)
        finally:
            self._lost(connection)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections) + 1,
            "debug_info": {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self.app},
        }

    def _farewell(self, reason: Disconnect) -> Json:
        return {"type": "disconnect", "reason": reason.value, "debug_info": {"host": "applink-local"}}

    async def _say(self, connection: Connection, frame: Json) -> bool:
        """Send a frame; False where the connection was gone."""
        try:
            await connection.socket.send_str(json.dumps(frame))
        except (ConnectionError, RuntimeError):
            return False
        return True

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type is WSMsgType.TEXT:
                self._hear(str(frame.data))
            elif frame.type is WSMsgType.PING:
                if self.answer_pings:
                    await connection.socket.pong(frame.data)
            elif frame.type is WSMsgType.PONG:
                connection.pongs += 1
            else:
                self.violations.append(f"a socket frame of type {frame.type.name}")

    def _hear(self, text: str) -> None:
        try:
            ack = json.loads(text)
            envelope = ack["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self.violations.append(f"a frame that is no ack: {text[:100]}")
            return
        delivery = self._envelopes.pop(envelope, None)
        if delivery is None:
            if envelope not in self._acked:
                self.violations.append(f"an ack for an unknown envelope: {envelope}")
            return
        self._acked.append(envelope)
        answer = ack.get("payload")
        if answer and not delivery.answerable:
            self.violations.append(f"the ack of {delivery.kind} carries a payload")
        if not delivery.acked:
            delivery.acked, delivery.answer = True, answer or {}
            if delivery.on_ack is not None:
                delivery.on_ack(delivery.answer)
            delivery.stirred.set()

    def _lost(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        if not self.connections:
            self._opened.clear()
        for delivery in connection.waiting:
            delivery.stirred.set()
        self.changed()

    def send(self, delivery: Delivery) -> Delivery:
        """Begin to deliver, and return at once."""
        self.deliveries.add(delivery)
        self.start(self._deliver(delivery))
        return delivery

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a piece of work that ends with the fake."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        """Send until acked: an event as often as there are delays, anything else once."""
        delays = (0.0, *self.retry_delays) if delivery.kind == "events_api" else (0.0,)
        attempt, reason = delivery.first_attempt, delivery.reason
        for delay in delays:
            if delay:
                await asyncio.sleep(delay)
            if not delivery.acked:
                reason = await self._attempt(delivery, attempt, reason)
                attempt += 1
            if delivery.acked:
                break
        else:
            self.given_up.append(delivery)
        delivery.done.set()
        self.deliveries.discard(delivery)
        self.changed()

    async def _attempt(self, delivery: Delivery, attempt: int, reason: str | None) -> str:
        """Send once, as soon as a connection is open, and wait; return why it was in vain, if it was."""
        envelope = f"e-{next(self._numbers)}"
        frame: Json = {
            "envelope_id": envelope,
            "type": delivery.kind,
            "accepts_response_payload": delivery.answerable,
            "payload": delivery.payload,
        }
        if delivery.kind == "events_api":
            frame |= {"retry_attempt": attempt, "retry_reason": reason or ""}
        self._envelopes[envelope] = delivery
        delivery.stirred.clear()
        while True:
            connection = await self._next()
            connection.waiting.add(delivery)
            if await self._say(connection, frame):
                break
            connection.waiting.discard(delivery)
            self._lost(connection)
        delivery.attempts += 1
        connection.sent += 1
        self._sent += 1
        if self.drop_every and self._sent % self.drop_every == 0:
            connection.cut()
        try:
            async with asyncio.timeout(self.ack_seconds):
                await delivery.stirred.wait()
        except TimeoutError:
            return "timeout"
        finally:
            connection.waiting.discard(delivery)
        return "connection_failed"

    async def _next(self) -> Connection:
        """Return the connection whose turn it is, as soon as one is open."""
        while not self.connections:
            await self._opened.wait()
        self._turn += 1
        return self.connections[self._turn % len(self.connections)]

    async def disconnect(self, reason: Disconnect, *, close_after: float | None = 0.5) -> None:
        """Say on every connection that it will be closed; close it after so many seconds, or never."""
        for connection in list(self.connections):
            await self._say(connection, self._farewell(reason))
            if close_after is not None:
                self.start(self._close_later(connection, close_after))

    async def _close_later(self, connection: Connection, seconds: float) -> None:
        if connection in self.connections:
            # From here on nothing new goes this way: the client opens another.
            self.connections.remove(connection)
        await asyncio.sleep(seconds)
        await connection.socket.close()

    def drop(self, most: int | None = None) -> int:
        """Break connections without a word, at most so many; return how many it were."""
        gone = self.connections[:most]
        for connection in gone:
            connection.cut()
        return len(gone)

    async def ping(self) -> None:
        """Send a ping on every connection."""
        for connection in list(self.connections):
            await connection.socket.ping(b"slack-local")

    async def close(self) -> None:
        """End all work and close every socket."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in list(self.connections):
            await connection.socket.close(code=1001)
