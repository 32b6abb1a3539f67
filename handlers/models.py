"""The one door to services that speak OpenAI's protocol: what goes out, what may come back, what went wrong.

The only module that imports `openai`. Nothing of the environment is taken: the address and the key are those
that are handed in, and no other header goes out. What comes back is read up to a limit, as bytes; whoever
asked checks them.
"""

from __future__ import annotations

import asyncio
import math
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from bot.credentials import Secret
from bot.prompting import Outcome

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OPENAI: Final = "https://api.openai.com/v1"
AT_LEISURE: Final = 600.0
"""Seconds after which a connection is given up by the library; each question has its own, shorter time."""
MOST_OF_A_FAULT: Final = 16_384
"""Bytes that are read of what a service says of an error."""
HEADERS: Final = frozenset({
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host",
    "transfer-encoding", "user-agent", "x-stainless-raw-response",
})  # fmt: skip
"""The headers that go out: none that the environment could add, and nothing about this machine.

By the last one the library knows that an answer is to be handed over in parts.
"""


class FaultError(Exception):
    """What a service did, in a few words, and which outcome that is.

    `seconds` is for how long it asks to be left alone; `status` is HTTP's, 0 where no answer came, and
    `names` is what it says of the fault itself.
    """

    def __init__(
        self,
        what: str,
        outcome: Outcome = Outcome.SERVER_ERROR,
        *,
        seconds: float = 0.0,
        status: int = 0,
        names: str = "",
    ) -> None:
        super().__init__(what)
        self.outcome = outcome
        self.seconds = seconds
        self.status = status
        self.names = names


class Door:
    """A service. Nothing is loaded or connected before the first question; `close` ends the connections."""

    def __init__(self, base_url: str | None, key: Secret | None) -> None:
        self.address: Final = (base_url or OPENAI).rstrip("/")
        self._key = key
        self._client: AsyncOpenAI | None = None

    async def vectors(
        self, texts: Sequence[str], model: str, dimensions: int | None, *, seconds: float, most: int
    ) -> bytes:
        """Return what the service answers to `texts`, at most `most` bytes; raise `FaultError`."""
        client = await self._opened()
        from openai import omit  # noqa: PLC0415

        asking = client.embeddings.with_streaming_response.create(
            input=list(texts),
            model=model,
            dimensions=omit if dimensions is None else dimensions,
            encoding_format="float",
        )
        return await _read(asking, seconds, most)

    async def completion(self, body: Mapping[str, Any], *, seconds: float, most: int) -> bytes:
        """Return what the service answers to the body of a chat, at most `most` bytes; raise `FaultError`."""
        client = await self._opened()
        asking = client.chat.completions.with_streaming_response.create(**body)
        return await _read(asking, seconds, most)

    async def ready(self) -> None:
        """Load what a first question would have to wait for."""
        await self._opened()

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()
            # A connection is gone one round of the loop after it was closed.
            await asyncio.sleep(0)

    async def _opened(self) -> AsyncOpenAI:
        if self._client is None:
            # The library takes a second to load, and others are waiting on this loop.
            openai = await asyncio.to_thread(import_module, "openai")
            if self._client is None:
                self._client = self._made(openai)
        return self._client

    def _made(self, openai: Any) -> AsyncOpenAI:
        key = self._key.reveal() if self._key else "none"

        async def sent(request: Any) -> None:
            # The environment's OPENAI_CUSTOM_HEADERS, OPENAI_ORG_ID and the like are not the operator's word.
            for name in [each for each in request.headers if each.lower() not in HEADERS]:
                del request.headers[name]
            request.headers["Authorization"] = f"Bearer {key}"

        # A redirect would carry what somebody pasted to an address that nobody configured.
        http = openai.DefaultAsyncHttpxClient(
            follow_redirects=False,
            timeout=AT_LEISURE,
            event_hooks={"request": [sent], "response": [_answered]},
        )
        made: AsyncOpenAI = openai.AsyncOpenAI(
            api_key=key,
            admin_api_key="",
            organization="",
            project="",
            webhook_secret="",
            base_url=self.address,
            max_retries=0,
            timeout=AT_LEISURE,
            http_client=http,
        )
        return made


async def _read(asking: AbstractAsyncContextManager[Any], seconds: float, most: int) -> bytes:
    """Return the bytes of an answer; raise `FaultError` for what keeps it from coming whole and in time."""
    import openai  # noqa: PLC0415 - loaded by then

    parts, size = [], 0
    try:
        async with asyncio.timeout(seconds), asking as response:
            async for part in response.iter_bytes():
                size += len(part)
                if size > most:
                    break
                parts.append(part)
    except (TimeoutError, openai.APITimeoutError):
        raise FaultError(f"no answer within {seconds:g} s", Outcome.TIMED_OUT) from None
    except openai.APIConnectionError as error:
        raise FaultError(f"it cannot be reached{_because(error)}", Outcome.UNREACHABLE) from None
    except openai.OpenAIError:
        raise FaultError("its answer cannot be read") from None
    except FaultError:
        raise
    except Exception:  # noqa: BLE001 - a connection cut in the middle of a body has many names
        raise FaultError("its answer breaks off") from None
    if size > most:
        raise FaultError("its answer is too long")
    return b"".join(parts)


async def _answered(response: Any) -> None:
    """Raise what an answer that is none stands for; the library would read all of its body, however long."""
    status = response.status_code
    if status < 300:  # noqa: PLR2004 - the statuses of success
        return
    said = b""
    try:
        async for part in response.aiter_bytes():
            said += part[:MOST_OF_A_FAULT]
            if len(said) >= MOST_OF_A_FAULT:
                break
    except Exception:  # noqa: BLE001 - the status says enough
        said = b""
    finally:
        await response.aclose()
    raise FaultError(
        f"it answers {status}",
        outcome_of(status),
        seconds=_after(response.headers),
        status=status,
        names=said.decode(errors="replace").casefold(),
    )


def outcome_of(status: int) -> Outcome:
    """Return the outcome that an HTTP status stands for, of those that are no success."""
    known = {401: Outcome.REFUSED_KEY, 403: Outcome.REFUSED_KEY, 408: Outcome.TIMED_OUT, 429: Outcome.LIMITED}
    if status in known:
        return known[status]
    return Outcome.SERVER_ERROR if status >= 500 else Outcome.BAD_REQUEST  # noqa: PLR2004 - HTTP's


def _because(error: BaseException | None) -> str:
    """Return in words what keeps a service from being reached, as far as the causes tell."""
    while error is not None:
        match error:
            case ConnectionRefusedError():
                return ": nothing listens there"
            case socket.gaierror():
                return ": the name of its host is not known"
            case ssl.SSLError():
                return ": its certificate cannot be trusted, or it speaks no TLS"
        error = error.__cause__ or error.__context__
    return ""


def _after(headers: Any) -> float:
    """Return the seconds that `Retry-After` asks for; 0 where it says nothing that can be read."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0
