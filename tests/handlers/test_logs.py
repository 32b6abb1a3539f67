"""The log holds what an operator needs, and never what somebody wrote or what opens a door."""

from __future__ import annotations

import io
import json
import logging
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import sample
from bot.credentials import Secret
from bot.sections import Format, Level, LogSection
from bot.store.ledger import open_ledger
from handlers.logs import HIDDEN, configure
from tests.conftest import CHANGE
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import GENERAL, FakeSlack, Fault, Kind
from tests.handlers.processes import Setup, counterclaim

SENTINEL = "Xyzzyvagrant"
OURS = logging.getLogger("handlers.running")
THEIRS = logging.getLogger("some_library.part")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, raising = list(root.handlers), root.level, logging.raiseExceptions
    yield
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)
    for name in ("bot", "handlers", "prompts"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def to_stream(kind: Format = Format.JSON, *secrets: str, level: Level = Level.INFO) -> io.StringIO:
    """Let the log go into a stream of the test's own, and return it."""
    stream = io.StringIO()
    configure(LogSection(level=level, format=kind), [Secret(hidden=each) for each in secrets], stream=stream)
    return stream


def entries(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return the entries of a log in JSON, one a line."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_is_one_object_a_line() -> None:
    """Each entry is one line of JSON with time, weight, logger, message and what was added."""
    stream = to_stream()
    OURS.info("two\nlines", extra={"ref": "ab12cd34"})
    (entry,) = entries(stream)
    assert entry.pop("at").endswith("+00:00")
    assert entry == {
        "level": "info",
        "logger": "handlers.running",
        "message": "two ⏎ lines",
        "ref": "ab12cd34",
    }


def test_human_is_a_line_for_people_and_auto_is_json_off_a_terminal() -> None:
    """`human` gives plain lines; `auto` gives JSON where nobody reads on a terminal."""
    stream = to_stream(Format.HUMAN)
    OURS.warning("the socket is lost", extra={"ref": "ab12cd34"})
    assert stream.getvalue().endswith("warning handlers.running: the socket is lost ref=ab12cd34\n")
    stream = to_stream(Format.AUTO)
    OURS.warning("the socket is lost")
    assert entries(stream)[0]["message"] == "the socket is lost"


def test_level_is_ours_alone() -> None:
    """With `debug` our own debug messages appear, and those of libraries do not, whatever level they set."""
    stream = to_stream(level=Level.DEBUG)
    OURS.debug("ours")
    THEIRS.setLevel(logging.DEBUG)
    THEIRS.debug("theirs %s", "x")
    THEIRS.info("theirs %s", "x")
    THEIRS.warning("a fixed text and %s", "x")
    assert [each["message"] for each in entries(stream)] == ["ours", "a fixed text and …"]


@pytest.mark.parametrize("kind", [Format.JSON, Format.HUMAN])
@pytest.mark.parametrize(
    "token",
    [
        "xoxb-17-abcdefghijkl",
        "xapp-1-A1-22-deadbeef",
        "sk-proj-abcDEF123",
        f"{'M' * 24}.{'G' * 6}.{'x' * 30}",
        "plain words that are a secret",
    ],
)
def test_token_is_hidden_wherever_it_stands(kind: Format, token: str) -> None:
    """A token in a message, an argument or an added value is not written, in part or in whole."""
    stream = to_stream(kind, "plain words that are a secret")
    OURS.warning("in the text: %s.", token)
    OURS.warning("beside it", extra={"ref": token})
    THEIRS.error("a url?token=%s", token)
    text = stream.getvalue()
    assert token not in text
    assert token[5:] not in text
    assert HIDDEN in text


def fail(text: str) -> None:
    """Raise several exceptions at once, after another one, all with `text` for their words."""
    try:
        dict[str, str]()[text]
    except KeyError as error:
        raise ExceptionGroup(text, [OSError(28, text), ValueError(text)]) from error


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=12))
def test_words_of_exceptions_and_libraries_are_left_out(text: str) -> None:
    """Whatever an exception or a library says stays out; the kind and the place of it are told."""
    for kind in (Format.JSON, Format.HUMAN):
        stream = to_stream(kind)
        try:
            fail(text)
        except ExceptionGroup:
            OURS.exception("a question failed", extra={"ref": "ab12cd34"})
        THEIRS.error("of a library: " + text)
        THEIRS.error("of a library: %s %5.1f %(x)s", {"x": text})
        told = stream.getvalue()
        assert text not in told
        for part in ("ab12cd34", "KeyError", "OSError(errno=28)", "ValueError", "test_logs.py"):
            assert part in told


def test_warning_of_python_is_an_entry_without_its_words() -> None:
    """A warning is logged with its kind and where it arose."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        stream = to_stream()
        warnings.warn(SENTINEL, RuntimeWarning, stacklevel=1)
    (entry,) = entries(stream)
    assert entry["message"].startswith(f"RuntimeWarning at {__file__}:")
    assert SENTINEL not in stream.getvalue()


def test_record_that_cannot_be_written_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A message whose arguments do not fit is lost, and Python prints nothing of it beside the log."""
    stream = to_stream()
    OURS.info("one %s and %d", SENTINEL, SENTINEL)
    assert SENTINEL not in stream.getvalue() + "".join(capsys.readouterr())


@pytest.mark.parametrize("kind", [Format.JSON, Format.HUMAN])
async def test_run_writes_neither_text_nor_token(tmp_path: Path, kind: Format) -> None:
    """A process that answers, and fails to post, at the most talkative level writes no text and no token."""
    path = tmp_path / "sample.db"
    async with open_ledger(path, writable=True, create=True) as ledger:
        await ledger.import_lines(sample.lines, CHANGE, vouched=True)
    async with FakeSlack(deep=False) as slack, FakeDiscord(deep=False) as discord:
        setup = Setup(tmp_path, path).use(slack=slack, discord=discord)
        setup.sections["log"] = {"level": "debug", "format": kind.value}
        asker = discord.add_user("ann")
        async with counterclaim(setup, "run") as running:
            await running.started()
            slack.faults.append(Fault(kind=Kind.ERROR, method="chat.postMessage"))  # type: ignore[union-attr]
            await slack.mention(GENERAL, "U0ASKER", f"{SENTINEL} sold the old bridge")
            await slack.wait_for_message(timeout=20)
            await discord.wait_until_connected(timeout=20)
            question = await discord.mention(discord.channel, asker, f"{SENTINEL} sold the old bridge")
            await discord.wait_for_reply(question, timeout=20)
            await slack.direct_message("U0ASKER", f"{SENTINEL} " * 3000)
            await slack.wait_for_message(2, timeout=20)
            assert await running.ended(signal.SIGTERM) == 0
    written = running.out + running.err
    assert "connected to Slack" in written
    for hidden in (SENTINEL, slack.bot_token, slack.app_token, discord.token, "ticket="):
        assert hidden not in written
