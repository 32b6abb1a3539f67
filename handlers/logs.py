"""The log: lines for people on a terminal, JSON otherwise, on standard error.

What a person pasted and what opens a door never get into it. Our own messages hold neither; what other
libraries say may hold anything, so of theirs only the fixed part is kept, and of an exception its kind
and the place where it arose, never its words.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from bot.credentials import LOOKS_SECRET, Secret
from bot.sections import Format, LogSection

OURS: Final = ("bot", "handlers", "prompts")
"""The packages whose messages are written out; they never put into one what a person wrote."""

LIBRARY: Final = ".library"
"""How the name of a logger ends that is ours and is handed to a library."""

HIDDEN: Final = "(hidden)"

_TOKEN: Final = re.compile(rf"[\w.\-]*(?:{LOOKS_SECRET.pattern})[\w.\-]*", re.ASCII | re.IGNORECASE)
_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_PLACEHOLDER: Final = re.compile(r"%(?:\(\w+\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[hlL]?[diouxXeEfFgGcrsa]")
_WORD: Final = re.compile(r"[A-Za-z_]{1,60}")
_LONGEST: Final = 2_000
"""Characters of one value."""
_DEEPEST: Final = 8
"""Exceptions of a chain that are told."""


def configure(section: LogSection, secrets: Iterable[Secret] = (), *, stream: TextIO | None = None) -> None:
    """Write the log of this process to `stream` (standard error) as `section` says, without `secrets`."""
    target = sys.stderr if stream is None else stream
    human = section.format is Format.HUMAN or (section.format is Format.AUTO and target.isatty())
    handler = logging.StreamHandler(target)
    handler.setFormatter(_Formatter(tuple(each.reveal() for each in secrets), human=human))
    handler.addFilter(_wanted)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(section.level.upper())
    warnings.showwarning = _warned
    # A record that cannot be written is lost; what Python would print of it could hold anything.
    logging.raiseExceptions = False


def _warned(  # noqa: PLR0917 - the form that Python asks for
    message: Warning | str,  # noqa: ARG001 - its words stay out, as those of an exception do
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    logging.getLogger(__name__).warning("%s at %s:%d", category.__name__, filename, lineno)


def log_unexpected(error: Exception, reference: str) -> None:
    """Log what ended the process, under the reference that the person is told."""
    logging.getLogger(__name__).error(
        "the bot ended with an unexpected error", exc_info=error, extra={"ref": reference}
    )


def _is_ours(name: str) -> bool:
    # A platform's library that logs under a name of ours says so by the last part of it.
    return name.partition(".")[0] in OURS and not name.endswith(LIBRARY)


def _wanted(record: logging.LogRecord) -> bool:
    if _is_ours(record.name):
        return True
    # A library may lower the level of its own logger; what it says below warning stays out all the same,
    # and so does a warning of which nothing could be repeated.
    return record.levelno >= (logging.WARNING if _has_fixed_part(record) else logging.ERROR)


def _has_fixed_part(record: logging.LogRecord) -> bool:
    # Written with placeholders, so that what varies stands in the arguments.
    return isinstance(record.msg, str) and bool(record.args)


class _Formatter(logging.Formatter):
    """Turns a record into one line of JSON, or into a line for people with the stack below it."""

    def __init__(self, secrets: tuple[str, ...], *, human: bool) -> None:
        super().__init__()
        self._secrets = tuple(each for each in secrets if each)
        self._human = human

    def format(self, record: logging.LogRecord) -> str:
        told = self._told(record)
        if not self._human:
            return json.dumps(told, ensure_ascii=False, default=str)
        at, level, logger, message = (told.pop(key) for key in ("at", "level", "logger", "message"))
        stack = told.pop("stack", "")
        more = "".join(f" {key}={value}" for key, value in told.items())
        line = f"{at[11:19]} {level:<7} {logger}: {message}{more}"
        return f"{line}\n{stack}" if stack else line

    def _told(self, record: logging.LogRecord) -> dict[str, Any]:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if _is_ours(record.name):
            told |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        else:
            told["where"] = f"{record.module}:{record.lineno}"
            if hasattr(record, "ref"):
                told["ref"] = record.ref
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told["error"] = _kind(error)
            told["stack"] = "".join(_stack(error))
        return {key: self._clean(value, lines=key == "stack") for key, value in told.items()}

    def _clean(self, value: Any, *, lines: bool) -> Any:
        """Return a value without secrets; only a stack has more than one line."""
        if value is None or isinstance(value, bool | int | float):
            return value
        text = str(value) if lines else str(value)[:_LONGEST].replace("\n", " ⏎ ")
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        text = _TOKEN.sub(HIDDEN, text)
        return "".join(each if each.isprintable() or each == "\n" else "�" for each in text)


def _message(record: logging.LogRecord) -> str:
    """Return what a record says; of a library's record the fixed part alone."""
    if _is_ours(record.name):
        return record.getMessage()
    if _has_fixed_part(record):
        return _PLACEHOLDER.sub("…", record.msg)
    return "(a message of this library, not repeated: it may hold what somebody wrote)"


def _stack(error: BaseException, depth: int = 0) -> Iterator[str]:
    """Yield where `error` and what led to it arose, in the order in which it happened, without words."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and depth < _DEEPEST:
        yield from _stack(before, depth + 1)
        yield "which led to\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{_kind(error)}\n"
    if isinstance(error, BaseExceptionGroup) and depth < _DEEPEST:
        for each in error.exceptions:
            yield f"one of its {len(error.exceptions)}:\n"
            yield from _stack(each, depth + 1)


def _kind(error: BaseException) -> str:
    """Return an exception's class and what it holds that nobody wrote: numbers and names of errors."""
    facts = [
        f"{name}={value}"
        for name in ("status", "status_code", "code", "errno", "sqlite_errorname")
        if isinstance(value := getattr(error, name, None), int)
        or (name == "sqlite_errorname" and isinstance(value, str))
    ]
    # Slack's own names of errors, such as `not_in_channel`.
    response = getattr(error, "response", None)
    answered = getattr(response, "data", response)
    name = answered.get("error") if isinstance(answered, dict) else None
    if isinstance(name, str) and _WORD.fullmatch(name):
        facts.append(f"error={name}")
    kind = type(error)
    where = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{where}{kind.__qualname__}" + (f"({', '.join(facts)})" if facts else "")
