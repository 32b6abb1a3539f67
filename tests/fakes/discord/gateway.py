"""The gateway: sessions that are told of events in order, lost sockets that are resumed, and its refusals."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

from tests.fakes.discord.links import REASONS, Closed, Link
from tests.fakes.discord.world import (
    GUILD_MEMBERS,
    GUILDS,
    MESSAGE_CONTENT,
    PRIVILEGED,
    Event,
    Refusal,
    World,
)

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11
)  # fmt: skip
ALL_INTENTS: Final = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
REMEMBERED: Final = 20_000
"""Events that a session keeps for a resume."""
ILL_FORMED: Final = frozenset(REASONS) - {4004, 4014}


@dataclass(eq=False)
class Session:
    """What a client identified as; it outlives its socket, so that the client can come back to it."""

    id: str
    intents: int
    shard: tuple[int, int]
    link: Link | None = None
    sequence: int = 0
    resumed: int = 0
    log: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def tell(self, name: str, data: Any) -> None:
        """Tell of an event, now or when the client resumes."""
        self.sequence += 1
        frame = json.dumps({"op": DISPATCH, "t": name, "s": self.sequence, "d": data})
        self.log.append((self.sequence, frame))
        if self.link is not None:
            self.link.put(frame)

    def hears(self, event: Event) -> bool:
        """Return whether the event is for this session, by its intents and its shard."""
        if event.intents and not event.intents & self.intents:
            return False
        number, count = self.shard
        return number == (0 if event.guild is None else (event.guild >> 22) % count)


class Gateway:
    """All sessions. `heartbeat` is the interval in seconds; with `acks` False heartbeats go unanswered."""

    def __init__(self, world: World, *, heartbeat: float = 41.25) -> None:
        self._world = world
        self.heartbeat = heartbeat
        self.acks = True
        self.url = ""
        self.refusing = 0
        """How many of the next handshakes are refused with 503."""
        self.handshakes = 0
        self.identifies = 0
        self.sessions: dict[str, Session] = {}
        self.links: set[Link] = set()
        world.tell = self.tell

    @property
    def connected(self) -> list[Session]:
        """Return the sessions that have a socket."""
        return [session for session in self.sessions.values() if session.link is not None]

    def tell(self, event: Event) -> None:
        """Tell an event to every session that it is for."""
        for session in self.sessions.values():
            if session.hears(event):
                full = event.withheld is None or session.intents & MESSAGE_CONTENT
                session.tell(event.name, event.data if full else event.withheld)

    def raw(self, frame: str) -> None:
        """Send a frame as it is, well-formed or not, over every connection."""
        for session in self.connected:
            if session.link is not None:
                session.link.put(frame)

    def drop(self, code: int | None = None) -> int:
        """Cut every connection, or close it with `code`; the sessions can be resumed. Return how many."""
        cut = self.connected
        for session in cut:
            if session.link is not None:
                session.link.cut() if code is None else session.link.close(code)
            session.link = None
        return len(cut)

    def stop(self) -> None:
        """Cut every socket, also of those that never identified."""
        for link in list(self.links):
            link.cut()

    def ask_to_reconnect(self) -> None:
        """Send op 7: the client comes back and resumes."""
        for session in self.connected:
            if session.link is not None:
                session.link.op(RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9; unless `resumable`, the client has to identify anew."""
        for session in self.connected:
            if session.link is not None:
                session.link.op(INVALID, resumable)
            if not resumable:
                del self.sessions[session.id]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection from HELLO to its end."""
        self.handshakes += 1
        if self.refusing:
            self.refusing -= 1
            return web.Response(status=503, text="no gateway here")
        socket = web.WebSocketResponse(timeout=2.0, max_msg_size=16_384, compress=False)
        await socket.prepare(request)
        link = Link(socket, request.transport, compress=request.query.get("compress") == "zlib-stream")
        self.links.add(link)
        writer = asyncio.create_task(link.write())
        try:
            if request.query.get("v") != "10" or request.query.get("encoding", "json") != "json":
                raise Closed(4012)  # noqa: TRY301 - one way to refuse
            link.op(HELLO, {"heartbeat_interval": int(self.heartbeat * 1000), "_trace": []})
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._receive(link, message.data)
        except Closed as closed:
            self._refuse(closed.code)
            link.close(closed.code)
            await writer
        finally:
            self._leave(link)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
            self._world.bell.ring()
        return socket

    def _leave(self, link: Link) -> None:
        self.links.discard(link)
        session = self.sessions.get(link.session_id or "")
        if session is None or session.link is not link:
            return
        session.link = None
        if link.socket.close_code in (1000, 1001) and not link.closing:
            # A client that closes so says that it will not come back.
            self.sessions.pop(session.id, None)

    def _refuse(self, code: int) -> None:
        refusal = Refusal("gateway", code, REASONS[code])
        self._world.refusals.append(refusal)
        if code in ILL_FORMED:
            self._world.violations.append(refusal)

    def _receive(self, link: Link, data: str | bytes) -> None:
        if link.sends_too_much():
            raise Closed(4008)
        try:
            frame = json.loads(data)
            op, body = frame["op"], frame.get("d")
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Closed(4002) from None
        if op == HEARTBEAT:
            if self.acks:
                link.op(ACK)
        elif op == IDENTIFY:
            self._identify(link, body)
        elif op == RESUME:
            self._resume(link, body)
        elif link.session_id is None:
            raise Closed(4003)
        elif op == MEMBERS:
            self._members(self.sessions[link.session_id], body)
        elif op not in (PRESENCE, VOICE):
            raise Closed(4001)

    def _identify(self, link: Link, body: Any) -> None:
        if link.session_id is not None:
            raise Closed(4005)
        if not isinstance(body, dict) or not isinstance(body.get("properties"), dict):
            raise Closed(4002)
        if body.get("token") != self._world.token:
            raise Closed(4004)
        intents, shard = body.get("intents"), body.get("shard", [0, 1])
        if isinstance(intents, bool) or not isinstance(intents, int) or intents & ~ALL_INTENTS or intents < 0:
            raise Closed(4013)
        if intents & PRIVILEGED & ~self._world.granted:
            raise Closed(4014)
        if not isinstance(shard, list) or len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            raise Closed(4010)
        self.identifies += 1
        session = Session(secrets.token_hex(16), intents, (shard[0], shard[1]), link)
        link.session_id = session.id
        self.sessions[session.id] = session
        self._ready(session)
        self._world.bell.ring()

    def _ready(self, session: Session) -> None:
        world = self._world
        mine = session.hears(Event("", None, guild=world.guild.id))
        ready = {
            "v": 10,
            "user": world.bot.payload() | {"verified": True, "mfa_enabled": False, "flags": 0},
            "guilds": [{"id": str(world.guild.id), "unavailable": True}] if mine else [],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": str(world.application), "flags": 0},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "user_settings": {},
            "geo_ordered_rtc_regions": [],
            "_trace": [],
        }
        session.tell("READY", ready)
        if mine and session.intents & GUILDS:
            everyone = bool(session.intents & GUILD_MEMBERS)
            session.tell("GUILD_CREATE", world.guild.created(world.bot, everyone=everyone))

    def _resume(self, link: Link, body: Any) -> None:
        if link.session_id is not None:
            raise Closed(4005)
        if not isinstance(body, dict) or body.get("token") != self._world.token:
            raise Closed(4004)
        session = self.sessions.get(str(body.get("session_id")))
        last = body.get("seq")
        if session is None:
            link.op(INVALID, data=False)
            return
        if not isinstance(last, int) or last > session.sequence:
            raise Closed(4007)
        if session.log and session.log[0][0] > last + 1:
            link.op(INVALID, data=False)
            return
        if session.link is not None:
            session.link.close(4000)
        link.session_id, session.link = session.id, link
        session.resumed += 1
        for sequence, frame in session.log:
            if sequence > last:
                link.put(frame)
        session.tell("RESUMED", {"_trace": []})
        self._world.bell.ring()

    def _members(self, session: Session, body: Any) -> None:
        """Answer a client that asks for members: by id always, by name or all of them with the intent."""
        world = self._world
        wanted = body.get("user_ids") or []
        wanted = {str(one) for one in (wanted if isinstance(wanted, list) else [wanted])}
        people = [user for user in world.guild.members if not wanted or str(user.id) in wanted]
        if not wanted and not session.intents & GUILD_MEMBERS:
            raise Closed(4014)
        chunk = {
            "guild_id": str(world.guild.id),
            "members": [user.member() for user in people],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(wanted - {str(user.id) for user in people}),
            "nonce": body.get("nonce"),
        }
        session.tell("GUILD_MEMBERS_CHUNK", chunk)
