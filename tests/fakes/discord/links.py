"""One socket of the gateway: frames in order, compressed where the client asked for it, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import zlib
from collections import deque
from typing import Any, Final

from aiohttp import web

SENDS: Final = (120, 60.0)
"""What a client may send in so many seconds."""

REASONS: Final = {
    4001: "Unknown opcode.",
    4002: "Error while decoding payload.",
    4003: "Not authenticated.",
    4004: "Authentication failed.",
    4005: "Already authenticated.",
    4007: "Invalid seq.",
    4008: "Rate limited.",
    4010: "Invalid shard.",
    4012: "Invalid API version.",
    4013: "Invalid intent(s).",
    4014: "Disallowed intent(s).",
}


class Closed(Exception):  # noqa: N818 - a way out of the reading loop
    """The server ends the connection with a close code."""

    def __init__(self, code: int) -> None:
        super().__init__(REASONS[code])
        self.code = code


class Link:
    """One socket: frames leave in order through a queue, so that a slow reader holds nobody up."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, *, compress: bool
    ) -> None:
        self.socket, self.transport = socket, transport
        self.session_id: str | None = None
        self.closing = False
        self.sends: deque[float] = deque()
        self._deflate = zlib.compressobj(level=1) if compress else None
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()

    def sends_too_much(self) -> bool:
        """Count one frame received; return whether there were too many of late."""
        now = time.monotonic()
        self.sends.append(now)
        while self.sends[0] < now - SENDS[1]:
            self.sends.popleft()
        return len(self.sends) > SENDS[0]

    def put(self, frame: str) -> None:
        """Send a frame after those before it."""
        self._queue.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close with `code` after what is waiting to be sent."""
        self.closing = True
        self._queue.put_nowait(code)

    def op(self, op: int, data: Any = None) -> None:
        """Send something that is no event."""
        self.put(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def write(self) -> None:
        """Send what is put until the connection ends."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            while isinstance(frame := await self._queue.get(), str):
                if self._deflate is None:
                    await self.socket.send_str(frame)
                else:
                    data = self._deflate.compress(frame.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(data)
            await self.socket.close(code=int(frame), message=REASONS.get(int(frame), "").encode())

    def cut(self) -> None:
        """End the connection without a word, as a broken network does."""
        if self.transport is not None:
            self.transport.abort()
