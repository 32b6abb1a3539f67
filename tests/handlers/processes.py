"""The program as a process of its own, beside the local platforms that run in the test's process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.config import SECRETS
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack

PATIENCE = 30.0


@dataclass
class Setup:
    """A configuration file, made of `sections`, and the `secrets` in the environment of the process."""

    folder: Path
    ledger: Path
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def use(self, *, slack: FakeSlack | None = None, discord: FakeDiscord | None = None) -> Setup:
        """Point at these platforms, with tokens that they know."""
        if slack is not None:
            self.sections.setdefault("slack", {})["api_url"] = slack.api_url
            self.secrets |= {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
        if discord is not None:
            self.sections.setdefault("discord", {})["api_url"] = discord.api_url
            self.secrets["DISCORD_TOKEN"] = discord.token
        return self

    def write(self) -> Path:
        """Write the configuration and return its path."""
        sections = {"ledger": {"path": str(self.ledger)}, **self.sections}
        lines = []
        for section, values in sections.items():
            lines.append(f"[{section}]")
            lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
        file = self.folder / "counterclaim.toml"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    def environment(self) -> Mapping[str, str]:
        """Return the environment of the process: ours, without anybody's secrets, and with these."""
        kept = {
            key: value for key, value in os.environ.items() if key not in {*SECRETS, "COUNTERCLAIM_CONFIG"}
        }
        return kept | self.secrets


class Running:
    """A process of the program and all that it wrote."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.out = ""
        self.err = ""
        self._news = asyncio.Event()
        self._readers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._readers = [
            asyncio.create_task(self._read(name, stream))
            for name, stream in (("out", self.process.stdout), ("err", self.process.stderr))
            if stream is not None
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await asyncio.gather(*self._readers)

    async def _read(self, name: str, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.readline():
            setattr(self, name, getattr(self, name) + chunk.decode())
            self._news.set()

    async def started(self) -> str:
        """Wait for the one line that says what runs, and return it."""
        async with asyncio.timeout(PATIENCE):
            while "\n" not in self.out:
                if self.process.returncode is not None:
                    raise AssertionError(f"it ended with {self.process.returncode}: {self.err}")
                self._news.clear()
                waits = [asyncio.create_task(self._news.wait()), asyncio.create_task(self.process.wait())]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for each in waits:
                    each.cancel()
        return self.out.splitlines()[0]

    async def said(self, text: str) -> None:
        """Wait until `text` stands in the log."""
        async with asyncio.timeout(PATIENCE):
            while text not in self.err:
                self._news.clear()
                await self._news.wait()

    async def ended(self, number: signal.Signals | None = None, *, within: float = PATIENCE) -> int:
        """Send the signal, wait for the end, and return the exit code; all output has been read then."""
        if number is not None:
            self.process.send_signal(number)
        async with asyncio.timeout(within):
            await self.process.wait()
            await asyncio.gather(*self._readers)
        assert self.process.returncode is not None
        return self.process.returncode


@asynccontextmanager
async def counterclaim(setup: Setup, *arguments: str) -> AsyncIterator[Running]:
    """Start `counterclaim` with `arguments`; a process that still runs at the end is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        # A connection or file that was left open is told on standard error.
        "-Wdefault::ResourceWarning",
        "-m",
        "bot",
        *arguments,
        "--config",
        str(setup.write()),
        env=setup.environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with Running(process) as running:
        yield running
