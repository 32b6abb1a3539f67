"""Fetching one page that somebody names: from the public internet alone, within bounds of time and size.

The number that a name stands for is checked where the connection is opened to it, so a name that answers
otherwise the second time reaches nothing. No proxy, no cookies, no credentials, no referrer. What may be
fetched beyond the public internet is decided by whoever makes a `Fetcher`, in code, and by nothing else.
"""

from __future__ import annotations

import asyncio
import socket
import zlib
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from email.message import Message
from ipaddress import ip_address
from typing import Final, TypeAlias
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.dates import Day
from bot.errors import BadInputError
from bot.public_addresses import IPAddress, Target, is_public, target
from bot.records import record
from bot.sections import FetchingSection
from bot.wording import catalogue

SECONDS: Final = 10.0
"""For all together: names, connections, redirects, the body."""
MOST_BYTES: Final = 5_000_000
"""Of a body, as it is sent and after it is unpacked."""
MOST_REDIRECTS: Final = 5

TYPES: Final = ("text/html", "text/plain", "application/xhtml+xml", "application/pdf")

_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_CHUNK: Final = 65_536

Lets: TypeAlias = Callable[[IPAddress, int], bool]
"""Whether a connection to this number and port may be opened."""


@record
class Page:
    """What was fetched: where it stood in the end, its type, its character set as declared, its bytes."""

    url: str
    content_type: str
    charset: str | None
    body: bytes
    retrieved_on: Day


def public(number: IPAddress, port: int) -> bool:
    """Say whether a connection to `number` may be opened; the port was looked at in the address."""
    del port
    return is_public(number)


class Fetcher:
    """Fetches pages as `section` allows.

    `lets`, `ports` and `resolver` are for tests, which have their servers on this machine: what may be
    connected to, which ports may stand in an address, and what a name stands for. `seconds` is the time
    for all together.
    """

    def __init__(
        self,
        section: FetchingSection,
        *,
        lets: Lets = public,
        ports: Collection[int] = (),
        resolver: Callable[[], AbstractResolver] = aiohttp.ThreadedResolver,
        seconds: float = SECONDS,
    ) -> None:
        self._section = section
        self._lets = lets
        self._ports = ports
        self._resolver = resolver
        self._seconds = seconds

    async def page(self, url: str) -> Page:
        """Return the page at `url`.

        Raises:
            BadInputError: Nothing is fetched here, the address may not be, or what stands there cannot be
                used; one sentence says which.
        """
        if not self._section.enabled:
            raise _refused("off")
        at = self._target(url)
        try:
            async with asyncio.timeout(self._seconds), self._session() as session:
                return await self._followed(session, at)
        except TimeoutError:
            raise _refused("slow", seconds=f"{self._seconds:g}") from None
        except _ShutError:
            raise _refused("inside") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # The connector wraps what the resolver and the socket's maker raise.
            if _is_shut(error):
                raise _refused("inside") from None
            raise _refused("unreachable", host=at.host) from None

    def _target(self, url: str) -> Target:
        at = target(url, ports=self._ports, hosts=self._section.hosts)
        if at.number is not None and not self._lets(at.number, at.port):
            raise _refused("inside")
        return at

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=_Checked(self._resolver(), self._lets),
            use_dns_cache=False,
            force_close=True,
            socket_factory=self._socket,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            headers={
                "User-Agent": self._section.user_agent,
                "Accept": ", ".join(TYPES),
                "Accept-Encoding": "gzip, deflate",
            },
        )

    def _socket(self, info: tuple[int, int, int, str, tuple[str, int]]) -> socket.socket:
        """Return a socket for a number; the last look before anything is sent, whatever led there."""
        family, kind, proto, _, (host, port, *_) = info
        if not self._lets(ip_address(host), port):
            raise _ShutError
        return socket.socket(family, kind, proto)

    async def _followed(self, session: aiohttp.ClientSession, at: Target) -> Page:
        for _ in range(MOST_REDIRECTS + 1):
            # Built from the parts that were checked, so that no other reading of the text is reached.
            where = URL(at.url, encoded=True)
            async with session.get(where, allow_redirects=False, max_redirects=0) as response:
                if response.status not in _MOVED:
                    return await self._read(response, at)
                moved = response.headers.get("Location", "")
            at = self._target(urljoin(at.url, moved))
        raise _refused("redirects")

    async def _read(self, response: aiohttp.ClientResponse, at: Target) -> Page:
        if response.status != _OK:
            raise _refused("status", host=at.host, status=str(response.status))
        declared = Message()
        declared["Content-Type"] = response.headers.get("Content-Type", "application/octet-stream")
        if declared.get_content_type() not in TYPES:
            raise _refused("type")
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > MOST_BYTES:
                raise _refused("large")
        packing = response.headers.get("Content-Encoding", "identity").strip().lower()
        charset = declared.get_param("charset")
        return Page(
            url=at.url,
            content_type=declared.get_content_type(),
            charset=charset if isinstance(charset, str) else None,
            body=await asyncio.to_thread(unpacked, bytes(body), packing),
            retrieved_on=Day(datetime.now(UTC).date().isoformat()),
        )


def unpacked(body: bytes, packing: str) -> bytes:
    """Return a body without its `packing` (`Content-Encoding`); at no time more than the most is made.

    Raises:
        BadInputError: It is more than that, or it is packed in another way than was asked for.
    """
    if packing in {"identity", ""}:
        return body
    if packing not in {"gzip", "x-gzip", "deflate"}:
        raise _refused("packing")
    # 32 + 15: gzip or zlib by the header; what some call deflate has neither.
    for bits in (32 + zlib.MAX_WBITS, -zlib.MAX_WBITS):
        unpacking = zlib.decompressobj(bits)
        try:
            made = unpacking.decompress(body, MOST_BYTES + 1)
        except zlib.error:
            continue
        if len(made) > MOST_BYTES:
            raise _refused("large")
        if not unpacking.eof:
            break
        return made
    raise _refused("packing")


class _ShutError(OSError):
    """A connection was to be opened to a number that may not be reached."""


class _Checked(AbstractResolver):
    """Asks another resolver, and passes on what it says only where all of it may be reached."""

    def __init__(self, asked: AbstractResolver, lets: Lets) -> None:
        self._asked = asked
        self._lets = lets

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._asked.resolve(host, port, family)
        # One number inside among public ones is a trap, and not a page to be read at another number.
        if not found or not all(self._lets(ip_address(each["host"]), port) for each in found):
            raise _ShutError
        return found

    async def close(self) -> None:
        await self._asked.close()


def _is_shut(error: BaseException | None) -> bool:
    """Say whether `error` comes of what may not be reached."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, _ShutError):
            return True
        seen.add(id(error))
        error = getattr(error, "os_error", None) or error.__cause__ or error.__context__
    return False


def _refused(why: str, **values: str) -> BadInputError:
    return BadInputError(catalogue().say(f"fetch.{why}", **values))
