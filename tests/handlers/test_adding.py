"""Keeping the ledger at the terminal: the real process, fed what a person would type."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import sample
from tests.handlers.test_commands import run

TEXT = "The mayor of Marsh had the old bridge closed."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with an empty ledger."""
    assert run("init", cwd=tmp_path).returncode == 0
    return tmp_path


def test_a_fault_is_told_and_asked_again(home: Path) -> None:
    """What is not right is told with what would be; the rest of the form is not asked for again."""
    typed = ["", "", "", "", "", "", "English", "", "", "en"]
    done = run("add", TEXT, cwd=home, given="\n".join(typed) + "\n")
    assert done.returncode == 0, done.stderr
    assert "! “English” is not a language tag; write one such as en, es, de or pt-BR." in done.stdout
    assert done.stdout.count("Embargo until") == 1
    assert "Draft saved" in done.stdout


def test_what_was_typed_is_offered_again(home: Path) -> None:
    """A form that ended half-way is gone on with by the same command without a text."""
    half = run("add", TEXT, cwd=home, given="\n\n\n\nThe bridge at Marsh\n")
    assert half.returncode == 0
    assert "What you typed is kept" in half.stderr
    again = run("add", cwd=home, given="1\n\n\n\n\n\n\n\n\n\n")
    assert "Half-filled: New entry" in again.stdout
    assert "Now: The bridge at Marsh" in again.stdout


def test_the_queue_is_printed_where_nobody_types(home: Path) -> None:
    """Without a terminal the queue is a list, and ends with exit code 0."""
    done = run("queue", cwd=home)
    assert (done.returncode, done.stdout.strip()) == (0, "Nothing waits.")


def test_a_dispute_is_noted_and_waits(tmp_path: Path) -> None:
    """A complaint about an entry is taken by prompts and waits in the queue; an unknown id is not on file."""
    path = tmp_path / "sample.db"
    assert run("demo", "--into", path).returncode == 0
    assert any(b"trump-moscow-threat" in each for each in sample.lines())
    typed = "1\nAn office\nIt was otherwise.\n\n\n2\n2026-12-01\n"
    done = run("dispute", "trump-moscow-threat", "--ledger", path, given=typed)
    assert done.returncode == 0, done.stderr
    assert "is frozen" in done.stdout
    waiting = run("queue", "--ledger", path).stdout
    assert "A complaint from An office" in waiting
    assert run("dispute", "no-such-claim", "--ledger", path).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "x", "--vetted-by", " "), "--vetted-by is blank"),
        (("queue", "--workspace", "nowhere"), "no workspace “nowhere”"),
        (("add", "x", "--by", "a\x07b"), "--by holds the character U+0007"),
    ],
)
def test_bad_options_are_told(home: Path, arguments: tuple[str, ...], says: str) -> None:
    """A name that is none, or a workspace that is not configured, is bad input."""
    done = run(*arguments, cwd=home)
    assert done.returncode == 2
    assert says in done.stderr
