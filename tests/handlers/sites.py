"""A site on this machine for what fetches pages: it serves what it is told to, badly where it is told so."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from bot.public_addresses import IPAddress, is_public
from bot.sections import FetchingSection
from handlers.fetching import Fetcher

Serve = Callable[[asyncio.StreamWriter], Awaitable[None]]
HOST = "news.example.org"
ON = FetchingSection(enabled=True)


class Site:
    """What stands at which path; `connections` counts all that came, `asked` holds each request's head."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Serve] = {}
        self.asked: list[str] = []
        self.connections = 0
        self.port = 0
        self.tasks: set[asyncio.Task[None]] = set()

    def url(self, path: str, host: str = HOST) -> str:
        """Return the address of `path` at this site."""
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.asked.append(head)
            page = self.pages.get(head.split()[1], answer(b"", status=404))
            if isinstance(page, bytes):
                writer.write(page)
            else:
                await page(writer)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def answer(
    body: bytes, kind: str = "text/html; charset=utf-8", *, status: int = 200, **headers: str
) -> bytes:
    """Return a whole answer; `_` in the name of a header stands for `-`."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    kind_line = f"Content-Type: {kind}\r\n" if kind else ""
    head = f"HTTP/1.1 {status} X\r\n{kind_line}{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode("latin-1") + body


def moved(to: str, status: int = 302) -> bytes:
    """Return an answer that leads on to another address."""
    return answer(b"", status=status, Location=to, Set_Cookie="seen=1; Path=/")


@asynccontextmanager
async def standing(host: str = "127.0.0.1") -> AsyncIterator[Site]:
    """Serve a site at a free port of `host` for as long as the block lasts."""
    site = Site()
    server = await asyncio.start_server(site.serve, host, 0)
    site.port = server.sockets[0].getsockname()[1]
    async with server:
        yield site
        await asyncio.gather(*site.tasks)


class Names(AbstractResolver):
    """What names stand for, each answer after the other; the last one stays. `asked` counts."""

    def __init__(self, named: Mapping[str, list[list[str]]]) -> None:
        self._named = {name: list(answers) for name, answers in named.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the next answer for `host`."""
        del family
        self.asked.append(host)
        answers = self._named.get(host)
        if answers is None:
            raise OSError(8, "no such name")
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for each in found
        ]

    async def close(self) -> None:
        """Hold nothing open."""


def fetcher(
    site: Site,
    names: Names | None = None,
    *,
    section: FetchingSection = ON,
    number: str = "127.0.0.1",
    seconds: float = 10.0,
) -> Fetcher:
    """Return what fetches from `site`, at `number`, as if it were public; all else is as for users."""
    known = names or Names({HOST: [[number]]})

    def lets(at: IPAddress, port: int) -> bool:
        return is_public(at) or (at == ip_address(number) and port == site.port)

    return Fetcher(section, lets=lets, ports={site.port}, resolver=lambda: known, seconds=seconds)
