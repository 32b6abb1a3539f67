"""One check of a set-up: what was looked at, how it stands, and what to do; and the asking of a service."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from bot.records import record

PATIENCE: Final = 10.0
"""Seconds that a service has to answer."""


class Outcome(StrEnum):
    """How it stands. Only `failed` makes the whole set-up fail."""

    OK = "ok"
    NOTE = "note"
    """It works, and somebody may want it otherwise."""
    FAILED = "failed"
    SKIPPED = "skipped"


@record
class Check:
    """What was checked, how it stands, what was found, and where there is something to do, what."""

    name: str
    outcome: Outcome
    says: str
    fix: str | None = None


@record
class Answered:
    """What a service answered; with `error`, that it did not, and why.

    `body` is {} where it is no object, `listed` is None where it is no list.
    """

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    error: str | None = None
    listed: Sequence[Any] | None = None


class Inquiry:
    """Asks services, one call each without a second try, and notes how far this clock is from theirs."""

    def __init__(self) -> None:
        self.skews: list[float] = []
        """Seconds by which each service's clock was before ours."""
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(
        self, method: str, url: str, authorization: str | None, *, seconds: float = PATIENCE
    ) -> Answered:
        """Return what the service at `url` answers within `seconds`."""
        assert self._session is not None, "use it as a context manager"  # noqa: S101
        # Sent nowhere but to the address named: a redirect could lead the token elsewhere.
        headers = {"Authorization": authorization} if authorization else {}
        before = time.time()
        try:
            async with self._session.request(
                method,
                url,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:
                self._compare(response.headers.get("Date"), before)
                try:
                    body = await response.json(content_type=None)
                except ValueError:
                    body = None
                return Answered(
                    status=response.status,
                    headers={key.lower(): value for key, value in response.headers.items()},
                    body=body if isinstance(body, dict) else {},
                    listed=body if isinstance(body, list) else None,
                )
        except TimeoutError:
            return _silent(f"no answer within {seconds:.0f} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # The kind alone: the sentence of a network library may repeat what was sent.
            return _silent(getattr(error, "strerror", None) or type(error).__name__)

    def _compare(self, date: str | None, before: float) -> None:
        try:
            theirs = parsedate_to_datetime(date or "").timestamp()
        except (TypeError, ValueError):
            return
        # The header has whole seconds: half of one is the best guess.
        self.skews.append(theirs + 0.5 - (before + time.time()) / 2)


def _silent(error: str) -> Answered:
    return Answered(status=0, headers={}, body={}, error=error)
