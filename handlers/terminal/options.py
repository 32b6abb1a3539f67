"""What every command shares: the two options, the settings they lead to, and how errors end a command."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from enum import IntEnum
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.config import Settings, load
from bot.errors import BadInputError, CounterclaimError, LedgerError, NotAllowedError, NotOnFileError

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])


class Exit(IntEnum):
    """How a command ends."""

    ANSWERED = 0
    NOTHING_ON_FILE = 1
    BAD_INPUT = 2
    NO_LEDGER = 3
    NOT_STARTED = 69
    BROKEN = 70
    INTERRUPTED = 130


def common_options(command: Command) -> Command:
    """Give `command` the options `--ledger` and `--config`; they may stand before its name as well."""
    for name, help_text in (("config", "Read this configuration file."), ("ledger", "Use this ledger file.")):
        option = click.option(
            f"--{name}",
            type=click.Path(path_type=Path),
            help=help_text,
            expose_value=False,
            callback=_remember(name),
        )
        command = option(command)
    return command


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Path | None], None]:
    def remember(context: click.Context, _: click.Parameter, value: Path | None) -> None:
        # The one nearest to the command's name wins: it is read last.
        if value is not None:
            context.ensure_object(dict)[name] = value

    return remember


def settings() -> Settings:
    """Return the settings that the options and the configuration file give."""
    from dataclasses import replace  # noqa: PLC0415

    given: dict[str, Path] = click.get_current_context().ensure_object(dict)
    loaded = load(given.get("config"))
    return replace(loaded, ledger=given["ledger"]) if "ledger" in given else loaded


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end on an event loop of its own."""
    return asyncio.run(work)


def exit_code(error: CounterclaimError) -> Exit:
    """Return the exit code that tells a script what kind of error it was."""
    if isinstance(error, NotOnFileError):
        return Exit.NOTHING_ON_FILE
    if isinstance(error, LedgerError):
        return Exit.NO_LEDGER
    assert isinstance(error, BadInputError | NotAllowedError)  # noqa: S101 - there is no other kind
    return Exit.BAD_INPUT


def say(text: str) -> None:
    """Tell the person something beside the result: on standard error, so that results can be piped."""
    click.echo(text, err=True)


def is_interactive() -> bool:
    """Say whether a person is at both ends: typing, and reading."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def examples(*lines: str) -> str:
    """Return the examples under a command's help; the marks keep click from wrapping them."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
